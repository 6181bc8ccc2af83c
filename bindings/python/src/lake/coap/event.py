"""What happens to the runs of a server."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

from .. import _abi
from .._abi import EventKind
from .._library import lent, text, trampoline
from .._status import Status
from ..session import Session


@dataclass(frozen=True)
class Event:
    """What a server tells about one of its runs.

    - ESTABLISHED: set up what `session.oscore_context()` gives; the answer waits for
      that. The session is yours from now on.
    - FAILED: `status` and `text` say why; there is no session any more.
    - PENDING: answer the question (`status`) at the session, then `Server.proceed`.
      The session is the server's until the run is over.

    >>> events = []
    >>> server = lake.coap.Server(responder=lake.testing.configs()[1], on_event=events.append)
    >>> stranger = lake.coap.Client(lake.testing.configs(kind=lake.KeyKind.X25519, suite=0)[0])
    >>> answer = server.handle(lake.coap.Incoming(2, stranger.start().payload))
    >>> events[0].kind.name, events[0].status.name, events[0].session
    ('FAILED', 'ERR_SUITE', None)
    """

    kind: EventKind
    status: Status
    """why it failed; which question is pending"""
    text: str
    """the same for people"""
    peer: bytes
    """who began the run, as in `Incoming`"""
    id: bytes
    """C_R or C_I of this side: the Recipient ID of the context"""
    session: Session | None


OnEvent = Callable[[Event], object]
"""Is told what happens to runs. What it raises comes out of the call on the server; for
ESTABLISHED, the run is refused then, and nothing is left of it."""
Prepare = Callable[[Session], object]
"""Is given each session before its first message is made or processed, to add EAD or choose a
credential. What it raises comes out of the call, and the run is refused."""


def _tell(on_event: int, address: int) -> None:
    made = _abi.lake_coap_event.from_address(address)
    kind, id = EventKind(made.kind), ctypes.string_at(made.id, made.id_len)
    session = Session._of(made.session) if made.session else None
    if kind == EventKind.ESTABLISHED and session:
        session._owner = None
        session._note()
    peer = ctypes.string_at(made.peer, made.peer_len)
    try:
        lent(on_event)(Event(kind, Status(made.status), text(made.text), peer, id, session))
    except BaseException:
        if session:
            session._owner = "lake.coap"  # which ends it
        raise


def _prepare(prepare: int, handle: int) -> None:
    lent(prepare)(Session._lent(handle))


TELL = trampoline(_abi.lake_coap_event_fn, _tell)
PREPARE = trampoline(_abi.lake_coap_prepare_fn, _prepare)
