//! The service: `/hello` for those who have authenticated, and `/.well-known/core` for everybody.
//!
//! EDHOC and OSCORE are the business of `lake::endpoint`, which stands between the socket and what
//! answers here: that sees plain CoAP, and who asks. What comes is answered before the next datagram
//! is read, so nothing can pile up but in the socket, which has its bounds; and the endpoint has its
//! own.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, CoapResponse, MessageClass, Packet, RequestType, ResponseType};
use lake::coap::{Server, PATH};
use lake::endpoint::{Action, Endpoint, Event, Limits, PeerId, To};
use lake::{Config, Error};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::options::told;
use crate::wire;

/// More than any datagram.
const DATAGRAM: usize = 65536;
/// Where everybody may ask what there is.
const LINKS: &str = "/.well-known/core";
/// application/link-format.
const LINK_FORMAT: OptionValueU16 = OptionValueU16(40);
/// Clients that have authenticated, at most.
pub const CLIENTS: u32 = 4096;
/// How long the endpoint is left alone at most: the clock may be set back.
const REST: Duration = Duration::from_secs(60);

/// A service.
pub struct Service {
    endpoint: Endpoint,
    links: String,
}

impl Service {
    /// A service with the credentials of a config, as Responder and, in the reverse flow, as
    /// Initiator. `message_4`: whether that is part of the protocol, as the config says.
    pub fn new(config: &Config, message_4: bool) -> Result<Service, Error> {
        Service::with_limits(config, message_4, Limits { peers: CLIENTS, ..Limits::default() })
    }

    /// The same with other limits.
    pub fn with_limits(config: &Config, message_4: bool, limits: Limits) -> Result<Service, Error> {
        let endpoint =
            Endpoint::builder().responder(config).initiator(config).open_path(LINKS).limits(limits).build()?;
        // A server of its own knows what to say about the config.
        let server = Server::builder(|_| Ok(())).responder(config).initiator(config).build()?;
        Ok(Service { endpoint, links: format!("{},</hello>;osc", server.link(PATH, !message_4)?) })
    }

    /// Answers what comes to a socket, for ever.
    pub async fn serve(mut self, socket: UdpSocket) -> io::Result<()> {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            let now = SystemTime::now();
            let due = self.endpoint.due().map_err(io::Error::other)?;
            let rest = due.map_or(REST, |due| due.duration_since(now).unwrap_or_default().min(REST));
            let out = if rest.is_zero() {
                self.tick(now) // also while datagrams come without a pause
            } else if let Ok(received) = timeout(rest, socket.recv_from(&mut buffer)).await {
                let (length, from) = received?;
                self.receive(from, &buffer[..length], SystemTime::now())
            } else {
                self.tick(SystemTime::now())
            };
            for (to, datagram) in out.map_err(io::Error::other)? {
                // Datagrams may be lost, and this one is.
                let _ = socket.send_to(&datagram, to).await;
            }
        }
    }

    /// Takes a datagram: those to send.
    pub fn receive(&mut self, from: SocketAddr, datagram: &[u8], now: SystemTime) -> Result<Vec<Outgoing>, Error> {
        self.endpoint.receive(from.to_string().as_bytes(), datagram, now)?;
        self.work(now)
    }

    /// Does what is due: the datagrams to send.
    pub fn tick(&mut self, now: SystemTime) -> Result<Vec<Outgoing>, Error> {
        self.endpoint.tick(now)?;
        self.work(now)
    }

    fn work(&mut self, now: SystemTime) -> Result<Vec<Outgoing>, Error> {
        let mut out = Vec::new();
        while let Some(action) = self.endpoint.next_action()? {
            match action {
                Action::Send { to, datagram } => out.extend(address(&to).map(|to| (to, datagram))),
                Action::Deliver { peer, from, datagram } => {
                    let Some(answer) = self.answer(peer, &datagram) else { continue };
                    if let Err(error) = self.endpoint.send(peer.map_or(To::Address(&from), To::Peer), &answer, now) {
                        eprintln!("{}: {error}", String::from_utf8_lossy(&from));
                    }
                }
                Action::Event(Event::Failed { address, error }) => {
                    eprintln!("{}: {}", String::from_utf8_lossy(&address), told(&error));
                }
                Action::Event(_) => {}
                Action::Save => unreachable!("nothing of this outlives the process"),
            }
        }
        Ok(out)
    }

    /// The answer to plain CoAP of a peer, or of nobody.
    fn answer(&self, peer: Option<PeerId>, datagram: &[u8]) -> Option<Vec<u8>> {
        let request = Packet::from_bytes(datagram).ok()?;
        let MessageClass::Request(method) = request.header.code else { return None };
        let mut response = CoapResponse::new(&request)?;
        match (method, wire::path(&request).as_str(), peer) {
            (RequestType::Get, LINKS, _) => {
                response.set_status(ResponseType::Content);
                response.message.add_option_as(CoapOption::ContentFormat, LINK_FORMAT);
                response.message.payload = self.links.clone().into_bytes();
            }
            (RequestType::Get, "/hello", Some(peer)) => match self.who(peer) {
                Ok(who) => {
                    response.set_status(ResponseType::Content);
                    response.message.payload = format!("Hello {who}").into_bytes();
                }
                Err(_) => response.set_status(ResponseType::InternalServerError),
            },
            _ => response.set_status(ResponseType::NotFound),
        }
        response.message.to_bytes().ok()
    }

    fn who(&self, peer: PeerId) -> Result<String, Error> {
        self.endpoint.peer_credential(peer)?.description()
    }
}

/// A datagram to send, and where to.
pub type Outgoing = (SocketAddr, Vec<u8>);

/// What [`Service::receive`] made of an address.
fn address(name: &[u8]) -> Option<SocketAddr> {
    std::str::from_utf8(name).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::demo::{CLIENT, SERVER};
    use crate::oscore::Oscore;
    use coap::request::RequestBuilder;
    use lake::coap::{Client as Edhoc, Step};
    use lake::Role;

    const ROOM: u32 = 2;

    struct Peers {
        service: Service,
        sent: u16,
    }

    /// A client that has run EDHOC: the port that it comes from, and its keys.
    struct Established(u16, Oscore);

    impl Peers {
        fn with_room(peers: u32) -> Peers {
            let config = SERVER.config(&CLIENT).unwrap().build().unwrap();
            let limits = Limits { peers, ..Limits::default() };
            Peers { service: Service::with_limits(&config, false, limits).unwrap(), sent: 0 }
        }

        fn ask(&mut self, port: u16, mut packet: Packet) -> Packet {
            self.sent += 1;
            packet.header.message_id = self.sent;
            let from = SocketAddr::new("2001:db8::1".parse().unwrap(), port);
            let out = self.service.receive(from, &packet.to_bytes().unwrap(), SystemTime::now()).unwrap();
            let [(to, answer)] = &out[..] else { panic!("{out:?}") };
            assert_eq!(*to, from);
            let answer = Packet::from_bytes(answer).unwrap();
            assert_eq!(answer.header.message_id, self.sent);
            answer
        }

        /// A client that has run EDHOC, in either flow.
        fn establish(&mut self, port: u16, role: Role) -> Established {
            let config = CLIENT.config(&SERVER).unwrap().build().unwrap();
            let mut edhoc = Edhoc::new(&config, role, None).unwrap();
            let mut step = edhoc.start().unwrap();
            while let Step::Send(message) = step {
                let mut packet = RequestBuilder::new(PATH, RequestType::Post).build().message;
                wire::write(&message, &mut packet);
                step = edhoc.next(&wire::response(&self.ask(port, packet))).unwrap();
            }
            Established(port, Oscore::new(&edhoc.session().unwrap().oscore_context().unwrap()).unwrap())
        }

        fn get(&mut self, client: &mut Established, path: &str) -> Result<Packet, ResponseType> {
            let request = RequestBuilder::new(path, RequestType::Get).build().message;
            let (protected, mut exchange) = client.1.protect_request(&request).unwrap();
            let answer = self.ask(client.0, protected);
            match answer.header.code {
                MessageClass::Response(code) if answer.get_option(CoapOption::Oscore).is_none() => Err(code),
                _ => Ok(client.1.unprotect_response(&answer, &mut exchange).unwrap()),
            }
        }

        fn hello(&mut self, client: &mut Established) -> Result<Packet, ResponseType> {
            self.get(client, "/hello")
        }

        fn peers(&self) -> u32 {
            self.service.endpoint.stats().unwrap().peers
        }
    }

    #[test]
    fn the_first_client_makes_room_for_another() {
        let mut peers = Peers::with_room(ROOM);
        let mut clients = VecDeque::new();
        for n in 0..3 * ROOM as u16 {
            let role = if n % 2 == 0 { Role::Initiator } else { Role::Responder };
            clients.push_back(peers.establish(5683 + n, role));
            if clients.len() > ROOM as usize {
                let mut gone = clients.pop_front().unwrap();
                assert_eq!(peers.hello(&mut gone).map(drop), Err(ResponseType::Unauthorized));
            }
            for client in &mut clients {
                assert_eq!(peers.hello(client).unwrap().payload[..17], *b"Hello demo client");
            }
            assert_eq!(peers.peers(), clients.len() as u32);
        }
    }

    #[test]
    fn who_does_not_authenticate_takes_nobodys_place() {
        let mut peers = Peers::with_room(1);
        let mut client = peers.establish(5683, Role::Initiator);
        for payload in [&b""[..], b"\xf5", b"\x05\x00", b"\x2c\x50nonsense"] {
            let mut packet = RequestBuilder::new(PATH, RequestType::Post).build().message;
            packet.payload = payload.into();
            peers.ask(5684, packet);
        }
        assert!(peers.hello(&mut client).is_ok());
        assert_eq!(peers.peers(), 1);
    }

    #[test]
    fn everybody_sees_the_links_and_no_more() {
        let mut peers = Peers::with_room(1);
        let get = |path| RequestBuilder::new(path, RequestType::Get).build().message;
        let links = peers.ask(5684, get(LINKS));
        assert_eq!(links.header.code, MessageClass::Response(ResponseType::Content));
        assert!(String::from_utf8(links.payload).unwrap().ends_with(",</hello>;osc"));
        for path in ["/hello", "/nothing"] {
            let answer = peers.ask(5684, get(path));
            assert_eq!(answer.header.code, MessageClass::Response(ResponseType::Unauthorized));
        }
        let mut client = peers.establish(5683, Role::Initiator);
        assert!(peers.get(&mut client, LINKS).unwrap().payload.ends_with(b",</hello>;osc"));
        let answer = peers.get(&mut client, "/nothing").unwrap();
        assert_eq!(answer.header.code, MessageClass::Response(ResponseType::NotFound));
    }
}
