//! The client: it runs EDHOC with a service, then asks it under OSCORE.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::SocketAddr;

use coap::request::RequestBuilder;
use coap::UdpCoAPClient;
use coap_lite::{CoapOption, CoapRequest, MessageClass, Packet, RequestType, ResponseType};
use lake::coap::{self as edhoc, Message, Resource, Step};
use lake::{BoxError, Config, Role, State};

use crate::oscore::Oscore;
use crate::wire;

/// How the messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The client is the Initiator.
    Forward,
    /// The same, but message_3 goes with the first protected request (RFC 9668), which saves a
    /// round trip. Not with message_4.
    Combined,
    /// The client is the Responder.
    Reverse,
}

/// A client that has authenticated a server.
pub struct Client {
    link: Link,
    edhoc: edhoc::Client,
    oscore: Oscore,
}

/// Where the server is.
struct Link {
    coap: UdpCoAPClient,
    edhoc: String,
    requests: u32,
    numbers: Numbers,
}

/// Message ids and tokens, from a beginning that others do not know (RFC 7252 sections 4.4 and
/// 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Numbers {
    message_id: u16,
    token: u32,
}

impl Numbers {
    fn new() -> Numbers {
        let random = RandomState::new().build_hasher().finish();
        Numbers { message_id: (random >> 32) as u16, token: random as u32 }
    }

    fn next(&mut self) -> Numbers {
        *self = Numbers { message_id: self.message_id.wrapping_add(1), token: self.token.wrapping_add(1) };
        *self
    }
}

impl Client {
    /// Runs EDHOC with the server; `discover`: asks it first where its EDHOC is, and what it does.
    pub async fn connect(
        server: SocketAddr,
        config: &Config,
        mut flow: Flow,
        discover: bool,
    ) -> Result<Client, BoxError> {
        let mut link = Link {
            coap: UdpCoAPClient::new(server).await?,
            edhoc: edhoc::PATH.into(),
            requests: 0,
            numbers: Numbers::new(),
        };
        let role = if flow == Flow::Reverse { Role::Responder } else { Role::Initiator };
        let mut edhoc = edhoc::Client::new(config, role, None)?;
        if discover {
            let answer = link.send(request("/.well-known/core", RequestType::Get)).await?;
            expect_success(&answer)?;
            let links = String::from_utf8_lossy(&answer.payload);
            link.edhoc = edhoc.discover(&links)?;
            let combines = |found: &Resource| found.path == link.edhoc && found.profile.combined_request == Some(true);
            if flow == Flow::Combined && !Resource::read_links(&links)?.iter().any(combines) {
                flow = Flow::Forward;
            }
        }
        let mut step = edhoc.start()?;
        while let Step::Send(message) = step {
            if flow == Flow::Combined && edhoc.session()?.info()?.state == State::WaitMessage4 {
                break; // this is message_3, which waits for the first protected request
            }
            let answer = link.post(&message).await?;
            let next = edhoc.next(&wire::response(&answer));
            if let Some(message) = edhoc.error_message() {
                let _ = link.post(&message).await; // what the server says to that changes nothing
            }
            step = next?;
        }
        let oscore = Oscore::new(&edhoc.session()?.oscore_context()?)?;
        Ok(Client { link, edhoc, oscore })
    }

    /// The run of EDHOC.
    pub fn edhoc(&mut self) -> &mut edhoc::Client {
        &mut self.edhoc
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u32 {
        self.link.requests
    }

    /// Gets a resource, under OSCORE.
    pub async fn get(&mut self, path: &str) -> Result<Packet, BoxError> {
        let answer = self.ask(path, None).await?;
        // A server that is not sure whether a request is fresh wants to hear an echo.
        let echo = answer.get_first_option(wire::ECHO).cloned();
        let answer = match echo {
            Some(echo) if !is_success(&answer) => self.ask(path, Some(echo)).await?,
            _ => answer,
        };
        expect_success(&answer)?;
        Ok(answer)
    }

    async fn ask(&mut self, path: &str, echo: Option<Vec<u8>>) -> Result<Packet, BoxError> {
        let mut request = request(path, RequestType::Get);
        self.link.number(&mut request);
        if let Some(echo) = echo {
            request.message.add_option(wire::ECHO, echo);
        }
        let (mut protected, mut exchange) = self.oscore.protect_request(&request.message)?;
        let combined = !self.edhoc.is_done();
        if combined {
            protected.payload = self.edhoc.combine(&protected.payload, 0, 0)?.payload;
            protected.add_option(wire::EDHOC, Vec::new());
        }
        request.message = protected;
        let answer = self.link.coap.send(request).await?.message;
        if answer.get_option(CoapOption::Oscore).is_none() {
            if combined {
                let _ = self.edhoc.next(&wire::response(&answer))?; // which says what was wrong
            }
            expect_success(&answer)?;
            return Err("the answer was not protected".into());
        }
        let answer = self.oscore.unprotect_response(&answer, &mut exchange)?;
        if combined {
            self.edhoc.verified()?;
        }
        Ok(answer)
    }
}

impl Link {
    /// POSTs a message of EDHOC.
    async fn post(&mut self, message: &Message) -> io::Result<Packet> {
        let mut request = request(&self.edhoc, RequestType::Post);
        wire::write(message, &mut request.message);
        self.send(request).await
    }

    async fn send(&mut self, mut request: CoapRequest<SocketAddr>) -> io::Result<Packet> {
        self.number(&mut request);
        Ok(self.coap.send(request).await?.message)
    }

    fn number(&mut self, request: &mut CoapRequest<SocketAddr>) {
        self.requests += 1;
        let Numbers { message_id, token } = self.numbers.next();
        request.message.header.message_id = message_id;
        request.message.set_token(token.to_be_bytes().to_vec());
    }
}

fn request(path: &str, method: RequestType) -> CoapRequest<SocketAddr> {
    RequestBuilder::new(path, method).build()
}

fn is_success(answer: &Packet) -> bool {
    use ResponseType::{Changed, Content, Created, Deleted, Valid};
    matches!(answer.header.code, MessageClass::Response(Changed | Content | Created | Deleted | Valid))
}

fn expect_success(answer: &Packet) -> Result<(), BoxError> {
    match is_success(answer) {
        true => Ok(()),
        false => Err(format!("the server answered {}", answer.header.code).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use std::collections::HashSet;

    #[test]
    fn numbers_begin_anywhere_and_do_not_repeat() {
        let firsts: HashSet<_> = (0..16).map(|_| Numbers::new()).collect();
        assert!(firsts.len() > 8, "{firsts:?}");
        for start in [Numbers::new(), Numbers { message_id: u16::MAX, token: u32::MAX }] {
            let mut numbers = start;
            let (ids, tokens): (HashSet<_>, HashSet<_>) =
                (0..1000).map(|_| numbers.next()).map(|next| (next.message_id, next.token)).unzip();
            assert_eq!((ids.len(), tokens.len()), (1000, 1000));
        }
    }
}
