//! With the EDHOC of the crate coap, which is on the crate lakers: method 3, suite 2,
//! message_4.

mod common;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use coap::edhoc::router::{edhoc_route, EdhocRouterState};
use coap::edhoc::{
    edhoc_initiate, EdhocError, EdhocErrorMessage, EdhocIdentity, EdhocResponderStore, OscoreSecrets,
    EDHOC_WELL_KNOWN_PATH,
};
use coap::request::RequestBuilder;
use coap::router::extract::FromRequest;
use coap::router::request::Request;
use coap::router::response::{IntoResponse, Response, StatusCode};
use coap::router::Router;
use coap::server::UdpCoapListener;
use coap::UdpCoAPClient;
use coap_lite::{CoapOption, MessageClass, Packet, RequestType};
use common::certificates::Certified;
use common::relay::Relay;
use common::{c_example, file, note, python, repository, run, succeeds, Server, SERVICE, STYLES};
use lake::{Data, Id};
use lake_examples::client::{Client, Flow};
use lake_examples::demo::{Demo, CLIENT, SERVER};
use lake_examples::oscore::{kid, Oscore};
use lake_examples::wire;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UdpSocket;
use tokio::process::Command;
use tokio::sync::mpsc;

/// How it is called in the table.
const LAKERS: &str = "crate coap, lakers 0.8";
/// What its `/hello` says.
const HELLO: &str = "Hello from the crate coap";

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
        let service = Server::start(SERVICE, &options).await;
        for _ in 0..3 {
            let said = hello(service.address, credential(&SERVER)).await.unwrap();
            assert!(said.starts_with("Hello demo client, kid 01"), "{said}");
        }
        note(LAKERS, "Rust", style, "message_4");
    }
}

#[tokio::test]
async fn lakers_client_with_c_server() {
    for (style, by_value) in STYLES {
        let ccs = if by_value.is_some() { without_kid(&SERVER) } else { SERVER.ccs() };
        let own = of_c(&format!("lakers-server-{style}"), &ccs, &SERVER, &CLIENT.ccs());
        let own: Vec<&str> = own.iter().map(String::as_str).chain(["--port", "0", "--message-4"]).collect();
        let server = Server::start(c_example("edhoc_server"), &own).await;
        for _ in 0..3 {
            let peer = lakers::Credential::parse_ccs(&ccs).unwrap();
            let said = hello(server.address, peer).await.unwrap();
            assert!(said.starts_with("Hello demo client, kid 01"), "{said}");
        }
        note(LAKERS, "C, libcoap", style, "message_4");
    }
    // On libcoap's own OSCORE, /hello wants a ticket to tell who asks.
    let server = Server::start(c_example("libcoap_oscore"), &["server", "--port", "0", "--message-4"]).await;
    assert_eq!(hello(server.address, credential(&SERVER)).await.unwrap(), "Hello whoever you are");
}

#[tokio::test]
async fn lakers_client_that_c_server_refuses() {
    let server = Server::start(c_example("edhoc_server"), &["--port", "0", "--message-4"]).await;
    let told = hello(server.address, credential(&CLIENT)).await.unwrap_err(); // expected another server
    assert!(matches!(told, EdhocError::Protocol(_)), "{told}");

    let others = of_c("lakers-others", &SERVER.ccs(), &SERVER, &SERVER.ccs());
    let others: Vec<&str> = others.iter().map(String::as_str).chain(["--port", "0", "--message-4"]).collect();
    let server = Server::start(c_example("edhoc_server"), &others).await;
    let told = hello(server.address, credential(&SERVER)).await.unwrap_err(); // who does not know the client
    assert!(matches!(told, EdhocError::Peer(_)), "{told}");

    let server = Server::start(c_example("edhoc_server"), &["--port", "0", "--message-4", "--suite", "3"]).await;
    let told = hello(server.address, credential(&SERVER)).await.unwrap_err();
    let EdhocError::Peer(error) = told else { panic!("{told}") };
    assert_eq!(error.err_code, EdhocErrorMessage::WRONG_SELECTED_CIPHER_SUITE);

    // A large answer goes to those only who answer a challenge, which it does not.
    let large = Certified::new("lakers-large", "P-256");
    let (own, key) = (file("lakers-large", &large.ders.concat()), file("lakers-large.key", large.pem.expose()));
    let options = ["--port", "0", "--message-4", "--own", &own, "--key", &key];
    let server = Server::start(c_example("edhoc_server"), &options).await;
    let told = hello(server.address, credential(&SERVER)).await.unwrap_err();
    assert!(matches!(told, EdhocError::UnexpectedResponse(StatusCode::Unauthorized)), "{told}");
}

/// What the client of the crate coap is told: its EDHOC, and a request under its keys.
async fn hello(server: SocketAddr, peer: lakers::Credential) -> Result<String, EdhocError> {
    let client = UdpCoAPClient::new(server).await?;
    let secrets = edhoc_initiate(&client, EDHOC_WELL_KNOWN_PATH, &identity(&CLIENT), Some(peer)).await?;
    let mut oscore = oscore(&secrets);
    let mut answer = ask(&client, &mut oscore, None).await?;
    if let Some(echo) = answer.get_first_option(wire::ECHO).cloned() {
        // libcoap wants to know that the first request is fresh.
        assert_eq!(answer.header.code, MessageClass::Response(StatusCode::Unauthorized));
        answer = ask(&client, &mut oscore, Some(echo)).await?;
    }
    assert_eq!(answer.header.code, MessageClass::Response(StatusCode::Content));
    Ok(String::from_utf8(answer.payload).unwrap())
}

/// Asks for `/hello`.
async fn ask(client: &UdpCoAPClient, oscore: &mut Oscore, echo: Option<Vec<u8>>) -> io::Result<Packet> {
    let mut request = RequestBuilder::new("hello", RequestType::Get).token(Some(vec![7])).build();
    if let Some(echo) = echo {
        request.message.add_option(wire::ECHO, echo);
    }
    let (protected, mut exchange) = oscore.protect_request(&request.message).unwrap();
    request.message = protected;
    let answer = client.send(request).await?.message;
    Ok(oscore.unprotect_response(&answer, &mut exchange).unwrap())
}

/// The options of a program of examples/c that has this credential, and knows that of its peer.
fn of_c(name: &str, ccs: &[u8], own: &Demo, peer: &[u8]) -> [String; 6] {
    let own_file = file(&format!("{name}.ccs"), ccs);
    let key = file(&format!("{name}.key"), own.private_key().expose());
    let peer = file(&format!("{name}-peer.ccs"), peer);
    ["--own".into(), own_file, "--key".into(), key, "--peer".into(), peer]
}

/// The credential without its kid, which the programs of examples/c send by value.
fn without_kid(demo: &Demo) -> Vec<u8> {
    let credential = demo.public().unwrap();
    let (kind, key) = (credential.info().unwrap().key_kind.unwrap(), credential.data(Data::PublicKey).unwrap());
    lake::build_ccs(Some(&credential.subject().unwrap()), &[], kind, &key).unwrap()
}

/// The service of the crate coap: its EDHOC, and `/hello` under its keys.
struct LakersService {
    address: SocketAddr,
    established: mpsc::UnboundedReceiver<OscoreSecrets>,
}

/// A protected request, which has no path for the router.
struct Protected(Packet);

impl<S: Sync> FromRequest<S> for Protected {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: &Request, _: &S) -> Result<Protected, Self::Rejection> {
        Ok(Protected(request.req.message.clone()))
    }
}

impl LakersService {
    async fn start(client: lakers::Credential) -> LakersService {
        let (sender, established) = mpsc::unbounded_channel();
        let contexts: Arc<Mutex<HashMap<Vec<u8>, Oscore>>> = Arc::default();
        let table = contexts.clone();
        let state = EdhocRouterState {
            store: Arc::new(EdhocResponderStore::new(identity(&SERVER))),
            credentials: Arc::new(client),
            hook: Some(Arc::new(move |_, secrets: OscoreSecrets| {
                table.lock().unwrap().insert(secrets.recipient_id.clone(), oscore(&secrets));
                sender.send(secrets).unwrap();
                std::future::ready(())
            })),
        };
        let answer = move |request: Protected| {
            let contexts = contexts.clone();
            async move { answer(&request.0, &mut contexts.lock().unwrap()).unwrap_or_else(StatusCode::into_response) }
        };
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let server = coap::Server::from_listeners(vec![Box::new(UdpCoapListener::from_socket(socket))]);
        let router = Router::from_state(state).route(EDHOC_WELL_KNOWN_PATH, edhoc_route()).fallback(answer);
        tokio::spawn(server.serve(router));
        LakersService { address, established }
    }
}

/// Answers a protected request, with nothing that liblake adds.
fn answer(request: &Packet, contexts: &mut HashMap<Vec<u8>, Oscore>) -> Result<Response, StatusCode> {
    let context = kid(request).and_then(|kid| contexts.get_mut(&kid)).ok_or(StatusCode::Unauthorized)?;
    let (request, mut exchange) = context.unprotect_request(request).map_err(|_| StatusCode::BadRequest)?;
    let mut response = Packet::new();
    response.header.code = MessageClass::Response(match wire::path(&request).as_str() {
        "/hello" => StatusCode::Content,
        _ => StatusCode::NotFound,
    });
    response.payload = HELLO.into();
    let protected = context.protect_response(&response, &mut exchange).map_err(|_| StatusCode::InternalServerError)?;
    let MessageClass::Response(code) = protected.header.code else { return Err(StatusCode::InternalServerError) };
    let option = protected.get_first_option(CoapOption::Oscore).cloned().unwrap_or_default();
    Ok(Response::new().set_status_code(code).set_payload(protected.payload).add_option(CoapOption::Oscore, option))
}

#[tokio::test]
async fn c_client_with_lakers_service() {
    for (style, by_value) in STYLES {
        let ccs = if by_value.is_some() { without_kid(&CLIENT) } else { CLIENT.ccs() };
        let service = LakersService::start(lakers::Credential::parse_ccs(&ccs).unwrap()).await;
        let own = of_c(&format!("lakers-client-{style}"), &ccs, &CLIENT, &SERVER.ccs());
        for _ in 0..3 {
            let relay = Relay::start(service.address).await;
            let port = relay.port();
            // It has no memory of datagrams, so none is to come twice soon.
            let options = ["--port", &port, "--suite", "2", "--message-4", "--ack-timeout", "5"];
            let options: Vec<&str> = own.iter().map(String::as_str).chain(options).collect();
            let said = succeeds(c_example("edhoc_client"), &options).await;
            assert!(said.contains(&format!("<- {HELLO}\n")), "{said}");
            assert_eq!(relay.was_protected(HELLO), Ok(()));
        }
        note("C, libcoap", LAKERS, style, "message_4");
    }
}

#[tokio::test]
async fn c_client_that_lakers_service_refuses() {
    let service = LakersService::start(credential(&SERVER)).await; // which does not know the client
    let relay = Relay::start(service.address).await;
    let port = relay.port();
    for (options, told) in [
        (&["--message-4", "--suite", "2"][..], "failed: the server refused"),
        (&["--message-4", "--suite", "3"], "no cipher suite is supported by both sides"),
        (&["--suite", "2", "--reverse"], "failed: "), // which it does not have
    ] {
        let options: Vec<&str> = ["--port", &port].into_iter().chain(options.iter().copied()).collect();
        let output = run(c_example("edhoc_client"), &options).await;
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(told), "{said}");
    }
    assert_eq!(relay.was_protected(HELLO), Err("no protected request was answered"));

    // On libcoap's own OSCORE, and without --no-receipt, what it says is not believed.
    let service = LakersService::start(credential(&CLIENT)).await;
    let port = service.address.port().to_string();
    let options = ["client", "--port", &port, "--suite", "2", "--message-4"];
    let output = run(c_example("libcoap_oscore"), &options).await;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("failed: the answer was not protected"), "{said}");
}

/// All that `lake test` demands of a device. docs/interop.md lists what it fails.
#[tokio::test]
async fn lakers_service_with_the_suite_of_lake_test() {
    let own = file("conform.ccs", &CLIENT.ccs());
    file("conform.key", CLIENT.private_key().expose());
    let peer = file("conform-peer.ccs", &SERVER.ccs());
    let tests = repository().join("bindings/python/tests");
    let suite = tests.join("conformance/conform.py");
    let own = own.trim_end_matches(".ccs");
    let options = [suite.to_str().unwrap(), LAKERS, "-", own, &peer, "--message-4", "--known"];
    let mut suite = Command::new(python());
    suite.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut suite = suite.spawn().unwrap();
    let mut answers = suite.stdin.take().unwrap();
    let mut lines = BufReader::new(suite.stdout.take().unwrap()).lines();
    let (mut service, mut said) = (None, String::new());
    while let Some(line) = lines.next_line().await.unwrap() {
        if line == "next" {
            // At an invalid G_X it panics, and answers nobody after that.
            let next = service.insert(LakersService::start(credential(&CLIENT)).await);
            answers.write_all(format!("coap://{}\n", next.address).as_bytes()).await.unwrap();
        } else {
            said += &line;
        }
    }
    let failed = said.contains("OSCORE: protected  "); // what did not pass is listed
    assert!(suite.wait().await.unwrap().success() && said.contains(" pass, ") && !failed, "{said}");
}

#[tokio::test]
async fn the_relay_sees_what_the_client_does_not() {
    let server = Server::start(c_example("edhoc_server"), &["--port", "0"]).await;
    let liar = Server::start_relay(c_example("test_relay"), &[&server.port()]).await;
    let relay = Relay::start(liar.address).await;
    let options = ["client", "--port", &relay.port(), "--no-receipt"];
    let said = succeeds(c_example("libcoap_oscore"), &options).await;
    assert!(said.contains("<- Hello\nan answer without a receipt arrived, protected or not\n"), "{said}");
    assert!(relay.was_protected("Good bye").is_err());
}

#[tokio::test]
async fn rust_client_with_lakers_service() {
    let LakersService { address, mut established } = LakersService::start(credential(&CLIENT)).await;
    for (style, by_value) in STYLES {
        let mut own = CLIENT.own().unwrap();
        if by_value.is_some() {
            own = own.with_id(Id::Kccs).unwrap();
        }
        let config = lake::Config::builder().suites(&[2]).methods(&[3]).own_credential(&own);
        let config = config.peer_credential(&SERVER.public().unwrap()).require_message_4(true).build().unwrap();
        let mut client = Client::connect(address, &config, Flow::Forward, false).await.unwrap();
        let ours = client.edhoc().session().unwrap().oscore_context().unwrap();
        let theirs = established.recv().await.unwrap();
        assert_eq!(ours.master_secret.expose(), theirs.master_secret);
        assert_eq!(ours.master_salt.expose(), theirs.master_salt);
        assert_eq!((ours.sender_id, ours.recipient_id), (theirs.recipient_id, theirs.sender_id));
        assert_eq!(client.get("hello").await.unwrap().payload, HELLO.as_bytes());
        note("Rust", LAKERS, style, "message_4");
    }

    // It refuses other suites, and says which one it has.
    let config = CLIENT.config(&SERVER).unwrap().suites(&[3]).methods(&[3]).build().unwrap();
    let error = Client::connect(address, &config, Flow::Forward, false).await.map(drop).unwrap_err();
    assert_eq!(error.downcast::<lake::Error>().unwrap().status(), lake::Status::NoCommonSuite);
}
