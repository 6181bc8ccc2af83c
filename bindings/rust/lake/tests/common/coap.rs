//! A server on CoAP, and clients of it, without a network between them.

use std::sync::mpsc;
use std::time::Duration;

use lake::coap::{Action, Client, Event, Message, Request, Response, Server, ServerBuilder, Step};
use lake::{ConfigBuilder, ErrorMessage, Question, Role};

use super::{public, Pair};

pub const CONTENT: u8 = 2 << 5 | 5;
pub const BAD_REQUEST: u8 = 4 << 5;
pub const UNAUTHORIZED: u8 = 4 << 5 | 1;

impl Pair {
    /// A config of the one that knows the other.
    pub fn of_client(&self) -> ConfigBuilder {
        self.initiator().peer_credential(&public(&self.r))
    }

    pub fn of_server(&self) -> ConfigBuilder {
        self.responder().peer_credential(&public(&self.i))
    }
}

/// A server, and what it tells.
pub struct Host {
    pub pair: Pair,
    pub server: Server,
    pub events: mpsc::Receiver<Event>,
}

impl Host {
    pub fn new(settings: impl FnOnce(&Pair, ServerBuilder) -> ServerBuilder) -> Host {
        let (tell, events) = mpsc::channel();
        let pair = Pair::new();
        let server = Server::builder(move |event| tell.send(event).map_err(|_| "nobody listens".into()));
        let server = settings(&pair, server).build().unwrap();
        Host { pair, server, events }
    }

    /// One for the forward flow.
    pub fn forward() -> Host {
        Host::new(|pair, server| server.responder(&pair.of_server().build().unwrap()))
    }

    /// One that asks its host, and knows nobody.
    pub fn pulling(questions: &[Question]) -> Host {
        Host::new(|pair, server| server.responder(&pair.responder().pull(questions).build().unwrap()))
    }

    pub fn client(&self) -> Client {
        Client::new(&self.pair.of_client().build().unwrap(), Role::Initiator, None).unwrap()
    }

    /// The next event.
    pub fn event(&self) -> Event {
        self.events.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    /// Takes a client to where its last message is to be sent: message_3, or message_2 in the reverse flow.
    pub fn message_3(&self, client: &mut Client) -> Message {
        let Step::Send(mut request) = client.start().unwrap() else { panic!() };
        loop {
            let answer = answered(&self.server, &Request { peer: b"somewhere", ..Request::from(&request) });
            let Step::Send(next) = client.next(&Response::from(&answer)).unwrap() else { panic!() };
            let challenged = next.payload == request.payload;
            request = next;
            if !challenged {
                return request;
            }
        }
    }
}

/// What a server answers to a request.
pub fn answered(server: &Server, request: &Request<'_>) -> Message {
    match server.handle(request).unwrap().action {
        Action::Send(answer) => answer,
        action => panic!("{action:?}"),
    }
}

/// What it answers to a message of a client.
pub fn post(server: &Server, message: &Message, message_id: u16) -> Message {
    answered(server, &Request { peer: b"somewhere", message_id: Some(message_id), ..Request::from(message) })
}

/// Runs a client to its end: what it has sent.
pub fn run(server: &Server, client: &mut Client) -> Result<Vec<Message>, lake::Error> {
    let mut sent = Vec::new();
    let mut step = client.start()?;
    while let Step::Send(request) = step {
        sent.push(request.clone());
        step = client.next(&Response::from(&post(server, &request, sent.len() as u16)))?;
    }
    assert_eq!(step, Step::Done);
    Ok(sent)
}

/// The error message in an answer.
pub fn error_of(answer: &Message) -> ErrorMessage {
    ErrorMessage::parse(&answer.payload).unwrap()
}

/// Whether an answer is 4.00 with an error message of code 1.
pub fn bad_request(answer: &Message) -> bool {
    answer.code == BAD_REQUEST && matches!(error_of(answer), ErrorMessage::Unspecified(_))
}
