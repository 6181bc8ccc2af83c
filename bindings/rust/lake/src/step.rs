//! What a call on a session comes to, when it does not fail.

use std::fmt;

/// What the host has to do next: what [`Session::step`](crate::Session::step) gives.
///
/// Nothing here waits: a loop over it can await a socket, a database or a secure element
/// between two steps.
///
/// ```no_run
/// use lake::{Pending, Session, Step};
///
/// # struct Peer;
/// # impl Peer {
/// #     async fn send(&self, _: &[u8]) {}
/// #     async fn receive(&self) -> Vec<u8> { vec![] }
/// # }
/// # struct Database;
/// # impl Database { async fn find(&self, _: &[u8]) -> Option<lake::Credential> { None } }
/// async fn run(session: &mut Session, peer: &Peer, database: &Database) -> Result<(), lake::Error> {
///     let mut step = session.step(&[])?; // the Initiator: there is nothing to read yet
///     loop {
///         step = match step {
///             Step::Send(message) => {
///                 peer.send(&message).await;
///                 session.step(&peer.receive().await)?
///             }
///             Step::Pending(Pending::Credential(id_cred)) => {
///                 match database.find(&id_cred).await {
///                     Some(credential) => session.set_peer_credential(&credential)?,
///                     None => return session.reject_peer(lake::Status::CredentialUnknown),
///                 }
///                 session.step(&[])?
///             }
///             Step::Pending(_) => unreachable!("the config pulls nothing else"),
///             Step::Complete(last) => {
///                 if let Some(message) = last {
///                     peer.send(&message).await;
///                 }
///                 return Ok(());
///             }
///         };
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// Send this message, and step with the peer's answer.
    Send(Vec<u8>),
    /// Answer this, then step with nothing.
    Pending(Pending),
    /// The run is over with success, when the last message, if there is one, has been sent.
    Complete(Option<Vec<u8>>),
}

/// What the host has to decide or compute before a session goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pending {
    /// The credential of the peer with this ID_CRED_x map is needed:
    /// [`Session::set_peer_credential`](crate::Session::set_peer_credential) or
    /// [`Session::reject_peer`](crate::Session::reject_peer).
    Credential(Vec<u8>),
    /// Critical items of this message (1 to 4) are not understood yet; in method 4, that is of
    /// message 2 as well with 4:
    /// [`Session::accept_ead`](crate::Session::accept_ead) or
    /// [`Session::reject_ead`](crate::Session::reject_ead).
    Ead(u8),
    /// These bytes have to be signed: [`Session::answer_key`](crate::Session::answer_key).
    Signature(Vec<u8>),
    /// The ECDH secret with this public key of the peer is needed:
    /// [`Session::answer_key`](crate::Session::answer_key).
    Ecdh(Vec<u8>),
    /// The peer has authenticated. Going on accepts it;
    /// [`Session::reject_peer`](crate::Session::reject_peer) does not.
    Peer,
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Pending::Credential(_) => "the credential of the peer is needed",
            Pending::Ead(_) => "a critical EAD item waits to be accepted or rejected",
            Pending::Signature(_) => "a signature is needed",
            Pending::Ecdh(_) => "an ECDH secret is needed",
            Pending::Peer => "the peer waits to be accepted or rejected",
        })
    }
}

impl std::error::Error for Pending {}

/// What a call on a session comes to that is about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Progress<T = ()> {
    /// It is done.
    Done(T),
    /// Answer this first.
    Pending(Pending),
}

impl<T> Progress<T> {
    /// The result, for hosts that are never asked: with them a question is an error.
    pub fn done(self) -> Result<T, Pending> {
        match self {
            Progress::Done(result) => Ok(result),
            Progress::Pending(question) => Err(question),
        }
    }
}
