"""A device that is a client and Initiator: what it sends, and what it makes of answers (RFC 9528 sections 5.3, 6)."""

from __future__ import annotations

import aiocoap
import cbor2
from aiocoap.numbers.types import Type

from ..config import EADItem
from ..info import suite_info
from .case import Level, Table, Unmet
from .device import encode, flipped, impostor, items, stranger
from .ead import UNUSED
from .message_1 import no_point
from .visitor import Request, Visitor, ciphertext_2, is_error

table = Table("Initiator")
case = table.case


@case("RFC 9528 5.3")
def whole(device: Visitor) -> None:
    """A run with a credential that the device trusts leads to keys."""
    device.run(device.session())


@case("RFC 9528 A.2.1")
def form_of_message_1(device: Visitor) -> None:
    """message_1 comes in a POST with the Content-Format 65, behind true."""
    device.check_form(device.message_1()[0])


@case("RFC 9528 A.2.1")
def form_of_message_3(device: Visitor) -> None:
    """message_3 comes in a POST with the Content-Format 65, behind C_R."""
    session = device.session()
    device.answer(device.begin(session), session.prepare_message(2))
    came = device.message_3(session)
    if came is None or is_error(came[1]):
        raise Unmet("the device did not send message_3")
    device.check_form(came[0])


@case("RFC 9528 3.3.1")
def length_of_c_i(device: Visitor) -> None:
    """C_I has at most 7 bytes: OSCORE takes no more with AES-CCM."""
    session = device.session()
    device.begin(session)
    if len(session.info.peer_connection_id or b"") > 7:
        raise Unmet(f"C_I has {len(session.info.peer_connection_id or b'')} bytes")


@case("RFC 9528 9.2")
def fresh_keys(device: Visitor) -> None:
    """G_X is another one in each run."""
    first, second = (items(device.message_1()[1])[2] for _ in range(2))
    if first == second:
        raise Unmet("G_X is the same in two runs")


@case("RFC 9528 3.3.1", over=[(str(n), n) for n in range(8)])
def length_of_c_r(device: Visitor, length: int) -> None:
    """Runs with a C_R of each length that OSCORE takes lead to keys."""
    device.run(device.session(), [bytes(range(first, first + length)) for first in (0xC0, 0xD0)])


@case("RFC 9528 3.3.2", over=[("integer", b"\x0d\x0e"), ("negative", b"\x37\x36"), ("byte_string", b"\x18\x19")])
def one_byte_c_r(device: Visitor, one_of: bytes) -> None:
    """A C_R of one byte comes back as an integer where it can be one, and as a byte string elsewhere."""
    device.run(device.session(), [bytes([c_r]) for c_r in one_of])


@case("RFC 9528 5.3.3", over=[("second_byte", 1), ("middle", 6), ("last_byte", -1)])
def altered_message_2(device: Visitor, at: int) -> None:
    """A message_2 whose ciphertext was altered ends the run."""
    session = device.session()
    request = device.begin(session)
    g_y, ciphertext = ciphertext_2(session.prepare_message(2), suite_info(device.target.suite).public_key_length)
    device.answer(request, cbor2.dumps(g_y + flipped(ciphertext, at)))
    device.ends(session)


@case("RFC 9528 9.2")
def invalid_g_y(device: Visitor) -> None:
    """A G_Y that is no point of the curve, or of low order, ends the run."""
    session = device.session()
    request = device.begin(session)
    _, ciphertext = ciphertext_2(session.prepare_message(2), suite_info(device.target.suite).public_key_length)
    device.answer(request, cbor2.dumps(no_point(device.target.suite) + ciphertext))
    device.ends(session)


@case("RFC 9528 9.8", over=[("empty", b"\x40"), ("short", b"\x58\x20" + bytes(32)), ("text", b"\x63abc"),
                            ("array", b"\x80"), ("break", b"\xff"), ("huge", b"\x5b" + b"\xff" * 8),
                            ("nothing", b"")])  # fmt: skip
def malformed_message_2(device: Visitor, message: bytes) -> None:
    """What is no message_2 ends the run."""
    session = device.session()
    request = device.begin(session)
    session.prepare_message(2)
    device.answer(request, message)
    device.ends(session)


@case("RFC 9528 9.8")
def trailing(device: Visitor) -> None:
    """A message_2 with something behind it ends the run."""
    session = device.session()
    request = device.begin(session)
    device.answer(request, session.prepare_message(2) + b"\x00")
    device.ends(session)


@case("RFC 9528 5.3.3")
def unknown_credential(device: Visitor) -> None:
    """A Responder whose credential the device does not know gets no message_3."""
    session = device.session(own=stranger(device.target.own[0], kid=b"stranger"))
    device.answer(device.begin(session), session.prepare_message(2))
    device.ends(session)


@case("RFC 9528 5.3.3")
def anothers_credential(device: Visitor) -> None:
    """A Responder that names a credential that is trusted, and has another private key, gets no message_3."""
    session = device.session(own=impostor(device.target.own[0]))
    device.answer(device.begin(session), session.prepare_message(2))
    device.ends(session)


@case("RFC 9528 5.3.3")
def of_another_run(device: Visitor) -> None:
    """message_2 of an earlier run ends a later one."""
    earlier = device.session()
    device.begin(earlier)
    message_2 = earlier.prepare_message(2)
    session = device.session()
    request = device.begin(session)
    session.prepare_message(2)
    device.answer(request, message_2)
    device.ends(session)


@case("RFC 9528 3.8", over=[("with_value", EADItem(UNUSED, b"x")), ("without_value", EADItem(UNUSED))])
def unknown_ead(device: Visitor, item: EADItem) -> None:
    """An item of message_2 that is not critical and not known is ignored."""
    session = device.session()
    request = device.begin(session)
    session.ead_add(2, item.label, item.value)
    device.answer(request, session.prepare_message(2))
    device.finish(session)


@case("RFC 9528 3.8")
def critical_ead(device: Visitor) -> None:
    """An item of message_2 that is critical and not known ends the run."""
    session = device.session()
    request = device.begin(session)
    session.ead_add(2, -UNUSED, b"x")
    device.answer(request, session.prepare_message(2))
    device.ends(session)


@case("RFC 9528 3.8.1", over=[(str(n), n) for n in (1, 24, 256)])
def padding(device: Visitor, size: int) -> None:
    """Padding of message_2 is ignored."""
    session = device.session()
    request = device.begin(session)
    session.ead_pad(2, size)
    device.answer(request, session.prepare_message(2))
    device.finish(session)


@case("RFC 9528 6", over=[("unspecified", encode(1, "no")), ("unknown_credential", encode(3, True)),
                          ("unknown_code", encode(99, None)), ("private_code", encode(-5, b"x"))])  # fmt: skip
def error_message(device: Visitor, error: bytes) -> None:
    """An error message in the place of message_2 ends the run."""
    session = device.session()
    request = device.begin(session)
    session.prepare_message(2)
    device.refuse(request, error)
    device.ends(session)


@case("RFC 9528 6.3", over=[("one", 4711), ("several", [4711, 4712])])
def no_common_suite(device: Visitor, suites: object) -> None:
    """ERR_CODE 2 with suites that the device has not ends the run."""
    request, _ = device.message_1()
    device.refuse(request, encode(2, suites))
    _no_more(device)


@case("RFC 9528 6.3")
def suites_in_circles(device: Visitor) -> None:
    """ERR_CODE 2 with the very suite that was selected does not make the device begin for ever."""
    request, message = device.message_1()
    device.refuse(request, encode(2, _selected(message)))
    _no_more(device)


@case("RFC 9528 5.2.2")
def order_of_suites(device: Visitor) -> None:
    """After ERR_CODE 2 the device offers the same suites in the same order, up to the one that it selects."""
    request, message = device.message_1()
    offered = _offered(message)
    suites = [suite for suite in (2, 3, 0, 1, 4, 5, 6) if suite != offered[-1]]
    device.refuse(request, encode(2, suites))
    try:
        _, message = device.again()
    except Unmet:
        return  # it has no other one
    if _offered(message)[: len(offered)] != offered:
        raise Unmet(f"it offered {offered}, and after the refusal {_offered(message)}")


@case("RFC 7252 4.2")
def retransmission(device: Visitor) -> None:
    """A message_1 that is not answered is sent again, the same bytes."""
    first, _ = device.message_1()
    second, _ = device.again()
    if second.message.mid != first.message.mid or second.payload != first.payload:
        raise Unmet("what came was not the same request")
    if first.message.opt.block1:
        return
    session = device.session()
    session.process_message(1, second.payload[1:])
    device.answer(second, session.prepare_message(2))
    device.finish(session)


@case("RFC 7252 5.9", over=[("unavailable", aiocoap.SERVICE_UNAVAILABLE), ("not_found", aiocoap.NOT_FOUND)])
def refused_by_coap(device: Visitor, code: object) -> None:
    """An error of CoAP in the place of message_2 ends the run."""
    session = device.session()
    request = device.begin(session)
    session.prepare_message(2)
    device.listener.answer(request, code)
    device.ends(session)


@case("RFC 9528 A.2.1", Level.SHOULD)
def other_format(device: Visitor) -> None:
    """A message_2 that comes with another Content-Format is not taken for one."""
    session = device.session()
    request = device.begin(session)
    device.listener.answer(request, aiocoap.CHANGED, session.prepare_message(2), 50)
    device.ends(session)


@case("RFC 7252 5.3.2")
def another_token(device: Visitor) -> None:
    """An answer with another token is not that of the request: the run goes on with the right one."""
    session = device.session()
    request = device.begin(session)
    message_2 = session.prepare_message(2)
    other = Request(request.message.copy(token=b"other"), request.address)
    other.message.mtype = Type.NON
    device.answer(other, b"\x40")
    device.answer(request, message_2)
    device.finish(session)


def _offered(message_1: bytes) -> list[int]:
    suites = items(message_1)[1]
    return suites if isinstance(suites, list) else [suites]


def _selected(message_1: bytes) -> int:
    return _offered(message_1)[-1]


def _no_more(device: Visitor) -> None:
    """At most three runs more, each refused likewise."""
    for _ in range(3):
        try:
            request, message = device.again()
        except Unmet:
            return
        device.refuse(request, encode(2, _selected(message)))
    raise Unmet("the device begins again and again")
