//! The service: EDHOC at `/.well-known/edhoc`, and `/hello` for those who come with its keys.
//!
//! The runs of EDHOC are the business of `lake::coap::Server`. What is left: to keep the OSCORE
//! contexts that come out of them, and to answer under them. But for `serve`, nothing here waits,
//! and nothing does I/O: a packet in, a packet out.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use coap::server::UdpCoapListener;
use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, CoapRequest, MessageClass, Packet, RequestType, ResponseType};
use lake::coap::{Action, EventKind, Server, PATH};
use lake::{BoxError, Config, Session};
use tokio::net::UdpSocket;

use crate::oscore::{self, Oscore, OscoreError};
use crate::wire;

/// Clients that have authenticated, at most.
const CLIENTS: usize = 4096;
/// Protected answers that are kept for requests that come again, at most.
const ANSWERS: usize = 256;
/// For how long a message id stands for one request (EXCHANGE_LIFETIME of RFC 7252).
const LIFETIME: Duration = Duration::from_secs(247);
/// application/link-format.
const LINKS: OptionValueU16 = OptionValueU16(40);

/// A service. It is shared by all requests.
pub struct Service {
    edhoc: Server,
    combined_request: bool,
    clients: Arc<Mutex<Clients>>,
    answers: Mutex<VecDeque<Answered>>,
}

/// Those who have authenticated, by the kid of their requests, which was C_R or C_I.
type Clients = HashMap<Vec<u8>, Client>;

struct Client {
    oscore: Oscore,
    who: String,
    receipt: Vec<u8>,
}

/// What makes a request the same one: sender, message id, token.
type Datagram = (Option<SocketAddr>, u16, Vec<u8>);

/// A request that was answered: when, and how.
type Answered = (Instant, Datagram, Packet);

impl Service {
    /// A service with the credentials of a config, as Responder and, in the reverse flow, as
    /// Initiator. `message_4`: whether that is part of the protocol, as the config says.
    pub fn new(config: &Config, message_4: bool) -> Result<Service, lake::Error> {
        let clients: Arc<Mutex<Clients>> = Arc::default();
        let table = clients.clone();
        let edhoc = Server::builder(move |event| {
            match event.kind {
                EventKind::Established(session) => {
                    let mut clients = lock(&table);
                    if clients.len() == CLIENTS {
                        return Err("there are too many clients".into());
                    }
                    clients.insert(event.id, Client::new(&session)?);
                }
                EventKind::Failed(error) => eprintln!("{}: {error}", String::from_utf8_lossy(&event.peer)),
                EventKind::Pending(..) => unreachable!("this config asks nothing"),
            }
            Ok(())
        });
        let edhoc = edhoc.responder(config).initiator(config).build()?;
        Ok(Service { edhoc, combined_request: !message_4, clients, answers: Mutex::default() })
    }

    /// Answers what comes to a socket, for ever. Bodies in blocks are the business of the crate
    /// coap.
    pub async fn serve(self, socket: UdpSocket) -> io::Result<()> {
        let service = Arc::new(self);
        let server = coap::Server::from_listeners(vec![Box::new(UdpCoapListener::from_socket(socket))]);
        let answer = move |mut request: Box<CoapRequest<SocketAddr>>| {
            let service = service.clone();
            async move {
                service.answer(&mut request);
                request
            }
        };
        server.run(answer).await
    }

    /// Answers a request, or takes the response out of it if there is to be none.
    pub fn answer(&self, request: &mut CoapRequest<SocketAddr>) {
        let Some(mut response) = request.response.take() else { return };
        if self.respond(&request.message, request.source, &mut response.message) {
            request.response = Some(response);
        }
    }

    fn respond(&self, request: &Packet, peer: Option<SocketAddr>, response: &mut Packet) -> bool {
        let path = wire::path(request);
        let protected = request.get_option(CoapOption::Oscore).is_some();
        if protected || path == PATH || request.get_option(wire::EDHOC).is_some() {
            return self.edhoc(request, peer, response);
        }
        match (request.header.code, path.as_str()) {
            (MessageClass::Request(RequestType::Get), "/.well-known/core") => self.links(response),
            (MessageClass::Request(RequestType::Get), "/hello") => set_code(response, ResponseType::Unauthorized),
            _ => set_code(response, ResponseType::NotFound),
        }
        true
    }

    fn links(&self, response: &mut Packet) {
        match self.edhoc.link(PATH, self.combined_request) {
            Ok(link) => {
                set_code(response, ResponseType::Content);
                response.add_option_as(CoapOption::ContentFormat, LINKS);
                response.payload = format!("{link},</hello>;osc").into_bytes();
            }
            Err(_) => set_code(response, ResponseType::InternalServerError),
        }
    }

    fn edhoc(&self, request: &Packet, peer: Option<SocketAddr>, response: &mut Packet) -> bool {
        let datagram = (peer, request.header.message_id, request.get_token().to_vec());
        if let Some(answer) = self.kept(&datagram) {
            *response = answer; // under OSCORE, a datagram that comes twice is taken for a replay
            return true;
        }
        let peer = peer.map(|address| address.to_string()).unwrap_or_default();
        let kid = oscore::kid(request);
        if kid.is_none() && request.get_option(CoapOption::Oscore).is_some() {
            set_code(response, ResponseType::BadOption);
            return true;
        }
        match self.edhoc.handle(&wire::request(request, kid.as_deref(), &peer)).map(|answer| answer.action) {
            Ok(Action::Send(message)) => wire::write(&message, response),
            Ok(Action::Oscore(offset)) => {
                self.protected(request, &kid.unwrap_or_default(), offset, response);
                self.keep(datagram, response);
            }
            Ok(Action::Wait) => return false,
            Err(error) => {
                eprintln!("{peer}: {error}");
                set_code(response, ResponseType::InternalServerError);
            }
        }
        true
    }

    fn kept(&self, datagram: &Datagram) -> Option<Packet> {
        let mut answers = lock(&self.answers);
        answers.retain(|(at, ..)| at.elapsed() < LIFETIME);
        answers.iter().find(|(_, answered, _)| answered == datagram).map(|(.., answer)| answer.clone())
    }

    fn keep(&self, datagram: Datagram, response: &Packet) {
        let mut answers = lock(&self.answers);
        if answers.len() == ANSWERS {
            answers.pop_front();
        }
        answers.push_back((Instant::now(), datagram, response.clone()));
    }

    fn protected(&self, request: &Packet, kid: &[u8], offset: usize, response: &mut Packet) {
        let mut clients = lock(&self.clients);
        let Some(client) = clients.get_mut(kid) else { return set_code(response, ResponseType::Unauthorized) };
        let mut request = request.clone();
        request.payload.drain(..offset);
        request.clear_option(wire::EDHOC);
        match client.hello(&request, response) {
            Ok(protected) => *response = protected,
            Err(OscoreError::Replay) => set_code(response, ResponseType::Unauthorized),
            Err(_) => set_code(response, ResponseType::BadRequest),
        }
    }
}

impl Client {
    fn new(session: &Session) -> Result<Client, BoxError> {
        Ok(Client {
            oscore: Oscore::new(&session.oscore_context()?)?,
            who: session.peer_credential()?.describe()?,
            // What the examples in C want to see: it proves that the answer is ours.
            receipt: session.export(32768, b"receipt", 8)?.expose().to_vec(),
        })
    }

    /// Answers a protected request.
    fn hello(&mut self, request: &Packet, response: &Packet) -> Result<Packet, OscoreError> {
        let (request, mut exchange) = self.oscore.unprotect_request(request)?;
        let mut response = response.clone();
        match (request.header.code, wire::path(&request).as_str()) {
            (MessageClass::Request(RequestType::Get), "/hello") => {
                set_code(&mut response, ResponseType::Content);
                response.add_option(CoapOption::ETag, self.receipt.clone());
                response.payload = format!("Hello {}", self.who).into_bytes();
            }
            _ => set_code(&mut response, ResponseType::NotFound),
        }
        self.oscore.protect_response(&response, &mut exchange)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_code(response: &mut Packet, code: ResponseType) {
    response.header.code = MessageClass::Response(code);
}
