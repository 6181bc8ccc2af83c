"""OSCORE with the keys of a run, and the combined request (RFC 8613, RFC 9668)."""

from __future__ import annotations

from typing import Any

import aiocoap

from ..aiocoap.security import SecurityContext
from ..session import Session
from .case import NotApplicable, Table, Unmet
from .device import Device, flipped, refused

table = Table("OSCORE")
case = table.case


@case("RFC 9528 A.1")
def protected(device: Device) -> None:
    """A request with the keys of the run is answered under OSCORE."""
    answer = device.get(_keys(device))
    if not answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}, under OSCORE")


@case("RFC 8613 8.1")
def unprotected(device: Device) -> None:
    """A resource that is for OSCORE only is refused without."""
    answer = device.client.ask(device.client.request(aiocoap.GET, device.need_path()))
    if answer is not None and answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 8613 8.2")
def several_requests(device: Device) -> None:
    """Requests one after the other, and one whose number is not the next, are answered."""
    context = _keys(device)
    for _ in range(3):
        device.get(context)
    context.sender_sequence_number += 20
    device.get(context)


@case("RFC 8613 7.4")
def replay(device: Device) -> None:
    """A protected request that comes a second time, with a message ID of its own, is not executed."""
    context = _keys(device)
    device.get(context)
    request, request_id = device.protect(context)
    device.verify(context, device.client.ask(request), request_id)
    answer = device.client.ask(device.client.ready(request), tries=1)  # it may have no answer
    if answer is not None and answer.opt.oscore is not None:
        raise Unmet("it was answered under OSCORE a second time")
    if answer is not None and answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 8613 8.2")
def altered(device: Device) -> None:
    """A protected request that was altered is refused, and the genuine one is answered after it."""
    context = _keys(device)
    request, request_id = device.protect(context)
    forged = request.copy(payload=flipped(request.payload))
    answer = device.client.ask(device.client.ready(forged))
    if answer is not None and (answer.code.is_successful() or answer.opt.oscore is not None):
        raise Unmet(f"the device answered {answer.code}")
    device.verify(context, device.client.ask(request), request_id)


@case("RFC 8613 8.2")
def unknown_context(device: Device) -> None:
    """A protected request whose kid nobody has is refused."""
    context = _keys(device)
    context.sender_id = b"nobody!"
    request, _ = device.protect(context)
    answer = device.client.ask(request)
    if answer is not None and (answer.code.is_successful() or answer.opt.oscore is not None):
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 8613 8.2", over=[("reserved_flags", b"\xe9\x00\x41"), ("cut", b"\x0d\x00"), ("piv_of_6", b"\x0e123456A"),
                            ("empty", b"")])  # fmt: skip
def malformed_option(device: Device, value: bytes) -> None:
    """A request whose OSCORE option is malformed is refused."""
    request, _ = device.protect(_keys(device))
    request.opt.oscore = value
    answer = device.client.ask(device.client.ready(request))
    if answer is not None and (answer.code.is_successful() or answer.opt.oscore is not None):
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 8613 A.1")
def before_message_3(device: Device) -> None:
    """There are no keys before the Initiator has proved who it is."""
    device.need_path()
    session = device.session()
    device.begin(session)
    session.prepare_message(3)
    request, _ = device.protect(device.context(session))
    answer = device.client.ask(request)
    if answer is not None and answer.opt.oscore is not None:
        raise Unmet("the device answered under OSCORE")


@case("RFC 8613 3.3")
def two_runs(device: Device) -> None:
    """Keys of an earlier run and of a later one are not mixed up."""
    device.need_path()
    first, second = _keys(device), _keys(device)
    device.get(second)
    if first.recipient_id != second.recipient_id:  # the device may drop the first
        try:
            device.get(first)
        except Unmet as why:
            raise NotApplicable(f"the device keeps the keys of the last run only: {why}") from why


@case("RFC 9668 3.2")
def combined(device: Device) -> None:
    """message_3 in front of the first protected request: both are processed."""
    request, request_id, context = _combined(device)
    answer = device.client.ask(request)
    _needs_combined(answer)
    device.verify(context, answer, request_id)


@case("RFC 9668 3.3.1")
def combined_altered(device: Device) -> None:
    """A combined request whose message_3 was altered is refused with an EDHOC error message."""
    request, _, _ = _combined(device, change=lambda message_3: flipped(message_3))
    answer = device.client.ask(request)
    _needs_combined(answer)
    refused(answer, 1)


@case("RFC 9668 3.3.1")
def combined_without_oscore(device: Device) -> None:
    """The EDHOC option in a request without OSCORE is refused."""
    device.need_path()
    session = device.session()
    device.begin(session)
    request = device.client.request(aiocoap.GET, device.need_path(), session.prepare_message(3), edhoc=True)
    answer = device.client.ask(request)
    if answer is not None and answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 9668 3.3.1")
def combined_after_the_end(device: Device) -> None:
    """A combined request a second time, with a message ID of its own, is not executed."""
    request, request_id, context = _combined(device)
    answer = device.client.ask(request)
    _needs_combined(answer)
    device.verify(context, answer, request_id)
    again = device.client.ask(device.client.ready(request), tries=1)
    if again is not None and again.opt.oscore is not None:
        raise Unmet("it was answered under OSCORE a second time")


def _keys(device: Device) -> SecurityContext:
    device.need_path()
    return device.context(device.run())


def _combined(device: Device, change: Any = None) -> tuple[Any, Any, SecurityContext]:
    """A combined request: message_3, without its C_R, and the ciphertext behind it (RFC 9668 section 3.2.1)."""
    device.need_path()
    if device.target.message_4:
        raise NotApplicable("with message_4 there is no combined request (RFC 9668 section 5)")
    session: Session = device.session()
    device.begin(session)
    message_3 = session.prepare_message(3)
    context = device.context(session)
    request, request_id = device.protect(context)
    request.payload = (change(message_3) if change else message_3) + request.payload
    request.opt.edhoc = True
    return request, request_id, context


def _needs_combined(answer: Any) -> None:
    if answer is not None and answer.code == aiocoap.BAD_OPTION:
        raise NotApplicable("the device knows no combined request")
