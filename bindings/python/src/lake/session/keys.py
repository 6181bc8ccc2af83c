"""Keys that a run gives, and those of this side that are elsewhere."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int32
from dataclasses import dataclass
from typing import NamedTuple

from .. import _abi
from .._library import Bytes, get_bytes, lib
from .._status import Status
from .base import Base

_CONTEXT_SECRETS = ("master_secret", "master_salt", "sender_id", "recipient_id")


@dataclass(frozen=True)
class OscoreContext:
    """What an OSCORE security context is made of (RFC 9528 appendix A.1); it prints without the secrets."""

    aead: int
    hash: int
    master_secret: bytes
    master_salt: bytes
    sender_id: bytes
    recipient_id: bytes

    def __repr__(self) -> str:
        return (
            f"OscoreContext(aead={self.aead}, hash={self.hash}, sender_id={self.sender_id!r}, "
            f"recipient_id={self.recipient_id!r}, secrets not shown)"
        )


class KeyQuestion(NamedTuple):
    """What the own key, which is elsewhere, has to compute."""

    status: Status
    """PENDING_SIGNATURE or PENDING_ECDH"""
    data: bytes
    """the bytes to sign, or the peer's public key (x alone for P-256 and P-384)"""


class Keys(Base):
    """Keys out, and answers of keys elsewhere."""

    # --- Keys out ----------------------------------------------------------------------------------------

    def export(self, label: int, length: int, context: Bytes = b"") -> bytes:
        """EDHOC_Exporter (section 4.2.1): so many bytes for a label and a context.

        For the Initiator from message_3 on, for the Responder when it has verified
        it; 1 byte to 255 hash lengths. Labels from 32768 on are for private use, 2 and 3
        are ArgumentError: they are those of `resumption_credential`.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.export(32768, 16) == responder.export(32768, 16)
        True
        """
        if length < 0:
            raise ValueError("length is negative")
        out = ctypes.create_string_buffer(max(length, 1))
        context = bytes(context)
        status = lib.lake_session_export(self._handle, label, context, len(context), out, length)
        result = out.raw[:length]
        lib.lake_wipe(out, length)
        self._check(status)
        return result

    def key_update(self, context: Bytes) -> None:
        """EDHOC_KeyUpdate (appendix H), after completion: new keys replace the old ones, on both sides.

        >>> initiator, responder = lake.testing.handshake()
        >>> old = initiator.export(32768, 16)
        >>> initiator.key_update(b'2026')
        >>> initiator.export(32768, 16) == old
        False
        """
        self._check(lib.lake_session_key_update(self._handle, bytes(context), len(context)))

    def oscore_context(self) -> OscoreContext:
        """The OSCORE security context; the same each time until key_update: set it up once only.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.oscore_context().sender_id == responder.oscore_context().recipient_id
        True
        """
        c = _abi.lake_oscore_context(struct_size=ctypes.sizeof(_abi.lake_oscore_context))
        self._check(lib.lake_session_oscore_context(self._handle, byref(c)))
        parts = {name: bytes(getattr(c, name)[: getattr(c, f"{name}_len")]) for name in _CONTEXT_SECRETS}
        context = OscoreContext(aead=c.aead, hash=c.hash, **parts)
        lib.lake_wipe(byref(c), ctypes.sizeof(c))
        return context

    def oscore_libcoap_conf(self) -> str:
        """The same as the text, secrets included, that libcoap's coap_new_oscore_conf takes.

        UnsupportedError unless the suite is 0 to 3, or if a connection identifier
        is longer than 7 bytes.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.oscore_libcoap_conf().startswith('master_secret,hex,')
        True
        """
        return get_bytes(lib.lake_session_oscore_libcoap_conf, self._handle, secret=True, check=self._check).decode()

    # --- Keys that are elsewhere --------------------------------------------------------------

    def key_question(self) -> KeyQuestion:
        """What the host has to compute after PendingKey; NotFoundError when nothing is asked.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.key_question()
        Traceback (most recent call last):
        lake.errors.NotFoundError: there is no such item
        """
        pending = c_int32()
        data = get_bytes(lib.lake_session_key_question, self._handle, byref(pending), check=self._check)
        return KeyQuestion(Status(pending.value), data)

    def answer_key(self, answer: Bytes) -> None:
        """Gives the signature or the ECDH secret. Then make the pending call again.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.answer_key(bytes(32))
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_session_answer_key(self._handle, bytes(answer), len(answer)))
