//! External authorization data (RFC 9528 section 3.8). A message is 1 to 4.

use lake_sys as sys;

use crate::{ffi, Error, Session};

/// An item of external authorization data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EadItem {
    /// Its label; negative if the item is critical.
    pub label: i64,
    /// Its value, if it has one.
    pub value: Option<Vec<u8>>,
    /// It was received in a message that nothing authenticates yet, and anybody may have made it:
    /// [`early_ead_labels`](crate::ConfigBuilder::early_ead_labels). Means nothing for an item
    /// to be sent.
    pub is_unverified: bool,
}

impl EadItem {
    /// An item to be sent.
    pub fn new(label: i64, value: Option<Vec<u8>>) -> EadItem {
        EadItem { label, value, is_unverified: false }
    }

    /// Whether a receiver that does not understand it has to end the run.
    pub fn is_critical(&self) -> bool {
        self.label < 0
    }
}

/// External authorization data.
impl Session {
    /// Adds an item to a message that is not prepared yet; its label is not 0.
    /// [`Status::Limit`](crate::Status::Limit).
    pub fn add_ead(&mut self, message: u8, item: &EadItem) -> Result<(), Error> {
        let (p, n) = ffi::optional(item.value.as_deref());
        self.check(|session| unsafe { sys::lake_session_ead_add(session, message.into(), item.label, p, n) })
    }

    /// Makes a message `n` bytes longer with padding, at least 1 (section 3.8.1).
    pub fn pad(&mut self, message: u8, n: usize) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_ead_pad(session, message.into(), n) })
    }

    /// The received items of a message, padding left out. Until the call that processes the
    /// message has succeeded, anybody may have made them. Those of message_2 in method 4 are
    /// withheld until message_4 or [`peer_proved`](Session::peer_proved), but for the labels of
    /// [`early_ead_labels`](crate::ConfigBuilder::early_ead_labels).
    pub fn ead(&self, message: u8) -> Result<Vec<EadItem>, Error> {
        let mut count = 0;
        self.check(|session| unsafe { sys::lake_session_ead_count(session, message.into(), &mut count) })?;
        (0..count).map(|index| self.ead_item(message, index)).collect()
    }

    fn ead_item(&self, message: u8, index: usize) -> Result<EadItem, Error> {
        let mut item = ffi::sized!(lake_ead_item);
        let value = ffi::list(|out, cap, len| unsafe {
            sys::lake_session_ead_get(self.as_raw(), message.into(), index, &mut item, out, cap, len)
        })?;
        Ok(EadItem {
            label: item.label,
            value: (item.has_value == 1).then_some(value),
            is_unverified: item.is_unverified == 1,
        })
    }

    /// Answers [`Pending::Ead`](crate::Pending::Ead) for one item: it is understood. Items that
    /// were not accepted end the run when it goes on.
    pub fn accept_ead(&mut self, message: u8, index: usize) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_ead_accept(session, message.into(), index) })
    }

    /// Answers [`Pending::Ead`](crate::Pending::Ead) by ending the run.
    pub fn reject_ead(&mut self, message: u8, index: usize) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_ead_reject(session, message.into(), index) })
    }
}
