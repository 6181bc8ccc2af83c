"""A device that is a client, as the tests use it: it comes to a server that does what it is told."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiocoap
import cbor2
from aiocoap.numbers.types import Type

from .._abi import Role
from ..credential import Credential
from ..session import Session
from .case import NotApplicable, Seen, Unmet
from .device import CID_EDHOC, EDHOC, TRUE, Target, identifier, items
from .wire import Wire, read

COMING = 20.0
"""Seconds that a device has to come."""
QUIET = 5.0
"""Seconds after which nothing more is waited for."""


@dataclass
class Request:
    """A request that came, and where from."""

    message: Any
    address: Any

    @property
    def payload(self) -> bytes:
        """What it carries."""
        payload: bytes = self.message.payload
        return payload


class Listener(Wire):
    """A server on one address."""

    def __init__(self, host: str, port: int, seen: list[Seen], began: float) -> None:
        super().__init__(seen, began)
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        self.socket = socket.socket(family, kind, proto)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(address)

    def next(self, timeout: float) -> Request | None:
        """The next request, None after the time."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data, address = self.socket.recvfrom(65536)
            except TimeoutError:
                return None
            self._note(False, data)
            try:
                message = read(data)
            except ValueError:
                continue
            if message.code != aiocoap.EMPTY and message.code.is_request():
                return Request(message, address)
        return None

    def answer(self, request: Request, code: Any, payload: bytes = b"", content_format: int | None = None) -> None:
        """Answers a request, in its acknowledgement if there is one."""
        made = aiocoap.Message(code=code, payload=payload)
        made.opt.content_format = content_format
        confirmable = request.message.mtype is Type.CON
        made.mtype = Type.ACK if confirmable else Type.NON
        made.mid = request.message.mid if confirmable else self.message_id()
        made.token = request.message.token
        self.send(made.encode(), request.address)

    def send(self, data: bytes, address: Any) -> None:
        """Sends a datagram as it is."""
        self._note(True, data)
        self.socket.sendto(data, address)


class Visitor:
    """The device in one test. `command` starts it, each time that it has to come; without, it comes by itself."""

    def __init__(self, target: Target, command: list[str] | None = None) -> None:
        self.target = target
        self.seen: list[Seen] = []
        self._command = command
        self._child: subprocess.Popen[bytes] | None = None
        self.listener = Listener(*target.address, self.seen, time.monotonic())

    def close(self) -> None:
        """Ends all that is open."""
        self._end()
        self.listener.close()

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def session(self, connection_id: bytes | None = None, own: Credential | None = None, **settings: Any) -> Session:
        """A Responder that can complete a run with the device."""
        return self.target.session(Role.RESPONDER, connection_id, own, settings)

    def message_1(self, coming: float = COMING) -> tuple[Request, bytes]:
        """The device comes with message_1."""
        self._end()
        if self._command:
            quiet = subprocess.DEVNULL
            self._child = subprocess.Popen(self._command, stdin=quiet, stdout=quiet, stderr=quiet)
        return self.again(coming)

    def again(self, timeout: float = QUIET) -> tuple[Request, bytes]:
        """The device sends message_1, perhaps another one."""
        for request in self._requests(timeout):
            if self._is_edhoc(request) and request.payload.startswith(TRUE):
                return request, request.payload[1:]
            if not self._is_edhoc(request):
                self.listener.answer(request, aiocoap.NOT_FOUND)
        raise Unmet("the device did not come with message_1")

    def _requests(self, timeout: float) -> Iterator[Request]:
        """What comes in this time, or until the command has ended."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            ended = self._child is not None and self._child.poll() is not None
            request = self.listener.next(0.05 if ended else min(left, 0.2))
            if request is not None:
                yield request
            elif ended:
                return

    def answer(self, request: Request, message: bytes) -> None:
        """Answers with an EDHOC message."""
        self.listener.answer(request, aiocoap.CHANGED, message, EDHOC)

    def refuse(self, request: Request, error: bytes) -> None:
        """Answers with an EDHOC error message."""
        self.listener.answer(request, aiocoap.BAD_REQUEST, error, EDHOC)

    def begin(self, session: Session) -> Request:
        """Takes message_1, and gives its request; message_2 can be prepared then."""
        request, message = self.message_1()
        session.process_message(1, message)
        return request

    def message_3(self, session: Session) -> tuple[Request, bytes] | None:
        """What the device sends next to the run: a message, and what it came with; None if it sends nothing."""
        prefix = identifier(session.info.own_connection_id or b"")
        for request in self._requests(QUIET):
            if request.payload.startswith(TRUE):
                continue  # message_1 again: its answer was another one's, or came late
            if request.payload.startswith(prefix):
                return request, request.payload[len(prefix) :]
            raise Unmet(f"a request came without C_R {prefix.hex()} in front")
        return None

    def run(self, session: Session, c_r: Sequence[bytes] = ()) -> None:
        """A whole run, with the first C_R that is not the device's C_I (RFC 9528 section 3.3.3), or any."""
        request = self.begin(session)
        if c_r:
            c_i = session.info.peer_connection_id
            if (free := next((choice for choice in c_r if choice != c_i), None)) is None:
                raise NotApplicable(f"the device's C_I is the C_R of this test, {c_i!r}")
            session.set_connection_id(free)
        self.answer(request, session.prepare_message(2))
        self.finish(session)

    def finish(self, session: Session) -> None:
        """Takes message_3, and answers it."""
        came = self.message_3(session)
        if came is None:
            raise Unmet("the device did not send message_3")
        request, message_3 = came
        if is_error(message_3):
            raise Unmet(f"the device sent the EDHOC error {describe(message_3)}")
        if request.message.opt.edhoc:
            raise NotApplicable("the device sends message_3 with a request (RFC 9668); it was not told to")
        session.process_message(3, message_3)
        if self.target.message_4:
            self.answer(request, session.prepare_message(4))
        else:
            self.listener.answer(request, aiocoap.CHANGED)

    def ends(self, session: Session) -> None:
        """The device ends the run: it sends an error message, or nothing."""
        came = self.message_3(session)
        if came is not None and not is_error(came[1]):
            raise Unmet("the device went on with message_3")
        if came is not None:
            self.listener.answer(came[0], aiocoap.CHANGED)

    def _is_edhoc(self, request: Request) -> bool:
        return "/".join(request.message.opt.uri_path) == self.target.edhoc

    def check_form(self, request: Request) -> None:
        """A request to the EDHOC resource is as it has to be (RFC 9528 appendix A.2.1)."""
        if request.message.code != aiocoap.POST:
            raise Unmet(f"the request is {request.message.code}, not POST")
        if request.message.opt.content_format != CID_EDHOC:
            raise Unmet(f"the Content-Format is {request.message.opt.content_format}, not {CID_EDHOC}")


def is_error(message: bytes) -> bool:
    """Whether a message is an error message: it begins with an integer.

    >>> from lake.conformance.visitor import is_error
    >>> is_error(bytes.fromhex('0161')), is_error(bytes.fromhex('40'))
    (True, False)
    """
    return message[:1] != b"" and message[0] >> 5 in (0, 1)


def describe(error: bytes) -> str:
    """An error message for people.

    >>> from lake.conformance.visitor import describe
    >>> describe(bytes.fromhex('01626e6f')), describe(bytes.fromhex('5b'))
    ("1, 'no'", 'that cannot be read')
    """
    try:
        return ", ".join(map(repr, items(error)))
    except ValueError:
        return "that cannot be read"


def ciphertext_2(message_2: bytes, key: int) -> tuple[bytes, bytes]:
    """G_Y and CIPHERTEXT_2 of a message_2 whose key has so many bytes."""
    content: bytes = cbor2.loads(message_2)
    return content[:key], content[key:]
