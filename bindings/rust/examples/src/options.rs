//! What both programs are told about who they are and whom they trust: under the names that the
//! examples in C, `lake` and `lake-tunnel` have for it, with the same files.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use lake::{BoxError, Config, Credential, Id, Name, PeerPolicy, Secret};

use crate::demo::Demo;

/// The part of the usage that is about this.
pub const USAGE: &str = "  --own F[,K]  own credential: certificates (PEM, DER), a CCS, CWT or C509 certificate (CBOR);
               its private key is in K, or in the same PEM: PEM, DER, hexadecimal, or its bytes
  --peer F     credential of a peer, in the same formats
  --anchor F   certificate of an authority: trusts peers that it certifies
  --expect K:N name of a peer that is accepted, of kind dns, ip, uri, eui64, subject, key, cwt
               or ccs; a client with --anchor needs it
  --any-peer-insecure  trusts whoever sends a credential by value
  --method L   methods, such as 3,0
  --suite L    cipher suites, the preferred one first, such as 2,3
  --by-value   sends its credential; without it, refers to it
  --message-4  message_4 is part of the protocol; the other side has to be told, too
  --keylog F   appends the secrets of runs, for Wireshark: who has them reads all; without it,
               what LAKEKEYLOGFILE names
  Of --own, --peer, --anchor and --expect there may be several. Without --own, or --peer,
  --anchor and --any-peer-insecure, credentials made for these examples are used.";

/// What was on the command line.
#[derive(Default)]
pub struct Options {
    own: Vec<String>,
    peers: Vec<String>,
    anchors: Vec<String>,
    expected: Vec<String>,
    methods: Vec<i32>,
    suites: Vec<i32>,
    by_value: bool,
    any_peer_insecure: bool,
    keylog: Option<PathBuf>,
    /// Whether message_4 is part of the protocol.
    pub message_4: bool,
}

impl Options {
    /// Takes an argument, and the value of an option from those after it; false if it is none
    /// of these.
    pub fn take(&mut self, argument: &str, rest: &mut impl Iterator<Item = String>) -> Result<bool, BoxError> {
        let mut value = || rest.next().ok_or_else(|| format!("{argument}: its value is missing"));
        match argument {
            "--own" => self.own.push(value()?),
            "--peer" => self.peers.push(value()?),
            "--anchor" => self.anchors.push(value()?),
            "--expect" => self.expected.push(value()?),
            "--method" => self.methods = numbers(argument, &value()?)?,
            "--suite" => self.suites = numbers(argument, &value()?)?,
            "--any-peer-insecure" => self.any_peer_insecure = true,
            "--by-value" => self.by_value = true,
            "--message-4" => self.message_4 = true,
            "--keylog" => self.keylog = Some(value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The config of one who is this by default, and trusts that peer. `methods` and `suites` are
    /// the default, too; `any_peer`: whoever an authority vouches for is as good as any other.
    pub fn config(
        &self,
        own: &Demo,
        peer: &Demo,
        methods: &[i32],
        suites: &[i32],
        any_peer: bool,
    ) -> Result<Config, BoxError> {
        let or = |given: &[i32], default: &[i32]| if given.is_empty() { default.to_vec() } else { given.to_vec() };
        let mut config = Config::builder()
            .methods(&or(&self.methods, methods))
            .suites(&or(&self.suites, suites))
            .require_message_4(self.message_4)
            .allow_any_peer(any_peer);
        for files in &self.own {
            config = config.own_credential(&read_own(files, self.by_value)?);
        }
        if self.own.is_empty() {
            let own = own.own()?;
            config = config.own_credential(&if self.by_value { own.with_id(Id::Kccs)? } else { own });
        }
        for file in &self.peers {
            config = config.peer_credential(&read(file)?.0);
        }
        for file in &self.anchors {
            config = config.trust_anchor(&read(file)?.0).peer_policy(PeerPolicy::X509);
        }
        if self.any_peer_insecure {
            config = config.peer_policy(PeerPolicy::AnyInsecure);
        } else if self.peers.is_empty() && self.anchors.is_empty() {
            config = config.peer_credential(&peer.public()?);
        }
        for text in &self.expected {
            config = config.allow_peer(name(text)?);
        }
        if let Some(path) = self.keylog.clone().or_else(|| env::var_os("LAKEKEYLOGFILE").map(PathBuf::from)) {
            config = config.keylog_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(config.build()?)
    }
}

/// An error with all that caused it.
pub fn told(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

fn numbers(option: &str, text: &str) -> Result<Vec<i32>, BoxError> {
    let number = |item: &str| item.parse().map_err(|_| format!("{option} {text}: {item:?} is not a number").into());
    text.split(',').map(number).collect()
}

fn name(text: &str) -> Result<Name<'_>, BoxError> {
    let (kind, name) = text.split_once(':').unwrap_or_default();
    Ok(match kind {
        "dns" => Name::Dns(name),
        "ip" => Name::Ip(name),
        "uri" => Name::Uri(name),
        "eui64" => Name::Eui64(name),
        "subject" => Name::Subject(name),
        "key" => Name::Key(name),
        "cwt" => Name::Cwt(name),
        "ccs" => Name::Ccs(name),
        _ => return Err(format!("--expect {text}: not a name such as dns:server.example").into()),
    })
}

/// A credential of any kind, which its first byte tells, and how it is sent by value.
fn read(file: &str) -> Result<(Credential, Id<'static>), BoxError> {
    let data = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let credential = match data.first() {
        Some(0xa0..=0xbf) => Credential::from_ccs(&data).map(|credential| (credential, Id::Kccs)),
        Some(0x84 | 0xd2 | 0xd8) => Credential::from_cwt(&data).map(|credential| (credential, Id::Kcwt)),
        Some(0x8b) => Credential::from_c509(&[&data]).map(|credential| (credential, Id::C5c)),
        _ => Credential::from_pem(&data).map(|credential| (credential, Id::X5chain)),
    };
    credential.map_err(|error| {
        let found = content(&data);
        format!("{file} has {found}: a credential is wanted, certificates in PEM or DER or one in CBOR ({error})")
            .into()
    })
}

/// An own credential of "file,keyfile", or of a file in PEM that has both.
fn read_own(files: &str, by_value: bool) -> Result<Credential, BoxError> {
    let (file, key_file) = files.split_once(',').unwrap_or((files, files));
    let (credential, id) = read(file)?;
    let key = Secret::from(fs::read(key_file).map_err(|error| format!("{key_file}: {error}"))?);
    let own = credential.with_private_key_pem(&key).map_err(|error| {
        let found = content(key.expose());
        format!("{key_file} has {found}: the private key of {file} is wanted, in PEM, DER, hexadecimal or as it is ({error})")
    })?;
    Ok(if by_value { own.with_id(id)? } else { own })
}

/// What a file holds, in words, and nothing of it.
fn content(data: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(data) else { return format!("{} bytes that are no text", data.len()) };
    let digits = text.trim();
    if let Some((kind, _)) = text.split_once("-----BEGIN ").and_then(|(_, rest)| rest.split_once("-----")) {
        format!("a {kind} in PEM")
    } else if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_hexdigit()) {
        format!("{} hexadecimal digits", digits.len())
    } else if data.is_empty() {
        "nothing".into()
    } else {
        "text".into()
    }
}
