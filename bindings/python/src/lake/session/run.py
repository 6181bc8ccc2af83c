"""A run, from its preparation to its end."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_int64

from .._library import Bytes, get_bytes, get_code_and_text, get_numbers, lib
from .._status import Status
from ..credential import Credential
from ..info import ErrorMessage
from ..resumption import ResumptionStore
from .base import Base


class Run(Base):
    """What makes and takes messages."""

    # --- Before the run ----------------------------------------------------------------

    def set_connection_id(self, id: Bytes) -> None:
        """Sets one's own connection identifier, C_I or C_R: 0 to 64 bytes (7 at most for OSCORE with AES-CCM).

        It differs from the peer's, and for OSCORE from those of all live contexts
        of this side. Without it, one byte is chosen at random. Before message_1
        (Initiator) or message_2 (Responder) is prepared.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.set_connection_id(b'A')
        >>> initiator.info.own_connection_id
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
        >>> message_1 = initiator.prepare_message(1)
        >>> initiator.set_own_credential(lake.Credential.generate(lake.KeyKind.P256))
        """
        self._check(lib.lake_session_set_own_credential(self._handle, credential._handle))

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

        Unless message_4 is required (`Config`), the Initiator is complete with
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
        given = self._received(data) if data else None
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

    def prepare_message(self, message: int) -> bytes:
        """Makes message_1 to message_4, of the number `message`. StateError if it is not its turn.

        1, Initiator (RFC 9528 section 5.2.2): CredentialError without an own credential
        that fits. 2, Responder (section 5.3.2), and 3, Initiator (section 5.4.2):
        PendingKey. From message_3 on the Initiator can export keys. 4, Responder (section
        5.5.2): it completes the session, and is kept for the time of
        `ConfigOption.EXCHANGE_LIFETIME`: StateError after that, and in a session that was
        saved and restored.

        >>> initiator, responder = lake.testing.sessions()
        >>> len(initiator.prepare_message(1))
        37
        """
        function = lib.lake_session_prepare_message
        out = get_bytes(function, self._handle, message, cap=512, check=self._traced)
        self._sent(out)
        return out

    def process_message(self, message: int, data: Bytes) -> None:
        """Reads message_1 to message_4, of the number `message`.

        1, Responder (section 5.2.3): PendingEAD. 2, Initiator (section 5.3.3): authenticates
        the Responder, but in method 4, where a fourth message does that;
        PendingCredential, PendingEAD, PendingPeer. 3, Responder (section 5.4.3):
        authenticates the Initiator, as with message_2, and keys can be exported. 4,
        Initiator (section 5.5.3): completes the session; in method 4 it authenticates the
        Responder and shows the items of message_2 that were withheld. PendingEAD.

        A message that fails, in whatever step, ends the run (section 9); `error_message` of
        the exception is the error message that is due.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message(1, initiator.prepare_message(1))
        >>> initiator.process_message(2, responder.prepare_message(2))
        >>> responder.process_message(3, initiator.prepare_message(3))
        >>> initiator.process_message(4, responder.prepare_message(4))
        >>> initiator.info.is_authenticated, initiator.info.is_complete
        (True, True)
        """
        given = self._received(data)
        self._traced(lib.lake_session_process_message(self._handle, message, given, len(given)))

    def proceed(self) -> None:
        """Goes on after a `Pending` was answered: raises or does what the interrupted call would have.

        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.PEER)
        >>> responder.process_message(1, initiator.prepare_message(1))
        >>> try:
        ...     initiator.process_message(2, responder.prepare_message(2))
        ... except lake.PendingPeer:
        ...     initiator.proceed()  # the peer is accepted
        >>> initiator.info.is_authenticated
        True
        """
        self._traced(lib.lake_session_continue(self._handle))

    def complete_without_message_4(self) -> None:
        """Completes a session in which message_4 is not required.

        The Responder after message_3, the Initiator after it has verified a
        message that is protected with the new keys. In method 4 nobody has
        authenticated then: `peer_proved` does that.

        >>> initiator, responder = lake.testing.handshake(complete=False)
        >>> responder.complete_without_message_4()
        >>> responder.info.is_complete
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
        >>> initiator.info.is_complete
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

    # --- Errors --------------------------------------------------------------------------------------

    def prepare_error(self) -> bytes:
        """The error message that is due after a failure (RFC 9528 chapter 6); sending it ends the run.

        NotFoundError if none is due: after success, after an error message of the
        peer or what looks like one, for a message_1 that could not be made, after
        completion.

        >>> initiator, responder = lake.testing.sessions()
        >>> responder.process_message(1, initiator.prepare_message(1))
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
        >>> message_1 = initiator.prepare_message(1)
        >>> initiator.process_error(b'\\x01\\x62no')
        Traceback (most recent call last):
        lake.errors.PeerError: ...
        """
        given = self._received(data)
        self._traced(lib.lake_session_process_error(self._handle, given, len(given)))

    def abort(self) -> None:
        """Ends the run; `prepare_error` gives the error message to send.

        There is none while this side waits for an answer: error messages are answers.

        >>> initiator, responder = lake.testing.sessions()
        >>> initiator.abort()
        >>> initiator.info.last_error.name
        'ERR_ABORTED'
        """
        self._check(lib.lake_session_abort(self._handle))

    @property
    def peer_error(self) -> ErrorMessage:
        """The error message that the peer sent. NotFoundError.

        >>> initiator, responder = lake.testing.sessions()
        >>> message_1 = initiator.prepare_message(1)
        >>> try:
        ...     initiator.step(b'\\x01\\x62no')
        ... except lake.PeerError:
        ...     initiator.peer_error
        ErrorMessage(code=1, text='no', suites=[])
        """
        code, text = get_code_and_text(lib.lake_session_peer_error, self._handle, check=self._check)
        if code != 2:
            return ErrorMessage(code, text, [])
        return ErrorMessage(
            code, text, get_numbers(c_int64, lib.lake_session_peer_suites, self._handle, check=self._check)
        )
