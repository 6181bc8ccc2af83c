//! How arguments and results cross the C ABI.

use std::ffi::{c_char, CStr, CString};
use std::ptr;
use std::time::Duration;

use crate::{Error, Secret, Status};

pub(crate) const OK: i32 = lake_sys::LAKE_OK;
const TOO_SMALL: i32 = lake_sys::LAKE_ERR_BUFFER_TOO_SMALL;

/// A status of a call that cannot be pending.
pub(crate) fn check(status: i32) -> Result<(), Error> {
    match status {
        OK => Ok(()),
        code => Err(Error::from_code(code)),
    }
}

/// Pointer and length of an input: NULL for the empty one.
pub(crate) fn input<T>(items: &[T]) -> (*const T, usize) {
    if items.is_empty() {
        (ptr::null(), 0)
    } else {
        (items.as_ptr(), items.len())
    }
}

/// The same of an input that may be absent, which is NULL; the empty one is not.
pub(crate) fn optional(bytes: Option<&[u8]>) -> (*const u8, usize) {
    static SOMEWHERE: u8 = 0; // a slice may point nowhere, which is nothing for Go
    match bytes {
        None => (ptr::null(), 0),
        Some([]) => (&SOMEWHERE, 0),
        Some(bytes) => (bytes.as_ptr(), bytes.len()),
    }
}

/// A struct of lake.h, empty but for its size.
macro_rules! sized {
    ($name:ident) => {{
        // SAFETY: numbers, arrays of them and pointers only, for which 0 is a value.
        let mut made: lake_sys::$name = unsafe { std::mem::zeroed() };
        made.struct_size = std::mem::size_of_val(&made) as u32;
        made
    }};
}
pub(crate) use sized;

/// Whole seconds, rounded up.
pub(crate) fn seconds(age: Duration) -> u32 {
    let whole = age.as_secs().saturating_add((age.subsec_nanos() > 0).into());
    u32::try_from(whole).unwrap_or(u32::MAX)
}

/// Text for C.
pub(crate) fn c_text(text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|error| Error::of_argument("a text has a zero byte in it", error))
}

/// Text of C that is never freed.
pub(crate) fn static_text(text: *const c_char) -> Option<&'static str> {
    if text.is_null() {
        return None;
    }
    // SAFETY: liblake gives NULL or static text that ends with a zero.
    unsafe { CStr::from_ptr(text) }.to_str().ok()
}

/// What a call writes: it is made again with a larger buffer if the first is too small,
/// which is what lake.h allows for. The status of the last call comes back with it.
pub(crate) fn fill<T: Copy + Default>(
    first: usize,
    mut call: impl FnMut(*mut T, usize, *mut usize) -> i32,
) -> (i32, Vec<T>) {
    let mut out = vec![T::default(); first];
    loop {
        let mut len = 0;
        let status = call(out.as_mut_ptr(), out.len(), &mut len);
        if status != TOO_SMALL || len <= out.len() {
            out.truncate(len);
            return (status, out);
        }
        out = vec![T::default(); len];
    }
}

/// As `fill`, for calls that cannot be pending.
pub(crate) fn list<T: Copy + Default>(call: impl FnMut(*mut T, usize, *mut usize) -> i32) -> Result<Vec<T>, Error> {
    let (status, out) = fill(256, call);
    check(status).map(|()| out)
}

/// As `list`, for what must not stay in memory. The size is asked first, so that no
/// buffer is left behind.
pub(crate) fn secret(mut call: impl FnMut(*mut u8, usize, *mut usize) -> i32) -> Result<Secret, Error> {
    let mut len = 0;
    match call(ptr::null_mut(), 0, &mut len) {
        OK | TOO_SMALL => {}
        status => return Err(Error::from_code(status)),
    }
    let mut out = zeroize::Zeroizing::new(vec![0; len]);
    check(call(out.as_mut_ptr(), out.len(), &mut len))?;
    out.truncate(len);
    Ok(Secret::from(std::mem::take(&mut *out)))
}

/// As `fill`, for text.
pub(crate) fn text(mut call: impl FnMut(*mut c_char, usize, *mut usize) -> i32) -> Result<String, Error> {
    let bytes = list(|out: *mut u8, cap, len| call(out.cast(), cap, len))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// One value that a call writes.
pub(crate) fn value<T: Default>(call: impl FnOnce(*mut T) -> i32) -> Result<T, Error> {
    let mut out = T::default();
    check(call(&mut out)).map(|()| out)
}

/// One handle that a call makes.
pub(crate) fn handle<T>(call: impl FnOnce(*mut *mut T) -> i32) -> Result<*mut T, Error> {
    let mut out = ptr::null_mut();
    check(call(&mut out)).map(|()| out)
}

/// An enum of numbers of lake.h.
macro_rules! numbers {
    ($(#[$meta:meta])* $name:ident { $($(#[$item_meta:meta])* $item:ident = $constant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum $name {
            $($(#[$item_meta])* $item = lake_sys::$constant,)*
        }

        impl $name {
            /// Its number in lake.h.
            pub fn number(self) -> i32 {
                self as i32
            }

            /// The one with a number of lake.h.
            pub fn from_number(number: i32) -> Option<$name> {
                match number {
                    $(lake_sys::$constant => Some($name::$item),)*
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use numbers;

/// The item of `numbers!` for what liblake gave.
pub(crate) fn known<T>(item: Option<T>) -> Result<T, Error> {
    item.ok_or_else(|| Error::new(Status::Internal))
}

/// Bytes that liblake lends to a callback.
///
/// # Safety
/// They are there for as long as the result is used.
pub(crate) unsafe fn lent<'a>(bytes: *const u8, len: usize) -> &'a [u8] {
    if bytes.is_null() {
        return &[];
    }
    unsafe { std::slice::from_raw_parts(bytes, len) }
}

/// Text that liblake lends to a callback.
///
/// # Safety
/// It ends with a zero.
pub(crate) unsafe fn lent_text(text: *const c_char) -> String {
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
