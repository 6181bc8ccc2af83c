"""CoAP as a tester needs it: datagrams that are made and read by aiocoap, and no stack that mends anything."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from typing import Any

import aiocoap
from aiocoap.numbers.types import Type

from .case import Seen

ACK_TIMEOUT = 2.0
"""Seconds, of RFC 7252 section 4.8."""
RETRANSMISSIONS = 2


def summary(data: bytes) -> str:
    """A datagram in a line, for people.

    >>> from lake.conformance.wire import summary
    >>> summary(bytes.fromhex('40011234'))
    'CON GET, message ID 4660'
    """
    try:
        m = read(data)
    except ValueError:
        return f"no CoAP message, {len(data)} bytes"
    code = aiocoap.Code(m.code)
    parts = [f"{m.mtype.name} {code.name if code.is_request() else code}, message ID {m.mid}"]
    if m.opt.uri_path:
        parts.append("/" + "/".join(m.opt.uri_path))
    parts += [name for name in ("oscore", "echo", "observe") if getattr(m.opt, name) is not None]
    if m.opt.edhoc:
        parts.append("edhoc")
    if m.opt.content_format is not None:
        parts.append(f"format {int(m.opt.content_format)}")
    if m.payload:
        parts.append(f"{len(m.payload)} bytes")
    return ", ".join(parts)


def read(data: bytes) -> Any:
    """A datagram as aiocoap's message; ValueError for what is none."""
    try:
        return aiocoap.Message.decode(data)
    except (aiocoap.error.Error, ValueError, IndexError, UnicodeDecodeError) as error:
        raise ValueError("no CoAP message") from error


class Wire:
    """A UDP socket, and all that went over it."""

    def __init__(self, seen: list[Seen], began: float) -> None:
        self._seen, self._began = seen, began
        self._mid = secrets.randbelow(1 << 16)
        self.socket: socket.socket

    def close(self) -> None:
        self.socket.close()

    def message_id(self) -> int:
        """The next one."""
        self._mid = (self._mid + 1) % (1 << 16)
        return self._mid

    def _note(self, sent: bool, data: bytes) -> None:
        self._seen.append(Seen(time.monotonic() - self._began, sent, data, summary(data)))


class Prober(Wire):
    """The client of one server."""

    def __init__(self, host: str, port: int, seen: list[Seen], began: float) -> None:
        super().__init__(seen, began)
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        self.socket = socket.socket(family, kind, proto)
        self.socket.connect(address)

    def send(self, data: bytes) -> None:
        """Sends a datagram as it is."""
        self._note(True, data)
        self.socket.send(data)

    def receive(self, timeout: float) -> bytes | None:
        """The next datagram, None after the time."""
        self.socket.settimeout(timeout)
        try:
            data = self.socket.recv(65536)
        except (TimeoutError, ConnectionRefusedError):
            return None
        self._note(False, data)
        return data

    def request(self, code: aiocoap.Code, path: str, payload: bytes = b"", **options: Any) -> Any:
        """A confirmable request, ready to send; options of aiocoap's by name."""
        m = aiocoap.Message(code=code, payload=payload)
        m.opt.uri_path = tuple(segment for segment in path.split("/") if segment)
        for name, value in options.items():
            setattr(m.opt, name, value)
        return self.ready(m)

    def ready(self, m: Any) -> Any:
        """Gives a message its type, message ID and token."""
        m.mtype, m.mid, m.token = Type.CON, self.message_id(), secrets.token_bytes(4)
        return m

    def ask(self, m: Any, tries: int | None = None) -> Any:
        """Sends a request, again if it has to (RFC 7252 section 4.2), and gives its response, or None."""
        data = m.encode()
        for attempt in range(tries or RETRANSMISSIONS + 1):
            self.send(data)
            answer = self._answer(m, ACK_TIMEOUT * 2**attempt)
            if answer is not None:
                return None if answer.code == aiocoap.EMPTY else answer
        return None

    def _answer(self, m: Any, timeout: float) -> Any:
        """The response to a request, which may come after its acknowledgement; an empty message for a Reset."""
        for answer in self._until(timeout):
            of_it = answer.mid == m.mid and answer.mtype in (Type.ACK, Type.RST)
            if of_it and answer.mtype is Type.RST:
                return answer
            if answer.code != aiocoap.EMPTY and answer.token == m.token:
                if answer.mtype is Type.CON:
                    self._acknowledge(answer)
                return answer
        return None

    def _until(self, timeout: float) -> Iterator[Any]:
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            data = self.receive(left)
            if data is None:
                return
            try:
                yield read(data)
            except ValueError:
                continue

    def _acknowledge(self, m: Any) -> None:
        ack = aiocoap.Message(code=aiocoap.EMPTY)
        ack.mtype, ack.mid, ack.token = Type.ACK, m.mid, b""
        self.send(ack.encode())

    def ask_in_blocks(self, m: Any, size_exponent: int) -> Any:
        """Sends the payload of a request in blocks (RFC 7959), and gives the response to the last."""
        size, payload, answer = 1 << (size_exponent + 4), m.payload, None
        for number in range(-(-len(payload) // size)):
            block = m.copy(payload=payload[number * size : (number + 1) * size])
            more = (number + 1) * size < len(payload)
            block.opt.block1 = (number, more, size_exponent)
            answer = self.ask(self.ready(block))
            if answer is None or (more and answer.code != aiocoap.CONTINUE):
                return answer
        return answer

    def ping(self) -> bool:
        """Whether the server still answers: an empty message with a Reset (RFC 7252 section 4.3)."""
        ping = aiocoap.Message(code=aiocoap.EMPTY)
        ping.mtype, ping.mid, ping.token = Type.CON, self.message_id(), b""
        for attempt in range(RETRANSMISSIONS + 1):
            self.send(ping.encode())
            if any(m.mtype is Type.RST and m.mid == ping.mid for m in self._until(ACK_TIMEOUT * 2**attempt)):
                return True
        return False
