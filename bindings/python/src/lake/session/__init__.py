"""Session: one run of EDHOC, on one side."""

from __future__ import annotations

from ctypes import byref, c_void_p

from .._abi import Role
from .._library import Bytes, fail, lib
from ..config import Config
from ..trace import render
from .ead import ExternalData
from .info import SessionInfo
from .keys import KeyQuestion, Keys, OscoreContext
from .peer import Peer
from .renewal import Lasting
from .run import Run


class Session(Run, ExternalData, Peer, Keys, Lasting):
    """One run of EDHOC, on one side.

    The short way: `step` until `info.is_complete`, then `oscore_context` or `export`.
    Message by message: `prepare_message` and `process_message`. Any
    thread may use it, one at a time (StateError otherwise).

    Each method can raise a `StateError` when it is not allowed in the session's
    state, and methods that read a message raise what is wrong with it: a
    MessageError, CredentialError, AuthenticationError or PeerError, with the
    `error_message` to send if the run ended and one is due.

    >>> config_i, config_r = lake.testing.configs()
    >>> with lake.Session(config_i, lake.Role.INITIATOR) as i, lake.Session(config_r, lake.Role.RESPONDER) as r:
    ...     message_3 = i.step(r.step(i.step()))
    ...     nothing = r.step(message_3)
    ...     i.export(32768, 16) == r.export(32768, 16)
    True
    """

    def __init__(self, config: Config, role: Role, *, connection_id: Bytes | None = None) -> None:
        handle = c_void_p()
        status = lib.lake_session_new(config._handle, role, byref(handle))
        if status:
            fail(status)
        self._adopt(handle.value or 0)
        if config._has_callbacks:
            self._note()
        if connection_id is not None:
            self.set_connection_id(connection_id)

    def trace(self, *, insecure_secrets: bool = False) -> str:
        """What happened so far, message by message: in words, sizes and CBOR diagnostic notation.

        insecure_secrets shows the OSCORE secrets too: for tests of devices only.

        >>> initiator, responder = lake.testing.handshake()
        >>> print(initiator.trace().splitlines()[1])
        message_1 sent, 37 bytes
        """
        return render(self, self._events, insecure_secrets)

    def __repr__(self) -> str:
        if self._closed:
            return "<lake.Session (closed)>"
        info = self.info
        return f"<lake.Session {info.role.name.lower()}, {info.state.name}>"


__all__ = ["KeyQuestion", "OscoreContext", "Session", "SessionInfo"]
