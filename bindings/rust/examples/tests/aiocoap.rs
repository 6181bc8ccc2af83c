//! With aiocoap on the package lakers-python, and with lake.aiocoap: method 3, suite 2. LAKE_PYTHON
//! is a Python that has them; what they run is the peer of the Python package's tests.

mod common;

use common::{file, free_address, note, python, repository, succeeds, Server, CLIENT, SERVICE, STYLES};
use lake::Data;
use lake_examples::demo::{self, Demo};
use std::net::SocketAddr;

/// A flow, and the options for it: of our client, and of our service.
type Flow = (&'static str, Option<&'static str>, Option<&'static str>);

/// What aiocoap has besides the combined request goes with message_4.
const AIOCOAPS: [Flow; 2] = [COMBINED, MESSAGE_4];
const ALL: [Flow; 4] = [COMBINED, MESSAGE_4, ("explicit", None, None), ("reverse", Some("--reverse"), None)];
const COMBINED: Flow = ("combined", Some("--combined"), None);
const MESSAGE_4: Flow = ("message_4", Some("--message-4"), Some("--message-4"));

fn peer() -> String {
    repository().join("bindings/python/tests/interop/peer.py").to_str().expect("UTF-8").into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A credential as aiocoap takes it, in CBOR diagnostic notation.
fn ccs(demo: &Demo) -> String {
    let credential = demo.public().unwrap();
    let (kid, key) = (credential.data(Data::Kid).unwrap(), credential.data(Data::PublicKey).unwrap());
    let (x, y) = key.split_at(32);
    let key = format!("{{1: 2, 2: h'{}', -1: 1, -2: h'{}', -3: h'{}'}}", hex(&kid), hex(x), hex(y));
    format!("{{14: {{2: \"{}\", 8: {{1: {key}}}}}}}", credential.subject().unwrap())
}

fn own(demo: &Demo, style: &str) -> String {
    let key = hex(demo.private_key().expose());
    let key = format!("\"private_key\": {{1: 2, -1: 1, -4: h'{key}'}}");
    format!("\"own_cred_style\": \"{style}\", \"own_cred\": {}, {key}", ccs(demo))
}

fn entry(name: &str, parts: &str) -> String {
    format!("\"{name}\": {{\"edhoc-oscore\": {{\"suite\": 2, \"method\": 3, {parts}}}}}")
}

/// A file of credentials.
fn diagnostic(name: &str, entries: &str) -> String {
    file(name, format!("{{{entries}}}").as_bytes())
}

fn uri(address: SocketAddr) -> String {
    format!("coap://{address}")
}

/// What the peer runs on, how that is called in the table, and how its /hello calls our client.
struct Engine {
    name: &'static str,
    shown: &'static str,
    greets: &'static str,
}

const LAKERS: Engine = Engine { name: "lakers", shown: "aiocoap, lakers-python", greets: ":client" };
const LAKE: Engine = Engine { name: "lake.aiocoap", shown: "lake.aiocoap", greets: "demo client" };

async fn client_with_rust_service(engine: Engine, flows: &[Flow]) {
    for (style, by_value) in STYLES {
        for &(flow, _, of_service) in flows {
            let options: Vec<&str> = by_value.into_iter().chain(of_service).chain(["127.0.0.1:0"]).collect();
            let service = Server::start(SERVICE, &options).await;
            let uri = uri(service.address);
            let combined = format!("\"use_combined_edhoc\": {}", flow == "combined");
            let parts = format!("{}, \"peer_cred\": {}, {combined}", own(&demo::CLIENT, style), ccs(&demo::SERVER));
            let name = format!("client-{}-{style}-{flow}.diag", engine.name);
            let credentials = diagnostic(&name, &entry(&format!("{uri}/*"), &parts));
            let said = succeeds(python(), &[&peer(), engine.name, "client", &uri, &credentials, flow]).await;
            assert!(said.starts_with("2.05 Content Hello demo client, kid 01"), "{said}");
            note(engine.shown, "Rust", style, flow);
        }
    }
}

async fn rust_client_with_server(engine: Engine, flows: &[Flow]) {
    for (style, by_value) in STYLES {
        for &(flow, of_client, _) in flows {
            let address = free_address();
            let port = address.port().to_string();
            let own = entry(&format!("{}/*", uri(address)), &own(&demo::SERVER, style));
            let client = entry(":client", &format!("\"peer_cred\": {}", ccs(&demo::CLIENT)));
            let name = format!("server-{}-{style}-{flow}.diag", engine.name);
            let credentials = diagnostic(&name, &format!("{own}, {client}"));
            let arguments = [&*peer(), engine.name, "server", &port, &credentials, flow];
            let server = Server::start_at(address, python(), &arguments).await;
            let address = server.address.to_string();
            let options: Vec<&str> = by_value.into_iter().chain(of_client).chain([&*address]).collect();
            let said = succeeds(CLIENT, &options).await;
            assert!(said.ends_with(&format!("Hello, {}\n", engine.greets)), "{said}");
            note("Rust", engine.shown, style, flow);
        }
    }
}

#[tokio::test]
async fn aiocoap_client_with_rust_service() {
    client_with_rust_service(LAKERS, &AIOCOAPS).await;
}

#[tokio::test]
async fn rust_client_with_aiocoap_server() {
    rust_client_with_server(LAKERS, &AIOCOAPS).await;
}

#[tokio::test]
async fn lake_aiocoap_client_with_rust_service() {
    client_with_rust_service(LAKE, &ALL).await;
}

#[tokio::test]
async fn rust_client_with_lake_aiocoap_server() {
    rust_client_with_server(LAKE, &ALL).await;
}
