//! A session message by message (RFC 9528 chapter 5).

use lake_sys as sys;

use crate::{ffi, Error, Progress, Session};

/// Message by message.
impl Session {
    fn progress(&self, status: i32) -> Result<Progress, Error> {
        match status {
            ffi::OK => Ok(Progress::Done(())),
            code => self.question(code).map(Progress::Pending),
        }
    }

    /// Makes message_1 to message_4. Asking again gives the same bytes.
    /// [`Status::State`](crate::Status::State) if it is not its turn.
    ///
    /// 1. Initiator (section 5.2.2): [`Status::NoCredential`](crate::Status::NoCredential).
    /// 2. Responder (section 5.3.2).
    /// 3. Initiator (section 5.4.2). Keys can be exported from here on.
    /// 4. Responder (section 5.5.2), which completes the session. The message is kept for the
    ///    time of [`exchange_lifetime`](crate::ConfigBuilder::exchange_lifetime), and is not saved.
    ///
    /// ```
    /// use lake::{Config, Credential, KeyKind, Status};
    ///
    /// # let keys = |kid: &[u8]| -> Result<Credential, lake::Error> {
    /// #     let (private, public) = lake::generate_keypair(KeyKind::P256)?;
    /// #     Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
    /// # };
    /// # let (i, r) = (keys(b"\x01")?, keys(b"\x02")?);
    /// # let mut initiator = Config::builder().own_credential(&i).peer_credential(&r).build()?.initiator()?;
    /// # let mut responder = Config::builder().own_credential(&r).peer_credential(&i).build()?.responder()?;
    /// let message_1 = initiator.prepare_message(1)?.done()?;
    /// responder.process_message(1, &message_1)?.done()?;
    /// let message_2 = responder.prepare_message(2)?.done()?;
    /// initiator.process_message(2, &message_2)?.done()?;
    /// let message_3 = initiator.prepare_message(3)?.done()?;
    /// responder.process_message(3, &message_3)?.done()?;
    /// let message_4 = responder.prepare_message(4)?.done()?;
    /// initiator.process_message(4, &message_4)?.done()?;
    ///
    /// assert!(initiator.info()?.is_complete && responder.info()?.is_complete);
    /// assert_eq!(initiator.prepare_message(2).unwrap_err().status(), Status::State);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn prepare_message(&mut self, message: u8) -> Result<Progress<Vec<u8>>, Error> {
        let handle = self.as_raw();
        let ((status, bytes), source) = self
            .fill(|out, cap, len| unsafe { sys::lake_session_prepare_message(handle, message.into(), out, cap, len) });
        match status {
            code if code < 0 => Err(self.failed(code, source, None)),
            ffi::OK => Ok(Progress::Done(bytes)),
            code => self.question(code).map(Progress::Pending),
        }
    }

    /// Reads message_1 to message_4. A message that fails, in whatever step, ends the run
    /// (section 9); [`Error::message`] has the error message that is due. None is for an error
    /// message of the peer, or what looks like one.
    ///
    /// 1. Responder (section 5.2.3).
    /// 2. Initiator (section 5.3.3): authenticates the Responder, but in method 4, where a fourth
    ///    message does that.
    /// 3. Responder (section 5.4.3): authenticates the Initiator. Keys can be exported from here
    ///    on.
    /// 4. Initiator (section 5.5.3), which completes the session. In method 4 it authenticates the
    ///    Responder and shows the items of message_2 that were withheld.
    pub fn process_message(&mut self, message: u8, bytes: &[u8]) -> Result<Progress, Error> {
        let (p, n) = ffi::input(bytes);
        let status =
            self.call(|session| unsafe { sys::lake_session_process_message(session, message.into(), p, n) })?;
        self.progress(status)
    }

    /// Goes on with [`process_message`](Session::process_message) after a
    /// [`Pending`](crate::Pending) was answered; it gives what the interrupted call would have
    /// given.
    pub fn continue_run(&mut self) -> Result<Progress, Error> {
        let status = self.call(|session| unsafe { sys::lake_session_continue(session) })?;
        self.progress(status)
    }

    /// Completes a session in which message_4 is not required: the Responder after message_3,
    /// the Initiator after it has verified a message that is protected with the new keys. In
    /// method 4 nobody has authenticated then: [`peer_proved`](Session::peer_proved) does that.
    pub fn complete_without_message_4(&mut self) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_complete_without_message_4(session) })
    }

    /// Initiator: the host has verified a message of the Responder that is protected with the new
    /// keys, such as an OSCORE response. In method 4 that is what message_4 would have been: it
    /// authenticates the Responder, shows the items of message_2 that were withheld, and completes
    /// the session. In the other methods it completes one that waits for message_4.
    ///
    /// It can be called after [`complete_without_message_4`](Session::complete_without_message_4),
    /// but then a critical item of message_2 that nobody accepts ends the run.
    /// [`Status::State`](crate::Status::State) for a Responder, and if message_4 is required.
    pub fn peer_proved(&mut self) -> Result<Progress, Error> {
        let status = self.call(|session| unsafe { sys::lake_session_peer_proved(session) })?;
        self.progress(status)
    }

    /// Initiator: a new run after [`Status::PeerSuite`](crate::Status::PeerSuite), with the
    /// preferred suite among those that both support.
    /// [`Status::NoCommonSuite`](crate::Status::NoCommonSuite);
    /// [`Status::SuiteLoop`](crate::Status::SuiteLoop) if the Responder refused that before.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.check(|session| unsafe { sys::lake_session_restart(session) })
    }
}
