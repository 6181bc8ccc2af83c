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
pub type lake_status = i32;
extern "C" {
    pub fn lake_version() -> *const ::core::ffi::c_char;
}
extern "C" {
    pub fn lake_version_number() -> u32;
}
extern "C" {
    pub fn lake_abi_version() -> u32;
}
extern "C" {
    pub fn lake_strerror(status: lake_status) -> *const ::core::ffi::c_char;
}
extern "C" {
    pub fn lake_status_name(status: lake_status) -> *const ::core::ffi::c_char;
}
extern "C" {
    pub fn lake_has_feature(name: *const ::core::ffi::c_char) -> i32;
}
extern "C" {
    pub fn lake_build_info(
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_live_handles() -> usize;
}
extern "C" {
    pub fn lake_wipe(p: *mut ::core::ffi::c_void, n: usize);
}
pub type lake_log_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        line: *const ::core::ffi::c_char,
    ),
>;
extern "C" {
    pub fn lake_set_log(
        fn_: lake_log_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
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
    pub fn lake_suites(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    pub fn lake_suite_info(suite: i32, info: *mut lake_suite_info) -> lake_status;
}
extern "C" {
    pub fn lake_suite_name(suite: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
    pub fn lake_methods(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    pub fn lake_method_info(method: i32, info: *mut lake_method_info) -> lake_status;
}
extern "C" {
    pub fn lake_method_name(method: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
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
    pub fn lake_credential_from_ccs(
        ccs: *const u8,
        ccs_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_from_x509(
        der: *const u8,
        der_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_from_x509_chain(
        ders: *const *const u8,
        der_lens: *const usize,
        n: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_from_pem(
        file: *const u8,
        file_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_from_c509(
        certs: *const *const u8,
        cert_lens: *const usize,
        n: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_from_cwt(
        cwt: *const u8,
        cwt_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_credential_from_id_cred(
        id_cred: *const u8,
        id_cred_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_id_cred(
        credential: *mut lake_credential,
        id_cred: *const u8,
        id_cred_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_id(
        credential: *mut lake_credential,
        type_: i32,
        value: *const u8,
        value_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_private_key(
        credential: *mut lake_credential,
        key: *const u8,
        key_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_private_key_pem(
        credential: *mut lake_credential,
        file: *const u8,
        file_len: usize,
    ) -> lake_status;
}
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
    pub fn lake_credential_set_signer(
        credential: *mut lake_credential,
        fn_: lake_sign_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_ecdh(
        credential: *mut lake_credential,
        fn_: lake_ecdh_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_set_external_key(
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_id_cred(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_bytes(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_psk_bytes(
        credential: *const lake_credential,
        role: i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_public_key(
        credential: *const lake_credential,
        key_kind: *mut i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_kind(
        credential: *const lake_credential,
        kind: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_describe(
        credential: *const lake_credential,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_text(
        credential: *const lake_credential,
        what: i32,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_validity(
        credential: *const lake_credential,
        not_before: *mut i64,
        not_after: *mut i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_fingerprint(
        credential: *const lake_credential,
        out: *mut u8,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_kid(
        credential: *const lake_credential,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_cose_key_build(
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
    pub fn lake_ccs_from_cose_key(
        cose_key: *const u8,
        cose_key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_c509_from_x509(
        der: *const u8,
        der_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_c509_to_x509(
        c509: *const u8,
        c509_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_retain(credential: *mut lake_credential) -> lake_status;
}
extern "C" {
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
pub type lake_credential_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        id_cred: *const u8,
        id_cred_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status,
>;
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
pub type lake_verify_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        peer: *mut lake_credential,
    ) -> lake_status,
>;
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
    pub fn lake_config_new(out: *mut *mut lake_config) -> lake_status;
}
extern "C" {
    pub fn lake_config_free(config: *mut lake_config) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_suites(
        config: *mut lake_config,
        suites: *const i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_methods(
        config: *mut lake_config,
        methods: *const i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_own_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_peer_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_psk(
        config: *mut lake_config,
        role: i32,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_trust_anchor(
        config: *mut lake_config,
        certificate: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_intermediate(
        config: *mut lake_config,
        certificate: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_cwt_issuer(
        config: *mut lake_config,
        issuer: *mut lake_credential,
        name: *const ::core::ffi::c_char,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_time(config: *mut lake_config, now: i64) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_verify_callback(
        config: *mut lake_config,
        fn_: lake_verify_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_verify_credential(
        config: *mut lake_config,
        credential: *mut lake_credential,
        signs: i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_peer_policy(
        config: *mut lake_config,
        policy: i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_credential_callback(
        config: *mut lake_config,
        fn_: lake_credential_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_ead_callback(
        config: *mut lake_config,
        fn_: lake_ead_fn,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_ead_labels(
        config: *mut lake_config,
        labels: *const i64,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_pull(config: *mut lake_config, questions: u32) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_limits(
        config: *mut lake_config,
        limits: *const lake_limits,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_require_message_4(
        config: *mut lake_config,
        required: i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_new(
        config: *mut lake_config,
        role: i32,
        out: *mut *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_free(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_set_connection_id(
        session: *mut lake_session,
        id: *const u8,
        id_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_select_suite(
        session: *mut lake_session,
        suite: i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_set_own_credential(
        session: *mut lake_session,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_key_question(
        session: *mut lake_session,
        pending: *mut lake_status,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_answer_key(
        session: *mut lake_session,
        answer: *const u8,
        answer_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_set_userdata(
        session: *mut lake_session,
        userdata: *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_userdata(
        session: *const lake_session,
        userdata: *mut *mut ::core::ffi::c_void,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_session_prepare_message_1(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_message_1(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_prepare_message_2(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_message_2(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_prepare_message_3(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_message_3(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_prepare_message_4(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_message_4(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_resume(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_complete_without_message_4(
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_restart(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_ead_add(
        session: *mut lake_session,
        message: i32,
        label: i64,
        value: *const u8,
        value_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_ead_pad(
        session: *mut lake_session,
        message: i32,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_ead_count(
        session: *mut lake_session,
        message: i32,
        count: *mut usize,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_session_ead_accept(
        session: *mut lake_session,
        message: i32,
        index: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_ead_reject(
        session: *mut lake_session,
        message: i32,
        index: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_id_cred(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_set_peer_credential(
        session: *mut lake_session,
        credential: *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_reject_peer(
        session: *mut lake_session,
        reason: lake_status,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_credential(
        session: *mut lake_session,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_is_new(
        session: *mut lake_session,
        is_new: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_suites(
        session: *mut lake_session,
        out: *mut i64,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_prepare_error(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_error(
        session: *mut lake_session,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_abort(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_last_error(
        session: *mut lake_session,
        last: *mut lake_status,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_error_text(
        session: *mut lake_session,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_error(
        session: *mut lake_session,
        code: *mut i64,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_error_suites(
        in_: *const u8,
        in_len: usize,
        out: *mut i64,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
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
    pub fn lake_session_key_update(
        session: *mut lake_session,
        context: *const u8,
        context_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_oscore_context(
        session: *mut lake_session,
        out: *mut lake_oscore_context,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_resumption_new(
        limit: usize,
        lifetime: u64,
        out: *mut *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_free(store: *mut lake_resumption) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_set_kid_length(
        store: *mut lake_resumption,
        kid_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_keep(
        store: *mut lake_resumption,
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_confirm(
        store: *mut lake_resumption,
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_forget(
        store: *mut lake_resumption,
        cred: *const u8,
        cred_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_count(
        store: *mut lake_resumption,
        count: *mut usize,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_resumption_load(
        key: *const u8,
        key_len: usize,
        blob: *const u8,
        blob_len: usize,
        out: *mut *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_resumption(
        config: *mut lake_config,
        store: *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_use_resumption(
        session: *mut lake_session,
        store: *mut lake_resumption,
        cred_r: *const u8,
        cred_r_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_fall_back(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_is_resumed(
        session: *mut lake_session,
        resumed: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_resumption_credential(
        session: *mut lake_session,
        kid_len: usize,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
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
    pub fn lake_saved_id(blob: *const u8, blob_len: usize, out: *mut u8) -> lake_status;
}
extern "C" {
    pub fn lake_session_renewal(
        session: *mut lake_session,
        sent: u64,
        received: u64,
        failures: u64,
        due: *mut i32,
    ) -> lake_status;
}
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
    pub fn lake_config_set_renewal_limits(
        config: *mut lake_config,
        limits: *const lake_renewal_limits,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_role(session: *mut lake_session, role: *mut i32) -> lake_status;
}
extern "C" {
    pub fn lake_session_state(
        session: *mut lake_session,
        state: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_state_name(state: i32) -> *const ::core::ffi::c_char;
}
extern "C" {
    pub fn lake_session_next(session: *mut lake_session, next: *mut i32) -> lake_status;
}
extern "C" {
    pub fn lake_session_method(
        session: *mut lake_session,
        method: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_suite(
        session: *mut lake_session,
        suite: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_own_connection_id(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_connection_id(
        session: *mut lake_session,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_is_complete(
        session: *mut lake_session,
        complete: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_authenticated(
        session: *mut lake_session,
        authenticated: *mut i32,
    ) -> lake_status;
}
