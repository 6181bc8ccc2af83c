//! The service and the client with each other, and each with the examples in C.

mod common;

use common::{c_example, fails, note, succeeds, Server, CLIENT, SERVICE, STYLES};

const HELLO: &str = "Hello demo client, kid 01";

#[tokio::test]
async fn rust_with_rust() {
    for (style, by_value) in STYLES {
        let by_value: Vec<&str> = by_value.into_iter().collect();
        for (flow, of_service, of_client) in [
            ("explicit", None, None),
            ("combined", None, Some("--combined")),
            ("message_4", Some("--message-4"), Some("--message-4")),
        ] {
            let of_service: Vec<&str> = by_value.iter().copied().chain(of_service).chain(["127.0.0.1:0"]).collect();
            let service = Server::start(SERVICE, &of_service).await;
            let address = service.address.to_string();
            let of_client: Vec<&str> = by_value.iter().copied().chain(of_client).chain([&*address]).collect();
            for _ in 0..3 {
                let said = succeeds(CLIENT, &of_client).await;
                assert!(said.contains("authenticated: demo server") && said.contains(HELLO), "{said}");
            }
            note("Rust", "Rust", style, flow);
        }
    }
}

#[tokio::test]
async fn who_does_not_fit_is_told() {
    let service = Server::start(SERVICE, &["--message-4", "127.0.0.1:0"]).await;
    let said = fails(CLIENT, &["--combined", &service.address.to_string()]).await;
    assert!(said.contains("message_4 is needed"), "{said}");
    let service = Server::start(SERVICE, &["127.0.0.1:0"]).await;
    let said = fails(CLIENT, &["--message-4", &service.address.to_string()]).await;
    assert!(said.contains("message_4"), "{said}");
    assert!(fails(CLIENT, &["--nonsense"]).await.contains("usage"));
}

#[tokio::test]
async fn c_client_with_rust_service() {
    for (style, by_value) in STYLES {
        let mut arguments: Vec<&str> = by_value.into_iter().chain(["127.0.0.1:0"]).collect();
        let service = Server::start(SERVICE, &arguments).await;
        for method in ["0", "1", "2", "3"] {
            for suite in ["2", "3"] {
                let client = ["--port", &service.port(), "--method", method, "--suite", suite];
                let said = succeeds(c_example("edhoc_client"), &client).await;
                assert!(said.contains("the protected answer arrived") && said.contains(HELLO), "{said}");
            }
        }
        note("C, libcoap", "Rust", style, "explicit");
        // Suite 0 is refused, then suite 2 is agreed on.
        let said = succeeds(c_example("edhoc_client"), &["--port", &service.port(), "--suite", "0,2"]).await;
        assert!(said.contains("suite 0") && said.contains("suite 2"), "{said}");

        arguments.insert(0, "--message-4");
        let service = Server::start(SERVICE, &arguments).await;
        let said = succeeds(c_example("edhoc_client"), &["--port", &service.port(), "--message-4"]).await;
        assert!(said.contains("message_4") && said.contains(HELLO), "{said}");
        note("C, libcoap", "Rust", style, "message_4");
    }
}

#[tokio::test]
async fn rust_client_with_c_server() {
    for (flow, of_both) in [("explicit", None), ("message_4", Some("--message-4"))] {
        let of_server: Vec<&str> = ["--port", "0"].into_iter().chain(of_both).collect();
        let server = Server::start(c_example("edhoc_server"), &of_server).await;
        for (style, by_value) in STYLES {
            let address = server.address.to_string();
            let of_client: Vec<&str> = by_value.into_iter().chain(of_both).chain([&*address]).collect();
            let said = succeeds(CLIENT, &of_client).await;
            // Its /hello wants a ticket to tell who asks, but that it answers is enough.
            assert!(said.contains("authenticated: demo server") && said.contains("Hello without a ticket"), "{said}");
            note("Rust", "C, libcoap", style, flow);
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
