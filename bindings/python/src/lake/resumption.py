"""ResumptionStore: keys with which earlier peers can be met again by method 4."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p
from typing import TYPE_CHECKING, Any

from . import _abi
from ._abi import DataKind
from ._library import Bytes, Handle, check, get_bytes, get_number, lib, struct

if TYPE_CHECKING:
    from .session import Session


class ResumptionStore(Handle):
    """Keys with which earlier peers can be met again by method 4, each used for the next run only.

    It keeps the keys of at most `limit` peers (1 to 1,000,000), each valid for `lifetime`
    seconds. `kid_length` is that of the identifiers of keys, 1 to 64 bytes, on which both
    sides have to agree; 2 are good for some thousand peers. For `chain_limit` seconds runs
    may go on from resumption to resumption before one with long-term credentials is due;
    no key outlives those credentials either. 0 means the default: 1,000 peers, one day,
    2 bytes, 30 days. Times are at most 100 years.

    >>> store = lake.ResumptionStore(limit=10, lifetime=3600)
    >>> initiator, responder = lake.testing.handshake()
    >>> store.keep(initiator)
    >>> len(store)
    1
    """

    __slots__ = ()

    _free = "lake_resumption_free"

    def __init__(self, limit: int = 0, lifetime: int = 0, *, kid_length: int = 0, chain_limit: int = 0) -> None:
        self._make(lib.lake_resumption_new, limit, lifetime, kid_length, chain_limit)

    def _make(self, function: Any, limit: int, lifetime: int, kid_length: int, chain_limit: int, *given: Any) -> None:
        handle = c_void_p()
        options = struct(
            _abi.lake_resumption_options,
            limit=limit,
            lifetime=lifetime,
            kid_length=kid_length,
            chain_limit=chain_limit,
        )
        check(function(*given, byref(options), byref(handle)))
        super().__init__(handle.value or 0)

    def keep(self, session: Session) -> None:
        """Derives the next resumption key of a completed session and keeps it under the peer.

        Both sides do it, before any `Session.key_update`. StateError before the peer has
        authenticated, in method 4 by a fourth message (`Session.peer_proved`).

        >>> initiator, responder = lake.testing.handshake()
        >>> lake.ResumptionStore().keep(responder)
        """
        session._check(lib.lake_resumption_keep(self._handle, session._handle))

    def confirm(self, session: Session) -> None:
        """Drops the key of the run before, when the peer has shown to have its keys by a further message.

        >>> initiator, responder = lake.testing.handshake()
        >>> store = lake.ResumptionStore()
        >>> store.keep(responder)
        >>> store.confirm(responder)
        """
        session._check(lib.lake_resumption_confirm(self._handle, session._handle))

    def forget(self, which: DataKind, value: Bytes, serial: Bytes = b"") -> int:
        """Drops the keys of a peer, and says how many that were.

        `DataKind.FINGERPRINT` or `KEY_HASH`, or `ISSUER` together with the serial number of
        a certificate: every key that goes back to a run with a peer whose credential has
        this, in whatever form it came, and however often it was resumed since.
        `DataKind.CRED`: the keys of the peer with this CRED_x, and no other form of it.

        >>> initiator, responder = lake.testing.handshake()
        >>> store = lake.ResumptionStore()
        >>> store.keep(responder)
        >>> store.forget(lake.DataKind.ISSUER, b'0', serial=b'1')
        0
        >>> store.forget(lake.DataKind.CRED, responder.peer_credential.cred)
        1
        """
        value, serial = bytes(value), bytes(serial)
        given = (which, value, len(value), serial or None, len(serial))
        return get_number(c_size_t, lib.lake_resumption_forget, self._handle, *given)

    def __len__(self) -> int:
        return get_number(c_size_t, lib.lake_resumption_count, self._handle)

    def save(self, key: Bytes) -> bytes:
        """The store, sealed with a key of 32 bytes, to be kept over a restart.

        >>> blob = lake.ResumptionStore().save(bytes(32))
        >>> len(lake.ResumptionStore.load(bytes(32), blob))
        0
        """
        key = bytes(key)
        return get_bytes(lib.lake_resumption_save, self._handle, key, len(key), cap=4096)

    @classmethod
    def load(
        cls,
        key: Bytes,
        blob: Bytes,
        *,
        limit: int = 0,
        lifetime: int = 0,
        kid_length: int = 0,
        chain_limit: int = 0,
    ) -> ResumptionStore:
        """Reads what save wrote; `kid_length` and `chain_limit` can be set anew, 0 leaves what it had.

        ArgumentError for another limit or lifetime, and (SAVED) if it was altered or the key
        is another one.

        >>> blob = lake.ResumptionStore().save(bytes(32))
        >>> lake.ResumptionStore.load(b'another key'.ljust(32), blob)
        Traceback (most recent call last):
        lake.errors.ArgumentError: the saved data was altered, is of another config or key, or was used before
        """
        key, blob = bytes(key), bytes(blob)
        store = cls.__new__(cls)
        given = (key, len(key), blob, len(blob))
        store._make(lib.lake_resumption_load, limit, lifetime, kid_length, chain_limit, *given)
        return store
