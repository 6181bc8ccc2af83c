//! What takes the randomness out (capi/laketest.h), over the handles of the crate lake.

use lake::{Credential, Session};
use lake_sys::{lake_credential, lake_session};

extern "C" {
    fn lake_test_set_ephemeral(session: *mut lake_session, key: *const u8, key_len: usize) -> i32;
    fn lake_test_set_suites_i(session: *mut lake_session, suites: *const i64, n: usize) -> i32;
    fn lake_test_ead_add(
        session: *mut lake_session,
        message: i32,
        label: i64,
        value: *const u8,
        value_len: usize,
    ) -> i32;
    fn lake_test_sign_deterministically(credential: *mut lake_credential) -> i32;
}

fn expect_ok(status: i32) {
    assert_eq!(status, lake_sys::LAKE_OK);
}

/// Sets the ephemeral private key of a session.
pub fn set_ephemeral(session: &mut Session, key: &[u8]) {
    expect_ok(unsafe { lake_test_set_ephemeral(session.as_raw(), key.as_ptr(), key.len()) });
}

/// Sets SUITES_I of message_1.
pub fn set_suites_i(session: &mut Session, suites: &[i64]) {
    expect_ok(unsafe { lake_test_set_suites_i(session.as_raw(), suites.as_ptr(), suites.len()) });
}

/// Is `Session::add_ead` for padding, too.
pub fn add_ead(session: &mut Session, message: u8, label: i64, value: Option<&[u8]>) {
    let (pointer, length) = value.map_or((std::ptr::null(), 0), |value| (value.as_ptr(), value.len()));
    expect_ok(unsafe { lake_test_ead_add(session.as_raw(), message.into(), label, pointer, length) });
}

/// Makes a credential sign as RFC 6979 says.
pub fn sign_deterministically(credential: &Credential) {
    expect_ok(unsafe { lake_test_sign_deterministically(credential.as_raw()) });
}
