"""Methods, suites and credentials: what the device supports of them leads to keys."""

from __future__ import annotations

from ..errors import LakeError
from ..info import method_info, methods, suite_info, suites
from .case import NotApplicable, Table
from .device import TRUE, Device, error_in, message_in

table = Table("methods, suites, credentials")
case = table.case


@case("RFC 9528 3.2", over=[(f"{method}_{suite}", method, suite) for method in methods()[:4] for suite in suites()])
def run(device: Device, method: int, suite: int) -> None:
    """A run with a method and suite that the device supports leads to keys."""
    info = method_info(method)
    own_kind = suite_info(suite).signature_key if info.signature_initiator else suite_info(suite).curve
    peer_kind = suite_info(suite).signature_key if info.signature_responder else suite_info(suite).curve
    if not any(own.info.key_kind == own_kind for own in device.target.own):
        raise NotApplicable("no own credential that was given has a key for it")
    if device.target.peers and not any(peer.info.key_kind == peer_kind for peer in device.target.peers):
        raise NotApplicable("no credential of the device that was given has a key for it")
    session = device.session(methods=[method], suites=[suite])
    answer = device.post(TRUE + session.prepare_message(1))
    if error := error_in(answer):
        if error[0] == 2 and (method, suite) != (device.target.method, device.target.suite):
            raise NotApplicable(f"the device does not support suite {suite}")
        if error[0] == 1 and method != device.target.method:
            raise NotApplicable(f"the device does not support method {method}: {error[1:]}")
    session.process_message(2, message_in(answer))
    device.finish(session)


@case("RFC 9528 3.5", over=[(str(n), n) for n in range(4)])
def own_credential(device: Device, number: int) -> None:
    """Each credential that the device was said to trust leads to keys."""
    if number >= len(device.target.own):
        raise NotApplicable(f"{len(device.target.own)} were given")
    own = device.target.own[number]
    session = device.session(own=own)
    try:
        session.prepare_message(1)
    except LakeError as why:
        raise NotApplicable(f"it does not go with method {device.target.method}: {why}") from why
    device.run(own=own)
