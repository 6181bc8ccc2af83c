"""What happens to the runs of a server."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from ctypes import c_int32
from dataclasses import dataclass
from typing import Any

from .. import _abi
from .._abi import EventKind, Role
from .._library import get_number, lib, text, trampoline
from .._status import Status
from ..config import Config
from ..errors import LakeError
from ..session import Session


@dataclass(frozen=True)
class Event:
    """What a server tells about one of its runs.

    - ESTABLISHED: set up what `session.oscore_context()` gives; the answer waits for
      that. The session is yours from now on.
    - FAILED: `status` and `text` say why; there is no session any more.
    - PENDING: answer the question (`status`) at the session, then `Server.resume`.
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


class _Prepared(threading.local):
    """Sessions that were prepared in the call under way on this thread."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []


class Runs:
    """The sessions that a server has lent to its host. Each is one object while its run goes on."""

    def __init__(self, responder: Config | None, initiator: Config | None) -> None:
        self._configs = {Role.RESPONDER: responder, Role.INITIATOR: initiator}
        self._prepared = _Prepared()  # they have no identifier yet
        self._lent: dict[bytes, Session] = {}

    def event_callback(self, on_event: OnEvent) -> Any:
        """The C callback that tells of events."""

        def call(_: Any, address: int) -> None:
            event = self._read(_abi.lake_coap_event.from_address(address))
            try:
                on_event(event)
            except BaseException:
                if event.kind == EventKind.ESTABLISHED and event.session:
                    event.session._owner = "lake.coap"  # which ends it
                raise

        return _abi.lake_coap_event_fn(trampoline(call))

    def prepare_callback(self, prepare: Prepare | None) -> Any:
        """The C callback that prepares sessions."""

        def call(_: Any, handle: int) -> None:
            assert prepare
            session = self._session(handle)
            self._prepared.sessions.append(session)
            prepare(session)

        return _abi.lake_coap_prepare_fn(trampoline(call)) if prepare else _abi.lake_coap_prepare_fn()

    def keep(self) -> None:
        """After a call: keeps the sessions that were prepared in it and have a run."""
        while self._prepared.sessions:
            session = self._prepared.sessions.pop()
            if session._owner is not None:
                with suppress(LakeError):
                    self._lent[session.own_connection_id] = session

    def _read(self, made: Any) -> Event:
        kind, id = EventKind(made.kind), ctypes.string_at(made.id, made.id_len)
        session = self._session(made.session) if made.session else None
        if kind == EventKind.PENDING and session:
            self._lent[id] = session
        else:
            self._lent.pop(id, None)
            if session:
                session._owner = None
        peer = ctypes.string_at(made.peer, made.peer_len)
        return Event(kind, Status(made.status), text(made.text), peer, id, session)

    def _session(self, handle: int) -> Session:
        config = self._configs[Role(get_number(c_int32, lib.lake_session_role, handle))]
        assert config
        return config._session(handle)
