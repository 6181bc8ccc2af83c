//! `lake::endpoint` underneath the crate coap, which knows nothing of EDHOC and OSCORE: a listener
//! for its server, a transport for its client.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use coap::client::ClientTransport;
use coap::server::{Listener, Responder, TransportRequestSender};
use lake::endpoint::{Action, Endpoint, Event, PeerId, To};
use lake::{Credential, Error};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::{channel, Receiver, Sender};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// More than any datagram.
const DATAGRAM: usize = 65536;
/// Datagrams between the endpoint and the stack, at most.
const QUEUE: usize = 256;
/// How long the endpoint is left alone at most: the clock may be set back.
const REST: Duration = Duration::from_secs(60);

/// An endpoint, between a socket and a stack.
pub struct Underlay {
    socket: UdpSocket,
    peers: Peers,
    to_network: Sender<(Whom, Vec<u8>)>,
    from_stack: Receiver<(Whom, Vec<u8>)>,
}

/// Those who have authenticated, for handlers.
#[derive(Clone)]
pub struct Peers(Arc<Mutex<Endpoint>>);

/// Whom a datagram of the stack is for.
#[derive(Clone, Copy)]
enum Whom {
    Peer(PeerId),
    Address(SocketAddr),
}

/// What the stack gets: a datagram and who sent it, or that a run came to nothing.
type Delivery = Result<(PeerId, Vec<u8>), Error>;

impl Peers {
    /// The credential of who sent a request: that is what its source says.
    pub fn credential(&self, source: SocketAddr) -> Option<Credential> {
        let IpAddr::V6(number) = source.ip() else { return None };
        let peer = PeerId::from_number(u128::from(number).try_into().ok()?)?;
        self.endpoint().peer_credential(peer).ok()
    }

    fn endpoint(&self) -> MutexGuard<'_, Endpoint> {
        self.0.lock().expect("nobody panics with an endpoint")
    }
}

/// The address of a peer, for the stack: it has one of its own, so that its tokens, message IDs and
/// observations do.
fn address_of(peer: PeerId) -> SocketAddr {
    SocketAddr::new(Ipv6Addr::from(peer.number() as u128).into(), 0)
}

impl Underlay {
    /// One on a socket. Nothing of the endpoint outlives the process here.
    pub fn new(socket: UdpSocket, endpoint: Endpoint) -> Underlay {
        let (to_network, from_stack) = channel(QUEUE);
        Underlay { socket, peers: Peers(Arc::new(Mutex::new(endpoint))), to_network, from_stack }
    }

    /// Where it listens.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Those who have authenticated.
    pub fn peers(&self) -> Peers {
        self.peers.clone()
    }

    /// The transport for a client of one server. A run begins with what it sends first.
    pub fn connect(self, server: SocketAddr) -> Connection {
        let (deliver, from_server) = channel(QUEUE);
        let to_network = self.to_network.clone();
        tokio::spawn(self.run(move |delivery| {
            let _ = deliver.try_send(delivery); // datagrams may be lost
        }));
        Connection { server, to_network, from_server: from_server.into() }
    }

    /// Tells the endpoint what there is to tell, and does what it wants done, for ever.
    async fn run(mut self, deliver: impl Fn(Delivery) + Send) -> io::Result<()> {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            let due = self.peers.endpoint().due().map_err(io::Error::other)?;
            let rest = due.map_or(REST, |due| due.duration_since(SystemTime::now()).unwrap_or_default().min(REST));
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    let Ok((length, from)) = received else { continue }; // nobody is at a port
                    let from = from.to_string();
                    self.peers.endpoint().receive(from.as_bytes(), &buffer[..length], SystemTime::now())
                }
                Some((whom, datagram)) = self.from_stack.recv() => self.send(whom, &datagram),
                () = sleep(rest) => self.peers.endpoint().tick(SystemTime::now()),
            }
            .map_err(io::Error::other)?;
            self.work(&deliver).map_err(io::Error::other)?;
        }
    }

    fn send(&self, whom: Whom, datagram: &[u8]) -> Result<(), Error> {
        let (address, peer);
        let to = match whom {
            Whom::Peer(number) => {
                peer = number;
                To::Peer(peer)
            }
            Whom::Address(server) => {
                address = server.to_string();
                To::Address(address.as_bytes())
            }
        };
        if let Err(error) = self.peers.endpoint().send(to, datagram, SystemTime::now()) {
            eprintln!("not sent: {error}"); // such as to a peer that is gone
        }
        Ok(())
    }

    fn work(&self, deliver: &impl Fn(Delivery)) -> Result<(), Error> {
        while let Some(action) = { self.peers.endpoint().next_action()? } {
            match action {
                Action::Send { to, datagram } => {
                    let to: Option<SocketAddr> = String::from_utf8(to).ok().and_then(|to| to.parse().ok());
                    if let Some(to) = to {
                        let _ = self.socket.try_send_to(&datagram, to); // datagrams may be lost
                    }
                }
                Action::Deliver { peer: Some(peer), datagram, .. } => deliver(Ok((peer, datagram))),
                Action::Event(Event::Failed { error, .. }) => deliver(Err(error)),
                Action::Deliver { peer: None, .. } | Action::Event(_) | Action::Save => {}
            }
        }
        Ok(())
    }
}

// --- A server's side ---------------------------------------------------------------------------

#[async_trait]
impl Listener for Underlay {
    async fn listen(self: Box<Self>, sender: TransportRequestSender) -> io::Result<JoinHandle<io::Result<()>>> {
        let to_network = self.to_network.clone();
        Ok(tokio::spawn(self.run(move |delivery| match delivery {
            Ok((peer, datagram)) => {
                // The crate's queue has no bounds: those of the endpoint have to do (Limits).
                let _ = sender.send((datagram, Arc::new(PeerResponder { peer, to_network: to_network.clone() })));
            }
            Err(error) => eprintln!("a run failed: {error}"),
        })))
    }
}

struct PeerResponder {
    peer: PeerId,
    to_network: Sender<(Whom, Vec<u8>)>,
}

#[async_trait]
impl Responder for PeerResponder {
    async fn respond(&self, response: Vec<u8>) {
        let _ = self.to_network.send((Whom::Peer(self.peer), response)).await;
    }

    fn address(&self) -> SocketAddr {
        address_of(self.peer)
    }
}

// --- A client's side ---------------------------------------------------------------------------

/// The transport for a client.
pub struct Connection {
    server: SocketAddr,
    to_network: Sender<(Whom, Vec<u8>)>,
    from_server: tokio::sync::Mutex<Receiver<Delivery>>,
}

#[async_trait]
impl ClientTransport for Connection {
    async fn recv(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddr>)> {
        let received = self.from_server.lock().await.recv().await;
        let (_, datagram) = received.ok_or(io::ErrorKind::ConnectionAborted)?.map_err(io::Error::other)?;
        let length = datagram.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram[..length]);
        Ok((length, Some(self.server)))
    }

    async fn send(&self, datagram: &[u8]) -> io::Result<usize> {
        let sent = self.to_network.send((Whom::Address(self.server), datagram.to_vec())).await;
        sent.map(|()| datagram.len()).map_err(|_| io::ErrorKind::ConnectionAborted.into())
    }
}
