"""What an endpoint wants done."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t
from dataclasses import dataclass
from typing import TypeAlias

from .. import _abi
from .._abi import ActionKind, EndpointEventKind
from .._library import check, lib, struct, text
from .._status import Status
from ..session import Session

_ROOM = 1500
"""Bytes that are enough for almost every datagram."""


@dataclass(frozen=True)
class Send:
    """Send the datagram to the address, on the network.

    >>> client = lake.endpoint.Endpoint(initiator=lake.testing.configs()[0])
    >>> client.send(b'192.0.2.1:5683', bytes.fromhex('40010001'))
    >>> [action.address for action in client.actions()]  # message_1
    [b'192.0.2.1:5683']
    """

    address: bytes
    datagram: bytes


@dataclass(frozen=True)
class Deliver:
    """Hand the datagram, which is plain CoAP, to the stack.

    >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1], open_paths=['/open'])
    >>> server.receive(b'somebody', bytes.fromhex('40010001b46f70656e'))
    >>> [delivered] = server.actions()
    >>> delivered.peer, delivered.address
    (None, b'somebody')
    """

    peer: int | None
    """the number of who sent it; None: nobody knows, on one of the open paths; or the endpoint itself did, a 5.03"""
    address: bytes
    """where it came from"""
    datagram: bytes

    @property
    def source(self) -> int | bytes:
        """Where the answer goes: what `Endpoint.send` takes, the peer, or else the address.

        >>> lake.endpoint.Deliver(None, b'somebody', b'').source
        b'somebody'
        """
        return self.address if self.peer is None else self.peer


@dataclass(frozen=True)
class EndpointEvent:
    """Something happened.

    - ESTABLISHED: the peer is new.
    - RENEWED: it has new keys.
    - DROPPED: it is gone.
    - FAILED: a run with the address came to nothing.
    - PENDING: answer the question (`status`) at the session, then `Endpoint.proceed`. The
      session is the endpoint's.
    - REFUSED: the peer answered a request with an unprotected error of OSCORE.

    >>> client = lake.endpoint.Endpoint(initiator=lake.testing.configs()[0])
    >>> client.send(b'server', bytes.fromhex('40010001'), now=0.0)
    >>> for second in range(100):
    ...     client.tick(now=second)
    >>> [action.status.name for action in client.actions() if isinstance(action, lake.endpoint.EndpointEvent)]
    ['ERR_NO_ANSWER']
    """

    kind: EndpointEventKind
    status: Status
    """why; which question is pending; else OK"""
    text: str
    """the same for people"""
    peer: int | None
    address: bytes
    session: Session | None
    """of PENDING"""


@dataclass(frozen=True)
class Save:
    """Sequence numbers run short: `Endpoint.save`, store what it gives, `Endpoint.saved`.

    >>> lake.endpoint.Save()
    Save()
    """


Action: TypeAlias = Send | Deliver | EndpointEvent | Save
"""Something to do."""


def next_action(endpoint: int) -> Action | None:
    """The next thing that an endpoint wants done; None: there is nothing."""
    made, size, room = struct(_abi.lake_endpoint_action), c_size_t(), _ROOM
    while True:
        buffer = ctypes.create_string_buffer(room)
        status = lib.lake_endpoint_next(endpoint, byref(made), buffer, room, byref(size))
        if status != Status.ERR_BUFFER_TOO_SMALL:
            break
        room = size.value
    check(status)
    data = ctypes.string_at(buffer, size.value)
    peer, address = made.peer or None, bytes(made.address[: made.address_len])
    if made.kind == ActionKind.SEND:
        return Send(address, data)
    if made.kind == ActionKind.DELIVER:
        return Deliver(peer, address, data)
    if made.kind == ActionKind.EVENT:
        session = Session._of(made.session) if made.session else None
        return EndpointEvent(EndpointEventKind(made.event), Status(made.status), text(data), peer, address, session)
    return Save() if made.kind == ActionKind.SAVE else None
