//! The service and the client with each other, and each with the examples in C.

mod common;

use std::net::SocketAddr;

use coap::request::RequestBuilder;
use coap::UdpCoAPClient;
use coap_lite::RequestType;
use common::certificates::Certified;
use common::relay::Relay;
use common::{c_example, fails, note, succeeds, Server, CLIENT, SERVICE, STYLES};
use lake::coap::{self as edhoc, Step};
use lake::Role;
use lake_examples::client::{Client, Flow};
use lake_examples::{demo, wire};

const HELLO: &str = "Hello demo client, kid 01";

/// How a flow is called in the table.
fn name_of(flow: &'static str, message_4: Option<&str>) -> &'static str {
    if flow == "explicit" && message_4.is_some() {
        return "message_4";
    }
    flow
}

#[tokio::test]
async fn rust_with_rust() {
    for (style, by_value) in STYLES {
        for message_4 in [None, Some("--message-4")] {
            let of_service: Vec<&str> = by_value.into_iter().chain(message_4).chain(["127.0.0.1:0"]).collect();
            let service = Server::start(SERVICE, &of_service).await;
            let address = service.address.to_string();
            for (flow, of_client) in
                [("explicit", None), ("combined", Some("--combined")), ("reverse", Some("--reverse"))]
            {
                if flow == "combined" && message_4.is_some() {
                    continue; // one excludes the other
                }
                for discover in [None, Some("--discover"), None] {
                    let of_client = [by_value, message_4, of_client, discover, Some(&*address)];
                    let said = succeeds(CLIENT, &of_client.into_iter().flatten().collect::<Vec<_>>()).await;
                    assert!(said.contains("authenticated: demo server") && said.contains(HELLO), "{said}");
                }
                note("Rust", "Rust", style, name_of(flow, message_4));
            }
        }
    }
}

#[tokio::test]
async fn who_does_not_fit_is_told() {
    let service = Server::start(SERVICE, &["--message-4", "127.0.0.1:0"]).await;
    let address = &*service.address.to_string();
    for (flow, told) in [("--combined", "refused"), ("--reverse", "4.01")] {
        let said = fails(CLIENT, &[flow, address]).await;
        assert!(said.contains(told), "{said}");
    }
    // One that finds out beforehand does without the combined request.
    let said = succeeds(CLIENT, &["--combined", "--discover", address]).await;
    assert!(said.contains(HELLO), "{said}");

    let service = Server::start(SERVICE, &["127.0.0.1:0"]).await;
    let address = &*service.address.to_string();
    for (flow, told) in [
        (None, "message_4 did not come"),
        (Some("--reverse"), "unknown session"),
        (Some("--combined"), "message_4 is required, which a combined request excludes"),
    ] {
        let of_client: Vec<&str> = ["--message-4", address].into_iter().chain(flow).collect();
        let said = fails(CLIENT, &of_client).await;
        assert!(said.contains(told), "{said}");
    }
    assert!(fails(CLIENT, &["--nonsense"]).await.contains("usage"));
}

/// Begins so many runs, each from elsewhere, that strangers have to answer a challenge.
async fn begin_runs(server: SocketAddr) {
    let config = demo::CLIENT.config(&demo::SERVER).unwrap().build().unwrap();
    for _ in 0..32 {
        let coap = UdpCoAPClient::new(server).await.unwrap();
        let mut run = edhoc::Client::new(&config, Role::Initiator, None).unwrap();
        let mut step = run.start().unwrap();
        for number in 1.. {
            let Step::Send(message) = &step else { panic!() };
            let mut request = RequestBuilder::new(edhoc::PATH, RequestType::Post).build();
            wire::write(message, &mut request.message);
            request.message.header.message_id = number;
            let answer = coap.send(request).await.unwrap().message;
            step = run.next(&wire::response(&answer)).unwrap();
            if answer.get_option(wire::ECHO).is_none() {
                break; // message_3 is never sent
            }
        }
    }
}

/// The client with a server that is busy: one more request than usual.
async fn challenged(server: SocketAddr) {
    let config = demo::CLIENT.config(&demo::SERVER).unwrap().suites(&[2]).methods(&[3]).build().unwrap();
    for (flow, requests) in [(Flow::Forward, 2), (Flow::Reverse, 2)] {
        let mut client = Client::connect(server, &config, flow, false).await.unwrap();
        assert_eq!(client.requests(), requests);
        client.get("hello").await.unwrap();
    }
    begin_runs(server).await;
    for (flow, requests) in [(Flow::Forward, 3), (Flow::Reverse, 3)] {
        let mut client = Client::connect(server, &config, flow, false).await.unwrap();
        assert_eq!(client.requests(), requests, "{flow:?}");
        client.get("hello").await.unwrap();
    }
}

#[tokio::test]
async fn a_busy_rust_service_wants_an_echo() {
    let service = Server::start(SERVICE, &["127.0.0.1:0"]).await;
    challenged(service.address).await;
    let said = succeeds(CLIENT, &["--combined", &service.address.to_string()]).await;
    assert!(said.contains(HELLO), "{said}");
    c_client_asks(service.address, &[]).await;
}

#[tokio::test]
async fn a_busy_c_server_wants_an_echo() {
    let server = Server::start(c_example("edhoc_server"), &["--port", "0"]).await;
    challenged(server.address).await;
}

/// What the client in C says of the service. The relay looks whether its answer was protected.
async fn c_client_asks(service: SocketAddr, options: &[&str]) -> String {
    c_program_asks("edhoc_client", service, options).await
}

/// The same of that which uses libcoap's own OSCORE, and tells of messages. It takes any answer for
/// a protected one.
async fn libcoap_asks(service: SocketAddr, options: &[&str]) -> String {
    c_program_asks("libcoap_oscore", service, &[&["client", "--no-receipt"], options].concat()).await
}

async fn c_program_asks(program: &str, service: SocketAddr, options: &[&str]) -> String {
    let relay = Relay::start(service).await;
    let port = relay.port();
    let options = [options, &["--port", &port]].concat();
    let said = succeeds(c_example(program), &options).await;
    assert!(said.contains(HELLO), "{said}");
    assert_eq!(relay.was_protected(HELLO), Ok(()));
    said
}

#[tokio::test]
async fn c_client_with_rust_service() {
    for (style, by_value) in STYLES {
        let mut arguments: Vec<&str> = by_value.into_iter().chain(["127.0.0.1:0"]).collect();
        let service = Server::start(SERVICE, &arguments).await;
        for suite in ["2", "3"] {
            for method in ["0", "1", "2", "3"] {
                c_client_asks(service.address, &["--method", method, "--suite", suite]).await;
            }
            // The service prefers suite 2 and begins again.
            c_client_asks(service.address, &["--suite", suite, "--reverse"]).await;
            c_client_asks(service.address, &["--suite", suite, "--combined"]).await;
        }
        for flow in ["explicit", "reverse", "combined"] {
            note("C, libcoap", "Rust", style, flow);
        }
        // Suite 0 is refused, then suite 2 is agreed on; or found out beforehand.
        c_client_asks(service.address, &["--suite", "0,2"]).await;
        let said = libcoap_asks(service.address, &["--suite", "0,2"]).await;
        assert!(said.contains("suite 0") && said.contains("suite 2"), "{said}");
        let said = libcoap_asks(service.address, &["--suite", "0,2", "--discover"]).await;
        assert!(!said.contains("suite 0") && said.contains("suite 2"), "{said}");

        arguments.insert(0, "--message-4");
        let service = Server::start(SERVICE, &arguments).await;
        for options in [&["--message-4"][..], &["--message-4", "--reverse"]] {
            c_client_asks(service.address, options).await;
            let said = libcoap_asks(service.address, options).await;
            assert!(said.contains("message_4, "), "{said}");
        }
        note("C, libcoap", "Rust", style, "message_4");
    }
}

#[tokio::test]
async fn rust_client_with_c_server() {
    for message_4 in [None, Some("--message-4")] {
        let of_server: Vec<&str> = ["--port", "0"].into_iter().chain(message_4).collect();
        let server = Server::start(c_example("edhoc_server"), &of_server).await;
        let address = server.address.to_string();
        for (style, by_value) in STYLES {
            for (flow, of_client) in [
                ("explicit", None),
                ("explicit", Some("--discover")),
                ("reverse", Some("--reverse")),
                ("combined", Some("--combined")),
            ] {
                if flow == "combined" && message_4.is_some() {
                    continue; // one excludes the other
                }
                let of_client = [by_value, message_4, of_client, Some(&*address)];
                let said = succeeds(CLIENT, &of_client.into_iter().flatten().collect::<Vec<_>>()).await;
                assert!(said.contains("authenticated: demo server") && said.contains(HELLO), "{said}");
                note("Rust", "C, libcoap", style, name_of(flow, message_4));
            }
        }
    }
}

/// Repeated datagrams, replays, nonsense, floods: the probe that examples/c has for its own server.
#[tokio::test]
async fn what_no_client_does() {
    let service = Server::start(SERVICE, &["127.0.0.1:0"]).await;
    let said = succeeds(c_example("test_probe"), &[&service.port()]).await;
    assert!(said.contains("garbage gets 4.00") && said.contains("the oldest make room"), "{said}");
    assert!(succeeds(CLIENT, &[&service.address.to_string()]).await.contains(HELLO));
}

/// Keys and credentials from files of any form, and the key log; a wrong file is named.
#[tokio::test]
async fn keys_in_files() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("keys_in_files");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (name, demo) in [("client", demo::CLIENT), ("server", demo::SERVER)] {
        std::fs::write(file(&format!("{name}.ccs")), demo.ccs()).unwrap();
        std::fs::write(file(&format!("{name}.key")), hex(demo.private_key().expose()) + "\n").unwrap();
        std::fs::write(file(&format!("{name}.bin")), demo.private_key().expose()).unwrap();
    }
    let own = |name: &str, key: &str| format!("{},{}", file(&format!("{name}.ccs")), file(key));
    let of_service = ["--own", &own("server", "server.key"), "--peer", &file("client.ccs"), "--no-echo"];
    let lists = ["--method", "3,0", "--suite", "2,3", "--keylog", &file("keys.log"), "127.0.0.1:0"];
    let service = Server::start(SERVICE, &[&of_service[..], &lists].concat()).await;
    let address = &*service.address.to_string();
    let trust = ["--peer", &file("server.ccs"), address];
    for (more, key) in [(&[][..], "client.key"), (&["--method", "0", "--by-value"][..], "client.bin")] {
        let said = succeeds(CLIENT, &[&["--own", &own("client", key)][..], more, &trust].concat()).await;
        assert!(said.contains("authenticated: demo server") && said.contains(HELLO), "{said}");
    }
    let anybodys = Server::start(SERVICE, &["--any-peer-insecure", "127.0.0.1:0"]).await;
    let stranger = Certified::new("a-stranger", "P-256");
    let pem = file("stranger.pem");
    std::fs::write(&pem, stranger.pem.expose()).unwrap();
    std::fs::write(file("stranger.der"), &stranger.ders[0]).unwrap();
    let (whose, address) = (format!("{},{pem}", file("stranger.der")), anybodys.address.to_string());
    assert!(succeeds(CLIENT, &["--own", &whose, "--by-value", &address]).await.contains("a-stranger"));
    fails(CLIENT, &["--own", &whose, &address]).await; // not by value
    let log = std::fs::read_to_string(file("keys.log")).unwrap();
    assert_eq!(log.lines().filter(|line| !line.starts_with('#')).count(), 2, "{log}");
    for (wrong, told) in [
        (own("client", "server.key"), "server.key has 64 hexadecimal digits: the private key of"),
        (own("client", "server.ccs"), "server.ccs has 95 bytes that are no text: the private key"),
        (
            format!("{},{}", file("client.key"), file("client.key")),
            "client.key has 64 hexadecimal digits: a credential",
        ),
        (file("absent"), "absent: No such file"),
    ] {
        let said = fails(CLIENT, &["--own", &wrong]).await;
        assert!(said.contains(told), "{said}");
    }
}
