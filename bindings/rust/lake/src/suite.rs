//! Cipher suites, methods and keys. Their numbers are those of the IANA registries of EDHOC.

use lake_sys as sys;

use crate::{ffi, Error, Secret};

ffi::numbers! {
    /// Kinds of key. P-256 and P-384 keys sign (ECDSA) and agree (ECDH).
    KeyKind {
        /// Private 32 bytes, public x || y 64.
        P256 = LAKE_KEY_P256,
        /// Private 48 bytes, public x || y 96.
        P384 = LAKE_KEY_P384,
        /// Private 32 bytes, public 32.
        X25519 = LAKE_KEY_X25519,
        /// Private 56 bytes, public 56.
        X448 = LAKE_KEY_X448,
        /// Seed 32 bytes, public 32.
        Ed25519 = LAKE_KEY_ED25519,
        /// Seed 57 bytes, public 57.
        Ed448 = LAKE_KEY_ED448,
    }
}

/// Algorithms and sizes of a cipher suite (RFC 9528 section 3.6): [`suite_info`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SuiteInfo {
    /// Its number.
    pub suite: i32,
    /// EDHOC AEAD, COSE number.
    pub aead: i32,
    /// EDHOC hash, COSE number.
    pub hash: i32,
    /// MAC length with static Diffie-Hellman keys, in bytes, as all lengths here.
    pub mac_length: usize,
    /// Kind of key of the key exchange.
    pub curve: KeyKind,
    /// COSE number.
    pub signature_algorithm: i32,
    /// Kind of key that signs.
    pub signature_key: KeyKind,
    /// Application AEAD, COSE number.
    pub app_aead: i32,
    /// Application hash, COSE number.
    pub app_hash: i32,
    /// Of the EDHOC AEAD.
    pub key_length: usize,
    /// Of the EDHOC AEAD.
    pub iv_length: usize,
    /// Of the EDHOC AEAD.
    pub tag_length: usize,
    /// Of the EDHOC hash.
    pub hash_length: usize,
    /// Of a signature.
    pub signature_length: usize,
    /// Of G_X and G_Y.
    pub public_key_length: usize,
    /// Of the application AEAD: OSCORE's Master Secret.
    pub app_key_length: usize,
    /// For people.
    pub name: &'static str,
}

/// Who authenticates how in a method (RFC 9528 section 3.2): [`method_info`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodInfo {
    /// Its number.
    pub method: i32,
    /// Whether the Initiator signs.
    pub initiator_signs: bool,
    /// Whether the Responder signs.
    pub responder_signs: bool,
    /// Whether it is by a pre-shared key; else who does not sign has a static
    /// Diffie-Hellman key.
    pub psk: bool,
    /// For people.
    pub name: &'static str,
}

/// The supported cipher suites.
///
/// ```
/// assert!(lake::suites().unwrap().contains(&2));
/// ```
pub fn suites() -> Result<Vec<i32>, Error> {
    ffi::list(|out, cap, len| unsafe { sys::lake_suites(out, cap, len) })
}

/// Describes a suite. [`Unsupported`](crate::Status::Unsupported) if it is not supported.
///
/// ```
/// let suite = lake::suite_info(2).unwrap();
/// assert_eq!((suite.curve, suite.mac_length), (lake::KeyKind::P256, 8));
/// ```
pub fn suite_info(suite: i32) -> Result<SuiteInfo, Error> {
    let mut info = ffi::sized!(lake_suite_info);
    ffi::check(unsafe { sys::lake_suite_info(suite, &mut info) })?;
    Ok(SuiteInfo {
        suite: info.suite,
        aead: info.aead,
        hash: info.hash,
        mac_length: info.mac_length as usize,
        curve: ffi::known(KeyKind::from_number(info.curve))?,
        signature_algorithm: info.signature_algorithm,
        signature_key: ffi::known(KeyKind::from_number(info.signature_key))?,
        app_aead: info.app_aead,
        app_hash: info.app_hash,
        key_length: info.key_length as usize,
        iv_length: info.iv_length as usize,
        tag_length: info.tag_length as usize,
        hash_length: info.hash_length as usize,
        signature_length: info.signature_length as usize,
        public_key_length: info.public_key_length as usize,
        app_key_length: info.app_key_length as usize,
        name: ffi::static_text(info.name).unwrap_or_default(),
    })
}

/// The supported methods.
///
/// ```
/// assert!(lake::methods().unwrap().contains(&3));
/// ```
pub fn methods() -> Result<Vec<i32>, Error> {
    ffi::list(|out, cap, len| unsafe { sys::lake_methods(out, cap, len) })
}

/// Describes a method. [`Unsupported`](crate::Status::Unsupported) if it is not supported.
///
/// ```
/// let method = lake::method_info(3).unwrap();
/// assert!(!method.initiator_signs && !method.responder_signs);
/// ```
pub fn method_info(method: i32) -> Result<MethodInfo, Error> {
    let mut info = ffi::sized!(lake_method_info);
    ffi::check(unsafe { sys::lake_method_info(method, &mut info) })?;
    Ok(MethodInfo {
        method: info.method,
        initiator_signs: info.signature_initiator == 1,
        responder_signs: info.signature_responder == 1,
        psk: info.psk == 1,
        name: ffi::static_text(info.name).unwrap_or_default(),
    })
}

/// Makes a key pair: the private key and the public key.
///
/// ```
/// let (private, public) = lake::generate_keypair(lake::KeyKind::P256).unwrap();
/// assert_eq!((private.expose().len(), public.len()), (32, 64));
/// ```
pub fn generate_keypair(kind: KeyKind) -> Result<(Secret, Vec<u8>), Error> {
    let mut private = zeroize::Zeroizing::new([0; 128]); // always large enough
    let mut public = [0; 128];
    let (mut private_len, mut public_len) = (0, 0);
    ffi::check(unsafe {
        sys::lake_keypair_generate(
            kind.number(),
            private.as_mut_ptr(),
            private.len(),
            &mut private_len,
            public.as_mut_ptr(),
            public.len(),
            &mut public_len,
        )
    })?;
    Ok((Secret::from(&private[..private_len]), public[..public_len].to_vec()))
}
