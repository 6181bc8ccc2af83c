//! OSCORE (RFC 8613): an OSCORE security context of EDHOC, at work on CoAP packets.
//!
//! liboscore works in place, on a code and the bytes of options and payload; coap-lite has
//! packets. This is the way from one to the other.

use coap_lite::{CoapOption, Packet};
use coap_message::MinimalWritableMessage;
use coap_message_implementations::inmemory_write::Message;
use lake::OscoreContext;
use liboscore::{raw::oscore_requestid_t, AeadAlg, HkdfAlg, OscoreOption, PrimitiveContext, PrimitiveImmutables};

impl std::fmt::Display for OscoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            OscoreError::Unsupported => "OSCORE does not support these algorithms or identifiers",
            OscoreError::Malformed => "this is not a packet of OSCORE",
            OscoreError::Replay => "this packet was received before",
            OscoreError::Invalid => "this packet was not protected with these keys",
        })
    }
}

impl std::error::Error for OscoreError {}

/// Why a packet could not be protected or unprotected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OscoreError {
    /// liboscore does not have the algorithms, or an identifier is too long.
    Unsupported,
    /// The packet is not one of OSCORE, or not well formed.
    Malformed,
    /// It was received before.
    Replay,
    /// It was not protected with the keys of this context.
    Invalid,
}

/// What ties a response to its request.
pub struct Exchange(oscore_requestid_t);

/// A security context.
pub struct Oscore {
    context: PrimitiveContext,
    tag_length: usize,
}

// SAFETY: it points into itself only, and sets those pointers anew each time it is used.
unsafe impl Send for Oscore {}

/// COSE number of the AEAD with a short tag.
const AES_CCM_16_64_128: i32 = 10;

/// COSE numbers of the HKDF algorithms that liboscore counts by: HMAC with that hash.
fn hkdf(hash: i32) -> Option<i32> {
    match hash {
        -16 => Some(5), // SHA-256
        -43 => Some(6), // SHA-384
        _ => None,
    }
}

impl Oscore {
    /// The context that EDHOC has made; to be made once only of the same keys.
    pub fn new(keys: &OscoreContext) -> Result<Oscore, OscoreError> {
        let (secret, salt) = (keys.master_secret.expose(), keys.master_salt.expose());
        Oscore::derive(keys.aead, keys.hash, secret, salt, &keys.sender_id, &keys.recipient_id)
    }

    /// The same of keys that come from elsewhere. Algorithms are COSE numbers.
    pub fn derive(
        aead: i32,
        hash: i32,
        secret: &[u8],
        salt: &[u8],
        sender_id: &[u8],
        recipient_id: &[u8],
    ) -> Result<Oscore, OscoreError> {
        let tag_length = if aead == AES_CCM_16_64_128 { 8 } else { 16 };
        let hkdf = hkdf(hash).and_then(|number| HkdfAlg::from_number(number).ok()).ok_or(OscoreError::Unsupported)?;
        let aead = AeadAlg::from_number(aead).map_err(|_| OscoreError::Unsupported)?;
        PrimitiveImmutables::derive(hkdf, secret, salt, None, aead, sender_id, recipient_id)
            .map(|keys| Oscore { context: PrimitiveContext::new_from_fresh_material(keys), tag_length })
            .map_err(|_| OscoreError::Unsupported)
    }

    /// Protects a request.
    pub fn protect_request(&mut self, request: &Packet) -> Result<(Packet, Exchange), OscoreError> {
        let mut buffer = Buffer::for_protecting(request)?;
        let mut message = buffer.message();
        let (exchange, written) =
            liboscore::protect_request(&mut message, &mut self.context, |inner| write(request, inner))
                .map_err(|_| OscoreError::Malformed)?;
        buffer.end = message.finish();
        written?;
        Ok((buffer.packet(request)?, Exchange(exchange)))
    }

    /// Unprotects a request.
    pub fn unprotect_request(&mut self, request: &Packet) -> Result<(Packet, Exchange), OscoreError> {
        let option = option(request)?; // a copy: liboscore changes the packet under it
        let option = OscoreOption::parse(&option).map_err(|_| OscoreError::Malformed)?;
        let mut buffer = Buffer::of(request)?;
        let (exchange, ()) = liboscore::unprotect_request(&mut buffer.existing(), option, &mut self.context, |_| ())
            .map_err(|error| match error {
                liboscore::UnprotectRequestError::Duplicate => OscoreError::Replay,
                _ => OscoreError::Invalid,
            })?;
        Ok((self.plaintext(&buffer, request)?, Exchange(exchange)))
    }

    /// Protects the response to a request.
    pub fn protect_response(&mut self, response: &Packet, exchange: &mut Exchange) -> Result<Packet, OscoreError> {
        let mut buffer = Buffer::for_protecting(response)?;
        let mut message = buffer.message();
        liboscore::protect_response(&mut message, &mut self.context, &mut exchange.0, |inner| write(response, inner))
            .map_err(|_| OscoreError::Malformed)??;
        buffer.end = message.finish();
        buffer.packet(response)
    }

    /// Unprotects the response to a request.
    pub fn unprotect_response(&mut self, response: &Packet, exchange: &mut Exchange) -> Result<Packet, OscoreError> {
        let option = option(response)?;
        let option = OscoreOption::parse(&option).map_err(|_| OscoreError::Malformed)?;
        let mut buffer = Buffer::of(response)?;
        liboscore::unprotect_response(&mut buffer.existing(), &mut self.context, option, &mut exchange.0, |_| ())
            .map_err(|_| OscoreError::Invalid)?;
        self.plaintext(&buffer, response)
    }

    /// What a protected packet has become. It is read here, where liboscore has decrypted it in
    /// place, because its own reader gives up at options it does not know, such as the
    /// Request-Tag of libcoap.
    fn plaintext(&self, buffer: &Buffer, protected: &Packet) -> Result<Packet, OscoreError> {
        let inner = &buffer.tail[buffer.tail.len() - protected.payload.len()..];
        let inner = inner.len().checked_sub(self.tag_length).map(|length| &inner[..length]);
        let (&code, rest) = inner.and_then(<[u8]>::split_first).ok_or(OscoreError::Malformed)?;
        packet(protected, code, rest)
    }
}

/// The identifier of the sender's key that a protected request names.
pub fn kid(request: &Packet) -> Option<Vec<u8>> {
    let option = option(request).ok()?;
    OscoreOption::parse(&option).ok()?.kid().map(<[u8]>::to_vec)
}

fn option(packet: &Packet) -> Result<Vec<u8>, OscoreError> {
    packet.get_first_option(CoapOption::Oscore).cloned().ok_or(OscoreError::Malformed)
}

/// What liboscore works on.
struct Buffer {
    code: u8,
    tail: Vec<u8>,
    end: usize,
}

impl Buffer {
    /// The code of a packet, and the bytes of its options and payload.
    fn of(packet: &Packet) -> Result<Buffer, OscoreError> {
        let bytes = packet.to_bytes_unlimited().map_err(|_| OscoreError::Malformed)?;
        let tail = bytes[4 + packet.get_token().len()..].to_vec();
        Ok(Buffer { code: packet.header.code.into(), end: tail.len(), tail })
    }

    /// Room for a packet with what OSCORE adds: the option, the inner code, the tag.
    fn for_protecting(packet: &Packet) -> Result<Buffer, OscoreError> {
        let mut buffer = Buffer::of(packet)?;
        buffer.tail = vec![0; buffer.end + 128];
        Ok(buffer)
    }

    fn existing(&mut self) -> Message<'_> {
        Message::new_from_existing(&mut self.code, &mut self.tail)
    }

    fn message(&mut self) -> Message<'_> {
        Message::new(&mut self.code, &mut self.tail)
    }

    /// The packet that it has become, with the header and token of another one.
    fn packet(&self, like: &Packet) -> Result<Packet, OscoreError> {
        packet(like, self.code, &self.tail[..self.end])
    }
}

/// The packet of a code and the bytes of options and payload, with the header and token of
/// another one.
fn packet(like: &Packet, code: u8, tail: &[u8]) -> Result<Packet, OscoreError> {
    let mut empty = Packet::new();
    empty.header = like.header.clone();
    empty.set_token(like.get_token().to_vec());
    let mut bytes = empty.to_bytes_unlimited().map_err(|_| OscoreError::Malformed)?;
    bytes[1] = code;
    bytes.extend(tail);
    Packet::from_bytes(&bytes).map_err(|_| OscoreError::Malformed)
}

fn write(packet: &Packet, inner: &mut liboscore::ProtectedMessage) -> Result<(), OscoreError> {
    inner.set_code(u8::from(packet.header.code));
    for (&number, values) in packet.options() {
        for value in values {
            inner.add_option(number, value).map_err(|_| OscoreError::Malformed)?;
        }
    }
    inner.set_payload(&packet.payload).map_err(|_| OscoreError::Malformed)
}
