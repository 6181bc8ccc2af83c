"""What a handshake costs on each radio: from messages to frames, seconds and energy."""

from __future__ import annotations

from typing import NamedTuple

from . import lorawan, nbiot, schc, sixtisch
from .lorawan import Frame
from .messages import GET, Application, Variant, handshake
from .others import Other

Flights = list[tuple[bool, int]]
"""Datagrams or messages in their order: from the device or for it, bytes."""

FRAMINGS = ("bare", "schc", "plain")
"""What is around the messages on LoRaWAN: nothing, as benchmarks count; CoAP, UDP and IPv6 by SCHC, with the
first protected request; or the same headers as they are."""


class OnLorawan(NamedTuple):
    """A handshake on LoRaWAN, with the device that sends first."""

    packets: int
    """frames that carry something, in both directions"""
    uplink: float
    """seconds on air of those that the device sends"""
    cost: lorawan.Cost
    """with acknowledgements, and empty frames that open windows"""


class OnSixtisch(NamedTuple):
    """A handshake on 6TiSCH, between a node and the root."""

    frames: tuple[int, ...]
    """on each hop, for each message"""
    fits: bool
    """none is fragmented"""
    seconds: float
    """with nobody else on the air: one shared cell every 1.01 s"""


def messages(what: Variant | Other, *, reverse: bool = False) -> Flights:
    """The messages alone: the Initiator is the device, or in reverse the network.

    >>> lake.radio.costs.messages(lake.radio.Variant())
    [(True, 37), (False, 45), (True, 19)]
    """
    sizes = what.flights if isinstance(what, Other) else handshake(what).sizes
    return [((number % 2 == 0) != reverse, size) for number, size in enumerate(sizes)]


def coap(variant: Variant, *, combined: bool = True, reverse: bool = False, application: Application = GET) -> Flights:
    """The CoAP datagrams of a run and of the first protected request, in the smallest form.

    >>> lake.radio.costs.coap(lake.radio.Variant())
    [(True, 49), (False, 50), (True, 50), (False, 20)]
    """
    made = handshake(variant).datagrams(combined=combined, reverse=reverse, application=application)
    return [(datagram.up, len(datagram.smallest)) for datagram in made]


def compressed(
    variant: Variant, *, combined: bool = True, reverse: bool = False, application: Application = GET
) -> Flights:
    """The same by SCHC, with what OSCORE protects compressed too (RFC 8824 section 7.2); the RuleID is in the FPort.

    >>> lake.radio.costs.compressed(lake.radio.Variant())
    [(True, 39), (False, 46), (True, 30), (False, 15)]
    """
    request = application.request[1:2] + application.request[4:]
    answer = bytes([application.code]) + b"\xff" + application.payload
    inner = {
        "request": len(schc.compress_inner(request)) - len(request),
        "response": len(schc.compress_inner(answer, code_bits=1)) - len(answer),
    }
    flights = []
    for datagram in handshake(variant).datagrams(combined=combined, reverse=reverse, application=application):
        size = len(schc.compress(datagram.smallest, schc.Rule(number=None)))
        flights.append((datagram.up, size + inner.get(datagram.what.split()[-1], 0)))
    return flights


def on_lorawan(
    what: Variant | Other, dr: int = 0, framing: str = "bare", *, combined: bool = True, reverse: bool = False
) -> OnLorawan:
    """On LoRaWAN, at a data rate.

    >>> lake.radio.costs.on_lorawan(lake.radio.Variant.of(0, 'x5t')).packets
    6
    """
    if isinstance(what, Other) and framing == "schc":
        raise ValueError("SCHC is counted for EDHOC over CoAP only")
    if framing == "schc" and isinstance(what, Variant):
        flights = compressed(what, combined=combined, reverse=reverse)
        frames = schc.frames(flights, dr)
        parts = [
            (up, part)
            for up, size in flights
            for part in (schc.uplink_fragments if up else schc.downlink_fragments)(size, dr)
        ]
        return _on_lorawan(parts, frames, dr)
    if framing == "plain":
        datagrams = messages(what) if isinstance(what, Other) else coap(what, combined=combined, reverse=reverse)
        flights = [(up, schc.IP_UDP + size) for up, size in datagrams]
    else:
        flights = messages(what, reverse=reverse)
    parts = [(up, part) for up, size in flights for part in lorawan.split(size, dr)]
    frames = []
    for up, part in parts:
        if not up and (not frames or not frames[-1].up):
            frames.append(Frame(True, 0))
        frames.append(Frame(up, part))
    return _on_lorawan(parts, frames, dr)


def _on_lorawan(parts: Flights, frames: list[Frame], dr: int) -> OnLorawan:
    uplink = round(sum(lorawan.time_on_air(part, dr) for up, part in parts if up), 9)
    return OnLorawan(len(parts), uplink, lorawan.cost(frames, dr))


def on_sixtisch(what: Variant | Other, hops: int = 5, *, reverse: bool = False) -> OnSixtisch:
    """On 6TiSCH: the three messages, with CoAP for EDHOC.

    >>> lake.radio.costs.on_sixtisch(lake.radio.Variant()).frames
    (1, 1, 1)
    """
    if isinstance(what, Other):
        flights, with_coap = messages(what, reverse=reverse), False
    else:
        made = handshake(what).datagrams(combined=False, reverse=reverse)
        flights, with_coap = [(datagram.up, datagram.payload) for datagram in made if "message" in datagram.what], True
    frames = tuple(sixtisch.frames(size, hops, up=up, coap=with_coap) for up, size in flights)
    return OnSixtisch(frames, max(frames) == 1, sum(frames) * hops * 1.01)


def on_nbiot(what: Variant | Other, coverage: nbiot.Coverage, *, reverse: bool = False) -> nbiot.Spent:
    """On NB-IoT: the messages alone, as the model of the requirements counts.

    >>> round(1000 * lake.radio.costs.on_nbiot(lake.radio.Variant(), lake.radio.nbiot.BAD).energy, 1)
    616.9
    """
    return nbiot.spent(messages(what, reverse=reverse), coverage)
