//! The service: EDHOC at `/.well-known/edhoc`, and `/hello` for those who come with its keys.
//!
//! A run belongs to the connection identifier C_R that the service gave it, never to an
//! address. Nothing here waits, and nothing does I/O: a packet in, a packet out.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use coap_lite::{CoapOption, CoapRequest, MessageClass, Packet, RequestType, ResponseType};
use lake::{Config, ErrorMessage, Group, Session, State, Step};

use crate::oscore::{self, Oscore, OscoreError};
use crate::wire;

/// Runs that wait for message_3, at most.
const RUNS: usize = 256;
/// How long they wait.
const PATIENCE: Duration = Duration::from_secs(60);
/// Answers that are kept for requests that come again.
const ANSWERS: usize = 256;

/// A service. It is shared by all requests.
pub struct Service {
    config: Config,
    message_4: bool,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    runs: HashMap<Vec<u8>, Run>,
    clients: HashMap<Vec<u8>, Client>,
    answers: VecDeque<(Request, Packet)>,
}

struct Run {
    session: Session,
    since: Instant,
}

/// One who has authenticated.
struct Client {
    oscore: Oscore,
    who: String,
    receipt: Vec<u8>,
}

/// What makes a request the same one: sender, message id, token.
type Request = (Option<SocketAddr>, u16, Vec<u8>);

impl Service {
    /// A service with the credentials of a config. `message_4`: whether that is part of the
    /// protocol, as the config says.
    pub fn new(config: Config, message_4: bool) -> Service {
        Service { config, message_4, table: Mutex::default() }
    }

    /// Answers a request.
    pub fn answer(&self, request: &mut CoapRequest<SocketAddr>) {
        let Some(response) = &mut request.response else { return };
        let same = (request.source, request.message.header.message_id, request.message.get_token().to_vec());
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        // A datagram that comes twice is not answered twice.
        if let Some((_, answer)) = table.answers.iter().find(|(request, _)| *request == same) {
            response.message = answer.clone();
            return;
        }
        self.respond(&mut table, &request.message, &mut response.message);
        if table.answers.len() == ANSWERS {
            table.answers.pop_front();
        }
        table.answers.push_back((same, response.message.clone()));
    }

    /// The keys of everybody who has authenticated, by C_R: for tests.
    pub fn clients(&self) -> Vec<(Vec<u8>, String)> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.clients.iter().map(|(id, client)| (id.clone(), client.who.clone())).collect()
    }

    fn respond(&self, table: &mut Table, request: &Packet, response: &mut Packet) {
        if request.get_option(CoapOption::Oscore).is_some() {
            return self.protected(table, request, response);
        }
        match (request.header.code, wire::path(request).as_str()) {
            (MessageClass::Request(RequestType::Post), wire::PATH) => self.edhoc(table, request, response),
            (MessageClass::Request(RequestType::Get), "hello") => set_code(response, ResponseType::Unauthorized),
            _ => set_code(response, ResponseType::NotFound),
        }
    }

    // EDHOC.

    fn edhoc(&self, table: &mut Table, request: &Packet, response: &mut Packet) {
        match wire::content_format(request) {
            None => {}
            Some(format) if format == u16::from(wire::CID_EDHOC) => {}
            Some(_) => return set_code(response, ResponseType::UnsupportedContentFormat),
        }
        match (request.payload.split_first(), wire::split_id(&request.payload)) {
            (Some((&wire::NEW, message)), _) => self.message_1(table, message, response),
            (_, Some((c_r, message))) => {
                let message_4 = table.message_3(c_r, message, response);
                if let Some(Some(message)) = message_4 {
                    wire::set_message(response, wire::EDHOC, message);
                }
            }
            _ => refuse(response, ResponseType::BadRequest, "no connection identifier"),
        }
    }

    fn message_1(&self, table: &mut Table, message: &[u8], response: &mut Packet) {
        table.runs.retain(|_, run| run.since.elapsed() < PATIENCE);
        if table.runs.len() == RUNS {
            let oldest = table.runs.iter().min_by_key(|(_, run)| run.since).map(|(id, _)| id.clone());
            table.runs.remove(&oldest.expect("there are some")); // it makes room
        }
        match self.message_2(table, message) {
            Ok(message_2) => {
                set_code(response, ResponseType::Changed);
                wire::set_message(response, wire::EDHOC, message_2);
            }
            Err(error) => failed(response, &error),
        }
    }

    fn message_2(&self, table: &mut Table, message_1: &[u8]) -> Result<Vec<u8>, lake::Error> {
        let mut session = self.config.responder()?;
        let _ = session.process_message_1(message_1)?; // this config asks nothing
        let c_i = session.peer_connection_id()?;
        let c_r = table.free_id(&c_i);
        session.set_connection_id(&c_r)?;
        let Step::Send(message_2) = session.step(&[])? else { unreachable!("message_3 is to come") };
        table.runs.insert(c_r, Run { session, since: Instant::now() });
        Ok(message_2)
    }

    // OSCORE.

    fn protected(&self, table: &mut Table, request: &Packet, response: &mut Packet) {
        let Some(c_r) = oscore::kid(request) else { return set_code(response, ResponseType::BadOption) };
        let mut request = request.clone();
        if request.get_option(wire::COMBINED).is_some() {
            let Some((message_3, rest)) = wire::split_message_3(&request.payload) else {
                return refuse(response, ResponseType::BadRequest, "no message_3");
            };
            if self.message_4 {
                return refuse(response, ResponseType::BadRequest, "message_4 is needed");
            }
            if table.message_3(&c_r, message_3, response).is_none() {
                return; // which has put the error into the response
            }
            request.payload = rest.to_vec();
            request.clear_option(wire::COMBINED);
        }
        let Some(client) = table.clients.get_mut(&c_r) else { return set_code(response, ResponseType::Unauthorized) };
        match client.hello(&request, response) {
            Ok(protected) => *response = protected,
            Err(OscoreError::Replay) => set_code(response, ResponseType::Unauthorized),
            Err(_) => set_code(response, ResponseType::BadRequest),
        }
    }
}

impl Table {
    /// A connection identifier that nobody has: one byte, if there is one.
    fn free_id(&self, c_i: &[u8]) -> Vec<u8> {
        let one = (0..=0x17).chain(0x20..=0x37).map(|byte| vec![byte]);
        let two = (0..=u16::MAX).map(|number| number.to_be_bytes().to_vec());
        let free = |id: &Vec<u8>| id != c_i && !self.runs.contains_key(id) && !self.clients.contains_key(id);
        one.chain(two).find(free).expect("there are fewer clients than identifiers")
    }

    /// Ends the run of C_R with message_3: message_4, if there is one, or `None` if it failed.
    fn message_3(&mut self, c_r: &[u8], message: &[u8], response: &mut Packet) -> Option<Option<Vec<u8>>> {
        let Some(run) = self.runs.get_mut(c_r) else {
            refuse(response, ResponseType::BadRequest, "no such run");
            if ErrorMessage::parse(message).is_ok() {
                response.payload.clear(); // an error message is never answered by one
            }
            return None;
        };
        let finished = run.session.step(message);
        let installed = finished.and_then(|step| match step {
            Step::Complete(message_4) => Client::new(&run.session).map(|client| (client, message_4)),
            step => unreachable!("{step:?} after message_3"), // this config asks nothing
        });
        match installed {
            Ok((client, message_4)) => {
                self.runs.remove(c_r);
                self.clients.insert(c_r.to_vec(), client);
                set_code(response, ResponseType::Changed);
                Some(message_4)
            }
            Err(error) => {
                failed(response, &error);
                if error.status().group() == Group::Peer {
                    set_code(response, ResponseType::Changed); // an error message has arrived
                }
                // Nonsense ends no run: anybody can send it.
                if run.session.state() == State::Failed {
                    self.runs.remove(c_r);
                }
                None
            }
        }
    }
}

impl Client {
    fn new(session: &Session) -> Result<Client, lake::Error> {
        Ok(Client {
            oscore: Oscore::new(&session.oscore_context()?).expect("the suites of the config fit OSCORE"),
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
            (MessageClass::Request(RequestType::Get), "hello") => {
                set_code(&mut response, ResponseType::Content);
                response.add_option(CoapOption::ETag, self.receipt.clone());
                response.payload = format!("Hello {}", self.who).into_bytes();
            }
            _ => set_code(&mut response, ResponseType::NotFound),
        }
        self.oscore.protect_response(&response, &mut exchange)
    }
}

fn set_code(response: &mut Packet, code: ResponseType) {
    response.header.code = MessageClass::Response(code);
}

/// Answers with an error that is not about a run. The texts are few and fixed.
fn refuse(response: &mut Packet, code: ResponseType, text: &str) {
    set_code(response, code);
    let message = ErrorMessage::Unspecified(text.into()).encode().expect("the text has no zero");
    wire::set_message(response, wire::EDHOC, message);
}

/// Answers what went wrong in a run.
fn failed(response: &mut Packet, error: &lake::Error) {
    let ours = error.status().group() == Group::Process;
    set_code(response, if ours { ResponseType::InternalServerError } else { ResponseType::BadRequest });
    if let Some(message) = error.message() {
        wire::set_message(response, wire::EDHOC, message.to_vec());
    }
}
