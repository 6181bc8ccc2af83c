//! Method 4: who has proved what when, EAD of message_2, and where keys of resumption come from.

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{public, run, Pair};
use lake::{
    Config, ConfigBuilder, Credential, CredentialKind, Data, EadItem, Pending, Progress, Psk, Question,
    ResumptionOptions, ResumptionStore, Role, Session, State, Status,
};

const EARLY: i64 = 100;
const LATE: i64 = 101;
const DAY: u64 = 86400;

fn psk(key: &[u8], cred_i: &[u8], cred_r: &[u8]) -> Result<Credential, lake::Error> {
    Credential::from_psk(&Psk { id_cred: b"\xa1\x04\x41k", key, hash: -16, cred_i, cred_r })
}

fn sessions(initiator: impl FnOnce(ConfigBuilder) -> ConfigBuilder) -> (Session, Session) {
    let key = psk(&[7; 16], b"\x41i", b"\x41r").unwrap();
    let config = |role| Config::builder().suites(&[2]).methods(&[4]).psk(role, &key);
    let i = initiator(config(Role::Initiator)).build().unwrap();
    let r = config(Role::Responder).build().unwrap();
    (i.initiator().unwrap(), r.responder().unwrap())
}

fn up_to_message_3(i: &mut Session, r: &mut Session) {
    let message_1 = i.prepare_message(1).unwrap().done().unwrap();
    r.process_message(1, &message_1).unwrap().done().unwrap();
    let message_2 = r.prepare_message(2).unwrap().done().unwrap();
    i.process_message(2, &message_2).unwrap().done().unwrap();
    let message_3 = i.prepare_message(3).unwrap().done().unwrap();
    r.process_message(3, &message_3).unwrap().done().unwrap();
}

fn message_4(r: &mut Session) -> Vec<u8> {
    r.prepare_message(4).unwrap().done().unwrap()
}

#[test]
fn a_fourth_message_proves_the_responder() {
    for completed in [false, true] {
        let (mut i, mut r) = sessions(|config| config);
        up_to_message_3(&mut i, &mut r);
        if completed {
            i.complete_without_message_4().unwrap();
            assert!(i.info().unwrap().is_complete);
        }
        let store = ResumptionStore::new(ResumptionOptions::default()).unwrap();
        assert!(!i.info().unwrap().is_authenticated);
        assert_eq!(i.peer_credential().unwrap_err().status(), Status::NotFound);
        assert_eq!(i.resumption_credential(0).unwrap_err().status(), Status::State);
        assert_eq!(store.keep(&i).unwrap_err().status(), Status::State);
        assert_eq!(i.save(&[1; 32]).unwrap_err().status(), Status::State);
        assert_eq!(r.peer_proved().unwrap_err().status(), Status::State);
        i.peer_proved().unwrap().done().unwrap();
        let info = i.info().unwrap();
        assert!(info.is_complete && info.is_authenticated);
        assert_eq!(i.peer_credential().unwrap().info().unwrap().kind, CredentialKind::Psk);
        store.keep(&i).unwrap();
    }
}

#[test]
fn nothing_takes_the_place_of_a_required_message_4() {
    let (mut i, mut r) = sessions(|config| config.require_message_4(true));
    up_to_message_3(&mut i, &mut r);
    assert_eq!(i.peer_proved().unwrap_err().status(), Status::State);
    assert_eq!(i.info().unwrap().state, State::WaitMessage4);
}

#[test]
fn early_items_are_marked() {
    for proved_by_message_4 in [false, true] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (mut i, mut r) = sessions(|config| {
            let told = told.clone();
            config.early_ead_labels(&[EARLY]).ead_handler(move |_, message, item| {
                told.lock().unwrap().push((message, item.clone()));
                Ok(true)
            })
        });
        let (early, late) = (EadItem::new(-EARLY, Some(b"e".to_vec())), EadItem::new(-LATE, None));
        r.add_ead(2, &late).unwrap();
        r.add_ead(2, &early).unwrap();
        up_to_message_3(&mut i, &mut r);
        let marked = [EadItem { is_unverified: true, ..early.clone() }];
        assert_eq!(i.ead(2).unwrap(), marked);
        if proved_by_message_4 {
            i.process_message(4, &message_4(&mut r)).unwrap().done().unwrap();
        } else {
            i.peer_proved().unwrap().done().unwrap();
        }
        assert_eq!(i.ead(2).unwrap(), [late.clone(), early]);
        let [marked] = marked;
        assert_eq!(*told.lock().unwrap(), [(2, marked), (2, late)]);
    }
}

#[test]
fn the_host_answers_for_message_2_at_last() {
    for known in [true, false] {
        let (mut i, mut r) = sessions(|config| config.pull(&[Question::Ead]));
        r.add_ead(2, &EadItem::new(-LATE, None)).unwrap();
        r.add_ead(4, &EadItem::new(-EARLY, None)).unwrap();
        up_to_message_3(&mut i, &mut r);
        let Progress::Pending(Pending::Ead(4)) = i.process_message(4, &message_4(&mut r)).unwrap() else { panic!() };
        assert_eq!(i.info().unwrap().state, State::PendingMessage4);
        if !known {
            i.reject_ead(2, 0).unwrap();
            let info = i.info().unwrap();
            assert_eq!((info.state, info.last_error), (State::Failed, Some(Status::EadCritical)));
            continue;
        }
        i.accept_ead(2, 0).unwrap();
        i.accept_ead(4, 0).unwrap();
        i.continue_run().unwrap().done().unwrap();
        let info = i.info().unwrap();
        assert!(info.is_complete && info.is_authenticated);
    }

    // After the completion, there is no state to ask in.
    let (mut i, mut r) = sessions(|config| config.pull(&[Question::Ead]));
    r.add_ead(2, &EadItem::new(-LATE, None)).unwrap();
    up_to_message_3(&mut i, &mut r);
    i.complete_without_message_4().unwrap();
    assert_eq!(i.peer_proved().unwrap_err().status(), Status::EadCritical);
    assert_eq!(i.info().unwrap().state, State::Failed);
}

#[test]
fn keys_that_name_nobody_are_refused() {
    psk(b"0123456789abcdef", b"\x41i", b"\x80").unwrap();
    for (key, cred_i, cred_r) in [
        (&[0; 16][..], &b"\x41i"[..], &b"\x41r"[..]),
        (&[1; 15], b"\x41i", b"\x41r"),
        (&[1; 16], b"\x41i", b"\x41i"),
        (&[1; 16], b"\x01", b"\x41r"),
        (&[1; 16], b"\x41i", b"\x61r"),
        (&[1; 16], b"\xa1\x01\x61i", b"\x41r"),
        (&[1; 16], b"\xa1\x02\x61i", b"\xa2\x01\x61r\x02\x61i"),
    ] {
        assert_eq!(psk(key, cred_i, cred_r).unwrap_err().status(), Status::Argument, "{cred_i:?}, {cred_r:?}");
    }
}

#[test]
fn a_resumption_key_has_an_origin() {
    let pair = Pair::new();
    let (mut i, mut r) = pair.sessions();
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let begun = now();
    run(&mut i, &mut r).unwrap();
    let key = r.resumption_credential(0).unwrap();
    for (what, own) in [(Data::OriginIdCredI, &pair.i), (Data::OriginIdCredR, &pair.r)] {
        assert_eq!(key.data(what).unwrap(), own.data(Data::IdCred).unwrap());
        assert_eq!(own.data(what).unwrap_err().status(), Status::NotFound);
    }
    let origin = key.info().unwrap().origin.unwrap();
    assert!((begun..=now()).contains(&origin.at));
    assert_eq!(origin.until, None);
    assert_eq!(pair.i.info().unwrap().origin, None);
    for label in [2, 3] {
        assert_eq!(i.export(label, b"", 16).unwrap_err().status(), Status::Argument);
    }
}

/// A key is not kept whose run with long-term credentials was 31 days ago.
#[test]
fn a_chain_of_resumptions_ends() {
    for (limit, kept) in [(0, 0), (31 * DAY, 0), (32 * DAY, 1)] {
        let pair = Pair::new();
        let begun = 1_700_000_000;
        let i = pair.initiator().peer_credential(&public(&pair.r)).time(begun).build().unwrap();
        let mut i = i.initiator().unwrap();
        run(&mut i, &mut pair.sessions().1).unwrap();
        i.config().set_time(begun + 31 * DAY as i64).unwrap();
        let store =
            |chain_limit| ResumptionStore::new(ResumptionOptions { chain_limit, ..ResumptionOptions::default() });
        assert_eq!(store(Duration::MAX).unwrap_err().status(), Status::Argument);
        let store = store(Duration::from_secs(limit)).unwrap();
        store.keep(&i).unwrap();
        assert_eq!(store.len().unwrap(), kept);
    }
}

#[test]
fn message_4_is_kept_for_a_time() {
    let pair = Pair::new();
    let begun = 1_700_000_000;
    let lifetime = Duration::from_secs(10);
    let r = pair.responder().peer_credential(&public(&pair.i)).exchange_lifetime(lifetime).time(begun);
    let mut r = r.build().unwrap().responder().unwrap();
    up_to_message_3(&mut pair.sessions().0, &mut r);
    let message_4 = message_4(&mut r);
    r.config().set_time(begun + 9).unwrap();
    assert_eq!(r.prepare_message(4).unwrap().done().unwrap(), message_4);
    r.config().set_time(begun + 10).unwrap();
    assert_eq!(r.prepare_message(4).unwrap_err().status(), Status::State);
    let too_long = pair.responder().exchange_lifetime(Duration::MAX).build();
    assert_eq!(too_long.unwrap_err().status(), Status::Argument);
}
