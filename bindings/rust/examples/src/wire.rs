//! The packets of coap-lite, as `lake::coap` takes and gives them.

use std::net::{IpAddr, SocketAddr};

use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, Packet};
use lake::coap::{Message, Request, Response, OPTION_ECHO, OPTION_EDHOC};

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

/// Who sent a request, and how much of that is the host: its IPv4 address, or the network of its
/// IPv6 address, all of which one host may have.
pub struct Peer {
    /// Address and port.
    pub name: String,
    /// Bytes of the name that are the host.
    pub host_len: usize,
}

impl Peer {
    /// All groups of an IPv6 address are written, so that the network is as long for everybody.
    pub fn new(from: SocketAddr) -> Peer {
        let (host, rest) = match from.ip().to_canonical() {
            IpAddr::V4(address) => (address.to_string(), String::new()),
            IpAddr::V6(address) => {
                let groups = address.segments().map(|group| format!("{group:04x}"));
                (format!("[{}", groups[..4].join(":")), format!(":{}]", groups[4..].join(":")))
            }
        };
        let scope = match from {
            SocketAddr::V6(from) if from.scope_id() != 0 => format!("%{}", from.scope_id()),
            _ => String::new(),
        };
        Peer { name: format!("{host}{rest}:{}{scope}", from.port()), host_len: host.len() }
    }
}

/// A request; `kid` is that of its OSCORE option.
pub fn request<'a>(packet: &'a Packet, kid: Option<&'a [u8]>, peer: &'a Peer) -> Request<'a> {
    let Response { code, format, payload, echo } = response(packet);
    let edhoc = packet.get_option(EDHOC).is_some();
    Request {
        code,
        format,
        payload,
        echo,
        edhoc,
        kid,
        message_id: Some(packet.header.message_id),
        token: packet.get_token(),
        peer: peer.name.as_bytes(),
        host_len: peer.host_len,
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

#[cfg(test)]
mod tests {
    use super::Peer;

    #[test]
    fn hosts_are_ipv4_addresses_and_ipv6_networks() {
        for (from, name, host) in [
            ("192.0.2.1:5000", "192.0.2.1:5000", "192.0.2.1"),
            ("[2001:db8::1]:5683", "[2001:0db8:0000:0000:0000:0000:0000:0001]:5683", "[2001:0db8:0000:0000"),
            ("[2001:db8::ff:2]:1", "[2001:0db8:0000:0000:0000:0000:00ff:0002]:1", "[2001:0db8:0000:0000"),
            ("[2001:db8:0:1::1]:1", "[2001:0db8:0000:0001:0000:0000:0000:0001]:1", "[2001:0db8:0000:0001"),
            ("[fe80::1%7]:65535", "[fe80:0000:0000:0000:0000:0000:0000:0001]:65535%7", "[fe80:0000:0000:0000"),
            ("[::ffff:192.0.2.1]:5000", "192.0.2.1:5000", "192.0.2.1"),
        ] {
            let peer = Peer::new(from.parse().unwrap());
            assert_eq!((peer.name.as_str(), &peer.name[..peer.host_len]), (name, host));
        }
    }
}
