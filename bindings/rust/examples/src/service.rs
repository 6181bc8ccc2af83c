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
use crate::wire::{self, Peer};

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
    room: usize,
    clients: Arc<Mutex<Clients>>,
    answers: Mutex<VecDeque<Answered>>,
}

/// Those who have authenticated, by the kid of their requests, which was C_R or C_I.
#[derive(Default)]
struct Clients {
    by_kid: HashMap<Vec<u8>, Client>,
    kids: VecDeque<Vec<u8>>, // in the order in which they came
}

impl Clients {
    fn insert(&mut self, kid: Vec<u8>, client: Client) {
        self.kids.push_back(kid.clone());
        self.by_kid.insert(kid, client);
    }

    /// Drops those who came first until there are no more than `room`: their kids.
    fn make_room(&mut self, room: usize) -> Vec<Vec<u8>> {
        let surplus = self.kids.len().saturating_sub(room);
        let gone: Vec<_> = self.kids.drain(..surplus).collect();
        gone.iter().for_each(|kid| drop(self.by_kid.remove(kid)));
        gone
    }
}

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
                    let client = Client::new(&session)?;
                    lock(&table).insert(event.id, client);
                }
                EventKind::Failed(error) => eprintln!("{}: {error}", String::from_utf8_lossy(&event.peer)),
                EventKind::Pending(..) => unreachable!("this config asks nothing"),
            }
            Ok(())
        });
        let edhoc = edhoc.responder(config).initiator(config).build()?;
        Ok(Service { edhoc, combined_request: !message_4, room: CLIENTS, clients, answers: Mutex::default() })
    }

    /// The same with room for so many clients. Another one takes the place of the one that came
    /// first, who has to run EDHOC again.
    pub fn with_room(self, clients: usize) -> Service {
        Service { room: clients, ..self }
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
        let peer = Peer::new(peer.unwrap_or_else(|| SocketAddr::from(([0; 4], 0))));
        let kid = oscore::kid(request);
        if kid.is_none() && request.get_option(CoapOption::Oscore).is_some() {
            set_code(response, ResponseType::BadOption);
            return true;
        }
        let answer = self.edhoc.handle(&wire::request(request, kid.as_deref(), &peer));
        self.make_room();
        match answer.map(|answer| answer.action) {
            Ok(Action::Send(message)) => wire::write(&message, response),
            Ok(Action::Oscore(offset)) => {
                self.protected(request, &kid.unwrap_or_default(), offset, response);
                self.keep(datagram, response);
            }
            Ok(Action::Wait) => return false,
            Err(error) => {
                eprintln!("{}: {error}", peer.name);
                set_code(response, ResponseType::InternalServerError);
            }
        }
        true
    }

    /// Drops clients that are too many; then liblake may give their identifiers to others.
    fn make_room(&self) {
        let gone = lock(&self.clients).make_room(self.room);
        for kid in gone {
            if let Err(error) = self.edhoc.release(&kid) {
                eprintln!("{error}");
            }
        }
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
        let Some(client) = clients.by_kid.get_mut(kid) else { return set_code(response, ResponseType::Unauthorized) };
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
            who: session.peer_credential()?.description()?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{CLIENT, SERVER};
    use coap::request::RequestBuilder;
    use lake::coap::{Client as Edhoc, Step};
    use lake::Role;

    const ROOM: usize = 2;

    struct Peers {
        service: Service,
        sent: u16,
    }

    impl Peers {
        fn ask(&mut self, mut packet: Packet) -> Packet {
            self.sent += 1;
            packet.header.message_id = self.sent;
            let mut request = CoapRequest::from_packet(packet, "[2001:db8::1]:5683".parse().unwrap());
            self.service.answer(&mut request);
            request.response.unwrap().message
        }

        /// A client that has run EDHOC, in either flow.
        fn establish(&mut self, role: Role) -> Oscore {
            let config = CLIENT.config(&SERVER).unwrap().build().unwrap();
            let mut edhoc = Edhoc::new(&config, role, None).unwrap();
            let mut step = edhoc.start().unwrap();
            while let Step::Send(message) = step {
                let mut packet = RequestBuilder::new(PATH, RequestType::Post).build().message;
                wire::write(&message, &mut packet);
                step = edhoc.next(&wire::response(&self.ask(packet))).unwrap();
            }
            Oscore::new(&edhoc.session().unwrap().oscore_context().unwrap()).unwrap()
        }

        fn hello(&mut self, client: &mut Oscore) -> Result<Packet, ResponseType> {
            let request = RequestBuilder::new("/hello", RequestType::Get).build().message;
            let (protected, mut exchange) = client.protect_request(&request).unwrap();
            let answer = self.ask(protected);
            match answer.header.code {
                MessageClass::Response(code) if answer.get_option(CoapOption::Oscore).is_none() => Err(code),
                _ => Ok(client.unprotect_response(&answer, &mut exchange).unwrap()),
            }
        }

        fn contexts(&self) -> u64 {
            self.service.edhoc.stats().unwrap().contexts
        }
    }

    #[test]
    fn the_first_client_makes_room_for_another() {
        let config = SERVER.config(&CLIENT).unwrap().build().unwrap();
        let mut peers = Peers { service: Service::new(&config, false).unwrap().with_room(ROOM), sent: 0 };
        let mut clients = VecDeque::new();
        for n in 0..3 * ROOM {
            let role = if n % 2 == 0 { Role::Initiator } else { Role::Responder };
            clients.push_back(peers.establish(role));
            if clients.len() > ROOM {
                let mut gone = clients.pop_front().unwrap();
                assert_eq!(peers.hello(&mut gone).map(drop), Err(ResponseType::Unauthorized));
            }
            for client in &mut clients {
                assert_eq!(peers.hello(client).unwrap().payload[..17], *b"Hello demo client");
            }
            assert_eq!(peers.contexts(), clients.len() as u64);
        }
    }

    #[test]
    fn who_does_not_authenticate_takes_nobodys_place() {
        let config = SERVER.config(&CLIENT).unwrap().build().unwrap();
        let mut peers = Peers { service: Service::new(&config, false).unwrap().with_room(1), sent: 0 };
        let mut client = peers.establish(Role::Initiator);
        for payload in [&b""[..], b"\xf5", b"\x05\x00", b"\x2c\x50nonsense"] {
            let mut packet = RequestBuilder::new(PATH, RequestType::Post).build().message;
            packet.payload = payload.into();
            peers.ask(packet);
        }
        assert!(peers.hello(&mut client).is_ok());
        assert_eq!(peers.contexts(), 1);
    }
}
