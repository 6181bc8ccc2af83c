"""External authorization data (RFC 9528 section 3.8)."""

from __future__ import annotations

from ctypes import byref, c_size_t

from .. import _abi
from .._library import Bytes, get_bytes, lib, struct
from ..config import EADItem
from .base import Base


class ExternalData(Base):
    """What is sent along, and what came."""

    def ead_add(self, message: int, label: int, value: Bytes | None = None) -> None:
        """Adds an item to message 1 to 4 that is not prepared yet; a negative label marks a critical item.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.ead_add(1, 1000, b'hello')
        >>> responder.process_message(1, initiator.prepare_message(1))
        >>> responder.ead(1)
        [EADItem(label=1000, value=b'hello', is_unverified=False)]
        """
        given = None if value is None else bytes(value)
        self._check(lib.lake_session_ead_add(self._handle, message, label, given, len(given or b"")))

    def ead_pad(self, message: int, n: int) -> None:
        """Makes a message n bytes longer with padding, n at least 1 (section 3.8.1).

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.ead_pad(1, 3)
        >>> len(initiator.prepare_message(1))
        40
        """
        self._check(lib.lake_session_ead_pad(self._handle, message, n))

    def ead(self, message: int) -> list[EADItem]:
        """The received items of a message, padding left out.

        Until the call that processes the message has succeeded, anybody may have
        made them. Those of message_2 in method 4 are withheld until message_4 or
        `peer_proved`, but for early labels (`Config.set_ead_labels`).

        >>> initiator, responder = lake.testing.handshake()
        >>> responder.ead(3)
        []
        """
        n = self._number(c_size_t, lib.lake_session_ead_count, message)
        return [self._ead_get(message, index) for index in range(n)]

    def _ead_get(self, message: int, index: int) -> EADItem:
        item = struct(_abi.lake_ead_item)
        value = get_bytes(lib.lake_session_ead_get, self._handle, message, index, byref(item), check=self._check)
        return EADItem(item.label, value if item.has_value else None, is_unverified=bool(item.is_unverified))

    def ead_accept(self, message: int, index: int) -> None:
        """Answers PendingEAD for one item: it is understood. Then proceed; what was not accepted ends the run.

        In method 4, PENDING_MESSAGE_4 asks about items of message 2 as well as of message 4.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.EAD)
        >>> initiator.ead_add(1, -1000)
        >>> try:
        ...     responder.process_message(1, initiator.prepare_message(1))
        ... except lake.PendingEAD:
        ...     responder.ead_accept(1, 0)
        ...     responder.proceed()
        """
        self._check(lib.lake_session_ead_accept(self._handle, message, index))

    def ead_reject(self, message: int, index: int) -> None:
        """Answers PendingEAD by ending the run.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.EAD)
        >>> initiator.ead_add(1, -1000)
        >>> try:
        ...     responder.process_message(1, initiator.prepare_message(1))
        ... except lake.PendingEAD:
        ...     responder.ead_reject(1, 0)
        >>> responder.info.state.name
        'FAILED'
        """
        self._check(lib.lake_session_ead_reject(self._handle, message, index))
