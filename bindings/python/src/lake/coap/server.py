"""Server: the EDHOC resource of a CoAP server, with all runs that are under way."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_void_p
from dataclasses import asdict, dataclass

from .. import _abi
from .._library import Bytes, Handle, check, fill, get_text, lend, lib, struct
from .._status import Status
from ..config import Config
from ..session import Session
from .event import PREPARE, TELL, OnEvent, Prepare
from .ids import Ids
from .messages import Incoming, Outgoing, call, incoming
from .profile import PATH, Profile, profile_struct


@dataclass(frozen=True)
class Limits:
    """Bounds what strangers can make a server do; 0 means the default.

    >>> lake.coap.Limits(half_open=16).age
    0
    """

    half_open: int = 0
    """runs under way, default 256; above it the oldest ends"""
    threshold: int = 0
    """half-open, or begun within a second, default 32: from here on with Echo only

    Echo is also asked for where the answer would be three times the request."""
    per_host: int = 0
    """half-open runs of one host, if as many as the threshold are, default 8"""
    age: int = 0
    """seconds that a run may take, default 120"""
    cache: int = 0
    """bytes of answers that are kept for repeated requests, default 262,144"""
    body: int = 0
    """bytes of a request's payload, default 16,384"""
    echo_age: int = 0
    """seconds that an Echo value is good for, default 60"""
    message_1: int = 0
    """bytes of a message_1 without a valid Echo value, 64 to 1,048,576, default 1,024"""
    no_echo: bool = False
    """for networks without the Echo option

    A full table refuses with 5.03 then, unless its oldest run is older than an eighth of
    the age; and anybody can fill it. A message_1 above its limit gets 4.13."""


@dataclass(frozen=True)
class Stats:
    """What a server has now, and what it did so far.

    >>> lake.coap.Server(responder=lake.Config(), on_event=print).stats().begun
    0
    """

    half_open: int
    """now: runs under way"""
    contexts: int
    """now: contexts established or reserved"""
    ids: int
    """now: identifiers in use"""
    answers: int
    """now: kept for repeated requests"""
    answer_bytes: int
    """now: which they take"""
    begun: int
    established: int
    failed: int
    expired: int
    evicted: int
    challenged: int
    """asked for Echo"""
    refused: int
    """answered with 5.03"""
    duplicates: int


class Server(Handle):
    """The EDHOC resource of a CoAP server, with a config for the forward flow and one for the reverse flow.

    In the forward flow it is the `responder`, in the reverse flow the `initiator`;
    the flow without a config is refused. `on_event` is told what happens to runs: an
    `Event`. What it raises comes out of the call on the server.

    Every other keyword is a method too, to be called before the first request
    (StateError then). Any thread may use a server. A callback that refers to its own
    server keeps it alive until that is closed.

    >>> config_i, config_r = lake.testing.configs()
    >>> with lake.coap.Server(responder=config_r, on_event=print) as server:
    ...     client = lake.coap.Client(config_i)
    ...     answer = server.handle(lake.coap.Incoming(2, client.start().payload, peer=b'client'))
    ...     answer.code, len(answer.payload), server.stats().half_open
    (68, 45, 1)
    """

    _free = "lake_coap_server_free"

    def __init__(
        self,
        *,
        responder: Config | None = None,
        initiator: Config | None = None,
        on_event: OnEvent,
        ids: Ids | None = None,
        limits: Limits | None = None,
        prepare: Prepare | None = None,
        profiles: Iterable[Profile] = (),
    ) -> None:
        handle = c_void_p()
        given = [owner._handle if owner is not None else None for owner in (responder, initiator, ids)]
        check(lend(on_event, lambda *held: lib.lake_coap_server_new(*given, TELL, *held, byref(handle))))
        super().__init__(handle.value or 0)
        self.set_prepare(prepare)
        if limits is not None:
            self.set_limits(limits)
        for profile in profiles:
            self.add_profile(profile)

    def set_limits(self, limits: Limits) -> None:
        """Sets the limits. ArgumentError.

        >>> server = lake.coap.Server(responder=lake.Config(), on_event=print)
        >>> server.set_limits(lake.coap.Limits(half_open=16, threshold=8))
        """
        check(lib.lake_coap_server_set_limits(self._handle, byref(struct(_abi.lake_coap_limits, **asdict(limits)))))

    def set_prepare(self, prepare: Prepare | None) -> None:
        """Sets who is given each session before its first message; None: nobody.

        >>> server = lake.coap.Server(responder=lake.Config(), on_event=print)
        >>> server.set_prepare(lambda session: session.ead_pad(2, 16))
        """
        check(lend(prepare or _nobody, lambda *held: lib.lake_coap_server_set_prepare(self._handle, PREPARE, *held)))

    def add_profile(self, profile: Profile) -> None:
        """Tells a profile to Initiators that ask, and to those whose message_1 is refused.

        By its ID, or else what it says. The label 32791 has to be among
        `Config.set_ead_labels`.

        >>> config = lake.Config(ead_labels=[32791])
        >>> server = lake.coap.Server(responder=config, on_event=print)
        >>> server.add_profile(lake.coap.Profile(id=0))
        """
        check(lib.lake_coap_server_add_profile(self._handle, byref(profile_struct(profile))))

    def link(self, path: str = PATH, *, combined_request: bool = False) -> str:
        """The link of the server, for the answer to GET /.well-known/core; combined_request: the stack serves it.

        >>> server = lake.coap.Server(responder=lake.testing.configs()[1], on_event=print)
        >>> server.link(combined_request=True)
        '</.well-known/edhoc>;rt=core.edhoc;ed-csuite=2;ed-csuite=3;ed-method=3;...;ed-r;ed-comb-req'
        """
        return get_text(lib.lake_coap_server_link, self._handle, path.encode(), int(combined_request))

    def handle(self, request: Incoming) -> Outgoing:
        """Takes a request for the EDHOC resource, one with the EDHOC option, or one with the OSCORE option.

        What it gives is to be answered, also when the request was wrong: `on_event`
        tells what became of a run. When a callback raised, the same request once more
        gives its answer.

        >>> server = lake.coap.Server(responder=lake.testing.configs()[1], on_event=print)
        >>> server.handle(lake.coap.Incoming(code=1)).code == 0x85  # 4.05
        True
        """
        made = incoming(request)
        status, answer, room = call(lib.lake_coap_server_handle, self._handle, byref(made))
        if status == Status.ERR_BUFFER_TOO_SMALL:
            check(0)  # what a callback has raised
            status, answer, _ = call(lib.lake_coap_server_handle, self._handle, byref(made), room=room)
        check(status)
        return answer

    def proceed(self, session: Session) -> Outgoing:
        """Goes on with a run whose question was answered at its session.

        What it gives is the answer to the request that the question came from. The
        same question may come again. StateError if no question is pending.

        >>> config_i, config_r = lake.testing.configs(pull=lake.Pull.PEER)
        >>> events = []
        >>> server = lake.coap.Server(responder=config_r, on_event=events.append)
        >>> client = lake.coap.Client(config_i)
        >>> answer = server.handle(lake.coap.Incoming(2, client.start().payload))
        >>> try:
        ...     client.next(lake.coap.Incoming(answer.code, answer.payload))
        ... except lake.PendingPeer:
        ...     answer = server.handle(lake.coap.Incoming(2, client.proceed().payload))
        >>> answer.code, events[0].status.name
        (0, 'PENDING_PEER')
        >>> server.proceed(events[0].session).code, events[1].kind.name  # the peer is accepted
        (68, 'ESTABLISHED')
        """
        status, answer, _ = call(lib.lake_coap_server_continue, self._handle, session._handle)
        check(status)
        return answer

    def expire(self) -> None:
        """Ends what is too old, as `handle` does too: for times without requests.

        >>> lake.coap.Server(responder=lake.Config(), on_event=print).expire()
        """
        check(lib.lake_coap_server_expire(self._handle))

    def reserve(self, recipient_id: Bytes) -> None:
        """Reports a live OSCORE context that the server did not establish: a restored one, or that of a client.

        Its Recipient ID is not given to a run, and requests with it go to OSCORE.
        StateError if a run or a context of the server has it.

        >>> server = lake.coap.Server(responder=lake.Config(), on_event=print)
        >>> server.reserve(b'A')
        >>> server.handle(lake.coap.Incoming(2, b'ciphertext', kid=b'A')).oscore
        True
        """
        check(lib.lake_coap_server_reserve(self._handle, bytes(recipient_id), len(recipient_id)))

    def release(self, recipient_id: Bytes) -> None:
        """Reports that an OSCORE context is gone: its Recipient ID can be given to another run.

        >>> server = lake.coap.Server(responder=lake.Config(), on_event=print)
        >>> server.release(b'A')  # there is none: nothing
        """
        check(lib.lake_coap_server_release(self._handle, bytes(recipient_id), len(recipient_id)))

    def stats(self) -> Stats:
        """The numbers of the server.

        >>> lake.coap.Server(responder=lake.Config(), on_event=print).stats().half_open
        0
        """
        made = fill(_abi.lake_coap_stats, lib.lake_coap_server_stats, self._handle)
        return Stats(**{name: getattr(made, name) for name, _ in made._fields_[1:]})


def _nobody(_: Session) -> None:
    """Who prepares sessions by default."""
