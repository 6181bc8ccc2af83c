//! Nothing is left behind. Alone in its process, for the count is of the whole library.

mod common;

use std::panic::{catch_unwind, AssertUnwindSafe};

use common::coap::{self, Host};
use common::{public, run, Pair};
use lake::coap::{Client, Ids, Server};
use lake::endpoint::{Endpoint, To};
use lake::{Resolution, Role};

#[test]
fn everything_is_freed() {
    lake::set_log(|line| assert!(!line.is_empty())).unwrap();
    {
        let pair = Pair::new();
        let known = public(&pair.r);
        let i = pair.initiator().resolver(move |_, _| Ok(Resolution::Trusted(known.clone()))).build().unwrap();
        let r = pair.responder().peer_credential(&public(&pair.i)).verifier(|_, peer| {
            let _kept = peer.clone();
            Ok(())
        });
        let r = r.build().unwrap();
        for _ in 0..3 {
            let (mut i, mut r) = (i.initiator().unwrap(), r.responder().unwrap());
            run(&mut i, &mut r).unwrap();
            let _peer = (i.peer_credential().unwrap(), r.peer_credential().unwrap());
        }
        for role in [Role::Initiator, Role::Responder] {
            let settings = |pair: &Pair| pair.of_server().build().unwrap();
            let host = Host::new(|pair, server| server.responder(&settings(pair)).initiator(&settings(pair)));
            let mut client = Client::new(&host.pair.of_client().build().unwrap(), role, None).unwrap();
            coap::run(&host.server, &mut client).unwrap();
            let _events = (host.event(), client.session().unwrap().peer_credential().unwrap());
            let _ids = Ids::new(1, 1).unwrap();
            host.message_3(&mut host.client()); // a run that is never finished
            let panicking = Server::builder(|_| panic!()).responder(&settings(&host.pair)).build().unwrap();
            let run = AssertUnwindSafe(|| coap::run(&panicking, &mut host.client()));
            assert!(catch_unwind(run).is_err());
        }
        let endpoint = Endpoint::builder().initiator(&pair.of_client().build().unwrap()).prepare(|_, _| Ok(()));
        let mut endpoint = endpoint.build().unwrap();
        let get = [0x41, 1, 0, 1, 9, 0xb1, b'a'];
        endpoint.send(To::Address(b"nobody"), &get, std::time::SystemTime::now()).unwrap(); // a run of its own
        assert!(Endpoint::builder().prepare(|_, _| Ok(())).build().is_err());
        let _error = lake::Config::builder().suites(&[999]).build();
        assert!(lake::live_handles() > 0);
    }
    lake::clear_log().unwrap();
    assert_eq!(lake::live_handles(), 0);
}
