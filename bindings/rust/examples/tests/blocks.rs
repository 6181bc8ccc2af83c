//! The service and the client, each with the examples in C, with certificates in messages of more
//! than 1024 bytes, which the endpoints and the crate coap send in blocks (RFC 7959).

mod common;

use common::certificates::Certified;
use common::relay::Relay;
use common::{c_example, file, note_of, succeeds, Server};
use lake::{Config, ConfigBuilder, Credential, Name, PeerPolicy, Status};
use lake_examples::client::{Client, Flow};
use lake_examples::service::Service;
use tokio::net::UdpSocket;

const FLOWS: [(&str, Flow, Option<&str>); 2] =
    [("explicit", Flow::Forward, None), ("reverse", Flow::Reverse, Some("--reverse"))];

/// One end of a run, with a key of each kind.
struct Side {
    p256: Certified,
    ed25519: Certified,
    x25519: Certified,
}

impl Side {
    fn new(name: &str) -> Side {
        let of = |algorithm| Certified::new(name, algorithm);
        Side { p256: of("P-256"), ed25519: of("ed25519"), x25519: of("x25519") }
    }

    fn certified(&self, suite: i32, signs: bool) -> &Certified {
        match (suite, signs) {
            (2.., _) => &self.p256,
            (_, true) => &self.ed25519,
            (_, false) => &self.x25519,
        }
    }
}

/// A run of Rust and C with each other.
struct Run {
    method: i32,
    suite: i32,
    kind: &'static str,
    name: String,
}

impl Run {
    /// Each method and each suite once, with either kind of certificates. All pairs of them are
    /// proved in Go and C.
    fn all(name: &str) -> impl Iterator<Item = Run> + '_ {
        let numbers = [(0, 0), (1, 3), (2, 2), (3, 1)].into_iter();
        let kinds = numbers.flat_map(|(method, suite)| ["x5chain", "c5c"].map(|kind| (method, suite, kind)));
        kinds.map(move |(method, suite, kind)| Run { method, suite, kind, name: format!("{name}-{kind}") })
    }

    /// Rust's and C's part.
    fn parts<'a>(&self, rust: &'a Side, c: &'a Side, rust_initiates: bool) -> (&'a Certified, &'a Certified) {
        let (initiator_signs, responder_signs) = (matches!(self.method, 0 | 1), matches!(self.method, 0 | 2));
        let (mine, theirs) =
            if rust_initiates { (initiator_signs, responder_signs) } else { (responder_signs, initiator_signs) };
        (rust.certified(self.suite, mine), c.certified(self.suite, theirs))
    }

    /// What Rust knows: the authority of a chain of X.509 certificates, but C509 certificates
    /// themselves.
    fn config(&self, mine: &Certified, theirs: &Certified) -> Config {
        let config = Config::builder().methods(&[self.method]).suites(&[self.suite]);
        let config = config.own_credential(&mine.credential(self.kind));
        let trusting = |config: ConfigBuilder| match self.kind {
            "x5chain" => {
                let authority = Credential::from_x509(&theirs.ders[1..2]).unwrap();
                let config = config.trust_anchor(&authority).peer_policy(PeerPolicy::X509);
                config.allow_peer(Name::Subject(&theirs.subject()))
            }
            _ => config.peer_credential(&Credential::from_c509(&[c509(theirs)]).unwrap()),
        };
        trusting(config).build().unwrap()
    }

    /// The same for the program in C, which takes one C509 certificate.
    fn options(&self, mine: &Certified, theirs: &Certified) -> Vec<String> {
        let (own, trust, peer) = match self.kind {
            "x5chain" => (theirs.ders.concat(), "--anchor", mine.ders[1].clone()),
            _ => (c509(theirs), "--peer", c509(mine)),
        };
        let expected = format!("subject:{}", mine.subject());
        let file = |what: &str, content: &[u8]| file(&format!("{}-{what}", self.name), content);
        let mut options = vec!["--own".into(), file("own", &own), "--key".into()];
        options.extend([file("key", theirs.pem.expose()), trust.into(), file("peer", &peer)]);
        let (method, suite) = (self.method.to_string(), self.suite.to_string());
        options.extend(["--method".into(), method, "--suite".into(), suite]);
        if self.kind == "x5chain" {
            options.extend(["--expect".into(), expected]);
        } else {
            options.push("--by-value".into());
        }
        options
    }

    fn note(&self, client: &str, server: &str, flow: &str) {
        note_of(client, server, (self.method, self.suite), &format!("{}, in blocks", self.kind), flow);
    }
}

fn c509(certified: &Certified) -> Vec<u8> {
    lake::x509_to_c509(&certified.ders[0]).unwrap()
}

fn refer<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    options.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn rust_client_with_c_server() {
    let (rust, c) = (Side::new("rust-client"), Side::new("c-server"));
    for run in Run::all("c-server") {
        for (name, flow, _) in FLOWS {
            let (mine, theirs) = run.parts(&rust, &c, flow == Flow::Forward);
            let options = run.options(mine, theirs);
            let server = Server::start(c_example("edhoc_server"), &refer(&options, &["--port", "0"])).await;
            let relay = Relay::start(server.address).await;
            let mut client = Client::connect(relay.address, &run.config(mine, theirs), flow, false).await.unwrap();
            let who = client.edhoc().session().unwrap().peer_credential().unwrap().subject().unwrap();
            assert_eq!(who, "CN=c-server");
            assert!(client.get("hello").await.unwrap().payload.starts_with(b"Hello CN=rust-client, "));
            assert_eq!(relay.blocks(), (true, true));
            run.note("Rust", "C, libcoap", name);
        }
    }
}

#[tokio::test]
async fn c_client_with_rust_service() {
    let (rust, c) = (Side::new("rust-service"), Side::new("c-client"));
    for run in Run::all("c-client") {
        for (name, flow, option) in FLOWS {
            let (mine, theirs) = run.parts(&rust, &c, flow == Flow::Reverse);
            let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            let relay = Relay::start(socket.local_addr().unwrap()).await;
            let service = Service::new(&run.config(mine, theirs), false).unwrap();
            let serving = tokio::spawn(service.serve(socket));
            let (options, port) = (run.options(mine, theirs), relay.port());
            let more: Vec<&str> = ["--port", &port].into_iter().chain(option).collect();
            let said = succeeds(c_example("edhoc_client"), &refer(&options, &more)).await;
            assert!(said.contains("Hello CN=c-client"), "{said}");
            assert_eq!(relay.was_protected("Hello CN=c-client"), Ok(()));
            assert_eq!(relay.blocks(), (true, true), "{said}");
            serving.abort();
            run.note("C, libcoap", "Rust", name);
        }
    }
}

/// An authority of the same name, but with another key.
#[tokio::test]
async fn who_is_certified_by_somebody_else() {
    let run = Run { method: 3, suite: 2, kind: "x5chain", name: "others".into() };
    let (rust, c, impostor) = (Side::new("rust"), Side::new("c"), Side::new("c"));
    let config = || run.config(&rust.p256, &impostor.p256);
    let options = run.options(&rust.p256, &c.p256);
    for (_, flow, option) in FLOWS {
        let server = Server::start(c_example("edhoc_server"), &refer(&options, &["--port", "0"])).await;
        let relay = Relay::start(server.address).await;
        let error = Client::connect(relay.address, &config(), flow, false).await.map(drop).unwrap_err();
        assert_eq!(error.downcast::<lake::Error>().unwrap().status(), Status::IssuerSignature);
        assert!(relay.blocks().1);

        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port().to_string();
        let serving = tokio::spawn(Service::new(&config(), false).unwrap().serve(socket));
        let more: Vec<&str> = ["--port", &port].into_iter().chain(option).collect();
        let output = common::run(c_example("edhoc_client"), &refer(&options, &more)).await;
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("failed: the server refused"), "{said}");
        serving.abort();
    }
}
