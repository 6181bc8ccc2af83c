//! How EDHOC is carried in CoAP.

use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, Packet};

/// Where EDHOC is.
pub const PATH: &str = ".well-known/edhoc";
/// The CBOR `true` that stands before message_1.
pub const NEW: u8 = 0xf5;
/// Content-Format of what a server sends: application/edhoc+cbor-seq.
pub const EDHOC: u8 = 64;
/// Content-Format of what a client sends: application/cid-edhoc+cbor-seq.
pub const CID_EDHOC: u8 = 65;
/// The option of a request that carries message_3 too (RFC 9668).
pub const COMBINED: CoapOption = CoapOption::Unknown(21);
/// The option Echo (RFC 9175).
pub const ECHO: CoapOption = CoapOption::Unknown(252);

/// A connection identifier as it stands before a message (RFC 9528 section 3.3.2): a byte
/// string, unless its only byte is the encoding of an integer from -24 to 23.
///
/// ```
/// use lake_examples::wire::{split_id, with_id};
///
/// assert_eq!(with_id(b"\x0a", b"message"), b"\x0amessage");
/// assert_eq!(with_id(b"\x18", b"message"), b"\x41\x18message");
/// assert_eq!(split_id(b"\x41\x18message"), Some((&b"\x18"[..], &b"message"[..])));
/// assert_eq!(split_id(b"\x41\x0amessage"), None);
/// ```
pub fn with_id(id: &[u8], message: &[u8]) -> Vec<u8> {
    let mut out = match id {
        [byte] if is_integer(*byte) => vec![*byte],
        id => [&[0x40 | id.len() as u8], id].concat(), // shorter than 24, for OSCORE
    };
    out.extend(message);
    out
}

/// The connection identifier before a message, and the message.
pub fn split_id(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if is_integer(first) {
        return Some(bytes.split_at(1));
    }
    let length = usize::from(first.checked_sub(0x40)?);
    if length >= 24 || rest.len() < length {
        return None;
    }
    let (id, message) = rest.split_at(length);
    (!matches!(id, [byte] if is_integer(*byte))).then_some((id, message))
}

fn is_integer(byte: u8) -> bool {
    matches!(byte, 0..=0x17 | 0x20..=0x37)
}

/// The CBOR byte string at the start of a combined request's payload, which is message_3, and
/// what follows.
pub fn split_message_3(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, length) = match *bytes {
        [first @ 0x40..=0x57, ..] => (1, usize::from(first - 0x40)),
        [0x58, length, ..] => (2, usize::from(length)),
        [0x59, high, low, ..] => (3, usize::from(u16::from_be_bytes([high, low]))),
        _ => return None,
    };
    (bytes.len() >= head + length).then(|| bytes.split_at(head + length))
}

/// The number of the Content-Format, if there is one.
pub fn content_format(packet: &Packet) -> Option<u16> {
    packet.get_first_option_as::<OptionValueU16>(CoapOption::ContentFormat)?.ok().map(|value| value.0)
}

/// Gives a packet an EDHOC message.
pub fn set_message(packet: &mut Packet, format: u8, message: Vec<u8>) {
    packet.clear_option(CoapOption::ContentFormat);
    packet.add_option(CoapOption::ContentFormat, vec![format]);
    packet.payload = message;
}

/// The segments of the path of a request.
pub fn path(packet: &Packet) -> String {
    let segments = packet.get_option(CoapOption::UriPath).into_iter().flatten();
    segments.map(|segment| String::from_utf8_lossy(segment)).collect::<Vec<_>>().join("/")
}
