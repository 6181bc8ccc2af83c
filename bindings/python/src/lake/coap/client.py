"""Client: one run of a CoAP client."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterable
from ctypes import byref, c_int32, c_size_t, c_void_p
from typing import Any

from .. import _abi
from .._abi import Code, Role
from .._library import (
    Bytes,
    Handle,
    check,
    fail,
    get_number,
    get_text,
    lend,
    lent,
    lib,
    raise_from_callback,
    trampoline,
)
from .._status import Status
from ..config import Config
from ..errors import Pending, StateError, UsageError
from ..info import status_text
from ..session import Session
from ..trace import Entry, render, render_failed
from .event import Prepare
from .ids import Ids
from .messages import ROOM, Incoming, Outgoing, call, incoming
from .profile import Profile, all_profiles, answer_of, profile_struct

# Statuses that the text of the last error is not about.
_NO_TEXT = (Status.ERR_ARGUMENT, Status.ERR_HANDLE, Status.ERR_BUSY, Status.ERR_NOT_FOUND, Status.ERR_FORKED)
"""Statuses that do not leave a text at the client."""


def _prefix_length(payload: bytes) -> int:
    """How long the prefix of a request is: true, an int in -24..23, or a byte string (RFC 9528 appendix A.2)."""
    head = payload[0]
    if head == 0x58:
        return 2 + payload[1]
    return 1 + max(0, head - 0x40) if head < 0x58 else 1


class Client(Handle):
    """One run of a CoAP client: as Initiator in the forward flow, as Responder in the reverse flow.

    `start` gives the first request, `next` takes the answer to it and gives the next
    one, and so on until there is none: then `is_done`. It begins again by itself
    after an Echo challenge and after a refused suite, profile or resumption.

    What they raise ends the run (but for `Pending`, which is answered at the
    `session`, and then `proceed`); `error_request` tells the server.

    `ids` gives the connection identifier, by default one byte at random, for hosts
    without other contexts. `prepare` is given each session before its first message.
    One thread at a time uses a client (StateError otherwise). A `prepare` that refers to its
    own client keeps it alive until that is closed.

    >>> client = lake.coap.Client(lake.testing.configs()[0])
    >>> request = client.start()  # POST it to /.well-known/edhoc
    >>> request.payload[:1].hex(), len(request.payload)
    ('f5', 38)
    """

    _free = "lake_coap_client_free"

    def __init__(
        self,
        config: Config,
        role: Role = Role.INITIATOR,
        *,
        ids: Ids | None = None,
        prepare: Prepare | None = None,
        profiles: Iterable[Profile] = (),
        ask_profiles: bool | None = None,
    ) -> None:
        self._role = role
        self._events: deque[Entry] = deque(maxlen=64)
        self._error_request: Outgoing | None = None
        self._reason = "it has not begun"
        handle = c_void_p()
        given = ids._handle if ids is not None else None
        check(lib.lake_coap_client_new(config._handle, role, given, byref(handle)))
        super().__init__(handle.value or 0)
        if prepare is not None:
            self.set_prepare(prepare)
        for profile in profiles:
            self.add_profile(profile)
        if ask_profiles is not None:
            self.ask_profiles(ask_profiles)

    def _check(self, status: int) -> None:
        """Raises unless a call on this client succeeded."""
        raise_from_callback()
        if status < 0 and status not in _NO_TEXT:
            fail(status, get_text(lib.lake_coap_client_error_text, self._handle))
        check(status)

    # --- Before the start ---------------------------------------------------------------

    def set_prepare(self, prepare: Prepare | None) -> None:
        """Sets who is given each session before its first message; None: nobody. StateError after the start.

        There are several sessions if the server makes the client begin again.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> client.set_prepare(lambda session: session.ead_pad(1, 10))
        >>> len(client.start().payload)
        48
        """
        made = _abi.lake_coap_prepare_fn() if prepare is None else _PREPARE
        self._check(lend(prepare, lambda *held: lib.lake_coap_client_set_prepare(self._handle, made, *held)))

    def discover(self, document: str) -> str:
        """Reads the server's answer to GET /.well-known/core, and makes message_1 fit what it says.

        Gives the path of its first EDHOC resource that suits. NotFoundError if none
        does, MessageError.

        >>> config_i, config_r = lake.testing.configs()
        >>> server = lake.coap.Server(responder=config_r, on_event=print)
        >>> lake.coap.Client(config_i).discover('</hello>,' + server.link('/edhoc'))
        '/edhoc'
        """
        text = document.encode()
        return get_text(lib.lake_coap_client_discover, self._handle, text, len(text), check=self._check)

    def suit(self, profile: Profile) -> None:
        """Makes message_1 fit a profile. PeerError (NO_COMMON_SUITE), MessageError (METHOD).

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> client.suit(lake.coap.Profile(methods=[3], suites=[3]))
        >>> client.start().payload[:4].hex()  # 3, [2, 3]
        'f5038202'
        """
        self._check(lib.lake_coap_client_suit(self._handle, byref(profile_struct(profile))))

    def add_profile(self, profile: Profile) -> None:
        """Advertises a profile in message_1, by its ID, or else what it says.

        >>> client = lake.coap.Client(lake.testing.configs(ead_labels=[32791])[0])
        >>> client.add_profile(lake.coap.Profile(id=0))
        """
        self._check(lib.lake_coap_client_add_profile(self._handle, byref(profile_struct(profile))))

    def ask_profiles(self, ask: bool | None = True) -> None:
        """Asks in message_1 for the profiles of the server (True), for none (False), or says nothing.

        The label 32791 has to be among `Config.set_ead_labels`.

        >>> client = lake.coap.Client(lake.testing.configs(ead_labels=[32791])[0])
        >>> client.ask_profiles()
        """
        self._check(lib.lake_coap_client_ask_profiles(self._handle, answer_of(ask)))

    # --- The run ---------------------------------------------------------------------------

    def start(self) -> Outgoing:
        """The first request, for /.well-known/edhoc or what `discover` found.

        >>> config, _ = lake.testing.configs()
        >>> lake.coap.Client(config, lake.Role.RESPONDER).start()
        Outgoing(code=2, payload=b'', format=None, ...)
        """
        request = self._request(lib.lake_coap_client_start)
        assert request
        return request

    def next(self, response: Incoming) -> Outgoing | None:
        """Takes the answer to the last request and gives the next one; None: the client is done.

        CoapError (REFUSED, CHALLENGES, ANSWER), and what sessions raise.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> request = client.start()
        >>> client.next(lake.coap.Incoming(0x84, b'what is EDHOC?'))
        Traceback (most recent call last):
        lake.errors.CoapError: ...
        """
        if response.payload:
            self._events.append(Entry("received", bytes(response.payload)))
        made = incoming(response)
        return self._request(lib.lake_coap_client_next, byref(made))

    def proceed(self) -> Outgoing | None:
        """Goes on after a `Pending` was answered at the session; does what `next` does.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> client.proceed()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        return self._request(lib.lake_coap_client_continue)

    def again(self) -> Outgoing:
        """The last request once more, with the same bytes. StateError before the start.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> client.start() == client.again()
        True
        """
        status, request, room = call(lib.lake_coap_client_again, self._handle)
        if status == Status.ERR_BUFFER_TOO_SMALL:
            status, request, _ = call(lib.lake_coap_client_again, self._handle, room=room)
        self._check(status)
        return request

    def _request(self, function: Any, *args: Any) -> Outgoing | None:
        status, made, _ = call(function, self._handle, *args)
        self._error_request = made if status < 0 and made.code != Code.EMPTY else None
        try:
            if status == Status.ERR_BUFFER_TOO_SMALL:
                check(0)  # what a callback has raised
                made = self.again()
            else:
                self._check(status)
        except (Pending, UsageError):
            raise
        except BaseException as error:
            self._reason = str(error)
            self._events.append(Entry("raised", text=self._reason))
            self._sent(made, failed=True)
            raise
        self._sent(made)
        return made if made.code != Code.EMPTY else None

    def _sent(self, request: Outgoing, *, failed: bool = False) -> None:
        """Tells the trace of a request, without what stands in front of the message."""
        if request.payload:
            message = request.payload[_prefix_length(request.payload) :]
            self._events.append(Entry("sent", message, failed=failed))

    @property
    def error_request(self) -> Outgoing | None:
        """The EDHOC error message that is to be sent after the last call has raised; its answer does not matter.

        None if none is due.

        >>> config_i, config_r = lake.testing.configs()
        >>> server = lake.coap.Server(responder=config_r, on_event=print)
        >>> client = lake.coap.Client(lake.testing.configs(suite=2)[0])  # it knows another server
        >>> answer = server.handle(lake.coap.Incoming(2, client.start().payload))
        >>> try:
        ...     client.next(lake.coap.Incoming(answer.code, answer.payload))
        ... except lake.LakeError:
        ...     client.error_request.format
        65
        """
        return self._error_request

    def no_answer(self) -> None:
        """Ends the run after the stack has given up waiting. StateError if it waits for nothing.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> request = client.start()
        >>> client.no_answer()
        >>> client.session
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_coap_client_no_answer(self._handle))
        self._reason = status_text(Status.ERR_NO_ANSWER)

    def combine(self, payload: Bytes, *, block: int = 0, max: int = 0) -> tuple[bytes, bool]:
        """Makes the payload of a combined request (RFC 9668) in the place of the request with message_3.

        `payload` is the OSCORE payload of a request that is protected with the
        session's context; of one in inner blocks, `block` is the number of this one:
        only the first is combined. `max` above 0 is MAX_UNFRAGMENTED_SIZE. Gives the
        payload to send, and whether to send it with the EDHOC option.

        The answer goes to `verified` if OSCORE has verified it, and to `next` if it
        is not protected. CoapError: COMBINED_SIZE means to send `again` first, and
        the protected request after it; NO_COMBINED that message_4 is required.

        >>> config_i, config_r = lake.testing.configs()
        >>> server = lake.coap.Server(responder=config_r, on_event=lambda event: print(event.kind.name))
        >>> client = lake.coap.Client(config_i)
        >>> answer = server.handle(lake.coap.Incoming(2, client.start().payload))
        >>> request = client.next(lake.coap.Incoming(answer.code, answer.payload))
        >>> payload, edhoc = client.combine(b'what OSCORE made')
        >>> kid = client.session.info.peer_connection_id
        >>> answer = server.handle(lake.coap.Incoming(2, payload, edhoc=edhoc, kid=kid))
        ESTABLISHED
        >>> answer.oscore, payload[answer.oscore_offset:]
        (True, b'what OSCORE made')
        """
        payload, edhoc, size = bytes(payload), c_int32(), c_size_t()
        room = len(payload) + ROOM
        buffer = ctypes.create_string_buffer(room)
        self._check(
            lib.lake_coap_client_combine(
                self._handle, payload, len(payload), block, max, byref(edhoc), buffer, room, byref(size)
            )
        )
        return ctypes.string_at(buffer, size.value), bool(edhoc.value)

    def verified(self) -> None:
        """OSCORE has verified a message of the server with the new context: the client is done. StateError.

        >>> lake.coap.Client(lake.testing.configs()[0]).verified()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_coap_client_verified(self._handle))

    # --- What it has -----------------------------------------------------------------------

    @property
    def is_done(self) -> bool:
        """Whether both sides have the context, as far as this one can know.

        >>> lake.coap.Client(lake.testing.configs()[0]).is_done
        False
        """
        return bool(get_number(c_int32, lib.lake_coap_client_is_done, self._handle, check=self._check))

    @property
    def session(self) -> Session:
        """The session: to answer questions, to see who the peer is, and for the OSCORE context.

        Before the client is done, the context is for the combined request only. The
        session is the client's: it is gone with it, and with a run that begins again or
        fails. StateError before the start and after a failure.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> request = client.start()
        >>> client.session.info.state.name
        'WAIT_MESSAGE_2'
        """
        handle = c_void_p()
        self._check(lib.lake_coap_client_session(self._handle, byref(handle)))
        session = Session._of(handle.value or 0)
        if session._owner is not self:
            session._owner, session._events = self, self._events  # the client lives as long
            session._note()
        return session

    @property
    def peer_profiles(self) -> list[Profile]:
        """The profiles that the server advertised, in message_2 or in an error message. StateError before the start.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> request = client.start()
        >>> client.peer_profiles
        []
        """
        return all_profiles(
            lambda index, made: lib.lake_coap_client_peer_profile(self._handle, index, made), self._check
        )

    def trace(self, *, insecure_secrets: bool = False) -> str:
        """What happened so far, as `Session.trace`; also when the run has failed.

        >>> client = lake.coap.Client(lake.testing.configs()[0])
        >>> request = client.start()
        >>> print(client.trace().splitlines()[1])
        message_1 sent, 37 bytes
        """
        try:
            return render(self.session, self._events, insecure_secrets)
        except StateError:
            return render_failed(self._role, self._events, self._reason)


def _prepare(prepare: int, session: int) -> None:
    made = Session._of(session)
    made._note()
    lent(prepare)(made)


_PREPARE = trampoline(_abi.lake_coap_prepare_fn, _prepare)
