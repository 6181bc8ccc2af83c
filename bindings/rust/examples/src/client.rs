//! The client: it runs EDHOC with a service as Initiator, then asks it under OSCORE.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use coap::request::RequestBuilder;
use coap::UdpCoAPClient;
use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};
use lake::{Config, ErrorMessage, Session, Step};

use crate::oscore::{Oscore, OscoreError};
use crate::wire;

/// How message_3 travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// By itself.
    Explicit,
    /// With the first protected request (RFC 9668), which saves a round trip. Not with message_4.
    Combined,
}

/// Why a client did not get its answer.
#[derive(Debug)]
pub enum ClientError {
    /// The network.
    Io(io::Error),
    /// EDHOC.
    Edhoc(lake::Error),
    /// OSCORE.
    Oscore(OscoreError),
    /// The server answered with an error code, maybe with an EDHOC error message.
    Refused(MessageClass, Option<ErrorMessage>),
    /// The answer was not protected.
    NotProtected,
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Io(error) => error.fmt(f),
            ClientError::Edhoc(error) => error.fmt(f),
            ClientError::Oscore(error) => error.fmt(f),
            ClientError::Refused(code, None) => write!(f, "the server answered {code}"),
            ClientError::Refused(code, Some(error)) => write!(f, "the server answered {code} and {error:?}"),
            ClientError::NotProtected => f.write_str("the answer was not protected"),
        }
    }
}

impl std::error::Error for ClientError {}

impl From<io::Error> for ClientError {
    fn from(error: io::Error) -> ClientError {
        ClientError::Io(error)
    }
}

impl From<lake::Error> for ClientError {
    fn from(error: lake::Error) -> ClientError {
        ClientError::Edhoc(error)
    }
}

impl From<OscoreError> for ClientError {
    fn from(error: OscoreError) -> ClientError {
        ClientError::Oscore(error)
    }
}

/// A client that has authenticated a server.
pub struct Client {
    coap: UdpCoAPClient,
    session: Session,
    oscore: Oscore,
    /// What still has to be sent: with the first request.
    message_3: Option<Vec<u8>>,
    requests: u32,
}

impl Client {
    /// Runs EDHOC with the server.
    pub async fn connect(server: SocketAddr, config: &Config, flow: Flow) -> Result<Client, ClientError> {
        let coap = UdpCoAPClient::new(server).await?;
        let mut session = config.initiator()?;
        let mut requests = 0;
        let mut step = session.step(&[])?;
        let message_3 = loop {
            step = match step {
                Step::Send(message) => {
                    requests += 1;
                    let answer = post(&coap, requests, body(&session, &message)?).await?;
                    let next = session.step(&answer.payload);
                    if let Err(Some(message)) = next.as_ref().map_err(lake::Error::message) {
                        // The server gets to know, too. What it says to that changes nothing.
                        let _ = post(&coap, requests + 1, body(&session, message)?).await;
                    }
                    next?
                }
                Step::Complete(None) => break None,
                Step::Complete(Some(message)) if flow == Flow::Combined => break Some(message),
                Step::Complete(Some(message)) => {
                    requests += 1;
                    let answer = post(&coap, requests, body(&session, &message)?).await?;
                    expect_success(&answer)?;
                    break None;
                }
                Step::Pending(_) => unreachable!("this config asks nothing"),
            };
        };
        let oscore = Oscore::new(&session.oscore_context()?)?;
        Ok(Client { coap, session, oscore, message_3, requests })
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Gets a resource, under OSCORE.
    pub async fn get(&mut self, path: &str) -> Result<Packet, ClientError> {
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

    async fn ask(&mut self, path: &str, echo: Option<Vec<u8>>) -> Result<Packet, ClientError> {
        self.requests += 1;
        let mut request = request(path, RequestType::Get, self.requests);
        request.message.header.message_id = self.requests as u16;
        if let Some(echo) = echo {
            request.message.add_option(wire::ECHO, echo);
        }
        let (protected, mut exchange) = self.oscore.protect_request(&request.message)?;
        request.message = protected;
        if let Some(mut message) = self.message_3.take() {
            message.append(&mut request.message.payload);
            request.message.payload = message;
            request.message.add_option(wire::COMBINED, Vec::new());
        }
        let answer = self.coap.send(request).await?.message;
        if answer.get_option(CoapOption::Oscore).is_none() {
            expect_success(&answer)?;
            return Err(ClientError::NotProtected);
        }
        Ok(self.oscore.unprotect_response(&answer, &mut exchange)?)
    }
}

/// A message as it is POSTed: message_1 after CBOR `true`, the others after C_R.
fn body(session: &Session, message: &[u8]) -> Result<Vec<u8>, ClientError> {
    Ok(match session.peer_connection_id() {
        Ok(c_r) => wire::with_id(&c_r, message),
        Err(_) => [&[wire::NEW], message].concat(), // it is not known yet
    })
}

fn request(path: &str, method: RequestType, number: u32) -> coap_lite::CoapRequest<SocketAddr> {
    RequestBuilder::new(path, method).token(Some(number.to_be_bytes().to_vec())).build()
}

/// POSTs to EDHOC: a success, or an EDHOC error message.
async fn post(coap: &UdpCoAPClient, number: u32, body: Vec<u8>) -> Result<Packet, ClientError> {
    let mut request = request(wire::PATH, RequestType::Post, number);
    request.message.header.message_id = number as u16;
    wire::set_message(&mut request.message, wire::CID_EDHOC, body);
    let answer = coap.send(request).await?.message;
    if !is_success(&answer) && ErrorMessage::parse(&answer.payload).is_err() {
        return Err(ClientError::Refused(answer.header.code, None));
    }
    Ok(answer)
}

fn is_success(answer: &Packet) -> bool {
    use ResponseType::{Changed, Content, Created, Deleted, Valid};
    matches!(answer.header.code, MessageClass::Response(Changed | Content | Created | Deleted | Valid))
}

fn expect_success(answer: &Packet) -> Result<(), ClientError> {
    if is_success(answer) {
        return Ok(());
    }
    Err(ClientError::Refused(answer.header.code, ErrorMessage::parse(&answer.payload).ok()))
}
