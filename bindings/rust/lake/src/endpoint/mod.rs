//! EDHOC and OSCORE (RFC 8613) underneath a CoAP stack that knows neither.
//!
//! An [`Endpoint`] stands between the network and the stack. Datagrams go in from either side, and
//! come out for either side; it has no sockets, no clock and no threads. The stack sees plain CoAP of
//! authenticated peers, each an address of its own for it: a [`PeerId`]. The endpoint answers EDHOC,
//! begins it when the stack sends to somebody new, protects and unprotects, repeats what was lost of
//! its own, and renews keys.
//!
//! Here two of them talk to each other without a network between them, and what the stacks say is
//! written by hand:
//!
//! ```
//! use std::time::SystemTime;
//! use lake::endpoint::{Action, Endpoint, To};
//! use lake::{Config, Credential, KeyKind};
//!
//! # let keys = |kid: &[u8]| -> Result<Credential, lake::Error> {
//! #     let (private, public) = lake::generate_keypair(KeyKind::P256)?;
//! #     Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
//! # };
//! # let (i, r) = (keys(b"\x01")?, keys(b"\x02")?);
//! let of_client = Config::builder().own_credential(&i).peer_credential(&r).build()?;
//! let of_server = Config::builder().own_credential(&r).peer_credential(&i).build()?;
//! let mut client = Endpoint::builder().initiator(&of_client).build()?;
//! let mut server = Endpoint::builder().responder(&of_server).build()?;
//!
//! let now = SystemTime::now();
//! let get = [0x41, 1, 0, 7, b't', 0xb1, b'a']; // GET /a
//! client.send(To::Address(b"server"), &get, now)?;
//! let answer = loop {
//!     while let Some(action) = server.next_action()? {
//!         match action {
//!             Action::Send { datagram, .. } => client.receive(b"server", &datagram, now)?,
//!             Action::Deliver { peer: Some(peer), datagram, .. } => {
//!                 assert_eq!(datagram, get); // from somebody who has authenticated
//!                 server.send(To::Peer(peer), &[0x61, 0x45, 0, 7, b't'], now)?; // 2.05
//!             }
//!             _ => {}
//!         }
//!     }
//!     let Some(action) = client.next_action()? else { panic!("nothing is left to do") };
//!     match action {
//!         Action::Send { datagram, .. } => server.receive(b"client", &datagram, now)?,
//!         Action::Deliver { datagram, .. } => break datagram,
//!         _ => {}
//!     }
//! };
//! assert_eq!(answer, [0x61, 0x45, 0, 7, b't']);
//! # Ok::<(), lake::Error>(())
//! ```

mod action;
mod builder;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lake_sys as sys;

pub use crate::coap::PendingSession;
pub use action::{Action, Event, PeerId, To};
pub use builder::{EndpointBuilder, Limits};

use crate::coap::event::{is_of_a_closure, Origin};
#[allow(unused_imports)] // in the documentation
use crate::Status;
use crate::{callback, ffi, BoxError, Credential, Error, SealingKey};

/// Bytes of what names an address, at most.
pub const ADDRESS_MAX: usize = sys::LAKE_ENDPOINT_ADDRESS_MAX as usize;

/// Bytes of a datagram that needs no second call.
const BUFFER: usize = 1500;

/// EDHOC and OSCORE between the network and a CoAP stack. Made by [`Endpoint::builder`].
///
/// An address is what the host makes of one: up to [`ADDRESS_MAX`] bytes that name it. The time goes
/// in with each call; it is wall-clock time, and counts in milliseconds.
///
/// After each call, what is to be done is taken with [`next_action`](Endpoint::next_action) or
/// [`actions`](Endpoint::actions); the next [`tick`](Endpoint::tick) is at [`due`](Endpoint::due).
///
/// Dropping it frees it and everything of its peers, without a word to them.
///
/// It is [`Send`] and not [`Sync`]: it can be moved to another thread between calls, and is used by
/// one at a time. Its closure is dropped with it.
pub struct Endpoint {
    handle: *mut sys::lake_endpoint,
    origin: Origin,
    /// What a closure returned, until the event that it has caused is taken.
    cause: Option<BoxError>,
}

// SAFETY: any handle of liblake can be used from any thread. Not Sync: a second call at once would
// be refused.
unsafe impl Send for Endpoint {}

impl Drop for Endpoint {
    fn drop(&mut self) {
        unsafe { sys::lake_endpoint_free(self.handle) };
    }
}

/// What is known of a peer: [`Endpoint::peer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Peer {
    /// Where its last message that verified came from.
    pub address: Vec<u8>,
    /// When it authenticated first, in whole seconds.
    pub since: SystemTime,
    /// Protected messages sent.
    pub sent: u64,
    /// Protected messages received.
    pub received: u64,
    /// Those that did not verify.
    pub failures: u64,
    /// Datagrams that came again.
    pub repeated: u64,
}

/// What an endpoint has now, and what it did so far: [`Endpoint::stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Now: peers.
    pub peers: u32,
    /// Now: runs that this side began.
    pub runs: u32,
    /// Now: runs that others began.
    pub half_open: u32,
    /// Peers that were new.
    pub established: u64,
    /// New keys of peers.
    pub renewed: u64,
    /// Peers that were dropped.
    pub dropped: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Datagrams that were not handed on: in clear.
    pub unprotected: u64,
    /// Likewise: no CoAP, no OSCORE.
    pub malformed: u64,
    /// Likewise: of no context.
    pub unknown: u64,
    /// Likewise: replays.
    pub replayed: u64,
    /// Likewise: not protected with the keys of the peer.
    pub forged: u64,
}

/// What is to be done: [`Endpoint::actions`].
#[derive(Debug)]
pub struct Actions<'a>(&'a mut Endpoint);

impl Iterator for Actions<'_> {
    type Item = Result<Action, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_action().transpose()
    }
}

impl Endpoint {
    /// Settings of an endpoint.
    pub fn builder() -> EndpointBuilder {
        EndpointBuilder::default()
    }

    /// Takes a datagram from the network. One that is wrong is no error of this call.
    /// [`Status::Argument`] for an address that is too long, and a time before 1970.
    pub fn receive(&mut self, from: &[u8], datagram: &[u8], now: SystemTime) -> Result<(), Error> {
        let ((from, from_len), (p, n)) = (ffi::input(from), ffi::input(datagram));
        self.at(now, |endpoint, now| unsafe { sys::lake_endpoint_receive(endpoint, from, from_len, p, n, now) })
    }

    /// Takes a datagram from the CoAP stack. With an address where nobody is known a run begins, and
    /// the datagram waits for it.
    ///
    /// [`Status::Argument`] for what is not CoAP, and a response to nothing; [`Status::State`] for a
    /// peer that is gone; [`Status::Unsupported`] without a config to begin a run with;
    /// [`Status::Limit`]; [`Status::NoAnswer`] right after a run that failed.
    pub fn send(&mut self, to: To<'_>, datagram: &[u8], now: SystemTime) -> Result<(), Error> {
        let (peer, address) = match to {
            To::Peer(peer) => (peer.number(), &[][..]),
            To::Address(address) => (0, address),
        };
        let ((address, address_len), (p, n)) = (ffi::input(address), ffi::input(datagram));
        self.at(now, |endpoint, now| unsafe {
            sys::lake_endpoint_send(endpoint, peer, address, address_len, p, n, now)
        })
    }

    /// Does what is due.
    pub fn tick(&mut self, now: SystemTime) -> Result<(), Error> {
        self.at(now, |endpoint, now| unsafe { sys::lake_endpoint_tick(endpoint, now) })
    }

    /// When [`tick`](Endpoint::tick) has something to do; `None`: never.
    pub fn due(&self) -> Result<Option<SystemTime>, Error> {
        let due = ffi::value(|out: *mut i64| unsafe { sys::lake_endpoint_due(self.handle, out) })?;
        Ok(Some(due).filter(|&due| due != i64::MAX).and_then(|due| time(due, Duration::from_millis)))
    }

    /// The next thing to do; `None`: nothing, until [`due`](Endpoint::due).
    pub fn next_action(&mut self) -> Result<Option<Action>, Error> {
        loop {
            let mut action = ffi::sized!(lake_endpoint_action);
            let (status, data) = ffi::fill(BUFFER, |out, cap, len| unsafe {
                sys::lake_endpoint_next(self.handle, &mut action, out, cap, len)
            });
            ffi::check(status)?;
            if action.kind == sys::LAKE_ENDPOINT_ACTION_NOTHING {
                self.cause = None;
                return Ok(None);
            }
            if let Some(action) = self.action(&action, data)? {
                return Ok(Some(action));
            }
        }
    }

    /// All that is to be done now. It ends with [`None`], and may go on after another call. Where the
    /// endpoint is needed in the loop: [`next_action`](Endpoint::next_action).
    pub fn actions(&mut self) -> Actions<'_> {
        Actions(self)
    }

    /// Goes on with a run after its question was answered at the session. [`Status::State`] if it does
    /// not wait, [`Status::Handle`] if the run is over.
    pub fn continue_run(&mut self, session: &PendingSession, now: SystemTime) -> Result<(), Error> {
        self.at(now, |endpoint, now| unsafe { sys::lake_endpoint_continue(endpoint, session.as_raw(), now) })
    }

    /// The peers, the one that was idle for longest first.
    pub fn peers(&self) -> Result<Vec<PeerId>, Error> {
        let numbers = ffi::list(|out, cap, len| unsafe { sys::lake_endpoint_peers(self.handle, out, cap, len) })?;
        Ok(numbers.into_iter().filter_map(PeerId::from_number).collect())
    }

    /// What is known of a peer. [`Status::NotFound`].
    pub fn peer(&self, peer: PeerId) -> Result<Peer, Error> {
        let mut info = ffi::sized!(lake_endpoint_peer);
        ffi::check(unsafe { sys::lake_endpoint_peer(self.handle, peer.number(), &mut info) })?;
        Ok(Peer {
            address: bytes(&info.address, info.address_len),
            since: ffi::known(time(info.since, Duration::from_secs))?,
            sent: info.sent,
            received: info.received,
            failures: info.failures,
            repeated: info.repeated,
        })
    }

    /// The credential that a peer authenticated with, in a resumption that of the full run.
    /// [`Status::NotFound`].
    pub fn peer_credential(&self, peer: PeerId) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_endpoint_peer_credential(self.handle, peer.number(), out) })
            .map(Credential::owning)
    }

    /// Drops a peer: its messages are refused, until it comes back with a new run.
    /// [`Status::NotFound`].
    pub fn drop_peer(&mut self, peer: PeerId, now: SystemTime) -> Result<(), Error> {
        self.at(now, |endpoint, now| unsafe { sys::lake_endpoint_drop(endpoint, peer.number(), now) })
    }

    /// The numbers of the endpoint.
    pub fn stats(&self) -> Result<Stats, Error> {
        let mut stats = ffi::sized!(lake_endpoint_stats);
        ffi::check(unsafe { sys::lake_endpoint_stats(self.handle, &mut stats) })?;
        Ok(Stats {
            peers: stats.peers,
            runs: stats.runs,
            half_open: stats.half_open,
            established: stats.established,
            renewed: stats.renewed,
            dropped: stats.dropped,
            failed: stats.failed,
            unprotected: stats.unprotected,
            malformed: stats.malformed,
            unknown: stats.unknown,
            replayed: stats.replayed,
            forged: stats.forged,
        })
    }

    /// The peers, sealed with a key that only the host has: store it in the place of what was stored
    /// before, then call [`saved`](Endpoint::saved). What is [restored](EndpointBuilder::restore) has
    /// to be the last that was stored. [`Status::Argument`] without
    /// [`ahead`](EndpointBuilder::ahead).
    pub fn save(&mut self, key: &SealingKey) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe {
            sys::lake_endpoint_save(self.handle, key.as_ptr(), key.len(), out, cap, len)
        })
    }

    /// Says that what [`save`](Endpoint::save) gave last is stored. What waited for sequence numbers
    /// goes out.
    pub fn saved(&mut self, now: SystemTime) -> Result<(), Error> {
        self.at(now, |endpoint, now| unsafe { sys::lake_endpoint_saved(endpoint, now) })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_endpoint {
        self.handle
    }

    /// A call at a time. Where it succeeds, the error of a closure is that of a run, which an event
    /// is about.
    fn at(&mut self, now: SystemTime, call: impl FnOnce(*mut sys::lake_endpoint, i64) -> i32) -> Result<(), Error> {
        let now = millis(now)?;
        match callback::during(|| call(self.handle, now)) {
            (ffi::OK, None) => Ok(()),
            (ffi::OK, cause) => {
                self.cause = cause;
                Ok(())
            }
            (code, source) => Err(Error::of_call(code, String::new(), source)),
        }
    }

    fn action(&mut self, of_c: &sys::lake_endpoint_action, data: Vec<u8>) -> Result<Option<Action>, Error> {
        let address = bytes(&of_c.address, of_c.address_len);
        Ok(Some(match of_c.kind {
            sys::LAKE_ENDPOINT_ACTION_SEND => Action::Send { to: address, datagram: data },
            sys::LAKE_ENDPOINT_ACTION_DELIVER => {
                Action::Deliver { peer: PeerId::from_number(of_c.peer), from: address, datagram: data }
            }
            sys::LAKE_ENDPOINT_ACTION_SAVE => Action::Save,
            sys::LAKE_ENDPOINT_ACTION_EVENT => return Ok(self.event(of_c, address, &data)?.map(Action::Event)),
            _ => return Ok(None), // of a later version
        }))
    }

    fn event(
        &mut self,
        of_c: &sys::lake_endpoint_action,
        address: Vec<u8>,
        text: &[u8],
    ) -> Result<Option<Event>, Error> {
        let peer = || ffi::known(PeerId::from_number(of_c.peer));
        let mut error = || {
            let source = is_of_a_closure(of_c.status).then(|| self.cause.take()).flatten();
            Error::of_call(of_c.status, String::from_utf8_lossy(text).into_owned(), source)
        };
        Ok(Some(match of_c.event {
            sys::LAKE_ENDPOINT_EVENT_ESTABLISHED => Event::Established { peer: peer()?, address },
            sys::LAKE_ENDPOINT_EVENT_RENEWED => Event::Renewed { peer: peer()?, address },
            sys::LAKE_ENDPOINT_EVENT_DROPPED => Event::Dropped { peer: peer()?, address, error: error() },
            sys::LAKE_ENDPOINT_EVENT_FAILED => Event::Failed { address, error: error() },
            sys::LAKE_ENDPOINT_EVENT_REFUSED => Event::Refused { peer: peer()?, address, error: error() },
            sys::LAKE_ENDPOINT_EVENT_PENDING => {
                // A run that was over before this was taken asks nothing any more.
                let Ok(session) = self.origin.session(of_c.session) else { return Ok(None) };
                let Ok(question) = session.question(of_c.status) else { return Ok(None) };
                Event::Pending { address, question, session: PendingSession(session) }
            }
            _ => return Ok(None), // of a later version
        }))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("stats", &self.stats().ok()).finish_non_exhaustive()
    }
}

fn bytes(address: &[u8; ADDRESS_MAX], len: u32) -> Vec<u8> {
    address[..ADDRESS_MAX.min(len as usize)].to_vec()
}

/// Milliseconds since 1970.
fn millis(now: SystemTime) -> Result<i64, Error> {
    let since = now.duration_since(UNIX_EPOCH).map_err(|error| Error::of_argument("the time is before 1970", error))?;
    Ok(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time so many units after 1970.
fn time(since: i64, unit: impl FnOnce(u64) -> Duration) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(unit(u64::try_from(since).ok()?))
}
