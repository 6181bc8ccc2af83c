"""message_1 (RFC 9528 sections 3.2, 5.2 and 9): what is none is refused, whatever the rest of it."""

from __future__ import annotations

from .._abi import KeyKind
from ..info import suite_info
from .case import Level, NotApplicable, Table, Unmet
from .device import TRUE, Device, encode, message_1_of, message_2_came, not_accepted, refused

table = Table("message_1")
case = table.case

_NIST = {
    KeyKind.P256: (2**256 - 2**224 + 2**192 + 2**96 - 1,
                   0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B),
    KeyKind.P384: (2**384 - 2**128 - 2**96 + 2**32 - 1,
                   0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF),
}  # fmt: skip
"""p and b of the curves of NIST (SP 800-186)."""


@case("RFC 9528 5.2.3")
def whole(device: Device) -> None:
    """A message_1 that complies is answered with message_2."""
    device.begin(device.session())


@case("RFC 9528 3.2", over=[("4711", 4711), ("negative", -1), ("text", "3"), ("bytes", b"\x03"), ("array", [3])])
def method(device: Device, value: object) -> None:
    """A METHOD that there is not, or that is no integer, is refused."""
    message = message_1_of(device.session())
    message[0] = value
    refused(device.post(TRUE + encode(*message)), 1)


@case("RFC 9528 9.8", over=[("shorter", -1), ("longer", 1), ("empty", None)])
def length_of_g_x(device: Device, by: int | None) -> None:
    """A G_X of another length than the suite's ends the session."""
    message = message_1_of(device.session())
    message[2] = b"" if by is None else (message[2] + b"\0")[: len(message[2]) + by]
    refused(device.post(TRUE + encode(*message)), 1)


@case("RFC 9528 9.2")
def invalid_g_x(device: Device) -> None:
    """A G_X that is no point of the curve, or of low order, ends the session."""
    message = message_1_of(device.session())
    message[2] = no_point(device.target.suite)
    refused(device.post(TRUE + encode(*message)), 1)


def no_point(suite: int) -> bytes:
    """An x-coordinate of no point; for X25519 and X448 the point of low order 0.

    >>> from lake.conformance.message_1 import no_point
    >>> len(no_point(2)), no_point(0) == bytes(32)
    (32, True)
    """
    info = suite_info(suite)
    if info.curve not in _NIST:
        return bytes(info.public_key_length)
    p, b = _NIST[info.curve]
    x = next(x for x in range(1, 1000) if pow(x**3 - 3 * x + b, (p - 1) // 2, p) == p - 1)
    return x.to_bytes(info.public_key_length, "big")


@case("RFC 9528 9.8", over=[("integer", 5), ("text", "x" * 32), ("null", None), ("array", [b"x" * 32])])
def type_of_g_x(device: Device, value: object) -> None:
    """A G_X that is no byte string ends the session."""
    message = message_1_of(device.session())
    message[2] = value
    refused(device.post(TRUE + encode(*message)), 1)


@case("RFC 9528 9.8", over=[("text", "c"), ("null", None), ("24", 24), ("minus_25", -25), ("float", 1.5)])
def type_of_c_i(device: Device, value: object) -> None:
    """A C_I that is neither a byte string nor an integer of -24 to 23 ends the session."""
    message = message_1_of(device.session())
    message[3] = value
    refused(device.post(TRUE + encode(*message)), 1)


@case("RFC 9528 9.8", over=[("without_c_i", 3), ("without_g_x", 2), ("method_alone", 1), ("nothing", 0)])
def missing(device: Device, count: int) -> None:
    """A message_1 that lacks a field is refused."""
    answer = device.post(TRUE + encode(*message_1_of(device.session())[:count]))
    if count == 3:
        refused(answer, 1)
    not_accepted(answer)  # two items may be an error message, which is not answered with one


@case("RFC 9528 9.8", over=[("by_1", -1), ("in_g_x", 20)])
def cut(device: Device, at: int) -> None:
    """A message_1 that is cut in the middle of an item ends the session."""
    refused(device.post(TRUE + device.session(b"abc").prepare_message(1)[:at]), 1)


@case("RFC 9528 9.8", over=[("break", b"\xff"), ("reserved", b"\x1c"), ("endless", b"\x9f\x9f\x9f"),
                            ("huge_string", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff"),
                            ("huge_array", b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff"),
                            ("nested", b"\x81" * 900)])  # fmt: skip
def no_cbor(device: Device, data: bytes) -> None:
    """What is no CBOR ends the session, at no cost."""
    refused(device.post(TRUE + data), 1)


@case("RFC 9528 3.8", over=[("text", "x"), ("bytes", b"x"), ("float", 1.5), ("null", None)])
def trailing(device: Device, item: object) -> None:
    """What follows C_I and is no EAD item ends the session."""
    refused(device.post(TRUE + encode(*message_1_of(device.session()), item)), 1)


@case("RFC 9528 9.8", Level.SHOULD)
def longer_head(device: Device) -> None:
    """CBOR that is not deterministic may be refused, and then is refused as a whole."""
    message = encode(*message_1_of(device.session()))
    answer = device.post(TRUE + b"\x18" + message)  # METHOD in two bytes
    if answer is not None and answer.code.is_successful():
        raise NotApplicable("the device takes CBOR that is not deterministic, as it may")
    refused(answer, 1)


@case("RFC 9528 3.3.2")
def c_i_as_byte_string(device: Device) -> None:
    """A C_I of one byte that is an integer in CBOR stands as the integer; as byte string it is another encoding."""
    message = message_1_of(device.session())
    message[3] = b"\x05"
    answer = device.post(TRUE + encode(*message))
    if answer is not None and answer.code.is_successful():
        raise NotApplicable("the device takes the other encoding")
    refused(answer, 1)


@case("RFC 9528 9.2")
def fresh_keys(device: Device) -> None:
    """The same message_1 again begins another session, with a G_Y of its own."""
    suite = device.target.suite
    size = suite_info(suite).public_key_length
    message = TRUE + device.session().prepare_message(1)
    first, second = (message_2_came(device.post(message, client=device.another_client()), suite) for _ in range(2))
    if first[:size] == second[:size]:
        raise Unmet("G_Y is the same in two sessions")
