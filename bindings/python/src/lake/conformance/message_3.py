"""message_3 (RFC 9528 sections 5.4 and 9): who does not prove that it is whom the device trusts gets no keys."""

from __future__ import annotations

import cbor2

from .case import NotApplicable, Table, Unmet
from .device import Device, accepted, flipped, impostor, items, not_accepted, refused, stranger

table = Table("message_3")
case = table.case


@case("RFC 9528 5.4.3")
def whole(device: Device) -> None:
    """A run with a credential that the device trusts leads to keys on both sides."""
    session = device.run()
    if device.target.path:
        device.get(device.context(session))


@case("RFC 9528 5.4.3", over=[("first_byte", 0), ("middle", 8), ("last_byte", -1)])
def altered(device: Device, at: int) -> None:
    """A message_3 that was altered ends the session: the genuine one comes too late."""
    session = device.session()
    device.begin(session)
    message_3 = session.prepare_message(3)
    (content,) = items(message_3)
    refused(device.send_message_3(session, cbor2.dumps(flipped(content, at))), 1)
    not_accepted(device.send_message_3(session, message_3))


@case("RFC 9528 9.8", over=[("nothing", b""), ("empty", b"\x40"), ("short", b"\x47" + bytes(7)), ("text", b"\x63abc"),
                            ("map", b"\xa0"), ("two_items", None), ("break", b"\xff"),
                            ("huge", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff")])  # fmt: skip
def malformed(device: Device, data: bytes | None) -> None:
    """What is no message_3 and comes in its place ends the session: the genuine one comes too late."""
    session = device.session()
    device.begin(session)
    message_3 = session.prepare_message(3)
    not_accepted(device.send_message_3(session, message_3 + message_3 if data is None else data))
    if data != b"":  # a C_R alone is a message of no kind
        not_accepted(device.send_message_3(session, message_3))


@case("RFC 9528 5.4.3")
def unknown_credential(device: Device) -> None:
    """An Initiator whose credential the device does not know is refused, with ERR_CODE 1 or 3."""
    session = device.session(own=stranger(device.target.own[0], kid=b"stranger"))
    device.begin(session)
    error = refused(device.send_message_3(session), 1, 3)
    if error[0] == 3 and error[1:] != [True]:
        raise Unmet("an error message with ERR_CODE 3 holds true (RFC 9528 section 6.4)")


@case("RFC 9528 5.4.3")
def anothers_credential(device: Device) -> None:
    """Who names a credential that is trusted, and has another private key, is refused."""
    session = device.session(own=impostor(device.target.own[0]))
    device.begin(session)
    refused(device.send_message_3(session), 1)


@case("RFC 9528 5.4.3")
def by_value(device: Device) -> None:
    """A credential of a stranger that comes by value is refused by a device that trusts only whom it knows."""
    session = device.session(own=stranger(device.target.own[0]))
    device.begin(session)
    refused(device.send_message_3(session), 1, 3)


@case("RFC 9528 5.4.3")
def reflected(device: Device) -> None:
    """The device's own message_2 sent back to it is no message_3."""
    session = device.session()
    answer = device.begin(session)
    refused(device.send_message_3(session, answer.payload), 1)


@case("RFC 9528 7")
def replayed(device: Device) -> None:
    """message_3 after the end of its run, in a request of its own, begins nothing."""
    session = device.session()
    device.begin(session)
    message_3 = session.prepare_message(3)
    first = device.send_message_3(session, message_3)
    accepted(first, message_4=device.target.message_4)
    again = device.send_message_3(session, message_3)
    if again is not None and again.code.is_successful() and again.payload != first.payload:
        raise Unmet("message_3 was processed twice")


@case("RFC 9528 7")
def of_another_run(device: Device) -> None:
    """message_3 of one run does not complete another."""
    one, another = device.session(), device.session()
    device.begin(one)
    device.begin(another, client=device.another_client())
    refused(device.send_message_3(another, one.prepare_message(3)), 1)


@case("RFC 9528 5.1")
def without_message_1(device: Device) -> None:
    """message_3 with no run before it is refused."""
    not_accepted(device.post(b"\x0b" + cbor2.dumps(bytes(20))))


@case("RFC 9528 5.1")
def message_1_in_its_place(device: Device) -> None:
    """A message_1 behind C_R is no message_3, and ends the session."""
    session = device.session()
    device.begin(session)
    not_accepted(device.send_message_3(session, device.session().prepare_message(1)))
    not_accepted(device.send_message_3(session))


@case("RFC 9528 6", over=[("unspecified", b"\x01\x62no"), ("success", b"\x00"), ("unknown_code", b"\x18\x63\xf6"),
                          ("private_code", b"\x38\x63\x41x")])  # fmt: skip
def error_message(device: Device, error: bytes) -> None:
    """An error message is not answered with one, and the run may end."""
    session = device.session()
    device.begin(session)
    answer = device.send_message_3(session, error)
    if answer is None or answer.opt.content_format is None:
        return
    if answer.payload and answer.code.is_successful():
        raise Unmet("an error message was answered with a message")
    if answer.payload:
        raise Unmet("an error message was answered with an error message")


@case("RFC 9528 5.5")
def message_4(device: Device) -> None:
    """message_4 that the device sends verifies."""
    if not device.target.message_4:
        raise NotApplicable("the device sends no message_4 (--message-4)")
    if not device.run().info.is_complete:
        raise Unmet("the run is not complete after message_4")
