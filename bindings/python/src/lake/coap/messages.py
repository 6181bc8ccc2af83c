"""What comes from the CoAP stack, and what goes to it."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t
from dataclasses import dataclass
from typing import Any

from .. import _abi
from .._abi import Code, Format
from .._library import Bytes, struct
from .._status import Status

ROOM = 65536
"""Bytes that are enough for almost every message."""


@dataclass(frozen=True)
class Incoming:
    """A request or response that the stack received. What an option is not there for is None.

    Bodies in blocks (RFC 7959) come whole. `peer` is where a request came from, by
    any bytes that name it, at most 255, such as address and port. Its first `host_len`
    bytes name the host, by which limits count: such as the address without the port, or
    the network of an IPv6 address; 0: all of peer.

    >>> lake.coap.Incoming(lake.coap.Code.POST, peer=b'192.0.2.1:5683', host_len=9).payload
    b''
    """

    code: int
    """CoAP code: `Code`, or any other"""
    payload: Bytes = b""
    format: int | None = None
    """Content-Format"""
    echo: Bytes | None = None
    """the Echo option"""
    edhoc: bool = False
    """of requests, as the following: whether the EDHOC option is there"""
    kid: Bytes | None = None
    """'kid' in the OSCORE option; not None if it is empty"""
    message_id: int | None = None
    """None: there is none, as over TCP: nothing is taken for a repetition"""
    token: Bytes = b""
    peer: Bytes = b""
    host_len: int = 0


@dataclass(frozen=True)
class Outgoing:
    """A request or response that the stack is to send.

    An answer with `Code.EMPTY` is none: nothing is to be sent now.

    >>> lake.coap.Client(lake.testing.configs()[0]).start().format
    65
    """

    code: int
    payload: bytes = b""
    format: int | None = None
    """Content-Format"""
    echo: bytes | None = None
    """the Echo option"""
    oscore: bool = False
    """of servers: the request goes on to OSCORE, without the EDHOC option ..."""
    oscore_offset: int = 0
    """... and with its payload from here on"""
    duplicate: bool = False
    """of servers: this datagram came before"""


def incoming(message: Incoming) -> Any:
    """The struct of a message; it holds the bytes that it points to."""
    parts = {name: getattr(message, name) for name in ("payload", "echo", "kid", "token", "peer")}
    kept = {name: bytes(part) for name, part in parts.items() if part is not None}
    made = struct(
        _abi.lake_coap_incoming,
        code=message.code,
        format=Format.NONE if message.format is None else message.format,
        edhoc=int(message.edhoc),
        message_id=-1 if message.message_id is None else message.message_id,
        host_len=message.host_len,
    )
    for name, part in kept.items():
        setattr(made, name, ctypes.cast(ctypes.c_char_p(part), ctypes.c_void_p))
        setattr(made, f"{name}_len", len(part))
    made.kept = kept
    return made


def call(function: Any, *args: Any, room: int = ROOM) -> tuple[int, Outgoing, int]:
    """Calls a function that ends with (outgoing, out, cap, len): the status, the message, the room it needs."""
    made, size = struct(_abi.lake_coap_outgoing), c_size_t()
    buffer = ctypes.create_string_buffer(room)
    status = function(*args, byref(made), buffer, room, byref(size))
    if status == Status.ERR_BUFFER_TOO_SMALL:
        return status, Outgoing(Code.EMPTY), size.value
    message = Outgoing(
        code=made.code,
        payload=ctypes.string_at(buffer, size.value) if made.code else b"",
        format=None if made.format == Format.NONE else made.format,
        echo=bytes(made.echo[: made.echo_len]) if made.echo_len else None,
        oscore=bool(made.oscore),
        oscore_offset=made.oscore_offset,
        duplicate=bool(made.duplicate),
    )
    return status, message, size.value
