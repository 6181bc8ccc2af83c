"""The requirements of the LAKE working group that end in numbers (draft-ietf-lake-reqs-04 section 2.10), measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from . import costs, nbiot
from .lorawan import DUTY
from .messages import Variant, handshake
from .others import other
from .sixtisch import AT_HOPS, DOWNLINK, UPLINK
from .study import Row
from .table import shown

_KID, _SIGNED = Variant.of(3, "kid"), Variant.of(0, "kid")
_DTLS = other("DTLS 1.3, RPK + ECDHE")
_HOUR = 3600 * DUTY


class Judgement(NamedTuple):
    """A requirement, and whether a handshake meets it."""

    id: str
    """of docs/requirements.md"""
    requirement: str
    handshake: str
    measured: str
    met: bool


def results(rows: Sequence[Row]) -> list[Judgement]:
    """All of them; rows are of the simulation.

    >>> made = lake.radio.requirements.results([])
    >>> made[0].handshake, made[0].measured, made[0].met
    ('method 3, kid', '37 + 45 + 19 bytes, 3 packets', True)
    """
    return [*_packets(), *_air(), *_mesh(), *_energy(), *_flights(), *_formation(rows)]


def _packets() -> list[Judgement]:
    made = []
    text = "LoRaWAN at SF12, raw public keys by reference: 3 packets of 51 bytes"
    for variant in (_KID, _SIGNED, Variant.of(4, "psk"), Variant.of(4, "resumption")):
        packets = costs.on_lorawan(variant).packets
        made.append(Judgement("R26", text, variant.name, f"{_sum(variant)} bytes, {packets} packets", packets == 3))
    text = "LoRaWAN at SF12, a raw public key by value or a certificate by reference on one side: at most 5 packets"
    for method in (3, 0):
        for value in ("kccs", "x5t"):
            for pair in ((value, "kid"), ("kid", value)):
                variant = Variant(method, 2, *pair)
                packets = costs.on_lorawan(variant).packets
                made.append(
                    Judgement("R26", text, variant.name, f"{_sum(variant)} bytes, {packets} packets", packets <= 5)
                )
    return made


def _air() -> list[Judgement]:
    made = []
    text = "LoRaWAN at SF12: the uplink messages take 4 to 6 s on air, whoever begins"
    for variant in (_KID, Variant.of(4, "psk"), Variant.of(3, "x5t"), _SIGNED):
        device, network = (costs.on_lorawan(variant, reverse=reverse).uplink for reverse in (False, True))
        measured = f"{shown(device)} s, or {shown(network)} s if the network begins"
        made.append(Judgement("R26", text, variant.name, measured, max(device, network) <= 6))
    text = (
        f"LoRaWAN at SF12, keys by value or certificates by reference: {_HOUR:.0f} s in an hour, with each message "
        "sent twice, and as much again for the rest"
    )
    for variant in (Variant.of(3, "x5t"), Variant.of(3, "kccs"), Variant.of(0, "x5t"), Variant.of(0, "kccs")):
        most = 4 * max(costs.on_lorawan(variant, reverse=reverse).uplink for reverse in (False, True))
        made.append(Judgement("R26", text, variant.name, f"{shown(most)} s", most <= _HOUR))
    return made


def _mesh() -> list[Judgement]:
    made = []
    text = f"6TiSCH, {AT_HOPS} hops: no fragments, with {UPLINK} bytes of CoAP payload up and {DOWNLINK} down"
    for variant in (_KID, Variant.of(4, "psk"), Variant.of(3, "x5t"), _SIGNED):
        both = [costs.on_sixtisch(variant, reverse=reverse) for reverse in (False, True)]
        device, network = (" + ".join(map(str, each.frames)) for each in both)
        measured = f"{device} frames, or {network} if the network begins"
        made.append(Judgement("R26", text, variant.name, measured, all(each.fits for each in both)))
    return made


def _energy() -> list[Judgement]:
    theirs = costs.on_nbiot(_DTLS, nbiot.BAD).energy
    made = []
    for variant in (_KID, _SIGNED):
        ours = costs.on_nbiot(variant, nbiot.BAD).energy
        measured = f"{shown(1000 * ours)} mJ with bad coverage; {_DTLS.name}: {shown(1000 * theirs)} mJ"
        made.append(Judgement("R26", "NB-IoT: as few bytes as possible", variant.name, measured, ours < theirs))
    return made


def _flights() -> list[Judgement]:
    text = "three messages, and protected data with the third one"
    datagrams = [datagram.what for datagram in handshake(_KID).datagrams()]
    early = datagrams.index("message_3 and request") == 2
    return [Judgement("R27", text, "all methods", f"{len(handshake(_KID).sizes)} messages, then {datagrams[2]}", early)]


def _formation(rows: Sequence[Row]) -> list[Judgement]:
    text = "many runs at once: a 6TiSCH network of 30 nodes forms"
    return [
        Judgement(
            "R30", f"{text}, a shared cell each {row.slots / 100:g} s", row.made.procedure.removeprefix("EDHOC, "),
            f"{shown(row.made.formed.mean / 60)} +- {shown(row.made.formed.off / 60)} min", row.made.joined == 1,
        )
        for row in rows
        if row.made.nodes == 30 and row.made.procedure.startswith("EDHOC")
    ]  # fmt: skip


def _sum(variant: Variant) -> str:
    return " + ".join(map(str, handshake(variant).sizes))
