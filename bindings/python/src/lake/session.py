"""Session: one run of EDHOC, on one side."""

from __future__ import annotations

import ctypes
from collections import deque
from contextlib import suppress
from ctypes import byref, c_int32, c_int64, c_void_p
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import _abi
from ._abi import NameKind, Next, Renewal, Role, State
from ._library import (
    Bytes,
    Handle,
    fail,
    get_bytes,
    get_code_and_text,
    get_number,
    get_numbers,
    get_text,
    lib,
    raise_from_callback,
)
from ._status import Status
from .config import Config, EADItem
from .credential import Credential
from .resumption import ResumptionStore
from .trace import Event, render

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


class PeerError(NamedTuple):
    """The error message that the peer sent; the text is empty but for code 1."""

    code: int
    text: str


class Session(Handle):
    """One run of EDHOC, on one side.

    The short way: `step` until `is_complete`, then `oscore_context` or `export`.
    Message by message: `prepare_message_1`, `process_message_2` and so on. Any
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

    _free = "lake_session_free"

    def __init__(self, config: Config, role: Role, *, connection_id: Bytes | None = None) -> None:
        handle = c_void_p()
        status = lib.lake_session_new(config._handle, role, byref(handle))
        if status:
            fail(status)
        self._adopt(handle.value or 0, config)
        if connection_id is not None:
            self.set_connection_id(connection_id)

    def _adopt(self, handle: int, config: Config, owner: object = None) -> None:
        super().__init__(handle)
        self._config = config  # its callbacks must live as long
        self._owner = owner  # a server or client of lake.coap, which frees the session; None: it is the host's
        self._kept: list[Credential] = []  # their signers must live as long
        self._events: deque[Event] = deque(maxlen=64)
        if config._callbacks or owner:
            config._sessions[handle] = self

    @classmethod
    def _lent(cls, handle: int, config: Config) -> Session:
        """One that belongs to somebody else."""
        session = cls.__new__(cls)
        session._adopt(handle, config, owner="lake.coap")
        return session

    def __del__(self) -> None:
        if getattr(self, "_owner", None) is None:
            super().__del__()

    def _check(self, status: int, error_message: bytes | None = None) -> None:
        """Raises unless a call on this session succeeded."""
        raise_from_callback()
        if status == 0:
            return
        if status > 0 or get_number(c_int32, lib.lake_session_last_error, self._handle) != status:
            fail(status)
        detail = get_text(lib.lake_session_error_text, self._handle)
        if error_message is None and status <= Status.ERR_INTERNAL and self.state == State.FAILED:
            with suppress(LookupError):  # none is due
                error_message = get_bytes(lib.lake_session_prepare_error, self._handle)
        fail(status, detail, error_message)

    # --- Before the run ----------------------------------------------------------------

    def set_connection_id(self, id: Bytes) -> None:
        """Sets one's own connection identifier, C_I or C_R: 0 to 64 bytes (7 at most for OSCORE with AES-CCM).

        It differs from the peer's, and for OSCORE from those of all live contexts
        of this side. Without it, one byte is chosen at random. Before message_1
        (Initiator) or message_2 (Responder) is prepared.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.set_connection_id(b'A')
        >>> initiator.own_connection_id
        b'A'
        """
        self._check(lib.lake_session_set_connection_id(self._handle, bytes(id), len(id)))

    def select_suite(self, suite: int) -> None:
        """Initiator, before message_1: selects another suite than the preferred one.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.select_suite(3)
        """
        self._check(lib.lake_session_select_suite(self._handle, suite))

    def set_own_credential(self, credential: Credential) -> None:
        """Chooses among several own credentials, in the place of the first one that fits.

        The Initiator before message_3, when it has seen the peer, the Responder
        before message_2; a pre-shared key the Initiator before message_1.
        CredentialError without a private key, for a wrong kind of key, and for the
        peer's.

        >>> initiator, responder = lake.testing.sessions()
        >>> message_1 = initiator.prepare_message_1()
        >>> initiator.set_own_credential(lake.Credential.generate(lake.KeyKind.P256))
        """
        self._check(lib.lake_session_set_own_credential(self._handle, credential._handle))
        self._kept.append(credential)

    def use_resumption(self, store: ResumptionStore, cred_r: Bytes) -> None:
        """Initiator, before message_1: runs method 4 with the key kept for the peer that has CRED_R.

        NotFoundError if there is none: the run then is a full one. If the
        Responder does not know the key any more, `step` goes on with a full run
        by itself; message by message, `fall_back` does it.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.use_resumption(lake.ResumptionStore(), b'\\x01')
        Traceback (most recent call last):
        lake.errors.NotFoundError: there is no such item
        """
        self._check(lib.lake_session_use_resumption(self._handle, store._handle, bytes(cred_r), len(cred_r)))

    # --- The run -------------------------------------------------------------------------

    def step(self, data: Bytes | None = None) -> bytes:
        """Takes what arrived (nothing to start as Initiator) and gives what to send (empty: nothing).

        Without `Config.require_message_4`, the Initiator is complete with
        message_3 and the Responder when it has verified that; method 4 goes on to
        message_4, or to `peer_proved`. After a `Pending` exception: answer it, then
        step() without data.

        A message that fails in whatever way ends the run, also one that could not be
        parsed (RFC 9528 section 9). An error message for an Initiator that is complete
        raises PeerError, as the Responder did not accept message_3; the session stays
        complete.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.step(initiator.step())[:2].hex()  # message_2 is one byte string
        '582b'
        """
        given = None if data is None else bytes(data)
        if given:
            self._events.append(Event("received", given))
        size, cap = ctypes.c_size_t(), 512
        buffer = ctypes.create_string_buffer(cap)
        status = lib.lake_session_step(self._handle, given, len(given or b""), buffer, cap, byref(size))
        while status == Status.ERR_BUFFER_TOO_SMALL:
            cap = size.value
            buffer = ctypes.create_string_buffer(cap)
            status = lib.lake_session_step(self._handle, None, 0, buffer, cap, byref(size))
        out = ctypes.string_at(buffer, size.value)
        self._traced(status, out or None)
        if out:
            self._sent(out)
        return out

    def _traced(self, status: int, error_message: bytes | None = None) -> None:
        """As _check, and the trace tells of it."""
        try:
            self._check(status, error_message)
        except Exception as error:
            self._events.append(Event("raised", text=f"{Status(status).name}: {error}"))
            due = getattr(error, "error_message", None)
            if due:
                self._sent(due, failed=True)
            raise

    def _raise_last(self) -> None:
        """Raises why the host ended the run."""
        self._traced(self.last_error)

    def _sent(self, data: bytes, *, failed: bool = False) -> None:
        """Tells the trace of what is to be sent, once."""
        if not any(event.data == data for event in self._events):
            self._events.append(Event("sent", data, failed=failed))

    def _prepare(self, function: Any) -> bytes:
        out = get_bytes(function, self._handle, cap=512, check=self._traced)
        self._sent(out)
        return out

    def _process(self, function: Any, data: Bytes) -> None:
        given = bytes(data)
        self._events.append(Event("received", given))
        self._traced(function(self._handle, given, len(given)))

    def prepare_message_1(self) -> bytes:
        """Initiator: makes message_1 (RFC 9528 section 5.2.2). CredentialError without an own credential that fits.

        >>> initiator, responder = lake.testing.sessions()
        >>> len(initiator.prepare_message_1())
        37
        """
        return self._prepare(lib.lake_session_prepare_message_1)

    def process_message_1(self, data: Bytes) -> None:
        """Responder: reads message_1 (section 5.2.3). PendingEAD.

        A message that fails, in whatever step, ends the run (section 9), as with the
        next three; `error_message` of the exception is the error message that is due.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> responder.next.name
        'PREPARE_MESSAGE_2'
        """
        self._process(lib.lake_session_process_message_1, data)

    def prepare_message_2(self) -> bytes:
        """Responder: makes message_2 (section 5.3.2). PendingKey.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> len(responder.prepare_message_2())
        45
        """
        return self._prepare(lib.lake_session_prepare_message_2)

    def process_message_2(self, data: Bytes) -> None:
        """Initiator: reads message_2 and authenticates the Responder (section 5.3.3).

        In method 4 a fourth message does the latter. PendingCredential, PendingEAD,
        PendingPeer.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> initiator.process_message_2(responder.prepare_message_2())
        >>> initiator.authenticated
        True
        """
        self._process(lib.lake_session_process_message_2, data)

    def prepare_message_3(self) -> bytes:
        """Initiator: makes message_3 (section 5.4.2). Keys can be exported from here on. PendingKey.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> initiator.process_message_2(responder.prepare_message_2())
        >>> len(initiator.prepare_message_3())
        19
        """
        return self._prepare(lib.lake_session_prepare_message_3)

    def process_message_3(self, data: Bytes) -> None:
        """Responder: reads message_3 and authenticates the Initiator (section 5.4.3); as process_message_2.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> initiator.process_message_2(responder.prepare_message_2())
        >>> responder.process_message_3(initiator.prepare_message_3())
        >>> responder.state.name
        'VERIFIED_MESSAGE_3'
        """
        self._process(lib.lake_session_process_message_3, data)

    def prepare_message_4(self) -> bytes:
        """Responder: makes message_4 (section 5.5.2), which completes the session.

        It is kept for the time of `Config.set_exchange_lifetime`, and is not saved.

        >>> initiator, responder = lake.testing.handshake(complete=False)
        >>> len(responder.prepare_message_4())
        9
        """
        return self._prepare(lib.lake_session_prepare_message_4)

    def process_message_4(self, data: Bytes) -> None:
        """Initiator: reads message_4 (section 5.5.3), which completes the session.

        In method 4 it authenticates the Responder and shows the items of message_2
        that were withheld. PendingEAD.

        >>> initiator, responder = lake.testing.handshake(complete=False)
        >>> initiator.process_message_4(responder.prepare_message_4())
        >>> initiator.is_complete
        True
        """
        self._process(lib.lake_session_process_message_4, data)

    def resume(self) -> None:
        """Goes on after a `Pending` was answered: raises or does what the interrupted call would have.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.PEER)
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> try:
        ...     initiator.process_message_2(responder.prepare_message_2())
        ... except lake.PendingPeer:
        ...     initiator.resume()  # the peer is accepted
        >>> initiator.authenticated
        True
        """
        self._traced(lib.lake_session_resume(self._handle))

    def complete_without_message_4(self) -> None:
        """Completes a session in which message_4 is not required.

        The Responder after message_3, the Initiator after it has verified a
        message that is protected with the new keys. In method 4 nobody has
        authenticated then: `peer_proved` does that.

        >>> initiator, responder = lake.testing.handshake(complete=False)
        >>> responder.complete_without_message_4()
        >>> responder.is_complete
        True
        """
        self._check(lib.lake_session_complete_without_message_4(self._handle))

    def peer_proved(self) -> None:
        """Initiator: a message of the Responder that is protected with the new keys was verified.

        Such as an OSCORE response. In method 4 that is what message_4 would have been:
        it authenticates the Responder, shows the items of message_2 that were withheld
        (PendingEAD), and completes the session. It can also be called after
        `complete_without_message_4`; a critical item that nobody accepts then ends the
        run. In the other methods it completes a session that waits for message_4.
        StateError for a Responder, and if message_4 is required.

        >>> initiator, responder = lake.testing.handshake(complete=False)
        >>> initiator.peer_proved()
        >>> initiator.is_complete
        True
        """
        self._traced(lib.lake_session_peer_proved(self._handle))

    def restart(self) -> None:
        """Initiator: a new run after PEER_SUITE, with the preferred suite among those that both support.

        PeerError if there is none, or if the Responder refused that suite before.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.restart()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_session_restart(self._handle))

    def fall_back(self) -> None:
        """Initiator: a new, full run after a resumption that the Responder did not know. The key is dropped.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.fall_back()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_session_fall_back(self._handle))

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

    # --- External authorization data (RFC 9528 section 3.8) -------------------------------------

    def ead_add(self, message: int, label: int, value: Bytes | None = None) -> None:
        """Adds an item to message 1 to 4 that is not prepared yet; a negative label marks a critical item.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.ead_add(1, 1000, b'hello')
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> responder.ead(1)
        [EADItem(label=1000, value=b'hello', unverified=False)]
        """
        given = None if value is None else bytes(value)
        self._check(lib.lake_session_ead_add(self._handle, message, label, given, len(given or b"")))

    def ead_pad(self, message: int, n: int) -> None:
        """Makes a message n bytes longer with padding, n at least 1 (section 3.8.1).

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.ead_pad(1, 3)
        >>> len(initiator.prepare_message_1())
        40
        """
        self._check(lib.lake_session_ead_pad(self._handle, message, n))

    def ead(self, message: int) -> list[EADItem]:
        """The received items of a message, padding left out.

        Until the call that processes the message has succeeded, anybody may have
        made them. Those of message_2 in method 4 are withheld until message_4 or
        `peer_proved`, but for the labels of `Config.set_early_ead_labels`.

        >>> initiator, responder = lake.testing.handshake()
        >>> responder.ead(3)
        []
        """
        n = get_number(ctypes.c_size_t, lib.lake_session_ead_count, self._handle, message, check=self._check)
        return [self._ead_get(message, index) for index in range(n)]

    def _ead_get(self, message: int, index: int) -> EADItem:
        label, has_value = c_int64(), c_int32()
        value = get_bytes(
            lib.lake_session_ead_get, self._handle, message, index, byref(label), byref(has_value), check=self._check
        )
        unverified = get_number(
            c_int32, lib.lake_session_ead_is_unverified, self._handle, message, index, check=self._check
        )
        return EADItem(label.value, value if has_value.value else None, unverified=bool(unverified))

    def ead_accept(self, message: int, index: int) -> None:
        """Answers PendingEAD for one item: it is understood. Then resume; what was not accepted ends the run.

        In method 4, PENDING_MESSAGE_4 asks about items of message 2 as well as of message 4.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.EAD)
        >>> initiator.ead_add(1, -1000)
        >>> try:
        ...     responder.process_message_1(initiator.prepare_message_1())
        ... except lake.PendingEAD:
        ...     responder.ead_accept(1, 0)
        ...     responder.resume()
        """
        self._check(lib.lake_session_ead_accept(self._handle, message, index))

    def ead_reject(self, message: int, index: int) -> None:
        """Answers PendingEAD by ending the run.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.EAD)
        >>> initiator.ead_add(1, -1000)
        >>> try:
        ...     responder.process_message_1(initiator.prepare_message_1())
        ... except lake.PendingEAD:
        ...     responder.ead_reject(1, 0)
        >>> responder.state.name
        'FAILED'
        """
        self._check(lib.lake_session_ead_reject(self._handle, message, index))

    # --- The peer ----------------------------------------------------------------------------------

    @property
    def peer_id_cred(self) -> bytes:
        """ID_CRED_x of the peer, as the CBOR map, from PendingCredential on. NotFoundError before.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_id_cred.hex()
        'a1044132'
        """
        return get_bytes(lib.lake_session_peer_id_cred, self._handle, check=self._check)

    def set_peer_credential(self, credential: Credential) -> None:
        """Answers PendingCredential: this is the peer's credential, and it is trusted. Then resume.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.set_peer_credential(lake.Credential.generate(lake.KeyKind.P256))
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._check(lib.lake_session_set_peer_credential(self._handle, credential._handle))

    def reject_peer(self, reason: Status = Status.ERR_CREDENTIAL_UNKNOWN) -> None:
        """Ends the run because of who the peer is, or is not: ERR_CREDENTIAL_UNKNOWN or ERR_PEER_REJECTED.

        With the first, the peer is told to refer to its credential in another way. As
        with `abort`, it is told nothing while this side waits for an answer.

        >>> initiator, responder = lake.testing.sessions()
        >>> message_1 = initiator.prepare_message_1()
        >>> initiator.reject_peer(lake.Status.ERR_PEER_REJECTED)
        >>> initiator.state.name
        'FAILED'
        """
        self._check(lib.lake_session_reject_peer(self._handle, reason))

    def expect_peer(self, kind: NameKind, name: str) -> None:
        """Says who the peer of this run has to be: another one ends it with PEER_REJECTED.

        Of several names one is enough. Allowed until the peer has authenticated.
        ArgumentError for what is no name of its kind.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.expect_peer(lake.NameKind.CCS, 'responder')
        """
        self._check(lib.lake_session_expect_peer(self._handle, kind, name.encode()))

    @property
    def own_credential(self) -> Credential:
        """The credential that this side authenticates with. NotFoundError before it was chosen.

        >>> initiator, responder = lake.testing.handshake()
        >>> responder.own_credential.text(lake.TextKind.SUBJECT)
        'responder'
        """
        handle = c_void_p()
        self._check(lib.lake_session_own_credential(self._handle, byref(handle)))
        return Credential(handle.value or 0)

    @property
    def peer_credential(self) -> Credential:
        """The credential that the peer authenticated with. NotFoundError before, as `authenticated` says.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_credential.text(lake.TextKind.SUBJECT)
        'responder'
        """
        handle = c_void_p()
        self._check(lib.lake_session_peer_credential(self._handle, byref(handle)))
        return Credential(handle.value or 0)

    @property
    def peer_is_new(self) -> bool:
        """Whether, with `PeerPolicy.LEARN`, the key of the peer was accepted for the first time.

        Keep `peer_credential` then, and pin it in the next config.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_is_new
        False
        """
        return bool(get_number(c_int32, lib.lake_session_peer_is_new, self._handle, check=self._check))

    @property
    def peer_suites(self) -> list[int]:
        """The suites that the peer named: SUITES_I, or SUITES_R of an error message. NotFoundError.

        >>> initiator, responder = lake.testing.handshake()
        >>> responder.peer_suites
        [2]
        """
        return get_numbers(c_int64, lib.lake_session_peer_suites, self._handle, check=self._check)

    # --- Errors --------------------------------------------------------------------------------------

    def prepare_error(self) -> bytes:
        """The error message that is due after a failure (RFC 9528 chapter 6); sending it ends the run.

        NotFoundError if none is due: after success, after an error message of the
        peer or what looks like one, for a message_1 that could not be made, after
        completion.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message_1(initiator.prepare_message_1())
        >>> responder.abort()
        >>> responder.prepare_error()
        b'\\x01gaborted'
        """
        out = get_bytes(lib.lake_session_prepare_error, self._handle, check=self._check)
        self._sent(out, failed=True)
        return out

    def process_error(self, data: Bytes) -> None:
        """Takes an error message of the peer, which ends the run, and raises PeerError.

        What is not an error message ends it, too: MessageError. The methods that
        process a message do the same when they get one.

        >>> initiator, responder = lake.testing.sessions()
        >>> message_1 = initiator.prepare_message_1()
        >>> initiator.process_error(b'\\x01\\x62no')
        Traceback (most recent call last):
        lake.errors.PeerError: ...
        """
        self._process(lib.lake_session_process_error, data)

    def abort(self) -> None:
        """Ends the run; `prepare_error` gives the error message to send.

        There is none while this side waits for an answer: error messages are answers.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.abort()
        >>> initiator.last_error.name
        'ERR_ABORTED'
        """
        self._check(lib.lake_session_abort(self._handle))

    @property
    def last_error(self) -> Status:
        """Status of the last call that failed, or why the host ended the run; OK if nothing did.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.last_error.name
        'OK'
        """
        return Status(get_number(c_int32, lib.lake_session_last_error, self._handle))

    @property
    def error_text(self) -> str:
        """What exactly was wrong then: text for people, no secret in it.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.error_text
        'success'
        """
        return get_text(lib.lake_session_error_text, self._handle)

    @property
    def peer_error(self) -> PeerError:
        """Code and text of the error message that the peer sent. NotFoundError.

        >>> initiator, responder = lake.testing.sessions()
        >>> message_1 = initiator.prepare_message_1()
        >>> try:
        ...     initiator.step(b'\\x01\\x62no')
        ... except lake.PeerError:
        ...     initiator.peer_error
        PeerError(code=1, text='no')
        """
        return PeerError(*get_code_and_text(lib.lake_session_peer_error, self._handle, check=self._check))

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

    # --- Renewal and saved sessions -------------------------------------------------------------------------

    def resumption_credential(self, kid_len: int = 0) -> Credential:
        """The resumption key as a PSK credential with a kid of kid_len bytes (0: 2), for hosts that keep keys.

        Of a completed, authenticated session; see `ResumptionStore` for the short way.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.resumption_credential().kind.name
        'PSK'
        """
        handle = c_void_p()
        self._check(lib.lake_session_resumption_credential(self._handle, kid_len, byref(handle)))
        return Credential(handle.value or 0)

    @property
    def is_resumed(self) -> bool:
        """Whether the session is authenticated, or is to be, by a resumption key.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.is_resumed
        False
        """
        return bool(self._number(lib.lake_session_is_resumed))

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
        function = lib.lake_session_renewal
        return Renewal(get_number(c_int32, function, self._handle, sent, received, failures, check=self._check))

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
        >>> lake.Session.restore(config_i, key, blob).state.name
        'WAIT_MESSAGE_2'
        """
        key = bytes(key)
        return get_bytes(lib.lake_session_save, self._handle, key, len(key), cap=2048, check=self._check)

    @classmethod
    def restore(cls, config: Config, key: Bytes, blob: Bytes) -> Session:
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
        session._adopt(handle.value or 0, config)
        return session

    # --- Introspection, in any state --------------------------------------------------------------------------

    def _number(self, function: Any) -> int:
        return get_number(c_int32, function, self._handle, check=self._check)

    @property
    def role(self) -> Role:
        """Initiator or Responder.

        >>> lake.testing.sessions()[0].role.name
        'INITIATOR'
        """
        return Role(self._number(lib.lake_session_role))

    @property
    def state(self) -> State:
        """The state.

        >>> lake.testing.sessions()[0].state.name
        'START'
        """
        return State(self._number(lib.lake_session_state))

    @property
    def next(self) -> Next:
        """What the session expects of the host.

        >>> lake.testing.sessions()[0].next.name
        'PREPARE_MESSAGE_1'
        """
        return Next(self._number(lib.lake_session_next))

    @property
    def method(self) -> int:
        """The method, from message_1 on; NotFoundError before.

        >>> lake.testing.handshake()[1].method
        3
        """
        return self._number(lib.lake_session_method)

    @property
    def suite(self) -> int:
        """The selected suite, from message_1 on; NotFoundError before.

        >>> lake.testing.handshake()[1].suite
        2
        """
        return self._number(lib.lake_session_suite)

    @property
    def own_connection_id(self) -> bytes:
        """One's own connection identifier. NotFoundError before it is chosen.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.own_connection_id == responder.peer_connection_id
        True
        """
        return get_bytes(lib.lake_session_own_connection_id, self._handle, check=self._check)

    @property
    def peer_connection_id(self) -> bytes:
        """The peer's connection identifier. NotFoundError before it is known.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_connection_id == responder.own_connection_id
        True
        """
        return get_bytes(lib.lake_session_peer_connection_id, self._handle, check=self._check)

    @property
    def is_complete(self) -> bool:
        """Whether the run is over with success.

        >>> lake.testing.handshake()[0].is_complete
        True
        """
        return bool(self._number(lib.lake_session_is_complete))

    @property
    def authenticated(self) -> bool:
        """Whether the peer has proved who it is.

        In method 4 the Initiator knows that with message_4 or `peer_proved` only, also
        when it is complete.

        >>> lake.testing.handshake()[0].authenticated
        True
        """
        return bool(self._number(lib.lake_session_authenticated))

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
        return f"<lake.Session {self.role.name.lower()}, {self.state.name}>"
