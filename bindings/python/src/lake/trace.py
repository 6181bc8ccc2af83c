"""What a session did, message by message, for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._abi import Role, State, TextKind
from ._explain import ask, to_decode, to_describe
from .errors import LakeError
from .info import method_info, suite_info

if TYPE_CHECKING:
    from .session import Session, SessionInfo


@dataclass(frozen=True)
class Entry:
    """A message that was sent or received, or what was raised."""

    what: str
    data: bytes = b""
    text: str = ""
    failed: bool = False


def render(session: Session, events: Iterable[Entry], insecure_secrets: bool) -> str:
    """The text of Session.trace."""
    info = session.info
    lines = [f"{info.role.name.capitalize()}, {info.state.name}{_algorithms(info)}"]
    lines += _messages(events, info.role, info.suite, session)
    lines += _outcome(session, info, insecure_secrets)
    return "\n".join(lines)


def render_failed(role: Role, events: Iterable[Entry], reason: str) -> str:
    """The same when there is no session any more."""
    lines = [f"{role.name.capitalize()}, FAILED", *_messages(events, role, None, None)]
    return "\n".join([*lines, f"The run has failed: {reason}"])


def _messages(events: Iterable[Entry], role: Role, suite: int | None, session: Session | None) -> list[str]:
    events = list(events)
    numbered = list(zip(events, _numbers(events, role), strict=True))
    messages = [(event, number) for event, number in numbered if event.what != "raised"]
    questions = [to_decode(e.data, None if e.failed or number > 4 else number, suite) for e, number in messages]
    answers = iter(ask(questions + _id_cred(session)))
    trees = [next(answers) for _ in messages]
    id_cred = next(answers, None)
    lines = []
    for event, number in numbered:
        if event.what == "raised":
            lines.append(f"  -> {event.text}")
            continue
        head, *tree = trees.pop(0).splitlines()
        kind, size = head.rsplit(", ", 1) if ", " in head else (head, "")
        lines += [f"{kind} {event.what}, {size}", *tree, *_contents(session, role, event.what, number, id_cred)]
    return lines


def _numbers(events: Iterable[Entry], role: Role) -> list[int]:
    """Which message each event is about."""
    numbers = []
    count = {"sent": 0, "received": 0}
    first = {"sent": 1, "received": 2}
    if role == Role.RESPONDER:
        first = {"sent": 2, "received": 1}
    before = ""
    for event in events:
        if event.what == "raised":
            numbers.append(0)
            continue
        if before == "received" == event.what:
            count["received"] -= 1  # the one before was refused
        if event.data and event.data[0] >> 5 == 0:  # an integer in front: message_1 starts anew
            count = {"sent": 0, "received": 0}
        before = event.what
        numbers.append(first[event.what] + 2 * count[event.what])
        count[event.what] += 1
    return numbers


def _id_cred(session: Session | None) -> list[str]:
    """The question what the peer's ID_CRED_x is, if there is one."""
    try:
        return [to_describe(session.peer_id_cred)] if session else []
    except LakeError:
        return []


def _algorithms(info: SessionInfo) -> str:
    if info.method is None or info.suite is None:
        return ""
    method, suite = method_info(info.method), suite_info(info.suite)
    return f", method {method.method} ({method.name}), suite {suite.suite} ({suite.name})"


def _contents(session: Session | None, role: Role, what: str, number: int, id_cred: str | None) -> list[str]:
    """What a received message says inside, as far as it was read."""
    if what == "sent" or session is None:
        return []
    lines = []
    try:
        if id_cred and number == (2 if role == Role.INITIATOR else 3):
            lines.append(f"  ID_CRED of the peer: {id_cred}")
        for item in session.ead(number) if 1 < number <= 4 else []:
            lines.append(f"  EAD_{number}: {item.label} = {'none' if item.value is None else item.value.hex()}")
    except LakeError:
        pass  # it was not read so far
    return lines


def _outcome(session: Session, info: SessionInfo, insecure_secrets: bool) -> list[str]:
    lines = []
    if info.is_authenticated:
        lines.append(f"The peer is authenticated: {session.peer_credential.text(TextKind.DESCRIPTION)}")
    if info.state == State.FAILED:
        return [*lines, f"The run has failed: {session.error_text}"]
    try:
        context = session.oscore_context()
    except LakeError:
        return [*lines, f"Next: {info.next.name}"]
    lines.append(
        f"OSCORE: AEAD {context.aead}, hash {context.hash}, "
        f"sender id h'{context.sender_id.hex()}', recipient id h'{context.recipient_id.hex()}'"
    )
    if insecure_secrets:
        lines.append(f"  master secret h'{context.master_secret.hex()}'")
        lines.append(f"  master salt h'{context.master_salt.hex()}'")
    lines.append(f"Next: {info.next.name}")
    return lines
