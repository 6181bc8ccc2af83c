//! EDHOC error messages (RFC 9528 chapter 6).

use std::num::TryFromIntError;
use std::ptr;

use lake_sys as sys;

use crate::{ffi, Error, Session, Status};

/// An error message, as it goes over the wire.
///
/// ```
/// use lake::ErrorMessage;
///
/// let message = ErrorMessage::WrongSuite(vec![2, 3]);
/// assert_eq!(message.encode()?, [0x02, 0x82, 0x02, 0x03]);
/// assert_eq!(ErrorMessage::parse(&[0x02, 0x82, 0x02, 0x03])?, message);
/// assert!(ErrorMessage::parse(b"nonsense").is_err());
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorMessage {
    /// Code 1, with a text.
    Unspecified(String),
    /// Code 2: the suites that the Responder supports.
    WrongSuite(Vec<i64>),
    /// Code 3: the credential is unknown to which the message refers.
    UnknownCredential,
    /// Another code.
    Other(i64),
}

impl ErrorMessage {
    /// Reads one. [`Status::Malformed`] for what is none.
    pub fn parse(bytes: &[u8]) -> Result<ErrorMessage, Error> {
        let (p, n) = ffi::input(bytes);
        let mut code = 0;
        let text = ffi::text(|out, cap, len| unsafe { sys::lake_error_parse(p, n, &mut code, out, cap, len) })?;
        Ok(match code {
            1 => ErrorMessage::Unspecified(text),
            2 => ErrorMessage::WrongSuite(ffi::list(|out, cap, len| unsafe {
                sys::lake_error_suites(p, n, out, cap, len)
            })?),
            3 => ErrorMessage::UnknownCredential,
            code => ErrorMessage::Other(code),
        })
    }

    /// Makes one. [`Status::Argument`] for other codes than 1, 2 and 3.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let make = |code, text, suites: &[i32]| {
            let (p, n) = ffi::input(suites);
            ffi::list(|out, cap, len| unsafe { sys::lake_error_build(code, text, p, n, out, cap, len) })
        };
        let bad = |error: TryFromIntError| Error::of_argument("there is no such code or suite", error);
        match self {
            ErrorMessage::Unspecified(text) => make(1, ffi::c_text(text)?.as_ptr(), &[]),
            ErrorMessage::WrongSuite(suites) => {
                let suites: Result<Vec<i32>, _> = suites.iter().map(|&suite| suite.try_into()).collect();
                make(2, ptr::null(), &suites.map_err(bad)?)
            }
            ErrorMessage::UnknownCredential => make(3, ptr::null(), &[]),
            ErrorMessage::Other(code) => make((*code).try_into().map_err(bad)?, ptr::null(), &[]),
        }
    }
}

/// Errors.
impl Session {
    /// The error message that is due after a failure. It ends the run, if the failure did not:
    /// who sends an error message aborts. [`Error::message`] has it if the run has ended, so
    /// this is for a host that gives up, after [`abort`](Session::abort) or
    /// [`reject_peer`](Session::reject_peer). [`Status::NotFound`] if none is due, as while this
    /// side waits for an answer: error messages are answers.
    pub fn prepare_error(&mut self) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_session_prepare_error(self.as_raw(), out, cap, len) })
    }

    /// The same of a run that has ended, which changes nothing.
    pub(crate) fn due_error_message(&self) -> Option<Vec<u8>> {
        ffi::list(|out, cap, len| unsafe { sys::lake_session_prepare_error(self.as_raw(), out, cap, len) }).ok()
    }

    /// Takes an error message of the peer, which ends the run: the error is one of
    /// [`Group::Peer`](crate::Group::Peer). What is no error message ends it, too, as
    /// [`Status::Malformed`] or [`Status::NotDeterministic`]. The functions that process a message
    /// do the same when they get one.
    pub fn process_error(&mut self, message: &[u8]) -> Error {
        let (p, n) = ffi::input(message);
        match self.check(|session| unsafe { sys::lake_session_process_error(session, p, n) }) {
            Err(error) => error,
            Ok(()) => Error::new(Status::Internal), // which lake.h excludes
        }
    }

    /// Ends the run; [`prepare_error`](Session::prepare_error) gives the error message to send, if
    /// this side has been sent something that it has not answered.
    pub fn abort(&mut self) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_abort(session) })
    }

    /// What exactly was wrong in the call that [`SessionInfo::last_error`](crate::SessionInfo::last_error)
    /// is of: [`Error::detail`] of that call.
    pub(crate) fn error_text(&self) -> String {
        ffi::text(|out, cap, len| unsafe { sys::lake_session_error_text(self.as_raw(), out, cap, len) })
            .unwrap_or_default()
    }

    /// The error message that the peer sent. [`Status::NotFound`] if it sent none.
    pub fn peer_error(&self) -> Result<ErrorMessage, Error> {
        let mut code = 0;
        let text = ffi::text(|out, cap, len| unsafe {
            sys::lake_session_peer_error(self.as_raw(), &mut code, out, cap, len)
        })?;
        Ok(match code {
            1 => ErrorMessage::Unspecified(text),
            2 => ErrorMessage::WrongSuite(self.peer_suites()?),
            3 => ErrorMessage::UnknownCredential,
            code => ErrorMessage::Other(code),
        })
    }
}
