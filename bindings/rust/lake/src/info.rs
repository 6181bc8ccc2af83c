//! What is known of a session.

use lake_sys as sys;

use crate::{ffi, Error, Next, Pending, Role, Session, State, Status};

/// What is known of a session, in any state: [`Session::info`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its side.
    pub role: Role,
    /// Where it is.
    pub state: State,
    /// What it expects of the host.
    pub next: Next,
    /// The method, from message_1 on.
    pub method: Option<i32>,
    /// The selected suite, from message_1 on.
    pub suite: Option<i32>,
    /// Whether the run is over with success.
    pub is_complete: bool,
    /// Whether the peer has proved who it is. In method 4 the Initiator knows that with message_4
    /// or [`Session::peer_proved`] only, also when it is complete.
    pub is_authenticated: bool,
    /// Whether it is authenticated, or is to be, by a resumption key.
    pub is_resumed: bool,
    /// Whether, with [`PeerPolicy::Learn`](crate::PeerPolicy::Learn), the key of the peer was
    /// accepted for the first time: keep [`Session::peer_credential`], and pin it in the next
    /// config.
    pub is_peer_new: bool,
    /// What the host has to answer, if anything is asked.
    pub pending: Option<Pending>,
    /// Of the last call that failed, or why the host ended the run.
    pub last_error: Option<Status>,
    /// One's own connection identifier, when it is chosen.
    pub own_connection_id: Option<Vec<u8>>,
    /// The peer's connection identifier, when it is known.
    pub peer_connection_id: Option<Vec<u8>>,
}

/// The beginning of an array that is in use; of a length below 0 there is none.
fn id(bytes: &[u8; 64], len: i32) -> Option<Vec<u8>> {
    usize::try_from(len).ok().map(|len| bytes[..len].to_vec())
}

impl Session {
    /// What is known of it.
    ///
    /// ```
    /// use lake::{Config, Role, State};
    ///
    /// let session = Config::builder().build()?.responder()?;
    /// let info = session.info()?;
    /// assert_eq!((info.role, info.state, info.method), (Role::Responder, State::Start, None));
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn info(&self) -> Result<SessionInfo, Error> {
        let info = self.info_of_c()?;
        Ok(SessionInfo {
            role: ffi::known(Role::from_number(info.role))?,
            state: ffi::known(State::from_number(info.state))?,
            next: ffi::known(Next::from_number(info.next))?,
            method: Some(info.method).filter(|&method| method >= 0),
            suite: Some(info.suite).filter(|&suite| suite >= 0),
            is_complete: info.is_complete == 1,
            is_authenticated: info.is_authenticated == 1,
            is_resumed: info.is_resumed == 1,
            is_peer_new: info.is_peer_new == 1,
            pending: Some(info.pending).filter(|&code| code != ffi::OK).map(|code| self.question(code)).transpose()?,
            last_error: Status::from_code(info.last_error),
            own_connection_id: id(&info.own_connection_id, info.own_connection_id_len),
            peer_connection_id: id(&info.peer_connection_id, info.peer_connection_id_len),
        })
    }

    /// The same as liblake says it.
    pub(crate) fn info_of_c(&self) -> Result<sys::lake_session_info, Error> {
        let mut info = ffi::sized!(lake_session_info);
        ffi::check(unsafe { sys::lake_session_info(self.as_raw(), &mut info) }).map(|()| info)
    }
}
