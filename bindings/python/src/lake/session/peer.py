"""Who the peer is, and who this side is for it."""

from __future__ import annotations

from ctypes import byref, c_int64, c_void_p

from .._abi import NameKind
from .._library import get_bytes, get_numbers, lib
from .._status import Status
from ..credential import Credential
from .base import Base


class Peer(Base):
    """Questions about the peer, asked and answered."""

    @property
    def peer_id_cred(self) -> bytes:
        """ID_CRED_x of the peer, as the CBOR map, from PendingCredential on. NotFoundError before.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_id_cred.hex()
        'a1044132'
        """
        return get_bytes(lib.lake_session_peer_id_cred, self._handle, check=self._check)

    def set_peer_credential(self, credential: Credential) -> None:
        """Answers PendingCredential: this is the peer's credential, and it is trusted. Then proceed.

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
        >>> message_1 = initiator.prepare_message(1)
        >>> initiator.reject_peer(lake.Status.ERR_PEER_REJECTED)
        >>> initiator.info.state.name
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
        """The credential that the peer authenticated with. NotFoundError before (`SessionInfo.is_authenticated`).

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.peer_credential.text(lake.TextKind.SUBJECT)
        'responder'
        """
        handle = c_void_p()
        self._check(lib.lake_session_peer_credential(self._handle, byref(handle)))
        return Credential(handle.value or 0)

    @property
    def peer_suites(self) -> list[int]:
        """The suites that the peer named: SUITES_I, or SUITES_R of an error message. NotFoundError.

        >>> initiator, responder = lake.testing.handshake()
        >>> responder.peer_suites
        [2]
        """
        return get_numbers(c_int64, lib.lake_session_peer_suites, self._handle, check=self._check)
