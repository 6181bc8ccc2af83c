// Made from include/lake.h by make generate. Do not edit.

#[allow(unsafe_code)]
pub const LAKE_VERSION: &::core::ffi::CStr = unsafe {
    ::core::ffi::CStr::from_bytes_with_nul_unchecked(b"1.0.0\0")
};
pub const LAKE_VERSION_NUMBER: i32 = 65536;
pub const LAKE_ABI_VERSION: i32 = 1;
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
pub const LAKE_ERR_REVOKED: i32 = -80;
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
pub const LAKE_ERR_RUN_EXPIRED: i32 = -121;
pub const LAKE_ERR_RUN_EVICTED: i32 = -122;
pub const LAKE_ERR_EXHAUSTED: i32 = -123;
pub const LAKE_ERR_REFUSED: i32 = -124;
pub const LAKE_ERR_CHALLENGES: i32 = -125;
pub const LAKE_ERR_ANSWER: i32 = -126;
pub const LAKE_ERR_NO_ANSWER: i32 = -127;
pub const LAKE_ERR_NO_COMBINED: i32 = -128;
pub const LAKE_ERR_COMBINED_SIZE: i32 = -129;
pub const LAKE_ERR_UNPROTECTED: i32 = -141;
pub const LAKE_ERR_CONTEXT_UNKNOWN: i32 = -142;
pub const LAKE_ERR_REPLAY: i32 = -143;
pub const LAKE_ERR_FRESHNESS: i32 = -144;
pub const LAKE_ERR_SEQUENCE: i32 = -145;
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
pub const LAKE_OPERATION_SIGN: i32 = 1;
pub const LAKE_OPERATION_ECDH: i32 = 2;
pub const LAKE_TEXT_SUBJECT: i32 = 1;
pub const LAKE_TEXT_ISSUER: i32 = 2;
pub const LAKE_TEXT_NAMES: i32 = 3;
pub const LAKE_TEXT_DESCRIPTION: i32 = 4;
pub const LAKE_DATA_FINGERPRINT: i32 = 1;
pub const LAKE_DATA_KEY_HASH: i32 = 2;
pub const LAKE_DATA_ISSUER: i32 = 3;
pub const LAKE_DATA_SERIAL: i32 = 4;
pub const LAKE_DATA_CRED: i32 = 5;
pub const LAKE_DATA_ID_CRED: i32 = 6;
pub const LAKE_DATA_KID: i32 = 7;
pub const LAKE_DATA_PUBLIC_KEY: i32 = 8;
pub const LAKE_DATA_CRED_I: i32 = 9;
pub const LAKE_DATA_CRED_R: i32 = 10;
pub const LAKE_DATA_ORIGIN_ID_CRED_I: i32 = 11;
pub const LAKE_DATA_ORIGIN_ID_CRED_R: i32 = 12;
pub const LAKE_PEER_PINNED: i32 = 1;
pub const LAKE_PEER_X509: i32 = 2;
pub const LAKE_PEER_CALLBACK: i32 = 3;
pub const LAKE_PEER_LEARN: i32 = 4;
pub const LAKE_PEER_ANY_INSECURE: i32 = 5;
pub const LAKE_PULL_CREDENTIAL: i32 = 1;
pub const LAKE_PULL_EAD: i32 = 2;
pub const LAKE_PULL_PEER: i32 = 4;
pub const LAKE_NAME_DNS: i32 = 1;
pub const LAKE_NAME_IP: i32 = 2;
pub const LAKE_NAME_URI: i32 = 3;
pub const LAKE_NAME_EUI64: i32 = 4;
pub const LAKE_NAME_SUBJECT: i32 = 5;
pub const LAKE_NAME_KEY: i32 = 6;
pub const LAKE_NAME_CWT: i32 = 7;
pub const LAKE_NAME_CCS: i32 = 8;
pub const LAKE_EAD_UNVERIFIED: i32 = 256;
pub const LAKE_EAD_UNDERSTOOD: i32 = 1;
pub const LAKE_EAD_EARLY: i32 = 2;
pub const LAKE_OPTION_PEER_POLICY: i32 = 1;
pub const LAKE_OPTION_PULL: i32 = 2;
pub const LAKE_OPTION_MESSAGE_4: i32 = 3;
pub const LAKE_OPTION_ANY_PEER: i32 = 4;
pub const LAKE_OPTION_OUTDATED_CRLS: i32 = 5;
pub const LAKE_OPTION_CLOCK_TOLERANCE: i32 = 6;
pub const LAKE_OPTION_EXCHANGE_LIFETIME: i32 = 7;
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
pub const LAKE_COAP_OPTION_OSCORE: i32 = 9;
pub const LAKE_COAP_OPTION_EDHOC: i32 = 21;
pub const LAKE_COAP_OPTION_ECHO: i32 = 252;
pub const LAKE_COAP_FORMAT_NONE: i32 = -1;
pub const LAKE_COAP_FORMAT_EDHOC: i32 = 64;
pub const LAKE_COAP_FORMAT_CID_EDHOC: i32 = 65;
pub const LAKE_COAP_CODE_EMPTY: i32 = 0;
pub const LAKE_COAP_CODE_POST: i32 = 2;
pub const LAKE_COAP_CODE_CHANGED: i32 = 68;
pub const LAKE_COAP_LIST_MAX: i32 = 64;
pub const LAKE_COAP_UNSAID: i32 = 0;
pub const LAKE_COAP_YES: i32 = 1;
pub const LAKE_COAP_NO: i32 = 2;
pub const LAKE_COAP_EVENT_ESTABLISHED: i32 = 1;
pub const LAKE_COAP_EVENT_FAILED: i32 = 2;
pub const LAKE_COAP_EVENT_PENDING: i32 = 3;
pub const LAKE_ENDPOINT_FLAG_REVERSE: i32 = 1;
pub const LAKE_ENDPOINT_FLAG_COMBINED: i32 = 2;
pub const LAKE_ENDPOINT_FLAG_NO_ECHO: i32 = 4;
pub const LAKE_ENDPOINT_ADDRESS_MAX: i32 = 128;
pub const LAKE_ENDPOINT_ACTION_NOTHING: i32 = 0;
pub const LAKE_ENDPOINT_ACTION_SEND: i32 = 1;
pub const LAKE_ENDPOINT_ACTION_DELIVER: i32 = 2;
pub const LAKE_ENDPOINT_ACTION_EVENT: i32 = 3;
pub const LAKE_ENDPOINT_ACTION_SAVE: i32 = 4;
pub const LAKE_ENDPOINT_EVENT_ESTABLISHED: i32 = 1;
pub const LAKE_ENDPOINT_EVENT_RENEWED: i32 = 2;
pub const LAKE_ENDPOINT_EVENT_DROPPED: i32 = 3;
pub const LAKE_ENDPOINT_EVENT_FAILED: i32 = 4;
pub const LAKE_ENDPOINT_EVENT_PENDING: i32 = 5;
pub const LAKE_ENDPOINT_EVENT_REFUSED: i32 = 6;
pub type lake_status = i32;
pub type lake_destroy_fn = ::core::option::Option<
    unsafe extern "C" fn(userdata: *mut ::core::ffi::c_void),
>;
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
        destroy: lake_destroy_fn,
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
    pub name: *const ::core::ffi::c_char,
}
#[test]
fn bindgen_test_layout_lake_suite_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_suite_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_suite_info>(),
        80usize,
        "Size of lake_suite_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_suite_info>(),
        8usize,
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
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).name) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_suite_info::name",
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
    pub name: *const ::core::ffi::c_char,
}
#[test]
fn bindgen_test_layout_lake_method_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_method_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_method_info>(),
        32usize,
        "Size of lake_method_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_method_info>(),
        8usize,
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
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).name) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_method_info::name",
    );
}
extern "C" {
    pub fn lake_suites(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    pub fn lake_suite_info(suite: i32, info: *mut lake_suite_info) -> lake_status;
}
extern "C" {
    pub fn lake_methods(out: *mut i32, cap: usize, len: *mut usize) -> lake_status;
}
extern "C" {
    pub fn lake_method_info(method: i32, info: *mut lake_method_info) -> lake_status;
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
pub type lake_key_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        operation: i32,
        in_: *const u8,
        in_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status,
>;
extern "C" {
    pub fn lake_credential_set_external_key(
        credential: *mut lake_credential,
        fn_: lake_key_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_credential_info {
    pub struct_size: u32,
    pub kind: i32,
    pub key_kind: i32,
    pub has_origin: i32,
    pub not_before: i64,
    pub not_after: i64,
    pub origin_at: i64,
    pub origin_until: i64,
}
#[test]
fn bindgen_test_layout_lake_credential_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_credential_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_credential_info>(),
        48usize,
        "Size of lake_credential_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_credential_info>(),
        8usize,
        "Alignment of lake_credential_info",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_credential_info::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kind) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_credential_info::kind",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).key_kind) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_credential_info::key_kind",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).has_origin) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_credential_info::has_origin",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).not_before) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_credential_info::not_before",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).not_after) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_credential_info::not_after",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).origin_at) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_credential_info::origin_at",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).origin_until) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_credential_info::origin_until",
    );
}
extern "C" {
    pub fn lake_credential_info(
        credential: *const lake_credential,
        info: *mut lake_credential_info,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_text(
        credential: *const lake_credential,
        which: i32,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_data(
        credential: *const lake_credential,
        which: i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_credential_origin_peer(
        credential: *const lake_credential,
        out: *mut *mut lake_credential,
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
    pub fn lake_cose_key_to_ccs(
        cose_key: *const u8,
        cose_key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_x509_to_c509(
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
pub type lake_keylog_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        text: *const ::core::ffi::c_char,
    ),
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
    pub fn lake_config_require_key_purpose(
        config: *mut lake_config,
        role: i32,
        oid: *const ::core::ffi::c_char,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_add_crl(
        config: *mut lake_config,
        file: *const u8,
        file_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_allow_peer(
        config: *mut lake_config,
        kind: i32,
        name: *const ::core::ffi::c_char,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_verify_callback(
        config: *mut lake_config,
        fn_: lake_verify_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
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
    pub fn lake_config_set_credential_callback(
        config: *mut lake_config,
        fn_: lake_credential_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_ead_callback(
        config: *mut lake_config,
        fn_: lake_ead_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_keylog(
        config: *mut lake_config,
        fn_: lake_keylog_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_ead_labels(
        config: *mut lake_config,
        use_: u32,
        labels: *const i64,
        n: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_option(
        config: *mut lake_config,
        option: i32,
        value: i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_config_set_limits(
        config: *mut lake_config,
        limits: *const lake_limits,
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
        destroy: lake_destroy_fn,
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
    pub fn lake_session_prepare_message(
        session: *mut lake_session,
        message: i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_process_message(
        session: *mut lake_session,
        message: i32,
        in_: *const u8,
        in_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_continue(session: *mut lake_session) -> lake_status;
}
extern "C" {
    pub fn lake_session_complete_without_message_4(
        session: *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_proved(session: *mut lake_session) -> lake_status;
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
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_ead_item {
    pub struct_size: u32,
    pub has_value: i32,
    pub label: i64,
    pub is_unverified: i32,
}
#[test]
fn bindgen_test_layout_lake_ead_item() {
    const UNINIT: ::core::mem::MaybeUninit<lake_ead_item> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_ead_item>(),
        24usize,
        "Size of lake_ead_item",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_ead_item>(),
        8usize,
        "Alignment of lake_ead_item",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_ead_item::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).has_value) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_ead_item::has_value",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).label) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_ead_item::label",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).is_unverified) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_ead_item::is_unverified",
    );
}
extern "C" {
    pub fn lake_session_ead_get(
        session: *mut lake_session,
        message: i32,
        index: usize,
        item: *mut lake_ead_item,
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
    pub fn lake_session_expect_peer(
        session: *mut lake_session,
        kind: i32,
        name: *const ::core::ffi::c_char,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_own_credential(
        session: *mut lake_session,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_session_peer_credential(
        session: *mut lake_session,
        out: *mut *mut lake_credential,
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
    pub fn lake_error_build(
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
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_resumption_options {
    pub struct_size: u32,
    pub kid_length: u32,
    pub limit: u64,
    pub lifetime: u64,
    pub chain_limit: u64,
}
#[test]
fn bindgen_test_layout_lake_resumption_options() {
    const UNINIT: ::core::mem::MaybeUninit<lake_resumption_options> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_resumption_options>(),
        32usize,
        "Size of lake_resumption_options",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_resumption_options>(),
        8usize,
        "Alignment of lake_resumption_options",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_resumption_options::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kid_length) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_resumption_options::kid_length",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).limit) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_resumption_options::limit",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).lifetime) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_resumption_options::lifetime",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).chain_limit) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_resumption_options::chain_limit",
    );
}
extern "C" {
    pub fn lake_resumption_new(
        options: *const lake_resumption_options,
        out: *mut *mut lake_resumption,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_resumption_free(store: *mut lake_resumption) -> lake_status;
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
        which: i32,
        value: *const u8,
        value_len: usize,
        serial: *const u8,
        serial_len: usize,
        count: *mut usize,
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
        options: *const lake_resumption_options,
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
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_session_info {
    pub struct_size: u32,
    pub role: i32,
    pub state: i32,
    pub next: i32,
    pub method: i32,
    pub suite: i32,
    pub is_complete: i32,
    pub is_authenticated: i32,
    pub is_resumed: i32,
    pub is_peer_new: i32,
    pub pending: lake_status,
    pub last_error: lake_status,
    pub own_connection_id_len: i32,
    pub peer_connection_id_len: i32,
    pub own_connection_id: [u8; 64usize],
    pub peer_connection_id: [u8; 64usize],
}
#[test]
fn bindgen_test_layout_lake_session_info() {
    const UNINIT: ::core::mem::MaybeUninit<lake_session_info> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_session_info>(),
        184usize,
        "Size of lake_session_info",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_session_info>(),
        4usize,
        "Alignment of lake_session_info",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_session_info::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).role) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_session_info::role",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).state) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_session_info::state",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).next) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_session_info::next",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).method) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_session_info::method",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).suite) as usize - ptr as usize },
        20usize,
        "Offset of field: lake_session_info::suite",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).is_complete) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_session_info::is_complete",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).is_authenticated) as usize - ptr as usize
        },
        28usize,
        "Offset of field: lake_session_info::is_authenticated",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).is_resumed) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_session_info::is_resumed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).is_peer_new) as usize - ptr as usize },
        36usize,
        "Offset of field: lake_session_info::is_peer_new",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).pending) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_session_info::pending",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).last_error) as usize - ptr as usize },
        44usize,
        "Offset of field: lake_session_info::last_error",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).own_connection_id_len) as usize - ptr as usize
        },
        48usize,
        "Offset of field: lake_session_info::own_connection_id_len",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).peer_connection_id_len) as usize - ptr as usize
        },
        52usize,
        "Offset of field: lake_session_info::peer_connection_id_len",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).own_connection_id) as usize - ptr as usize
        },
        56usize,
        "Offset of field: lake_session_info::own_connection_id",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).peer_connection_id) as usize - ptr as usize
        },
        120usize,
        "Offset of field: lake_session_info::peer_connection_id",
    );
}
extern "C" {
    pub fn lake_session_info(
        session: *mut lake_session,
        info: *mut lake_session_info,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_state_name(state: i32) -> *const ::core::ffi::c_char;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_incoming {
    pub struct_size: u32,
    pub code: i32,
    pub format: i32,
    pub payload: *const u8,
    pub payload_len: usize,
    pub echo: *const u8,
    pub echo_len: usize,
    pub edhoc: i32,
    pub message_id: i32,
    pub kid: *const u8,
    pub kid_len: usize,
    pub token: *const u8,
    pub token_len: usize,
    pub peer: *const u8,
    pub peer_len: usize,
    pub host_len: usize,
}
#[test]
fn bindgen_test_layout_lake_coap_incoming() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_incoming> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_incoming>(),
        112usize,
        "Size of lake_coap_incoming",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_incoming>(),
        8usize,
        "Alignment of lake_coap_incoming",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_incoming::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).code) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_incoming::code",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).format) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_incoming::format",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).payload) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_incoming::payload",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).payload_len) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_coap_incoming::payload_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).echo) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_coap_incoming::echo",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).echo_len) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_coap_incoming::echo_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).edhoc) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_coap_incoming::edhoc",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).message_id) as usize - ptr as usize },
        52usize,
        "Offset of field: lake_coap_incoming::message_id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kid) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_coap_incoming::kid",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kid_len) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_coap_incoming::kid_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).token) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_coap_incoming::token",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).token_len) as usize - ptr as usize },
        80usize,
        "Offset of field: lake_coap_incoming::token_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peer) as usize - ptr as usize },
        88usize,
        "Offset of field: lake_coap_incoming::peer",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peer_len) as usize - ptr as usize },
        96usize,
        "Offset of field: lake_coap_incoming::peer_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).host_len) as usize - ptr as usize },
        104usize,
        "Offset of field: lake_coap_incoming::host_len",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_outgoing {
    pub struct_size: u32,
    pub code: i32,
    pub format: i32,
    pub echo_len: u32,
    pub echo: [u8; 40usize],
    pub oscore: i32,
    pub oscore_offset: usize,
    pub duplicate: i32,
}
#[test]
fn bindgen_test_layout_lake_coap_outgoing() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_outgoing> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_outgoing>(),
        80usize,
        "Size of lake_coap_outgoing",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_outgoing>(),
        8usize,
        "Alignment of lake_coap_outgoing",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_outgoing::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).code) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_outgoing::code",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).format) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_outgoing::format",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).echo_len) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_coap_outgoing::echo_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).echo) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_outgoing::echo",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).oscore) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_coap_outgoing::oscore",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).oscore_offset) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_coap_outgoing::oscore_offset",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).duplicate) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_coap_outgoing::duplicate",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_ids {
    _unused: [u8; 0],
}
extern "C" {
    pub fn lake_coap_ids_new(
        min: usize,
        max: usize,
        out: *mut *mut lake_coap_ids,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_ids_free(ids: *mut lake_coap_ids) -> lake_status;
}
extern "C" {
    pub fn lake_coap_ids_take(
        ids: *mut lake_coap_ids,
        peer_id: *const u8,
        peer_id_len: usize,
        out: *mut u8,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_ids_reserve(
        ids: *mut lake_coap_ids,
        id: *const u8,
        id_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_ids_release(
        ids: *mut lake_coap_ids,
        id: *const u8,
        id_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_ids_count(
        ids: *mut lake_coap_ids,
        count: *mut usize,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_profile {
    pub struct_size: u32,
    pub has_id: i32,
    pub id: i64,
    pub message_4: i32,
    pub combined_request: i32,
    pub resumption: i32,
    pub n_methods: u32,
    pub n_suites: u32,
    pub n_cred_types: u32,
    pub n_id_cred_types: u32,
    pub n_eads: u32,
    pub n_exports: u32,
    pub methods: [i64; 64usize],
    pub suites: [i64; 64usize],
    pub cred_types: [i64; 64usize],
    pub id_cred_types: [i64; 64usize],
    pub eads: [i64; 64usize],
    pub export_labels: [u64; 64usize],
    pub export_lengths: [u64; 64usize],
}
#[test]
fn bindgen_test_layout_lake_coap_profile() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_profile> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_profile>(),
        3640usize,
        "Size of lake_coap_profile",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_profile>(),
        8usize,
        "Alignment of lake_coap_profile",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_profile::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).has_id) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_profile::has_id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).id) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_profile::id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).message_4) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_profile::message_4",
    );
    assert_eq!(
        unsafe {
            ::core::ptr::addr_of!((*ptr).combined_request) as usize - ptr as usize
        },
        20usize,
        "Offset of field: lake_coap_profile::combined_request",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).resumption) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_coap_profile::resumption",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_methods) as usize - ptr as usize },
        28usize,
        "Offset of field: lake_coap_profile::n_methods",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_suites) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_coap_profile::n_suites",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_cred_types) as usize - ptr as usize },
        36usize,
        "Offset of field: lake_coap_profile::n_cred_types",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_id_cred_types) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_coap_profile::n_id_cred_types",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_eads) as usize - ptr as usize },
        44usize,
        "Offset of field: lake_coap_profile::n_eads",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_exports) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_coap_profile::n_exports",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).methods) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_coap_profile::methods",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).suites) as usize - ptr as usize },
        568usize,
        "Offset of field: lake_coap_profile::suites",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).cred_types) as usize - ptr as usize },
        1080usize,
        "Offset of field: lake_coap_profile::cred_types",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).id_cred_types) as usize - ptr as usize },
        1592usize,
        "Offset of field: lake_coap_profile::id_cred_types",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).eads) as usize - ptr as usize },
        2104usize,
        "Offset of field: lake_coap_profile::eads",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).export_labels) as usize - ptr as usize },
        2616usize,
        "Offset of field: lake_coap_profile::export_labels",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).export_lengths) as usize - ptr as usize },
        3128usize,
        "Offset of field: lake_coap_profile::export_lengths",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_resource {
    pub struct_size: u32,
    pub initiator: i32,
    pub responder: i32,
    pub n_profile_ids: u32,
    pub profile_ids: [i64; 64usize],
}
#[test]
fn bindgen_test_layout_lake_coap_resource() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_resource> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_resource>(),
        528usize,
        "Size of lake_coap_resource",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_resource>(),
        8usize,
        "Alignment of lake_coap_resource",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_resource::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).initiator) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_resource::initiator",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).responder) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_resource::responder",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).n_profile_ids) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_coap_resource::n_profile_ids",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).profile_ids) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_resource::profile_ids",
    );
}
extern "C" {
    pub fn lake_coap_profile_of(
        config: *mut lake_config,
        role: i32,
        combined_request: i32,
        profile: *mut lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_profile_well_known(
        id: i64,
        profile: *mut lake_coap_profile,
        name: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_profile_encode(
        profile: *const lake_coap_profile,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_profile_decode(
        in_: *const u8,
        in_len: usize,
        profile: *mut lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_link_write(
        path: *const ::core::ffi::c_char,
        resource: *const lake_coap_resource,
        profile: *const lake_coap_profile,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_link_read(
        text: *const ::core::ffi::c_char,
        text_len: usize,
        index: usize,
        resource: *mut lake_coap_resource,
        profile: *mut lake_coap_profile,
        path: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_session_peer_profile(
        session: *mut lake_session,
        message: i32,
        index: usize,
        profile: *mut lake_coap_profile,
        ask: *mut i32,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_server {
    _unused: [u8; 0],
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_event {
    pub struct_size: u32,
    pub kind: i32,
    pub status: lake_status,
    pub text: *const ::core::ffi::c_char,
    pub peer: *const u8,
    pub peer_len: usize,
    pub id: *const u8,
    pub id_len: usize,
    pub session: *mut lake_session,
}
#[test]
fn bindgen_test_layout_lake_coap_event() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_event> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_event>(),
        64usize,
        "Size of lake_coap_event",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_event>(),
        8usize,
        "Alignment of lake_coap_event",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_event::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kind) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_event::kind",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).status) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_event::status",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).text) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_event::text",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peer) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_coap_event::peer",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peer_len) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_coap_event::peer_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).id) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_coap_event::id",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).id_len) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_coap_event::id_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).session) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_coap_event::session",
    );
}
pub type lake_coap_event_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        event: *const lake_coap_event,
    ) -> lake_status,
>;
pub type lake_coap_prepare_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
    ) -> lake_status,
>;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_limits {
    pub struct_size: u32,
    pub half_open: u32,
    pub threshold: u32,
    pub per_host: u32,
    pub age: u32,
    pub cache: u32,
    pub body: u32,
    pub echo_age: u32,
    pub message_1: u32,
    pub no_echo: i32,
}
#[test]
fn bindgen_test_layout_lake_coap_limits() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_limits> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_limits>(),
        40usize,
        "Size of lake_coap_limits",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_limits>(),
        4usize,
        "Alignment of lake_coap_limits",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_limits::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).half_open) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_coap_limits::half_open",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).threshold) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_limits::threshold",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).per_host) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_coap_limits::per_host",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).age) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_limits::age",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).cache) as usize - ptr as usize },
        20usize,
        "Offset of field: lake_coap_limits::cache",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).body) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_coap_limits::body",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).echo_age) as usize - ptr as usize },
        28usize,
        "Offset of field: lake_coap_limits::echo_age",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).message_1) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_coap_limits::message_1",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).no_echo) as usize - ptr as usize },
        36usize,
        "Offset of field: lake_coap_limits::no_echo",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_stats {
    pub struct_size: u32,
    pub half_open: u64,
    pub contexts: u64,
    pub ids: u64,
    pub answers: u64,
    pub answer_bytes: u64,
    pub begun: u64,
    pub established: u64,
    pub failed: u64,
    pub expired: u64,
    pub evicted: u64,
    pub challenged: u64,
    pub refused: u64,
    pub duplicates: u64,
}
#[test]
fn bindgen_test_layout_lake_coap_stats() {
    const UNINIT: ::core::mem::MaybeUninit<lake_coap_stats> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_coap_stats>(),
        112usize,
        "Size of lake_coap_stats",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_coap_stats>(),
        8usize,
        "Alignment of lake_coap_stats",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_coap_stats::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).half_open) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_coap_stats::half_open",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).contexts) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_coap_stats::contexts",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).ids) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_coap_stats::ids",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).answers) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_coap_stats::answers",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).answer_bytes) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_coap_stats::answer_bytes",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).begun) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_coap_stats::begun",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).established) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_coap_stats::established",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).failed) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_coap_stats::failed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).expired) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_coap_stats::expired",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).evicted) as usize - ptr as usize },
        80usize,
        "Offset of field: lake_coap_stats::evicted",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).challenged) as usize - ptr as usize },
        88usize,
        "Offset of field: lake_coap_stats::challenged",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).refused) as usize - ptr as usize },
        96usize,
        "Offset of field: lake_coap_stats::refused",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).duplicates) as usize - ptr as usize },
        104usize,
        "Offset of field: lake_coap_stats::duplicates",
    );
}
extern "C" {
    pub fn lake_coap_server_new(
        responder: *mut lake_config,
        initiator: *mut lake_config,
        ids: *mut lake_coap_ids,
        on_event: lake_coap_event_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
        out: *mut *mut lake_coap_server,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_free(server: *mut lake_coap_server) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_set_limits(
        server: *mut lake_coap_server,
        limits: *const lake_coap_limits,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_set_prepare(
        server: *mut lake_coap_server,
        fn_: lake_coap_prepare_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_add_profile(
        server: *mut lake_coap_server,
        profile: *const lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_link(
        server: *mut lake_coap_server,
        path: *const ::core::ffi::c_char,
        combined_request: i32,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_handle(
        server: *mut lake_coap_server,
        request: *const lake_coap_incoming,
        answer: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_continue(
        server: *mut lake_coap_server,
        session: *mut lake_session,
        answer: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_expire(server: *mut lake_coap_server) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_reserve(
        server: *mut lake_coap_server,
        recipient_id: *const u8,
        recipient_id_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_release(
        server: *mut lake_coap_server,
        recipient_id: *const u8,
        recipient_id_len: usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_server_stats(
        server: *mut lake_coap_server,
        stats: *mut lake_coap_stats,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_coap_client {
    _unused: [u8; 0],
}
extern "C" {
    pub fn lake_coap_client_new(
        config: *mut lake_config,
        role: i32,
        ids: *mut lake_coap_ids,
        out: *mut *mut lake_coap_client,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_free(client: *mut lake_coap_client) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_set_prepare(
        client: *mut lake_coap_client,
        fn_: lake_coap_prepare_fn,
        userdata: *mut ::core::ffi::c_void,
        destroy: lake_destroy_fn,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_discover(
        client: *mut lake_coap_client,
        text: *const ::core::ffi::c_char,
        text_len: usize,
        path: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_suit(
        client: *mut lake_coap_client,
        profile: *const lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_add_profile(
        client: *mut lake_coap_client,
        profile: *const lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_ask_profiles(
        client: *mut lake_coap_client,
        ask: i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_peer_profile(
        client: *mut lake_coap_client,
        index: usize,
        profile: *mut lake_coap_profile,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_start(
        client: *mut lake_coap_client,
        request: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_next(
        client: *mut lake_coap_client,
        response: *const lake_coap_incoming,
        request: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_again(
        client: *mut lake_coap_client,
        request: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_continue(
        client: *mut lake_coap_client,
        request: *mut lake_coap_outgoing,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_no_answer(client: *mut lake_coap_client) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_combine(
        client: *mut lake_coap_client,
        in_: *const u8,
        in_len: usize,
        block: usize,
        max: usize,
        edhoc: *mut i32,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_verified(client: *mut lake_coap_client) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_is_done(
        client: *mut lake_coap_client,
        done: *mut i32,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_session(
        client: *mut lake_coap_client,
        session: *mut *mut lake_session,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_coap_client_error_text(
        client: *mut lake_coap_client,
        out: *mut ::core::ffi::c_char,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_endpoint {
    _unused: [u8; 0],
}
pub type lake_endpoint_prepare_fn = ::core::option::Option<
    unsafe extern "C" fn(
        userdata: *mut ::core::ffi::c_void,
        session: *mut lake_session,
        address: *const u8,
        address_len: usize,
    ) -> lake_status,
>;
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_endpoint_options {
    pub struct_size: u32,
    pub flags: u32,
    pub open_paths: *const ::core::ffi::c_char,
    pub prepare: lake_endpoint_prepare_fn,
    pub userdata: *mut ::core::ffi::c_void,
    pub destroy: lake_destroy_fn,
    pub ahead: u64,
    pub messages: u64,
    pub failures: u64,
    pub replay_size: u32,
    pub peers: u32,
    pub idle: u32,
    pub exchanges: u32,
    pub kept: u32,
    pub waiting: u32,
    pub runs: u32,
    pub strangers: u32,
    pub block: u32,
    pub bodies: u32,
    pub body: u32,
    pub half_open: u32,
    pub threshold: u32,
    pub burst: u32,
    pub per_credential: u32,
    pub memory: u32,
    pub age: u32,
    pub reserved: u32,
}
#[test]
fn bindgen_test_layout_lake_endpoint_options() {
    const UNINIT: ::core::mem::MaybeUninit<lake_endpoint_options> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_endpoint_options>(),
        136usize,
        "Size of lake_endpoint_options",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_endpoint_options>(),
        8usize,
        "Alignment of lake_endpoint_options",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_endpoint_options::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).flags) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_endpoint_options::flags",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).open_paths) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_endpoint_options::open_paths",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).prepare) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_endpoint_options::prepare",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).userdata) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_endpoint_options::userdata",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).destroy) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_endpoint_options::destroy",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).ahead) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_endpoint_options::ahead",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).messages) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_endpoint_options::messages",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).failures) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_endpoint_options::failures",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).replay_size) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_endpoint_options::replay_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peers) as usize - ptr as usize },
        68usize,
        "Offset of field: lake_endpoint_options::peers",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).idle) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_endpoint_options::idle",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).exchanges) as usize - ptr as usize },
        76usize,
        "Offset of field: lake_endpoint_options::exchanges",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kept) as usize - ptr as usize },
        80usize,
        "Offset of field: lake_endpoint_options::kept",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).waiting) as usize - ptr as usize },
        84usize,
        "Offset of field: lake_endpoint_options::waiting",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).runs) as usize - ptr as usize },
        88usize,
        "Offset of field: lake_endpoint_options::runs",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).strangers) as usize - ptr as usize },
        92usize,
        "Offset of field: lake_endpoint_options::strangers",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).block) as usize - ptr as usize },
        96usize,
        "Offset of field: lake_endpoint_options::block",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).bodies) as usize - ptr as usize },
        100usize,
        "Offset of field: lake_endpoint_options::bodies",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).body) as usize - ptr as usize },
        104usize,
        "Offset of field: lake_endpoint_options::body",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).half_open) as usize - ptr as usize },
        108usize,
        "Offset of field: lake_endpoint_options::half_open",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).threshold) as usize - ptr as usize },
        112usize,
        "Offset of field: lake_endpoint_options::threshold",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).burst) as usize - ptr as usize },
        116usize,
        "Offset of field: lake_endpoint_options::burst",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).per_credential) as usize - ptr as usize },
        120usize,
        "Offset of field: lake_endpoint_options::per_credential",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).memory) as usize - ptr as usize },
        124usize,
        "Offset of field: lake_endpoint_options::memory",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).age) as usize - ptr as usize },
        128usize,
        "Offset of field: lake_endpoint_options::age",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).reserved) as usize - ptr as usize },
        132usize,
        "Offset of field: lake_endpoint_options::reserved",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_endpoint_action {
    pub struct_size: u32,
    pub kind: i32,
    pub event: i32,
    pub status: lake_status,
    pub peer: i64,
    pub session: *mut lake_session,
    pub address_len: u32,
    pub address: [u8; 128usize],
}
#[test]
fn bindgen_test_layout_lake_endpoint_action() {
    const UNINIT: ::core::mem::MaybeUninit<lake_endpoint_action> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_endpoint_action>(),
        168usize,
        "Size of lake_endpoint_action",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_endpoint_action>(),
        8usize,
        "Alignment of lake_endpoint_action",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_endpoint_action::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).kind) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_endpoint_action::kind",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).event) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_endpoint_action::event",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).status) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_endpoint_action::status",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peer) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_endpoint_action::peer",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).session) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_endpoint_action::session",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).address_len) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_endpoint_action::address_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).address) as usize - ptr as usize },
        36usize,
        "Offset of field: lake_endpoint_action::address",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_endpoint_peer {
    pub struct_size: u32,
    pub address_len: u32,
    pub address: [u8; 128usize],
    pub since: i64,
    pub sent: u64,
    pub received: u64,
    pub failures: u64,
    pub repeated: u64,
}
#[test]
fn bindgen_test_layout_lake_endpoint_peer() {
    const UNINIT: ::core::mem::MaybeUninit<lake_endpoint_peer> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_endpoint_peer>(),
        176usize,
        "Size of lake_endpoint_peer",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_endpoint_peer>(),
        8usize,
        "Alignment of lake_endpoint_peer",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_endpoint_peer::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).address_len) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_endpoint_peer::address_len",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).address) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_endpoint_peer::address",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).since) as usize - ptr as usize },
        136usize,
        "Offset of field: lake_endpoint_peer::since",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).sent) as usize - ptr as usize },
        144usize,
        "Offset of field: lake_endpoint_peer::sent",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).received) as usize - ptr as usize },
        152usize,
        "Offset of field: lake_endpoint_peer::received",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).failures) as usize - ptr as usize },
        160usize,
        "Offset of field: lake_endpoint_peer::failures",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).repeated) as usize - ptr as usize },
        168usize,
        "Offset of field: lake_endpoint_peer::repeated",
    );
}
#[repr(C)]
#[derive(Debug, Copy, Clone)]
pub struct lake_endpoint_stats {
    pub struct_size: u32,
    pub peers: u32,
    pub runs: u32,
    pub half_open: u32,
    pub established: u64,
    pub renewed: u64,
    pub dropped: u64,
    pub failed: u64,
    pub unprotected: u64,
    pub malformed: u64,
    pub unknown: u64,
    pub replayed: u64,
    pub forged: u64,
}
#[test]
fn bindgen_test_layout_lake_endpoint_stats() {
    const UNINIT: ::core::mem::MaybeUninit<lake_endpoint_stats> = ::core::mem::MaybeUninit::uninit();
    let ptr = UNINIT.as_ptr();
    assert_eq!(
        ::core::mem::size_of::<lake_endpoint_stats>(),
        88usize,
        "Size of lake_endpoint_stats",
    );
    assert_eq!(
        ::core::mem::align_of::<lake_endpoint_stats>(),
        8usize,
        "Alignment of lake_endpoint_stats",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).struct_size) as usize - ptr as usize },
        0usize,
        "Offset of field: lake_endpoint_stats::struct_size",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).peers) as usize - ptr as usize },
        4usize,
        "Offset of field: lake_endpoint_stats::peers",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).runs) as usize - ptr as usize },
        8usize,
        "Offset of field: lake_endpoint_stats::runs",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).half_open) as usize - ptr as usize },
        12usize,
        "Offset of field: lake_endpoint_stats::half_open",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).established) as usize - ptr as usize },
        16usize,
        "Offset of field: lake_endpoint_stats::established",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).renewed) as usize - ptr as usize },
        24usize,
        "Offset of field: lake_endpoint_stats::renewed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).dropped) as usize - ptr as usize },
        32usize,
        "Offset of field: lake_endpoint_stats::dropped",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).failed) as usize - ptr as usize },
        40usize,
        "Offset of field: lake_endpoint_stats::failed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).unprotected) as usize - ptr as usize },
        48usize,
        "Offset of field: lake_endpoint_stats::unprotected",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).malformed) as usize - ptr as usize },
        56usize,
        "Offset of field: lake_endpoint_stats::malformed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).unknown) as usize - ptr as usize },
        64usize,
        "Offset of field: lake_endpoint_stats::unknown",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).replayed) as usize - ptr as usize },
        72usize,
        "Offset of field: lake_endpoint_stats::replayed",
    );
    assert_eq!(
        unsafe { ::core::ptr::addr_of!((*ptr).forged) as usize - ptr as usize },
        80usize,
        "Offset of field: lake_endpoint_stats::forged",
    );
}
extern "C" {
    pub fn lake_endpoint_new(
        responder: *mut lake_config,
        initiator: *mut lake_config,
        resumption: *mut lake_resumption,
        options: *const lake_endpoint_options,
        out: *mut *mut lake_endpoint,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_restore(
        responder: *mut lake_config,
        initiator: *mut lake_config,
        resumption: *mut lake_resumption,
        options: *const lake_endpoint_options,
        key: *const u8,
        key_len: usize,
        blob: *const u8,
        blob_len: usize,
        now: i64,
        out: *mut *mut lake_endpoint,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_free(endpoint: *mut lake_endpoint) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_receive(
        endpoint: *mut lake_endpoint,
        address: *const u8,
        address_len: usize,
        datagram: *const u8,
        datagram_len: usize,
        now: i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_send(
        endpoint: *mut lake_endpoint,
        peer: i64,
        address: *const u8,
        address_len: usize,
        datagram: *const u8,
        datagram_len: usize,
        now: i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_tick(endpoint: *mut lake_endpoint, now: i64) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_due(endpoint: *mut lake_endpoint, due: *mut i64) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_next(
        endpoint: *mut lake_endpoint,
        action: *mut lake_endpoint_action,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_continue(
        endpoint: *mut lake_endpoint,
        session: *mut lake_session,
        now: i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_peers(
        endpoint: *mut lake_endpoint,
        out: *mut i64,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_peer(
        endpoint: *mut lake_endpoint,
        peer: i64,
        info: *mut lake_endpoint_peer,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_peer_credential(
        endpoint: *mut lake_endpoint,
        peer: i64,
        out: *mut *mut lake_credential,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_drop(
        endpoint: *mut lake_endpoint,
        peer: i64,
        now: i64,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_stats(
        endpoint: *mut lake_endpoint,
        stats: *mut lake_endpoint_stats,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_save(
        endpoint: *mut lake_endpoint,
        key: *const u8,
        key_len: usize,
        out: *mut u8,
        cap: usize,
        len: *mut usize,
    ) -> lake_status;
}
extern "C" {
    pub fn lake_endpoint_saved(endpoint: *mut lake_endpoint, now: i64) -> lake_status;
}
