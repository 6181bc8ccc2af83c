// Made from include/lake.h by tests/bindings.rs (LAKE_BINDINGS=write). Do not edit.

#[allow(unsafe_code)]
pub const LAKE_VERSION: &::core::ffi::CStr = unsafe {
    ::core::ffi::CStr::from_bytes_with_nul_unchecked(b"0.1.0\0")
};
pub const LAKE_VERSION_NUMBER: i32 = 256;
pub const LAKE_ABI_VERSION: i32 = 0;
pub const LAKE_OK: i32 = 0;
pub const LAKE_PENDING_CREDENTIAL: i32 = 1;
pub const LAKE_PENDING_EAD: i32 = 2;
pub const LAKE_PENDING_SIGNATURE: i32 = 3;
pub const LAKE_PENDING_ECDH: i32 = 4;
pub const LAKE_PENDING_PEER: i32 = 5;
pub const LAKE_ERR_ARGUMENT: i32 = -1;
pub const LAKE_ERR_HANDLE: i32 = -2;
pub const LAKE_ERR_STATE: i32 = -3;
pub const LAKE_ERR_BUSY: i32 = -4;
pub const LAKE_ERR_BUFFER_TOO_SMALL: i32 = -5;
pub const LAKE_ERR_FROZEN: i32 = -6;
pub const LAKE_ERR_UNSUPPORTED: i32 = -7;
pub const LAKE_ERR_NOT_FOUND: i32 = -8;
pub const LAKE_ERR_LIMIT: i32 = -9;
pub const LAKE_ERR_SAVED: i32 = -10;
pub const LAKE_ERR_INTERNAL: i32 = -21;
pub const LAKE_ERR_FORKED: i32 = -22;
pub const LAKE_ERR_CALLBACK: i32 = -23;
pub const LAKE_ERR_MALFORMED: i32 = -41;
pub const LAKE_ERR_NOT_DETERMINISTIC: i32 = -42;
pub const LAKE_ERR_TOO_LARGE: i32 = -43;
pub const LAKE_ERR_METHOD: i32 = -44;
pub const LAKE_ERR_SUITE: i32 = -45;
pub const LAKE_ERR_PUBLIC_KEY: i32 = -46;
pub const LAKE_ERR_CONNECTION_ID: i32 = -47;
pub const LAKE_ERR_EAD: i32 = -48;
pub const LAKE_ERR_EAD_CRITICAL: i32 = -49;
pub const LAKE_ERR_CREDENTIAL_MALFORMED: i32 = -61;
pub const LAKE_ERR_CREDENTIAL_UNKNOWN: i32 = -62;
pub const LAKE_ERR_CREDENTIAL_UNTRUSTED: i32 = -63;
pub const LAKE_ERR_CREDENTIAL_UNSUPPORTED: i32 = -64;
pub const LAKE_ERR_KEY_KIND: i32 = -65;
pub const LAKE_ERR_OWN_CREDENTIAL: i32 = -66;
pub const LAKE_ERR_NO_CREDENTIAL: i32 = -67;
pub const LAKE_ERR_PRIVATE_KEY: i32 = -68;
pub const LAKE_ERR_PEER_REJECTED: i32 = -69;
pub const LAKE_ERR_EXPIRED: i32 = -70;
pub const LAKE_ERR_NOT_YET_VALID: i32 = -71;
pub const LAKE_ERR_UNKNOWN_ISSUER: i32 = -72;
pub const LAKE_ERR_ISSUER_SIGNATURE: i32 = -73;
pub const LAKE_ERR_KEY_USAGE: i32 = -74;
pub const LAKE_ERR_NOT_CA: i32 = -75;
pub const LAKE_ERR_PATH_LENGTH: i32 = -76;
pub const LAKE_ERR_NAME_CONSTRAINTS: i32 = -77;
pub const LAKE_ERR_CRITICAL_EXTENSION: i32 = -78;
pub const LAKE_ERR_CERTIFICATE_HASH: i32 = -79;
pub const LAKE_ERR_DECRYPTION: i32 = -81;
pub const LAKE_ERR_MAC: i32 = -82;
pub const LAKE_ERR_SIGNATURE: i32 = -83;
pub const LAKE_ERR_PEER_UNSPECIFIED: i32 = -101;
pub const LAKE_ERR_PEER_SUITE: i32 = -102;
pub const LAKE_ERR_PEER_CREDENTIAL: i32 = -103;
pub const LAKE_ERR_PEER_OTHER: i32 = -104;
pub const LAKE_ERR_NO_COMMON_SUITE: i32 = -105;
pub const LAKE_ERR_SUITE_LOOP: i32 = -106;
pub const LAKE_ERR_ABORTED: i32 = -107;
pub const LAKE_KEY_P256: i32 = 1;
pub const LAKE_KEY_P384: i32 = 2;
pub const LAKE_KEY_X25519: i32 = 3;
pub const LAKE_KEY_X448: i32 = 4;
pub const LAKE_KEY_ED25519: i32 = 5;
pub const LAKE_KEY_ED448: i32 = 6;
pub const LAKE_CREDENTIAL_CCS: i32 = 1;
pub const LAKE_CREDENTIAL_X509: i32 = 2;
pub const LAKE_CREDENTIAL_PARTS: i32 = 3;
pub const LAKE_CREDENTIAL_C509: i32 = 4;
pub const LAKE_CREDENTIAL_CWT: i32 = 5;
pub const LAKE_CREDENTIAL_PSK: i32 = 6;
pub const LAKE_ID_KID: i32 = 4;
pub const LAKE_ID_KCWT: i32 = 13;
pub const LAKE_ID_KCCS: i32 = 14;
pub const LAKE_ID_C5T: i32 = 22;
pub const LAKE_ID_C5U: i32 = 23;
pub const LAKE_ID_C5B: i32 = 24;
pub const LAKE_ID_C5C: i32 = 25;
pub const LAKE_ID_X5BAG: i32 = 32;
pub const LAKE_ID_X5CHAIN: i32 = 33;
pub const LAKE_ID_X5T: i32 = 34;
pub const LAKE_ID_X5U: i32 = 35;
pub const LAKE_ID_C5T_SHA256: i32 = 122;
pub const LAKE_ID_X5T_SHA256: i32 = 134;
pub const LAKE_TEXT_SUBJECT: i32 = 1;
pub const LAKE_TEXT_ISSUER: i32 = 2;
pub const LAKE_TEXT_NAMES: i32 = 3;
pub const LAKE_PEER_PINNED: i32 = 1;
pub const LAKE_PEER_X509: i32 = 2;
pub const LAKE_PEER_CALLBACK: i32 = 3;
pub const LAKE_PEER_LEARN: i32 = 4;
pub const LAKE_PEER_ANY_INSECURE: i32 = 5;
pub const LAKE_PULL_CREDENTIAL: i32 = 1;
pub const LAKE_PULL_EAD: i32 = 2;
pub const LAKE_PULL_PEER: i32 = 4;
pub const LAKE_INITIATOR: i32 = 1;
pub const LAKE_RESPONDER: i32 = 2;
pub const LAKE_STATE_START: i32 = 1;
pub const LAKE_STATE_WAIT_MESSAGE_2: i32 = 2;
pub const LAKE_STATE_PENDING_MESSAGE_2: i32 = 3;
pub const LAKE_STATE_VERIFIED_MESSAGE_2: i32 = 4;
pub const LAKE_STATE_WAIT_MESSAGE_4: i32 = 5;
pub const LAKE_STATE_PENDING_MESSAGE_4: i32 = 6;
pub const LAKE_STATE_PENDING_MESSAGE_1: i32 = 7;
pub const LAKE_STATE_RECEIVED_MESSAGE_1: i32 = 8;
pub const LAKE_STATE_WAIT_MESSAGE_3: i32 = 9;
pub const LAKE_STATE_PENDING_MESSAGE_3: i32 = 10;
pub const LAKE_STATE_VERIFIED_MESSAGE_3: i32 = 11;
pub const LAKE_STATE_COMPLETED: i32 = 12;
pub const LAKE_STATE_FAILED: i32 = 13;
pub const LAKE_NEXT_NOTHING: i32 = 0;
pub const LAKE_NEXT_PREPARE_MESSAGE_1: i32 = 1;
pub const LAKE_NEXT_PROCESS_MESSAGE_1: i32 = 2;
pub const LAKE_NEXT_PREPARE_MESSAGE_2: i32 = 3;
pub const LAKE_NEXT_PROCESS_MESSAGE_2: i32 = 4;
pub const LAKE_NEXT_PREPARE_MESSAGE_3: i32 = 5;
pub const LAKE_NEXT_PROCESS_MESSAGE_3: i32 = 6;
pub const LAKE_NEXT_PREPARE_MESSAGE_4: i32 = 7;
pub const LAKE_NEXT_PROCESS_MESSAGE_4: i32 = 8;
pub const LAKE_NEXT_DECIDE: i32 = 9;
pub const LAKE_RENEWAL_NONE: i32 = 0;
pub const LAKE_RENEWAL_KEY_UPDATE: i32 = 1;
pub const LAKE_RENEWAL_NEW_RUN: i32 = 2;
/// How a call ended: 0 success, above 0 not finished, below 0 failed.
pub type lake_status = i32;
extern "C" {
    /// Version of the library, for example "0.1.0". Static text; works after fork.
    pub fn lake_version() -> *const ::core::ffi::c_char;
}
extern "C" {
    /// LAKE_VERSION_NUMBER of the library. Works after fork.
    pub fn lake_version_number() -> u32;
}
extern "C" {
    /// LAKE_ABI_VERSION of the library. Works after fork.
    pub fn lake_abi_version() -> u32;
}
extern "C" {
    /// Meaning of a status, for people. Static text, never NULL; works after fork.
    pub fn lake_strerror(status: lake_status) -> *const ::core::ffi::c_char;
}
extern "C" {
    /** Name of a status, for example "LAKE_ERR_MAC"; "LAKE_UNKNOWN" for an unknown
  one. Static text; works after fork.*/
    pub fn lake_status_name(status: lake_status) -> *const ::core::ffi::c_char;
}
extern "C" {
    /** 1 if the library has a feature, else 0. Features: "method-0" to "method-4",
  "suite-0" to "suite-6", "suite-24", "suite-25", "ccs", "cwt", "x509", "c509", "psk",
  "message-4", "ead", "pull", "external-keys", "oscore", "oscore-libcoap",
  "resumption", "save". Works after fork.*/
    pub fn lake_has_feature(name: *const ::core::ffi::c_char) -> i32;
}
extern "C" {
    /// What the library was built with: version, Go version, modules; text lines.
    pub fn lake_build_info(
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// Number of handles that were not freed yet, for leak tests; 0 after fork.
    pub fn lake_live_handles() -> usize;
}
extern "C" {
    /// Overwrites n bytes with zeros; the compiler does not remove it.
    pub fn lake_wipe(p: *mut ::core::ffi::c_void, n: usize);
}
/// A line of log: what happened, with no secret in it. Static for the call.
pub type lake_log_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        line: *const ::core::ffi::c_char,
    ),
>;
extern "C" {
    /// Sends log lines to fn, for the whole process; NULL turns it off (default).
    pub fn lake_set_log(
        fn_: lake_log_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
/// Algorithms and sizes of a cipher suite (RFC 9528 section 3.6).
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_suite_info {
    pub struct_size: u32,
    pub suite: i32,
    pub aead: i32,
    pub hash: i32,
    pub mac_length: i32,
    pub curve: i32,
    pub signature_algorithm: i32,
    pub signature_key: i32,
    pub app_aead: i32,
    pub app_hash: i32,
    pub key_length: i32,
    pub iv_length: i32,
    pub tag_length: i32,
    pub hash_length: i32,
    pub signature_length: i32,
    pub public_key_length: i32,
    pub app_key_length: i32,
}
#[test]
fn bindgen_test_layout_lake_suite_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_suite_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_suite_info>(),
        68usize,
        "Size of lake_suite_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_suite_info>(),
        4usize,
        "Alignment of lake_suite_info",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_suite_info::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).suite) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_suite_info::suite",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).aead) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_suite_info::aead",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).hash) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_suite_info::hash",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).mac_length) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_suite_info::mac_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).curve) as usize - ptr as usize },
        20usize,
        "Offset of field: lake_suite_info::curve",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).signature_algorithm) as usize - ptr as usize
        },
        24usize,
        "Offset of field: lake_suite_info::signature_algorithm",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).signature_key) as usize - ptr as usize },
        28usize,
        "Offset of field: lake_suite_info::signature_key",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).app_aead) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_suite_info::app_aead",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).app_hash) as usize - ptr as usize },
        36usize,
        "Offset of field: lake_suite_info::app_hash",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).key_length) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_suite_info::key_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).iv_length) as usize - ptr as usize },
        44usize,
        "Offset of field: lake_suite_info::iv_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).tag_length) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_suite_info::tag_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).hash_length) as usize - ptr as usize },
        52usize,
        "Offset of field: lake_suite_info::hash_length",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).signature_length) as usize - ptr as usize
        },
        56usize,
        "Offset of field: lake_suite_info::signature_length",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).public_key_length) as usize - ptr as usize
        },
        60usize,
        "Offset of field: lake_suite_info::public_key_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).app_key_length) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_suite_info::app_key_length",
    );
}
/// Who authenticates how in a method (RFC 9528 section 3.2).
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_method_info {
    pub struct_size: u32,
    pub method: i32,
    pub signature_initiator: i32,
    pub signature_responder: i32,
    pub psk: i32,
}
#[test]
fn bindgen_test_layout_lake_method_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_method_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_method_info>(),
        20usize,
        "Size of lake_method_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_method_info>(),
        4usize,
        "Alignment of lake_method_info",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_method_info::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).method) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_method_info::method",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).signature_initiator) as usize - ptr as usize
        },
        8usize,
        "Offset of field: lake_method_info::signature_initiator",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).signature_responder) as usize - ptr as usize
        },
        12usize,
        "Offset of field: lake_method_info::signature_responder",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).psk) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_method_info::psk",
    );
}
extern "C" {
    /// The supported cipher suites. cap and *len count suites.
    pub fn lake_suites(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    /// Describes a suite. LAKE_ERR_UNSUPPORTED if it is not supported.
    pub fn lake_suite_info(suite: i32, info: *mut lake_suite_info) -> lake_status;
}
extern "C" {
    /// Name of a suite, static text; NULL if it is not supported. Works after fork.
    pub fn lake_suite_name(suite: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
    /// The supported methods. cap and *len count methods.
    pub fn lake_methods(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    /// Describes a method. LAKE_ERR_UNSUPPORTED if it is not supported.
    pub fn lake_method_info(method: i32, info: *mut lake_method_info) -> lake_status;
}
extern "C" {
    /// Name of a method, static text; NULL if it is not supported. Works after fork.
    pub fn lake_method_name(method: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
    /** Makes a key pair of a LAKE_KEY_* kind. Both buffers have to be large enough:
  128 always are. LAKE_ERR_BUFFER_TOO_SMALL writes both lengths.*/
    pub fn lake_keypair_generate(
        kind: i32,
        private_key: *mut u8,
        private_cap: usize,
        private_len: *mut usize,
        public_key: *mut u8,
        public_cap: usize,
        public_len: *mut usize,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_credential {
    _unused: [u8; 0],
}
extern "C" {
    /** From a CWT Claims Set: a CBOR map with a COSE_Key in its 'cnf' claim (RFC 9528
  section 3.5.2). CRED_x is ccs as it is. It is referred to by the kid of the
  COSE_Key, or sent by value if that has none, unless lake_credential_set_id*
  says otherwise. LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_ccs(
        ccs: *const u8,
        ccs_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From an X.509 certificate in DER; referred to by x5t (SHA-256/64).
  LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_x509(
        der: *const u8,
        der_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From n certificates in DER, the end entity's first; with more than one, the
  chain is sent by value (x5chain). LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_x509_chain(
        ders: *const *const u8,
        der_lens: *const usize,
        n: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From the certificates of a file as openssl writes it (PEM or DER, of file_len
  bytes), the end entity's first. LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_pem(
        file: *const u8,
        file_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From n C509 certificates (draft-ietf-cose-cbor-encoded-cert), natively signed or
  re-encoded from X.509, the end entity's first; referred to by c5t (SHA-256/64),
  a chain by value (c5c). LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_c509(
        certs: *const *const u8,
        cert_lens: *const usize,
        n: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From a CWT signed with COSE_Sign1 that has a COSE_Key in its 'cnf' claim; sent by
  value (kcwt). Nothing is verified yet. LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_cwt(
        cwt: *const u8,
        cwt_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** A pre-shared key for method 4 (draft-ietf-lake-edhoc-psk): the ID_CRED_PSK map
  that refers to it, at least 16 bytes of key, the COSE number of the EDHOC hash
  it is bound to (-16 SHA-256, -43 SHA-384, -45 SHAKE256), CRED_I and CRED_R (one
  CBOR item each), which must differ. LAKE_ERR_UNSUPPORTED for another hash,
  LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_psk(
        id_cred: *const u8,
        id_cred_len: usize,
        psk: *const u8,
        psk_len: usize,
        hash: i32,
        cred_i: *const u8,
        cred_i_len: usize,
        cred_r: *const u8,
        cred_r_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** From its parts, for types that liblake does not read: ID_CRED_x (a CBOR map),
  CRED_x (one CBOR item) and the public key (for P-256 and P-384: x || y, or x
  alone for Diffie-Hellman). LAKE_ERR_PUBLIC_KEY, LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_parts(
        id_cred: *const u8,
        id_cred_len: usize,
        cred: *const u8,
        cred_len: usize,
        key_kind: i32,
        public_key: *const u8,
        public_key_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** The credential that an ID_CRED_x map carries by value (kccs, x5chain, x5bag).
  Nothing about it is trusted. LAKE_ERR_CREDENTIAL_UNSUPPORTED for a map that
  only refers to a credential, LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_credential_from_id_cred(
        id_cred: *const u8,
        id_cred_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Sets the ID_CRED_x map to send; a peer's credential is found by it, too.
  LAKE_ERR_CREDENTIAL_MALFORMED, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_id_cred(
        credential: *mut lake_credential,
        id_cred: *const u8,
        id_cred_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Sets the ID_CRED_x to send by LAKE_ID_* and value (of LAKE_ID_KID and
  LAKE_ID_X5U; else NULL, 0). LAKE_ERR_UNSUPPORTED for a type that the
  credential cannot have, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_id(
        credential: *mut lake_credential,
        type_: i32,
        value: *const u8,
        value_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Sets the private key: sizes as at LAKE_KEY_*. LAKE_ERR_PRIVATE_KEY if it does
  not belong to the public key, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_private_key(
        credential: *mut lake_credential,
        key: *const u8,
        key_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** The same from a file as openssl writes it: PEM or DER, PKCS#8 or SEC 1, not
  encrypted. LAKE_ERR_PRIVATE_KEY, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_private_key_pem(
        credential: *mut lake_credential,
        file: *const u8,
        file_len: usize,
    ) -> lake_status;
}
/** Signs for a credential whose private key is elsewhere: to_be_signed is a COSE
  Sig_structure, the signature r || s (ECDSA with SHA-256 for P-256, SHA-384 for
  P-384) or that of EdDSA. It writes *len bytes, at most cap, which is 256, and
  returns LAKE_OK. Any other status fails the call with LAKE_ERR_CALLBACK, a
  signature of another key with LAKE_ERR_PRIVATE_KEY; the call can be made again.*/
pub type lake_sign_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        to_be_signed: *const u8,
        to_be_signed_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status,
>;
/** Computes ECDH for a credential whose private key is elsewhere: peer is the peer's
  public key, of P-256 and P-384 x alone (02 || x is the compressed point); the
  secret is x of the result, or the output of X25519 or X448.*/
pub type lake_ecdh_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        peer: *const u8,
        peer_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status,
>;
extern "C" {
    /** The private key is elsewhere, and the host signs by fn, for every session that uses
  the credential and so perhaps from several threads at once. LAKE_ERR_UNSUPPORTED
  for a key that cannot sign, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_signer(
        credential: *mut lake_credential,
        fn_: lake_sign_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /** The same for ECDH. A key that can do both may have both.
  LAKE_ERR_UNSUPPORTED for a key that cannot, LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_ecdh(
        credential: *mut lake_credential,
        fn_: lake_ecdh_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /** The private key is elsewhere, in pull mode, as far as there is no callback:
  lake_session_prepare_message_2 and _3 (and lake_session_step) give LAKE_PENDING_SIGNATURE or LAKE_PENDING_ECDH. Then
  lake_session_key_question, lake_session_answer_key, and the same call again.
  LAKE_ERR_FROZEN.*/
    pub fn lake_credential_set_external_key(
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /// ID_CRED_x, as the CBOR map.
    pub fn lake_credential_id_cred(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// CRED_x, one CBOR item. LAKE_ERR_NOT_FOUND of a pre-shared key.
    pub fn lake_credential_bytes(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Of a pre-shared key CRED_I (role LAKE_INITIATOR) or CRED_R (LAKE_RESPONDER), which
  tells who a peer is that resumed a session. LAKE_ERR_NOT_FOUND of others.*/
    pub fn lake_credential_psk_bytes(
        credential: *const lake_credential,
        role: i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// The public key and its LAKE_KEY_* kind. LAKE_ERR_NOT_FOUND of a pre-shared key.
    pub fn lake_credential_public_key(
        credential: *const lake_credential,
        key_kind: *mut i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// LAKE_CREDENTIAL_*.
    pub fn lake_credential_kind(
        credential: *const lake_credential,
        kind: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /** Whose it is, in one line for people: subject, first alternative name, kid, kind and
  beginning of the key, as far as known. Printable UTF-8 with a final zero (cap
  counts it, *len does not).*/
    pub fn lake_credential_describe(
        credential: *const lake_credential,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// A LAKE_TEXT_* of the credential; empty if it has none. As lake_credential_describe.
    pub fn lake_credential_text(
        credential: *const lake_credential,
        what: i32,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Seconds since 1970 from and until when it is valid; INT64_MIN and INT64_MAX if it
  has no such date.*/
    pub fn lake_credential_validity(
        credential: *const lake_credential,
        not_before: *mut i64,
        not_after: *mut i64,
    ) -> lake_status;
}
extern "C" {
    /** SHA-256 of the certificate (DER, or the C509 sequence) or of CRED_x.
  LAKE_ERR_NOT_FOUND of a pre-shared key.*/
    pub fn lake_credential_fingerprint(
        credential: *const lake_credential,
        out: *mut u8,
    ) -> lake_status;
}
extern "C" {
    /// The kid of its COSE_Key or ID_CRED_x. LAKE_ERR_NOT_FOUND if it has none.
    pub fn lake_credential_kid(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Builds a CWT Claims Set of a public key, with a subject in UTF-8 (NULL: none) and a
  kid (NULL, 0: none). LAKE_ERR_PUBLIC_KEY.*/
    pub fn lake_ccs_build(
        subject: *const ::core::ffi::c_char,
        kid: *const u8,
        kid_len: usize,
        key_kind: i32,
        public_key: *const u8,
        public_key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).
  LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_ccs_from_cose_key(
        cose_key: *const u8,
        cose_key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Re-encodes an X.509 certificate (DER) as a C509 certificate. LAKE_ERR_UNSUPPORTED if
  that would not give the same DER back, LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_c509_from_x509(
        der: *const u8,
        der_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** The X.509 certificate (DER) that a re-encoded C509 certificate was made of.
  LAKE_ERR_UNSUPPORTED for one that is natively signed, LAKE_ERR_CREDENTIAL_MALFORMED.*/
    pub fn lake_c509_to_x509(
        c509: *const u8,
        c509_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// One more reference: as many lake_credential_free are needed.
    pub fn lake_credential_retain(credential: *mut lake_credential) -> lake_status;
}
extern "C" {
    /// Drops a reference. Configs and sessions keep their own. NULL is allowed.
    pub fn lake_credential_free(credential: *mut lake_credential) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_config {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_session {
    _unused: [u8; 0],
}
/** Looks up the credential that id_cred (a CBOR map) refers to. It writes *out
  and returns LAKE_OK: that reference passes to the library, and the credential
  is trusted. Other answers: LAKE_ERR_NOT_FOUND; LAKE_PENDING_CREDENTIAL to
  answer later, as in pull mode; any error, which ends the run with
  LAKE_ERR_CALLBACK.*/
pub type lake_credential_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        id_cred: *const u8,
        id_cred_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status,
>;
/** Takes one received EAD item of a verified message; value is NULL if there is
  none. It returns LAKE_OK if it understood the item, LAKE_ERR_NOT_FOUND if it
  does not know the label (which ends the run if the item is critical: negative
  label), and any other error to end the run.*/
pub type lake_ead_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        message: i32,
        label: i64,
        value: *const u8,
        value_len: usize,
    ) -> lake_status,
>;
/** Has the last word on a peer that has authenticated with a trusted credential,
  before the session commits: the place to look at names and dates, and to check
  for revocation. The credential is the library's and valid during the call, unless
  lake_credential_retain keeps it. LAKE_OK accepts; anything else ends the run with
  LAKE_ERR_PEER_REJECTED. In method 4 only the Responder is asked.*/
pub type lake_verify_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        peer: *mut lake_credential,
    ) -> lake_status,
>;
/// Bounds what a peer can make a session do. A field of 0 means the default.
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_limits {
    pub struct_size: u32,
    pub message_size: u32,
    pub connection_id: u32,
    pub ead_items: u32,
    pub candidates: u32,
    pub chain: u32,
}
#[test]
fn bindgen_test_layout_lake_limits() {
    const UNINIT: ::core::mem::MaybeUninit<lake_limits> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(::core::mem::size_of::<lake_limits>(), 24usize, "Size of lake_limits");
    assert_eq!(
        ::core::mem::align_of::<lake_limits>(),
        4usize,
        "Alignment of lake_limits",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_limits::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).message_size) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_limits::message_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).connection_id) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_limits::connection_id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).ead_items) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_limits::ead_items",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).candidates) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_limits::candidates",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).chain) as usize - ptr as usize },
        20usize,
        "Offset of field: lake_limits::chain",
    );
}
extern "C" {
    /** A config with the defaults: all suites and methods that the own credentials
  allow, pinned credentials only, message_4 not required.*/
    pub fn lake_config_new(out: *mut *mut lake_config) -> lake_status;
}
extern "C" {
    /// Frees a config; sessions made from it go on. NULL is allowed.
    pub fn lake_config_free(config: *mut lake_config) -> lake_status;
}
extern "C" {
    /// Sets the cipher suites, the preferred one first. LAKE_ERR_UNSUPPORTED.
    pub fn lake_config_set_suites(
        config: *mut lake_config,
        suites: *const i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    /** Sets the methods. A Responder accepts them; an Initiator uses the first one
  that it has a credential for. LAKE_ERR_UNSUPPORTED.*/
    pub fn lake_config_set_methods(
        config: *mut lake_config,
        methods: *const i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    /** Adds a credential to authenticate with: the first one that fits method and
  suite is used. LAKE_ERR_PRIVATE_KEY if it has no private key.*/
    pub fn lake_config_add_own_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /// Adds a credential that is trusted (pinned) as a peer's.
    pub fn lake_config_add_peer_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Adds a pre-shared key for sessions in which this side has the given role
  (LAKE_INITIATOR, LAKE_RESPONDER). A key for both directions needs two credentials,
  with CRED_I and CRED_R exchanged.*/
    pub fn lake_config_add_psk(
        config: *mut lake_config,
        role: i32,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Adds a certificate (X.509 or C509) that certifies peers, or is a peer's; takes
  effect with LAKE_PEER_X509. Further certificates of a chain become intermediates.*/
    pub fn lake_config_add_trust_anchor(
        config: *mut lake_config,
        certificate: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /// Adds a certificate that peers may leave out of their chain.
    pub fn lake_config_add_intermediate(
        config: *mut lake_config,
        certificate: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Adds the key of an issuer of CWTs; name is what their claim 'iss' has to be, NULL
  any. Takes effect with LAKE_PEER_X509.*/
    pub fn lake_config_add_cwt_issuer(
        config: *mut lake_config,
        issuer: *mut lake_credential,
        name: *const ::core::ffi::c_char,
    ) -> lake_status;
}
extern "C" {
    /** Sets the time by which dates are checked, in seconds since 1970 up to the year
  9999, for devices without a clock; 0: that of the system (default). Allowed at
  any time.*/
    pub fn lake_config_set_time(config: *mut lake_config, now: i64) -> lake_status;
}
extern "C" {
    /// Sets who has the last word on a peer; NULL: nobody.
    pub fn lake_config_set_verify_callback(
        config: *mut lake_config,
        fn_: lake_verify_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /** Checks a credential as LAKE_PEER_X509 does, for a key that signs (1) or does static
  Diffie-Hellman (0). LAKE_ERR_EXPIRED, LAKE_ERR_UNKNOWN_ISSUER and the like;
  LAKE_ERR_CREDENTIAL_UNTRUSTED for one that nobody can vouch for.*/
    pub fn lake_config_verify_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
        signs: i32,
    ) -> lake_status;
}
extern "C" {
    /// Sets LAKE_PEER_*. LAKE_ERR_UNSUPPORTED.
    pub fn lake_config_set_peer_policy(
        config: *mut lake_config,
        policy: i32,
    ) -> lake_status;
}
extern "C" {
    /// Sets the lookup of credentials that the config does not know; NULL: none.
    pub fn lake_config_set_credential_callback(
        config: *mut lake_config,
        fn_: lake_credential_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /// Sets who is asked about received EAD items; NULL: nobody.
    pub fn lake_config_set_ead_callback(
        config: *mut lake_config,
        fn_: lake_ead_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /** Sets the EAD labels (positive) that the application understands: critical
  items with them are accepted and can be read with lake_session_ead_get.*/
    pub fn lake_config_set_ead_labels(
        config: *mut lake_config,
        labels: *const i64,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    /// Sets the LAKE_PULL_* questions. LAKE_ERR_UNSUPPORTED.
    pub fn lake_config_set_pull(config: *mut lake_config, questions: u32) -> lake_status;
}
extern "C" {
    /// Sets the limits.
    pub fn lake_config_set_limits(
        config: *mut lake_config,
        limits: *const lake_limits,
    ) -> lake_status;
}
extern "C" {
    /** 1: message_4 is part of the protocol (RFC 9528 section 5.5), 0: it is not.
  Both sides have to agree on this beforehand.*/
    pub fn lake_config_require_message_4(
        config: *mut lake_config,
        required: i32,
    ) -> lake_status;
}
extern "C" {
    /** A session in the role LAKE_INITIATOR or LAKE_RESPONDER. It freezes the config.
  LAKE_ERR_ARGUMENT if that has trust anchors or CWT issuers, and the policy is
  neither LAKE_PEER_X509 nor LAKE_PEER_CALLBACK.*/
    pub fn lake_session_new(
        config: *mut lake_config,
        role: i32,
        out: *mut *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    /// Frees a session and clears its secrets. NULL is allowed.
    pub fn lake_session_free(session: *mut lake_session) -> lake_status;
}
extern "C" {
    /** Sets one's own connection identifier, C_I or C_R: 0 to 64 bytes (7 at most for
  OSCORE with AES-CCM), different from the peer's, and for OSCORE from those of
  all live contexts of this side. Without it, one byte is chosen at random.
  Before message_1 (Initiator) or message_2 (Responder) is prepared.*/
    pub fn lake_session_set_connection_id(
        session: *mut lake_session,
        id: *const u8,
        id_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Initiator, before message_1: selects another suite than the preferred one,
  such as the one that this Responder is known to support.*/
    pub fn lake_session_select_suite(
        session: *mut lake_session,
        suite: i32,
    ) -> lake_status;
}
extern "C" {
    /** Chooses among several own credentials, in the place of the first one that fits: the
  Initiator before message_3, when it has seen the peer, the Responder before
  message_2; a pre-shared key the Initiator before message_1. LAKE_ERR_PRIVATE_KEY
  without a private key, LAKE_ERR_KEY_KIND, LAKE_ERR_OWN_CREDENTIAL for the peer's.*/
    pub fn lake_session_set_own_credential(
        session: *mut lake_session,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** What the host has to compute after LAKE_PENDING_SIGNATURE (out: the bytes to sign) or
  LAKE_PENDING_ECDH (out: the peer's public key, x alone for P-256 and P-384); *pending
  is which of the two. LAKE_ERR_NOT_FOUND when nothing is asked.*/
    pub fn lake_session_key_question(
        session: *mut lake_session,
        pending: *mut lake_status,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// Gives the signature or the ECDH secret. Then make the pending call again.
    pub fn lake_session_answer_key(
        session: *mut lake_session,
        answer: *const u8,
        answer_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// A pointer of the host's, kept with the session.
    pub fn lake_session_set_userdata(
        session: *mut lake_session,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /// The pointer of lake_session_set_userdata, or NULL. Works in callbacks.
    pub fn lake_session_userdata(
        session: *const lake_session,
        userdata: *mut *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    /** The short way: takes what arrived (NULL, 0 to start as Initiator) and gives
  what to send (*len 0: nothing), until lake_session_is_complete. Without
  lake_config_require_message_4, the Initiator is complete with message_3 and
  the Responder when it has verified that; but method 4 always goes on to message_4,
  which alone authenticates the Responder there. If the Responder refuses the cipher
  suite, the Initiator starts again with one that both support; if it refuses a
  resumption, with a full run.

  A pending status: answer it, then step with (NULL, 0). An error: if the run
  ended and an EDHOC error message is due, it is in out (*len above 0) and has
  to be sent; cap should be 128 at least, or lake_session_prepare_error gives
  it afterwards. A message that could not be parsed does not end the run after
  message_1: *len is 0, and the session still waits for the right one.
  LAKE_ERR_BUFFER_TOO_SMALL: step again with a larger buffer and the same input
  or (NULL, 0); nothing is processed twice, and another input gives
  LAKE_ERR_STATE. *len is written whatever the status is.*/
    pub fn lake_session_step(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// Initiator: makes message_1 (RFC 9528 section 5.2.2). LAKE_ERR_NO_CREDENTIAL.
    pub fn lake_session_prepare_message_1(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Responder: reads message_1 (section 5.2.3). Any error of the groups message,
  credential or peer ends the run; LAKE_ERR_SUITE makes an error message with
  the suites of this side. LAKE_PENDING_EAD.*/
    pub fn lake_session_process_message_1(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Responder: makes message_2 (section 5.3.2).
    pub fn lake_session_prepare_message_2(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Initiator: reads message_2 and authenticates the Responder (section 5.3.3).
  A message that cannot be parsed leaves the session as it was; a peer that is
  unknown or does not authenticate ends the run; so does an error message of the
  peer (LAKE_ERR_PEER_*). LAKE_PENDING_CREDENTIAL, LAKE_PENDING_EAD.*/
    pub fn lake_session_process_message_2(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Initiator: makes message_3 (section 5.4.2). Keys can be exported from here on.
    pub fn lake_session_prepare_message_3(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Responder: reads message_3 and authenticates the Initiator (section 5.4.3).
  Errors and pending as with message_2. Keys can be exported from here on.*/
    pub fn lake_session_process_message_3(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Responder: makes message_4 (section 5.5.2), which completes the session.
    pub fn lake_session_prepare_message_4(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// Initiator: reads message_4 (section 5.5.3), which completes the session.
    pub fn lake_session_process_message_4(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Goes on after a pending status was answered; it gives what the interrupted
  call would have given.*/
    pub fn lake_session_resume(session: *mut lake_session) -> lake_status;
}
extern "C" {
    /** Completes a session in which message_4 is not required: the Responder after
  message_3, the Initiator after it has verified a message that is protected with
  the new keys. LAKE_ERR_STATE if message_4 is required.*/
    pub fn lake_session_complete_without_message_4(
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    /** Initiator: a new run after LAKE_ERR_PEER_SUITE, with the preferred suite among
  those that both support. LAKE_ERR_NO_COMMON_SUITE; LAKE_ERR_SUITE_LOOP if the
  Responder refused that suite before.*/
    pub fn lake_session_restart(session: *mut lake_session) -> lake_status;
}
extern "C" {
    /** Adds an item to a message that is not prepared yet; label is not 0; value NULL
  means none (a non-NULL value with value_len 0: the empty string). LAKE_ERR_LIMIT.*/
    pub fn lake_session_ead_add(
        session: *mut lake_session,
        message: i32,
        label: i64,
        value: *const u8,
        value_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Makes a message n bytes longer with padding, n at least 1 (section 3.8.1).
    pub fn lake_session_ead_pad(
        session: *mut lake_session,
        message: i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    /** Number of received items, padding not counted. Until the call that processes
  the message has succeeded, anybody may have made them.*/
    pub fn lake_session_ead_count(
        session: *mut lake_session,
        message: i32,
        count: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// One received item. *has_value is 0 if it has no value. LAKE_ERR_NOT_FOUND.
    pub fn lake_session_ead_get(
        session: *mut lake_session,
        message: i32,
        index: usize,
        label: *mut i64,
        has_value: *mut i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Answers LAKE_PENDING_EAD for one item: it is understood. Then resume; items
  that were not accepted end the run. LAKE_ERR_NOT_FOUND.*/
    pub fn lake_session_ead_accept(
        session: *mut lake_session,
        message: i32,
        index: usize,
    ) -> lake_status;
}
extern "C" {
    /// Answers LAKE_PENDING_EAD by ending the run. LAKE_ERR_NOT_FOUND.
    pub fn lake_session_ead_reject(
        session: *mut lake_session,
        message: i32,
        index: usize,
    ) -> lake_status;
}
extern "C" {
    /** ID_CRED_x of the peer, as the CBOR map, from LAKE_PENDING_CREDENTIAL on.
  LAKE_ERR_NOT_FOUND before.*/
    pub fn lake_session_peer_id_cred(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Answers LAKE_PENDING_CREDENTIAL: this is the peer's credential, and it is
  trusted. Then resume. The caller keeps its reference.*/
    pub fn lake_session_set_peer_credential(
        session: *mut lake_session,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Ends the run because of who the peer is, or is not: LAKE_ERR_CREDENTIAL_UNKNOWN
  (the peer is told to refer to its credential in another way) or
  LAKE_ERR_PEER_REJECTED. Any state before completion.*/
    pub fn lake_session_reject_peer(
        session: *mut lake_session,
        reason: lake_status,
    ) -> lake_status;
}
extern "C" {
    /** The credential that the peer authenticated with: a new handle, to be freed.
  LAKE_ERR_NOT_FOUND before.*/
    pub fn lake_session_peer_credential(
        session: *mut lake_session,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** *is_new is 1 if, with LAKE_PEER_LEARN, the key of the peer was accepted for the first
  time: keep lake_session_peer_credential, and pin it in the next config.*/
    pub fn lake_session_peer_is_new(
        session: *mut lake_session,
        is_new: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /** The suites that the peer named: SUITES_I of message_1, or SUITES_R of an error
  message. cap and *len count suites. LAKE_ERR_NOT_FOUND.*/
    pub fn lake_session_peer_suites(
        session: *mut lake_session,
        out: *mut i64,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** The error message that is due after a failure (RFC 9528 chapter 6). It ends
  the run, if the failure did not: who sends an error message aborts.
  LAKE_ERR_NOT_FOUND if none is due: after success, after an error message of the
  peer, after completion.*/
    pub fn lake_session_prepare_error(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Takes an error message of the peer, which ends the run; gives LAKE_ERR_PEER_*,
  or LAKE_ERR_ARGUMENT for what is not an error message. The functions that process
  a message do the same when they get an error message.*/
    pub fn lake_session_process_error(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Ends the run; lake_session_prepare_error gives the error message to send.
    pub fn lake_session_abort(session: *mut lake_session) -> lake_status;
}
extern "C" {
    /** Status of the last call that failed on this session, or why the host ended the
  run; LAKE_OK if nothing did. LAKE_ERR_BUFFER_TOO_SMALL, LAKE_ERR_NOT_FOUND,
  LAKE_ERR_BUSY and NULL arguments do not count.*/
    pub fn lake_session_last_error(
        session: *mut lake_session,
        last: *mut lake_status,
    ) -> lake_status;
}
extern "C" {
    /** What exactly was wrong then: text for people, at most 300 bytes and a final
  zero (*len does not count it; cap does), no secret in it.*/
    pub fn lake_session_error_text(
        session: *mut lake_session,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Error code and text of the error message that the peer sent; the text is empty
  but for code 1; ends with a zero. LAKE_ERR_NOT_FOUND.*/
    pub fn lake_session_peer_error(
        session: *mut lake_session,
        code: *mut i64,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// Makes an error message: code 1 with a text, code 2 with n suites, code 3.
    pub fn lake_error_encode(
        code: i32,
        text: *const ::core::ffi::c_char,
        suites: *const i32,
        n: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Reads an error message: its code, and the text of code 1 (empty for others,
  ends with a zero). LAKE_ERR_MALFORMED for what is none.*/
    pub fn lake_error_parse(
        in_: *const u8,
        in_len: usize,
        code: *mut i64,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Reads the suites of an error message with code 2. cap and *len count suites.
  LAKE_ERR_NOT_FOUND for other codes, LAKE_ERR_MALFORMED.*/
    pub fn lake_error_suites(
        in_: *const u8,
        in_len: usize,
        out: *mut i64,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
/** What an OSCORE security context is made of (RFC 9528 appendix A.1). Wipe it
  after use.*/
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_oscore_context {
    pub struct_size: u32,
    pub aead: i32,
    pub hash: i32,
    pub master_secret_len: u32,
    pub master_salt_len: u32,
    pub sender_id_len: u32,
    pub recipient_id_len: u32,
    pub master_secret: [u8; 32usize],
    pub master_salt: [u8; 8usize],
    pub sender_id: [u8; 64usize],
    pub recipient_id: [u8; 64usize],
}
#[test]
fn bindgen_test_layout_lake_oscore_context() {
    const UNINIT: ::core::mem::MaybeUninit<lake_oscore_context> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_oscore_context>(),
        196usize,
        "Size of lake_oscore_context",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_oscore_context>(),
        4usize,
        "Alignment of lake_oscore_context",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_oscore_context::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).aead) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_oscore_context::aead",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).hash) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_oscore_context::hash",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).master_secret_len) as usize - ptr as usize
        },
        12usize,
        "Offset of field: lake_oscore_context::master_secret_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).master_salt_len) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_oscore_context::master_salt_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).sender_id_len) as usize - ptr as usize },
        20usize,
        "Offset of field: lake_oscore_context::sender_id_len",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).recipient_id_len) as usize - ptr as usize
        },
        24usize,
        "Offset of field: lake_oscore_context::recipient_id_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).master_secret) as usize - ptr as usize },
        28usize,
        "Offset of field: lake_oscore_context::master_secret",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).master_salt) as usize - ptr as usize },
        60usize,
        "Offset of field: lake_oscore_context::master_salt",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).sender_id) as usize - ptr as usize },
        68usize,
        "Offset of field: lake_oscore_context::sender_id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).recipient_id) as usize - ptr as usize },
        132usize,
        "Offset of field: lake_oscore_context::recipient_id",
    );
}
extern "C" {
    /** EDHOC_Exporter (section 4.2.1): out_len bytes for a label and a context. Labels
  from 32768 on are for private use. LAKE_ERR_ARGUMENT above 255 hash lengths.*/
    pub fn lake_session_export(
        session: *mut lake_session,
        label: u64,
        context: *const u8,
        context_len: usize,
        out: *mut u8,
        out_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** EDHOC_KeyUpdate (appendix H), after completion: new keys replace the old ones.
  Both sides do it with the same context.*/
    pub fn lake_session_key_update(
        session: *mut lake_session,
        context: *const u8,
        context_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** The OSCORE security context. It is the same each time until
  lake_session_key_update; set it up once only.*/
    pub fn lake_session_oscore_context(
        session: *mut lake_session,
        out: *mut lake_oscore_context,
    ) -> lake_status;
}
extern "C" {
    /** The same as the text that libcoap's coap_new_oscore_conf takes, with a final
  zero (cap counts it, *len does not). LAKE_ERR_UNSUPPORTED unless the suite has
  the application AEAD AES-CCM-16-64-128 with SHA-256 (suites 0 to 3), or if a
  connection identifier is longer than 7 bytes. Wipe it after use.*/
    pub fn lake_session_oscore_libcoap_conf(
        session: *mut lake_session,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_resumption {
    _unused: [u8; 0],
}
extern "C" {
    /** A store for the keys of at most limit peers, each valid for lifetime seconds.
  limit 1 to 1,000,000; 0: 1,000; lifetime at most 100 years; 0: one day.*/
    pub fn lake_resumption_new(
        limit: usize,
        lifetime: u64,
        out: *mut *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    /// Frees a store; configs and sessions keep theirs. NULL is allowed.
    pub fn lake_resumption_free(store: *mut lake_resumption) -> lake_status;
}
extern "C" {
    /** Sets the length of the identifiers of keys that are kept from now on, 1 to 64; 2 by
  default, which is good for some thousand peers. Both sides have to agree on it.*/
    pub fn lake_resumption_set_kid_length(
        store: *mut lake_resumption,
        kid_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Derives the next resumption key of a completed session and keeps it under the peer.
  Both sides do it, before any lake_session_key_update. The key of the run before is
  kept or dropped as draft-ietf-lake-edhoc-psk section 6 says.*/
    pub fn lake_resumption_keep(
        store: *mut lake_resumption,
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    /** Drops the key of the run before, when the peer of a completed session has shown to
  have its keys by a further message.*/
    pub fn lake_resumption_confirm(
        store: *mut lake_resumption,
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    /// Drops the keys of the peer with this CRED_x, for example because it was revoked.
    pub fn lake_resumption_forget(
        store: *mut lake_resumption,
        cred: *const u8,
        cred_len: usize,
    ) -> lake_status;
}
extern "C" {
    /// Number of peers in the store.
    pub fn lake_resumption_count(
        store: *mut lake_resumption,
        count: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// The store, sealed with a key of 32 bytes, to be kept over a restart.
    pub fn lake_resumption_save(
        store: *mut lake_resumption,
        key: *const u8,
        key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Reads what lake_resumption_save wrote. LAKE_ERR_SAVED if it was altered or the key is
  another one, LAKE_ERR_UNSUPPORTED for another version.*/
    pub fn lake_resumption_load(
        key: *const u8,
        key_len: usize,
        blob: *const u8,
        blob_len: usize,
        out: *mut *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    /** Lets a Responder take part in resumptions with the keys of the store, besides its
  methods.*/
    pub fn lake_config_set_resumption(
        config: *mut lake_config,
        store: *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    /** Initiator, before message_1: runs method 4 with the key kept for the peer that has the
  credential CRED_R. LAKE_ERR_NOT_FOUND if there is none: the run then is a full one.
  If the Responder refuses, lake_session_step goes on with a full run by itself;
  message by message, lake_session_fall_back does it.*/
    pub fn lake_session_use_resumption(
        session: *mut lake_session,
        store: *mut lake_resumption,
        cred_r: *const u8,
        cred_r_len: usize,
    ) -> lake_status;
}
extern "C" {
    /** Initiator: a new, full run after a resumption that failed, in the same session. The
  key is dropped.*/
    pub fn lake_session_fall_back(session: *mut lake_session) -> lake_status;
}
extern "C" {
    /// *resumed is 1 if the session is authenticated, or is to be, by a resumption key.
    pub fn lake_session_is_resumed(
        session: *mut lake_session,
        resumed: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /** The resumption key of a completed session as a PSK credential, with a kid of kid_len
  bytes, 1 to 64 (0: 2), for hosts that keep keys in their own way.*/
    pub fn lake_session_resumption_credential(
        session: *mut lake_session,
        kid_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    /** Saves a session, sealed with a key of 32 bytes: a completed one, or one that waits for
  message_2, message_3 or (not in method 4) message_4. The latter lives on in the
  blob, may be restored once, and is over here (LAKE_STATE_FAILED); but not until this
  returns LAKE_OK: asking for the size changes nothing, and the session may go on
  instead. The host's pointer (lake_session_set_userdata) is not in it.
  LAKE_ERR_NO_CREDENTIAL with a credential of lake_session_set_own_credential that is
  not in the config.*/
    pub fn lake_session_save(
        session: *mut lake_session,
        key: *const u8,
        key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /** Restores a session with the config that it was made with. LAKE_ERR_SAVED if the blob
  was altered, is of another config or key, or was restored before in this config;
  LAKE_ERR_UNSUPPORTED for another version.*/
    pub fn lake_session_restore(
        config: *mut lake_config,
        key: *const u8,
        key_len: usize,
        blob: *const u8,
        blob_len: usize,
        out: *mut *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    /** The id of a blob, to claim it by where several processes could restore it.
  LAKE_ERR_SAVED for what is no blob.*/
    pub fn lake_saved_id(blob: *const u8, blob_len: usize, out: *mut u8) -> lake_status;
}
extern "C" {
    /** What is due, after the host has protected sent and received received more messages
  with the keys of the session, and failures more did not verify, since the last
  call. In states in which keys can be exported.*/
    pub fn lake_session_renewal(
        session: *mut lake_session,
        sent: u64,
        received: u64,
        failures: u64,
        due: *mut i32,
    ) -> lake_status;
}
/** How long keys serve. A field of 0 means the default; docs/renewal.md says where
  these come from.*/
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_renewal_limits {
    pub struct_size: u32,
    pub key_sets: u32,
    pub messages: u64,
    pub failures: u64,
    pub key_age: u64,
    pub run_age: u64,
}
#[test]
fn bindgen_test_layout_lake_renewal_limits() {
    const UNINIT: ::core::mem::MaybeUninit<lake_renewal_limits> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_renewal_limits>(),
        40usize,
        "Size of lake_renewal_limits",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_renewal_limits>(),
        8usize,
        "Alignment of lake_renewal_limits",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_renewal_limits::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).key_sets) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_renewal_limits::key_sets",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).messages) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_renewal_limits::messages",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).failures) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_renewal_limits::failures",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).key_age) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_renewal_limits::key_age",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).run_age) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_renewal_limits::run_age",
    );
}
extern "C" {
    /** Sets how long keys serve before lake_session_renewal asks for new ones. Ages are
  100 years at most.*/
    pub fn lake_config_set_renewal_limits(
        config: *mut lake_config,
        limits: *const lake_renewal_limits,
    ) -> lake_status;
}
extern "C" {
    /// LAKE_INITIATOR or LAKE_RESPONDER.
    pub fn lake_session_role(session: *mut lake_session, role: *mut i32) -> lake_status;
}
extern "C" {
    /// LAKE_STATE_*.
    pub fn lake_session_state(
        session: *mut lake_session,
        state: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /** Name of a state, for example "WAIT_MESSAGE_2". Static text, never NULL; works
  after fork.*/
    pub fn lake_state_name(state: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
    /// LAKE_NEXT_*.
    pub fn lake_session_next(session: *mut lake_session, next: *mut i32) -> lake_status;
}
extern "C" {
    /// The method, from message_1 on; LAKE_ERR_NOT_FOUND before.
    pub fn lake_session_method(
        session: *mut lake_session,
        method: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /// The selected suite, from message_1 on; LAKE_ERR_NOT_FOUND before.
    pub fn lake_session_suite(
        session: *mut lake_session,
        suite: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /// One's own connection identifier. LAKE_ERR_NOT_FOUND before it is chosen.
    pub fn lake_session_own_connection_id(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// The peer's connection identifier. LAKE_ERR_NOT_FOUND before it is known.
    pub fn lake_session_peer_connection_id(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    /// *complete is 1 if the run is over with success, else 0.
    pub fn lake_session_is_complete(
        session: *mut lake_session,
        complete: *mut i32,
    ) -> lake_status;
}
extern "C" {
    /** *authenticated is 1 if the peer has proved who it is, else 0. In method 4 the
  Initiator knows that with message_4 only.*/
    pub fn lake_session_authenticated(
        session: *mut lake_session,
        authenticated: *mut i32,
    ) -> lake_status;
}
