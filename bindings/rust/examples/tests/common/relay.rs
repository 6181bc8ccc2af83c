//! A relay that looks at what passes: whether it was protected, which libcoap's own OSCORE does not
//! tell, and whether it went in blocks.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use coap_lite::block_handler::BlockValue;
use coap_lite::{CoapOption, MessageClass, Packet, ResponseType};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// More than any datagram.
const MAX: usize = 65536;

/// Stands between clients and a server on loopback, and keeps what they say.
pub struct Relay {
    pub address: SocketAddr,
    said: Arc<Mutex<Said>>,
    _tasks: JoinSet<()>, // which end with it
}

/// Datagrams, with the address of the client.
#[derive(Default)]
struct Said {
    requests: Vec<(SocketAddr, Vec<u8>)>,
    answers: Vec<(SocketAddr, Vec<u8>)>,
}

impl Relay {
    /// Starts one to a server.
    pub async fn start(server: SocketAddr) -> Relay {
        let front = Arc::new(loopback().await);
        let address = front.local_addr().unwrap();
        let said: Arc<Mutex<Said>> = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(forth(front, server, said.clone()));
        Relay { address, said, _tasks: tasks }
    }

    pub fn port(&self) -> String {
        self.address.port().to_string()
    }

    /// Whether protected requests were answered, all of them under OSCORE (RFC 8613 section 4),
    /// and the secret was not seen. An answer has no more than the option OSCORE, the code 2.04
    /// or 2.05, and a ciphertext.
    pub fn was_protected(&self, secret: &str) -> Result<(), &'static str> {
        let said = self.said.lock().unwrap();
        let mut protected = HashSet::new();
        for (client, datagram) in &said.requests {
            let request = Packet::from_bytes(datagram).map_err(|_| "a request that is not of CoAP")?;
            if request.get_option(CoapOption::Oscore).is_some() {
                protected.insert((*client, request.get_token().to_vec()));
            }
        }
        let mut answered = false;
        for (client, datagram) in &said.answers {
            let answer = Packet::from_bytes(datagram).map_err(|_| "an answer that is not of CoAP")?;
            if !protected.contains(&(*client, answer.get_token().to_vec())) {
                continue;
            }
            use ResponseType::{Changed, Content};
            if !matches!(answer.header.code, MessageClass::Response(Changed | Content)) {
                return Err("an answer with a code that is not of OSCORE");
            }
            if !answer.options().map(|(number, _)| *number).eq([u16::from(CoapOption::Oscore)]) {
                return Err("an answer with other options than OSCORE");
            }
            if answer.payload.len() <= secret.len() {
                return Err("an answer that is too short");
            }
            answered = true;
        }
        let all = said.requests.iter().chain(&said.answers);
        match all.into_iter().any(|(_, datagram)| datagram.windows(secret.len()).any(|part| part == secret.as_bytes()))
        {
            true => Err("the secret was seen"),
            false if answered => Ok(()),
            false => Err("no protected request was answered"),
        }
    }

    /// Whether requests came in more than one block, and answers (RFC 7959).
    pub fn blocks(&self) -> (bool, bool) {
        let said = self.said.lock().unwrap();
        let later = |datagrams: &[(SocketAddr, Vec<u8>)], option| {
            datagrams.iter().any(|(_, datagram)| {
                let packet = Packet::from_bytes(datagram).unwrap();
                packet.get_first_option_as::<BlockValue>(option).is_some_and(|block| block.unwrap().num > 0)
            })
        };
        (later(&said.requests, CoapOption::Block1), later(&said.answers, CoapOption::Block2))
    }
}

async fn forth(front: Arc<UdpSocket>, server: SocketAddr, said: Arc<Mutex<Said>>) {
    let (mut backs, mut tasks, mut buffer) = (HashMap::new(), JoinSet::new(), vec![0; MAX]);
    while let Ok((length, client)) = front.recv_from(&mut buffer).await {
        said.lock().unwrap().requests.push((client, buffer[..length].to_vec()));
        let back = match backs.entry(client) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let back = Arc::new(loopback().await);
                tasks.spawn(fro(back.clone(), front.clone(), client, said.clone()));
                new.insert(back)
            }
        };
        back.send_to(&buffer[..length], server).await.unwrap();
    }
}

async fn fro(back: Arc<UdpSocket>, front: Arc<UdpSocket>, client: SocketAddr, said: Arc<Mutex<Said>>) {
    let mut buffer = vec![0; MAX];
    while let Ok(length) = back.recv(&mut buffer).await {
        said.lock().unwrap().answers.push((client, buffer[..length].to_vec()));
        front.send_to(&buffer[..length], client).await.unwrap();
    }
}

async fn loopback() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").await.unwrap()
}
