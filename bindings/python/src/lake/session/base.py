"""What all parts of a Session stand on: its handle, its trace, and what its calls raise."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from ctypes import c_int32
from typing import TYPE_CHECKING, Any, cast

from .._abi import State
from .._library import Bytes, Handle, fail, get_bytes, get_number, get_text, lib, raise_from_callback
from .._status import Status
from ..config import Config
from ..credential import Credential
from ..trace import Entry

if TYPE_CHECKING:
    from typing_extensions import Self

    from . import Session


class Base(Handle):
    """The handle of a session."""

    _free = "lake_session_free"

    def _adopt(self, handle: int, config: Config, owner: object = None) -> None:
        Handle.__init__(self, handle)
        self._config = config  # its callbacks must live as long
        self._owner = owner  # a server or client of lake.coap, which frees the session; None: it is the host's
        self._kept: list[Credential] = []  # their signers must live as long
        self._events: deque[Entry] = deque(maxlen=64)
        if config._callbacks or owner:
            config._sessions[handle] = cast("Session", self)

    @classmethod
    def _made(cls, handle: int, config: Config, owner: object = None) -> Self:
        """One that the library has made."""
        session = cls.__new__(cls)
        session._adopt(handle, config, owner)
        return session

    def __del__(self) -> None:
        if getattr(self, "_owner", None) is None:
            super().__del__()

    def _check(self, status: int, error_message: bytes | None = None) -> None:
        """Raises unless a call on this session succeeded."""
        raise_from_callback()
        if status == 0:
            return
        if status > 0 or self.last_error != status:
            fail(status)
        detail = self.error_text
        if error_message is None and status <= Status.ERR_INTERNAL and self.state == State.FAILED:
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
        self._traced(self.last_error)

    def _sent(self, data: bytes, *, failed: bool = False) -> None:
        """Tells the trace of what is to be sent, once."""
        if not any(event.data == data for event in self._events):
            self._events.append(Entry("sent", data, failed=failed))

    def _prepare(self, function: Any) -> bytes:
        out = get_bytes(function, self._handle, cap=512, check=self._traced)
        self._sent(out)
        return out

    def _process(self, function: Any, data: Bytes) -> None:
        given = bytes(data)
        self._events.append(Entry("received", given))
        self._traced(function(self._handle, given, len(given)))

    @property
    def state(self) -> State:
        """The state.

        >>> lake.testing.sessions()[0].state.name
        'START'
        """
        return State(self._number(lib.lake_session_state))

    @property
    def last_error(self) -> Status:
        """Status of the last call that failed, or why the host ended the run; OK if nothing did.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.last_error.name
        'OK'
        """
        return Status(get_number(c_int32, lib.lake_session_last_error, self._handle))

    @property
    def error_text(self) -> str:
        """What exactly was wrong then: text for people, no secret in it.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.error_text
        'success'
        """
        return get_text(lib.lake_session_error_text, self._handle)

    def _number(self, function: Any) -> int:
        return get_number(c_int32, function, self._handle, check=self._check)
