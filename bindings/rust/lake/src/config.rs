//! What stays the same from session to session.

use std::ffi::{c_char, c_void};
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use lake_sys as sys;

use crate::callback::{self, Caller};
use crate::{ffi, BoxError, Credential, EadItem, Error, RenewalLimits, ResumptionStore, Role, Session};

ffi::numbers! {
    /// Whose credentials are trusted.
    PeerPolicy {
        /// Those of the config and those the host answers with (default).
        Pinned = LAKE_PEER_PINNED,
        /// Also what a trust anchor or CWT issuer of the config vouches for.
        X509 = LAKE_PEER_X509,
        /// The host is asked about every credential.
        Callback = LAKE_PEER_CALLBACK,
        /// Also raw keys by value, on first use: [`SessionInfo::is_peer_new`](crate::SessionInfo::is_peer_new).
        Learn = LAKE_PEER_LEARN,
        /// Also every one that is sent by value.
        AnyInsecure = LAKE_PEER_ANY_INSECURE,
    }
}

/// Questions that come to the host as [`Pending`](crate::Pending).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// For the credential of a peer that the config does not know.
    Credential,
    /// For a critical EAD item that nobody accepted.
    Ead,
    /// When the peer has authenticated: going on accepts it.
    Peer,
}

/// A name that a peer can have. One of one kind never matches one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Name<'a> {
    /// A DNS name (in ASCII) among the subject alternative names of a certificate (RFC 9525).
    Dns(&'a str),
    /// An IP address among them, IPv4 or IPv6 as text.
    Ip(&'a str),
    /// A URI among them: with a host, scheme and host have to match, else all of it.
    Uri(&'a str),
    /// An EUI-64 among them: 16 hexadecimal digits, or 8 groups of two with `-` or `:` between.
    Eui64(&'a str),
    /// The subject of a certificate, as [`Credential::subject`] gives it (RFC 4514).
    Subject(&'a str),
    /// The public key of any credential, in hexadecimal digits.
    Key(&'a str),
    /// The claim `sub` of a CWT.
    Cwt(&'a str),
    /// The claim `sub` of a CCS.
    Ccs(&'a str),
}

impl<'a> Name<'a> {
    pub(crate) fn parts(self) -> (i32, &'a str) {
        match self {
            Name::Dns(name) => (sys::LAKE_NAME_DNS, name),
            Name::Ip(name) => (sys::LAKE_NAME_IP, name),
            Name::Uri(name) => (sys::LAKE_NAME_URI, name),
            Name::Eui64(name) => (sys::LAKE_NAME_EUI64, name),
            Name::Subject(name) => (sys::LAKE_NAME_SUBJECT, name),
            Name::Key(name) => (sys::LAKE_NAME_KEY, name),
            Name::Cwt(name) => (sys::LAKE_NAME_CWT, name),
            Name::Ccs(name) => (sys::LAKE_NAME_CCS, name),
        }
    }
}

/// Bounds what a peer can make a session do. 0 means the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a received message; default 65536, at most 1048576.
    pub message_size: u32,
    /// Bytes of a connection identifier; default and at most 64.
    pub connection_id: u32,
    /// EAD items in one message; default 16, at most 64.
    pub ead_items: u32,
    /// Credentials tried for one ID_CRED; default 8, at most 64.
    pub candidates: u32,
    /// Certificates in one ID_CRED; default 8, at most 32.
    pub chain: u32,
}

impl Limits {
    fn for_c(&self) -> sys::lake_limits {
        let mut limits = ffi::sized!(lake_limits);
        limits.message_size = self.message_size;
        limits.connection_id = self.connection_id;
        limits.ead_items = self.ead_items;
        limits.candidates = self.candidates;
        limits.chain = self.chain;
        limits
    }
}

/// Whole seconds; too many stay too many.
fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

/// How a resolver answers: [`ConfigBuilder::resolver`].
#[derive(Debug)]
pub enum Resolution {
    /// This is the credential, and it is trusted.
    Trusted(Credential),
    /// It is not known here.
    Unknown,
    /// The answer comes later: the call gives [`Pending::Credential`](crate::Pending::Credential).
    Later,
}

type Resolve = Box<dyn Fn(&Caller<'_>, &[u8]) -> Result<Resolution, BoxError> + Send + Sync>;
type HandleEad = Box<dyn Fn(&Caller<'_>, u8, &EadItem) -> Result<bool, BoxError> + Send + Sync>;
type LogKeys = Box<dyn Fn(&str) + Send + Sync>;
type Verify = Box<dyn Fn(&Caller<'_>, &Credential) -> Result<(), BoxError> + Send + Sync>;

/// Cipher suites, methods, credentials, trust: what sessions are made from.
/// Clones are the same config. Made by [`Config::builder`].
///
/// It is [`Send`] and [`Sync`]: any number of threads use it at once. So are its closures, which each
/// thread calls that uses a session of it. They are dropped when the config has gone, and all that
/// was made from it.
///
/// ```
/// use lake::{Config, Credential, KeyKind};
///
/// let (private, public) = lake::generate_keypair(KeyKind::P256)?;
/// let own = Credential::from_ccs(&lake::build_ccs(None, b"\x2b", KeyKind::P256, &public)?)?.with_private_key(&private)?;
///
/// let config = Config::builder().suites(&[2]).methods(&[3]).own_credential(&own).build()?;
/// let session = config.initiator()?;
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone)]
pub struct Config(Arc<Inner>);

struct Inner(*mut sys::lake_config);

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        unsafe { sys::lake_config_free(self.0) };
    }
}

impl Config {
    /// A config with the defaults: all suites and methods that the own credentials allow,
    /// pinned credentials only, message_4 not required.
    pub fn builder() -> ConfigBuilder {
        let made = ffi::handle(|out| unsafe { sys::lake_config_new(out) });
        let (handle, error) = match made {
            Ok(handle) => (handle, None),
            Err(error) => (ptr::null_mut(), Some(error)),
        };
        ConfigBuilder { inner: Inner(handle), error }
    }

    /// A session that sends message_1.
    pub fn initiator(&self) -> Result<Session, Error> {
        Session::new(self, Role::Initiator)
    }

    /// A session that receives message_1.
    pub fn responder(&self) -> Result<Session, Error> {
        Session::new(self, Role::Responder)
    }

    /// Sets the time by which dates are checked, in seconds since 1970, for devices without a
    /// clock; 0: that of the system (default).
    pub fn set_time(&self, now: i64) -> Result<(), Error> {
        ffi::check(unsafe { sys::lake_config_set_time(self.as_raw(), now) })
    }

    /// Adds certificate revocation lists (RFC 5280 chapter 5): one in DER, or all of a PEM file. A
    /// certificate that a list of its issuer has is refused from then on
    /// ([`Status::Revoked`](crate::Status::Revoked)), in whatever form it comes, and so are
    /// resumptions that go back to it. A list has to be signed by a trust anchor or intermediate
    /// of the config; it replaces an older one of the same issuer.
    /// [`Status::UnknownIssuer`](crate::Status::UnknownIssuer) and the like.
    pub fn add_crl(&self, file: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(file);
        ffi::check(unsafe { sys::lake_config_add_crl(self.as_raw(), p, n) })
    }

    /// Checks a credential as [`PeerPolicy::X509`] does, for a key that signs or one that does
    /// static Diffie-Hellman. [`Status::Expired`](crate::Status::Expired),
    /// [`Status::UnknownIssuer`](crate::Status::UnknownIssuer) and the like.
    pub fn verify_credential(&self, credential: &Credential, signs: bool) -> Result<(), Error> {
        ffi::check(unsafe { sys::lake_config_verify_credential(self.as_raw(), credential.as_raw(), signs.into()) })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_config {
        self.0 .0
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Config")
    }
}

/// Makes a [`Config`]. The first error of a function is that of [`build`](Self::build).
/// It is [`Send`] and [`Sync`].
#[must_use]
pub struct ConfigBuilder {
    inner: Inner,
    error: Option<Error>,
}

impl ConfigBuilder {
    /// The config, or the first error on the way to it.
    pub fn build(self) -> Result<Config, Error> {
        match self.error {
            None => Ok(Config(Arc::new(self.inner))),
            Some(error) => Err(error),
        }
    }

    fn with(mut self, call: impl FnOnce(*mut sys::lake_config) -> i32) -> Self {
        if self.error.is_none() {
            self.error = ffi::check(call(self.inner.0)).err();
        }
        self
    }

    fn with_text(mut self, text: &str, call: impl FnOnce(*mut sys::lake_config, *const c_char) -> i32) -> Self {
        match ffi::c_text(text) {
            Ok(text) => self.with(|config| call(config, text.as_ptr())),
            Err(error) => {
                self.error.get_or_insert(error);
                self
            }
        }
    }

    fn with_credential(
        self,
        credential: &Credential,
        call: impl FnOnce(*mut sys::lake_config, *mut sys::lake_credential) -> i32,
    ) -> Self {
        self.with(|config| call(config, credential.as_raw()))
    }

    fn with_closure<T: Send + Sync + 'static>(
        self,
        closure: T,
        call: impl FnOnce(*mut sys::lake_config, *mut c_void, sys::lake_destroy_fn) -> i32,
    ) -> Self {
        self.with(|config| callback::give(closure, |userdata, destroy| call(config, userdata, destroy)))
    }

    fn with_option(self, option: i32, value: i64) -> Self {
        self.with(|config| unsafe { sys::lake_config_set_option(config, option, value) })
    }

    fn with_ead_labels(self, used: i32, labels: &[i64]) -> Self {
        let (p, n) = ffi::input(labels);
        self.with(|config| unsafe { sys::lake_config_set_ead_labels(config, used as u32, p, n) })
    }

    /// Sets the cipher suites, the preferred one first. Of these (or of all) a session supports
    /// those that it has an own credential for. Ed25519 and Ed448 keys serve in each suite with
    /// EdDSA that is set here.
    /// [`Status::Unsupported`](crate::Status::Unsupported).
    pub fn suites(self, suites: &[i32]) -> Self {
        let (p, n) = ffi::input(suites);
        self.with(|config| unsafe { sys::lake_config_set_suites(config, p, n) })
    }

    /// Sets the methods. A Responder accepts them; an Initiator uses the first one that it has
    /// a credential for. [`Status::Unsupported`](crate::Status::Unsupported).
    pub fn methods(self, methods: &[i32]) -> Self {
        let (p, n) = ffi::input(methods);
        self.with(|config| unsafe { sys::lake_config_set_methods(config, p, n) })
    }

    /// Adds a credential to authenticate with: the first one that fits method and suite is
    /// used. [`Status::PrivateKey`](crate::Status::PrivateKey) if it has no private key.
    pub fn own_credential(self, credential: &Credential) -> Self {
        self.with_credential(credential, |config, c| unsafe { sys::lake_config_add_own_credential(config, c) })
    }

    /// Adds a credential that is trusted (pinned) as a peer's.
    pub fn peer_credential(self, credential: &Credential) -> Self {
        self.with_credential(credential, |config, c| unsafe { sys::lake_config_add_peer_credential(config, c) })
    }

    /// Adds a pre-shared key for sessions in which this side has the given role. A key for both
    /// directions needs two credentials, with CRED_I and CRED_R exchanged.
    pub fn psk(self, role: Role, credential: &Credential) -> Self {
        self.with_credential(credential, |config, c| unsafe { sys::lake_config_add_psk(config, role.number(), c) })
    }

    /// Adds a certificate that certifies peers, or is a peer's; takes effect with
    /// [`PeerPolicy::X509`]. Further certificates of a chain become intermediates.
    pub fn trust_anchor(self, certificate: &Credential) -> Self {
        self.with_credential(certificate, |config, c| unsafe { sys::lake_config_add_trust_anchor(config, c) })
    }

    /// Adds a certificate that peers may leave out of their chain.
    pub fn intermediate(self, certificate: &Credential) -> Self {
        self.with_credential(certificate, |config, c| unsafe { sys::lake_config_add_intermediate(config, c) })
    }

    /// Adds the key of an issuer of CWTs; `name` is what their claim `iss` has to be, `None`
    /// any. Takes effect with [`PeerPolicy::X509`].
    pub fn cwt_issuer(mut self, issuer: &Credential, name: Option<&str>) -> Self {
        match name.map(ffi::c_text).transpose() {
            Ok(name) => {
                let name = name.as_ref().map_or(ptr::null(), |text| text.as_ptr());
                self.with_credential(issuer, |config, c| unsafe { sys::lake_config_add_cwt_issuer(config, c, name) })
            }
            Err(error) => {
                self.error.get_or_insert(error);
                self
            }
        }
    }

    /// Sets the time by which dates are checked: [`Config::set_time`].
    pub fn time(self, now: i64) -> Self {
        self.with(|config| unsafe { sys::lake_config_set_time(config, now) })
    }

    /// Sets for how long the clocks of issuers and this one may be apart, in whole seconds:
    /// certificates, CWTs and revocation lists are good so long before their time begins and
    /// after it ends. At most a day; 5 minutes by default; 0: none.
    pub fn clock_tolerance(self, tolerance: Duration) -> Self {
        self.with_option(sys::LAKE_OPTION_CLOCK_TOLERANCE, seconds(tolerance))
    }

    /// Sets what the certificates of peers in a role have to be for: an OID in dotted text that
    /// their extended key usage lists, such as 1.3.6.1.5.5.7.3.1 (serverAuth) for Responders;
    /// `""`: nothing. Takes effect with [`PeerPolicy::X509`] on what a trust anchor has to vouch
    /// for.
    pub fn key_purpose(self, role: Role, oid: &str) -> Self {
        self.with_text(oid, |config, oid| unsafe { sys::lake_config_require_key_purpose(config, role.number(), oid) })
    }

    /// Adds certificate revocation lists: [`Config::add_crl`]. Their issuers come first.
    pub fn crl(self, file: &[u8]) -> Self {
        let (p, n) = ffi::input(file);
        self.with(|config| unsafe { sys::lake_config_add_crl(config, p, n) })
    }

    /// Whether a revocation list counts after its nextUpdate, until a newer one is added. By
    /// default certificates of its issuer are refused then.
    pub fn accept_outdated_crls(self, accept: bool) -> Self {
        self.with_option(sys::LAKE_OPTION_OUTDATED_CRLS, accept.into())
    }

    /// Adds a name to the list of peers that are accepted, for Responders: with a list, an
    /// authenticated peer that has none of its names ends the run with
    /// [`Status::PeerRejected`](crate::Status::PeerRejected). Pre-shared keys of the config are a
    /// list of their own. [`Status::Argument`](crate::Status::Argument) for what is no name of its
    /// kind.
    pub fn allow_peer(self, name: Name<'_>) -> Self {
        let (kind, name) = name.parts();
        self.with_text(name, |config, name| unsafe { sys::lake_config_allow_peer(config, kind, name) })
    }

    /// Whether an Initiator with [`PeerPolicy::X509`] takes every holder of a certificate for the
    /// one that it means. Otherwise it has to say who that is:
    /// [`Session::expect_peer`](crate::Session::expect_peer), [`allow_peer`](Self::allow_peer), a
    /// verifier, or [`Question::Peer`].
    pub fn allow_any_peer(self, any: bool) -> Self {
        self.with_option(sys::LAKE_OPTION_ANY_PEER, any.into())
    }

    /// Sets whose credentials are trusted.
    pub fn peer_policy(self, policy: PeerPolicy) -> Self {
        self.with_option(sys::LAKE_OPTION_PEER_POLICY, policy.number().into())
    }

    /// Sets the lookup of credentials that the config does not know, by the ID_CRED_x map. An
    /// error ends the run with [`Status::Callback`](crate::Status::Callback), and is its
    /// source; a panic goes on in the call that needed the answer.
    ///
    /// ```
    /// use lake::{Config, Resolution};
    ///
    /// let config = Config::builder().resolver(|_caller, id_cred| {
    ///     println!("who is {id_cred:?}?");
    ///     Ok(Resolution::Unknown)
    /// });
    /// ```
    pub fn resolver(
        self,
        resolve: impl Fn(&Caller<'_>, &[u8]) -> Result<Resolution, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.with_closure::<Resolve>(Box::new(resolve), |config, userdata, destroy| unsafe {
            sys::lake_config_set_credential_callback(config, Some(resolve_with), userdata, destroy)
        })
    }

    /// Sets who is asked about received EAD items, of a verified message (1 to 4). `Ok(true)`:
    /// it was understood; `Ok(false)`: its label is not known, which ends the run if the item
    /// is critical. Errors and panics as with a resolver. An item that it was told as
    /// [`is_unverified`](EadItem::is_unverified) is not told again.
    pub fn ead_handler(
        self,
        handle: impl Fn(&Caller<'_>, u8, &EadItem) -> Result<bool, BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.with_closure::<HandleEad>(Box::new(handle), |config, userdata, destroy| unsafe {
            sys::lake_config_set_ead_callback(config, Some(ead_with), userdata, destroy)
        })
    }

    /// Sets who has the last word on a peer that has authenticated with a trusted credential:
    /// the place for rules of the host's own. About a resumption it is asked with the credential
    /// that the key goes back to. An error rejects the peer with
    /// [`Status::PeerRejected`](crate::Status::PeerRejected), and is its source; a panic rejects
    /// it, and goes on in the call.
    pub fn verifier(
        self,
        verify: impl Fn(&Caller<'_>, &Credential) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Self {
        self.with_closure::<Verify>(Box::new(verify), |config, userdata, destroy| unsafe {
            sys::lake_config_set_verify_callback(config, Some(verify_with), userdata, destroy)
        })
    }

    /// Sets who gets the secrets of runs, for tests: text of lines for Wireshark, each with a
    /// newline at its end, on the thread that leads a session on. Who has them reads all that
    /// was sent in these runs, the identities of both sides included, and reads and forges what
    /// their keys protect. A panic in it is dropped.
    ///
    /// ```
    /// let config = lake::Config::builder().keylog(|lines| eprint!("{lines}"));
    /// ```
    pub fn keylog(self, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.with_closure::<LogKeys>(Box::new(log), |config, userdata, destroy| unsafe {
            sys::lake_config_set_keylog(config, Some(keylog_with), userdata, destroy)
        })
    }

    /// Has the secrets of runs appended to a file, as [`keylog`](Self::keylog) says; a new one is
    /// for its owner only.
    ///
    /// ```
    /// let path = std::env::temp_dir().join("lake-doc-keylog.txt");
    /// let config = lake::Config::builder().keylog_file(&path).unwrap();
    /// # std::fs::remove_file(path).unwrap();
    /// ```
    pub fn keylog_file(self, path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        // All at once: several processes may have the same file. A full disk changes no run.
        Ok(self.keylog(move |lines| drop((&file).write_all(lines.as_bytes()))))
    }

    /// Sets the EAD labels (positive) that the application understands: critical items with
    /// them are accepted, and can be read with [`Session::ead`](crate::Session::ead).
    pub fn ead_labels(self, labels: &[i64]) -> Self {
        self.with_ead_labels(sys::LAKE_EAD_UNDERSTOOD, labels)
    }

    /// Sets the EAD labels (positive) whose items the host needs at once, even where nothing
    /// authenticates them yet: in message_2 of method 4, where only a fourth message proves the
    /// Responder. They are marked as [`is_unverified`](EadItem::is_unverified). Items of all other
    /// labels are withheld until then.
    pub fn early_ead_labels(self, labels: &[i64]) -> Self {
        self.with_ead_labels(sys::LAKE_EAD_EARLY, labels)
    }

    /// Sets the questions that come to the host as [`Pending`](crate::Pending).
    pub fn pull(self, questions: &[Question]) -> Self {
        let bits = questions.iter().fold(0, |bits, question| {
            bits | match question {
                Question::Credential => sys::LAKE_PULL_CREDENTIAL,
                Question::Ead => sys::LAKE_PULL_EAD,
                Question::Peer => sys::LAKE_PULL_PEER,
            }
        });
        self.with_option(sys::LAKE_OPTION_PULL, bits.into())
    }

    /// Sets the limits.
    pub fn limits(self, limits: Limits) -> Self {
        let limits = limits.for_c();
        self.with(|config| unsafe { sys::lake_config_set_limits(config, &limits) })
    }

    /// Whether message_4 is part of the protocol (RFC 9528 section 5.5). Both sides have to
    /// agree on this beforehand.
    pub fn require_message_4(self, required: bool) -> Self {
        self.with_option(sys::LAKE_OPTION_MESSAGE_4, required.into())
    }

    /// Sets for how long a completed Responder keeps message_4, in whole seconds, for an Initiator
    /// that did not get it (RFC 9528 section 7). At most 100 years; 0: 247 seconds, which is
    /// EXCHANGE_LIFETIME of CoAP (default).
    pub fn exchange_lifetime(self, lifetime: Duration) -> Self {
        self.with_option(sys::LAKE_OPTION_EXCHANGE_LIFETIME, seconds(lifetime))
    }

    /// Sets how long keys serve before [`Session::renewal`] asks for new ones. Ages are 100 years
    /// at most.
    pub fn renewal_limits(self, limits: RenewalLimits) -> Self {
        let limits = limits.for_c();
        self.with(|config| unsafe { sys::lake_config_set_renewal_limits(config, &limits) })
    }

    /// Lets a Responder take part in resumptions with the keys of the store, besides its methods.
    pub fn resumption(self, store: &ResumptionStore) -> Self {
        self.with(|config| unsafe { sys::lake_config_set_resumption(config, store.as_raw()) })
    }
}

impl fmt::Debug for ConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigBuilder").field("error", &self.error).finish()
    }
}

unsafe extern "C" fn resolve_with(
    userdata: *mut c_void,
    session: *mut sys::lake_session,
    id_cred: *const u8,
    id_cred_len: usize,
    out: *mut *mut sys::lake_credential,
) -> i32 {
    let answer = |resolve: &Resolve| {
        // SAFETY: liblake gives what lake.h says.
        let (caller, id_cred) = unsafe { (Caller::new(session), ffi::lent(id_cred, id_cred_len)) };
        Ok(match resolve(&caller, id_cred)? {
            Resolution::Trusted(credential) => {
                ffi::check(unsafe { sys::lake_credential_retain(credential.as_raw()) })?; // which passes to liblake
                unsafe { *out = credential.as_raw() };
                ffi::OK
            }
            Resolution::Unknown => sys::LAKE_ERR_NOT_FOUND,
            Resolution::Later => sys::LAKE_PENDING_CREDENTIAL,
        })
    };
    // SAFETY: `resolver` has given it.
    unsafe { callback::answer(userdata, answer) }
}

unsafe extern "C" fn ead_with(
    userdata: *mut c_void,
    session: *mut sys::lake_session,
    message: i32,
    label: i64,
    value: *const u8,
    value_len: usize,
) -> i32 {
    let answer = |handle: &HandleEad| {
        // SAFETY: liblake gives what lake.h says.
        let caller = unsafe { Caller::new(session) };
        let value = (!value.is_null()).then(|| unsafe { ffi::lent(value, value_len) }.to_vec());
        let is_unverified = message & sys::LAKE_EAD_UNVERIFIED != 0;
        let message = (message & !sys::LAKE_EAD_UNVERIFIED) as u8;
        let understood = handle(&caller, message, &EadItem { label, value, is_unverified })?;
        Ok(if understood { ffi::OK } else { sys::LAKE_ERR_NOT_FOUND })
    };
    // SAFETY: `ead_handler` has given it.
    unsafe { callback::answer(userdata, answer) }
}

unsafe extern "C" fn keylog_with(userdata: *mut c_void, lines: *const c_char) {
    // SAFETY: `keylog` has given it, and liblake gives what lake.h says.
    let (log, lines) = unsafe { (&*userdata.cast::<LogKeys>(), ffi::lent_text(lines)) };
    // A panic of the host must not unwind through liblake, and no result depends on it.
    let _ = catch_unwind(AssertUnwindSafe(|| log(&lines)));
}

unsafe extern "C" fn verify_with(
    userdata: *mut c_void,
    session: *mut sys::lake_session,
    peer: *mut sys::lake_credential,
) -> i32 {
    let answer = |verify: &Verify| {
        // SAFETY: liblake gives what lake.h says.
        let caller = unsafe { Caller::new(session) };
        verify(&caller, &Credential::retaining(peer)?).map(|()| ffi::OK)
    };
    // SAFETY: `verifier` has given it.
    unsafe { callback::answer(userdata, answer) }
}
