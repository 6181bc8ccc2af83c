"""EDHOC over CoAP (RFC 9528 appendix A.2, RFC 7252, RFC 7959)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiocoap
import cbor2
from aiocoap.numbers.types import Type
from aiocoap.optiontypes import OpaqueOption

from .case import Level, NotApplicable, Table, Unmet
from .device import CID_EDHOC, TRUE, Device, accepted, formatted, identifier, message_2_came, not_accepted, refused

table = Table("CoAP")
case = table.case

CRITICAL, ELECTIVE = 65_001, 65_002
"""Numbers of no option: odd ones are critical."""


@case("RFC 9528 A.2.1")
def answer_of_message_1(device: Device) -> None:
    """message_2 comes in 2.04 with the Content-Format 64."""
    answer = device.begin(device.session())
    if answer.code != aiocoap.CHANGED:
        raise Unmet(f"message_2 came in {answer.code}")
    formatted(answer)


@case("RFC 9528 A.2.1")
def answer_of_message_3(device: Device) -> None:
    """message_3 is answered with 2.04."""
    session = device.session()
    device.begin(session)
    answer = device.send_message_3(session)
    accepted(answer, session, message_4=device.target.message_4)
    if answer.code != aiocoap.CHANGED:
        raise Unmet(f"message_3 was answered {answer.code}")


@case("RFC 9528 A.2.1")
def without_prefix(device: Device) -> None:
    """message_1 without true before it is refused."""
    not_accepted(device.post(device.session().prepare_message(1)))


@case("RFC 9528 A.2.1")
def empty(device: Device) -> None:
    """A request without payload is refused: in the forward flow nothing begins with it."""
    answer = device.post(b"", content_format=None)
    if answer is not None and answer.code.is_successful() and answer.payload:
        raise NotApplicable("the device is an Initiator of the reverse flow, too")
    not_accepted(answer)


@case("RFC 9528 A.2.3", over=[("message_1", 1), ("message_3", 3)])
def errors(device: Device, number: int) -> None:
    """EDHOC error messages come in an error response with the Content-Format 64."""
    session = device.session()
    if number == 1:
        refused(device.post(TRUE + b"\x03"))
        return
    device.begin(session)
    refused(device.send_message_3(session, cbor2.dumps(bytes(20))))


@case("RFC 7252 5.8", Level.SHOULD, over=[(name, getattr(aiocoap, name)) for name in ("GET", "PUT", "DELETE")])
def other_methods(device: Device, code: Any) -> None:
    """EDHOC is POST; other methods are 4.05."""
    answer = device.client.ask(device.client.request(code, device.target.edhoc))
    if answer is None:
        raise Unmet("there was no answer")
    if answer.code != aiocoap.METHOD_NOT_ALLOWED:
        raise Unmet(f"the device answered {answer.code}")


@case("RFC 7252 5.10.3", Level.SHOULD)
def other_format(device: Device) -> None:
    """Another Content-Format than 65 is not taken for EDHOC."""
    not_accepted(device.post(TRUE + device.session().prepare_message(1), content_format=50))


@case("RFC 9528 A.2", Level.SHOULD)
def no_format(device: Device) -> None:
    """A request without Content-Format is either taken for EDHOC or refused; nothing else."""
    answer = device.post(TRUE + device.session().prepare_message(1), content_format=None)
    if answer is None:
        raise Unmet("there was no answer")
    if answer.code.is_successful():
        message_2_came(answer, device.target.suite)


@case("RFC 7252 5.4.1")
def critical_option(device: Device) -> None:
    """A critical option that is not known is 4.02."""
    answer = _with_option(device, CRITICAL)
    if answer is None or answer.code != aiocoap.BAD_OPTION:
        raise Unmet(f"the device answered {answer and answer.code}")


@case("RFC 7252 5.4.1")
def elective_option(device: Device) -> None:
    """An elective option that is not known is ignored."""
    message_2_came(_with_option(device, ELECTIVE), device.target.suite)


def _with_option(device: Device, number: int) -> Any:
    """The answer to a message_1 with an option more."""

    def make(**echo: Any) -> Any:
        made = _request(device, TRUE + device.session().prepare_message(1), **echo)
        made.opt.add_option(OpaqueOption(number, b"x"))
        return made

    return _ask(device, make)[1]


def _request(device: Device, payload: bytes, **options: Any) -> Any:
    return device.client.request(aiocoap.POST, device.target.edhoc, payload, content_format=CID_EDHOC, **options)


def _ask(device: Device, make: Callable[..., Any]) -> tuple[Any, Any]:
    """A request and its answer; if the device wants an Echo option (RFC 9175), of one that has it."""
    request = make()
    answer = device.client.ask(request)
    if answer is not None and answer.code == aiocoap.UNAUTHORIZED and answer.opt.echo is not None:
        request = make(echo=answer.opt.echo)
        answer = device.client.ask(request)
    return request, answer


@case("RFC 7252 4.2", over=[("message_1", 1), ("message_3", 3)])
def retransmitted(device: Device, number: int) -> None:
    """A request that is sent again with its message ID gets the same answer, and is not processed again."""
    session = device.session()
    if number == 1:
        payload = TRUE + session.prepare_message(1)
    else:
        device.begin(session)
        payload = identifier(session.info.peer_connection_id) + session.prepare_message(3)
    request, first = _ask(device, lambda **echo: _request(device, payload, **echo))
    if first is None or not first.code.is_successful():
        raise Unmet(f"the device answered {first and first.code}")
    again = device.client.ask(request)
    if again is None or (again.code, again.payload) != (first.code, first.payload):
        raise Unmet("the answer is another one")


@case("RFC 7252 4.3")
def non_confirmable(device: Device) -> None:
    """message_1 in a request that is not confirmable is answered."""

    def make(**echo: Any) -> Any:
        made = _request(device, TRUE + device.session().prepare_message(1), **echo)
        made.mtype = Type.NON
        return made

    message_2_came(_ask(device, make)[1], device.target.suite)


@case("RFC 7252 5.3.1", over=[("empty", b""), ("8_bytes", b"12345678")])
def token(device: Device, value: bytes) -> None:
    """A token of any length comes back."""
    request = _request(device, TRUE + b"\x03")
    request.token = value
    if device.client.ask(request) is None:
        raise Unmet("there was no answer with this token")


@case("RFC 7959 2.5", Level.SHOULD, over=[("32", 1), ("64", 2)])
def in_blocks(device: Device, exponent: int) -> None:
    """A long message_1 in blocks is put together."""
    session = device.session()
    session.ead_pad(1, 200)
    request = _request(device, TRUE + session.prepare_message(1))
    answer = device.client.ask_in_blocks(request, exponent)
    if answer is not None and answer.code == aiocoap.UNAUTHORIZED and answer.opt.echo is not None:
        request.opt.echo = answer.opt.echo
        answer = device.client.ask_in_blocks(request, exponent)
    message_2_came(answer, device.target.suite)


@case("RFC 7252 4.3", over=[("version_2", bytes.fromhex("80011234")), ("short", b"\x40"),
                            ("token_of_15", bytes.fromhex("4f011234")), ("option_cut", bytes.fromhex("40011234bd")),
                            ("marker_alone", bytes.fromhex("40011234ff")), ("nothing", b"")])  # fmt: skip
def no_message(device: Device, data: bytes) -> None:
    """Datagrams that are no CoAP message do no harm."""
    device.client.send(data)
    device.begin(device.session(), client=device.another_client())


@case("RFC 7252 4.3", Level.SHOULD)
def ping(device: Device) -> None:
    """An empty confirmable message is answered with a Reset."""
    if not device.client.ping():
        raise Unmet("there was no Reset")


@case("RFC 9528 10.10", Level.SHOULD)
def discovery(device: Device) -> None:
    """/.well-known/core lists the EDHOC resource with rt=core.edhoc."""
    answer = device.client.ask(device.client.request(aiocoap.GET, ".well-known/core"))
    if answer is None or not answer.code.is_successful():
        raise Unmet(f"the device answered {answer and answer.code}")
    if b"core.edhoc" not in answer.payload:
        raise Unmet("no link has rt=core.edhoc")


@case("RFC 9528 9.7", over=[("8", 8), ("40", 40)])
def half_open(device: Device, count: int) -> None:
    """Runs that were begun and never went on do not keep another from its keys."""
    for _ in range(count):
        answer = device.post(TRUE + device.session().prepare_message(1), client=device.another_client())
        if answer is None:
            raise Unmet("message_1 was not answered")
    client = device.another_client()
    session = device.session()
    device.begin(session, client=client)
    device.finish(session, client=client)


@case("RFC 9528 5.1")
def interleaved(device: Device) -> None:
    """Runs of several clients at the same time lead to keys, in whatever order they end."""
    runs = [(device.session(), device.another_client()) for _ in range(5)]
    for session, client in runs:
        device.begin(session, client=client)
    for session, client in reversed(runs):
        device.finish(session, client=client)
