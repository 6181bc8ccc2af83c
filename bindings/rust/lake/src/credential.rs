//! Credentials: who somebody is, and the key that proves it.

use std::ffi::c_void;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use lake_sys as sys;

use crate::callback::{self, Registered};
use crate::{ffi, BoxError, Error, KeyKind, Role, Secret, Status};

ffi::numbers! {
    /// Kinds of credential.
    CredentialKind {
        /// CWT Claims Set.
        Ccs = LAKE_CREDENTIAL_CCS,
        /// X.509 certificate.
        X509 = LAKE_CREDENTIAL_X509,
        /// Given in parts.
        Parts = LAKE_CREDENTIAL_PARTS,
        /// C509 certificate.
        C509 = LAKE_CREDENTIAL_C509,
        /// Signed CWT.
        Cwt = LAKE_CREDENTIAL_CWT,
        /// Pre-shared key.
        Psk = LAKE_CREDENTIAL_PSK,
    }
}

ffi::numbers! {
    /// What revocation goes by: [`Credential::data`].
    Data {
        /// SHA-256 of what the issuer signed: [`Credential::fingerprint`].
        Fingerprint = LAKE_DATA_FINGERPRINT,
        /// Of certificates: SHA-256 of the SubjectPublicKeyInfo, in DER.
        KeyHash = LAKE_DATA_KEY_HASH,
        /// Of certificates: the name of the issuer, in DER.
        Issuer = LAKE_DATA_ISSUER,
        /// The serial number, without leading zeros; of a CWT the claim `cti`.
        Serial = LAKE_DATA_SERIAL,
    }
}

/// A way to refer to a credential (RFC 9528 section 3.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Id<'a> {
    /// By a key identifier.
    Kid(&'a [u8]),
    /// CWT by value.
    Kcwt,
    /// CCS by value.
    Kccs,
    /// C509 certificate by SHA-256 truncated to 8 bytes.
    C5t,
    /// C509 certificate by SHA-256.
    C5tSha256,
    /// C509 certificate by URI.
    C5u(&'a str),
    /// C509 certificates by value.
    C5b,
    /// C509 certificates by value, in order.
    C5c,
    /// X.509 certificates by value.
    X5bag,
    /// X.509 certificates by value, in order.
    X5chain,
    /// X.509 certificate by SHA-256 truncated to 8 bytes.
    X5t,
    /// X.509 certificate by SHA-256.
    X5tSha256,
    /// X.509 certificate by URI.
    X5u(&'a str),
}

impl<'a> Id<'a> {
    fn parts(self) -> (i32, &'a [u8]) {
        match self {
            Id::Kid(kid) => (sys::LAKE_ID_KID, kid),
            Id::Kcwt => (sys::LAKE_ID_KCWT, b""),
            Id::Kccs => (sys::LAKE_ID_KCCS, b""),
            Id::C5t => (sys::LAKE_ID_C5T, b""),
            Id::C5tSha256 => (sys::LAKE_ID_C5T_SHA256, b""),
            Id::C5u(uri) => (sys::LAKE_ID_C5U, uri.as_bytes()),
            Id::C5b => (sys::LAKE_ID_C5B, b""),
            Id::C5c => (sys::LAKE_ID_C5C, b""),
            Id::X5bag => (sys::LAKE_ID_X5BAG, b""),
            Id::X5chain => (sys::LAKE_ID_X5CHAIN, b""),
            Id::X5t => (sys::LAKE_ID_X5T, b""),
            Id::X5tSha256 => (sys::LAKE_ID_X5T_SHA256, b""),
            Id::X5u(uri) => (sys::LAKE_ID_X5U, uri.as_bytes()),
        }
    }
}

/// A pre-shared key for method 4 (draft-ietf-lake-edhoc-psk): [`Credential::from_psk`].
#[derive(Clone, Copy)]
pub struct Psk<'a> {
    /// The ID_CRED_PSK map that refers to it.
    pub id_cred: &'a [u8],
    /// The key, at least 16 bytes and not all zero.
    pub key: &'a [u8],
    /// COSE number of the EDHOC hash that it is bound to: -16 SHA-256, -43 SHA-384, -45 SHAKE256.
    pub hash: i32,
    /// CRED_I, which says who the Initiator is: one CBOR item, a map (a CCS, with a claim 'sub'),
    /// byte string or array.
    pub cred_i: &'a [u8],
    /// CRED_R likewise, another one than CRED_I and with another 'sub'.
    pub cred_r: &'a [u8],
}

/// The run with long-term credentials that a resumption key goes back to, however often that was
/// resumed since: [`Credential::origin`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// ID_CRED_I of that run, the CBOR map.
    pub id_cred_i: Vec<u8>,
    /// ID_CRED_R of that run.
    pub id_cred_r: Vec<u8>,
    /// When it was, in seconds since 1970.
    pub at: i64,
    /// The end of validity of those credentials, likewise; `None` if they have none.
    pub until: Option<i64>,
}

type Sign = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync>;
type Ecdh = Box<dyn Fn(&[u8]) -> Result<Secret, BoxError> + Send + Sync>;

/// An authentication credential: CRED_x, the public key in it, the ID_CRED_x to send for it
/// and, if it is one's own, the private key. Clones are the same credential.
///
/// The functions `with_*` change it, until it is added to a config or handed to a session:
/// then they give [`Status::Frozen`].
///
/// ```
/// use lake::{Credential, Id, KeyKind};
///
/// let (private, public) = lake::generate_keypair(KeyKind::P256)?;
/// let ccs = lake::build_ccs(Some("thermometer"), b"\x2b", KeyKind::P256, &public)?;
/// let credential = Credential::from_ccs(&ccs)?.with_private_key(&private)?.with_id(Id::Kccs)?;
/// assert_eq!(credential.kid()?, b"\x2b");
/// assert_eq!(credential.to_bytes()?, ccs);
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner {
    handle: *mut sys::lake_credential,
    closures: Mutex<Vec<Registered>>,
}

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        unsafe { sys::lake_credential_free(self.handle) };
    }
}

fn make(call: impl FnOnce(*mut *mut sys::lake_credential) -> i32) -> Result<Credential, Error> {
    ffi::handle(call).map(Credential::owning)
}

/// Pointers and lengths of several inputs.
fn parts<T: AsRef<[u8]>>(items: &[T]) -> (Vec<*const u8>, Vec<usize>) {
    items.iter().map(|item| ffi::input(item.as_ref())).unzip()
}

impl Credential {
    /// Takes a reference over.
    pub(crate) fn owning(handle: *mut sys::lake_credential) -> Credential {
        Credential(Arc::new(Inner { handle, closures: Mutex::default() }))
    }

    /// A reference of one's own to what liblake lends.
    pub(crate) fn retaining(handle: *mut sys::lake_credential) -> Result<Credential, Error> {
        ffi::check(unsafe { sys::lake_credential_retain(handle) })?;
        Ok(Credential::owning(handle))
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_credential {
        self.0.handle
    }

    /// From a CWT Claims Set: a CBOR map with a COSE_Key in its claim `cnf` (RFC 9528 section
    /// 3.5.2). It is referred to by the kid of the COSE_Key, or sent by value if that has none.
    /// [`Status::CredentialMalformed`].
    pub fn from_ccs(ccs: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(ccs);
        make(|out| unsafe { sys::lake_credential_from_ccs(p, n, out) })
    }

    /// From a CWT signed with COSE_Sign1 that has a COSE_Key in its claim `cnf`; sent by value.
    /// Nothing is verified yet. [`Status::CredentialMalformed`].
    pub fn from_cwt(cwt: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(cwt);
        make(|out| unsafe { sys::lake_credential_from_cwt(p, n, out) })
    }

    /// From an X.509 certificate in DER; referred to by `x5t` (SHA-256/64).
    /// [`Status::CredentialMalformed`].
    pub fn from_x509(der: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(der);
        make(|out| unsafe { sys::lake_credential_from_x509(p, n, out) })
    }

    /// From certificates in DER, the end entity's first; with more than one, the chain is sent
    /// by value. [`Status::CredentialMalformed`].
    pub fn from_x509_chain<T: AsRef<[u8]>>(ders: &[T]) -> Result<Credential, Error> {
        let (pointers, lengths) = parts(ders);
        make(|out| unsafe {
            sys::lake_credential_from_x509_chain(pointers.as_ptr(), lengths.as_ptr(), ders.len(), out)
        })
    }

    /// From the certificates of a file as openssl writes it (PEM or DER), the end entity's
    /// first. [`Status::CredentialMalformed`].
    pub fn from_pem(file: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(file);
        make(|out| unsafe { sys::lake_credential_from_pem(p, n, out) })
    }

    /// From C509 certificates, natively signed or re-encoded from X.509, the end entity's
    /// first; referred to by `c5t` (SHA-256/64), a chain by value.
    /// [`Status::CredentialMalformed`].
    pub fn from_c509<T: AsRef<[u8]>>(certificates: &[T]) -> Result<Credential, Error> {
        let (pointers, lengths) = parts(certificates);
        make(|out| unsafe {
            sys::lake_credential_from_c509(pointers.as_ptr(), lengths.as_ptr(), certificates.len(), out)
        })
    }

    /// A pre-shared key. [`Status::Argument`] for a key or CRED that [`Psk`] excludes,
    /// [`Status::Unsupported`] for another hash.
    pub fn from_psk(psk: &Psk<'_>) -> Result<Credential, Error> {
        let ((id, id_len), (key, key_len)) = (ffi::input(psk.id_cred), ffi::input(psk.key));
        let ((i, i_len), (r, r_len)) = (ffi::input(psk.cred_i), ffi::input(psk.cred_r));
        make(|out| unsafe {
            sys::lake_credential_from_psk(id, id_len, key, key_len, psk.hash, i, i_len, r, r_len, out)
        })
    }

    /// From its parts, for types that liblake does not read: ID_CRED_x (a CBOR map), CRED_x
    /// (one CBOR item) and the public key (for P-256 and P-384: x || y, or x alone for
    /// Diffie-Hellman: that cannot sign). [`Status::PublicKey`], [`Status::CredentialMalformed`].
    pub fn from_parts(id_cred: &[u8], cred: &[u8], kind: KeyKind, public_key: &[u8]) -> Result<Credential, Error> {
        let ((id, id_len), (c, c_len), (k, k_len)) = (ffi::input(id_cred), ffi::input(cred), ffi::input(public_key));
        make(|out| unsafe { sys::lake_credential_from_parts(id, id_len, c, c_len, kind.number(), k, k_len, out) })
    }

    /// The credential that an ID_CRED_x map carries by value. Nothing about it is trusted.
    /// [`Status::CredentialUnsupported`] for a map that only refers to a credential.
    pub fn from_id_cred(id_cred: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(id_cred);
        make(|out| unsafe { sys::lake_credential_from_id_cred(p, n, out) })
    }

    fn with(self, call: impl FnOnce(*mut sys::lake_credential) -> i32) -> Result<Credential, Error> {
        ffi::check(call(self.0.handle)).map(|()| self)
    }

    /// Sets the ID_CRED_x map to send; a peer's credential is found by it, too.
    pub fn with_id_cred(self, id_cred: &[u8]) -> Result<Credential, Error> {
        let (p, n) = ffi::input(id_cred);
        self.with(|c| unsafe { sys::lake_credential_set_id_cred(c, p, n) })
    }

    /// Sets the way to refer to it. [`Status::Unsupported`] for one that it cannot have.
    pub fn with_id(self, id: Id<'_>) -> Result<Credential, Error> {
        let (kind, value) = id.parts();
        let (p, n) = ffi::input(value);
        self.with(|c| unsafe { sys::lake_credential_set_id(c, kind, p, n) })
    }

    /// Sets the private key: sizes as at [`KeyKind`]. [`Status::PrivateKey`] if it does not
    /// belong to the public key.
    pub fn with_private_key(self, key: &Secret) -> Result<Credential, Error> {
        let (p, n) = ffi::input(key.expose());
        self.with(|c| unsafe { sys::lake_credential_set_private_key(c, p, n) })
    }

    /// The same from a file as openssl writes it: PEM or DER, PKCS#8 or SEC 1, not encrypted.
    pub fn with_private_key_pem(self, file: &Secret) -> Result<Credential, Error> {
        let (p, n) = ffi::input(file.expose());
        self.with(|c| unsafe { sys::lake_credential_set_private_key_pem(c, p, n) })
    }

    /// The private key is elsewhere, and this closure signs with it: it takes a COSE
    /// Sig_structure, and gives r || s (ECDSA, with SHA-256 for P-256, SHA-384 for P-384) or
    /// the signature of EdDSA. An error ends the run with [`Status::Callback`], and is its
    /// source; a panic goes on in the call that needed the signature.
    pub fn with_signer(
        self,
        sign: impl Fn(&[u8]) -> Result<Vec<u8>, BoxError> + Send + Sync + 'static,
    ) -> Result<Credential, Error> {
        let closure = Registered::new::<Sign>(Box::new(sign));
        let userdata = closure.userdata();
        self.with(|c| unsafe { sys::lake_credential_set_signer(c, Some(sign_with), userdata) })
            .map(|c| c.keeping(closure))
    }

    /// The private key is elsewhere, and this closure computes ECDH with it: it takes the
    /// peer's public key, of P-256 and P-384 x alone, and gives x of the result, or the output
    /// of X25519 or X448. Errors and panics as with a signer.
    pub fn with_ecdh(
        self,
        ecdh: impl Fn(&[u8]) -> Result<Secret, BoxError> + Send + Sync + 'static,
    ) -> Result<Credential, Error> {
        let closure = Registered::new::<Ecdh>(Box::new(ecdh));
        let userdata = closure.userdata();
        self.with(|c| unsafe { sys::lake_credential_set_ecdh(c, Some(ecdh_with), userdata) })
            .map(|c| c.keeping(closure))
    }

    /// The private key is elsewhere, and the session asks for what it needs of it:
    /// [`Pending::Signature`](crate::Pending::Signature) and
    /// [`Pending::Ecdh`](crate::Pending::Ecdh).
    pub fn with_external_key(self) -> Result<Credential, Error> {
        self.with(|c| unsafe { sys::lake_credential_set_external_key(c) })
    }

    fn keeping(self, closure: Registered) -> Credential {
        self.0.closures.lock().unwrap_or_else(PoisonError::into_inner).push(closure);
        self
    }

    /// ID_CRED_x, the CBOR map.
    pub fn id_cred(&self) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_credential_id_cred(self.0.handle, out, cap, len) })
    }

    /// CRED_x, one CBOR item. [`Status::NotFound`] of a pre-shared key.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_credential_bytes(self.0.handle, out, cap, len) })
    }

    /// Of a pre-shared key CRED_I or CRED_R, which tells who a peer is that resumed a session.
    /// [`Status::NotFound`] of others.
    pub fn psk_bytes(&self, role: Role) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe {
            sys::lake_credential_psk_bytes(self.0.handle, role.number(), out, cap, len)
        })
    }

    /// Where a resumption key comes from. [`Status::NotFound`] of others.
    pub fn origin(&self) -> Result<Origin, Error> {
        let (mut at, mut until) = (0, 0);
        let mut id_cred = |role: Role| {
            ffi::list(|out, cap, len| unsafe {
                sys::lake_credential_origin(self.0.handle, role.number(), &mut at, &mut until, out, cap, len)
            })
        };
        let (id_cred_i, id_cred_r) = (id_cred(Role::Initiator)?, id_cred(Role::Responder)?);
        Ok(Origin { id_cred_i, id_cred_r, at, until: Some(until).filter(|&t| t != i64::MAX) })
    }

    /// The credential that the peer had in the run that a resumption key goes back to.
    /// [`Status::NotFound`] if it had a pre-shared key, and of others.
    pub fn origin_peer(&self) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_credential_origin_peer(self.0.handle, out) }).map(Credential::owning)
    }

    /// The public key. [`Status::NotFound`] of a pre-shared key, and of a certificate with an RSA
    /// key, which can only be a trust anchor or an intermediate.
    pub fn public_key(&self) -> Result<(KeyKind, Vec<u8>), Error> {
        let mut kind = 0;
        let key = ffi::list(|out, cap, len| unsafe {
            sys::lake_credential_public_key(self.0.handle, &mut kind, out, cap, len)
        })?;
        Ok((ffi::known(KeyKind::from_number(kind))?, key))
    }

    /// What kind of credential it is.
    pub fn kind(&self) -> Result<CredentialKind, Error> {
        let kind = ffi::value(|out| unsafe { sys::lake_credential_kind(self.0.handle, out) })?;
        ffi::known(CredentialKind::from_number(kind))
    }

    /// Whose it is, in one line for people: subject, first alternative name, kid, kind and
    /// beginning of the key, as far as known.
    pub fn describe(&self) -> Result<String, Error> {
        ffi::text(|out, cap, len| unsafe { sys::lake_credential_describe(self.0.handle, out, cap, len) })
    }

    fn text(&self, what: i32) -> Result<String, Error> {
        ffi::text(|out, cap, len| unsafe { sys::lake_credential_text(self.0.handle, what, out, cap, len) })
    }

    /// Its subject: of certificates a name as in RFC 4514, of CWT and CCS the claim `sub`.
    /// Empty if it has none.
    pub fn subject(&self) -> Result<String, Error> {
        self.text(sys::LAKE_TEXT_SUBJECT)
    }

    /// Its issuer: the same, or the claim `iss`. Empty if it has none.
    pub fn issuer(&self) -> Result<String, Error> {
        self.text(sys::LAKE_TEXT_ISSUER)
    }

    /// Its subject alternative names, such as `"DNS:example.org"`.
    pub fn names(&self) -> Result<Vec<String>, Error> {
        Ok(self.text(sys::LAKE_TEXT_NAMES)?.lines().map(String::from).collect())
    }

    /// What revocation goes by, the same for an X.509 certificate and the C509 form of it.
    /// [`Status::NotFound`] if it has none.
    pub fn data(&self, what: Data) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_credential_data(self.0.handle, what.number(), out, cap, len) })
    }

    /// Seconds since 1970 from and until when it is valid; `None` where it has no such date.
    pub fn validity(&self) -> Result<(Option<i64>, Option<i64>), Error> {
        let (mut from, mut until) = (0, 0);
        ffi::check(unsafe { sys::lake_credential_validity(self.0.handle, &mut from, &mut until) })?;
        Ok((Some(from).filter(|&t| t != i64::MIN), Some(until).filter(|&t| t != i64::MAX)))
    }

    /// SHA-256 of what the issuer signed, so that another encoding or signature does not
    /// change it; of what nobody signs, of CRED_x.
    pub fn fingerprint(&self) -> Result<[u8; 32], Error> {
        ffi::value(|out: *mut [u8; 32]| unsafe { sys::lake_credential_fingerprint(self.0.handle, out.cast()) })
    }

    /// The kid of its COSE_Key or ID_CRED_x. [`Status::NotFound`] if it has none.
    pub fn kid(&self) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_credential_kid(self.0.handle, out, cap, len) })
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.describe().unwrap_or_default())
    }
}

/// Hands an answer to liblake.
///
/// # Safety
/// `out` has room for `cap` bytes, and `len` can be written.
unsafe fn write(answer: &[u8], out: *mut u8, cap: usize, len: *mut usize) -> Result<i32, BoxError> {
    if answer.len() > cap {
        return Err(Error::new(Status::BufferTooSmall).into());
    }
    unsafe {
        out.copy_from_nonoverlapping(answer.as_ptr(), answer.len());
        *len = answer.len();
    }
    Ok(ffi::OK)
}

unsafe extern "C" fn sign_with(
    userdata: *mut c_void,
    to_be_signed: *const u8,
    to_be_signed_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    // SAFETY: liblake gives what lake.h says.
    callback::answer::<Sign>(userdata, |sign| unsafe {
        write(&sign(ffi::lent(to_be_signed, to_be_signed_len))?, out, cap, len)
    })
}

unsafe extern "C" fn ecdh_with(
    userdata: *mut c_void,
    peer: *const u8,
    peer_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    // SAFETY: liblake gives what lake.h says.
    callback::answer::<Ecdh>(userdata, |ecdh| unsafe {
        write(ecdh(ffi::lent(peer, peer_len))?.expose(), out, cap, len)
    })
}
