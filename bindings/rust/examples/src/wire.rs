//! The packets of coap-lite, as `lake::coap` takes and gives them.

use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, Packet};
use lake::coap::{Message, Response, OPTION_ECHO, OPTION_EDHOC};

/// The option of a request that carries message_3 too (RFC 9668).
pub const EDHOC: CoapOption = CoapOption::Unknown(OPTION_EDHOC);
/// The option Echo (RFC 9175).
pub const ECHO: CoapOption = CoapOption::Unknown(OPTION_ECHO);

/// A response.
pub fn response(packet: &Packet) -> Response<'_> {
    Response {
        code: packet.header.code.into(),
        format: packet
            .get_first_option_as::<OptionValueU16>(CoapOption::ContentFormat)
            .and_then(Result::ok)
            .map(|n| n.0),
        payload: &packet.payload,
        echo: packet.get_first_option(ECHO).map(Vec::as_slice),
    }
}

/// Puts a message into a packet that has its header, token and path.
pub fn write(message: &Message, packet: &mut Packet) {
    packet.header.code = MessageClass::from(message.code);
    if let Some(format) = message.format {
        packet.add_option_as(CoapOption::ContentFormat, OptionValueU16(format));
    }
    if let Some(echo) = &message.echo {
        packet.add_option(ECHO, echo.clone());
    }
    packet.payload = message.payload.clone();
}

/// The path of a request.
pub fn path(packet: &Packet) -> String {
    let segments = packet.get_option(CoapOption::UriPath).into_iter().flatten();
    segments.map(|segment| format!("/{}", String::from_utf8_lossy(segment))).collect()
}
