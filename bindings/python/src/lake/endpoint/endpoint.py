"""Endpoint: what stands between the network and the stack."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterable, Iterator
from ctypes import byref, c_int64, c_void_p
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .. import _abi
from .._abi import EndpointFlag
from .._library import (
    Bytes,
    Handle,
    check,
    fill,
    get_bytes,
    get_number,
    get_numbers,
    lend,
    lent,
    lib,
    struct,
    trampoline,
)
from ..config import Config
from ..credential import Credential
from ..resumption import ResumptionStore
from ..session import Session
from .actions import Action, next_action
from .info import EndpointLimits, EndpointStats, PeerInfo

if TYPE_CHECKING:
    from typing_extensions import Self

_NEVER = 2**63 - 1

EndpointPrepare = Callable[[Session, bytes], object]
"""Is given each session before its first message is made or processed, to say who is expected, add
EAD or choose a credential; and the address that a run of this side goes to, empty in runs that
others begin. What it raises comes out of the call, and the run fails."""


class Endpoint(Handle):
    """EDHOC and OSCORE underneath a CoAP stack: answers EDHOC, begins it, protects and unprotects, renews keys.

    In runs in which this side is the Responder it has the config `responder`, in the
    others `initiator`; without one there are none, and both may be the same.

    - resumption: keeps keys for shorter runs; without it every run is a full one. For those
      that others begin, `responder` needs it too (`Config.set_resumption`).
    - prepare: see `EndpointPrepare`.
    - reverse: runs that this side begins are those of the reverse flow (RFC 9528 appendix A.2.2).
    - combined: message_3 goes with the first protected request (RFC 9668); a server that does
      not know that gets both in turn.
    - no_echo: strangers are not asked for Echo when there are too many, but refused.
    - open_paths: paths such as '/.well-known/core' whose requests pass unprotected.
    - ahead: sequence numbers reserved at a time, at most 2^32: for what outlives the process (`save`).

    ArgumentError for what cannot work. `now` is the time in seconds since 1970 in every
    call, by default that of the clock; milliseconds count. An address is any bytes that
    name one, at most 128. One thread at a time uses an endpoint (StateError otherwise), also
    not `prepare`. A `prepare` that refers to its own endpoint keeps it alive until that is closed.

    >>> with lake.endpoint.Endpoint(initiator=lake.testing.configs()[0]) as client:
    ...     client.send(b'192.0.2.1:5683', bytes.fromhex('40010001'))  # a GET
    ...     message_1, = client.actions()
    >>> message_1.address, len(message_1.datagram) > 37
    (b'192.0.2.1:5683', True)
    """

    __slots__ = ()

    _free = "lake_endpoint_free"

    def __init__(
        self,
        *,
        responder: Config | None = None,
        initiator: Config | None = None,
        resumption: ResumptionStore | None = None,
        prepare: EndpointPrepare | None = None,
        reverse: bool = False,
        combined: bool = False,
        no_echo: bool = False,
        open_paths: Iterable[str] = (),
        ahead: int = 0,
        limits: EndpointLimits | None = None,
    ) -> None:
        options = _options(prepare, reverse, combined, no_echo, open_paths, ahead, limits)
        self._make(lib.lake_endpoint_new, (responder, initiator, resumption), prepare, options)

    @classmethod
    def restore(
        cls,
        key: Bytes,
        blob: Bytes,
        *,
        now: float | None = None,
        responder: Config | None = None,
        initiator: Config | None = None,
        resumption: ResumptionStore | None = None,
        prepare: EndpointPrepare | None = None,
        reverse: bool = False,
        combined: bool = False,
        no_echo: bool = False,
        open_paths: Iterable[str] = (),
        ahead: int = 0,
        limits: EndpointLimits | None = None,
    ) -> Self:
        """An endpoint from the last that `save` gave and that was stored, with the same configs and options.

        Its peers have their old numbers, the first request of each is asked for Echo under
        OSCORE (RFC 8613 appendix B.1.2), and nothing is sent to any before the first `Save`
        was done. ArgumentError (SAVED) for what was altered, sealed with another key, or is
        of other configs.

        >>> config_i, config_r = lake.testing.configs()
        >>> key, server = os.urandom(32), lake.endpoint.Endpoint(responder=config_r, ahead=1000)
        >>> blob = server.save(key)  # to be stored
        >>> server.saved()
        >>> lake.endpoint.Endpoint.restore(key, blob, responder=config_r, ahead=1000).peers()
        []
        """
        options = _options(prepare, reverse, combined, no_echo, open_paths, ahead, limits)
        key, blob = bytes(key), bytes(blob)
        made = cls.__new__(cls)
        given = (key, len(key), blob, len(blob), _milliseconds(now))
        made._make(lib.lake_endpoint_restore, (responder, initiator, resumption), prepare, options, *given)
        return made

    def _make(
        self,
        function: Any,
        owners: tuple[Handle | None, ...],
        prepare: EndpointPrepare | None,
        options: Any,
        *given: Any,
    ) -> None:
        handle = c_void_p()
        handles = [owner._handle if owner is not None else None for owner in owners]

        def call(userdata: int | None, destroy: Any) -> int:
            options.userdata, options.destroy = userdata, destroy
            return int(function(*handles, byref(options), *given, byref(handle)))

        check(lend(prepare, call))
        super().__init__(handle.value or 0)

    # --- Datagrams and time -------------------------------------------------------------

    def receive(self, address: Bytes, datagram: Bytes, now: float | None = None) -> None:
        """Takes a datagram from the network, with the address that it came from.

        Whatever it is, it is no error: `stats` counts it.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        >>> server.receive(b'somebody', b'no CoAP')
        >>> server.stats().malformed
        1
        """
        address, datagram = bytes(address), bytes(datagram)
        given = (address, len(address), datagram, len(datagram), _milliseconds(now))
        check(lib.lake_endpoint_receive(self._handle, *given))

    def send(self, to: int | Bytes, datagram: Bytes, now: float | None = None) -> None:
        """Takes a datagram from the CoAP stack, for a peer by its number, or for an address.

        With an address where nobody is known a run begins, and the datagram waits for it.
        ArgumentError for what is not CoAP, for a response to nothing, and (LIMIT) when too
        much waits; StateError for a peer that is gone; UnsupportedError without a config
        to begin a run with; CoapError (NO_ANSWER) right after a run that failed.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        >>> server.send(b'somebody', bytes.fromhex('40010001'))
        Traceback (most recent call last):
        lake.errors.UnsupportedError: ...
        """
        if isinstance(to, int):
            peer, address = _peer(to), b""
        else:
            peer, address = 0, bytes(to)
        datagram = bytes(datagram)
        given = (peer, address, len(address), datagram, len(datagram), _milliseconds(now))
        check(lib.lake_endpoint_send(self._handle, *given))

    def tick(self, now: float | None = None) -> None:
        """Does what is due, such as repeating what was lost.

        >>> client = lake.endpoint.Endpoint(initiator=lake.testing.configs()[0])
        >>> client.send(b'server', bytes.fromhex('40010001'))
        >>> message_1, = client.actions()
        >>> client.tick(client.due)
        >>> list(client.actions()) == [message_1]
        True
        """
        check(lib.lake_endpoint_tick(self._handle, _milliseconds(now)))

    @property
    def due(self) -> float | None:
        """When `tick` has something to do, in seconds since 1970; None: never.

        >>> lake.endpoint.Endpoint(initiator=lake.testing.configs()[0]).due is None
        True
        """
        due = get_number(c_int64, lib.lake_endpoint_due, self._handle)
        return None if due == _NEVER else due / 1000

    def actions(self) -> Iterator[Action]:
        """What is to be done, in this order: to be taken after each call with a time, up to the end.

        What calls in between want done comes, too.

        >>> client = lake.endpoint.Endpoint(initiator=lake.testing.configs()[0])
        >>> list(client.actions())
        []
        """
        while (action := next_action(self._handle)) is not None:
            yield action

    def proceed(self, session: Session, now: float | None = None) -> None:
        """Goes on with a run whose question was answered at its session. StateError if it does not wait.

        >>> client = lake.endpoint.Endpoint(initiator=lake.testing.configs()[0])
        >>> client.proceed(lake.testing.sessions()[0])
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        check(lib.lake_endpoint_continue(self._handle, session._handle, _milliseconds(now)))

    # --- Peers --------------------------------------------------------------------------

    def peers(self) -> list[int]:
        """The numbers of the peers, the one that was idle for longest first; a number is never given twice.

        >>> lake.endpoint.Endpoint(responder=lake.testing.configs()[1]).peers()
        []
        """
        return get_numbers(c_int64, lib.lake_endpoint_peers, self._handle)

    def peer(self, peer: int) -> PeerInfo:
        """What is known of a peer. NotFoundError.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        >>> [server.peer(number).received for number in server.peers()]
        []
        """
        made = fill(_abi.lake_endpoint_peer, lib.lake_endpoint_peer, self._handle, _peer(peer))
        return PeerInfo(
            address=bytes(made.address[: made.address_len]),
            since=float(made.since),
            sent=made.sent,
            received=made.received,
            failures=made.failures,
            repeated=made.repeated,
        )

    def peer_credential(self, peer: int) -> Credential:
        """The credential that a peer authenticated with, in a resumption that of the full run. NotFoundError.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        >>> server.peer_credential(7)
        Traceback (most recent call last):
        lake.errors.NotFoundError: there is no such item
        """
        handle = c_void_p()
        check(lib.lake_endpoint_peer_credential(self._handle, _peer(peer), byref(handle)))
        return Credential(handle.value or 0)

    def drop(self, peer: int, now: float | None = None) -> None:
        """Drops a peer: its messages are refused, until it comes back with a new run. NotFoundError.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1])
        >>> for number in server.peers():
        ...     server.drop(number)
        """
        check(lib.lake_endpoint_drop(self._handle, _peer(peer), _milliseconds(now)))

    def stats(self) -> EndpointStats:
        """The numbers of the endpoint.

        >>> lake.endpoint.Endpoint(responder=lake.testing.configs()[1]).stats().peers
        0
        """
        made = fill(_abi.lake_endpoint_stats, lib.lake_endpoint_stats, self._handle)
        return EndpointStats(**{name: getattr(made, name) for name, _ in made._fields_[1:]})

    # --- Over a restart -----------------------------------------------------------------

    def save(self, key: Bytes) -> bytes:
        """The peers, sealed with a key of 32 bytes that only the host has.

        Store it in the place of what was stored before, then call `saved`. What is restored
        has to be the last that was stored. ArgumentError without `ahead`. See `restore`.

        >>> lake.endpoint.Endpoint(responder=lake.testing.configs()[1]).save(bytes(32))
        Traceback (most recent call last):
        lake.errors.ArgumentError: ...
        """
        key = bytes(key)
        return get_bytes(lib.lake_endpoint_save, self._handle, key, len(key), cap=4096)

    def saved(self, now: float | None = None) -> None:
        """Says that what `save` gave last is stored. What waited for sequence numbers goes out. See `restore`.

        >>> server = lake.endpoint.Endpoint(responder=lake.testing.configs()[1], ahead=1000)
        >>> blob = server.save(bytes(32))
        >>> server.saved()
        """
        check(lib.lake_endpoint_saved(self._handle, _milliseconds(now)))


# --- In C ---------------------------------------------------------------------------


def _prepare(prepare: int, handle: int, address: int | None, size: int) -> None:
    lent(prepare)(Session._lent(handle), ctypes.string_at(address, size) if address else b"")


_PREPARE = trampoline(_abi.lake_endpoint_prepare_fn, _prepare)


def _options(
    prepare: EndpointPrepare | None,
    reverse: bool,
    combined: bool,
    no_echo: bool,
    open_paths: Iterable[str],
    ahead: int,
    limits: EndpointLimits | None,
) -> Any:
    flags = {EndpointFlag.REVERSE: reverse, EndpointFlag.COMBINED: combined, EndpointFlag.NO_ECHO: no_echo}
    made = struct(
        _abi.lake_endpoint_options,
        flags=sum(flag for flag, wanted in flags.items() if wanted),
        ahead=ahead,
        **asdict(limits or EndpointLimits()),
    )
    made.open_paths = "\n".join(open_paths).encode() or None
    if prepare is not None:
        made.prepare = _PREPARE
    return made


def _milliseconds(now: float | None) -> int:
    """A time as C has it; ValueError for one that it cannot have."""
    given = (time.time() if now is None else now) * 1000
    if not -(2.0**63) <= given < 2.0**63:
        raise ValueError(f"the time {now} is out of range")
    return round(given)


def _peer(peer: int) -> int:
    """The number of a peer; ValueError for what is none: in C, 0 is nobody."""
    if not 0 < peer < 2**63:
        raise ValueError(f"{peer} is not the number of a peer")
    return peer
