//! Closures that liblake calls.
//!
//! liblake has each in a box, and drops it when nothing can call it any more. What goes wrong
//! in a closure stays on its thread until the call that it interrupted has returned; then a
//! panic goes on, and an error becomes the source of the call's error.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};

use lake_sys as sys;

use crate::{ffi, BoxError};

/// Gives a closure to a function of liblake, which takes a userdata and what destroys it.
pub(crate) fn give<T: Send + Sync + 'static>(
    closure: T,
    take: impl FnOnce(*mut c_void, sys::lake_destroy_fn) -> i32,
) -> i32 {
    let userdata = Box::into_raw(Box::new(closure)).cast();
    let status = take(userdata, Some(destroy::<T>));
    if status != ffi::OK {
        // SAFETY: a function that fails has not taken it.
        unsafe { destroy::<T>(userdata) };
    }
    status
}

unsafe extern "C" fn destroy<T>(userdata: *mut c_void) {
    // SAFETY: it is of `give`, and liblake gives it back once.
    let closure = unsafe { Box::from_raw(userdata.cast::<T>()) };
    // What a closure has captured may panic, which must not unwind through liblake.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(closure)));
}

enum Failure {
    Error(BoxError),
    Panic(Box<dyn Any + Send>),
}

thread_local! {
    /// What went wrong in the call that is under way on this thread.
    static FAILURE: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// Runs the closure behind `userdata`, for a function that liblake calls.
///
/// # Safety
/// It is a `T` that `give` has given to liblake.
pub(crate) unsafe fn answer<T>(userdata: *mut c_void, run: impl FnOnce(&T) -> Result<i32, BoxError>) -> i32 {
    let closure = unsafe { &*userdata.cast::<T>() };
    let failure = match catch_unwind(AssertUnwindSafe(|| run(closure))) {
        Ok(Ok(status)) => return status,
        Ok(Err(error)) => Failure::Error(error),
        Err(panic) => Failure::Panic(panic),
    };
    FAILURE.with_borrow_mut(|slot| {
        slot.get_or_insert(failure); // the first one is the cause
    });
    sys::LAKE_ERR_CALLBACK
}

/// Makes a call in which liblake may call closures: its status, and the error of a closure.
/// A panic of a closure goes on here.
pub(crate) fn during(call: impl FnOnce() -> i32) -> (i32, Option<BoxError>) {
    // The call may be made in a closure itself: what went wrong there is kept apart.
    let outer = FAILURE.with(RefCell::take);
    let status = call();
    match FAILURE.with(|slot| slot.replace(outer)) {
        None => (status, None),
        Some(Failure::Error(error)) => (status, Some(error)),
        Some(Failure::Panic(panic)) => resume_unwind(panic),
    }
}

/// The error that a closure has returned in the call that is under way on this thread: it
/// becomes the source of something else than the call's error.
pub(crate) fn take_error() -> Option<BoxError> {
    FAILURE.with_borrow_mut(|slot| match slot.take() {
        Some(Failure::Error(error)) => Some(error),
        other => {
            *slot = other;
            None
        }
    })
}

/// The session on whose behalf a closure is called. Other calls on that session have to wait
/// until the closure has returned; calls on other sessions are allowed.
pub struct Caller<'a> {
    session: *mut sys::lake_session,
    _during: PhantomData<&'a ()>,
}

impl Caller<'_> {
    /// # Safety
    /// The session is of this crate, and in a call on this thread for as long as this lives.
    pub(crate) unsafe fn new(session: *mut sys::lake_session) -> Self {
        Caller { session, _during: PhantomData }
    }

    /// What the session was given by [`Session::set_data`](crate::Session::set_data), if it is a `T`.
    pub fn data<T: Any>(&self) -> Option<&T> {
        let data = ffi::handle(|out| unsafe { sys::lake_session_userdata(self.session, out) }).ok()?;
        // SAFETY: Session::set_data put it there, and the session keeps it: it is borrowed by the call.
        unsafe { data.cast::<Box<dyn Any + Send>>().as_ref() }?.downcast_ref()
    }
}
