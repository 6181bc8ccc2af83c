"""External authorization data and padding (RFC 9528 section 3.8)."""

from __future__ import annotations

from ..config import EADItem
from .case import Table
from .device import Device, accepted, message_in, refused, with_ead

table = Table("EAD")
case = table.case

UNUSED = 65_001
"""A label that nobody has registered."""


@case("RFC 9528 3.8", over=[("with_value", [EADItem(UNUSED, b"x")]), ("without_value", [EADItem(UNUSED)]),
                            ("several", [EADItem(UNUSED, b"x"), EADItem(UNUSED + 1), EADItem(UNUSED + 2, bytes(40))]),
                            ("large_label", [EADItem(2**40, b"x")])])  # fmt: skip
def unknown_in_message_1(device: Device, entries: list[EADItem]) -> None:
    """Items of message_1 that are not critical and not known are ignored."""
    session = with_ead(device.session(), 1, entries)
    device.begin(session)
    device.finish(session)


@case("RFC 9528 3.8", over=[("with_value", [EADItem(-UNUSED, b"x")]), ("without_value", [EADItem(-UNUSED)]),
                            ("behind_another", [EADItem(UNUSED, b"x"), EADItem(-UNUSED, b"x")])])  # fmt: skip
def critical_in_message_1(device: Device, entries: list[EADItem]) -> None:
    """An item of message_1 that is critical and not known ends the session."""
    session = with_ead(device.session(), 1, entries)
    refused(device.post(b"\xf5" + session.prepare_message(1)))


@case("RFC 9528 3.8.1", over=[(str(n), n) for n in (1, 2, 24, 64, 256)])
def padding_of_message_1(device: Device, size: int) -> None:
    """Padding of message_1 is ignored."""
    session = device.session()
    session.ead_pad(1, size)
    device.begin(session)
    device.finish(session)


@case("RFC 9528 3.8", over=[("with_value", [EADItem(UNUSED, b"x")]), ("without_value", [EADItem(UNUSED)]),
                            ("several", [EADItem(UNUSED, b"x"), EADItem(UNUSED + 1, b"y")])])  # fmt: skip
def unknown_in_message_3(device: Device, entries: list[EADItem]) -> None:
    """Items of message_3 that are not critical and not known are ignored."""
    session = device.session()
    device.begin(session)
    device.finish(with_ead(session, 3, entries))


@case("RFC 9528 3.8")
def critical_in_message_3(device: Device) -> None:
    """An item of message_3 that is critical and not known ends the session."""
    session = device.session()
    device.begin(session)
    refused(device.send_message_3(with_ead(session, 3, [EADItem(-UNUSED, b"x")])))


@case("RFC 9528 3.8.1", over=[(str(n), n) for n in (1, 24, 256)])
def padding_of_message_3(device: Device, size: int) -> None:
    """Padding of message_3 is ignored."""
    session = device.session()
    device.begin(session)
    session.ead_pad(3, size)
    device.finish(session)


@case("RFC 9528 3.8.1")
def padding_of_both(device: Device) -> None:
    """Padding of both messages, of different lengths, is ignored."""
    session = device.session()
    session.ead_pad(1, 7)
    message_in(device.begin(session))
    session.ead_pad(3, 100)
    accepted(device.send_message_3(session), session, message_4=device.target.message_4)
