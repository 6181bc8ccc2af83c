//! Every row of invalid.json: hostile messages, and what the receiver does with them.

use lake::{ErrorMessage, Role, State, Status};
use lake_vectors::{bytes, number, psk, rows, text, turn, unhex, vectors, Mode, Side, MODES};
use serde_json::{Map, Value};

/// What the receiver did.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Accept,
    /// It ended the run, or would, with this error message.
    Reject(ErrorMessage),
    /// The same without one.
    Abort,
}

/// Brings both sides before the message of the row: receiver and sender.
fn start(row: &Value, v: &Value, mode: Mode) -> (Side, Side) {
    let is_initiator = text(row, "role") == "initiator";
    let side = |role| {
        let receives = (role == Role::Initiator) == is_initiator;
        let (mode, state) = if receives { (mode, &row["state"]) } else { (Mode::Pinned, &Value::Null) };
        Side::new(v, role, mode, v["message_4_used"] == true, state)
    };
    let (mut i, mut r) = (side(Role::Initiator), side(Role::Responder));
    let step = number(row, "step") as u8;
    for n in 1..step {
        let (sender, receiver) = turn(n, &mut i, &mut r);
        let message = sender.prepare(n);
        receiver.process(n, &message).unwrap().unwrap();
    }
    let (mut receiver, sender) = if is_initiator { (i, r) } else { (r, i) };
    for first in row["first_feed"].as_array().into_iter().flatten() {
        receiver.process(step, &unhex(first.as_str().unwrap())).unwrap().unwrap();
    }
    (receiver, sender)
}

fn feed(row: &Value, receiver: &mut Side) -> Outcome {
    let before = receiver.session.info().unwrap().state;
    let error = match receiver.process(number(row, "step") as u8, &bytes(row, "message")) {
        Ok(Some(())) => return Outcome::Accept,
        Ok(None) => None,
        Err(error) => Some(error),
    };
    let state = receiver.session.info().unwrap().state;
    let in_order = error.as_ref().is_some_and(|error| error.status() == Status::State);
    assert!(in_order || state == before || state == State::Failed, "it left the session in {state}");
    let due = error.as_ref().and_then(|error| error.message());
    assert!(due.is_none() || state == State::Failed, "a run that goes on has an error message to send");
    match receiver.session.prepare_error() {
        Ok(message) => {
            assert!(due.is_none() || due == Some(&message));
            Outcome::Reject(ErrorMessage::parse(&message).unwrap())
        }
        Err(error) => {
            assert_eq!(error.status(), Status::NotFound);
            Outcome::Abort
        }
    }
}

fn code(message: &ErrorMessage) -> i64 {
    match message {
        ErrorMessage::Unspecified(_) => 1,
        ErrorMessage::WrongSuite(_) => 2,
        ErrorMessage::UnknownCredential => 3,
        other => panic!("{other:?}"),
    }
}

fn check(row: &Value, v: &Value, mode: Mode) {
    let (mut receiver, sender) = start(row, v, mode);
    let outcome = feed(row, &mut receiver);
    let name = match &outcome {
        Outcome::Accept => "accept",
        Outcome::Reject(_) => "reject",
        Outcome::Abort => "abort",
    };
    let also = row["also_allowed"].as_array().is_some_and(|allowed| allowed.iter().any(|other| other == name));
    assert!(text(row, "expect") == name || also, "{outcome:?}: {}", text(row, "rule"));
    if let Outcome::Reject(message) = &outcome {
        let codes = row["error_codes"].as_array().unwrap();
        assert!(codes.is_empty() || codes.iter().any(|allowed| *allowed == code(message)), "{message:?}");
    }
    assert_ne!(sender.session.info().unwrap().state, State::Failed);
    if outcome == Outcome::Accept {
        check_after(row, &mut receiver);
    }
}

fn check_after(row: &Value, receiver: &mut Side) {
    for (name, value) in row["after"].as_object().unwrap_or(&Map::new()) {
        let value = unhex(value.as_str().unwrap());
        match name.as_str() {
            "next_message" => assert_eq!(receiver.prepare(number(row, "step") as u8 + 1), value),
            "prk_out" => {} // it does not leave the library
            name => {
                // What can be seen of ead_n: the values of its items are in it.
                let message: u8 = name.strip_prefix("ead_").and_then(|n| n.parse().ok()).expect(name);
                for item in receiver.session.ead(message).unwrap().iter().filter_map(|item| item.value.as_ref()) {
                    assert!(item.is_empty() || value.windows(item.len()).any(|part| part == item), "{name}");
                }
            }
        }
    }
}

#[test]
fn every_row() {
    let vectors = vectors();
    let rows = rows("invalid.json", "LAKE_INVALID");
    let (mut checked, mut not_configured) = (0, 0);
    for row in &rows {
        let v = vectors.iter().find(|v| v["id"] == row["vector"]).expect("its vector");
        if !row["state"]["psk_entry"].is_null() && psk(v, &row["state"]).is_err() {
            not_configured += 1; // what cannot be configured cannot be accepted
            continue;
        }
        let modes = if row["state"]["trust_any_ccs"] == true { &MODES[..1] } else { &MODES };
        for &mode in modes {
            println!("{} {mode:?}", text(row, "id"));
            check(row, v, mode);
            checked += 1;
        }
    }
    println!("{checked} checks of {} rows, {not_configured} rows that no config can have", rows.len());
    assert!(rows.len() >= 184 && not_configured < 10);
}
