//! What the tests share: credentials, and a run between two sessions.
#![allow(dead_code)] // not every test uses all of it

pub mod coap;

use lake::{Config, ConfigBuilder, Credential, Data, KeyKind, Session, Step};

/// A fresh key of one's own, in a CCS.
pub fn own(kind: KeyKind, kid: &[u8]) -> Credential {
    let (private, public) = lake::generate_keypair(kind).unwrap();
    let ccs = lake::build_ccs(Some("somebody"), kid, kind, &public).unwrap();
    Credential::from_ccs(&ccs).unwrap().with_private_key(&private).unwrap()
}

/// The same credential without its private key, as the peer has it.
pub fn public(credential: &Credential) -> Credential {
    Credential::from_ccs(&credential.data(Data::Cred).unwrap()).unwrap()
}

/// Two sides that know each other, P-256.
pub struct Pair {
    pub i: Credential,
    pub r: Credential,
}

impl Pair {
    pub fn new() -> Pair {
        Pair { i: own(KeyKind::P256, b"\x01"), r: own(KeyKind::P256, b"\x02") }
    }

    pub fn initiator(&self) -> ConfigBuilder {
        Config::builder().suites(&[2]).methods(&[3]).own_credential(&self.i)
    }

    pub fn responder(&self) -> ConfigBuilder {
        Config::builder().suites(&[2]).methods(&[3]).own_credential(&self.r)
    }

    /// Two sessions that know each other's credentials.
    pub fn sessions(&self) -> (Session, Session) {
        let i = self.initiator().peer_credential(&public(&self.r)).build().unwrap();
        let r = self.responder().peer_credential(&public(&self.i)).build().unwrap();
        (i.initiator().unwrap(), r.responder().unwrap())
    }
}

/// What one side sends, until it has nothing more.
pub fn sent(step: Step) -> Option<Vec<u8>> {
    match step {
        Step::Send(message) => Some(message),
        Step::Complete(last) => last,
        Step::Pending(question) => panic!("{question}"),
    }
}

/// Runs both sides to the end.
pub fn run(i: &mut Session, r: &mut Session) -> Result<(), lake::Error> {
    let mut message = sent(i.step(&[])?);
    while let Some(to_r) = message {
        let Some(to_i) = sent(r.step(&to_r)?) else { break };
        message = sent(i.step(&to_i)?);
    }
    assert!(i.info().unwrap().is_complete && r.info().unwrap().is_complete);
    Ok(())
}
