"""Ids: connection identifiers that are given out."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t, c_void_p

from .._library import Bytes, Handle, check, get_number, lib


class Ids(Handle):
    """Connection identifiers, each given to one run or OSCORE context at a time (RFC 9668 section 3.1).

    Of `min` to `max` bytes, 1 to 7, the shortest first: the 48 of one byte that
    EDHOC sends as an int, then longer ones. From 4 on they cannot be guessed by
    somebody who wants to disturb a run. A host that is server and client shares one.

    >>> ids = lake.coap.Ids(4, 7)
    >>> len(ids.take()), len(ids)
    (4, 1)
    """

    __slots__ = ()

    _free = "lake_coap_ids_free"

    def __init__(self, min: int = 1, max: int = 4) -> None:
        handle = c_void_p()
        check(lib.lake_coap_ids_new(min, max, byref(handle)))
        super().__init__(handle.value or 0)

    def take(self, peer_id: Bytes = b"") -> bytes:
        """Takes one that is free and not the peer's, for sessions that the host runs by itself.

        CoapError (EXHAUSTED) if there is none.

        >>> ids = lake.coap.Ids(1, 1)
        >>> len({ids.take() for _ in range(48)})
        48
        >>> ids.take()
        Traceback (most recent call last):
        lake.errors.CoapError: every connection identifier is in use
        """
        out, size, peer_id = ctypes.create_string_buffer(7), c_size_t(), bytes(peer_id)
        check(lib.lake_coap_ids_take(self._handle, peer_id, len(peer_id), out, byref(size)))
        return out.raw[: size.value]

    def reserve(self, id: Bytes) -> None:
        """Marks one as in use, such as the Recipient ID of a restored context. StateError if it is.

        >>> lake.coap.Ids().reserve(b'A')
        """
        check(lib.lake_coap_ids_reserve(self._handle, bytes(id), len(id)))

    def release(self, id: Bytes) -> None:
        """Gives one back. It does nothing for one that is not in use.

        It rests for 247 seconds, in which a late datagram for it can come, unless
        there is no other.

        >>> ids = lake.coap.Ids()
        >>> ids.release(ids.take())
        >>> len(ids)
        0
        """
        check(lib.lake_coap_ids_release(self._handle, bytes(id), len(id)))

    def __len__(self) -> int:
        return get_number(c_size_t, lib.lake_coap_ids_count, self._handle)
