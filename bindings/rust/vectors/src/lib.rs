//! Plays the sessions of tests/vectors through the public API of `lake`.

pub mod hooks;

use std::fs;
use std::path::Path;

use lake::{
    Config, ConfigBuilder, Credential, Data, EadItem, Error, KeyKind, PeerPolicy, Pending, Progress, Psk, Question,
    Resolution, Role, Secret, Session, State, Status,
};
use serde_json::Value;

/// The rows of a file of tests/vectors, or of the one that an environment variable names.
pub fn rows(name: &str, variable: &str) -> Vec<Value> {
    let path = std::env::var(variable).map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors").join(name),
        |path| Path::new(&path).to_path_buf(),
    );
    serde_json::from_str(&fs::read_to_string(path).expect("the file")).expect("a list of rows")
}

/// All sessions.
pub fn vectors() -> Vec<Value> {
    rows("vectors.json", "LAKE_VECTORS")
}

/// A text of a row.
pub fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("{name}: {}", row[name]))
}

/// A number of a row.
pub fn number(row: &Value, name: &str) -> i32 {
    row[name].as_i64().and_then(|n| n.try_into().ok()).unwrap_or_else(|| panic!("{name}: {}", row[name]))
}

/// Bytes of a row, in hexadecimal there.
pub fn bytes(row: &Value, name: &str) -> Vec<u8> {
    unhex(text(row, name))
}

/// Bytes from hexadecimal.
pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().expect("a list").iter().map(|n| n.as_i64().expect("a number")).collect()
}

fn suites(value: &Value) -> Vec<i32> {
    numbers(value).into_iter().map(|suite| suite.try_into().expect("a suite")).collect()
}

/// The EAD items of a message in a vector.
pub fn ead_items(v: &Value, message: u8) -> Vec<EadItem> {
    let items = v[format!("ead_{message}_items")].as_array().expect("a list");
    let item = |item: &Value| EadItem::new(item[0].as_i64().expect("a label"), item[1].as_str().map(unhex));
    items.iter().map(item).collect()
}

/// How a side finds the peer's credential and judges EAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Credentials and labels are in the config.
    Pinned,
    /// The host is asked by a pending status.
    Pulled,
    /// The host is asked by closures.
    Callback,
    /// Only what is trusted beforehand; issuers vouch for the rest.
    Issued,
}

/// All modes.
pub const MODES: [Mode; 4] = [Mode::Pinned, Mode::Pulled, Mode::Callback, Mode::Issued];

/// The credential of a party, from its bytes.
pub fn credential(party: &Value) -> Credential {
    let (cred, id_cred) = (bytes(party, "cred"), bytes(party, "id_cred"));
    let opaque = ["c5t", "c5c", "kid-raw"].contains(&text(party, "type"));
    let head = match cred[0] {
        0x58 => 2,
        0x59 => 3,
        _ => 0,
    };
    let kind = (1..=6).filter_map(KeyKind::from_number);
    let kind = kind.into_iter().find(|kind| format!("{kind:?}") == text(party, "key_kind").replace('-', ""));
    let kind = kind.expect("a kind of key");
    let made = match cred[0] >> 5 {
        _ if opaque => Credential::from_parts(&id_cred, &cred, kind, &bytes(party, "pk")),
        4 => Credential::from_cwt(&cred),
        5 => Credential::from_ccs(&cred),
        _ if text(party, "type").contains("x5chain") => Credential::from_id_cred(&id_cred),
        _ => Credential::from_x509(&[&cred[head..]]),
    };
    let made = made.and_then(|made| made.with_id_cred(&id_cred)).expect("a credential");
    assert_eq!(made.data(Data::Cred).unwrap(), cred);
    assert_eq!(made.info().unwrap().key_kind, Some(kind));
    assert_eq!(made.data(Data::PublicKey).unwrap(), bytes(party, "pk"));
    made
}

/// The pre-shared key of a vector, with what the state of a row changes in it.
pub fn psk(v: &Value, state: &Value) -> Result<Credential, Error> {
    let of = |name: &str| match state["psk_entry"][name].as_str() {
        Some(other) => unhex(other),
        None => bytes(&v["psk_entry"], name),
    };
    let hash = match &state["psk_entry"]["hash"] {
        Value::Null => &v["psk_entry"]["hash"],
        other => other,
    };
    Credential::from_psk(&Psk {
        id_cred: &of("id_cred"),
        key: &of("psk"),
        hash: hash.as_i64().expect("a number").try_into().expect("a hash"),
        cred_i: &of("cred_i"),
        cred_r: &of("cred_r"),
    })
}

/// One session that plays a vector.
pub struct Side {
    /// The session.
    pub session: Session,
    method: i32,
    known: Vec<i64>,
    peer_id: Vec<u8>,
    peer: Credential,
}

impl Side {
    /// A session before message_1. `state` is what a row of invalid.json says about it.
    pub fn new(v: &Value, role: Role, mode: Mode, message_4: bool, state: &Value) -> Side {
        Side::with_key(v, role, mode, message_4, state, None)
    }

    /// The same, in method 4 with the key of an earlier session.
    pub fn resumed(v: &Value, role: Role, key: Credential) -> Side {
        Side::with_key(v, role, Mode::Pinned, v["message_4_used"] == true, &Value::Null, Some(key))
    }

    fn with_key(
        v: &Value,
        role: Role,
        mode: Mode,
        message_4: bool,
        state: &Value,
        resumption: Option<Credential>,
    ) -> Side {
        let initiator = role == Role::Initiator;
        let known = numbers(&v["ead_known"]);
        let suites = if initiator { vec![number(v, "selected_suite")] } else { suites(&v["suites_r"]) };
        let config = Config::builder().methods(&[number(v, "method")]).suites(&suites).require_message_4(message_4);
        let (config, peer, peer_id) = if number(v, "method") == 4 {
            let key = resumption.unwrap_or_else(|| psk(v, state).unwrap());
            let config = if state["psk_entry"]["hash"].is_null() { config } else { config.psk(role, &spare_psk(v)) };
            let asks = !initiator && matches!(mode, Mode::Pulled | Mode::Callback);
            let config = if asks { config } else { config.psk(role, &key) };
            let id = key.data(Data::IdCred).unwrap();
            (config, key, id)
        } else {
            let (own, peer) = if initiator { (&v["auth_i"], &v["auth_r"]) } else { (&v["auth_r"], &v["auth_i"]) };
            let mine = credential(own).with_private_key(&Secret::from(bytes(own, "sk"))).unwrap();
            hooks::sign_deterministically(&mine);
            let config = config.own_credential(&mine);
            let config = if initiator { config } else { spares(config, v, &suites) };
            let config = trust(config, peer, mode, state);
            (config, credential(peer), bytes(peer, "id_cred"))
        };
        let config = match mode {
            Mode::Pulled => config.pull(&[Question::Credential, Question::Ead]),
            Mode::Callback => {
                let (peer, peer_id, known) = (peer.clone(), peer_id.clone(), known.clone());
                config
                    .resolver(move |_, id_cred| {
                        let is_peer = id_cred == peer_id;
                        Ok(if is_peer { Resolution::Trusted(peer.clone()) } else { Resolution::Unknown })
                    })
                    .ead_handler(move |_, _, item| Ok(known.contains(&item.label.abs())))
            }
            Mode::Pinned | Mode::Issued => config.ead_labels(&known),
        };
        let config = config.build().unwrap();
        let mut session = if initiator { config.initiator() } else { config.responder() }.unwrap();
        session.set_connection_id(&bytes(v, if initiator { "c_i" } else { "c_r" })).unwrap();
        hooks::set_ephemeral(&mut session, &bytes(v, if initiator { "x" } else { "y" }));
        if initiator {
            hooks::set_suites_i(&mut session, &numbers(&v["suites_i"]));
        }
        for message in if initiator { [1, 3] } else { [2, 4] } {
            for item in ead_items(v, message) {
                hooks::add_ead(&mut session, message, item.label, item.value.as_deref());
            }
        }
        Side { session, method: number(v, "method"), known, peer_id, peer }
    }

    /// Makes message n.
    pub fn prepare(&mut self, n: u8) -> Vec<u8> {
        let mut call = || self.session.prepare_message(n);
        let message = call().unwrap().done().unwrap();
        assert_eq!(call().unwrap().done().unwrap(), message, "asking again gives another message");
        message
    }

    /// Reads message n, with the answers of a host that knows the peer of the vector. `None`: an
    /// answer ended the run.
    pub fn process(&mut self, n: u8, message: &[u8]) -> Result<Option<()>, Error> {
        let mut progress = self.session.process_message(n, message)?;
        while let Progress::Pending(question) = progress {
            self.answer(&question);
            if self.session.info().unwrap().state == State::Failed {
                return Ok(None);
            }
            progress = self.session.continue_run()?;
        }
        Ok(Some(()))
    }

    fn answer(&mut self, question: &Pending) {
        match question {
            Pending::Credential(id) if *id == self.peer_id => self.session.set_peer_credential(&self.peer),
            Pending::Credential(id) => {
                self.session.reject_peer(if by_value(id) { Status::PeerRejected } else { Status::CredentialUnknown })
            }
            Pending::Ead(message) => self.answer_ead(*message),
            question => panic!("{question}"),
        }
        .unwrap();
    }

    fn answer_ead(&mut self, message: u8) -> Result<(), Error> {
        if message == 4 && self.method == 4 {
            self.answer_ead(2)?; // which message_4 verifies, too
            if self.session.info().unwrap().state == State::Failed {
                return Ok(());
            }
        }
        for (index, item) in self.session.ead(message)?.iter().enumerate().filter(|(_, item)| item.is_critical()) {
            if !self.known.contains(&-item.label) {
                return self.session.reject_ead(message, index);
            }
            self.session.accept_ead(message, index)?;
        }
        Ok(())
    }
}

/// Own credentials for the other suites of the Responder: one without is not supported.
fn spares(config: ConfigBuilder, v: &Value, suites: &[i32]) -> ConfigBuilder {
    let signs = lake::method_info(number(v, "method")).unwrap().responder_signs;
    let others = suites.iter().filter(|&&suite| suite != number(v, "selected_suite"));
    others.fold(config, |config, &suite| {
        let info = lake::suite_info(suite).unwrap();
        let kind = if signs { info.signature_key } else { info.curve };
        let (private, public) = lake::generate_keypair(kind).unwrap();
        let ccs = lake::build_ccs(Some("spare"), b"", kind, &public).unwrap();
        let spare = Credential::from_ccs(&ccs).and_then(|spare| spare.with_private_key(&private));
        config.own_credential(&spare.unwrap())
    })
}

/// A key with the hash of the session, for a Responder whose real one has another.
fn spare_psk(v: &Value) -> Credential {
    let id = serde_json::json!({"psk_entry": {"id_cred": "a104457370617265"}});
    psk(v, &id).unwrap()
}

fn trust(config: ConfigBuilder, peer: &Value, mode: Mode, state: &Value) -> ConfigBuilder {
    let config = if state["trust_any_ccs"] == true { config.peer_policy(PeerPolicy::AnyInsecure) } else { config };
    match mode {
        Mode::Pinned => config.peer_credential(&credential(peer)),
        Mode::Pulled | Mode::Callback => config,
        Mode::Issued => {
            let mut config = config.peer_policy(PeerPolicy::X509).allow_any_peer(true);
            if peer["trusted"] == true {
                config = config.peer_credential(&credential(peer));
            }
            let listed =
                |name: &str| peer[name].as_array().expect("a list").iter().map(|item| unhex(item.as_str().unwrap()));
            for anchor in listed("anchors") {
                config = config.trust_anchor(&Credential::from_x509(&[anchor]).unwrap());
            }
            for key in listed("cwt_issuers") {
                let issuer = Credential::from_parts(b"\xa1\x04\x40", b"\xf6", KeyKind::Ed25519, &key).unwrap();
                config = config.cwt_issuer(&issuer, None);
            }
            config
        }
    }
}

fn by_value(id_cred: &[u8]) -> bool {
    !matches!(Credential::from_id_cred(id_cred), Err(error) if error.status() == Status::CredentialUnsupported)
}

/// Who sends message n, and who gets it.
pub fn turn<'a>(n: u8, i: &'a mut Side, r: &'a mut Side) -> (&'a mut Side, &'a mut Side) {
    if n % 2 == 1 {
        (i, r)
    } else {
        (r, i)
    }
}

/// Completes a side that gets or sends no message_4, but a message with the new keys.
pub fn complete(side: &mut Side) {
    if side.method == 4 && side.session.info().unwrap().role == Role::Initiator {
        side.session.peer_proved().unwrap().done().unwrap();
    } else {
        side.session.complete_without_message_4().unwrap();
    }
}
