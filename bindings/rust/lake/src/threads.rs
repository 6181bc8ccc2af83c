//! What may go to another thread, and what several may use at once: it holds if this compiles.
//! What is only [`Send`] is used by one thread at a time:
//!
//! ```compile_fail,E0277
//! fn is_shared<T: Sync>() {}
//! is_shared::<lake::Session>();
//! ```
//! ```compile_fail,E0277
//! fn is_shared<T: Sync>() {}
//! is_shared::<lake::coap::Client>();
//! ```
//! ```compile_fail,E0277
//! fn is_shared<T: Sync>() {}
//! is_shared::<lake::coap::PendingSession>();
//! ```
//! ```compile_fail,E0277
//! fn is_shared<T: Sync>() {}
//! is_shared::<lake::endpoint::Endpoint>();
//! ```

use crate::coap::{
    Advertised, Client, ClientSession, Event, Ids, Message, PendingSession, Profile, Server, ServerBuilder,
};
use crate::endpoint::{self, Endpoint, EndpointBuilder};
use crate::{
    BoxError, Config, ConfigBuilder, Credential, CredentialInfo, EadItem, Error, ErrorMessage, OscoreContext, Pending,
    ResumptionStore, Secret, Session, SessionInfo, Status,
};

const fn is_send<T: Send>() {}
const fn is_shared<T: Send + Sync + 'static>() {}
const fn is_error<T: std::error::Error + Send + Sync + 'static>() {}

const _: () = {
    is_shared::<Config>();
    is_shared::<ConfigBuilder>();
    is_shared::<Credential>();
    is_shared::<ResumptionStore>();
    is_shared::<Server>();
    is_shared::<ServerBuilder>();
    is_shared::<Ids>();
    is_shared::<EndpointBuilder>();

    // The host's data in a session is only Send.
    is_send::<Session>();
    is_send::<Client>();
    is_send::<ClientSession<'_>>();
    is_send::<PendingSession>();
    is_send::<Event>();
    is_send::<Endpoint>();
    is_send::<endpoint::Action>();

    is_shared::<(CredentialInfo, EadItem, ErrorMessage, OscoreContext, Secret, SessionInfo, Status)>();
    is_shared::<(Advertised, Message, Profile)>();
    is_shared::<(endpoint::PeerId, endpoint::Peer, endpoint::Stats, endpoint::Limits)>();
    is_shared::<BoxError>();
    is_error::<Error>();
    is_error::<Pending>();
};
