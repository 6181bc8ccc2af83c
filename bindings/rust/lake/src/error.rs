//! The error type of the crate.

use std::error::Error as StdError;
use std::fmt;

use crate::Status;

/// Any error, such as a callback may return.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why a call failed, what exactly was wrong, and what to tell the peer.
///
/// ```
/// use lake::{Credential, Status};
///
/// let error = Credential::from_ccs(b"nonsense").unwrap_err();
/// assert_eq!(error.status(), Status::CredentialMalformed);
/// assert_eq!(format!("{error:?}"), error.to_string());
/// ```
pub struct Error {
    status: Status,
    detail: String,
    message: Option<Vec<u8>>,
    source: Option<BoxError>,
}

impl Error {
    pub(crate) fn new(status: Status) -> Error {
        Error { status, detail: String::new(), message: None, source: None }
    }

    pub(crate) fn with(status: Status, detail: String, message: Option<Vec<u8>>, source: Option<BoxError>) -> Error {
        Error { status, detail, message, source }
    }

    /// The error of an argument that cannot be given to liblake.
    pub(crate) fn of_argument(detail: &str, source: impl Into<BoxError>) -> Error {
        Error::with(Status::Argument, detail.to_owned(), None, Some(source.into()))
    }

    /// The error of a status of lake.h that is below 0.
    pub(crate) fn from_code(code: i32) -> Error {
        match Status::from_code(code) {
            Some(status) => Error::new(status),
            None => Error {
                detail: format!("liblake gave the status {code}, which this crate does not know"),
                ..Error::new(Status::Internal)
            },
        }
    }

    /// The same of a call in which a closure may have failed.
    pub(crate) fn of_call(code: i32, detail: String, source: Option<BoxError>) -> Error {
        match Status::from_code(code) {
            Some(status) => Error::with(status, detail, None, source),
            None => Error::from_code(code),
        }
    }

    /// What went wrong, to be matched.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What exactly was wrong, for people: at most 300 bytes, no secret in it, maybe empty.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The EDHOC error message (RFC 9528 chapter 6) that is due: send it to the peer.
    /// `None` if the run goes on, or none is due, as after an error message of the peer.
    pub fn message(&self) -> Option<&[u8]> {
        self.message.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A detail starts with the text of the status, where it has one.
        match (self.detail.is_empty(), self.detail.contains(self.status.text())) {
            (true, _) => f.write_str(self.status.text()),
            (false, true) => f.write_str(&self.detail),
            (false, false) => write!(f, "{}: {}", self.status, self.detail),
        }
    }
}

/// For people, too: what `main` shows of an error that it returns.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, ": {source}"))
    }
}

impl StdError for Error {
    /// What a closure of the host returned, if that was the cause; or what is wrong with an argument
    /// in the eyes of Rust, such as a zero byte in a text.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
