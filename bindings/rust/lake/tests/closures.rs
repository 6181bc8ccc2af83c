//! A closure lives as long as something can call it, and no longer.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::coap::{run as run_client, Host};
use common::{own, public, run, Pair};
use lake::coap::{Client, Server, Step};
use lake::{BoxError, Config, Credential, KeyAnswer, KeyKind, Resolution, Role, Status};

/// What a closure captures, to see when that is dropped.
#[derive(Default)]
struct Token(Arc<()>);

impl Token {
    fn given(&self) -> Arc<()> {
        self.0.clone()
    }

    /// How many closures have it.
    fn closures(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

/// What a closure does that does nothing but have a token.
fn hold(token: &Arc<()>) -> Result<(), BoxError> {
    assert!(Arc::strong_count(token) > 1);
    Ok(())
}

#[test]
fn of_a_config() {
    let (pair, token) = (Pair::new(), Token::default());
    let known = public(&pair.r);
    let given = token.given();
    let config = pair.initiator().resolver(move |_, _| {
        hold(&given)?;
        Ok(Resolution::Trusted(known.clone()))
    });
    let (verifier, ead) = (token.given(), token.given());
    let config = config.verifier(move |_, _| hold(&verifier)).ead_handler(move |_, _, _| {
        hold(&ead)?;
        Ok(false)
    });
    let config = config.build().unwrap();
    let mut i = config.initiator().unwrap();
    drop(config.clone());
    drop(config);
    assert_eq!(token.closures(), 3); // the session keeps them
    run(&mut i, &mut pair.sessions().1).unwrap();
    drop(i);
    assert_eq!(token.closures(), 0);
}

#[test]
fn of_a_builder() {
    let token = Token::default();
    let (first, second) = (token.given(), token.given());
    let builder = Config::builder().verifier(move |_, _| hold(&first));
    assert_eq!(token.closures(), 2);
    let builder = builder.verifier(move |_, _| hold(&second));
    assert_eq!(token.closures(), 1); // the other one was replaced
    let third = token.given();
    let builder = builder.suites(&[999]).verifier(move |_, _| hold(&third));
    assert_eq!(builder.build().unwrap_err().status(), Status::Unsupported);
    assert_eq!(token.closures(), 0);
}

#[test]
fn of_a_credential() {
    let (pair, token) = (Pair::new(), Token::default());
    let external = |token: &Token| {
        let given = token.given();
        public(&pair.i).with_external_key(move |_| {
            hold(&given)?;
            Ok(KeyAnswer::Later)
        })
    };
    let credential = external(&token).unwrap();
    let config = Config::builder().own_credential(&credential).build().unwrap();
    let session = config.initiator().unwrap();
    drop(credential);
    drop(config);
    assert_eq!(token.closures(), 1);
    drop(session);
    assert_eq!(token.closures(), 0);

    // One that is in use does not take it.
    let credential = external(&token).unwrap();
    let _session = Config::builder().own_credential(&credential).build().unwrap().initiator().unwrap();
    let given = token.given();
    let refused = credential.with_external_key(move |_| {
        hold(&given)?;
        Ok(KeyAnswer::Later)
    });
    assert_eq!(refused.unwrap_err().status(), Status::Frozen);
    assert_eq!(token.closures(), 1);
}

#[test]
fn of_servers_and_clients() {
    let token = Token::default();
    let host = Host::new(|pair, server| {
        let given = token.given();
        server.responder(&pair.of_server().build().unwrap()).prepare(move |_| hold(&given))
    });
    let mut client = host.client();
    for _ in 0..2 {
        let given = token.given();
        client.set_prepare(move |_| hold(&given)).unwrap();
        assert_eq!(token.closures(), 2); // the server's, and the client's last one
    }
    run_client(&host.server, &mut client).unwrap();
    let given = token.given();
    assert_eq!(client.set_prepare(move |_| hold(&given)).unwrap_err().status(), Status::Frozen);
    assert_eq!(token.closures(), 2);
    drop(client);
    assert_eq!(token.closures(), 1);
    drop(host);
    assert_eq!(token.closures(), 0);

    let (event, prepare) = (token.given(), token.given());
    let builder = Server::builder(move |_| hold(&event)).prepare(move |_| hold(&prepare));
    assert_eq!(builder.build().unwrap_err().status(), Status::Argument); // there is no config
    assert_eq!(token.closures(), 0);
}

/// What a closure has captured may use the library when it is dropped, and may panic.
#[test]
fn of_any_kind() {
    struct Last(Config, Credential);
    impl Drop for Last {
        fn drop(&mut self) {
            assert!(self.0.responder().unwrap().info().unwrap().method.is_none());
            assert!(self.1.subject().is_ok());
            panic!("which is dropped");
        }
    }
    let pair = Pair::new();
    let last = Last(pair.of_client().build().unwrap(), own(KeyKind::X25519, b""));
    let config = pair.of_client().verifier(move |_, peer| {
        assert_ne!(last.1.subject()?, peer.issuer()?);
        Ok(())
    });
    let config = config.build().unwrap();
    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
    drop(config);
    let Step::Send(_) = client.start().unwrap() else { panic!() };
    drop(client);
}

/// Threads that are in a closure while it is replaced.
#[test]
fn of_the_log() {
    let (token, done) = (Token::default(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let pair = Pair::new();
                while !done.load(Ordering::Relaxed) {
                    let (mut i, mut r) = pair.sessions();
                    run(&mut i, &mut r).unwrap();
                }
            });
        }
        let lines = Arc::new(AtomicBool::new(false));
        let began = Instant::now();
        for round in 0.. {
            let (given, seen) = (token.given(), lines.clone());
            lake::set_log(move |line| {
                hold(&given).unwrap();
                seen.store(!line.is_empty(), Ordering::Relaxed);
            })
            .unwrap();
            let logged = lines.load(Ordering::Relaxed);
            if (round > 200 && logged) || began.elapsed() > Duration::from_secs(60) {
                done.store(true, Ordering::Relaxed);
                assert!(logged, "nothing was logged");
                break;
            }
        }
    });
    assert_eq!(token.closures(), 1); // nobody is in the others any more
    lake::clear_log().unwrap();
    assert_eq!(token.closures(), 0);
}

/// Lines of both sides, which say the same; a panic changes no run.
#[test]
fn of_the_key_log() {
    let (pair, lines) = (Pair::new(), Arc::new(Mutex::new(String::new())));
    let path = std::env::temp_dir().join(format!("lake-keylog-{}", std::process::id()));
    let seen = lines.clone();
    let i = pair.initiator().peer_credential(&public(&pair.r)).keylog(move |text| {
        seen.lock().unwrap().push_str(text);
        panic!("of the key log");
    });
    let r = pair.responder().peer_credential(&public(&pair.i)).keylog_file(&path).unwrap();
    let (i, r) = (i.build().unwrap(), r.build().unwrap());
    run(&mut i.initiator().unwrap(), &mut r.responder().unwrap()).unwrap();
    let lines = lines.lock().map_or_else(|poisoned| poisoned.into_inner().clone(), |lines| lines.clone());
    assert_eq!(lines.lines().next().unwrap().split(',').map(str::len).collect::<Vec<_>>(), [64; 7]);
    assert_eq!(lines, std::fs::read_to_string(&path).unwrap());
    std::fs::remove_file(path).unwrap();
}
