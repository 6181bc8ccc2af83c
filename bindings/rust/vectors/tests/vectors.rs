//! Every session of vectors.json, both sides, all values that the public API shows.

use lake::{OscoreContext, Role, Secret};
use lake_vectors::{bytes, ead_items, number, text, turn, vectors, Mode, Side, MODES};
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
        let items: Vec<_> = ead_items(v, n).into_iter().filter(|item| item.label != 0).collect();
        assert_eq!(receiver.session.ead(n).unwrap(), items, "ead_{n}");
    }
    for side in [&mut i, &mut r] {
        if !message_4 {
            side.session.complete_without_message_4().unwrap();
        }
        compare(v, side);
    }
}

fn compare(v: &Value, side: &mut Side) {
    let s = &mut side.session;
    assert!(s.is_complete() && s.is_authenticated());
    assert_eq!((s.method().unwrap(), s.suite().unwrap()), (number(v, "method"), number(v, "selected_suite")));
    let initiator = s.role() == Role::Initiator;
    let (own, peer) = if initiator { ("c_i", "c_r") } else { ("c_r", "c_i") };
    assert_eq!((s.own_connection_id().unwrap(), s.peer_connection_id().unwrap()), (bytes(v, own), bytes(v, peer)));
    if !initiator {
        let named: Vec<Value> = s.peer_suites().unwrap().into_iter().map(Value::from).collect();
        assert_eq!(Value::from(named), v["suites_i"]);
    }
    let credential = s.peer_credential().unwrap();
    if number(v, "method") == 4 {
        assert_eq!(credential.psk_bytes(Role::Initiator).unwrap(), bytes(v, "cred_i"));
        assert_eq!(credential.psk_bytes(Role::Responder).unwrap(), bytes(v, "cred_r"));
        assert_eq!(s.peer_id_cred().unwrap(), bytes(&v["psk_entry"], "id_cred"));
    } else {
        let name = if initiator { "r" } else { "i" };
        assert_eq!(credential.to_bytes().unwrap(), bytes(v, &format!("cred_{name}")));
        assert_eq!(credential.public_key().unwrap().1, bytes(v, &format!("pk_{name}")));
        assert_eq!(s.peer_id_cred().unwrap(), bytes(v, &format!("id_cred_{name}")));
    }
    let same = |secret: Secret, name: &str| assert_eq!(secret.expose(), bytes(v, name), "{name}");
    let hash_length = lake::suite_info(s.suite().unwrap()).unwrap().hash_length;
    same(s.export(2, b"", hash_length).unwrap(), "rpsk");
    same(s.export(2, b"", 16).unwrap(), "rpsk_16");
    same(s.export(3, b"", 2).unwrap(), "rkid");
    let length = number(v, "exporter_length") as usize;
    if length > 0 {
        let label = number(v, "exporter_label") as u64;
        same(s.export(label, &bytes(v, "exporter_context"), length).unwrap(), "exporter_output");
    }
    compare_oscore(v, &s.oscore_context().unwrap(), "oscore_", initiator);
    s.key_update(&bytes(v, "keyupdate_context")).unwrap();
    compare_oscore(v, &s.oscore_context().unwrap(), "keyupdate_oscore_", initiator);
}

fn compare_oscore(v: &Value, context: &OscoreContext, prefix: &str, initiator: bool) {
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
    // Method 4 always has message_4.
    for v in vectors().iter().filter(|v| number(v, "method") != 4) {
        println!("{}", text(v, "id"));
        play(v, Mode::Pinned, v["message_4_used"] != true);
    }
}
