"""aiocoap's messages and those of lake.coap."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiocoap
from aiocoap import oscore

from .. import coap


def request(message: Any) -> coap.Incoming:
    """A request that aiocoap received."""
    peer, host_len = peer_of(message.remote.hostinfo)
    return coap.Incoming(
        code=int(message.code),
        payload=message.payload,
        format=_format(message),
        echo=message.opt.echo,
        edhoc=bool(message.opt.edhoc),
        kid=_kid(message),
        message_id=message.mid,
        token=message.token or b"",
        peer=peer.encode(),
        host_len=host_len,
    )


def response(message: Any) -> coap.Incoming:
    """A response that aiocoap received."""
    return coap.Incoming(int(message.code), message.payload, _format(message), message.opt.echo)


def peer_of(hostinfo: str) -> tuple[str, int]:
    """How a peer is named, and how much of that is its IPv4 address, or the network of its IPv6 address.

    >>> from lake.aiocoap.messages import peer_of
    >>> peer_of('192.0.2.1:5000')
    ('192.0.2.1:5000', 9)
    >>> peer_of('[2001:db8::1]')
    ('[2001:0db8:0000:0000:0000:0000:0000:0001]:5683', 20)
    >>> peer_of('[fe80::1%eth0]:5000')
    ('[fe80:0000:0000:0000:0000:0000:0000:0001]:5000%eth0', 20)
    """
    parts = urlsplit(f"//{hostinfo}")
    host, percent, scope = (parts.hostname or "").partition("%")
    address, port = ip_address(host), parts.port or 5683
    if address.version == 4:
        return f"{address}:{port}", len(str(address))
    return f"[{address.exploded}]:{port}{percent}{scope}", len("[2001:0db8:0000:0000")


def _format(message: Any) -> int | None:
    return None if message.opt.content_format is None else int(message.opt.content_format)


def _kid(message: Any) -> bytes | None:
    if message.opt.oscore is None:
        return None
    try:
        kid: bytes | None = oscore.verify_start(message).get(oscore.COSE_KID)
    except oscore.DecodeError:
        return None
    return kid


def to_send(message: coap.Outgoing, **options: Any) -> Any:
    """What aiocoap is to send."""
    made = aiocoap.Message(code=aiocoap.Code(message.code), payload=message.payload, **options)
    made.opt.content_format, made.opt.echo = message.format, message.echo
    return made
