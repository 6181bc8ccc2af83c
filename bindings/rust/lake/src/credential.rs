//! Credentials: who somebody is, and the key that proves it.

use std::ffi::c_void;
use std::fmt;
use std::sync::Arc;

use lake_sys as sys;

use crate::{callback, ffi, BoxError, Error, KeyKind, Secret, Status};

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
    /// Bytes of a credential: [`Credential::data`]. The first four are what revocation goes by: the
    /// same for an X.509 certificate and the C509 form of it.
    Data {
        /// SHA-256 of what the issuer signed, so that another encoding or signature does not change
        /// it; of what nobody signs, of CRED_x. Not of a pre-shared key.
        Fingerprint = LAKE_DATA_FINGERPRINT,
        /// Of certificates: SHA-256 of the SubjectPublicKeyInfo, in DER.
        KeyHash = LAKE_DATA_KEY_HASH,
        /// Of certificates: the name of the issuer, in DER.
        Issuer = LAKE_DATA_ISSUER,
        /// The serial number, without leading zeros; of a CWT the claim `cti`.
        Serial = LAKE_DATA_SERIAL,
        /// CRED_x, one CBOR item. Not of a pre-shared key.
        Cred = LAKE_DATA_CRED,
        /// ID_CRED_x, the CBOR map.
        IdCred = LAKE_DATA_ID_CRED,
        /// The kid of its COSE_Key or ID_CRED_x.
        Kid = LAKE_DATA_KID,
        /// The public key: sizes as at [`KeyKind`]. Not of a pre-shared key, and of a certificate with
        /// an RSA key, which can only be a trust anchor or an intermediate.
        PublicKey = LAKE_DATA_PUBLIC_KEY,
        /// Of a pre-shared key: CRED_I, which tells who a peer is that resumed a session.
        CredI = LAKE_DATA_CRED_I,
        /// Of a pre-shared key: CRED_R likewise.
        CredR = LAKE_DATA_CRED_R,
        /// Of a resumption key: ID_CRED_I, the CBOR map, of the run that it goes back to.
        OriginIdCredI = LAKE_DATA_ORIGIN_ID_CRED_I,
        /// Of a resumption key: ID_CRED_R likewise.
        OriginIdCredR = LAKE_DATA_ORIGIN_ID_CRED_R,
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

/// What a credential is: [`Credential::info`]. Times are seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialInfo {
    /// Its kind.
    pub kind: CredentialKind,
    /// The kind of [`Data::PublicKey`], if it has one.
    pub key_kind: Option<KeyKind>,
    /// From when it is valid; `None`: from ever.
    pub not_before: Option<i64>,
    /// Until when it is valid; `None`: for ever.
    pub not_after: Option<i64>,
    /// Where it comes from, if it is a resumption key.
    pub origin: Option<Origin>,
}

/// The run with long-term credentials that a resumption key goes back to, however often that was
/// resumed since: [`CredentialInfo::origin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// When it was, in seconds since 1970.
    pub at: i64,
    /// The end of validity of the credentials of that run, likewise; `None` if they have none.
    pub until: Option<i64>,
}

/// What a private key that is elsewhere is to do: [`Credential::with_external_key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOperation<'a> {
    /// To sign this COSE Sig_structure. The answer is r || s (ECDSA, with SHA-256 for P-256, SHA-384
    /// for P-384), or the signature of EdDSA. The key has to sign deterministically, or with a reliable
    /// source of randomness of its own.
    Sign(&'a [u8]),
    /// To compute ECDH with this public key of the peer: of P-256 and P-384 x alone, where 02 || x
    /// is the compressed point. The answer is x of the result, or the output of X25519 or X448.
    Ecdh(&'a [u8]),
}

/// What the host answers to a [`KeyOperation`].
#[derive(Clone, Debug)]
pub enum KeyAnswer {
    /// The signature or the secret, at most 256 bytes.
    Now(Secret),
    /// The answer comes later: the call gives [`Pending::Signature`](crate::Pending::Signature) or
    /// [`Pending::Ecdh`](crate::Pending::Ecdh), and can be made again after
    /// [`Session::answer_key`](crate::Session::answer_key).
    Later,
}

type UseKey = Box<dyn Fn(KeyOperation<'_>) -> Result<KeyAnswer, BoxError> + Send + Sync>;

/// An authentication credential: CRED_x, the public key in it, the ID_CRED_x to send for it
/// and, if it is one's own, the private key. Clones are the same credential.
///
/// The functions `with_*` change it, until it is added to a config or handed to a session:
/// then they give [`Status::Frozen`].
///
/// It is [`Send`] and [`Sync`]: any number of threads use it at once.
///
/// ```
/// use lake::{Credential, Data, Id, KeyKind};
///
/// let (private, public) = lake::generate_keypair(KeyKind::P256)?;
/// let ccs = lake::build_ccs(Some("thermometer"), b"\x2b", KeyKind::P256, &public)?;
/// let credential = Credential::from_ccs(&ccs)?.with_private_key(&private)?.with_id(Id::Kccs)?;
/// assert_eq!(credential.data(Data::Kid)?, b"\x2b");
/// assert_eq!(credential.data(Data::Cred)?, ccs);
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner(*mut sys::lake_credential);

// SAFETY: any handle of liblake can be used from any thread, by several at once.
unsafe impl Send for Inner {}
unsafe impl Sync for Inner {}

impl Drop for Inner {
    fn drop(&mut self) {
        unsafe { sys::lake_credential_free(self.0) };
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
        Credential(Arc::new(Inner(handle)))
    }

    /// A reference of one's own to what liblake lends.
    pub(crate) fn retaining(handle: *mut sys::lake_credential) -> Result<Credential, Error> {
        ffi::check(unsafe { sys::lake_credential_retain(handle) })?;
        Ok(Credential::owning(handle))
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_credential {
        self.0 .0
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

    /// From X.509 certificates in DER, the end entity's first: one is referred to by `x5t`
    /// (SHA-256/64), a chain is sent by value. [`Status::CredentialMalformed`].
    pub fn from_x509<T: AsRef<[u8]>>(ders: &[T]) -> Result<Credential, Error> {
        let (pointers, lengths) = parts(ders);
        make(|out| unsafe { sys::lake_credential_from_x509(pointers.as_ptr(), lengths.as_ptr(), ders.len(), out) })
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
        ffi::check(call(self.as_raw())).map(|()| self)
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

    /// The same from a file as openssl writes it: PEM or DER, PKCS#8 or SEC 1, not encrypted; or
    /// the key in hexadecimal digits, or as it is.
    pub fn with_private_key_pem(self, file: &Secret) -> Result<Credential, Error> {
        let (p, n) = ffi::input(file.expose());
        self.with(|c| unsafe { sys::lake_credential_set_private_key_pem(c, p, n) })
    }

    /// The private key is elsewhere, and this closure uses it, on the thread of the call that needs
    /// it: for every session that has the credential, and so perhaps on several threads at once. An
    /// error fails the call with [`Status::Callback`], and is its source; a panic goes on in the call.
    /// A signature of another key is [`Status::PrivateKey`]. [`Status::Unsupported`] of a pre-shared
    /// key.
    ///
    /// Where it is to be asked by the session instead, the closure only says so:
    ///
    /// ```
    /// use lake::{Credential, KeyAnswer, KeyKind};
    ///
    /// # let (_, public) = lake::generate_keypair(KeyKind::P256)?;
    /// # let ccs = lake::build_ccs(None, b"\x2b", KeyKind::P256, &public)?;
    /// let credential = Credential::from_ccs(&ccs)?.with_external_key(|_| Ok(KeyAnswer::Later))?;
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn with_external_key(
        self,
        key: impl Fn(KeyOperation<'_>) -> Result<KeyAnswer, BoxError> + Send + Sync + 'static,
    ) -> Result<Credential, Error> {
        self.with(|c| {
            callback::give::<UseKey>(Box::new(key), |userdata, destroy| unsafe {
                sys::lake_credential_set_external_key(c, Some(key_with), userdata, destroy)
            })
        })
    }

    /// What it is.
    pub fn info(&self) -> Result<CredentialInfo, Error> {
        let mut info = ffi::sized!(lake_credential_info);
        ffi::check(unsafe { sys::lake_credential_info(self.as_raw(), &mut info) })?;
        let end = |time| Some(time).filter(|&time| time != i64::MAX);
        Ok(CredentialInfo {
            kind: ffi::known(CredentialKind::from_number(info.kind))?,
            key_kind: KeyKind::from_number(info.key_kind),
            not_before: Some(info.not_before).filter(|&time| time != i64::MIN),
            not_after: end(info.not_after),
            origin: (info.has_origin == 1).then(|| Origin { at: info.origin_at, until: end(info.origin_until) }),
        })
    }

    /// Bytes of it. [`Status::NotFound`] if it has none.
    pub fn data(&self, what: Data) -> Result<Vec<u8>, Error> {
        ffi::list(|out, cap, len| unsafe { sys::lake_credential_data(self.as_raw(), what.number(), out, cap, len) })
    }

    /// The credential that the peer had in the run that a resumption key goes back to.
    /// [`Status::NotFound`] if it had a pre-shared key, and of others.
    pub fn origin_peer(&self) -> Result<Credential, Error> {
        ffi::handle(|out| unsafe { sys::lake_credential_origin_peer(self.as_raw(), out) }).map(Credential::owning)
    }

    /// Whose it is, in one line for people: subject, first alternative name, kid, kind and
    /// beginning of the key, as far as known.
    pub fn description(&self) -> Result<String, Error> {
        self.text(sys::LAKE_TEXT_DESCRIPTION)
    }

    fn text(&self, what: i32) -> Result<String, Error> {
        ffi::text(|out, cap, len| unsafe { sys::lake_credential_text(self.as_raw(), what, out, cap, len) })
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
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.description().unwrap_or_default())
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

unsafe extern "C" fn key_with(
    userdata: *mut c_void,
    operation: i32,
    input: *const u8,
    input_len: usize,
    out: *mut u8,
    cap: usize,
    len: *mut usize,
) -> i32 {
    let answer = |key: &UseKey| {
        // SAFETY: liblake gives what lake.h says.
        let input = unsafe { ffi::lent(input, input_len) };
        let (operation, later) = match operation {
            sys::LAKE_OPERATION_SIGN => (KeyOperation::Sign(input), sys::LAKE_PENDING_SIGNATURE),
            sys::LAKE_OPERATION_ECDH => (KeyOperation::Ecdh(input), sys::LAKE_PENDING_ECDH),
            _ => return Err(Error::new(Status::Unsupported).into()), // of a later version
        };
        match key(operation)? {
            KeyAnswer::Now(answer) => unsafe { write(answer.expose(), out, cap, len) },
            KeyAnswer::Later => Ok(later),
        }
    };
    // SAFETY: `with_external_key` has given it.
    unsafe { callback::answer(userdata, answer) }
}
