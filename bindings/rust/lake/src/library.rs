//! The library itself: version, features, log.

use std::ffi::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr;

use lake_sys as sys;

use crate::{callback, ffi, Error};

/// Version of the library that is linked, for example `"1.0.0"`.
pub fn version() -> &'static str {
    ffi::static_text(unsafe { sys::lake_version() }).unwrap_or_default()
}

/// The same as a number: `major << 16 | minor << 8 | patch`.
pub fn version_number() -> u32 {
    unsafe { sys::lake_version_number() }
}

/// Version of the binary interface of the library: the number in `liblake.so.1`.
pub fn abi_version() -> u32 {
    unsafe { sys::lake_abi_version() }
}

/// Whether the library has a feature, such as `"method-4"`, `"suite-25"` or `"c509"`: lake.h
/// has the list.
///
/// ```
/// assert!(lake::has_feature("oscore"));
/// assert!(!lake::has_feature("telepathy"));
/// ```
pub fn has_feature(name: &str) -> bool {
    ffi::c_text(name).is_ok_and(|name| unsafe { sys::lake_has_feature(name.as_ptr()) } == 1)
}

/// What the library was built with: version, Go version, modules; lines of text.
pub fn build_info() -> Result<String, Error> {
    ffi::text(|out, cap, len| unsafe { sys::lake_build_info(out, cap, len) })
}

/// Number of objects of the library that are alive, for leak tests.
pub fn live_handles() -> usize {
    unsafe { sys::lake_live_handles() }
}

type Log = Box<dyn Fn(&str) + Send + Sync>;

unsafe extern "C" fn log_line(userdata: *mut c_void, line: *const c_char) {
    // SAFETY: liblake gives what it was given, and text that ends with a zero and lives as long as this call.
    let (log, line) = unsafe { (&*userdata.cast::<Log>(), ffi::lent_text(line)) };
    // A panic of the host must not unwind through liblake, and there is no call to blame.
    let _ = catch_unwind(AssertUnwindSafe(|| log(&line)));
}

/// Sends lines of log to a closure, for the whole process. There is never a secret in them.
/// It is called on the thread that called the library, on several at once; a panic in it is
/// dropped. It is dropped itself when another one has taken its place, or [`clear_log`] was
/// called, and the last thread has left it.
///
/// ```
/// lake::set_log(|line| eprintln!("{line}")).unwrap();
/// lake::clear_log().unwrap();
/// ```
pub fn set_log(log: impl Fn(&str) + Send + Sync + 'static) -> Result<(), Error> {
    ffi::check(callback::give::<Log>(Box::new(log), |userdata, destroy| unsafe {
        sys::lake_set_log(Some(log_line), userdata, destroy)
    }))
}

/// Turns the log off, as it is at the start.
pub fn clear_log() -> Result<(), Error> {
    ffi::check(unsafe { sys::lake_set_log(None, ptr::null_mut(), None) })
}
