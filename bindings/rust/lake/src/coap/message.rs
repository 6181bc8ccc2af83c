//! CoAP messages, as far as they matter to EDHOC.

use lake_sys as sys;

use crate::ffi;

/// A request that a server received.
///
/// Which datagram it came in is told by `peer`, `message_id` and `token`: the same one again
/// gets the same answer, and runs nothing twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request<'a> {
    /// CoAP code.
    pub code: u8,
    /// Content-Format, if there is one.
    pub format: Option<u16>,
    /// The payload.
    pub payload: &'a [u8],
    /// The option Echo, if it is there.
    pub echo: Option<&'a [u8]>,
    /// Whether the option EDHOC is there.
    pub edhoc: bool,
    /// The `kid` in the option OSCORE, if it is there.
    pub kid: Option<&'a [u8]>,
    /// The message id. None if there is none, as over TCP: nothing is taken for a repetition.
    pub message_id: Option<u16>,
    /// The token.
    pub token: &'a [u8],
    /// Where it came from: any bytes that name it, at most 255, such as address and port.
    pub peer: &'a [u8],
    /// How many of the first bytes of `peer` name the host, by which limits count, such as the
    /// address without the port, or the network of an IPv6 address; 0: all of them.
    pub host_len: usize,
}

/// A response that a client received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Response<'a> {
    /// CoAP code.
    pub code: u8,
    /// Content-Format, if there is one.
    pub format: Option<u16>,
    /// The payload.
    pub payload: &'a [u8],
    /// The option Echo, if it is there.
    pub echo: Option<&'a [u8]>,
}

/// A request or response that is to be sent.
///
/// As what the other side received, where no stack is between them, it is a
/// [`Request::from`] or [`Response::from`] it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// CoAP code.
    pub code: u8,
    /// Content-Format, if there is to be one.
    pub format: Option<u16>,
    /// The payload.
    pub payload: Vec<u8>,
    /// The option Echo, if it is to be there.
    pub echo: Option<Vec<u8>>,
}

impl<'a> From<&'a Message> for Request<'a> {
    fn from(message: &'a Message) -> Request<'a> {
        let Response { code, format, payload, echo } = message.into();
        Request { code, format, payload, echo, ..Request::default() }
    }
}

impl<'a> From<&'a Message> for Response<'a> {
    fn from(message: &'a Message) -> Response<'a> {
        let Message { code, format, payload, echo } = message;
        Response { code: *code, format: *format, payload, echo: echo.as_deref() }
    }
}

impl Response<'_> {
    /// What is valid as long as this is borrowed.
    pub(super) fn for_c(&self) -> sys::lake_coap_incoming {
        let mut incoming = ffi::sized!(lake_coap_incoming);
        incoming.code = self.code.into();
        incoming.format = self.format.map_or(sys::LAKE_COAP_FORMAT_NONE, i32::from);
        (incoming.payload, incoming.payload_len) = ffi::input(self.payload);
        (incoming.echo, incoming.echo_len) = ffi::optional(self.echo);
        incoming
    }
}

impl Request<'_> {
    /// The same.
    pub(super) fn for_c(&self) -> sys::lake_coap_incoming {
        let Request { code, format, payload, echo, .. } = *self;
        let mut incoming = Response { code, format, payload, echo }.for_c();
        incoming.edhoc = self.edhoc.into();
        incoming.message_id = self.message_id.map_or(-1, i32::from);
        (incoming.kid, incoming.kid_len) = ffi::optional(self.kid);
        (incoming.token, incoming.token_len) = ffi::input(self.token);
        (incoming.peer, incoming.peer_len) = ffi::input(self.peer);
        incoming.host_len = self.host_len;
        incoming
    }
}

impl Message {
    /// What liblake says is to be sent, if anything is.
    pub(super) fn of_c(outgoing: &sys::lake_coap_outgoing, payload: &[u8]) -> Option<Message> {
        let echo = &outgoing.echo[..outgoing.echo_len as usize];
        (outgoing.code != sys::LAKE_COAP_CODE_EMPTY).then(|| Message {
            code: outgoing.code as u8,
            format: u16::try_from(outgoing.format).ok(),
            payload: payload.to_vec(),
            echo: (!echo.is_empty()).then(|| echo.to_vec()),
        })
    }
}
