//! Closures that liblake calls.
//!
//! liblake is given a number for each, never an address: a closure that is gone is an error
//! there, not a crash. What goes wrong in a closure stays on its thread until the call that
//! it interrupted has returned; then a panic goes on, and an error becomes the source of the
//! call's error.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::marker::PhantomData;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lake_sys as sys;

use crate::{ffi, BoxError};

type Table = BTreeMap<usize, Arc<dyn Any + Send + Sync>>;
static TABLE: Mutex<Table> = Mutex::new(BTreeMap::new());
static NEXT: AtomicUsize = AtomicUsize::new(1);

fn table() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner) // nothing panics while it is locked
}

/// A closure that liblake can call as long as this lives.
pub(crate) struct Registered(usize);

impl Registered {
    pub(crate) fn new<T: Any + Send + Sync>(closure: T) -> Registered {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        table().insert(number, Arc::new(closure));
        Registered(number)
    }

    pub(crate) fn userdata(&self) -> *mut c_void {
        self.0 as *mut c_void
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let closure = table().remove(&self.0);
        drop(closure); // after the table is free again
    }
}

fn find<T: Any + Send + Sync>(userdata: *mut c_void) -> Option<Arc<T>> {
    let closure = table().get(&(userdata as usize)).cloned()?;
    closure.downcast().ok()
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
pub(crate) fn answer<T: Any + Send + Sync>(
    userdata: *mut c_void,
    run: impl FnOnce(&T) -> Result<i32, BoxError>,
) -> i32 {
    let failure = match catch_unwind(AssertUnwindSafe(|| find::<T>(userdata).map(|closure| run(&closure)))) {
        Ok(Some(Ok(status))) => return status,
        Ok(Some(Err(error))) => Failure::Error(error),
        Ok(None) => Failure::Error("the closure was dropped".into()),
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
