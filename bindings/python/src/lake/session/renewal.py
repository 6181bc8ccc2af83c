"""What comes after a run: its renewal, and its saving."""

from __future__ import annotations

from ctypes import byref, c_int32, c_void_p
from typing import TYPE_CHECKING

from .._abi import Renewal
from .._library import Bytes, fail, get_bytes, lib
from ..config import Config
from ..credential import Credential
from .base import Base

if TYPE_CHECKING:
    from typing_extensions import Self


class Lasting(Base):
    """Renewal, resumption and saved sessions."""

    def resumption_credential(self, kid_len: int = 0) -> Credential:
        """The resumption key as a PSK credential with a kid of kid_len bytes (0: 2), for hosts that keep keys.

        Of a completed, authenticated session; see `ResumptionStore` for the short way.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.resumption_credential().info.kind.name
        'PSK'
        """
        handle = c_void_p()
        self._check(lib.lake_session_resumption_credential(self._handle, kid_len, byref(handle)))
        return Credential(handle.value or 0)

    def renewal(self, *, sent: int = 0, received: int = 0, failures: int = 0) -> Renewal:
        """What is due, after the host has sent and received so many messages more with the keys.

        `failures` more did not verify, all since the last call; see
        `Config.set_renewal_limits`.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.renewal(sent=10, received=10).name
        'NONE'
        >>> initiator.renewal(sent=2_000_000).name
        'KEY_UPDATE'
        """
        return Renewal(self._number(c_int32, lib.lake_session_renewal, sent, received, failures))

    def save(self, key: Bytes) -> bytes:
        """Saves it, sealed with a key of 32 bytes: a completed session, or one that waits for a message.

        The latter lives on in the blob, may be restored once, and is over here. In
        method 4 an Initiator cannot be saved before the Responder has authenticated.
        CredentialError with a credential of set_own_credential that is not in the
        config.

        >>> config_i, config_r = lake.testing.configs()
        >>> initiator, key = lake.Session(config_i, lake.Role.INITIATOR), bytes(32)
        >>> message_1 = initiator.step()
        >>> blob = initiator.save(key)
        >>> lake.Session.restore(config_i, key, blob).info.state.name
        'WAIT_MESSAGE_2'
        """
        key = bytes(key)
        return get_bytes(lib.lake_session_save, self._handle, key, len(key), cap=2048, check=self._check)

    @classmethod
    def restore(cls, config: Config, key: Bytes, blob: Bytes) -> Self:
        """Restores a saved session with the config that it was made with.

        ArgumentError (SAVED) if the blob was altered, is of another config or key,
        or was restored before in this config; UnsupportedError for another version.
        See `save`.

        >>> initiator, responder = lake.testing.handshake()
        >>> lake.Session.restore(lake.Config(), bytes(32), initiator.save(bytes(32)))
        Traceback (most recent call last):
        lake.errors.ArgumentError: the saved data was altered, is of another config or key, or was used before
        """
        handle, key, blob = c_void_p(), bytes(key), bytes(blob)
        status = lib.lake_session_restore(config._handle, key, len(key), blob, len(blob), byref(handle))
        if status:
            fail(status)
        session = cls.__new__(cls)
        session._adopt(handle.value or 0)
        if config._has_callbacks:
            session._note()
        return session
