//! A server and a client on the crate coap as it is, which speaks plain CoAP, with `lake::endpoint`
//! underneath: the server knows who asks.

use std::env;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use coap::client::CoAPClient;
use coap::request::RequestBuilder;
use coap::Server;
use coap_lite::{CoapRequest, CoapResponse, RequestType, ResponseType};
use lake::endpoint::Endpoint;
use lake::BoxError;
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::options::{self, Options};
use lake_examples::underlay::{Peers, Underlay};
use tokio::net::UdpSocket;

const USAGE: &str = "usage: coap_plain server <address:port> [options]
       coap_plain client <address:port> get <path>
       coap_plain client <address:port> put <path> <text>
       coap_plain client <address:port> observe <path>

The server has /whoami, and /note to be read, written and observed. Its options:

";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server", address, ref options @ ..] => match options_of(options) {
            Ok(options) => serve(address, &options).await,
            Err(error) => Err(error),
        },
        ["client", server, "get", path] => ask(server, path, RequestType::Get, None).await,
        ["client", server, "put", path, text] => ask(server, path, RequestType::Put, Some(text)).await,
        ["client", server, "observe", path] => observe(server, path).await,
        _ => Err(usage()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> BoxError {
    format!("{USAGE}{}", options::USAGE).into()
}

fn options_of(arguments: &[&str]) -> Result<Options, BoxError> {
    let (mut options, mut arguments) = (Options::default(), arguments.iter().map(|argument| argument.to_string()));
    while let Some(argument) = arguments.next() {
        if !options.take(&argument, &mut arguments)? {
            return Err(usage());
        }
    }
    Ok(options)
}

// --- The server --------------------------------------------------------------------------------

async fn serve(address: &str, options: &Options) -> Result<(), BoxError> {
    let config = options.config(&SERVER, &CLIENT, &[3, 2, 1, 0], &[2, 3], true)?;
    let underlay = Underlay::new(UdpSocket::bind(address).await?, Endpoint::builder().responder(&config).build()?);
    println!("listening on {}", underlay.local_addr()?);
    let (peers, note) = (underlay.peers(), Arc::new(Mutex::new(Vec::new())));
    let server = Server::from_listeners(vec![Box::new(underlay)]);
    let handler = move |mut request: Box<CoapRequest<SocketAddr>>| {
        answer(&mut request, &peers, &note);
        async { request }
    };
    Ok(server.run(handler).await?)
}

/// Answers somebody who has authenticated: nobody else gets here. The crate puts blocks together,
/// and looks after observers.
fn answer(request: &mut CoapRequest<SocketAddr>, peers: &Peers, note: &Mutex<Vec<u8>>) {
    let who = request.source.and_then(|source| peers.credential(source)).and_then(|who| who.subject().ok());
    let (path, method) = (request.get_path(), *request.get_method());
    let body = std::mem::take(&mut request.message.payload);
    let Some(CoapResponse { message }) = &mut request.response else { return };
    let mut note = note.lock().expect("nobody panics with a note");
    let (status, payload) = match (method, path.as_str()) {
        (RequestType::Get, "whoami") => {
            (ResponseType::Content, format!("You are {}.", who.unwrap_or_default()).into_bytes())
        }
        (RequestType::Get, "note") => (ResponseType::Content, note.clone()),
        (RequestType::Put, "note") => {
            *note = body;
            (ResponseType::Changed, Vec::new())
        }
        _ => (ResponseType::NotFound, Vec::new()),
    };
    message.header.code = coap_lite::MessageClass::Response(status);
    message.payload = payload;
}

// --- The client --------------------------------------------------------------------------------

type Client = CoAPClient<lake_examples::underlay::Connection>;

async fn connect(server: &str) -> Result<Client, BoxError> {
    let config = CLIENT.config(&SERVER)?.suites(&[2]).methods(&[3]).build()?;
    let endpoint = Endpoint::builder().initiator(&config).combined(true).build()?;
    let underlay = Underlay::new(UdpSocket::bind("0.0.0.0:0").await?, endpoint);
    Ok(CoAPClient::from_transport(underlay.connect(server.parse()?)))
}

async fn ask(server: &str, path: &str, method: RequestType, text: Option<&str>) -> Result<(), BoxError> {
    let request = RequestBuilder::new(path, method).data(text.map(|text| text.as_bytes().to_vec())).build();
    let answer = connect(server).await?.send(request).await?;
    if answer.get_status().is_error() {
        return Err(format!("the server answers {:?}", answer.get_status()).into());
    }
    println!("{}", String::from_utf8_lossy(&answer.message.payload));
    Ok(())
}

/// Prints what a resource is, and becomes, until somebody ends the program.
async fn observe(server: &str, path: &str) -> Result<(), BoxError> {
    let client = connect(server).await?;
    let show = |notification: std::io::Result<coap_lite::Packet>| match notification {
        Ok(packet) => println!("{}", String::from_utf8_lossy(&packet.payload)),
        Err(error) => eprintln!("{error}"),
    };
    let _observation = client.observe(path, show).await?;
    Ok(tokio::signal::ctrl_c().await?)
}
