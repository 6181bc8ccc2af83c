//! What goes to other threads, and what several may use at once: it holds if this compiles.

use lake::coap::{Advertised, Client, Event, Ids, Message, PendingSession, Profile, Server, ServerBuilder};
use lake::{
    BoxError, Config, ConfigBuilder, Credential, EadItem, Error, ErrorMessage, OscoreContext, ResumptionStore, Secret,
    Session, Status,
};

fn is_send<T: Send + 'static>() {}
fn is_shared<T: Send + Sync + 'static>() {}
fn is_error<T: std::error::Error + Send + Sync + 'static>() {}

#[test]
fn threads() {
    is_shared::<Config>();
    is_shared::<Credential>();
    is_shared::<ResumptionStore>();
    is_shared::<Server>();
    is_shared::<Ids>();
    is_shared::<(EadItem, ErrorMessage, OscoreContext, Secret, Status)>();
    is_shared::<(Advertised, Message, Profile)>();

    // One thread at a time: the host's data in a session is only Send.
    is_send::<Session>();
    is_send::<Client>();
    is_send::<PendingSession>();
    is_send::<Event>();
    is_send::<ConfigBuilder>();
    is_send::<ServerBuilder>();
}

#[test]
fn errors() {
    is_error::<Error>();
    let boxed: BoxError = Credential::from_ccs(b"nonsense").unwrap_err().into();
    assert!(boxed.downcast_ref::<Error>().is_some_and(|error| error.status() == Status::CredentialMalformed));
    assert!(boxed.source().is_none(), "no closure of the host failed");
}
