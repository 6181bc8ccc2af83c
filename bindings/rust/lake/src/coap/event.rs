//! What happens to the runs of a server.

use std::ffi::c_void;
use std::ops::{Deref, DerefMut};

use lake_sys as sys;

use crate::callback;
use crate::{ffi, BoxError, Config, Error, Pending, Role, Session, Status};

/// What happened to a run. It is [`Send`]. It is told during the call on the server that it comes from, which
/// may be about another run: one that has become too old, or makes room.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event {
    /// Who began the run: [`Request::peer`](super::Request::peer).
    pub peer: Vec<u8>,
    /// The connection identifier of this side: the Recipient ID of the OSCORE context.
    pub id: Vec<u8>,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of [`Event`].
#[derive(Debug)]
pub enum EventKind {
    /// Both sides have the keys. Set up what [`Session::oscore_context`] gives: the answer waits
    /// for that. The session is the host's now. An error ends the run: the client is told that
    /// it failed, and nothing is left of it.
    Established(Session),
    /// It came to nothing. If a closure of the host was the cause, its error is the source.
    Failed(Error),
    /// Answer this at the session, here or later, then
    /// [`Server::continue_run`](super::Server::continue_run). Until
    /// then, [`Event::id`] tells which run it is.
    Pending(Pending, PendingSession),
}

/// A session that waits for an answer of the host, from whatever thread. It belongs to the
/// server or [`Endpoint`](crate::endpoint::Endpoint); dropping this does nothing to it. When its run is over, calls on it give
/// [`Status::Handle`].
///
/// [`Session::step`] and the other ways to go on are the owner's business.
///
/// It is [`Send`] and not [`Sync`], as a [`Session`].
///
/// ```no_run
/// use std::sync::mpsc;
/// use lake::coap::{Action, EventKind, Message, Server};
/// use lake::{Config, Credential, Pending, Question, Status};
///
/// # fn look_up(_id_cred: &[u8]) -> Option<Credential> { None }
/// # fn send(_id: &[u8], _answer: Message) {}
/// let config = Config::builder().pull(&[Question::Credential]).build()?;
/// let (ask, questions) = mpsc::channel();
/// let server = Server::builder(move |event| {
///     if let EventKind::Pending(Pending::Credential(id_cred), session) = event.kind {
///         ask.send((event.id, id_cred, session)).map_err(|_| "nobody answers")?;
///     }
///     Ok(())
/// });
/// let server = server.responder(&config).build()?;
///
/// // On a thread that may wait for a database, while others handle requests:
/// for (id, id_cred, mut session) in questions {
///     match look_up(&id_cred) {
///         Some(credential) => session.set_peer_credential(&credential)?,
///         None => session.reject_peer(Status::CredentialUnknown)?,
///     }
///     if let Action::Send(answer) = server.continue_run(&session)?.action {
///         send(&id, answer); // to the request that waits
///     }
/// }
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Debug)]
pub struct PendingSession(pub(crate) Session);

impl Deref for PendingSession {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for PendingSession {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

pub(super) type OnEvent = Box<dyn Fn(Event) -> Result<(), BoxError> + Send + Sync>;
pub(super) type Prepare = Box<dyn Fn(&mut Session) -> Result<(), BoxError> + Send + Sync>;

/// Where the sessions of a server, client or endpoint come from.
#[derive(Clone, Default)]
pub(crate) struct Origin {
    pub(crate) initiator: Option<Config>,
    pub(crate) responder: Option<Config>,
}

impl Origin {
    /// The session of a handle, which stays its owner's.
    pub(crate) fn session(&self, handle: *mut sys::lake_session) -> Result<Session, Error> {
        let mut info = ffi::sized!(lake_session_info);
        ffi::check(unsafe { sys::lake_session_info(handle, &mut info) })?;
        let config = match ffi::known(Role::from_number(info.role))? {
            Role::Initiator => &self.initiator,
            Role::Responder => &self.responder,
        };
        let config = config.as_ref().ok_or_else(|| Error::new(Status::Internal))?;
        Ok(Session::borrowing(handle, config))
    }
}

/// A closure of a server, client or endpoint, with what it needs.
pub(crate) struct Host<T> {
    pub(crate) closure: T,
    pub(crate) origin: Origin,
}

pub(super) unsafe extern "C" fn event_with(userdata: *mut c_void, event: *const sys::lake_coap_event) -> i32 {
    let answer = |host: &Host<OnEvent>| {
        // SAFETY: liblake gives what lake.h says.
        let event = unsafe { &*event };
        let (peer, id) = unsafe { (ffi::lent(event.peer, event.peer_len), ffi::lent(event.id, event.id_len)) };
        let kind = match event.kind {
            sys::LAKE_COAP_EVENT_ESTABLISHED => {
                EventKind::Established(host.origin.session(event.session)?.into_owned())
            }
            sys::LAKE_COAP_EVENT_PENDING => {
                let session = host.origin.session(event.session)?;
                EventKind::Pending(session.question(event.status)?, PendingSession(session))
            }
            sys::LAKE_COAP_EVENT_FAILED => {
                let detail = unsafe { ffi::lent_text(event.text) };
                let source = is_of_a_closure(event.status).then(callback::take_error).flatten();
                EventKind::Failed(Error::of_call(event.status, detail, source))
            }
            _ => return Ok(ffi::OK), // of a later version
        };
        (host.closure)(Event { peer: peer.to_vec(), id: id.to_vec(), kind }).map(|()| ffi::OK)
    };
    // SAFETY: the builder has given it.
    unsafe { callback::answer(userdata, answer) }
}

/// Whether an event with this status has an error of a closure for its cause.
pub(crate) fn is_of_a_closure(status: i32) -> bool {
    matches!(status, sys::LAKE_ERR_CALLBACK | sys::LAKE_ERR_PEER_REJECTED)
}

pub(super) unsafe extern "C" fn prepare_with(userdata: *mut c_void, session: *mut sys::lake_session) -> i32 {
    let answer = |host: &Host<Prepare>| (host.closure)(&mut host.origin.session(session)?).map(|()| ffi::OK);
    // SAFETY: the builder or the client has given it.
    unsafe { callback::answer(userdata, answer) }
}
