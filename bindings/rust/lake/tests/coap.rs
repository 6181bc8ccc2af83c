//! What the CoAP level promises a Rust program: flows, events, closures, threads.

mod common;

use std::error::Error as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{mpsc, Arc};
use std::time::{Duration, Instant};

use common::coap::{answered, bad_request, error_of, post, run, Host, BAD_REQUEST, CONTENT, UNAUTHORIZED};
use common::{public, Pair};
use lake::coap::{Action, Client, Event, EventKind, Ids, Limits, Request, Response, Server, Step, CODE_POST};
use lake::{
    Credential, Data, EadItem, ErrorMessage, KeyAnswer, KeyKind, KeyOperation, Pending, Question, Role, Secret,
    Session, Status,
};

const FORBIDDEN: u8 = 4 << 5 | 3;
const METHOD_NOT_ALLOWED: u8 = 4 << 5 | 5;
const TOO_LARGE: u8 = 4 << 5 | 13;
const UNSUPPORTED_FORMAT: u8 = 4 << 5 | 15;
const INTERNAL: u8 = 5 << 5;
const UNAVAILABLE: u8 = 5 << 5 | 3;

#[test]
fn both_flows_with_and_without_message_4() {
    for role in [Role::Initiator, Role::Responder] {
        for message_4 in [false, true] {
            let host = Host::new(|pair, server| {
                let config = pair.of_server().require_message_4(message_4).build().unwrap();
                server.responder(&config).initiator(&config)
            });
            let config = host.pair.of_client().require_message_4(message_4).build().unwrap();
            let mut client = Client::new(&config, role, None).unwrap();
            assert!(!client.is_done());
            run(&host.server, &mut client).unwrap();
            assert!(client.is_done());

            let Event { peer, id, kind: EventKind::Established(session), .. } = host.event() else { panic!() };
            let (ours, theirs) = (client.session().unwrap().oscore_context().unwrap(), session.oscore_context());
            let theirs = theirs.unwrap();
            assert_eq!(ours.master_secret.expose(), theirs.master_secret.expose());
            assert_eq!((&ours.sender_id, &ours.recipient_id), (&theirs.recipient_id, &theirs.sender_id));
            assert_eq!((peer, id), (b"somewhere".to_vec(), ours.sender_id.clone()));
            assert_ne!(session.info().unwrap().role, role);
            assert_eq!(session.peer_credential().unwrap().data(Data::Kid).unwrap(), b"\x01");
            assert!(host.events.try_recv().is_err());
            let stats = host.server.stats().unwrap();
            assert_eq!((stats.begun, stats.established, stats.contexts, stats.half_open), (1, 1, 1, 0));

            // OSCORE requests go on to OSCORE, until the context is gone.
            let request = Request { code: 1, kid: Some(&ours.sender_id), ..Request::default() };
            assert_eq!(host.server.handle(&request).unwrap().action, Action::Oscore(0));
            host.server.release(&ours.sender_id).unwrap();
            host.server.release(&ours.sender_id).unwrap();
            let answer = answered(&host.server, &request);
            assert_eq!((answer.code, host.server.stats().unwrap().ids), (UNAUTHORIZED, 0));
        }
    }
}

#[test]
fn repeated_datagrams_and_replays() {
    let host = Host::forward();
    let mut client = host.client();
    let Step::Send(message_1) = client.start().unwrap() else { panic!() };
    let message_1 = Request { message_id: Some(7), token: b"t", peer: b"p", ..Request::from(&message_1) };
    let first = host.server.handle(&message_1).unwrap();
    let again = host.server.handle(&message_1).unwrap();
    assert!(!first.duplicate && again.duplicate && first.action == again.action);
    let Action::Send(message_2) = first.action else { panic!() };
    // From elsewhere, or later, it is another run.
    assert!(!host.server.handle(&Request { peer: b"q", ..message_1 }).unwrap().duplicate);
    assert_eq!(host.server.stats().unwrap().begun, 2);

    let Step::Send(message_3) = client.next(&Response::from(&message_2)).unwrap() else { panic!() };
    assert_eq!(client.again().unwrap(), message_3);
    let message_3 = Request { message_id: Some(8), peer: b"p", ..Request::from(&message_3) };
    // From elsewhere, it has to be shown first that somebody is there.
    let challenge = answered(&host.server, &Request { peer: b"q", ..message_3 });
    assert!(challenge.code == UNAUTHORIZED && challenge.echo.is_some() && challenge.payload.is_empty());
    let first = host.server.handle(&message_3).unwrap();
    assert!(host.server.handle(&message_3).unwrap().duplicate);
    let replay = answered(&host.server, &Request { message_id: Some(9), ..message_3 });
    assert!(bad_request(&replay));
    let Action::Send(done) = first.action else { panic!() };
    assert_eq!(client.next(&Response::from(&done)).unwrap(), Step::Done);
    assert!(matches!(host.event().kind, EventKind::Established(_)));
    assert!(host.events.try_recv().is_err());
    // What was established stays.
    let c_r = client.session().unwrap().info().unwrap().peer_connection_id.unwrap();
    let protected = Request { kid: Some(&c_r), ..Request::default() };
    assert_eq!(host.server.handle(&protected).unwrap().action, Action::Oscore(0));
    assert_eq!(host.server.stats().unwrap().duplicates, 2);
}

#[test]
fn what_is_not_for_a_run() {
    let host = Host::new(|pair, server| {
        server.responder(&pair.of_server().build().unwrap()).limits(Limits { body: 100, ..Limits::default() })
    });
    let code = |request: &Request<'_>| answered(&host.server, request).code;
    let request = Request { code: CODE_POST, ..Request::default() };
    let error = ErrorMessage::Unspecified("over".into()).encode().unwrap();
    let error = [b"\x09", &*error].concat();

    assert!(bad_request(&answered(&host.server, &Request { payload: b"\x09\x41\x01", ..request }))); // unknown C_R
    assert!(bad_request(&answered(&host.server, &Request { payload: b"\xf5\x09", ..request })));
    assert!(bad_request(&answered(&host.server, &Request { payload: b"", ..request }))); // no reverse flow here
    let combined = Request { edhoc: true, kid: Some(b"\x09"), payload: b"\x41\x01\x02", ..request };
    assert!(bad_request(&answered(&host.server, &combined)));
    let answer = answered(&host.server, &Request { payload: &error, ..request });
    assert_eq!((answer.code, answer.payload.len()), (BAD_REQUEST, 0)); // errors are not answered by errors
    assert_eq!(code(&Request { code: 1, ..request }), METHOD_NOT_ALLOWED);
    assert_eq!(code(&Request { format: Some(50), payload: b"\xf5\x09", ..request }), UNSUPPORTED_FORMAT);
    assert_eq!(code(&Request { payload: &[0xf5; 101], ..request }), TOO_LARGE);
    assert_eq!(code(&Request { kid: Some(b""), ..request }), UNAUTHORIZED);
    let large = vec![0; 100_000];
    assert_eq!(host.server.handle(&Request { peer: &large, ..request }).unwrap_err().status(), Status::Argument);
    assert_eq!(host.server.stats().unwrap().half_open, 0);
}

#[test]
fn message_3_of_another_run() {
    let host = Host::forward();
    let (mut a, mut b) = (host.client(), host.client());
    let of_a = host.message_3(&mut a);
    let of_b = host.message_3(&mut b);
    // C_R of the one, and the rest of the other.
    let mut mixed = of_a.clone();
    mixed.payload[0] = of_b.payload[0];
    let answer =
        answered(&host.server, &Request { message_id: Some(100), peer: b"somewhere", ..Request::from(&mixed) });
    assert!(bad_request(&answer));
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::Decryption);
    assert!(error.source().is_none());
    // That run is over, the other one is not.
    let answer = answered(&host.server, &Request { message_id: Some(101), peer: b"somewhere", ..Request::from(&of_b) });
    let error = b.next(&Response::from(&answer)).unwrap_err();
    assert_eq!(error.status(), Status::Refused);
    assert!(b.error_message().is_none() && b.session().is_err());
    let answer = answered(&host.server, &Request { message_id: Some(102), peer: b"somewhere", ..Request::from(&of_a) });
    assert_eq!(a.next(&Response::from(&answer)).unwrap(), Step::Done);
}

#[test]
fn who_does_not_know_the_peer_says_so() {
    let host = Host::forward();
    // The client does not know the server: its error message ends the run there, and is not answered by one.
    let mut client = Client::new(&host.pair.initiator().build().unwrap(), Role::Initiator, None).unwrap();
    let error = run(&host.server, &mut client).unwrap_err();
    assert_eq!(error.status(), Status::CredentialUnknown);
    let answer = post(&host.server, &client.error_message().unwrap(), 50);
    assert_eq!((answer.code, answer.payload.len()), (lake::coap::CODE_CHANGED, 0));
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::PeerCredential);
    // The server does not know the client.
    let stranger = Pair { r: host.pair.r.clone(), ..Pair::new() };
    let mut client = Client::new(&stranger.of_client().build().unwrap(), Role::Initiator, None).unwrap();
    let error = run(&host.server, &mut client).unwrap_err();
    assert_eq!(error.status(), Status::Refused);
    assert!(!client.is_done() && client.error_message().is_none());
    assert_eq!(client.next(&Response::default()).unwrap_err().status(), Status::State);
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_ne!(error.status(), Status::Refused);
}

#[test]
fn a_refused_suite_is_negotiated() {
    let host = Host::forward();
    let config = host.pair.initiator().suites(&[3, 2]).peer_credential(&public(&host.pair.r)).build().unwrap();
    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
    run(&host.server, &mut client).unwrap();
    assert_eq!(client.session().unwrap().info().unwrap().suite.unwrap(), 2);
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::Suite);
    assert!(matches!(host.event().kind, EventKind::Established(_)));
}

#[test]
fn answers_that_are_none() {
    let host = Host::forward();
    let of = |code, format, payload: &[u8]| {
        let mut client = host.client();
        let _ = client.start().unwrap();
        client.next(&Response { code, format, payload, echo: None }).unwrap_err().status()
    };
    assert_eq!(of(CONTENT, None, b""), Status::Answer);
    assert_eq!(of(lake::coap::CODE_CHANGED, Some(65), b"x"), Status::Answer);
    assert_eq!(of(FORBIDDEN, None, b"go away"), Status::Refused);
    assert_eq!(of(lake::coap::CODE_CHANGED, Some(64), b"\x41\x01"), Status::Malformed);
    assert_eq!(of(lake::coap::CODE_CHANGED, None, b""), Status::Malformed);

    let mut client = host.client();
    assert_eq!(client.again().unwrap_err().status(), Status::State);
    assert_eq!(client.no_answer().status(), Status::State);
    assert_eq!(client.continue_run().unwrap_err().status(), Status::State);
    assert_eq!(client.verified().unwrap_err().status(), Status::State);
    assert_eq!(client.session().unwrap_err().status(), Status::State);
    let Step::Send(message_1) = client.start().unwrap() else { panic!() };
    assert_eq!(client.start().unwrap_err().status(), Status::State);
    assert_eq!(client.again().unwrap(), message_1);
    let error = client.no_answer();
    assert_eq!((error.status(), error.to_string().as_str()), (Status::NoAnswer, Status::NoAnswer.text()));
    assert_eq!(client.no_answer().status(), Status::State);
    assert_eq!(client.next(&Response::default()).unwrap_err().status(), Status::State);
}

#[test]
fn combined_requests() {
    let host = Host::forward();
    let mut client = host.client();
    assert_eq!(client.combine(b"oscore", 0, 0).unwrap_err().status(), Status::State);
    let message_3 = host.message_3(&mut client);
    assert_eq!(client.combine(b"oscore", 0, 20).unwrap_err().status(), Status::CombinedSize);
    let later = client.combine(b"oscore", 1, 0).unwrap();
    assert_eq!((&*later.payload, later.edhoc), (&b"oscore"[..], false));
    let kid = client.session().unwrap().oscore_context().unwrap().sender_id;

    let combined = client.combine(b"oscore", 0, 0).unwrap();
    let request = Request {
        kid: Some(&kid),
        edhoc: true,
        payload: &combined.payload,
        message_id: Some(50),
        peer: b"somewhere",
        ..Request::default()
    };
    let answer = host.server.handle(&request).unwrap();
    let Action::Oscore(offset) = answer.action else { panic!() };
    assert!(matches!(host.event().kind, EventKind::Established(_)));
    assert_eq!((&combined.payload[offset..], combined.edhoc, answer.duplicate), (&b"oscore"[..], true, false));
    let again = host.server.handle(&request).unwrap();
    assert!(again.duplicate && again.action == Action::Oscore(offset));
    // Without a message id it is no repetition, and message_3 was used.
    let again = host.server.handle(&Request { message_id: None, ..request }).unwrap();
    assert!(!again.duplicate && matches!(again.action, Action::Send(_)));
    client.verified().unwrap();
    assert!(client.is_done());
    assert_eq!(client.verified().unwrap_err().status(), Status::State);
    // message_3 by itself is too late now.
    assert!(bad_request(&post(&host.server, &message_3, 60)));

    // A combined request that somebody has changed gets an answer without protection.
    let mut client = host.client();
    host.message_3(&mut client);
    let kid = client.session().unwrap().oscore_context().unwrap().sender_id;
    let mut combined = client.combine(b"oscore", 0, 0).unwrap();
    combined.payload[3] ^= 1;
    let changed = Request { kid: Some(&kid), edhoc: true, payload: &combined.payload, ..Request::default() };
    let answer = answered(&host.server, &Request { peer: b"somewhere", ..changed });
    assert!(bad_request(&answer));
    assert_eq!(client.next(&Response::from(&answer)).unwrap_err().status(), Status::Refused);
}

#[test]
fn no_combined_request_with_message_4_or_in_reverse() {
    let host = Host::new(|pair, server| {
        let config = pair.of_server().require_message_4(true).build().unwrap();
        server.responder(&config).initiator(&config)
    });
    let config = host.pair.of_client().require_message_4(true).build().unwrap();
    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
    host.message_3(&mut client);
    assert_eq!(client.combine(b"oscore", 0, 0).unwrap_err().status(), Status::NoCombined);
    assert_eq!(client.verified().unwrap_err().status(), Status::State);
    let mut client = Client::new(&config, Role::Responder, None).unwrap();
    host.message_3(&mut client);
    assert_eq!(client.combine(b"oscore", 0, 0).unwrap_err().status(), Status::State);
}

#[test]
fn a_host_that_cannot_install_the_context() {
    let pair = Pair::new();
    let (tell, told) = mpsc::channel();
    let server = Server::builder(move |event| {
        let established = matches!(event.kind, EventKind::Established(_));
        tell.send(event.kind).unwrap(); // which is too soon
        if established {
            return Err("the table is full".into());
        }
        Ok(())
    });
    let server = server.responder(&pair.of_server().build().unwrap()).build().unwrap();
    let mut client = Client::new(&pair.of_client().build().unwrap(), Role::Initiator, None).unwrap();
    let error = run(&server, &mut client).unwrap_err();
    assert_eq!(error.status(), Status::Refused);
    assert!(error.detail().contains("internal"), "{error}");
    let EventKind::Established(session) = told.recv().unwrap() else { panic!() };
    assert_eq!(session.oscore_context().unwrap_err().status(), Status::Handle);
    let EventKind::Failed(error) = told.recv().unwrap() else { panic!() };
    assert_eq!(error.status(), Status::Callback);
    assert_eq!(error.source().unwrap().to_string(), "the table is full");
    let stats = server.stats().unwrap();
    assert_eq!((stats.failed, stats.contexts, stats.ids, stats.half_open), (1, 0, 0, 0));
}

#[test]
fn a_panic_at_an_event_goes_on_in_the_call() {
    let pair = Pair::new();
    let server = Server::builder(|event| match event.kind {
        EventKind::Established(_) => panic!("the host is broken"),
        _ => Ok(()),
    });
    let server = server.responder(&pair.of_server().build().unwrap()).build().unwrap();
    let mut client = Client::new(&pair.of_client().build().unwrap(), Role::Initiator, None).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| run(&server, &mut client))).unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "the host is broken");
    let stats = server.stats().unwrap();
    assert_eq!((stats.failed, stats.contexts, stats.ids), (1, 0, 0));
    // The client that asks again hears what became of it.
    let answer = post(&server, &client.again().unwrap(), 2);
    assert_eq!((answer.code, server.stats().unwrap().duplicates), (INTERNAL, 1));
    assert_eq!(client.next(&Response::from(&answer)).unwrap_err().status(), Status::Refused);
}

#[test]
fn panics_of_other_events_too() {
    let pair = Pair::new();
    let server = Server::builder(|event| panic!("{:?}", event.peer));
    let server = server.responder(&pair.of_server().build().unwrap()).build().unwrap();
    let stranger = Pair { r: pair.r.clone(), ..Pair::new() };
    let mut client = Client::new(&stranger.of_client().build().unwrap(), Role::Initiator, None).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| run(&server, &mut client))).is_err());
    assert_eq!(server.stats().unwrap().failed, 1);
}

#[test]
fn closures_of_a_config_that_fail() {
    let host = Host::new(|pair, server| {
        let config = pair.responder().resolver(|_, _| Err("the database is away".into())).build().unwrap();
        server.responder(&config)
    });
    assert_eq!(run(&host.server, &mut host.client()).unwrap_err().status(), Status::Refused);
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::Callback);
    assert_eq!(error.source().unwrap().to_string(), "the database is away");

    let config = host.pair.of_client().verifier(|_, _| Err("revoked".into())).build().unwrap();
    let error = run(&host.server, &mut Client::new(&config, Role::Initiator, None).unwrap()).unwrap_err();
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Status::PeerRejected, "revoked".into()));
}

/// The first message that a session sends.
fn first_message(session: &Session) -> u8 {
    match session.info().unwrap().role {
        Role::Initiator => 1,
        _ => 2,
    }
}

#[test]
fn sessions_can_be_prepared() {
    let host = Host::new(|pair, server| {
        let config = pair.of_server().build().unwrap();
        server.responder(&config).initiator(&config).prepare(|session| {
            assert_eq!(session.set_data(1).unwrap_err().status(), Status::State); // it is not ours
            session.add_ead(first_message(session), &EadItem::new(70, Some(Vec::new())))?;
            Ok(())
        })
    });
    for role in [Role::Initiator, Role::Responder] {
        let mut client = Client::new(&host.pair.of_client().build().unwrap(), role, None).unwrap();
        let (tell, told) = mpsc::channel();
        let prepare = move |session: &mut Session| Ok(tell.send(session.info().unwrap().role)?);
        client.set_prepare(prepare).unwrap();
        run(&host.server, &mut client).unwrap();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [role]);
        let EventKind::Established(theirs) = host.event().kind else { panic!() };
        let items = client.session().unwrap().ead(first_message(&theirs)).unwrap();
        assert_eq!(items, [EadItem::new(70, Some(Vec::new()))]);
    }
}

#[test]
fn preparations_can_fail() {
    let host = Host::new(|pair, server| {
        let config = pair.of_server().build().unwrap();
        server.responder(&config).initiator(&config).prepare(|session| match session.info().unwrap().role {
            Role::Responder => Err("not today".into()),
            _ => panic!("not at all"),
        })
    });
    let mut client = host.client();
    let error = run(&host.server, &mut client).unwrap_err();
    assert_eq!(error.status(), Status::PeerUnspecified); // it is told no more than that
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Status::Callback, "not today".into()));
    let mut client = Client::new(&host.pair.of_client().build().unwrap(), Role::Responder, None).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| run(&host.server, &mut client))).is_err());
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert!(error.status() == Status::Callback && error.source().is_none());

    let mut client = host.client();
    client.set_prepare(|_| Err("no entropy".into())).unwrap();
    let error = client.start().unwrap_err();
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Status::Callback, "no entropy".into()));
    let mut client = host.client();
    client.set_prepare(|_| panic!("broken")).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| client.start())).is_err());
    assert!(!client.is_done());
}

#[test]
fn large_messages() {
    let host = Host::new(|pair, server| {
        let server =
            server.responder(&pair.of_server().build().unwrap()).prepare(|session| Ok(session.pad(2, 20_000)?));
        server.limits(Limits { message_1: 11_000, ..Limits::default() })
    });
    let mut client = host.client();
    client.set_prepare(|session| Ok([1, 3].into_iter().try_for_each(|message| session.pad(message, 10_000))?)).unwrap();
    let Step::Send(message_1) = client.start().unwrap() else { panic!() };
    let answer = host.server.handle(&Request::from(&message_1)).unwrap();
    assert!(!answer.duplicate);
    let Action::Send(message_2) = answer.action else { panic!() };
    let Step::Send(message_3) = client.next(&Response::from(&message_2)).unwrap() else { panic!() };
    let sizes = [&message_1, &message_2, &message_3].map(|message| message.payload.len() / 10_000);
    assert_eq!(sizes, [1, 2, 1]);
    let combined = client.combine(&[7; 10_000], 0, 0).unwrap();
    assert!(combined.payload.len() > 20_000 && combined.payload.ends_with(&[7; 10_000]));
    assert_eq!(client.again().unwrap(), message_3);
    let answer = answered(&host.server, &Request { message_id: Some(1), ..Request::from(&message_3) });
    assert_eq!(client.next(&Response::from(&answer)).unwrap(), Step::Done);
}

/// A credential of one's own whose key is in a closure, and the same as the peer has it.
fn elsewhere(kid: &[u8]) -> (impl Fn() -> Credential + Send + Sync, Credential) {
    let (private, key) = lake::generate_keypair(KeyKind::P256).unwrap();
    let ccs = lake::build_ccs(None, kid, KeyKind::P256, &key).unwrap();
    let known = Credential::from_ccs(&ccs).unwrap();
    let private = p256::SecretKey::from_slice(private.expose()).unwrap();
    let own = move || {
        let private = private.clone();
        let ecdh = move |operation: KeyOperation<'_>| {
            let KeyOperation::Ecdh(x) = operation else { panic!("{operation:?}") };
            let peer = p256::PublicKey::from_sec1_bytes(&[b"\x02", x].concat()).map_err(|_| "no point")?;
            let shared = p256::ecdh::diffie_hellman(private.to_nonzero_scalar(), peer.as_affine());
            Ok(KeyAnswer::Now(Secret::from(&shared.raw_secret_bytes()[..])))
        };
        Credential::from_ccs(&ccs).unwrap().with_external_key(ecdh).unwrap()
    };
    (own, known)
}

#[test]
fn credentials_can_be_chosen_for_each_run() {
    let ((own_i, i), (own_r, r)) = (elsewhere(b"\x05"), elsewhere(b"\x06"));
    let host = Host::new(|pair, server| {
        // Nobody but the session has this credential afterwards, whose closure lives on.
        let prepare = move |session: &mut Session| Ok(session.set_own_credential(&own_r())?);
        server.responder(&pair.responder().peer_credential(&i).build().unwrap()).prepare(prepare)
    });
    let config = host.pair.initiator().peer_credential(&r).pull(&[Question::Peer]).build().unwrap();
    for _ in 0..3 {
        let mut client = Client::new(&config, Role::Initiator, None).unwrap();
        let Step::Send(message_1) = client.start().unwrap() else { panic!() };
        let message_2 = answered(&host.server, &Request::from(&message_1));
        let Step::Pending(Pending::Peer) = client.next(&Response::from(&message_2)).unwrap() else { panic!() };
        let mut session = client.session().unwrap();
        assert_eq!(session.peer_credential().unwrap().data(Data::Kid).unwrap(), b"\x06");
        session.set_own_credential(&own_i()).unwrap();
        assert_eq!(session.set_data(1).unwrap_err().status(), Status::State); // it is the client's
        drop(session);
        let Step::Send(message_3) = client.continue_run().unwrap() else { panic!() };
        let answer = answered(&host.server, &Request { message_id: Some(1), ..Request::from(&message_3) });
        assert_eq!(client.next(&Response::from(&answer)).unwrap(), Step::Done);
        let EventKind::Established(session) = host.event().kind else { panic!() };
        assert_eq!(session.peer_credential().unwrap().data(Data::Kid).unwrap(), b"\x05");
    }
}

#[test]
fn credentials_go_with_their_runs() {
    const INTERNAL_SERVER_ERROR: u8 = 5 << 5;
    let (_, public) = lake::generate_keypair(KeyKind::P256).unwrap();
    let ccs = lake::build_ccs(None, b"\x07", KeyKind::P256, &public).unwrap();
    let kept = Arc::new(());
    let token = kept.clone();
    let host = Host::new(|pair, server| {
        let prepare = move |session: &mut Session| {
            let token = token.clone();
            let broken = Credential::from_ccs(&ccs)?.with_external_key(move |_| {
                let _ = &token;
                Err("the key is broken".into())
            })?;
            Ok(session.set_own_credential(&broken)?)
        };
        server.responder(&pair.of_server().build().unwrap()).prepare(prepare)
    });
    for _ in 0..3 {
        let Step::Send(message_1) = host.client().start().unwrap() else { panic!() };
        let answer = answered(&host.server, &Request::from(&message_1));
        assert_eq!((answer.code, host.server.stats().unwrap().half_open), (INTERNAL_SERVER_ERROR, 0));
        assert_eq!(Arc::strong_count(&kept), 2); // here, and in what prepares
    }
    drop(host);
    assert_eq!(Arc::strong_count(&kept), 1);
}

#[test]
fn questions_are_answered_from_elsewhere() {
    let host = Host::pulling(&[Question::Credential, Question::Peer]);
    let mut client = host.client();
    let message_3 = host.message_3(&mut client);
    let request = Request { message_id: Some(9), peer: b"somewhere", ..Request::from(&message_3) };
    let first = host.server.handle(&request).unwrap();
    assert_eq!((first.action, first.duplicate), (Action::Wait, false));
    let again = host.server.handle(&request).unwrap();
    assert_eq!((again.action, again.duplicate), (Action::Wait, true));

    let Event { id, kind: EventKind::Pending(question, mut session), .. } = host.event() else { panic!() };
    assert_eq!(question, Pending::Credential(host.pair.i.data(Data::IdCred).unwrap()));
    assert_eq!(session.info().unwrap().own_connection_id.unwrap(), id);
    assert_eq!(session.set_data("mine").unwrap_err().status(), Status::State);
    // Before it is answered, it comes again; dropping a handle of the session ends nothing.
    assert_eq!(host.server.continue_run(&session).unwrap().action, Action::Wait);
    let EventKind::Pending(_, same) = host.event().kind else { panic!() };
    drop(same);

    let known = public(&host.pair.i);
    let answering = std::thread::spawn(move || {
        session.set_peer_credential(&known).unwrap();
        assert_eq!(host.server.continue_run(&session).unwrap().action, Action::Wait);
        let EventKind::Pending(Pending::Peer, accepted) = host.event().kind else { panic!() };
        let Action::Send(answer) = host.server.continue_run(&accepted).unwrap().action else { panic!() };
        let EventKind::Established(established) = host.event().kind else { panic!() };
        // The session is the host's now, whatever happens to what the server lent.
        assert_eq!(host.server.continue_run(&session).unwrap_err().status(), Status::State);
        let lent = std::mem::replace(&mut *session, established);
        drop((lent, accepted));
        assert!(session.oscore_context().is_ok());
        (host, answer)
    });
    let (host, answer) = answering.join().unwrap();
    assert_eq!(client.next(&Response::from(&answer)).unwrap(), Step::Done);
    assert_eq!(host.server.stats().unwrap().established, 1);
}

#[test]
fn questions_that_nobody_answers() {
    let host = Host::pulling(&[Question::Credential]);
    let mut client = host.client();
    let message_3 = host.message_3(&mut client);
    let request = Request { message_id: Some(9), peer: b"somewhere", ..Request::from(&message_3) };
    assert_eq!(host.server.handle(&request).unwrap().action, Action::Wait);
    let EventKind::Pending(_, mut session) = host.event().kind else { panic!() };
    session.reject_peer(Status::CredentialUnknown).unwrap();
    let Action::Send(answer) = host.server.continue_run(&session).unwrap().action else { panic!() };
    assert_eq!(error_of(&answer), ErrorMessage::UnknownCredential);
    assert_eq!(client.next(&Response::from(&answer)).unwrap_err().status(), Status::Refused);
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::CredentialUnknown);
    assert_eq!(host.server.continue_run(&session).unwrap_err().status(), Status::Handle);

    // The server goes away meanwhile.
    let message_3 = host.message_3(&mut host.client());
    assert_eq!(
        host.server.handle(&Request { peer: b"somewhere", ..Request::from(&message_3) }).unwrap().action,
        Action::Wait
    );
    let EventKind::Pending(_, mut session) = host.event().kind else { panic!() };
    let Host { server, pair, .. } = host;
    drop(server);
    assert_eq!(session.set_peer_credential(&public(&pair.i)).unwrap_err().status(), Status::Handle);
}

#[test]
fn a_client_can_be_asked_too() {
    let host = Host::new(|pair, server| {
        let config = pair.of_server().build().unwrap();
        server.responder(&config).initiator(&config)
    });
    for (role, known) in [(Role::Initiator, true), (Role::Responder, true), (Role::Initiator, false)] {
        let config = host.pair.initiator().pull(&[Question::Credential]).build().unwrap();
        let mut client = Client::new(&config, role, None).unwrap();
        let (mut step, mut message_id, mut asked) = (client.start().unwrap(), 0, 0);
        let ended = loop {
            step = match step {
                Step::Send(request) => {
                    message_id += 1;
                    let answer = post(&host.server, &request, message_id);
                    client.next(&Response::from(&answer)).unwrap()
                }
                Step::Pending(Pending::Credential(id_cred)) => {
                    assert_eq!(id_cred, host.pair.r.data(Data::IdCred).unwrap());
                    assert_eq!(client.next(&Response::default()).unwrap_err().status(), Status::State);
                    let mut session = client.session().unwrap();
                    match known {
                        true => session.set_peer_credential(&public(&host.pair.r)).unwrap(),
                        false => session.reject_peer(Status::PeerRejected).unwrap(),
                    }
                    asked += 1;
                    match client.continue_run() {
                        Ok(step) => step,
                        Err(error) => break Err(error),
                    }
                }
                Step::Pending(question) => panic!("{question}"),
                Step::Done => break Ok(()),
            };
        };
        assert_eq!(
            (asked, ended.map_err(|error| error.status())),
            (1, known.then_some(()).ok_or(Status::PeerRejected))
        );
        assert_eq!(client.error_message().is_some(), !known);
    }
}

#[test]
fn floods_get_a_challenge() {
    let host = Host::new(|pair, server| {
        server.responder(&pair.of_server().build().unwrap()).limits(Limits { threshold: 1, ..Limits::default() })
    });
    let waiting = host.client().start().unwrap();
    let Step::Send(message_1) = waiting else { panic!() };
    assert_eq!(post(&host.server, &message_1, 90).code, lake::coap::CODE_CHANGED);
    let mut client = host.client();
    let messages = run(&host.server, &mut client).unwrap();
    assert_eq!(messages.len(), 3); // message_1, the same with Echo, message_3
    assert_eq!((&messages[0].payload, messages[0].echo.is_none()), (&messages[1].payload, true));
    assert!(messages[1].echo.is_some() && messages[2].echo.is_none());
    assert_eq!(host.server.stats().unwrap().challenged, 1);

    // An Echo value of somebody else does not help; a client gives up at last.
    let echo = messages[1].echo.as_deref();
    let forged = Request { echo, peer: b"elsewhere", message_id: Some(1), ..Request::from(&message_1) };
    let answer = answered(&host.server, &forged);
    assert!(answer.code == UNAUTHORIZED && answer.echo.is_some() && answer.echo.as_deref() != echo);
    let mut client = host.client();
    let _ = client.start().unwrap();
    let challenge = Response { code: UNAUTHORIZED, echo: Some(b"echo"), ..Response::default() };
    let error = (0..10).find_map(|_| client.next(&challenge).err()).unwrap();
    assert_eq!(error.status(), Status::Challenges);
}

#[test]
fn without_echo_a_full_server_refuses() {
    let start = |no_echo| {
        let limits = Limits { half_open: 1, threshold: 1, no_echo, ..Limits::default() };
        let config = |pair: &Pair| pair.of_server().build().unwrap();
        let host = Host::new(|pair, server| server.responder(&config(pair)).limits(limits));
        host.message_3(&mut host.client());
        host
    };
    let host = start(true);
    let error = run(&host.server, &mut host.client()).unwrap_err();
    assert!(error.status() == Status::Refused && error.detail().contains("5.03"), "{error}");
    assert_eq!(host.server.stats().unwrap().refused, 1);
    // With it, the oldest run makes room.
    let host = start(false);
    run(&host.server, &mut host.client()).unwrap();
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!((error.status(), host.server.stats().unwrap().evicted), (Status::RunEvicted, 1));
}

#[test]
fn runs_become_too_old() {
    let limits = Limits { age: Duration::from_secs(1), ..Limits::default() };
    let host = Host::new(|pair, server| server.responder(&pair.of_server().build().unwrap()).limits(limits));
    let message_3 = host.message_3(&mut host.client());
    let began = Instant::now();
    let event = loop {
        host.server.expire().unwrap();
        match host.events.recv_timeout(Duration::from_millis(20)) {
            Ok(event) => break event,
            Err(_) => assert!(began.elapsed() < Duration::from_secs(30)),
        }
    };
    let EventKind::Failed(error) = event.kind else { panic!() };
    assert_eq!((error.status(), host.server.stats().unwrap().expired), (Status::RunExpired, 1));
    assert!(bad_request(&post(&host.server, &message_3, 9)));
}

#[test]
fn settings_that_cannot_be() {
    let pair = Pair::new();
    let config = pair.of_server().build().unwrap();
    let server = |limits| Server::builder(|_| Ok(())).responder(&config).limits(limits).build();
    assert_eq!(Server::builder(|_| Ok(())).build().unwrap_err().status(), Status::Argument);
    for limits in [
        Limits { half_open: u32::MAX, ..Limits::default() },
        Limits { body: 1, ..Limits::default() },
        Limits { age: Duration::from_secs(1 << 40), ..Limits::default() },
        Limits { echo_age: Duration::from_secs(100_000), ..Limits::default() },
    ] {
        assert_eq!(server(limits).unwrap_err().status(), Status::Argument, "{limits:?}");
    }
    let ids = Ids::new(1, 2).unwrap();
    for (min, max) in [(0, 1), (2, 1), (1, 8)] {
        assert_eq!(Ids::new(min, max).unwrap_err().status(), Status::Argument);
    }
    assert_eq!(ids.reserve(&[1; 300]).unwrap_err().status(), Status::Argument);
    assert_eq!(server(Limits::default()).unwrap().link("a\0b", true).unwrap_err().status(), Status::Argument);
}

#[test]
fn identifiers_are_shared_and_come_back() {
    let ids = Ids::new(1, 1).unwrap();
    let host = Host::new(|pair, server| server.responder(&pair.of_server().build().unwrap()).ids(&ids));
    let config = host.pair.of_client().build().unwrap();
    let mut client = Client::new(&config, Role::Initiator, Some(&ids)).unwrap();
    run(&host.server, &mut client).unwrap();
    assert_eq!(ids.count().unwrap(), 2); // C_I and C_R
    let info = client.session().unwrap().info().unwrap();
    let (c_i, c_r) = (info.own_connection_id.unwrap(), info.peer_connection_id.unwrap());
    assert_eq!(host.server.reserve(&c_r).unwrap_err().status(), Status::State);
    drop(client);
    host.server.reserve(&c_i).unwrap();
    host.server.release(&c_i).unwrap();
    assert_eq!(ids.count().unwrap(), 1);

    let taken: Vec<_> = std::iter::from_fn(|| ids.take(b"").ok()).collect();
    assert_eq!((taken.len(), ids.count().unwrap()), (47, 48));
    assert_eq!(ids.take(b"").unwrap_err().status(), Status::Exhausted);
    let mut client = Client::new(&config, Role::Initiator, Some(&ids)).unwrap();
    assert_eq!(client.start().unwrap_err().status(), Status::Exhausted);
    let Step::Send(message_1) = host.client().start().unwrap() else { panic!() };
    assert_eq!(post(&host.server, &message_1, 70).code, UNAVAILABLE);
    assert!(matches!(host.event().kind, EventKind::Established(_)));
    let EventKind::Failed(error) = host.event().kind else { panic!() };
    assert_eq!(error.status(), Status::Exhausted);
}

#[test]
fn many_threads_share_a_server() {
    let pair = Arc::new(Pair::new());
    let (tell, told) = mpsc::channel();
    let limits = Limits { threshold: 1000, ..Limits::default() };
    let server = Server::builder(move |event| {
        assert!(matches!(event.kind, EventKind::Established(_)), "{event:?}");
        tell.send(event.id).unwrap();
        Ok(())
    });
    let server = Arc::new(server.responder(&pair.of_server().build().unwrap()).limits(limits).build().unwrap());
    let threads: Vec<_> = (0..8u8)
        .map(|number| {
            let (server, pair) = (server.clone(), pair.clone());
            std::thread::spawn(move || {
                let config = pair.of_client().build().unwrap();
                for count in 0..8 {
                    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
                    let Step::Send(message_1) = client.start().unwrap() else { panic!() };
                    let request = Request { peer: &[number, count], ..Request::from(&message_1) };
                    let answer = answered(&server, &request);
                    // A client is not tied to its thread.
                    let (client, message_3) = std::thread::spawn(move || {
                        let Step::Send(message_3) = client.next(&Response::from(&answer)).unwrap() else { panic!() };
                        (client, message_3)
                    })
                    .join()
                    .unwrap();
                    let request = Request { peer: &[number, count], ..Request::from(&message_3) };
                    let mut client = client;
                    assert_eq!(client.next(&Response::from(&answered(&server, &request))).unwrap(), Step::Done);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let ids: std::collections::BTreeSet<_> = told.try_iter().collect();
    assert_eq!((ids.len(), server.stats().unwrap().established), (64, 64));
}

#[test]
fn a_server_can_be_called_at_an_event() {
    let pair = Pair::new();
    let server: Arc<std::sync::OnceLock<Server>> = Arc::default();
    let weak = Arc::downgrade(&server);
    let made = Server::builder(move |event| {
        if let EventKind::Established(_) = event.kind {
            weak.upgrade().unwrap().get().unwrap().stats()?;
            Ids::new(1, 1)?.take(&event.id)?;
        }
        Ok(())
    });
    server.set(made.responder(&pair.of_server().build().unwrap()).build().unwrap()).unwrap();
    let mut client = Client::new(&pair.of_client().build().unwrap(), Role::Initiator, None).unwrap();
    run(server.get().unwrap(), &mut client).unwrap();
}

#[test]
fn nothing_secret_prints() {
    let host = Host::forward();
    let mut client = host.client();
    run(&host.server, &mut client).unwrap();
    let secret = format!("{:?}", client.session().unwrap().oscore_context().unwrap().master_secret.expose());
    let builder = Server::builder(|_| Ok(()));
    for text in
        [format!("{client:?}"), format!("{:?}", host.server), format!("{:?}", host.event()), format!("{builder:?}")]
    {
        assert!(!text.is_empty() && !text.contains(&secret), "{text}");
    }
}
