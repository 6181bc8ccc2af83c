//! Credentials made for the examples: those of examples/c. Their private keys are public, so
//! they protect nothing.

use lake::{Config, ConfigBuilder, Credential, Error, Secret};

/// A CCS and its private key.
pub struct Demo {
    ccs: &'static str,
    private_key: &'static str,
}

/// The demo client: P-256, kid 01.
pub const CLIENT: Demo = Demo {
    ccs: "a2026b64656d6f20636c69656e7408a101a501020241012001215820ea99c32651965e046fb22f0f66477aaa8ca9b260\
          0acf2d29a6605b5d483190e72258204585dc64fa94fbc7b7fcaa05061bb0035b7603ad508f3a5dd9d59263d6880e5b",
    private_key: "b80321947f91a5754e638fa40a94884d471b0a06b550f7b6b53cf0251323527e",
};

/// The demo server: P-256, kid 21.
pub const SERVER: Demo = Demo {
    ccs: "a2026b64656d6f2073657276657208a101a5010202412120012158206580128c66e226bc573fbcb83ef9dcdb998499ce\
          d85027a41ea4831618d2455e22582027a20216d55db7b45291ad6be9e2f9dbde574e87a5e30ef0154acfb7dfdf0f3c",
    private_key: "038e6f4d11c28428b1cdc88304a715f7cb32f4fb1161702b735e5a7bcb1f7799",
};

impl Demo {
    /// The CCS.
    pub fn ccs(&self) -> Vec<u8> {
        unhex(self.ccs)
    }

    /// The private key.
    pub fn private_key(&self) -> Secret {
        Secret::from(unhex(self.private_key))
    }

    /// As a peer has it.
    pub fn public(&self) -> Result<Credential, Error> {
        Credential::from_ccs(&self.ccs())
    }

    /// With its private key.
    pub fn own(&self) -> Result<Credential, Error> {
        self.public()?.with_private_key(&self.private_key())
    }

    /// A config of one who is this, and trusts the peer: P-256 (suites 2 and 3) and all methods.
    pub fn config(&self, peer: &Demo) -> Result<ConfigBuilder, Error> {
        let config = Config::builder().suites(&[2, 3]).methods(&[3, 2, 1, 0]);
        Ok(config.own_credential(&self.own()?).peer_credential(&peer.public()?))
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(digits).collect()
}
