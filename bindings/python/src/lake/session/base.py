"""What all parts of a Session stand on: its handle, its trace, and what its calls raise."""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import suppress
from ctypes import byref, c_void_p
from typing import TYPE_CHECKING, Any, cast

from .._abi import State
from .._library import Bytes, Handle, check, fail, get_bytes, get_number, get_text, lend, lent, lib, raise_from_callback
from .._status import Status
from ..trace import Entry
from .info import SessionInfo, read_info

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import Session


class Base(Handle):
    """The handle of a session."""

    _free = "lake_session_free"

    def _adopt(self, handle: int, owner: object = None) -> None:
        Handle.__init__(self, handle)
        self._owner = owner  # a server or client of lake.coap, which frees the session; None: it is the host's
        self._events: deque[Entry] = deque(maxlen=64)

    @classmethod
    def _lent(cls, handle: int) -> Self:
        """One that a server has made, and frees: the object lives as long, or until it is the host's."""
        session = cls.__new__(cls)
        session._adopt(handle, "lake.coap")
        session._note(strongly=True)
        return session

    def _note(self, *, strongly: bool = False) -> None:
        """Makes callbacks find this object; strongly: it lives as long as the session of the library."""
        noted = (lambda: self) if strongly else weakref.ref(self)
        check(lend(noted, lambda *held: lib.lake_session_set_userdata(self._handle, *held)))

    @classmethod
    def _of(cls, handle: int) -> Session:
        """The object of a session; a new one if nobody has it any more: then it is a server's or client's."""
        noted = c_void_p()
        check(lib.lake_session_userdata(handle, byref(noted)))
        session = lent(noted.value)() if noted.value else None
        if session is None:
            session = cls.__new__(cls)
            session._adopt(handle, "lake.coap")
        return cast("Session", session)

    def __del__(self) -> None:
        if getattr(self, "_owner", None) is None:
            super().__del__()

    def _check(self, status: int, error_message: bytes | None = None) -> None:
        """Raises unless a call on this session succeeded."""
        raise_from_callback()
        if status == 0:
            return
        if status > 0:
            fail(status)
        info = self.info
        if info.last_error != status:
            fail(status)
        detail = self.error_text
        if error_message is None and status <= Status.ERR_INTERNAL and info.state == State.FAILED:
            with suppress(LookupError):  # none is due
                error_message = get_bytes(lib.lake_session_prepare_error, self._handle)
        fail(status, detail, error_message)

    def _traced(self, status: int, error_message: bytes | None = None) -> None:
        """As _check, and the trace tells of it."""
        try:
            self._check(status, error_message)
        except Exception as error:
            self._events.append(Entry("raised", text=f"{Status(status).name}: {error}"))
            due = getattr(error, "error_message", None)
            if due:
                self._sent(due, failed=True)
            raise

    def _raise_last(self) -> None:
        """Raises why the host ended the run."""
        self._traced(self.info.last_error)

    def _sent(self, data: bytes, *, failed: bool = False) -> None:
        """Tells the trace of what is to be sent, once."""
        if not any(event.data == data for event in self._events):
            self._events.append(Entry("sent", data, failed=failed))

    def _received(self, data: Bytes) -> bytes:
        """Tells the trace of what came."""
        given = bytes(data)
        self._events.append(Entry("received", given))
        return given

    @property
    def info(self) -> SessionInfo:
        """What is known of the session now, in any state.

        >>> initiator, responder = lake.testing.handshake()
        >>> info = initiator.info
        >>> info.role.name, info.state.name, info.next.name, info.method, info.suite, info.is_complete
        ('INITIATOR', 'COMPLETED', 'NOTHING', 3, 2, True)
        >>> info.own_connection_id == responder.info.peer_connection_id
        True
        """
        return read_info(self._handle)

    @property
    def error_text(self) -> str:
        """What exactly was wrong in the call that `info.last_error` is of: text for people, no secret in it.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.error_text
        'success'
        """
        return get_text(lib.lake_session_error_text, self._handle)

    def _number(self, kind: Any, function: Any, *args: Any) -> int:
        return get_number(kind, function, self._handle, *args, check=self._check)
