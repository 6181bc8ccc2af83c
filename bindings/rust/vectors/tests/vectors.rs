//! Every session of vectors.json, both sides, all values that the public API shows.

use lake::{Data, EadItem, Role, Secret, Session, Status};
use lake_vectors::{bytes, complete, ead_items, number, text, turn, vectors, Mode, Side, MODES};
use serde_json::Value;

/// Plays a session: with the messages of the vector, and the last one or not.
fn play(v: &Value, mode: Mode, message_4: bool) {
    let side = |role| Side::new(v, role, mode, message_4, &Value::Null);
    let (mut i, mut r) = (side(Role::Initiator), side(Role::Responder));
    for n in 1..=if message_4 { 4 } else { 3 } {
        let (sender, receiver) = turn(n, &mut i, &mut r);
        let message = sender.prepare(n);
        if let Some(expected) = v[format!("message_{n}")].as_str() {
            assert_eq!(message, lake_vectors::unhex(expected), "message_{n}");
        }
        receiver.process(n, &message).unwrap().unwrap();
        let withheld = n == 2 && number(v, "method") == 4;
        assert_eq!(receiver.session.ead(n).unwrap(), if withheld { Vec::new() } else { shown(v, n) }, "ead_{n}");
    }
    for side in [&mut i, &mut r] {
        if !message_4 {
            complete(side);
        }
        compare(v, side);
    }
    assert_eq!(i.session.ead(2).unwrap(), shown(v, 2));
}

/// The EAD items of a message, padding left out.
fn shown(v: &Value, n: u8) -> Vec<EadItem> {
    ead_items(v, n).into_iter().filter(|item| item.label != 0).collect()
}

fn compare(v: &Value, side: &mut Side) {
    let s = &mut side.session;
    let info = s.info().unwrap();
    assert!(info.is_complete && info.is_authenticated);
    assert_eq!((info.method, info.suite), (Some(number(v, "method")), Some(number(v, "selected_suite"))));
    let initiator = info.role == Role::Initiator;
    let (own, peer) = if initiator { ("c_i", "c_r") } else { ("c_r", "c_i") };
    assert_eq!((info.own_connection_id, info.peer_connection_id), (Some(bytes(v, own)), Some(bytes(v, peer))));
    if !initiator {
        let named: Vec<Value> = s.peer_suites().unwrap().into_iter().map(Value::from).collect();
        assert_eq!(Value::from(named), v["suites_i"]);
    }
    let credential = s.peer_credential().unwrap();
    if number(v, "method") == 4 {
        assert_eq!(credential.data(Data::CredI).unwrap(), bytes(v, "cred_i"));
        assert_eq!(credential.data(Data::CredR).unwrap(), bytes(v, "cred_r"));
        assert_eq!(s.peer_id_cred().unwrap(), bytes(&v["psk_entry"], "id_cred"));
    } else {
        let name = if initiator { "r" } else { "i" };
        assert_eq!(credential.data(Data::Cred).unwrap(), bytes(v, &format!("cred_{name}")));
        assert_eq!(credential.data(Data::PublicKey).unwrap(), bytes(v, &format!("pk_{name}")));
        assert_eq!(s.peer_id_cred().unwrap(), bytes(v, &format!("id_cred_{name}")));
    }
    let same = |secret: Secret, name: &str| assert_eq!(secret.expose(), bytes(v, name), "{name}");
    assert_eq!(s.resumption_credential(0).unwrap().data(Data::Kid).unwrap(), bytes(v, "rkid"));
    for label in [2, 3] {
        assert_eq!(s.export(label, b"", 16).unwrap_err().status(), Status::Argument);
    }
    let length = number(v, "exporter_length") as usize;
    if length > 0 {
        let label = number(v, "exporter_label") as u64;
        same(s.export(label, &bytes(v, "exporter_context"), length).unwrap(), "exporter_output");
    }
    compare_oscore(v, s, "oscore_", initiator);
    s.key_update(&bytes(v, "keyupdate_context")).unwrap();
    compare_oscore(v, s, "keyupdate_oscore_", initiator);
}

fn compare_oscore(v: &Value, s: &Session, prefix: &str, initiator: bool) {
    let longest = bytes(v, "c_i").len().max(bytes(v, "c_r").len());
    if longest > if number(v, "selected_suite") <= 3 { 7 } else { 6 } {
        // OSCORE does not take identifiers of that length: their keys are right.
        assert_eq!(s.oscore_context().unwrap_err().status(), Status::Unsupported);
        for (label, name) in [(0, "master_secret"), (1, "master_salt")] {
            let wanted = bytes(v, &format!("{prefix}{name}"));
            assert_eq!(s.export(label, b"", wanted.len()).unwrap().expose(), wanted);
        }
        return;
    }
    let context = s.oscore_context().unwrap();
    assert_eq!((context.aead, context.hash), (number(v, "oscore_aead"), number(v, "oscore_hash")));
    assert_eq!(context.master_secret.expose(), bytes(v, &format!("{prefix}master_secret")));
    assert_eq!(context.master_salt.expose(), bytes(v, &format!("{prefix}master_salt")));
    let (mine, other) = if initiator { ("c_r", "c_i") } else { ("c_i", "c_r") };
    assert_eq!((&context.sender_id, &context.recipient_id), (&bytes(v, mine), &bytes(v, other)));
}

#[test]
fn every_session() {
    let vectors = vectors();
    for v in &vectors {
        for mode in MODES {
            println!("{} {mode:?}", text(v, "id"));
            play(v, mode, v["message_4_used"] == true);
        }
    }
    println!("{} sessions in {} modes", vectors.len(), MODES.len());
    assert!(vectors.len() >= 32);
}

#[test]
fn message_4_the_other_way() {
    for v in &vectors() {
        println!("{}", text(v, "id"));
        play(v, Mode::Pinned, v["message_4_used"] != true);
    }
}

/// Passes the messages of both sides, which are those of the vector.
fn pass(v: &Value, i: &mut Side, r: &mut Side) {
    for n in 1..=if v["message_4_used"] == true { 4 } else { 3 } {
        let (sender, receiver) = turn(n, i, r);
        let message = sender.prepare(n);
        assert_eq!(message, bytes(v, &format!("message_{n}")), "message_{n}");
        receiver.process(n, &message).unwrap().unwrap();
    }
    for side in [i, r] {
        if v["message_4_used"] != true {
            complete(side);
        }
    }
}

/// The keys that come out of a session are those of the session that resumes it.
#[test]
fn resumption() {
    let vectors = vectors();
    let mut resumed = 0;
    for v in vectors.iter().filter(|v| v["resumed_from"].is_string()) {
        let Some(before) = vectors.iter().find(|other| other["id"] == v["resumed_from"]) else { continue };
        let side = |role| Side::new(before, role, Mode::Pinned, before["message_4_used"] == true, &Value::Null);
        let (mut i, mut r) = (side(Role::Initiator), side(Role::Responder));
        pass(before, &mut i, &mut r);
        let next = |side: &Side, role| Side::resumed(v, role, side.session.resumption_credential(0).unwrap());
        pass(v, &mut next(&i, Role::Initiator), &mut next(&r, Role::Responder));
        resumed += 1;
    }
    println!("{resumed} sessions were resumed");
    assert!(resumed > 0);
}
