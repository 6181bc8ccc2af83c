//! Renewal: resumption, saved sessions, when to renew (docs/renewal.md of liblake).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lake_sys as sys;

#[allow(unused_imports)] // in the documentation
use crate::Status;
use crate::{ffi, Config, Credential, Data, Error, Session};

/// The key that seals what is saved: 32 bytes that the host keeps.
pub type SealingKey = [u8; 32];

/// Settings of a [`ResumptionStore`]. 0 means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResumptionOptions {
    /// Peers, 1 to 1,000,000; default 1,000.
    pub limit: u64,
    /// For how long a key is valid, in whole seconds, at most 100 years; default one day.
    pub lifetime: Duration,
    /// Bytes of the identifiers of keys, 1 to 64; default 2, which is good for some thousand peers.
    /// Both sides have to agree on it.
    pub kid_length: u32,
    /// For how long runs may go on from resumption to resumption, in whole seconds, before one with
    /// long-term credentials is due, at most 100 years; default 30 days. No key outlives those
    /// credentials either.
    pub chain_limit: Duration,
}

impl ResumptionOptions {
    fn for_c(&self) -> sys::lake_resumption_options {
        let mut options = ffi::sized!(lake_resumption_options);
        options.kid_length = self.kid_length;
        options.limit = self.limit;
        options.lifetime = self.lifetime.as_secs();
        options.chain_limit = self.chain_limit.as_secs();
        options
    }
}

/// Keys with which peers can be met again by method 4, each for the next run. Clones are the same
/// store.
///
/// ```
/// use std::time::Duration;
/// use lake::{ResumptionOptions, ResumptionStore};
///
/// let options = ResumptionOptions { lifetime: Duration::from_secs(3600), ..ResumptionOptions::default() };
/// let store = ResumptionStore::new(options)?;
/// assert_eq!(store.len()?, 0);
/// # Ok::<(), lake::Error>(())
/// ```
///
/// It is [`Send`] and [`Sync`]: any number of threads use it at once.
#[derive(Clone)]
pub struct ResumptionStore(Arc<Inner>);

struct Inner(*mut sys::lake_resumption);

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    /// Configs and endpoints keep theirs.
    fn drop(&mut self) {
        unsafe { sys::lake_resumption_free(self.0) };
    }
}

impl ResumptionStore {
    fn owning(handle: *mut sys::lake_resumption) -> ResumptionStore {
        ResumptionStore(Arc::new(Inner(handle)))
    }

    /// A store.
    pub fn new(options: ResumptionOptions) -> Result<ResumptionStore, Error> {
        let options = options.for_c();
        ffi::handle(|out| unsafe { sys::lake_resumption_new(&options, out) }).map(ResumptionStore::owning)
    }

    /// Reads what [`save`](ResumptionStore::save) wrote. What is 0 in the options is as it was saved;
    /// [`kid_length`](ResumptionOptions::kid_length) and
    /// [`chain_limit`](ResumptionOptions::chain_limit) can be set anew. [`Status::Argument`] for
    /// another limit or lifetime, [`Status::Saved`] if it was altered or the key is another one,
    /// [`Status::Unsupported`] for another version.
    pub fn load(key: &SealingKey, blob: &[u8], options: ResumptionOptions) -> Result<ResumptionStore, Error> {
        let ((p, n), options) = (ffi::input(blob), options.for_c());
        ffi::handle(|out| unsafe { sys::lake_resumption_load(key.as_ptr(), key.len(), p, n, &options, out) })
            .map(ResumptionStore::owning)
    }

    /// The store, sealed, to be kept over a restart.
    pub fn save(&self, key: &SealingKey) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe {
            sys::lake_resumption_save(self.as_raw(), key.as_ptr(), key.len(), out, cap, len)
        })
    }

    /// Derives the next resumption key of a completed session and keeps it under the peer. Both
    /// sides do it, before any [`Session::key_update`]. The key of the run before is kept or
    /// dropped as draft-ietf-lake-edhoc-psk section 6 says. [`Status::State`] before the peer has
    /// authenticated, in method 4 by a fourth message ([`Session::peer_proved`]).
    pub fn keep(&self, session: &Session) -> Result<(), Error> {
        session.check(|session| unsafe { sys::lake_resumption_keep(self.as_raw(), session) })
    }

    /// Drops the key of the run before, when the peer of a completed session has shown to have
    /// its keys by a further message.
    pub fn confirm(&self, session: &Session) -> Result<(), Error> {
        session.check(|session| unsafe { sys::lake_resumption_confirm(self.as_raw(), session) })
    }

    /// Drops the keys of a peer, and gives how many that were. `what` is what `value` is of:
    ///
    /// - [`Data::Fingerprint`], [`Data::KeyHash`], or [`Data::Issuer`] together with the serial number
    ///   of a certificate (big-endian; empty with the others): every key that goes back to a run with
    ///   a peer whose credential has this, in whatever form it came, and however often it was resumed
    ///   since.
    /// - [`Data::Cred`]: the keys of the peer with this CRED_x, and no other form of it.
    ///
    /// [`Status::Argument`] for others.
    pub fn forget(&self, what: Data, value: &[u8], serial: &[u8]) -> Result<usize, Error> {
        let ((p, n), (serial, serial_len)) = (ffi::input(value), ffi::input(serial));
        ffi::value(|out| unsafe {
            sys::lake_resumption_forget(self.as_raw(), what.number(), p, n, serial, serial_len, out)
        })
    }

    /// Number of peers in the store.
    #[allow(clippy::len_without_is_empty)] // it can fail
    pub fn len(&self) -> Result<usize, Error> {
        ffi::value(|out| unsafe { sys::lake_resumption_count(self.as_raw(), out) })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_resumption {
        self.0 .0
    }
}

impl fmt::Debug for ResumptionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumptionStore")
    }
}

ffi::numbers! {
    /// What is due: [`Session::renewal`].
    Renewal {
        /// Go on.
        None = LAKE_RENEWAL_NONE,
        /// [`Session::key_update`] on both sides.
        KeyUpdate = LAKE_RENEWAL_KEY_UPDATE,
        /// A new run of EDHOC.
        NewRun = LAKE_RENEWAL_NEW_RUN,
    }
}

/// Renewal.
impl Session {
    /// Initiator, before message_1: runs method 4 with the key kept for the peer that has the
    /// credential CRED_R. [`Status::NotFound`] if there is none: the run then is a full one. If
    /// the Responder refuses, [`step`](Session::step) goes on with a full run by itself; message
    /// by message, [`fall_back`](Session::fall_back) does it.
    pub fn use_resumption(&mut self, store: &ResumptionStore, cred_r: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(cred_r);
        self.check(|session| unsafe { sys::lake_session_use_resumption(session, store.as_raw(), p, n) })
    }

    /// Initiator: a new, full run after a resumption that failed, in the same session. The key
    /// is dropped.
    pub fn fall_back(&mut self) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_fall_back(session) })
    }

    /// The resumption key of a completed session as a PSK credential, with a kid of so many
    /// bytes, 1 to 64 (0: 2), for hosts that keep keys in their own way.
    pub fn resumption_credential(&self, kid_len: usize) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_session_resumption_credential(self.as_raw(), kid_len, out) })
            .map(Credential::owning)
    }

    /// Saves a session, sealed: a completed one, or one that waits for message_2, message_3 or
    /// message_4; in method 4 an Initiator only before message_3 and when the Responder has
    /// authenticated. The half-open one lives on in the blob and is over here; it may be restored once.
    pub fn save(&mut self, key: &SealingKey) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe {
            sys::lake_session_save(self.as_raw(), key.as_ptr(), key.len(), out, cap, len)
        })
    }

    /// What is due, after the host has protected `sent` and received `received` more messages
    /// with the keys of the session, and `failures` more did not verify, since the last call.
    /// In states in which keys can be exported.
    pub fn renewal(&mut self, sent: u64, received: u64, failures: u64) -> Result<Renewal, Error> {
        let mut due = 0;
        self.check(|session| unsafe { sys::lake_session_renewal(session, sent, received, failures, &mut due) })?;
        ffi::known(Renewal::from_number(due))
    }
}

/// How long keys serve. 0 means the default; docs/renewal.md of liblake says where these come
/// from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RenewalLimits {
    /// Sets of keys exported from one run, key updates making the next; default 24.
    pub key_sets: u32,
    /// Messages in one direction, with one set of keys; default 1,048,576.
    pub messages: u64,
    /// Messages that did not verify; default 16,384 with suites 0 to 3, else 1,048,576.
    pub failures: u64,
    /// Since the run or key update, in whole seconds; default one hour.
    pub key_age: Duration,
    /// Since the run, in whole seconds; default 24 hours.
    pub run_age: Duration,
}

impl RenewalLimits {
    pub(crate) fn for_c(&self) -> sys::lake_renewal_limits {
        let mut limits = ffi::sized!(lake_renewal_limits);
        limits.key_sets = self.key_sets;
        limits.messages = self.messages;
        limits.failures = self.failures;
        limits.key_age = self.key_age.as_secs();
        limits.run_age = self.run_age.as_secs();
        limits
    }
}

impl Config {
    /// Restores a session with the config that it was made with. [`Status::Saved`] if the blob
    /// was altered, is of another config or key, or was restored before in this config;
    /// [`Status::Unsupported`] for another version.
    pub fn restore(&self, key: &SealingKey, blob: &[u8]) -> Result<Session, Error> {
        let (p, n) = ffi::input(blob);
        let handle =
            ffi::handle(|out| unsafe { sys::lake_session_restore(self.as_raw(), key.as_ptr(), key.len(), p, n, out) })?;
        Ok(Session::owning(handle, self))
    }
}

/// The id of a saved session, to claim it by where several processes could restore it.
/// [`Status::Saved`] for what is none.
pub fn saved_id(blob: &[u8]) -> Result<[u8; 16], Error> {
    let (p, n) = ffi::input(blob);
    ffi::value(|out: *mut [u8; 16]| unsafe { sys::lake_saved_id(p, n, out.cast()) })
}
