"""ResumptionStore: keys with which earlier peers can be met again by method 4."""

from __future__ import annotations

from ctypes import byref, c_size_t, c_void_p
from typing import TYPE_CHECKING

from ._abi import DataKind
from ._library import Bytes, Handle, check, get_bytes, get_number, lib

if TYPE_CHECKING:
    from .session import Session


class ResumptionStore(Handle):
    """Keys with which earlier peers can be met again by method 4, each used for the next run only.

    It keeps the keys of at most `limit` peers (1 to 1,000,000; 0: 1,000), each
    valid for `lifetime` seconds (at most 100 years; 0: one day).

    >>> store = lake.ResumptionStore(limit=10, lifetime=3600)
    >>> initiator, responder = lake.testing.handshake()
    >>> store.keep(initiator)
    >>> len(store)
    1
    """

    __slots__ = ()

    _free = "lake_resumption_free"

    def __init__(self, limit: int = 0, lifetime: int = 0) -> None:
        handle = c_void_p()
        check(lib.lake_resumption_new(limit, lifetime, byref(handle)))
        super().__init__(handle.value or 0)

    def set_kid_length(self, kid_len: int) -> None:
        """Sets the length of the identifiers of keys kept from now on, 1 to 64; both sides have to agree.

        2 by default, which is good for some thousand peers.

        >>> lake.ResumptionStore().set_kid_length(4)
        """
        check(lib.lake_resumption_set_kid_length(self._handle, kid_len))

    def set_chain_limit(self, limit: int) -> None:
        """Sets for how many seconds runs may go on from resumption to resumption.

        Then one with long-term credentials is due. At most 100 years; 0: 30 days
        (default). No key outlives those credentials either.

        >>> lake.ResumptionStore().set_chain_limit(7 * 24 * 3600)
        """
        check(lib.lake_resumption_set_chain_limit(self._handle, limit))

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

    def forget(self, cred: Bytes) -> None:
        """Drops the keys of the peer with this CRED_x.

        What was revoked may have come in another form, and been resumed since:
        forget_where and forget_certificate find that.

        >>> initiator, responder = lake.testing.handshake()
        >>> store = lake.ResumptionStore()
        >>> store.keep(responder)
        >>> store.forget(responder.peer_credential.cred)
        >>> len(store)
        0
        """
        check(lib.lake_resumption_forget(self._handle, bytes(cred), len(cred)))

    def forget_where(self, what: DataKind, value: Bytes) -> int:
        """Drops every key that goes back to a peer with this fingerprint, or hash of the key; how many.

        In whatever form its credential came, and however often it was resumed since.

        >>> initiator, responder = lake.testing.handshake()
        >>> store = lake.ResumptionStore()
        >>> store.keep(responder)
        >>> store.forget_where(lake.DataKind.FINGERPRINT, responder.peer_credential.fingerprint())
        1
        """
        value = bytes(value)
        return get_number(c_size_t, lib.lake_resumption_forget_where, self._handle, what, value, len(value))

    def forget_certificate(self, issuer: Bytes, serial: Bytes) -> int:
        """Drops every key that goes back to the certificate of this issuer with this serial number; how many.

        `issuer` is `DataKind.ISSUER` of it: the name in DER.

        >>> lake.ResumptionStore().forget_certificate(b'0', b'1')
        0
        """
        issuer, serial = bytes(issuer), bytes(serial)
        function = lib.lake_resumption_forget_certificate
        return get_number(c_size_t, function, self._handle, issuer, len(issuer), serial, len(serial))

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
    def load(cls, key: Bytes, blob: Bytes) -> ResumptionStore:
        """Reads what save wrote. ArgumentError (SAVED) if it was altered or the key is another one.

        >>> blob = lake.ResumptionStore().save(bytes(32))
        >>> lake.ResumptionStore.load(b'another key'.ljust(32), blob)
        Traceback (most recent call last):
        lake.errors.ArgumentError: the saved data was altered, is of another config or key, or was used before
        """
        handle, key, blob = c_void_p(), bytes(key), bytes(blob)
        check(lib.lake_resumption_load(key, len(key), blob, len(blob), byref(handle)))
        store = cls.__new__(cls)
        Handle.__init__(store, handle.value or 0)
        return store
