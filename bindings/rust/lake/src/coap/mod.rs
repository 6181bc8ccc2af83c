//! EDHOC over CoAP (RFC 9528 appendix A.2), and the combined request of RFC 9668.
//!
//! There are no sockets in it, and nothing waits: any CoAP stack carries what a [`Server`] and a
//! [`Client`] say. A server takes each request that arrives, and says what to answer; runs,
//! connection identifiers, repeated datagrams, floods and errors are its business. A client
//! says what to send, and takes the answers. Bodies in blocks (RFC 7959) come and go whole.
//!
//! Here they talk to each other without a stack between them:
//!
//! ```
//! use std::sync::mpsc;
//! use lake::coap::{Action, Client, EventKind, Request, Response, Server, Step};
//! use lake::{Config, Credential, KeyKind, Role};
//!
//! # let keys = |kid: &[u8]| -> Result<Credential, lake::Error> {
//! #     let (private, public) = lake::generate_keypair(KeyKind::P256)?;
//! #     Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
//! # };
//! # let (i, r) = (keys(b"\x01")?, keys(b"\x02")?);
//! let of_client = Config::builder().own_credential(&i).peer_credential(&r).build()?;
//! let of_server = Config::builder().own_credential(&r).peer_credential(&i).build()?;
//!
//! let (contexts, installed) = mpsc::channel();
//! let server = Server::builder(move |event| {
//!     match event.kind {
//!         // Install the OSCORE context here: the answer is not out yet.
//!         EventKind::Established(session) => contexts.send(session.oscore_context()?)?,
//!         EventKind::Failed(error) => eprintln!("a run of {:?} failed: {error}", event.peer),
//!         EventKind::Pending(..) => unreachable!("this config asks nothing"),
//!     }
//!     Ok(())
//! });
//! let server = server.responder(&of_server).build()?;
//!
//! let mut client = Client::new(&of_client, Role::Initiator, None)?;
//! let mut step = client.start()?;
//! let mut message_id = 0;
//! while let Step::Send(request) = step {
//!     message_id += 1;
//!     let request = Request { peer: b"[::1]:5683", message_id: Some(message_id), ..Request::from(&request) };
//!     let Action::Send(answer) = server.handle(&request)?.action else { unreachable!() };
//!     step = client.next(&Response::from(&answer))?;
//! }
//! assert_eq!(step, Step::Done);
//!
//! let (ours, theirs) = (client.session()?.oscore_context()?, installed.recv()?);
//! assert_eq!(ours.master_secret.expose(), theirs.master_secret.expose());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
pub(crate) mod event;
mod ids;
mod links;
mod message;
mod profile;
mod server;

pub use client::{Client, ClientSession, Combined, Step};
pub use event::{Event, EventKind, PendingSession};
pub use ids::Ids;
pub use links::Resource;
pub use message::{Message, Request, Response};
pub use profile::{Advertised, Profile};
pub use server::{Action, Answer, Limits, Server, ServerBuilder, Stats};

use lake_sys as sys;

/// Where EDHOC is, unless a link says otherwise.
pub const PATH: &str = "/.well-known/edhoc";

/// The option OSCORE (RFC 8613).
pub const OPTION_OSCORE: u16 = sys::LAKE_COAP_OPTION_OSCORE as u16;
/// The option EDHOC (RFC 9668): of a combined request.
pub const OPTION_EDHOC: u16 = sys::LAKE_COAP_OPTION_EDHOC as u16;
/// The option Echo (RFC 9175).
pub const OPTION_ECHO: u16 = sys::LAKE_COAP_OPTION_ECHO as u16;

/// The Content-Format application/edhoc+cbor-seq: of what a server sends.
pub const FORMAT_EDHOC: u16 = sys::LAKE_COAP_FORMAT_EDHOC as u16;
/// The Content-Format application/cid-edhoc+cbor-seq: of what a client sends.
pub const FORMAT_CID_EDHOC: u16 = sys::LAKE_COAP_FORMAT_CID_EDHOC as u16;

/// The code POST. In codes, the class is in the upper 3 bits, the detail in the lower 5.
pub const CODE_POST: u8 = sys::LAKE_COAP_CODE_POST as u8;
/// The code 2.04.
pub const CODE_CHANGED: u8 = sys::LAKE_COAP_CODE_CHANGED as u8;
