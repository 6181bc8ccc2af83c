//! What an endpoint gives its host to do.

use std::fmt;
use std::num::NonZeroI64;

use crate::coap::PendingSession;
use crate::{Error, Pending};

/// The number of a peer. It is never given twice, and outlives [`Endpoint::save`](super::Endpoint::save).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(NonZeroI64);

impl PeerId {
    /// The number, above 0.
    pub fn number(self) -> i64 {
        self.0.get()
    }

    /// The peer with a number, if that is above 0.
    pub fn from_number(number: i64) -> Option<PeerId> {
        NonZeroI64::new(number).filter(|number| number.is_positive()).map(PeerId)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whom a datagram of the stack is for: [`Endpoint::send`](super::Endpoint::send).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To<'a> {
    /// A peer.
    Peer(PeerId),
    /// An address: the peer who is there, or somebody new.
    Address(&'a [u8]),
}

/// Something to do: [`Endpoint::next_action`](super::Endpoint::next_action).
#[derive(Debug)]
#[must_use]
pub enum Action {
    /// Send this on the network.
    Send {
        /// Where to.
        to: Vec<u8>,
        /// What.
        datagram: Vec<u8>,
    },
    /// Hand this to the stack: plain CoAP.
    Deliver {
        /// Who sent it; `None`: nobody knows, on an [open path](super::EndpointBuilder::open_path).
        /// Only then the address names the sender for the stack.
        peer: Option<PeerId>,
        /// Where it came from.
        from: Vec<u8>,
        /// What.
        datagram: Vec<u8>,
    },
    /// Something happened.
    Event(Event),
    /// Sequence numbers run short: [`save`](super::Endpoint::save), store it,
    /// [`saved`](super::Endpoint::saved).
    Save,
}

/// What happened: [`Action::Event`]. The addresses are those of the peer at that time.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event {
    /// A peer is new.
    Established {
        /// The peer.
        peer: PeerId,
        /// Its address.
        address: Vec<u8>,
    },
    /// A peer has new keys.
    Renewed {
        /// The peer.
        peer: PeerId,
        /// Its address.
        address: Vec<u8>,
    },
    /// A peer is gone.
    Dropped {
        /// The peer.
        peer: PeerId,
        /// Its address.
        address: Vec<u8>,
        /// Why.
        error: Error,
    },
    /// A run came to nothing.
    Failed {
        /// The other side.
        address: Vec<u8>,
        /// Why. If a closure of the host was the cause, its error is the source.
        error: Error,
    },
    /// A run waits for the host: answer the question at the session, here or later, then
    /// [`continue_run`](super::Endpoint::continue_run).
    Pending {
        /// The other side.
        address: Vec<u8>,
        /// The question.
        question: Pending,
        /// The session.
        session: PendingSession,
    },
    /// A peer answered a request with an error of OSCORE, which comes unprotected. The stack got an
    /// error for it.
    Refused {
        /// The peer.
        peer: PeerId,
        /// Its address.
        address: Vec<u8>,
        /// What it was.
        error: Error,
    },
}
