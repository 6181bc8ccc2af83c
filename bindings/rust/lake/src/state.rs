//! Where a session is.

use std::fmt;

use lake_sys as sys;

use crate::ffi;

ffi::numbers! {
    /// The side of a session.
    Role {
        /// Sends message_1.
        Initiator = LAKE_INITIATOR,
        /// Receives message_1.
        Responder = LAKE_RESPONDER,
    }
}

ffi::numbers! {
    /// The state of a session.
    State {
        /// Nothing has happened.
        Start = LAKE_STATE_START,
        /// Initiator: message_1 prepared.
        WaitMessage2 = LAKE_STATE_WAIT_MESSAGE_2,
        /// Initiator: the host has to decide.
        PendingMessage2 = LAKE_STATE_PENDING_MESSAGE_2,
        /// Initiator: message_3 to be prepared.
        VerifiedMessage2 = LAKE_STATE_VERIFIED_MESSAGE_2,
        /// Initiator: message_3 prepared, keys usable.
        WaitMessage4 = LAKE_STATE_WAIT_MESSAGE_4,
        /// Initiator: the host has to decide.
        PendingMessage4 = LAKE_STATE_PENDING_MESSAGE_4,
        /// Responder: the host has to decide.
        PendingMessage1 = LAKE_STATE_PENDING_MESSAGE_1,
        /// Responder: message_2 to be prepared.
        ReceivedMessage1 = LAKE_STATE_RECEIVED_MESSAGE_1,
        /// Responder: message_2 prepared.
        WaitMessage3 = LAKE_STATE_WAIT_MESSAGE_3,
        /// Responder: the host has to decide.
        PendingMessage3 = LAKE_STATE_PENDING_MESSAGE_3,
        /// Responder: keys usable, message_4 may be prepared.
        VerifiedMessage3 = LAKE_STATE_VERIFIED_MESSAGE_3,
        /// The run is over, keys usable.
        Completed = LAKE_STATE_COMPLETED,
        /// The run was ended.
        Failed = LAKE_STATE_FAILED,
    }
}

impl fmt::Display for State {
    /// Its name in lake.h, such as `WAIT_MESSAGE_2`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ffi::static_text(unsafe { sys::lake_state_name(self.number()) }).unwrap_or_default())
    }
}

ffi::numbers! {
    /// What a session expects of the host.
    Next {
        /// The run is over.
        Nothing = LAKE_NEXT_NOTHING,
        /// [`Session::prepare_message`](crate::Session::prepare_message) 1.
        PrepareMessage1 = LAKE_NEXT_PREPARE_MESSAGE_1,
        /// [`Session::process_message`](crate::Session::process_message) 1.
        ProcessMessage1 = LAKE_NEXT_PROCESS_MESSAGE_1,
        /// [`Session::prepare_message`](crate::Session::prepare_message) 2.
        PrepareMessage2 = LAKE_NEXT_PREPARE_MESSAGE_2,
        /// [`Session::process_message`](crate::Session::process_message) 2.
        ProcessMessage2 = LAKE_NEXT_PROCESS_MESSAGE_2,
        /// [`Session::prepare_message`](crate::Session::prepare_message) 3.
        PrepareMessage3 = LAKE_NEXT_PREPARE_MESSAGE_3,
        /// [`Session::process_message`](crate::Session::process_message) 3.
        ProcessMessage3 = LAKE_NEXT_PROCESS_MESSAGE_3,
        /// [`Session::prepare_message`](crate::Session::prepare_message) 4, or to complete
        /// without it, if it is not required.
        PrepareMessage4 = LAKE_NEXT_PREPARE_MESSAGE_4,
        /// [`Session::process_message`](crate::Session::process_message) 4, or the same.
        ProcessMessage4 = LAKE_NEXT_PROCESS_MESSAGE_4,
        /// To answer what is [`Pending`](crate::Pending).
        Decide = LAKE_NEXT_DECIDE,
    }
}
