//! The settings of an endpoint.

use std::ffi::c_void;
use std::fmt;
use std::ptr;
use std::time::{Duration, SystemTime};

use lake_sys as sys;

use super::{millis, Endpoint};
use crate::coap::event::{Host, Origin};
#[allow(unused_imports)] // in the documentation
use crate::Status;
use crate::{callback, ffi, BoxError, Config, Error, ResumptionStore, SealingKey, Session};

type Prepare = Box<dyn Fn(&mut Session, Option<&[u8]>) -> Result<(), BoxError> + Send + Sync>;

/// Bounds what an endpoint keeps, and what others can make it do. 0 means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Peers; the one that was idle for longest makes room; default 10,000.
    pub peers: u32,
    /// Without traffic, after which a peer is dropped, in whole seconds, rounded up; default a day.
    pub idle: Duration,
    /// Open requests of one peer, or to one; default 1,024.
    pub exchanges: u32,
    /// Answers to one peer kept for repeated requests; default 64.
    pub kept: u32,
    /// Bytes that wait for one run; default 65,536.
    pub waiting: u32,
    /// Runs under way that this side began; default 256.
    pub runs: u32,
    /// Unprotected exchanges; default 256.
    pub strangers: u32,
    /// Bytes of an EDHOC message in one datagram: 16, 32 .. 1024, the default.
    pub block: u32,
    /// EDHOC messages being put together from blocks; default 64.
    pub bodies: u32,
    /// Bytes of one; default 16,384.
    pub body: u32,
    /// Runs under way that others began; default 256.
    pub half_open: u32,
    /// Runs that are half-open, or were begun within a second: from here on with Echo only;
    /// default 32.
    pub threshold: u32,
    /// How long such a run may take, in whole seconds, rounded up; default 120 s.
    pub age: Duration,
    /// Whether strangers are refused instead of being asked for Echo
    /// ([`coap::Limits::no_echo`](crate::coap::Limits::no_echo)).
    pub no_echo: bool,
    /// Messages with one key in one direction, before it is renewed; default 2^20.
    pub messages: u64,
    /// Messages that did not verify, likewise; default 2^20, 2^14 with the short tag of AES-CCM.
    pub failures: u64,
    /// Requests back that one is accepted which came late; default 256, at most 1,024.
    pub replay_size: u32,
    /// Confirmable requests handed to the stack that it has not answered yet: what its socket is
    /// sure to hold; default 64.
    pub burst: u32,
    /// Peers with one credential, at different addresses; default 256.
    pub per_credential: u32,
    /// Bytes kept of requests and answers that are over, in case they are repeated, for all peers;
    /// default 32 MiB; the oldest go of who has most.
    pub memory: u32,
}

/// Makes an [`Endpoint`]. One config at least is needed; both may be the same. It is [`Send`] and
/// [`Sync`].
///
/// ```
/// use std::time::Duration;
/// use lake::endpoint::{Endpoint, Limits};
///
/// # let (private, public) = lake::generate_keypair(lake::KeyKind::P256)?;
/// # let own = lake::Credential::from_ccs(&lake::build_ccs(None, b"\x01", lake::KeyKind::P256, &public)?)?;
/// # let config = lake::Config::builder().own_credential(&own.with_private_key(&private)?).build()?;
/// let endpoint = Endpoint::builder()
///     .responder(&config)
///     .open_path("/.well-known/core")
///     .limits(Limits { idle: Duration::from_secs(3600), ..Limits::default() })
///     .build()?;
/// assert_eq!(endpoint.stats()?.peers, 0);
/// # Ok::<(), lake::Error>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct EndpointBuilder {
    origin: Origin,
    resumption: Option<ResumptionStore>,
    prepare: Option<Prepare>,
    open_paths: Vec<String>,
    reverse: bool,
    combined: bool,
    ahead: u64,
    limits: Limits,
}

impl EndpointBuilder {
    /// Takes part in runs as Responder.
    pub fn responder(mut self, config: &Config) -> Self {
        self.origin.responder = Some(config.clone());
        self
    }

    /// Takes part in runs as Initiator.
    pub fn initiator(mut self, config: &Config) -> Self {
        self.origin.initiator = Some(config.clone());
        self
    }

    /// Keeps keys for shorter runs. Without it, every run is a full one.
    pub fn resumption(mut self, store: &ResumptionStore) -> Self {
        self.resumption = Some(store.clone());
        self
    }

    /// Sets who is given each session before its first message is made or processed, to say who is
    /// expected, add EAD or choose a credential; with the address that a run of this side goes to,
    /// `None` in runs that others begin. An error ends the run: [`Event::Failed`](super::Event::Failed)
    /// has [`Status::Callback`], and the error for its source. A panic does too, and goes on in the
    /// call on the endpoint.
    pub fn prepare(
        mut self,
        prepare: impl Fn(&mut Session, Option<&[u8]>) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.prepare = Some(Box::new(prepare));
        self
    }

    /// Adds a path whose requests pass unprotected, such as `/.well-known/core`.
    pub fn open_path(mut self, path: &str) -> Self {
        self.open_paths.push(path.to_owned());
        self
    }

    /// Whether runs that this side begins are those of the reverse flow (RFC 9528 appendix A.2.2).
    pub fn reverse(mut self, reverse: bool) -> Self {
        self.reverse = reverse;
        self
    }

    /// Whether message_3 goes with the first protected request (RFC 9668). A server that does not
    /// know that gets both in turn.
    pub fn combined(mut self, combined: bool) -> Self {
        self.combined = combined;
        self
    }

    /// Sets how many sequence numbers are reserved at a time, at most 2^32, for what outlives the
    /// process: [`Endpoint::save`]. Without it, nothing does.
    pub fn ahead(mut self, ahead: u64) -> Self {
        self.ahead = ahead;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The endpoint. [`Status::Argument`] for what cannot work.
    pub fn build(self) -> Result<Endpoint, Error> {
        self.make(|responder, initiator, resumption, options, out| unsafe {
            sys::lake_endpoint_new(responder, initiator, resumption, options, out)
        })
    }

    /// The endpoint that [`Endpoint::save`] saved, with the same configs and settings. Its peers have
    /// their old numbers, the first request of each is asked for Echo under OSCORE (RFC 8613 appendix
    /// B.1.2), and nothing is sent to any before the first [`Action::Save`](super::Action::Save) was
    /// done. [`Status::Saved`] for what was altered, sealed with another key, or is of other configs.
    pub fn restore(self, key: &SealingKey, blob: &[u8], now: SystemTime) -> Result<Endpoint, Error> {
        let ((p, n), now) = (ffi::input(blob), millis(now)?);
        self.make(|responder, initiator, resumption, options, out| unsafe {
            let key = key.as_slice();
            sys::lake_endpoint_restore(
                responder,
                initiator,
                resumption,
                options,
                key.as_ptr(),
                key.len(),
                p,
                n,
                now,
                out,
            )
        })
    }

    fn make(
        self,
        call: impl FnOnce(
            *mut sys::lake_config,
            *mut sys::lake_config,
            *mut sys::lake_resumption,
            &sys::lake_endpoint_options,
            *mut *mut sys::lake_endpoint,
        ) -> i32,
    ) -> Result<Endpoint, Error> {
        let config = |config: &Option<Config>| config.as_ref().map_or(ptr::null_mut(), Config::as_raw);
        let (responder, initiator) = (config(&self.origin.responder), config(&self.origin.initiator));
        let resumption = self.resumption.as_ref().map_or(ptr::null_mut(), ResumptionStore::as_raw);
        if let Some(path) = self.open_paths.iter().find(|path| path.contains(char::is_whitespace)) {
            return Err(Error::of_argument("an open path has a space in it", path.as_str()));
        }
        let open_paths = ffi::c_text(&self.open_paths.join("\n"))?;
        let mut options = self.options();
        options.open_paths = open_paths.as_ptr();
        let handle = ffi::handle(|out| match self.prepare {
            None => call(responder, initiator, resumption, &options, out),
            Some(closure) => {
                let host = Host { closure, origin: self.origin.clone() };
                callback::give(host, |userdata, destroy| {
                    options.prepare = Some(prepare_with);
                    (options.userdata, options.destroy) = (userdata, destroy);
                    call(responder, initiator, resumption, &options, out)
                })
            }
        })?;
        Ok(Endpoint { handle, origin: self.origin, cause: None })
    }

    fn options(&self) -> sys::lake_endpoint_options {
        let mut options = ffi::sized!(lake_endpoint_options);
        let flag = |is_set: bool, flag: i32| if is_set { flag as u32 } else { 0 };
        options.flags = flag(self.reverse, sys::LAKE_ENDPOINT_FLAG_REVERSE)
            | flag(self.combined, sys::LAKE_ENDPOINT_FLAG_COMBINED)
            | flag(self.limits.no_echo, sys::LAKE_ENDPOINT_FLAG_NO_ECHO);
        options.ahead = self.ahead;
        options.messages = self.limits.messages;
        options.failures = self.limits.failures;
        options.replay_size = self.limits.replay_size;
        options.peers = self.limits.peers;
        options.idle = ffi::seconds(self.limits.idle);
        options.exchanges = self.limits.exchanges;
        options.kept = self.limits.kept;
        options.waiting = self.limits.waiting;
        options.runs = self.limits.runs;
        options.strangers = self.limits.strangers;
        options.block = self.limits.block;
        options.bodies = self.limits.bodies;
        options.body = self.limits.body;
        options.half_open = self.limits.half_open;
        options.threshold = self.limits.threshold;
        options.burst = self.limits.burst;
        options.per_credential = self.limits.per_credential;
        options.memory = self.limits.memory;
        options.age = ffi::seconds(self.limits.age);
        options
    }
}

impl fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder").field("limits", &self.limits).finish_non_exhaustive()
    }
}

unsafe extern "C" fn prepare_with(
    userdata: *mut c_void,
    session: *mut sys::lake_session,
    address: *const u8,
    address_len: usize,
) -> i32 {
    let answer = |host: &Host<Prepare>| {
        // SAFETY: liblake gives what lake_endpoint.h says.
        let address = unsafe { ffi::lent(address, address_len) };
        let address = (!address.is_empty()).then_some(address);
        (host.closure)(&mut host.origin.session(session)?, address).map(|()| ffi::OK)
    };
    // SAFETY: the builder has given it.
    unsafe { callback::answer(userdata, answer) }
}
