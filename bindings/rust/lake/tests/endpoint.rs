//! What the endpoint promises a Rust program: traffic, events, closures, restarts. What the CoAP
//! stacks above it say is a few bytes by hand.

mod common;

use std::error::Error as _;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{public, Pair};
use lake::endpoint::{Action, Endpoint, EndpointBuilder, Event, Limits, PeerId, PendingSession, To, ADDRESS_MAX};
use lake::{Data, Error, Pending, Question, ResumptionOptions, ResumptionStore, SealingKey, Status};

const KEY: SealingKey = [7; 32];
const UNAUTHORIZED: u8 = 4 << 5 | 1;

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_800_000_000_123)
}

/// A confirmable POST for /a with a token of one byte.
fn post(id: u8, payload: &[u8]) -> Vec<u8> {
    [&[0x41, 2, 0, id, id, 0xb1, b'a', 0xff], payload].concat()
}

/// What the stack of the server answers to that: 2.05 and the payload.
fn echo(request: &[u8]) -> Vec<u8> {
    [&[0x61, 0x45, request[2], request[3], request[4], 0xff], &request[8..]].concat()
}

/// An endpoint with what came out of it.
struct Side {
    endpoint: Endpoint,
    /// The address of the other one.
    other: &'static [u8],
    events: Vec<Event>,
    delivered: Vec<(Option<PeerId>, Vec<u8>)>,
    saved: Vec<u8>,
}

impl Side {
    fn of(builder: EndpointBuilder) -> Side {
        Side::from(builder.build().unwrap())
    }

    fn from(endpoint: Endpoint) -> Side {
        Side { endpoint, other: b"server", events: Vec::new(), delivered: Vec::new(), saved: Vec::new() }
    }

    /// The same as a server, which clients have to find.
    fn server(self) -> Side {
        Side { other: b"client", ..self }
    }

    fn save(&mut self) {
        self.saved = self.endpoint.save(&KEY).unwrap();
        self.endpoint.saved(now()).unwrap();
    }

    /// Does all there is to do: what the other side gets from it. The stack of a server answers.
    fn work(&mut self, answers: bool) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        while let Some(action) = self.endpoint.next_action().unwrap() {
            match action {
                Action::Send { to, datagram } => {
                    assert_eq!(to, self.other);
                    sent.push(datagram);
                }
                Action::Deliver { peer, datagram, .. } => {
                    if answers {
                        self.endpoint.send(To::Peer(peer.unwrap()), &echo(&datagram), now()).unwrap();
                    }
                    self.delivered.push((peer, datagram));
                }
                Action::Event(event) => self.events.push(event),
                Action::Save => self.save(),
            }
        }
        sent
    }

    fn the_peer(&self) -> PeerId {
        let peers = self.endpoint.peers().unwrap();
        assert_eq!(peers.len(), 1);
        peers[0]
    }

    fn event(&mut self) -> Event {
        assert_eq!(self.events.len(), 1, "{:?}", self.events);
        self.events.remove(0)
    }

    /// The error of the one run that failed.
    fn failure(&mut self) -> Error {
        match self.event() {
            Event::Failed { error, .. } => error,
            event => panic!("{event:?}"),
        }
    }
}

struct Net {
    pair: Pair,
    server: Side,
    client: Side,
}

impl Net {
    fn new() -> Net {
        Net::with(|server| server, |client| client)
    }

    fn with(
        of_server: impl FnOnce(EndpointBuilder) -> EndpointBuilder,
        of_client: impl FnOnce(EndpointBuilder) -> EndpointBuilder,
    ) -> Net {
        let pair = Pair::new();
        let server = Side::of(of_server(Endpoint::builder().responder(&pair.of_server().build().unwrap()))).server();
        let client = Side::of(of_client(Endpoint::builder().initiator(&pair.of_client().build().unwrap())));
        Net { pair, server, client }
    }

    /// Carries datagrams until there are none.
    fn work(&mut self) {
        loop {
            let (to_server, to_client) = (self.client.work(false), self.server.work(true));
            if to_server.is_empty() && to_client.is_empty() {
                return;
            }
            for datagram in to_server {
                self.server.endpoint.receive(self.server.other, &datagram, now()).unwrap();
            }
            for datagram in to_client {
                self.client.endpoint.receive(b"server", &datagram, now()).unwrap();
            }
        }
    }

    fn begin(&mut self, id: u8) -> Result<(), Error> {
        self.client.endpoint.send(To::Address(b"server"), &post(id, b"hello"), now())
    }

    /// A request of the client and its answer.
    fn ask(&mut self, id: u8) {
        self.begin(id).unwrap();
        self.work();
        let (peer, answer) = self.client.delivered.pop().expect("an answer");
        assert_eq!((peer, answer), (Some(self.client.the_peer()), echo(&post(id, b"hello"))));
        assert!(self.client.delivered.is_empty());
        let (peer, request) = self.server.delivered.pop().unwrap();
        assert_eq!(peer, Some(self.server.the_peer()));
        assert_eq!(request[4..], post(id, b"hello")[4..]); // after an Echo it has another message ID
    }
}

#[test]
fn protected_traffic() {
    type Settings = fn(EndpointBuilder) -> EndpointBuilder;
    let settings: [Settings; 3] = [
        |plain| plain,
        |combined| combined.combined(true),
        |small| small.limits(Limits { block: 32, ..Limits::default() }),
    ];
    for of_client in settings {
        let mut net = Net::with(|server| server, of_client);
        assert_eq!(net.client.endpoint.due().unwrap(), None);
        net.ask(1);
        net.ask(2);
        let Event::Established { peer, address } = net.server.event() else { panic!() };
        assert_eq!((peer, &*address), (net.server.the_peer(), &b"client"[..]));
        let Event::Established { peer: server, .. } = net.client.event() else { panic!() };
        assert_eq!(server, net.client.the_peer());

        let info = net.server.endpoint.peer(peer).unwrap();
        assert_eq!((&*info.address, info.sent, info.received), (&b"client"[..], 2, 2));
        assert_eq!((info.failures, info.repeated), (0, 0));
        assert_eq!(info.since, UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let credential = net.server.endpoint.peer_credential(peer).unwrap();
        assert_eq!(credential.data(Data::Cred).unwrap(), net.pair.i.data(Data::Cred).unwrap());
        let stats = net.server.endpoint.stats().unwrap();
        assert_eq!((stats.peers, stats.established, stats.half_open, stats.runs, stats.failed), (1, 1, 0, 0, 0));

        let due = net.client.endpoint.due().unwrap().expect("peers become idle");
        assert!(due > now());
        net.client.endpoint.tick(due).unwrap();
        assert!(net.client.endpoint.actions().all(|action| action.is_ok()));
    }
}

#[test]
fn the_reverse_flow() {
    let pair = Pair::new();
    let (of_client, of_server) = (pair.of_client().build().unwrap(), pair.of_server().build().unwrap());
    let client = Side::of(Endpoint::builder().responder(&of_client).reverse(true));
    let server = Side::of(Endpoint::builder().initiator(&of_server)).server();
    let mut net = Net { pair, client, server };
    net.ask(1);
    assert_eq!(net.server.endpoint.stats().unwrap().established, 1);
}

#[test]
fn a_peer_that_is_dropped() {
    let mut net = Net::new();
    net.ask(1);
    let (peer, other) = (net.server.the_peer(), PeerId::from_number(99).unwrap());
    net.server.events.clear();
    net.server.endpoint.drop_peer(peer, now()).unwrap();
    net.server.work(true);
    let Event::Dropped { peer: dropped, error, address } = net.server.event() else { panic!() };
    assert_eq!((dropped, &*address), (peer, &b"client"[..]));
    assert!(error.to_string().contains("dropped"), "{error}");
    for gone in [peer, other] {
        assert_eq!(net.server.endpoint.peer(gone).unwrap_err().status(), Status::NotFound);
        assert_eq!(net.server.endpoint.peer_credential(gone).map(drop).unwrap_err().status(), Status::NotFound);
        assert_eq!(net.server.endpoint.drop_peer(gone, now()).unwrap_err().status(), Status::NotFound);
        let sent = net.server.endpoint.send(To::Peer(gone), &post(1, b""), now());
        assert_eq!(sent.unwrap_err().status(), Status::State);
    }
    // The client is refused, and comes back by itself.
    net.client.events.clear();
    for _ in 0..2 {
        net.begin(2).unwrap(); // the first may have been damaged on the way: the stack repeats it
        net.work();
    }
    let Event::Refused { error, .. } = &net.client.events[0] else { panic!("{:?}", net.client.events) };
    assert_eq!(error.status(), Status::Refused);
    assert!(matches!(net.client.events[1], Event::Renewed { .. }), "{:?}", net.client.events);
    let (_, instead) = net.client.delivered.pop().unwrap();
    assert_eq!(instead[1], 5 << 5 | 3);
    net.client.delivered.clear();
    net.ask(3);
    assert!(net.server.the_peer() > peer, "a number is never given twice");
}

#[test]
fn a_restart_of_both_sides() {
    let mut net = Net::with(|server| server.ahead(20), |client| client.ahead(20));
    net.ask(1);
    net.server.save();
    net.client.save();
    net.ask(2);
    let (of_server, of_client) = (net.pair.of_server().build().unwrap(), net.pair.of_client().build().unwrap());
    let drops = Arc::new(AtomicUsize::new(0));
    drop((net.server.endpoint, net.client.endpoint));

    let of_server = || Endpoint::builder().responder(&of_server).ahead(20);
    let of_client = || {
        let counted = Counted(drops.clone());
        Endpoint::builder().initiator(&of_client).ahead(20).prepare(move |_, _| counted.hold())
    };
    let status = |restored: Result<Endpoint, Error>| restored.map(drop).unwrap_err().status();
    assert_eq!(status(of_server().restore(&[8; 32], &net.server.saved, now())), Status::Saved);
    net.server.saved[40] ^= 1;
    assert_eq!(status(of_server().restore(&KEY, &net.server.saved, now())), Status::Saved);
    net.server.saved[40] ^= 1;
    assert_eq!(status(of_client().restore(&KEY, &net.server.saved, now())), Status::Saved);
    assert_eq!(drops.load(Ordering::Relaxed), 1); // it was not taken
    assert_eq!(
        status(of_server().restore(&KEY, &net.server.saved, UNIX_EPOCH - Duration::from_secs(1))),
        Status::Argument
    );
    let unsaved = Net::new().server.endpoint.save(&KEY);
    assert_eq!(unsaved.unwrap_err().status(), Status::Argument); // without ahead

    net.server = Side::from(of_server().restore(&KEY, &net.server.saved, now()).unwrap()).server();
    net.client = Side::from(of_client().restore(&KEY, &net.client.saved, now()).unwrap());
    net.server.the_peer();
    net.server.save();
    net.ask(3);
    assert!(!net.client.saved.is_empty(), "nothing goes out before that");
    net.ask(4);
    assert!(net.client.events.is_empty() && net.server.events.is_empty()); // the same peers
    drop(net);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
}

/// Sequence numbers are stored before they are used up, again and again.
#[test]
fn sequence_numbers_run_short() {
    let mut net = Net::with(|server| server, |client| client.ahead(2));
    for id in 0..10 {
        net.client.saved.clear();
        net.ask(id);
    }
    net.client.saved.clear();
    for id in 10..14 {
        net.ask(id);
    }
    assert!(!net.client.saved.is_empty());
}

#[test]
fn strangers_reach_open_paths_alone() {
    let mut net = Net::with(|server| server.open_path("/open").open_path("/b"), |client| client);
    let server = &mut net.server.endpoint;
    let mut request = [0x41, 1, 0, 1, 9, 0xb4, b'o', b'p', b'e', b'n'];
    server.receive(b"x", &request, now()).unwrap();
    let Action::Deliver { peer: None, from, datagram } = server.next_action().unwrap().unwrap() else { panic!() };
    assert_eq!((&*from, &*datagram), (&b"x"[..], &request[..]));
    server.send(To::Address(&from), &[0x61, 0x45, 0, 1, 9], now()).unwrap();
    let Action::Send { to, datagram } = server.next_action().unwrap().unwrap() else { panic!() };
    assert_eq!((&*to, &*datagram), (&b"x"[..], &[0x61, 0x45, 0, 1, 9][..]));

    request[6] = b'O';
    server.receive(b"x", &request, now()).unwrap();
    let Action::Send { datagram, .. } = server.next_action().unwrap().unwrap() else { panic!() };
    assert_eq!(datagram[1], UNAUTHORIZED);
    server.receive(b"", b"", now()).unwrap();
    server.receive(b"x", b"no CoAP", now()).unwrap();
    assert!(server.next_action().unwrap().is_none());
    let stats = server.stats().unwrap();
    assert_eq!((stats.unprotected, stats.malformed), (1, 2));
}

/// Larger than what is taken with one call.
#[test]
fn a_large_datagram() {
    let mut net = Net::with(|server| server.open_path("/a"), |client| client);
    let request = post(1, &[0; 5000]);
    net.server.endpoint.receive(b"x", &request, now()).unwrap();
    let actions: Vec<_> = net.server.endpoint.actions().collect::<Result<_, _>>().unwrap();
    let [Action::Deliver { datagram, .. }] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(*datagram, request);
}

#[test]
fn what_is_refused() {
    let mut net = Net::new();
    let (client, server) = (&mut net.client.endpoint, &mut net.server.endpoint);
    let get = &[0x40, 1, 0, 1];
    let long = [0; ADDRESS_MAX + 1];
    let status = |result: Result<(), Error>| result.unwrap_err().status();
    assert_eq!(status(server.receive(&long, get, now())), Status::Argument);
    assert!(server.receive(&long[1..], get, now()).is_ok());
    let before = status(server.receive(b"x", get, UNIX_EPOCH - Duration::from_secs(1)));
    assert_eq!(before, Status::Argument);
    assert_eq!(status(client.send(To::Address(b"x"), b"no CoAP", now())), Status::Argument);
    assert_eq!(status(client.send(To::Address(b"x"), &[0x60, 0x45, 0, 1], now())), Status::Argument);
    assert_eq!(status(server.send(To::Address(b"x"), get, now())), Status::Unsupported);
    assert_eq!((PeerId::from_number(0), PeerId::from_number(-1)), (None, None));

    let config = net.pair.of_server().build().unwrap();
    let status = |builder: EndpointBuilder| builder.build().map(drop).unwrap_err().status();
    let with = || Endpoint::builder().responder(&config);
    assert_eq!(status(Endpoint::builder()), Status::Argument);
    for limits in [Limits { block: 100, ..Limits::default() }, Limits { replay_size: 5000, ..Limits::default() }] {
        assert_eq!(status(with().limits(limits)), Status::Argument);
    }
    assert_eq!(status(with().ahead(u64::MAX)), Status::Argument);
    for path in ["open", "/with space", "/two\n/lines", "/zero\0byte"] {
        assert_eq!(status(with().open_path(path)), Status::Argument, "{path:?}");
    }
}

/// The limits come where they belong.
#[test]
fn limits() {
    let one = Limits { peers: 1, idle: Duration::from_millis(1500), ..Limits::default() };
    let mut net = Net::with(|server| server.limits(one), |client| client);
    net.ask(1);
    let first = net.server.the_peer();
    net.server.events.clear();
    // Another client takes the place of the first.
    net.server.other = b"another";
    net.client = Side::of(Endpoint::builder().initiator(&net.pair.of_client().build().unwrap()));
    net.ask(2);
    assert!(net.server.the_peer() > first);
    let gone = |event: &Event| matches!(event, Event::Dropped { peer, .. } if *peer == first);
    assert!(net.server.events.iter().any(gone), "{:?}", net.server.events);
    // It is idle after two seconds, rounded up.
    net.server.endpoint.tick(now() + Duration::from_millis(1900)).unwrap();
    net.server.the_peer();
    net.server.endpoint.tick(now() + Duration::from_millis(2000)).unwrap();
    assert!(net.server.endpoint.peers().unwrap().is_empty());
}

#[test]
fn keys_are_renewed() {
    let renewed = Limits { messages: 3, ..Limits::default() };
    let store = ResumptionStore::new(ResumptionOptions::default()).unwrap();
    let mut net = Net::with(|server| server, |client| client.limits(renewed).resumption(&store));
    drop(store); // the endpoint keeps it
    for id in 0..8 {
        net.ask(id);
    }
    let is_new = |event: &Event| matches!(event, Event::Renewed { .. });
    assert!(net.client.events.iter().any(is_new), "{:?}", net.client.events);
    let stats = net.client.endpoint.stats().unwrap();
    assert!(stats.renewed > 0 && stats.established == 1 && stats.failed == 0, "{stats:?}");
}

#[test]
fn each_run_is_prepared() {
    let (tell, told) = mpsc::channel();
    let also = tell.clone();
    let mut net = Net::with(
        |server| {
            server.prepare(move |session, address| {
                assert_eq!(session.info()?.role, lake::Role::Responder);
                Ok(tell.send(address.map(<[u8]>::to_vec))?)
            })
        },
        |client| client.prepare(move |_, address| Ok(also.send(address.map(<[u8]>::to_vec))?)),
    );
    net.ask(1);
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [Some(b"server".to_vec()), None]);
}

/// What a closure has captured, to see when it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn hold(&self) -> Result<(), lake::BoxError> {
        Ok(())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_closure_that_fails() {
    // On the side that begins.
    let mut net = Net::with(|server| server, |client| client.prepare(|_, _| Err("not with them".into())));
    net.begin(1).unwrap();
    net.work();
    let error = net.client.failure();
    assert_eq!(error.status(), Status::Callback);
    assert_eq!(error.source().unwrap().to_string(), "not with them");
    assert_eq!(net.client.endpoint.stats().unwrap().runs, 0);

    // On the other one, which answers that it failed.
    let mut net = Net::with(|server| server.prepare(|_, _| Err("not today".into())), |client| client);
    net.begin(1).unwrap();
    net.work();
    let error = net.server.failure();
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Status::Callback, "not today".into()));
    assert!(net.client.failure().source().is_none());
    assert!(net.server.endpoint.peers().unwrap().is_empty());

    // A closure of the config, later in the run.
    let pair = Pair::new();
    let config = pair.of_server().verifier(|_, _| Err("I know them".into())).build().unwrap();
    let client = Side::of(Endpoint::builder().initiator(&pair.of_client().build().unwrap()));
    let mut net = Net { pair, client, server: Side::of(Endpoint::builder().responder(&config)).server() };
    net.begin(1).unwrap();
    net.work();
    let error = net.server.failure();
    assert_eq!((error.status(), error.source().unwrap().to_string()), (Status::PeerRejected, "I know them".into()));
}

/// A panic goes on in the call, and the endpoint is in order after it.
#[test]
fn a_closure_that_panics() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let mut net = Net::with(
        |server| {
            server.prepare(move |_, _| {
                assert!(counted.fetch_add(1, Ordering::Relaxed) > 0, "the first run");
                Ok(())
            })
        },
        |client| client,
    );
    net.begin(1).unwrap();
    let panic = catch_unwind(AssertUnwindSafe(|| net.work())).unwrap_err();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "the first run");
    net.work();
    let error = net.server.failure();
    assert!(error.status() == Status::Callback && error.source().is_none(), "{error:?}");
    assert_eq!(net.client.events.len(), 1);
    // Another client gets its run.
    net.client = Side::of(Endpoint::builder().initiator(&net.pair.of_client().build().unwrap()));
    net.ask(2);
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

#[test]
fn a_closure_is_dropped_with_the_endpoint() {
    let drops = Arc::new(AtomicUsize::new(0));
    let counted = || {
        let counted = Counted(drops.clone());
        move |_: &mut lake::Session, _: Option<&[u8]>| counted.hold()
    };
    let mut net = Net::with(|server| server.prepare(counted()), |client| client.prepare(counted()));
    net.ask(1);
    assert_eq!(drops.load(Ordering::Relaxed), 0);
    drop(net);
    assert_eq!(drops.load(Ordering::Relaxed), 2);
    assert!(Endpoint::builder().prepare(counted()).build().is_err()); // there is no config
    assert_eq!(drops.load(Ordering::Relaxed), 3);
    drop(Endpoint::builder().prepare(counted()).prepare(counted())); // the second replaces the first
    assert_eq!(drops.load(Ordering::Relaxed), 5);
}

/// A server that asks its host who a client is: its question.
fn asking(net: &mut Net) -> PendingSession {
    let config = net.pair.responder().pull(&[Question::Credential]).build().unwrap();
    net.server = Side::of(Endpoint::builder().responder(&config)).server();
    net.begin(1).unwrap();
    net.work();
    let Event::Pending { address, question, session } = net.server.event() else { panic!() };
    assert!(matches!(question, Pending::Credential(_)) && address == b"client");
    assert!(net.server.delivered.is_empty());
    session
}

#[test]
fn a_question_is_answered_later() {
    let mut net = Net::new();
    let mut session = asking(&mut net);
    let known = public(&net.pair.i);
    // On another thread, which may wait for a database.
    let answered = std::thread::spawn(move || session.set_peer_credential(&known).map(|()| session));
    let session = answered.join().unwrap().unwrap();
    net.server.endpoint.continue_run(&session, now()).unwrap();
    net.work();
    assert_eq!(net.client.delivered.len(), 1);
    assert!(matches!(net.server.event(), Event::Established { .. }));
    let again = net.server.endpoint.continue_run(&session, now()).unwrap_err();
    assert!(matches!(again.status(), Status::State | Status::Handle), "{again}");

    let mut session = asking(&mut Net::new()); // whose endpoint is gone
    assert_eq!(session.set_peer_credential(&public(&net.pair.i)).unwrap_err().status(), Status::Handle);
    let mut net = Net::new();
    let mut session = asking(&mut net);
    session.reject_peer(Status::CredentialUnknown).unwrap();
    net.server.endpoint.continue_run(&session, now()).unwrap();
    net.work();
    assert_eq!(net.server.failure().status(), Status::CredentialUnknown);
}

/// A run goes on where the endpoint is used by another thread.
#[test]
fn it_moves_between_threads() {
    let mut net = Net::new();
    net.begin(1).unwrap();
    let mut net = std::thread::spawn(move || {
        net.work();
        net
    })
    .join()
    .unwrap();
    assert_eq!(net.client.delivered.len(), 1);
    net.client.delivered.clear();
    net.server.delivered.clear();
    net.ask(2);
}
