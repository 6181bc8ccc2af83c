//! What a session promises a Rust program.

mod common;

use common::{own, public, run, sent, Pair};
use lake::{
    Config, Credential, CredentialKind, Data, EadItem, ErrorMessage, Group, KeyAnswer, KeyKind, KeyOperation, Next,
    Pending, Progress, Psk, Question, Renewal, Resolution, ResumptionOptions, ResumptionStore, Role, Secret, Session,
    State, Status, Step,
};
use std::error::Error as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn both_sides_have_the_same_keys() {
    let (mut i, mut r) = Pair::new().sessions();
    let start = i.info().unwrap();
    assert_eq!((start.role, start.state, start.next), (Role::Initiator, State::Start, Next::PrepareMessage1));
    assert_eq!(
        (start.method, start.suite, start.own_connection_id, start.peer_connection_id),
        (None, None, None, None)
    );
    run(&mut i, &mut r).unwrap();
    let end = i.info().unwrap();
    assert_eq!((end.state, end.state.to_string().as_str()), (State::Completed, "COMPLETED"));
    assert_eq!((end.pending, end.last_error, end.is_resumed, end.is_peer_new), (None, None, false, false));
    let (ours, theirs) = (i.oscore_context().unwrap(), r.oscore_context().unwrap());
    assert_eq!(ours.master_secret.expose(), theirs.master_secret.expose());
    assert_eq!(ours.master_salt.expose(), theirs.master_salt.expose());
    assert_eq!((&ours.sender_id, &ours.recipient_id), (&theirs.recipient_id, &theirs.sender_id));
    assert_eq!((Some(ours.recipient_id), Some(ours.sender_id)), (end.own_connection_id, end.peer_connection_id));
    assert_eq!((end.method, end.suite), (Some(3), Some(2)));
    assert_eq!(r.peer_credential().unwrap().data(Data::Kid).unwrap(), b"\x01");

    let before = i.export(32768, b"context", 40).unwrap();
    assert_eq!(before.expose(), r.export(32768, b"context", 40).unwrap().expose());
    i.key_update(b"more").unwrap();
    r.key_update(b"more").unwrap();
    let after = i.export(32768, b"context", 40).unwrap();
    assert_ne!(before.expose(), after.expose());
    assert_eq!(after.expose(), r.export(32768, b"context", 40).unwrap().expose());
    assert_eq!(i.renewal(1, 1, 0).unwrap(), Renewal::None);
}

#[test]
fn secrets_do_not_print() {
    let (mut i, mut r) = Pair::new().sessions();
    run(&mut i, &mut r).unwrap();
    let context = i.oscore_context().unwrap();
    let conf = i.oscore_libcoap_conf().unwrap();
    let secret: String = context.master_secret.expose().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(String::from_utf8_lossy(conf.expose()).contains(&secret));
    let decimal = format!("{:?}", context.master_secret.expose());
    for text in [format!("{context:?}"), format!("{i:?}"), format!("{conf:?}"), format!("{:?}", i.config())] {
        assert!(!text.contains(&secret) && !text.contains(&decimal), "{text}");
    }
}

#[test]
fn the_wrong_order_is_a_clear_error() {
    let (mut i, mut r) = Pair::new().sessions();
    for error in [
        i.prepare_message(3).map(drop).unwrap_err(),
        i.process_message(1, b"").map(drop).unwrap_err(),
        r.prepare_message(2).map(drop).unwrap_err(),
        r.oscore_context().map(drop).unwrap_err(),
        i.continue_run().map(drop).unwrap_err(),
    ] {
        assert_eq!((error.status(), error.status().group()), (Status::State, Group::Usage));
        assert!(error.message().is_none());
    }
    run(&mut i, &mut r).unwrap();
    // A config that is in use, and what was added to it, cannot be changed.
    let credential = own(KeyKind::P256, b"\x01");
    let _config = Config::builder().own_credential(&credential).build().unwrap().initiator().unwrap();
    assert_eq!(credential.with_id_cred(b"\xa1\x04\x41\x07").unwrap_err().status(), Status::Frozen);
}

#[test]
fn errors_of_a_builder_come_out_of_build() {
    assert_eq!(Config::builder().suites(&[999]).methods(&[3]).build().unwrap_err().status(), Status::Unsupported);
    let without_key = public(&own(KeyKind::P256, b""));
    assert_eq!(Config::builder().own_credential(&without_key).build().unwrap_err().status(), Status::PrivateKey);
    let error = Config::builder().cwt_issuer(&without_key, Some("a\0b")).build().unwrap_err();
    assert_eq!(error.status(), Status::Argument);
    assert!(error.source().is_some_and(|source| source.is::<std::ffi::NulError>()), "{error}");
}

#[test]
fn an_error_has_what_the_peer_is_told() {
    let pair = Pair::new();
    let (mut i, _) = pair.sessions();
    let mut stranger = pair.responder().build().unwrap().responder().unwrap();
    let message_1 = sent(i.step(&[]).unwrap()).unwrap();
    let message_2 = sent(stranger.step(&message_1).unwrap()).unwrap();
    let message_3 = sent(i.step(&message_2).unwrap()).unwrap();

    let error = stranger.step(&message_3).unwrap_err();
    assert_eq!(error.status(), Status::CredentialUnknown);
    assert_eq!(ErrorMessage::parse(error.message().unwrap()).unwrap(), ErrorMessage::UnknownCredential);
    assert!(!error.detail().is_empty() && error.to_string().contains(error.detail()));
    let info = stranger.info().unwrap();
    assert_eq!((info.last_error, info.state), (Some(Status::CredentialUnknown), State::Failed));

    // The peer is told, message by message as well.
    let error = i.process_error(error.message().unwrap());
    assert!(matches!(error.status(), Status::PeerCredential | Status::State), "{error}");

    let (_, mut r) = pair.sessions();
    let error = r.process_message(1, b"\x09\x02\x03").map(drop).unwrap_err();
    assert!(matches!(ErrorMessage::parse(error.message().unwrap()).unwrap(), ErrorMessage::Unspecified(_)));
}

#[test]
fn a_host_can_give_up() {
    let (mut i, mut r) = Pair::new().sessions();
    let message_1 = sent(i.step(&[]).unwrap()).unwrap();
    r.process_message(1, &message_1).unwrap().done().unwrap();
    r.abort().unwrap();
    let told = r.prepare_error().unwrap();
    let error = i.step(&told).unwrap_err();
    assert_eq!(error.status().group(), Group::Peer);
    assert!(error.message().is_none());
    assert!(matches!(i.peer_error().unwrap(), ErrorMessage::Unspecified(_)));

    // Who waits for an answer has none to give.
    let (mut i, mut r) = Pair::new().sessions();
    let _ = r.step(&sent(i.step(&[]).unwrap()).unwrap()).unwrap();
    r.abort().unwrap();
    assert_eq!(r.prepare_error().unwrap_err().status(), Status::NotFound);
}

#[test]
fn what_cannot_be_parsed_ends_the_run() {
    for (message, due) in [(&b"\xa0"[..], true), (b"\x01\x01", false)] {
        let (mut i, _) = Pair::new().sessions();
        let _ = i.step(&[]).unwrap();
        let error = i.step(message).unwrap_err(); // the second one looks like an error message
        assert_eq!((error.status(), i.info().unwrap().state), (Status::Malformed, State::Failed));
        assert_eq!(error.message().is_some(), due);
    }
    let (mut i, _) = Pair::new().sessions();
    let _ = i.step(&[]).unwrap();
    assert_eq!(i.process_error(b"\xa0").status(), Status::Malformed);
    assert_eq!(i.info().unwrap().state, State::Failed);
}

#[test]
fn an_error_message_after_completion() {
    let (mut i, mut r) = Pair::new().sessions();
    run(&mut i, &mut r).unwrap();
    let error = i.step(b"\x03\xf5").unwrap_err();
    assert_eq!((error.status(), error.message()), (Status::PeerCredential, None));
    assert!(i.info().unwrap().is_complete);
    assert_eq!(i.peer_error().unwrap(), ErrorMessage::UnknownCredential);
}

#[test]
fn suites_are_negotiated() {
    let pair = Pair::new();
    let i = pair.initiator().suites(&[3, 2]).peer_credential(&public(&pair.r)).build().unwrap();
    let r = pair.responder().peer_credential(&public(&pair.i)).build().unwrap();
    let (mut i, mut r) = (i.initiator().unwrap(), r.responder().unwrap());
    let message_1 = sent(i.step(&[]).unwrap()).unwrap();
    let error = r.step(&message_1).unwrap_err();
    assert_eq!(error.status(), Status::Suite);
    assert_eq!(ErrorMessage::parse(error.message().unwrap()).unwrap(), ErrorMessage::WrongSuite(vec![2]));
    let again = sent(i.step(error.message().unwrap()).unwrap()).unwrap();
    let mut r = r.config().responder().unwrap();
    let message_2 = sent(r.step(&again).unwrap()).unwrap();
    let message_3 = sent(i.step(&message_2).unwrap()).unwrap();
    assert_eq!(r.step(&message_3).unwrap(), Step::Complete(None));
    assert_eq!(r.peer_suites().unwrap(), [3, 2]);
}

#[test]
fn message_4_and_ead() {
    let pair = Pair::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let i = pair.initiator().peer_credential(&public(&pair.r)).require_message_4(true).ead_labels(&[70]);
    let r = pair.responder().peer_credential(&public(&pair.i)).require_message_4(true).ead_handler({
        let seen = seen.clone();
        move |_, message, item| {
            seen.lock().unwrap().push((message, item.clone()));
            Ok(item.label.abs() == 71)
        }
    });
    let (mut i, mut r) = (i.build().unwrap().initiator().unwrap(), r.build().unwrap().responder().unwrap());
    let critical = EadItem::new(-71, Some(b"\x01".to_vec()));
    let empty = EadItem::new(70, Some(Vec::new()));
    let bare = EadItem::new(-70, None);
    i.add_ead(3, &critical).unwrap();
    i.pad(3, 5).unwrap();
    r.add_ead(2, &empty).unwrap();
    r.add_ead(4, &bare).unwrap();
    run(&mut i, &mut r).unwrap();
    assert_eq!(*seen.lock().unwrap(), [(3, critical.clone())]);
    assert_eq!(i.ead(2).unwrap(), [empty]);
    assert_eq!(i.ead(4).unwrap(), [bare]);
    assert_eq!(r.ead(3).unwrap(), [critical]);
}

#[test]
fn pull_mode_asks() {
    let pair = Pair::new();
    let questions = [Question::Credential, Question::Ead, Question::Peer];
    let mut i = pair.initiator().pull(&questions).build().unwrap().initiator().unwrap();
    let mut r = pair.responder().pull(&questions).build().unwrap().responder().unwrap();
    r.add_ead(2, &EadItem::new(-80, None)).unwrap();
    let message_1 = i.prepare_message(1).unwrap().done().unwrap();
    r.process_message(1, &message_1).unwrap().done().unwrap();
    let message_2 = r.prepare_message(2).unwrap().done().unwrap();

    let mut asked = Vec::new();
    let mut progress = i.process_message(2, &message_2).unwrap();
    while let Progress::Pending(question) = progress {
        let info = i.info().unwrap();
        assert_eq!((info.next, info.pending.as_ref()), (Next::Decide, Some(&question)));
        match &question {
            Pending::Credential(id_cred) => {
                assert_eq!(*id_cred, pair.r.data(Data::IdCred).unwrap());
                i.set_peer_credential(&public(&pair.r)).unwrap();
            }
            Pending::Ead(2) => i.accept_ead(2, 0).unwrap(),
            Pending::Peer => {}
            question => panic!("{question}"),
        }
        asked.push(question);
        progress = i.continue_run().unwrap();
    }
    assert_eq!(asked.len(), 3, "{asked:?}");

    let message_3 = sent(i.step(&[]).unwrap()).unwrap();
    let Step::Pending(Pending::Credential(_)) = r.step(&message_3).unwrap() else { panic!() };
    r.reject_peer(Status::CredentialUnknown).unwrap();
    assert_eq!(ErrorMessage::parse(&r.prepare_error().unwrap()).unwrap(), ErrorMessage::UnknownCredential);
}

#[test]
fn a_resolver_and_a_verifier_answer() {
    let pair = Pair::new();
    let known = public(&pair.r);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let i = pair
        .initiator()
        .resolver({
            let (asked, id) = (asked.clone(), known.data(Data::IdCred).unwrap());
            move |caller, id_cred| {
                asked.lock().unwrap().push(caller.data::<&str>().copied());
                Ok(if id_cred == id { Resolution::Trusted(known.clone()) } else { Resolution::Unknown })
            }
        })
        .verifier({
            let asked = asked.clone();
            move |caller, peer| {
                assert_eq!(peer.data(Data::Kid)?, b"\x02");
                asked.lock().unwrap().push(caller.data::<&str>().copied());
                if caller.data::<u8>().is_some() {
                    return Err("revoked".into());
                }
                Ok(())
            }
        })
        .build()
        .unwrap();
    let r = pair.responder().peer_credential(&public(&pair.i)).build().unwrap();

    let mut session = i.initiator().unwrap();
    session.set_data("mine").unwrap();
    assert_eq!(session.data::<&str>(), Some(&"mine"));
    run(&mut session, &mut r.responder().unwrap()).unwrap();
    run(&mut i.initiator().unwrap(), &mut r.responder().unwrap()).unwrap();
    assert_eq!(*asked.lock().unwrap(), [Some("mine"), Some("mine"), None, None]);

    let mut session = i.initiator().unwrap();
    session.set_data(7u8).unwrap();
    let error = run(&mut session, &mut r.responder().unwrap()).unwrap_err();
    assert_eq!(error.status(), Status::PeerRejected);
    assert_eq!(error.source().unwrap().to_string(), "revoked");
    assert!(error.message().is_some());
}

#[test]
fn an_error_of_a_closure_is_the_source() {
    let pair = Pair::new();
    let i = pair.initiator().resolver(|_, _| Err("the database is away".into())).build().unwrap();
    let (_, mut r) = pair.sessions();
    let error = run(&mut i.initiator().unwrap(), &mut r).unwrap_err();
    assert_eq!(error.status(), Status::Callback);
    assert_eq!(error.source().unwrap().to_string(), "the database is away");
    assert_eq!(
        ErrorMessage::parse(error.message().unwrap()).unwrap(),
        ErrorMessage::Unspecified("internal error".into())
    );
}

#[test]
fn a_panic_in_a_closure_goes_on_in_the_call() {
    let pair = Pair::new();
    // A run inside the closure goes its own way.
    let inner = Pair::new();
    let i = pair
        .initiator()
        .resolver(move |_, _| {
            let (mut i, mut r) = inner.sessions();
            run(&mut i, &mut r)?;
            panic!("the host is broken")
        })
        .build()
        .unwrap();
    let (_, mut r) = pair.sessions();
    let mut session = i.initiator().unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| run(&mut session, &mut r))).unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "the host is broken");
    let info = session.info().unwrap();
    assert_eq!((info.state, info.last_error), (State::Failed, Some(Status::Callback)));
}

/// A key in a secure element: the crate p256.
struct Element {
    credential: Credential,
    private: p256::SecretKey,
}

impl Element {
    fn new() -> Element {
        let (private, public_key) = lake::generate_keypair(KeyKind::P256).unwrap();
        let ccs = lake::build_ccs(None, b"\x05", KeyKind::P256, &public_key).unwrap();
        let private = p256::SecretKey::from_slice(private.expose()).unwrap();
        Element { credential: Credential::from_ccs(&ccs).unwrap(), private }
    }

    /// What it does, of the own closure.
    fn key(&self) -> impl Fn(KeyOperation<'_>) -> Result<KeyAnswer, lake::BoxError> {
        let (ecdh, sign) = (self.ecdh(), self.signer());
        move |operation| {
            Ok(KeyAnswer::Now(match operation {
                KeyOperation::Ecdh(x) => ecdh(x)?,
                KeyOperation::Sign(to_be_signed) => Secret::from(sign(to_be_signed)?),
                operation => return Err(format!("{operation:?}").into()),
            }))
        }
    }

    fn ecdh(&self) -> impl Fn(&[u8]) -> Result<Secret, lake::BoxError> {
        let private = self.private.clone();
        move |x| {
            let peer = p256::PublicKey::from_sec1_bytes(&[b"\x02", x].concat()).map_err(|_| "no point")?;
            let shared = p256::ecdh::diffie_hellman(private.to_nonzero_scalar(), peer.as_affine());
            Ok(Secret::from(&shared.raw_secret_bytes()[..]))
        }
    }

    fn signer(&self) -> impl Fn(&[u8]) -> Result<Vec<u8>, lake::BoxError> {
        use p256::ecdsa::{signature::Signer, Signature, SigningKey};
        let key = SigningKey::from(&self.private);
        move |to_be_signed| {
            let signature: Signature = key.sign(to_be_signed);
            Ok(signature.to_bytes().to_vec())
        }
    }

    /// Runs a method as Initiator with this credential.
    fn run(&self, own: Credential, method: i32, answer: impl Fn(&Pending) -> Vec<u8>) -> Result<(), lake::Error> {
        let r = common::own(KeyKind::P256, b"\x06");
        let config = |own: &Credential, peer: &Credential| {
            Config::builder().methods(&[method]).suites(&[2]).own_credential(own).peer_credential(&public(peer)).build()
        };
        let mut i = config(&own, &r)?.initiator()?;
        drop(own); // the config keeps it, and its closure
        let mut r = config(&r, &self.credential)?.responder()?;
        let message_1 = sent(i.step(&[])?).unwrap();
        let message_2 = sent(r.step(&message_1)?).unwrap();
        let mut step = i.step(&message_2)?;
        if let Step::Pending(question) = &step {
            i.answer_key(&answer(question))?;
            step = i.step(&[])?;
        }
        assert_eq!(r.step(&sent(step).unwrap())?, Step::Complete(None));
        Ok(())
    }
}

#[test]
fn keys_can_be_elsewhere() {
    let element = Element::new();
    let nothing = |question: &Pending| panic!("{question}");
    let credential = || public(&element.credential);
    for method in [0, 3] {
        element.run(credential().with_external_key(element.key()).unwrap(), method, nothing).unwrap();
    }
    let answer = |question: &Pending| match question {
        Pending::Ecdh(x) => element.ecdh()(x).unwrap().expose().to_vec(),
        Pending::Signature(to_be_signed) => element.signer()(to_be_signed).unwrap(),
        question => panic!("{question}"),
    };
    for method in [0, 3] {
        element.run(credential().with_external_key(|_| Ok(KeyAnswer::Later)).unwrap(), method, answer).unwrap();
    }
}

#[test]
fn keys_elsewhere_can_fail() {
    let element = Element::new();
    let nothing = |question: &Pending| panic!("{question}");
    let credential = || public(&element.credential);
    let away = credential().with_external_key(|_| Err("the secure element is away".into())).unwrap();
    let error = element.run(away, 3, nothing).unwrap_err();
    assert_eq!(
        (error.status(), error.source().unwrap().to_string()),
        (Status::Callback, "the secure element is away".into())
    );
    let large = credential().with_external_key(|_| Ok(KeyAnswer::Now(Secret::from(vec![0; 100_000])))).unwrap();
    assert_eq!(element.run(large, 3, nothing).unwrap_err().status(), Status::Callback);
    let wrong = credential().with_external_key(|_| Ok(KeyAnswer::Now(Secret::from(vec![1; 64])))).unwrap();
    assert_eq!(element.run(wrong, 0, nothing).unwrap_err().status(), Status::PrivateKey);
    let psk = Psk { id_cred: b"\xa1\x04\x41k", key: &[7; 16], hash: -16, cred_i: b"\x41i", cred_r: b"\x41r" };
    let psk = Credential::from_psk(&psk).unwrap().with_external_key(|_| Ok(KeyAnswer::Later));
    assert_eq!(psk.unwrap_err().status(), Status::Unsupported);
}

#[test]
fn errors_can_be_boxed() {
    let boxed: lake::BoxError = Credential::from_ccs(b"nonsense").unwrap_err().into();
    assert!(boxed.downcast_ref::<lake::Error>().is_some_and(|error| error.status() == Status::CredentialMalformed));
    assert!(boxed.source().is_none(), "no closure of the host failed");
}

#[test]
fn sessions_move_between_threads() {
    let (mut i, mut r) = Pair::new().sessions();
    let message_1 = sent(i.step(&[]).unwrap()).unwrap();
    let (mut r, message_2) = std::thread::spawn(move || {
        let message_2 = sent(r.step(&message_1).unwrap()).unwrap();
        (r, message_2)
    })
    .join()
    .unwrap();
    let message_3 = sent(i.step(&message_2).unwrap()).unwrap();
    assert_eq!(r.step(&message_3).unwrap(), Step::Complete(None));
}

#[test]
fn saved_and_restored() {
    let pair = Pair::new();
    let (mut i, mut r) = pair.sessions();
    let message_1 = sent(i.step(&[]).unwrap()).unwrap();
    let message_2 = sent(r.step(&message_1).unwrap()).unwrap();
    let blob = r.save(&[7; 32]).unwrap();
    assert_eq!(lake::saved_id(&blob).unwrap().len(), 16);
    assert_eq!(r.config().restore(&[8; 32], &blob).unwrap_err().status(), Status::Saved);
    let mut restored: Session = r.config().restore(&[7; 32], &blob).unwrap();
    let info = restored.info().unwrap();
    assert_eq!((info.role, info.state), (Role::Responder, State::WaitMessage3));
    assert_eq!(r.config().restore(&[7; 32], &blob).unwrap_err().status(), Status::Saved);
    let message_3 = sent(i.step(&message_2).unwrap()).unwrap();
    assert_eq!(restored.step(&message_3).unwrap(), Step::Complete(None));
}

#[test]
fn meeting_again_by_resumption() {
    let pair = Pair::new();
    let options = ResumptionOptions { limit: 10, lifetime: Duration::from_secs(60), ..ResumptionOptions::default() };
    let store = || ResumptionStore::new(options).unwrap();
    let (of_i, of_r) = (store(), store());
    let i = pair.initiator().peer_credential(&public(&pair.r)).require_message_4(true).build().unwrap();
    let r =
        pair.responder().peer_credential(&public(&pair.i)).require_message_4(true).resumption(&of_r).build().unwrap();
    let (mut a, mut b) = (i.initiator().unwrap(), r.responder().unwrap());
    assert_eq!(a.use_resumption(&of_i, &pair.r.data(Data::Cred).unwrap()).unwrap_err().status(), Status::NotFound);
    run(&mut a, &mut b).unwrap();
    of_i.keep(&a).unwrap();
    of_r.keep(&b).unwrap();

    let blob = of_i.save(&[1; 32]).unwrap();
    let load = |options| ResumptionStore::load(&[1; 32], &blob, options);
    let another = ResumptionOptions { limit: 11, ..ResumptionOptions::default() };
    assert_eq!(load(another).unwrap_err().status(), Status::Argument); // limit and lifetime are as they were saved
    let of_i = load(ResumptionOptions { kid_length: 4, ..ResumptionOptions::default() }).unwrap();
    let (mut a, mut b) = (i.initiator().unwrap(), r.responder().unwrap());
    a.use_resumption(&of_i, &pair.r.data(Data::Cred).unwrap()).unwrap();
    run(&mut a, &mut b).unwrap();
    assert_eq!((a.info().unwrap().method.unwrap(), b.info().unwrap().is_resumed), (4, true));
    let peer = b.peer_credential().unwrap();
    assert_eq!(peer.data(Data::CredI).unwrap(), pair.i.data(Data::Cred).unwrap());
    assert_eq!(of_i.forget(Data::Cred, &pair.r.data(Data::Cred).unwrap(), b"").unwrap(), 1);
    assert_eq!((of_i.len().unwrap(), of_r.len().unwrap()), (0, 1));
}

#[test]
fn credentials_tell_about_themselves() {
    let credential = own(KeyKind::P256, b"\x2b");
    assert_eq!(credential.subject().unwrap(), "somebody");
    assert_eq!(credential.issuer().unwrap(), "");
    assert!(credential.names().unwrap().is_empty());
    let info = credential.info().unwrap();
    assert_eq!((info.not_before, info.not_after, info.origin), (None, None, None));
    assert_eq!((info.kind, info.key_kind), (CredentialKind::Ccs, Some(KeyKind::P256)));
    assert_eq!(credential.data(Data::PublicKey).unwrap().len(), 64);
    assert_eq!(credential.data(Data::Fingerprint).unwrap().len(), 32);
    assert!(format!("{credential:?}").contains("somebody"));
    let by_value = public(&credential).with_id(lake::Id::Kccs).unwrap();
    let again = Credential::from_id_cred(&by_value.data(Data::IdCred).unwrap()).unwrap();
    assert_eq!(again.data(Data::Cred).unwrap(), credential.data(Data::Cred).unwrap());
    assert_eq!(credential.with_private_key(&Secret::from(vec![1; 32])).unwrap_err().status(), Status::PrivateKey);
}
