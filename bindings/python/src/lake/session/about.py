"""What a session says of itself, in any state."""

from __future__ import annotations

from .._abi import Next, Role
from .._library import get_bytes, lib
from .base import Base


class About(Base):
    """Getters of a session."""

    @property
    def role(self) -> Role:
        """Initiator or Responder.

        >>> lake.testing.sessions()[0].role.name
        'INITIATOR'
        """
        return Role(self._number(lib.lake_session_role))

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
