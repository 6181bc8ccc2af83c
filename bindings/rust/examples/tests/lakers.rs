//! With the EDHOC of the crate coap, which is on the crate lakers: method 3, suite 2,
//! message_4.

mod common;

use std::sync::Arc;

use coap::edhoc::router::{edhoc_route, EdhocRouterState};
use coap::edhoc::{edhoc_initiate, EdhocIdentity, EdhocResponderStore, OscoreSecrets, EDHOC_WELL_KNOWN_PATH};
use coap::request::RequestBuilder;
use coap::router::Router;
use coap::server::UdpCoapListener;
use coap::{Server, UdpCoAPClient};
use coap_lite::RequestType;
use common::{note, SERVICE, STYLES};
use lake::Id;
use lake_examples::client::{Client, Flow};
use lake_examples::demo::{Demo, CLIENT, SERVER};
use lake_examples::oscore::Oscore;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

fn identity(demo: &Demo) -> EdhocIdentity {
    EdhocIdentity {
        private_key: demo.private_key().expose().try_into().expect("32 bytes"),
        credential: credential(demo),
    }
}

fn credential(demo: &Demo) -> lakers::Credential {
    lakers::Credential::parse_ccs(&demo.ccs()).expect("a CCS")
}

fn oscore(secrets: &OscoreSecrets) -> Oscore {
    let (secret, salt) = (&secrets.master_secret, &secrets.master_salt);
    Oscore::derive(10, -16, secret, salt, &secrets.sender_id, &secrets.recipient_id).expect("suite 2")
}

#[tokio::test]
async fn lakers_client_with_rust_service() {
    for (style, by_value) in STYLES {
        let options: Vec<&str> = by_value.into_iter().chain(["--message-4", "127.0.0.1:0"]).collect();
        let service = common::Server::start(SERVICE, &options).await;
        for _ in 0..3 {
            let client = UdpCoAPClient::new(service.address).await.unwrap();
            let peer = Some(credential(&SERVER));
            let secrets = edhoc_initiate(&client, EDHOC_WELL_KNOWN_PATH, &identity(&CLIENT), peer).await.unwrap();
            // Its keys open our resource.
            let mut oscore = oscore(&secrets);
            let mut request = RequestBuilder::new("hello", RequestType::Get).token(Some(vec![7])).build();
            let (protected, mut exchange) = oscore.protect_request(&request.message).unwrap();
            request.message = protected;
            let answer = client.send(request).await.unwrap().message;
            let answer = oscore.unprotect_response(&answer, &mut exchange).unwrap();
            assert!(answer.payload.starts_with(b"Hello demo client, kid 01"));
        }
        note("crate coap, lakers 0.8", "Rust", style, "message_4");
    }
}

#[tokio::test]
async fn rust_client_with_lakers_service() {
    let (established, mut secrets) = mpsc::unbounded_channel();
    let state = EdhocRouterState {
        store: Arc::new(EdhocResponderStore::new(identity(&SERVER))),
        credentials: Arc::new(credential(&CLIENT)),
        hook: Some(Arc::new(move |_, secrets: OscoreSecrets| {
            established.send(secrets).unwrap();
            std::future::ready(())
        })),
    };
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let server = Server::from_listeners(vec![Box::new(UdpCoapListener::from_socket(socket))]);
    tokio::spawn(server.serve(Router::from_state(state).route(EDHOC_WELL_KNOWN_PATH, edhoc_route())));

    for (style, by_value) in STYLES {
        let mut own = CLIENT.own().unwrap();
        if by_value.is_some() {
            own = own.with_id(Id::Kccs).unwrap();
        }
        let config = lake::Config::builder().suites(&[2]).methods(&[3]).own_credential(&own);
        let config = config.peer_credential(&SERVER.public().unwrap()).require_message_4(true).build().unwrap();
        let mut client = Client::connect(address, &config, Flow::Forward, false).await.unwrap();
        let ours = client.edhoc().session().unwrap().oscore_context().unwrap();
        let theirs = secrets.recv().await.unwrap();
        assert_eq!(ours.master_secret.expose(), theirs.master_secret);
        assert_eq!(ours.master_salt.expose(), theirs.master_salt);
        assert_eq!((ours.sender_id, ours.recipient_id), (theirs.recipient_id, theirs.sender_id));
        note("Rust", "crate coap, lakers 0.8", style, "message_4");
    }

    // It refuses other suites, and says which one it has.
    let config = CLIENT.config(&SERVER).unwrap().suites(&[3]).methods(&[3]).build().unwrap();
    let error = Client::connect(address, &config, Flow::Forward, false).await.map(drop).unwrap_err();
    assert_eq!(error.downcast::<lake::Error>().unwrap().status(), lake::Status::NoCommonSuite);
}
