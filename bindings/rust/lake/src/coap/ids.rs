//! Connection identifiers that are given out.

use std::fmt;
use std::sync::Arc;

use lake_sys as sys;

#[allow(unused_imports)] // in the documentation
use crate::Status;
use crate::{ffi, Error};

/// Connection identifiers, each given out to one run or OSCORE context at a time (RFC 9668
/// section 3.1). A host that is server and client has one for both. Clones are the same.
/// It is [`Send`] and [`Sync`]: any number of threads use it at once.
///
/// ```
/// use lake::coap::Ids;
///
/// let ids = Ids::new(1, 4)?;
/// let id = ids.take(b"\x07")?;
/// assert!(id.len() == 1 && id != b"\x07"); // which is the peer's
/// ids.reserve(b"\x09\x09")?; // a context that was restored
/// assert!(ids.reserve(&id).is_err());
/// ids.release(&id)?;
/// assert_eq!(ids.count()?, 1);
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone)]
pub struct Ids(Arc<Inner>);

struct Inner(*mut sys::lake_coap_ids);

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    /// Servers and clients keep theirs.
    fn drop(&mut self) {
        unsafe { sys::lake_coap_ids_free(self.0) };
    }
}

impl Ids {
    /// Gives out identifiers of `min` to `max` bytes, 1 to 7, the shortest first: the 48 of one
    /// byte that EDHOC sends as an int, then longer ones. From 4 on they cannot be guessed by
    /// somebody who wants to disturb a run.
    pub fn new(min: usize, max: usize) -> Result<Ids, Error> {
        ffi::handle(|out| unsafe { sys::lake_coap_ids_new(min, max, out) }).map(|handle| Ids(Arc::new(Inner(handle))))
    }

    /// Takes one that is free and not the peer's: for sessions that the host runs by itself.
    /// [`Status::Exhausted`].
    pub fn take(&self, peer_id: &[u8]) -> Result<Vec<u8>, Error> {
        let (p, n) = ffi::input(peer_id);
        let (mut out, mut len) = ([0; 7], 0);
        ffi::check(unsafe { sys::lake_coap_ids_take(self.as_raw(), p, n, out.as_mut_ptr(), &mut len) })?;
        Ok(out[..len].to_vec())
    }

    /// Marks one as in use, such as the Recipient ID of a restored context. [`Status::State`] if
    /// it is.
    pub fn reserve(&self, id: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(id);
        ffi::check(unsafe { sys::lake_coap_ids_reserve(self.as_raw(), p, n) })
    }

    /// Gives one back. It does nothing for one that is not in use.
    pub fn release(&self, id: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(id);
        ffi::check(unsafe { sys::lake_coap_ids_release(self.as_raw(), p, n) })
    }

    /// Number of identifiers in use.
    pub fn count(&self) -> Result<usize, Error> {
        ffi::value(|out| unsafe { sys::lake_coap_ids_count(self.as_raw(), out) })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_coap_ids {
        self.0 .0
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}
