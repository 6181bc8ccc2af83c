//! Who the peer is.

use lake_sys as sys;

use crate::{ffi, Credential, Error, Name, Session, Status};

/// The peer.
impl Session {
    /// ID_CRED_x of the peer, the CBOR map, from [`Pending::Credential`](crate::Pending::Credential)
    /// on. [`Status::NotFound`] before.
    pub fn peer_id_cred(&self) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_session_peer_id_cred(self.as_raw(), out, cap, len) })
    }

    /// Answers [`Pending::Credential`](crate::Pending::Credential): this is the peer's
    /// credential, and it is trusted.
    pub fn set_peer_credential(&mut self, credential: &Credential) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_set_peer_credential(session, credential.as_raw()) })
    }

    /// Ends the run because of who the peer is, or is not: [`Status::CredentialUnknown`] (the
    /// peer is told to refer to its credential in another way) or [`Status::PeerRejected`]. Any
    /// state before completion. [`Session::prepare_error`] gives the message to send, as after
    /// [`abort`](Session::abort).
    pub fn reject_peer(&mut self, reason: Status) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_reject_peer(session, reason.code()) })
    }

    /// Says who the peer of this run has to be: another one ends it with
    /// [`Status::PeerRejected`]. Of several names one is enough. Allowed until the peer has
    /// authenticated. [`Status::Argument`] for what is no name of its kind.
    pub fn expect_peer(&mut self, name: Name<'_>) -> Result<(), Error> {
        let (kind, name) = name.parts();
        let name = ffi::c_text(name)?;
        self.check(|session| unsafe { sys::lake_session_expect_peer(session, kind, name.as_ptr()) })
    }

    /// The credential that this side authenticates with. [`Status::NotFound`] before it was
    /// chosen, for message_2 or message_3.
    pub fn own_credential(&self) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_session_own_credential(self.as_raw(), out) }).map(Credential::owning)
    }

    /// The credential that the peer authenticated with. [`Status::NotFound`] before, as
    /// [`SessionInfo::is_authenticated`](crate::SessionInfo::is_authenticated) says.
    pub fn peer_credential(&self) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_session_peer_credential(self.as_raw(), out) }).map(Credential::owning)
    }

    /// The suites that the peer named: SUITES_I of message_1, or SUITES_R of an error message.
    /// [`Status::NotFound`].
    pub fn peer_suites(&self) -> Result<Vec<i64>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_session_peer_suites(self.as_raw(), out, cap, len) })
    }
}
