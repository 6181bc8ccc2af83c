//! One run of a CoAP client.

use std::ffi::c_char;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr;

use lake_sys as sys;

use super::event::{prepare_with, Host, Origin, Prepare};
use super::profile::{profiles, said};
use super::{Ids, Message, Profile, Response};
use crate::{callback, ffi, BoxError, Config, Error, Pending, Role, Session, Status};

/// One run of a CoAP client: as Initiator in the forward flow, as Responder in the reverse flow.
///
/// It is [`Send`] and not [`Sync`]: it can be moved to another thread between calls, and is used by
/// one at a time.
///
/// It says what to send, and does not know where to. [`next`](Client::next) begins again by itself
/// after an Echo challenge, and after a cipher suite, profile or resumption that the server
/// refused. The connection identifier is given back when this is dropped: so keep it for as
/// long as the OSCORE context is in use.
///
/// ```no_run
/// use lake::coap::{Client, Message, Response, Step};
/// use lake::{Config, Pending, Role};
///
/// # struct Stack;
/// # impl Stack { async fn post(&self, _path: &str, _request: &Message) -> Message { Message::default() } }
/// # struct Database;
/// # impl Database { async fn find(&self, _: &[u8]) -> lake::Credential { panic!() } }
/// async fn run(config: &Config, stack: &Stack, database: &Database) -> Result<Client, lake::Error> {
///     let mut client = Client::new(config, Role::Initiator, None)?;
///     let mut step = client.start()?;
///     loop {
///         step = match step {
///             Step::Send(request) => {
///                 let answer = stack.post(lake::coap::PATH, &request).await;
///                 match client.next(&Response::from(&answer)) {
///                     Ok(step) => step,
///                     Err(error) => {
///                         if let Some(message) = client.error_message() {
///                             stack.post(lake::coap::PATH, &message).await; // the server gets to know
///                         }
///                         return Err(error);
///                     }
///                 }
///             }
///             Step::Pending(Pending::Credential(id_cred)) => {
///                 client.session()?.set_peer_credential(&database.find(&id_cred).await)?;
///                 client.continue_run()?
///             }
///             Step::Pending(_) => unreachable!("the config pulls nothing else"),
///             Step::Done => return Ok(client),
///         };
///     }
/// }
/// ```
pub struct Client {
    handle: *mut sys::lake_coap_client,
    origin: Origin,
    error_message: Option<Message>,
}

// SAFETY: any handle of liblake can be used from any thread.
unsafe impl Send for Client {}

impl Drop for Client {
    fn drop(&mut self) {
        unsafe { sys::lake_coap_client_free(self.handle) };
    }
}

/// What a [`Client`] has to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Step {
    /// POST this to the EDHOC resource, and give the answer to [`Client::next`].
    Send(Message),
    /// Answer this at [`Client::session`], then [`Client::continue_run`].
    Pending(Pending),
    /// Both sides have the keys.
    Done,
}

/// The payload of a request that may be a combined one: [`Client::combine`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Combined {
    /// The payload.
    pub payload: Vec<u8>,
    /// Whether it is to be sent with the option EDHOC.
    pub edhoc: bool,
}

/// The session of a [`Client`], lent. It is [`Send`] and not [`Sync`], as a [`Session`].
#[derive(Debug)]
pub struct ClientSession<'a> {
    session: Session,
    _lent: PhantomData<&'a mut Client>,
}

impl Deref for ClientSession<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for ClientSession<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Client {
    /// A client. Without `ids`, its connection identifier is one byte at random: for hosts without
    /// other contexts.
    pub fn new(config: &Config, role: Role, ids: Option<&Ids>) -> Result<Client, Error> {
        let ids = ids.map_or(ptr::null_mut(), Ids::as_raw);
        let handle = ffi::handle(|out| unsafe { sys::lake_coap_client_new(config.as_raw(), role.number(), ids, out) })?;
        let mut origin = Origin::default();
        match role {
            Role::Initiator => origin.initiator = Some(config.clone()),
            Role::Responder => origin.responder = Some(config.clone()),
        }
        Ok(Client { handle, origin, error_message: None })
    }

    /// Sets who is given each session before its first message is made or processed, to add EAD or
    /// choose a credential; there are several if the server makes the client begin again. An
    /// error ends the run with [`Status::Callback`], and is its source; a panic does too, and goes on in
    /// the call on the client. Before the start, or [`Status::Frozen`].
    pub fn set_prepare(
        &mut self,
        prepare: impl Fn(&mut Session) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        let host = Host { closure: Box::new(prepare) as Prepare, origin: self.origin.clone() };
        self.check(|client| {
            callback::give(host, |userdata, destroy| unsafe {
                sys::lake_coap_client_set_prepare(client, Some(prepare_with), userdata, destroy)
            })
        })
    }

    /// Reads the server's answer to GET `/.well-known/core`, gives the path of its first EDHOC
    /// resource that suits, and makes message_1 fit it. [`Status::NotFound`] if none does. Before the
    /// start, or [`Status::Frozen`].
    ///
    /// ```
    /// use lake::coap::Client;
    /// use lake::{Role, Status};
    ///
    /// # let (private, public) = lake::generate_keypair(lake::KeyKind::P256)?;
    /// # let own = lake::Credential::from_ccs(&lake::build_ccs(None, b"\x01", lake::KeyKind::P256, &public)?)?;
    /// # let config = lake::Config::builder().own_credential(&own.with_private_key(&private)?).build()?;
    /// let mut client = Client::new(&config, Role::Initiator, None)?;
    /// let links = "</sensors>,</edhoc>;rt=core.edhoc;ed-csuite=2;ed-method=3;ed-r";
    /// assert_eq!(client.discover(links)?, "/edhoc");
    /// assert_eq!(client.discover("</sensors>").unwrap_err().status(), Status::NotFound);
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn discover(&mut self, links: &str) -> Result<String, Error> {
        let (p, n) = ffi::input(links.as_bytes());
        let path = self.fill(64, |out, cap, len| unsafe {
            sys::lake_coap_client_discover(self.handle, p.cast(), n, out.cast::<c_char>(), cap, len)
        })?;
        Ok(String::from_utf8_lossy(&path).into_owned())
    }

    /// Makes message_1 fit a profile. [`Status::NoCommonSuite`], [`Status::Method`]. Before the start, or
    /// [`Status::Frozen`].
    pub fn suit(&mut self, profile: &Profile) -> Result<(), Error> {
        let profile = profile.for_c()?;
        self.check(|client| unsafe { sys::lake_coap_client_suit(client, &profile) })
    }

    /// Advertises a profile in message_1, by its ID, or else what it says. Before the start, or
    /// [`Status::Frozen`].
    pub fn add_profile(&mut self, profile: &Profile) -> Result<(), Error> {
        let profile = profile.for_c()?;
        self.check(|client| unsafe { sys::lake_coap_client_add_profile(client, &profile) })
    }

    /// Asks in message_1 for the profiles of the server, or asks for none. The config has to have
    /// the EAD label 32791. Before the start, or [`Status::Frozen`].
    pub fn ask_profiles(&mut self, ask: bool) -> Result<(), Error> {
        self.check(|client| unsafe { sys::lake_coap_client_ask_profiles(client, said(Some(ask))) })
    }

    /// The profiles that the server has advertised, in message_2 or in an error message.
    pub fn peer_profiles(&self) -> Result<Vec<Profile>, Error> {
        profiles(|index, out| unsafe { sys::lake_coap_client_peer_profile(self.handle, index, out) })
    }

    /// The first request.
    pub fn start(&mut self) -> Result<Step, Error> {
        self.step(|client, request, out, cap, len| unsafe {
            sys::lake_coap_client_start(client, request, out, cap, len)
        })
    }

    /// Takes the answer to the last request. [`Status::Refused`], [`Status::Challenges`],
    /// [`Status::Answer`], and what sessions give. With an error the run is over, and there may be an
    /// [`error_message`](Client::error_message).
    pub fn next(&mut self, response: &Response<'_>) -> Result<Step, Error> {
        let response = response.for_c();
        self.step(|client, request, out, cap, len| unsafe {
            sys::lake_coap_client_next(client, &response, request, out, cap, len)
        })
    }

    /// Goes on after a [`Step::Pending`] was answered; gives what [`next`](Client::next) does.
    pub fn continue_run(&mut self) -> Result<Step, Error> {
        self.step(|client, request, out, cap, len| unsafe {
            sys::lake_coap_client_continue(client, request, out, cap, len)
        })
    }

    /// The last request once more, with the same bytes: for stacks that do not retransmit, and
    /// where [`combine`](Client::combine) came to nothing. [`Status::State`] before the start.
    pub fn again(&self) -> Result<Message, Error> {
        let mut request = ffi::sized!(lake_coap_outgoing);
        let payload = self.fill(512, |out, cap, len| unsafe {
            sys::lake_coap_client_again(self.handle, &mut request, out, cap, len)
        })?;
        Message::of_c(&request, &payload).ok_or_else(|| Error::new(Status::State))
    }

    /// The error message for the server that is due after the last call has failed: POST it, its
    /// answer does not matter. `None` if none is due.
    pub fn error_message(&self) -> Option<Message> {
        self.error_message.clone()
    }

    /// Ends the run after the stack has given up waiting for an answer: what it gives is
    /// [`Status::NoAnswer`], or [`Status::State`] if none was waited for.
    pub fn no_answer(&mut self) -> Error {
        match self.check(|client| unsafe { sys::lake_coap_client_no_answer(client) }) {
            Ok(()) => Error::new(Status::NoAnswer),
            Err(error) => error,
        }
    }

    /// Makes the payload of a combined request (RFC 9668 section 3.2) in the place of the request
    /// with message_3. `payload` is that of a request that is protected by OSCORE with the
    /// session's context. Of a request in inner blocks, `block` is the number of this one: only
    /// the first is combined. `max` above 0 is MAX_UNFRAGMENTED_SIZE.
    ///
    /// The answer goes to [`verified`](Client::verified) if OSCORE has verified it, and to
    /// [`next`](Client::next) if it is not protected. [`Status::CombinedSize`]: send
    /// [`again`](Client::again) first, and the protected request after it.
    /// [`Status::NoCombined`] if message_4 is required.
    ///
    /// ```
    /// # use lake::coap::{Action, Client, Request, Response, Server, Step};
    /// # use lake::{Config, Credential, KeyKind, Role};
    /// # let keys = |kid: &[u8]| -> Result<Credential, lake::Error> {
    /// #     let (private, public) = lake::generate_keypair(KeyKind::P256)?;
    /// #     Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
    /// # };
    /// # let (i, r) = (keys(b"\x01")?, keys(b"\x02")?);
    /// # let of_client = Config::builder().own_credential(&i).peer_credential(&r).build()?;
    /// # let of_server = Config::builder().own_credential(&r).peer_credential(&i).build()?;
    /// # let server = Server::builder(|_| Ok(())).responder(&of_server).build()?;
    /// # let mut client = Client::new(&of_client, Role::Initiator, None)?;
    /// # let Step::Send(request) = client.start()? else { unreachable!() };
    /// # let Action::Send(message_2) = server.handle(&Request::from(&request))?.action else { unreachable!() };
    /// let Step::Send(_) = client.next(&Response::from(&message_2))? else { unreachable!() };
    /// let kid = client.session()?.oscore_context()?.sender_id;
    ///
    /// let combined = client.combine(b"the OSCORE ciphertext", 0, 0)?;
    /// let request = Request { edhoc: combined.edhoc, kid: Some(&kid), payload: &combined.payload, ..Request::default() };
    /// let Action::Oscore(offset) = server.handle(&request)?.action else { unreachable!() };
    /// assert_eq!(combined.payload[offset..], *b"the OSCORE ciphertext");
    ///
    /// client.verified()?; // when OSCORE has verified the answer
    /// assert!(client.is_done());
    /// # Ok::<(), lake::Error>(())
    /// ```
    pub fn combine(&mut self, payload: &[u8], block: usize, max: usize) -> Result<Combined, Error> {
        let (p, n) = ffi::input(payload);
        let mut edhoc = 0;
        let payload = self.fill(n + 512, |out, cap, len| unsafe {
            sys::lake_coap_client_combine(self.handle, p, n, block, max, &mut edhoc, out, cap, len)
        })?;
        Ok(Combined { payload, edhoc: edhoc == 1 })
    }

    /// OSCORE has verified a message of the server with the new context: the client is done.
    pub fn verified(&mut self) -> Result<(), Error> {
        self.check(|client| unsafe { sys::lake_coap_client_verified(client) })
    }

    /// Whether both sides have the context, as far as this one can know.
    pub fn is_done(&self) -> bool {
        ffi::value(|out| unsafe { sys::lake_coap_client_is_done(self.handle, out) }).is_ok_and(|done| done == 1)
    }

    /// The session: to answer questions, to see who the peer is, and for the OSCORE context, which
    /// before the client is done is for the combined request only.
    pub fn session(&mut self) -> Result<ClientSession<'_>, Error> {
        let handle = ffi::handle(|out| unsafe { sys::lake_coap_client_session(self.handle, out) })?;
        Ok(ClientSession { session: self.origin.session(handle)?, _lent: PhantomData })
    }

    /// The handle, to be used with [`lake_sys`] while this lives.
    pub fn as_raw(&self) -> *mut sys::lake_coap_client {
        self.handle
    }

    fn step(
        &mut self,
        call: impl FnOnce(*mut sys::lake_coap_client, *mut sys::lake_coap_outgoing, *mut u8, usize, *mut usize) -> i32,
    ) -> Result<Step, Error> {
        let mut request = ffi::sized!(lake_coap_outgoing);
        let (mut out, mut len) = (vec![0; 2048], 0);
        let (status, source) =
            callback::during(|| call(self.handle, &mut request, out.as_mut_ptr(), out.len(), &mut len));
        if status == sys::LAKE_ERR_BUFFER_TOO_SMALL {
            return self.again().map(Step::Send);
        }
        let message = Message::of_c(&request, &out[..len]);
        if status < 0 {
            self.error_message = message;
            return Err(self.failed(status, source));
        }
        match message {
            _ if status != ffi::OK => self.session()?.question(status).map(Step::Pending),
            Some(message) => Ok(Step::Send(message)),
            None => Ok(Step::Done),
        }
    }

    fn fill(&self, first: usize, call: impl FnMut(*mut u8, usize, *mut usize) -> i32) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.check(|_| {
            let (status, out) = ffi::fill(first, call);
            bytes = out;
            status
        })?;
        Ok(bytes)
    }

    fn check(&self, call: impl FnOnce(*mut sys::lake_coap_client) -> i32) -> Result<(), Error> {
        match callback::during(|| call(self.handle)) {
            (ffi::OK, _) => Ok(()),
            (code, source) => Err(self.failed(code, source)),
        }
    }

    fn failed(&self, code: i32, source: Option<BoxError>) -> Error {
        let text = ffi::text(|out, cap, len| unsafe { sys::lake_coap_client_error_text(self.handle, out, cap, len) });
        // Some statuses are an answer rather than a failure, and the text is that of another call.
        let mut detail = text.unwrap_or_default();
        if !Status::from_code(code).is_some_and(|status| detail.starts_with(status.text())) {
            detail.clear();
        }
        Error::of_call(code, detail, source)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("done", &self.is_done()).finish_non_exhaustive()
    }
}
