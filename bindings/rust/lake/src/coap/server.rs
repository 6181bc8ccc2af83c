//! The EDHOC resource of a CoAP server.

use std::fmt;
use std::ptr;
use std::time::Duration;

use lake_sys as sys;

use super::event::{event_with, prepare_with, Host, OnEvent, Origin, Prepare};
use super::{Event, Ids, Message, PendingSession, Profile, Request};
#[allow(unused_imports)] // in the documentation
use crate::Status;
use crate::{callback, ffi, BoxError, Config, Error, Session};

/// Bytes of an answer that need no second call.
const BUFFER: usize = 16384;
/// Those where a second one would not give the same answer.
const LARGE_BUFFER: usize = 1 << 18;

/// The EDHOC resource of a CoAP server, with all runs that are under way. Made by
/// [`Server::builder`].
///
/// A run belongs to the connection identifier that the server gave it, never to an address. It
/// ends after [`Limits::age`]. A request that comes twice runs nothing twice, and nothing that
/// a stranger sends removes or replaces what was established.
///
/// Dropping it ends half-open runs without a word. Established sessions are the host's.
///
/// It is [`Send`] and [`Sync`]: any number of threads use it at once. So are its closures, which each
/// of them calls; they are dropped with it.
pub struct Server(*mut sys::lake_coap_server);

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Server {}
unsafe impl Sync for Server {}

impl Drop for Server {
    fn drop(&mut self) {
        unsafe { sys::lake_coap_server_free(self.0) };
    }
}

/// What to do about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Answer {
    /// What to do.
    pub action: Action,
    /// Whether this datagram came before. If the action is [`Action::Oscore`], repeat what was
    /// answered then, if it was kept.
    pub duplicate: bool,
}

/// What [`Answer::action`] can be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Action {
    /// Send this response.
    Send(Message),
    /// The request goes on to OSCORE, without the option EDHOC, and with its payload from here on.
    Oscore(usize),
    /// Nothing is to be sent now: the answer is being made, or waits for
    /// [`EventKind::Pending`](super::EventKind::Pending).
    Wait,
}

/// Bounds what strangers can make a server do. 0 means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Runs under way; default 256. Above it the oldest ends.
    pub half_open: u32,
    /// Runs that are half-open, or were begun within a second: from here on with Echo only;
    /// default 32. Echo is also asked for where the answer would be three times the request.
    pub threshold: u32,
    /// Half-open runs of one host, if as many as the threshold are; default 8.
    pub per_host: u32,
    /// What a run may take, in whole seconds, rounded up; default 120 s.
    pub age: Duration,
    /// Bytes of answers that are kept for repeated requests; default 262144.
    pub cache: u32,
    /// Bytes of a request's payload; default 16384.
    pub body: u32,
    /// How long an Echo value is good for, in whole seconds, rounded up; default 60 s.
    pub echo_age: Duration,
    /// Bytes of a message_1 without a valid Echo value, 64 to 1048576; default 1024.
    pub message_1: u32,
    /// Whether the stack has no option Echo: a full table refuses with 5.03 then, unless its oldest
    /// run is older than an eighth of the age; and anybody can fill it.
    pub no_echo: bool,
}

/// What a server has now, and what it did so far: [`Server::stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Now: runs under way.
    pub half_open: u64,
    /// Now: contexts established or reserved.
    pub contexts: u64,
    /// Now: identifiers in use.
    pub ids: u64,
    /// Now: answers kept for repeated requests.
    pub answers: u64,
    /// Now: bytes that these take.
    pub answer_bytes: u64,
    /// Runs that were begun.
    pub begun: u64,
    /// Runs that were completed.
    pub established: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Runs that became too old.
    pub expired: u64,
    /// Runs that made room for others.
    pub evicted: u64,
    /// message_1 answered with an Echo challenge.
    pub challenged: u64,
    /// message_1 answered with 5.03.
    pub refused: u64,
    /// Datagrams that came again.
    pub duplicates: u64,
}

impl Server {
    /// Settings of a server whose host is told about the runs by a closure, on the thread of
    /// the call that they come from. In it, all functions of the server can be called but those
    /// on the request that is under way.
    ///
    /// An error of the closure matters for
    /// [`EventKind::Established`](super::EventKind::Established) only. So does a panic, and it
    /// goes on in the call on the server after liblake has been left in order.
    pub fn builder(on_event: impl Fn(Event) -> Result<(), BoxError> + Send + Sync + 'static) -> ServerBuilder {
        ServerBuilder {
            on_event: Box::new(on_event),
            prepare: None,
            origin: Origin::default(),
            ids: None,
            limits: Limits::default(),
            profiles: Vec::new(),
        }
    }

    /// Takes a request for the EDHOC resource, one with the option EDHOC for any resource, or
    /// one with the option OSCORE, and says what to answer. A request that is wrong is no error
    /// of this call; the closure of the server is told what became of a run.
    ///
    /// ```
    /// use lake::coap::{Action, Request, Server, CODE_POST};
    ///
    /// # let (private, public) = lake::generate_keypair(lake::KeyKind::P256)?;
    /// # let own = lake::Credential::from_ccs(&lake::build_ccs(None, b"\x01", lake::KeyKind::P256, &public)?)?;
    /// # let config = lake::Config::builder().own_credential(&own.with_private_key(&private)?).build()?;
    /// let server = Server::builder(|event| Ok(println!("{event:?}"))).responder(&config).build()?;
    /// let nonsense = Request { code: CODE_POST, payload: b"\x01nonsense", ..Request::default() };
    /// let Action::Send(response) = server.handle(&nonsense)?.action else { unreachable!() };
    /// assert_eq!(response.code, 4 << 5); // 4.00
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn handle(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let incoming = request.for_c();
        let room = if request.message_id.is_some() { BUFFER } else { LARGE_BUFFER };
        let mut calls = 0;
        let mut answer = answer(|outgoing| {
            ffi::fill(room, |out, cap, len| {
                calls += 1;
                unsafe { sys::lake_coap_server_handle(self.0, &incoming, outgoing, out, cap, len) }
            })
        })?;
        answer.duplicate &= calls == 1; // the second call is one, for liblake
        Ok(answer)
    }

    /// Goes on with a run whose question was answered at its session. What it gives is the
    /// answer to the request that the question came from; the same question may come again.
    /// [`Status::State`] if no question is pending, [`Status::Handle`] if the run is over.
    pub fn continue_run(&self, session: &PendingSession) -> Result<Answer, Error> {
        answer(|outgoing| {
            let (mut out, mut len) = (vec![0; LARGE_BUFFER], 0);
            let status = unsafe {
                let out = out.as_mut_ptr();
                sys::lake_coap_server_continue(self.0, session.as_raw(), outgoing, out, LARGE_BUFFER, &mut len)
            };
            out.truncate(len);
            (status, out)
        })
    }

    /// Ends what is too old, as [`handle`](Server::handle) does too: for times without requests.
    pub fn expire(&self) -> Result<(), Error> {
        self.check(|server| unsafe { sys::lake_coap_server_expire(server) })
    }

    /// Reports a live OSCORE context that the server did not establish, such as a restored one:
    /// its Recipient ID is not given to a run, and requests with it go to OSCORE.
    /// [`Status::State`] if it is in use.
    pub fn reserve(&self, recipient_id: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(recipient_id);
        self.check(|server| unsafe { sys::lake_coap_server_reserve(server, p, n) })
    }

    /// Reports that an OSCORE context is gone: its Recipient ID can be given to another run. It
    /// does nothing for one that has no context.
    pub fn release(&self, recipient_id: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(recipient_id);
        self.check(|server| unsafe { sys::lake_coap_server_release(server, p, n) })
    }

    /// The link of the server at a path, as its configs say, for the answer to GET
    /// `/.well-known/core`; and whether the stack serves combined requests.
    ///
    /// ```
    /// use lake::coap::{Resource, Server, PATH};
    ///
    /// # let (private, public) = lake::generate_keypair(lake::KeyKind::P256)?;
    /// # let own = lake::Credential::from_ccs(&lake::build_ccs(None, b"\x01", lake::KeyKind::P256, &public)?)?;
    /// # let config = lake::Config::builder().own_credential(&own.with_private_key(&private)?).suites(&[2]).build()?;
    /// let server = Server::builder(|_| Ok(())).responder(&config).build()?;
    /// let link = server.link(PATH, true)?;
    /// assert!(link.starts_with("</.well-known/edhoc>;rt=core.edhoc"));
    /// assert_eq!(Resource::read_links(&link)?[0].profile.suites, [2]);
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn link(&self, path: &str, combined_request: bool) -> Result<String, Error> {
        let path = ffi::c_text(path)?;
        ffi::text(|out, cap, len| unsafe {
            sys::lake_coap_server_link(self.0, path.as_ptr(), combined_request.into(), out, cap, len)
        })
    }

    /// The numbers of the server.
    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats = ffi::sized!(lake_coap_stats);
        ffi::check(unsafe { sys::lake_coap_server_stats(self.0, &mut stats) })?;
        Ok(Stats {
            half_open: stats.half_open,
            contexts: stats.contexts,
            ids: stats.ids,
            answers: stats.answers,
            answer_bytes: stats.answer_bytes,
            begun: stats.begun,
            established: stats.established,
            failed: stats.failed,
            expired: stats.expired,
            evicted: stats.evicted,
            challenged: stats.challenged,
            refused: stats.refused,
            duplicates: stats.duplicates,
        })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_coap_server {
        self.0
    }

    fn check(&self, call: impl FnOnce(*mut sys::lake_coap_server) -> i32) -> Result<(), Error> {
        match callback::during(|| call(self.0)) {
            (ffi::OK, _) => Ok(()),
            (code, source) => Err(Error::of_call(code, String::new(), source)),
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

/// The answer that a call makes.
fn answer(call: impl FnOnce(*mut sys::lake_coap_outgoing) -> (i32, Vec<u8>)) -> Result<Answer, Error> {
    let mut outgoing = ffi::sized!(lake_coap_outgoing);
    let mut payload = Vec::new();
    let (status, source) = callback::during(|| {
        let (status, out) = call(&mut outgoing);
        payload = out;
        status
    });
    if status != ffi::OK {
        return Err(Error::of_call(status, String::new(), source));
    }
    let action = match Message::of_c(&outgoing, &payload) {
        Some(response) => Action::Send(response),
        None if outgoing.oscore == 1 => Action::Oscore(outgoing.oscore_offset),
        None => Action::Wait,
    };
    Ok(Answer { action, duplicate: outgoing.duplicate == 1 })
}

/// Makes a [`Server`]. One config at least is needed; both may be the same. It is [`Send`] and
/// [`Sync`].
///
/// ```
/// use std::time::Duration;
/// use lake::coap::{Ids, Limits, Server};
///
/// # let (private, public) = lake::generate_keypair(lake::KeyKind::P256)?;
/// # let own = lake::Credential::from_ccs(&lake::build_ccs(None, b"\x01", lake::KeyKind::P256, &public)?)?;
/// # let config = lake::Config::builder().own_credential(&own.with_private_key(&private)?).build()?;
/// let server = Server::builder(|_event| Ok(()))
///     .responder(&config)
///     .initiator(&config)
///     .ids(&Ids::new(4, 7)?) // which nobody guesses
///     .limits(Limits { age: Duration::from_secs(30), ..Limits::default() })
///     .prepare(|session| Ok(session.pad(if session.info()?.role == lake::Role::Initiator { 1 } else { 2 }, 16)?))
///     .build()?;
/// assert_eq!(server.stats()?.half_open, 0);
/// # Ok::<(), lake::Error>(())
/// ```
#[must_use]
pub struct ServerBuilder {
    on_event: OnEvent,
    prepare: Option<Prepare>,
    origin: Origin,
    ids: Option<Ids>,
    limits: Limits,
    profiles: Vec<Profile>,
}

impl ServerBuilder {
    /// Takes part in the forward flow, as Responder.
    pub fn responder(mut self, config: &Config) -> Self {
        self.origin.responder = Some(config.clone());
        self
    }

    /// Takes part in the reverse flow, as Initiator.
    pub fn initiator(mut self, config: &Config) -> Self {
        self.origin.initiator = Some(config.clone());
        self
    }

    /// Sets where connection identifiers come from, if the host is a client too. Without it, the
    /// server has its own, of 1 to 4 bytes.
    pub fn ids(mut self, ids: &Ids) -> Self {
        self.ids = Some(ids.clone());
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets who is given each session before its first message is made or processed, to add EAD or
    /// choose a credential. The session stays the server's. An error ends the run with
    /// [`Status::Callback`], and is the source of that; a panic does too, and goes on in the call on
    /// the server.
    pub fn prepare(mut self, prepare: impl Fn(&mut Session) -> Result<(), BoxError> + Send + Sync + 'static) -> Self {
        self.prepare = Some(Box::new(prepare));
        self
    }

    /// Tells a profile (by its ID, or else what it says) to Initiators that ask, and to those whose
    /// message_1 is refused. The config of the Responder has to have the EAD label 32791.
    pub fn profile(mut self, profile: &Profile) -> Self {
        self.profiles.push(profile.clone());
        self
    }

    /// The server. [`Status::Argument`] without a config, or for limits that are out of range.
    pub fn build(self) -> Result<Server, Error> {
        let config = |config: &Option<Config>| config.as_ref().map_or(ptr::null_mut(), Config::as_raw);
        let (responder, initiator) = (config(&self.origin.responder), config(&self.origin.initiator));
        let ids = self.ids.as_ref().map_or(ptr::null_mut(), Ids::as_raw);
        let host = Host { closure: self.on_event, origin: self.origin.clone() };
        let server = Server(ffi::handle(|out| {
            callback::give(host, |userdata, destroy| unsafe {
                sys::lake_coap_server_new(responder, initiator, ids, Some(event_with), userdata, destroy, out)
            })
        })?); // from here on, dropping it frees it
        let limits = self.limits.for_c();
        server.check(|server| unsafe { sys::lake_coap_server_set_limits(server, &limits) })?;
        for profile in &self.profiles {
            let profile = profile.for_c()?;
            server.check(|server| unsafe { sys::lake_coap_server_add_profile(server, &profile) })?;
        }
        if let Some(closure) = self.prepare {
            let host = Host { closure, origin: self.origin };
            server.check(|server| {
                callback::give(host, |userdata, destroy| unsafe {
                    sys::lake_coap_server_set_prepare(server, Some(prepare_with), userdata, destroy)
                })
            })?;
        }
        Ok(server)
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Limits {
    fn for_c(&self) -> sys::lake_coap_limits {
        let mut limits = ffi::sized!(lake_coap_limits);
        limits.half_open = self.half_open;
        limits.threshold = self.threshold;
        limits.per_host = self.per_host;
        limits.age = ffi::seconds(self.age);
        limits.cache = self.cache;
        limits.body = self.body;
        limits.echo_age = ffi::seconds(self.echo_age);
        limits.message_1 = self.message_1;
        limits.no_echo = self.no_echo.into();
        limits
    }
}
