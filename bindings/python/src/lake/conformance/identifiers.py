"""Connection identifiers (RFC 9528 section 3.3)."""

from __future__ import annotations

from .case import Table, Unmet
from .device import Device, accepted, encode, one_byte_identifiers, refused

table = Table("connection identifiers")
case = table.case


@case("RFC 9528 3.3.1", over=[(str(n), n) for n in range(8)])
def length_of_c_i(device: Device, length: int) -> None:
    """Runs with a C_I of each length that OSCORE takes lead to keys."""
    device.run(bytes(range(0xC0, 0xC0 + length)))


@case("RFC 9528 3.3.2", over=[("integer_0", b"\x00"), ("integer_23", b"\x17"), ("integer_minus_1", b"\x20"),
                              ("integer_minus_24", b"\x37"), ("byte_string_18", b"\x18"), ("byte_string_38", b"\x38"),
                              ("byte_string_ff", b"\xff")])  # fmt: skip
def one_byte(device: Device, c_i: bytes) -> None:
    """A C_I of one byte is an integer where it can be, and a byte string elsewhere."""
    device.run(c_i)


@case("RFC 9528 3.3.3")
def differs(device: Device) -> None:
    """C_R differs from C_I, whichever C_I that is."""
    for c_i in one_byte_identifiers():
        session = device.session(c_i)
        device.begin(session, client=device.another_client())
        if session.info.peer_connection_id == c_i:
            raise Unmet(f"C_R is C_I, {c_i.hex()}: both would have the same OSCORE Recipient ID")


@case("RFC 9528 3.3.3")
def unique(device: Device) -> None:
    """Runs that are open at the same time have different C_R."""
    seen = set()
    for n in range(8):
        session = device.session(bytes([0x20 + n]))
        device.begin(session, client=device.another_client())
        seen.add(session.info.peer_connection_id)
    if len(seen) < 8:
        raise Unmet(f"8 runs have {len(seen)} different C_R")


@case("RFC 9528 A.2.1", over=[("another", b"zzzz"), ("longer", None)])
def wrong_c_r(device: Device, wrong: bytes | None) -> None:
    """message_3 behind another C_R reaches no run; the run goes on with the right one."""
    session = device.session()
    device.begin(session)
    message_3 = session.prepare_message(3)
    c_r = (session.info.peer_connection_id or b"") + b"\0" if wrong is None else wrong
    answer = device.post(encode(c_r) + message_3)
    if answer is not None and answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code} to a C_R that it did not choose")
    accepted(device.send_message_3(session, message_3), session, message_4=device.target.message_4)


@case("RFC 9528 A.2.1", over=[("text", "x"), ("array", [1]), ("null", None), ("float", 1.5), ("false", False)])
def no_identifier(device: Device, prefix: object) -> None:
    """What stands before a message is true or a connection identifier."""
    session = device.session()
    refused(device.post(encode(prefix) + session.prepare_message(1)), 1)
