"""What a session says of itself, in any state."""

from __future__ import annotations

from dataclasses import dataclass

from .. import _abi
from .._abi import Next, Role, State
from .._library import fill, lib
from .._status import Status


@dataclass(frozen=True)
class SessionInfo:
    """What is known of a session at one moment: `Session.info`."""

    role: Role
    state: State
    next: Next
    """what the session expects of the host"""
    method: int | None
    """from message_1 on"""
    suite: int | None
    """the selected one, from message_1 on"""
    is_complete: bool
    """the run is over with success"""
    is_authenticated: bool
    """The peer has proved who it is. In method 4 the Initiator knows that with message_4 or
    `Session.peer_proved` only, also when it is complete."""
    is_resumed: bool
    """authenticated, or to be, by a resumption key"""
    is_peer_new: bool
    """With `PeerPolicy.LEARN`, the key of the peer was accepted for the first time: keep
    `Session.peer_credential`, and pin it in the next config."""
    pending: Status
    """the question that the host has to answer; OK: none"""
    last_error: Status
    """of the last call that failed, or why the host ended the run; OK: none"""
    own_connection_id: bytes | None
    """None before it is chosen"""
    peer_connection_id: bytes | None
    """None before it is known"""


def read_info(session: int) -> SessionInfo:
    """What is known of the session with a handle."""
    made = fill(_abi.lake_session_info, lib.lake_session_info, session)
    ids = {
        name: bytes(getattr(made, name)[:length]) if length >= 0 else None
        for name in ("own_connection_id", "peer_connection_id")
        for length in [getattr(made, f"{name}_len")]
    }
    return SessionInfo(
        role=Role(made.role),
        state=State(made.state),
        next=Next(made.next),
        method=None if made.method < 0 else made.method,
        suite=None if made.suite < 0 else made.suite,
        is_complete=bool(made.is_complete),
        is_authenticated=bool(made.is_authenticated),
        is_resumed=bool(made.is_resumed),
        is_peer_new=bool(made.is_peer_new),
        pending=Status(made.pending),
        last_error=Status(made.last_error),
        own_connection_id=ids["own_connection_id"],
        peer_connection_id=ids["peer_connection_id"],
    )
