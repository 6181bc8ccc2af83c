//! One run of EDHOC: the session itself, and the short way through it.

use std::any::Any;
use std::fmt;

use lake_sys as sys;

use crate::{callback, ffi};
use crate::{BoxError, Config, Credential, Error, Group, Pending, Role, State, Status, Step};

/// One run of EDHOC, on one side: made by [`Config::initiator`], [`Config::responder`] or
/// [`Config::restore`].
///
/// [`step`](Session::step) is the short way through a run;
/// [`prepare_message`](Session::prepare_message) and [`process_message`](Session::process_message)
/// are the way message by message. A call that is not allowed in the state of the session gives
/// [`Status::State`] and changes nothing.
///
/// Dropping a session clears its secrets.
///
/// It is [`Send`] and not [`Sync`]: it can be moved to another thread between calls, and is used by
/// one at a time.
pub struct Session {
    handle: *mut sys::lake_session,
    /// Not of a session that belongs to a CoAP server or client, or to an endpoint.
    owned: bool,
    config: Config,
    /// Boxed twice: liblake keeps a thin pointer to it. It is not liblake's to destroy, as a session
    /// that a CoAP server takes back ends at its own time, while this may be read.
    data: Option<Box<Box<dyn Any + Send>>>,
}

// SAFETY: any handle of liblake can be used from any thread. Not Sync: `data` is only Send.
unsafe impl Send for Session {}

impl Drop for Session {
    fn drop(&mut self) {
        if self.owned {
            unsafe { sys::lake_session_free(self.handle) };
        }
    }
}

impl Session {
    pub(crate) fn new(config: &Config, role: Role) -> Result<Session, Error> {
        let handle = ffi::handle(|out| unsafe { sys::lake_session_new(config.as_raw(), role.number(), out) })?;
        Ok(Session::owning(handle, config))
    }

    /// Takes a session over that liblake made from the config.
    pub(crate) fn owning(handle: *mut sys::lake_session, config: &Config) -> Session {
        Session::borrowing(handle, config).into_owned()
    }

    /// A session that belongs to a CoAP server or client, or to an endpoint. It is gone with the run, and then
    /// nothing but a number that liblake does not know.
    pub(crate) fn borrowing(handle: *mut sys::lake_session, config: &Config) -> Session {
        Session { handle, owned: false, config: config.clone(), data: None }
    }

    /// Takes over what was borrowed.
    pub(crate) fn into_owned(mut self) -> Session {
        self.owned = true;
        self
    }

    /// The short way: takes what arrived (nothing, to start as Initiator and after a
    /// [`Pending`] was answered) and gives what to do. If the Responder refuses the cipher
    /// suite, the Initiator starts again with one that both support.
    ///
    /// Without [`require_message_4`](crate::ConfigBuilder::require_message_4), the Initiator is
    /// complete with message_3 and the Responder when it has verified that; method 4 goes on to
    /// message_4, or to [`peer_proved`](Session::peer_proved).
    ///
    /// A message that fails in whatever way ends the run; if the error has an
    /// [`Error::message`], that has to be sent. An error message for an Initiator that is complete
    /// is an error, too, as the Responder did not accept message_3; the session stays complete.
    ///
    /// ```
    /// use lake::{Config, Credential, KeyKind, Step};
    ///
    /// # let keys = |kid: &[u8]| -> Result<Credential, lake::Error> {
    /// #     let (private, public) = lake::generate_keypair(KeyKind::P256)?;
    /// #     Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
    /// # };
    /// # let (i, r) = (keys(b"\x01")?, keys(b"\x02")?);
    /// # let mut initiator = Config::builder().own_credential(&i).peer_credential(&r).build()?.initiator()?;
    /// # let mut responder = Config::builder().own_credential(&r).peer_credential(&i).build()?.responder()?;
    /// let Step::Send(message_1) = initiator.step(&[])? else { panic!() };
    /// let Step::Send(message_2) = responder.step(&message_1)? else { panic!() };
    /// let Step::Complete(Some(message_3)) = initiator.step(&message_2)? else { panic!() };
    /// let Step::Complete(None) = responder.step(&message_3)? else { panic!() };
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn step(&mut self, input: &[u8]) -> Result<Step, Error> {
        let (p, n) = ffi::input(input);
        let ((status, out), source) =
            self.fill(|out, cap, len| unsafe { sys::lake_session_step(self.handle, p, n, out, cap, len) });
        match status {
            code if code < 0 => Err(self.failed(code, source, Some(out))),
            ffi::OK if self.info_of_c()?.is_complete == 1 => Ok(Step::Complete((!out.is_empty()).then_some(out))),
            ffi::OK => Ok(Step::Send(out)),
            code => self.question(code).map(Step::Pending),
        }
    }

    /// Sets one's own connection identifier, C_I or C_R: 0 to 64 bytes (7 at most for OSCORE
    /// with AES-CCM), different from the peer's, and for OSCORE from those of all live contexts
    /// of this side. Without it, one byte is chosen at random. Before message_1 (Initiator) or
    /// message_2 (Responder) is prepared.
    pub fn set_connection_id(&mut self, id: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(id);
        self.check(|session| unsafe { sys::lake_session_set_connection_id(session, p, n) })
    }

    /// Initiator, before message_1: selects another suite than the preferred one.
    pub fn select_suite(&mut self, suite: i32) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_select_suite(session, suite) })
    }

    /// Chooses among several own credentials: the Initiator before message_3, when it has seen
    /// the peer, the Responder before message_2. [`Status::PrivateKey`] without a private key,
    /// [`Status::KeyKind`].
    pub fn set_own_credential(&mut self, credential: &Credential) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_set_own_credential(session, credential.as_raw()) })
    }

    /// Answers [`Pending::Signature`] with the signature or [`Pending::Ecdh`] with the secret.
    /// Then make the pending call again.
    pub fn answer_key(&mut self, answer: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(answer);
        self.check(|session| unsafe { sys::lake_session_answer_key(session, p, n) })
    }

    /// Keeps something of the host's with the session, for its closures:
    /// [`Caller::data`](crate::Caller::data). Not with a session that belongs to a CoAP server or
    /// client, or to an endpoint: [`Status::State`].
    pub fn set_data<T: Any + Send>(&mut self, data: T) -> Result<(), Error> {
        if !self.owned {
            return Err(Error::new(Status::State)); // liblake would keep it for longer than this does
        }
        let data: Box<Box<dyn Any + Send>> = Box::new(Box::new(data));
        let pointer: *const Box<dyn Any + Send> = &*data;
        self.check(|session| unsafe { sys::lake_session_set_userdata(session, pointer.cast_mut().cast(), None) })?;
        self.data = Some(data);
        Ok(())
    }

    /// What [`set_data`](Session::set_data) was given, if it is a `T`.
    pub fn data<T: Any>(&self) -> Option<&T> {
        self.data.as_ref()?.downcast_ref()
    }

    /// The config that it was made from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The handle, to be used with [`lake_sys`] while this lives. Its userdata belong to this
    /// crate.
    pub fn as_raw(&self) -> *mut sys::lake_session {
        self.handle
    }

    // How calls are made.

    /// A call that writes bytes, with what a closure of the host returned.
    pub(crate) fn fill(
        &self,
        call: impl FnMut(*mut u8, usize, *mut usize) -> i32,
    ) -> ((i32, Vec<u8>), Option<BoxError>) {
        let mut out = Vec::new();
        let (status, source) = callback::during(|| {
            let (status, bytes) = ffi::fill(512, call);
            out = bytes;
            status
        });
        ((status, out), source)
    }

    /// A call that is done, or pending: its status.
    pub(crate) fn call(&self, call: impl FnOnce(*mut sys::lake_session) -> i32) -> Result<i32, Error> {
        match callback::during(|| call(self.handle)) {
            (code, source) if code < 0 => Err(self.failed(code, source, None)),
            (code, _) => Ok(code),
        }
    }

    /// A call that cannot be pending.
    pub(crate) fn check(&self, call: impl FnOnce(*mut sys::lake_session) -> i32) -> Result<(), Error> {
        self.call(call).map(|_| ())
    }

    /// The error of a call on the session. `message` is the error message, if the call made it.
    pub(crate) fn failed(&self, code: i32, source: Option<BoxError>, message: Option<Vec<u8>>) -> Error {
        let Some(status) = Status::from_code(code) else {
            return Error::from_code(code);
        };
        // Some statuses are an answer rather than a failure, and the session does not note them.
        let info = self.info_of_c().ok();
        let noted = info.is_some_and(|info| info.last_error == code);
        let detail = if noted { self.error_text() } else { String::new() };
        let mut message = message.filter(|message| !message.is_empty());
        // Asking for it would end a run that goes on.
        let has_failed = info.is_some_and(|info| info.state == sys::LAKE_STATE_FAILED);
        if message.is_none() && noted && status.group() != Group::Usage && has_failed {
            message = self.due_error_message();
        }
        Error::with(status, detail, message, source)
    }

    /// What the host has to do after a pending status.
    pub(crate) fn question(&self, code: i32) -> Result<Pending, Error> {
        match code {
            sys::LAKE_PENDING_CREDENTIAL => self.peer_id_cred().map(Pending::Credential),
            sys::LAKE_PENDING_EAD => Ok(Pending::Ead(match self.info_of_c()?.state {
                sys::LAKE_STATE_PENDING_MESSAGE_1 => 1,
                sys::LAKE_STATE_PENDING_MESSAGE_2 => 2,
                sys::LAKE_STATE_PENDING_MESSAGE_3 => 3,
                _ => 4,
            })),
            sys::LAKE_PENDING_SIGNATURE => self.key_question().map(Pending::Signature),
            sys::LAKE_PENDING_ECDH => self.key_question().map(Pending::Ecdh),
            sys::LAKE_PENDING_PEER => Ok(Pending::Peer),
            code => Err(Error::from_code(code)),
        }
    }

    fn key_question(&self) -> Result<Vec<u8>, Error> {
        let mut pending = 0; // the status that led here
        ffi::list(|out, cap, len| unsafe { sys::lake_session_key_question(self.handle, &mut pending, out, cap, len) })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.info_of_c().ok();
        let role = info.and_then(|info| Role::from_number(info.role));
        let state = info.and_then(|info| State::from_number(info.state));
        f.debug_struct("Session").field("role", &role).field("state", &state).finish_non_exhaustive()
    }
}
