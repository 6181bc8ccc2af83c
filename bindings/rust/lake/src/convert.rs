//! Credentials as bytes: made of a key, and from one format into another.

use std::ptr;

use lake_sys as sys;

use crate::{ffi, Error, KeyKind};

/// Builds a CWT Claims Set of a public key, with a subject and a kid (empty: none).
/// [`PublicKey`](crate::Status::PublicKey).
///
/// ```
/// use lake::KeyKind;
///
/// let (_, public) = lake::generate_keypair(KeyKind::X25519)?;
/// let ccs = lake::build_ccs(None, b"\x01", KeyKind::X25519, &public)?;
/// assert_eq!(lake::Credential::from_ccs(&ccs)?.data(lake::Data::PublicKey)?, public);
/// # Ok::<(), lake::Error>(())
/// ```
pub fn build_ccs(subject: Option<&str>, kid: &[u8], kind: KeyKind, public_key: &[u8]) -> Result<Vec<u8>, Error> {
    let subject = subject.map(ffi::c_text).transpose()?;
    let subject = subject.as_ref().map_or(ptr::null(), |text| text.as_ptr());
    let ((kid, kid_len), (key, key_len)) = (ffi::input(kid), ffi::input(public_key));
    ffi::list(|out, cap, len| unsafe {
        sys::lake_ccs_build(subject, kid, kid_len, kind.number(), key, key_len, out, cap, len)
    })
}

/// Builds a COSE_Key of a public key, with a kid (empty: none).
/// [`PublicKey`](crate::Status::PublicKey).
///
/// ```
/// use lake::KeyKind;
///
/// let (_, public) = lake::generate_keypair(KeyKind::X25519)?;
/// let key = lake::build_cose_key(b"\x01", KeyKind::X25519, &public)?;
/// assert_eq!(lake::cose_key_to_ccs(&key)?, lake::build_ccs(None, b"\x01", KeyKind::X25519, &public)?);
/// # Ok::<(), lake::Error>(())
/// ```
pub fn build_cose_key(kid: &[u8], kind: KeyKind, public_key: &[u8]) -> Result<Vec<u8>, Error> {
    let ((kid, kid_len), (key, key_len)) = (ffi::input(kid), ffi::input(public_key));
    ffi::list(|out, cap, len| unsafe {
        sys::lake_cose_key_build(kid, kid_len, kind.number(), key, key_len, out, cap, len)
    })
}

/// Dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).
/// [`CredentialMalformed`](crate::Status::CredentialMalformed).
pub fn cose_key_to_ccs(cose_key: &[u8]) -> Result<Vec<u8>, Error> {
    let (p, n) = ffi::input(cose_key);
    ffi::list(|out, cap, len| unsafe { sys::lake_cose_key_to_ccs(p, n, out, cap, len) })
}

/// Re-encodes an X.509 certificate (DER) as a C509 certificate.
/// [`Unsupported`](crate::Status::Unsupported) if that would not give the same DER back.
pub fn x509_to_c509(der: &[u8]) -> Result<Vec<u8>, Error> {
    let (p, n) = ffi::input(der);
    ffi::list(|out, cap, len| unsafe { sys::lake_x509_to_c509(p, n, out, cap, len) })
}

/// The X.509 certificate (DER) that a re-encoded C509 certificate was made of.
/// [`Unsupported`](crate::Status::Unsupported) for one that is natively signed.
pub fn c509_to_x509(c509: &[u8]) -> Result<Vec<u8>, Error> {
    let (p, n) = ffi::input(c509);
    ffi::list(|out, cap, len| unsafe { sys::lake_c509_to_x509(p, n, out, cap, len) })
}
