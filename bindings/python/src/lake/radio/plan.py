"""For who plans a network: does a handshake fit, what does it take, and what would be cheaper?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from . import costs, nbiot
from .lorawan import DATA_RATES
from .messages import Variant, variants
from .sixtisch import limit
from .table import shown

RADIOS = ("lorawan", "6tisch", "nbiot")

_NEEDS = {
    "kid": "each side knows the other's key beforehand",
    "x5t": "each side has the other's certificate, or can look it up",
    "c5t": "each side has the other's certificate (C509), or can look it up",
    "kccs": "each side trusts the other's key when it sees it",
    "c5c": "certificates in C509",
    "psk": "a shared key for each pair, and trust in whoever stores it",
    "resumption": "a full handshake before, of which both sides have kept the key",
}


class Weight(NamedTuple):
    """What a handshake takes on a radio; less is cheaper."""

    parts: int
    """packets or frames; 0 where their number does not matter"""
    amount: float
    """seconds on air of the device, bytes, or J"""


class Cheaper(NamedTuple):
    """A cheaper handshake."""

    variant: Variant
    weight: Weight
    needs: str


@dataclass(frozen=True)
class Question:
    """What is planned.

    >>> lake.radio.plan.Question('lorawan', lake.radio.Variant(), dr=0).reverse
    False
    """

    radio: str
    variant: Variant
    dr: int = 0
    hops: int = 5
    coverage: str = "bad"
    reverse: bool = False
    """the network begins, not the device"""

    def weight(self, variant: Variant | None = None) -> Weight:
        """What the handshake takes, or another in its place.

        >>> lake.radio.plan.Question('6tisch', lake.radio.Variant()).weight().parts
        3
        """
        what = variant or self.variant
        if self.radio == "lorawan":
            radio = costs.on_lorawan(what, self.dr, reverse=self.reverse)
            return Weight(radio.packets, radio.uplink)
        if self.radio == "6tisch":
            mesh = costs.on_sixtisch(what, self.hops, reverse=self.reverse)
            return Weight(sum(mesh.frames), sum(size for _, size in costs.messages(what)))
        return Weight(0, costs.on_nbiot(what, self._coverage, reverse=self.reverse).energy)

    @property
    def _coverage(self) -> nbiot.Coverage:
        return {"good": nbiot.GOOD, "bad": nbiot.BAD}[self.coverage]


def cheaper(question: Question) -> list[Cheaper]:
    """What would be cheaper, the cheapest first: with another credential, another method, or by resumption.

    >>> found = lake.radio.plan.cheaper(lake.radio.plan.Question('lorawan', lake.radio.Variant.of(0, 'x5t')))
    >>> [each.variant.name for each in found]
    ['method 4, resumption', 'method 3, x5t', 'method 0, kid']
    """
    variant, now = question.variant, question.weight()
    everything = list(variants(variant.suite, variant.id_length))
    groups = (
        [each for each in everything if each.method == variant.method],
        [each for each in everything if each.credential_i == variant.credential_i],
        [each for each in everything if each.credential_i == "resumption"],
        [replace(variant, suite={3: 2, 5: 2, 1: 0, 4: 0, 6: 2}.get(variant.suite, variant.suite))],
        [replace(variant, id_length=1)],
    )
    found: dict[Variant, Cheaper] = {}
    for group in groups:
        best = min(group, key=question.weight, default=variant)
        weight = question.weight(best)
        if weight < now:
            found[best] = Cheaper(best, weight, _needs(variant, best))
    return sorted(found.values(), key=lambda each: each.weight)


def _needs(before: Variant, after: Variant) -> str:
    if after.suite != before.suite:
        return "MACs of 8 bytes in the place of 16"
    if after.id_length != before.id_length:
        return "few runs and contexts at a time"
    if after.credential_i == before.credential_i and after.method != before.method:
        sides = {1: "of the Responder", 2: "of the Initiator", 3: "of both sides"}.get(after.method, "")
        return f"keys {sides} that do static Diffie-Hellman, and do not sign"
    return _NEEDS[after.credential_i]


def answer(question: Question) -> str:
    """All of it, for people.

    >>> question = lake.radio.plan.Question('lorawan', lake.radio.Variant.of(3, 'x5t'), dr=0)
    >>> print(lake.radio.plan.answer(question).splitlines()[2])
    Packets: 4, so it does not fit: message_2 has 58 bytes, of which 51 go into one.
    """
    lines = {"lorawan": _lorawan, "6tisch": _sixtisch, "nbiot": _nbiot}[question.radio](question)
    now, options = question.weight(), cheaper(question)
    lines += ["", "Cheaper:" if options else "Nothing is cheaper with this suite."]
    for each in options:
        amount = f"{each.weight.amount / now.amount:.0%} of the {_UNIT[question.radio]}"
        parts = f"{each.weight.parts} {_PARTS[question.radio]}, " if each.weight.parts else ""
        lines.append(f"  {each.variant.name}: {parts}{amount}; needs: {each.needs}")
    return "\n".join(lines)


_UNIT = {"lorawan": "time on air", "6tisch": "bytes", "nbiot": "energy"}
_PARTS = {"lorawan": "packets", "6tisch": "frames"}


def _lorawan(question: Question) -> list[str]:
    rate = DATA_RATES[question.dr]
    flights = costs.messages(question.variant, reverse=question.reverse)
    made = costs.on_lorawan(question.variant, question.dr, reverse=question.reverse)
    whole = costs.on_lorawan(question.variant, question.dr, "schc", reverse=question.reverse)
    large = [
        f"message_{number} has {size} bytes, of which {rate.payload} go into one"
        for number, (_, size) in enumerate(flights, 1)
        if size > rate.payload
    ]
    fits = f"it does not fit: {'; '.join(large)}" if large else "each message fits into one"
    burst = "more than an hour" if whole.cost.burst == math.inf else f"{shown(whole.cost.burst)} s"
    return [
        f"LoRaWAN EU868, DR{question.dr} (SF{rate.spreading}), {question.variant.name}: "
        f"{' + '.join(str(size) for _, size in flights)} bytes",
        "",
        f"Packets: {made.packets}, so {fits}.",
        f"The device is on air for {shown(made.uplink)} s; the requirements want 6 s at most at DR0.",
        f"With SCHC, a first protected request and its answer: {whole.cost.frames} frames, {burst} if the device may "
        f"use its share of the hour at once, {shown(whole.cost.paced)} s if it waits after each frame.",
        f"Energy of the device, waiting: {shown(whole.cost.energy)} J.",
    ]


def _sixtisch(question: Question) -> list[str]:
    made = costs.on_sixtisch(question.variant, question.hops, reverse=question.reverse)
    up, down = limit(question.hops, up=True), limit(question.hops, up=False)
    fits = "each message fits into one" if made.fits else "it does not fit without fragments"
    return [
        f"6TiSCH, {question.hops} hops, {question.variant.name}",
        "",
        f"Frames on each hop: {' + '.join(map(str, made.frames))}, so {fits}: {up} bytes of CoAP payload up, "
        f"{down} down.",
        f"Alone on the air, with one shared cell each 1.01 s: {shown(made.seconds)} s. With many nodes that join at "
        "once it is collisions that count: lake radio formation.",
    ]


def _nbiot(question: Question) -> list[str]:
    made = costs.on_nbiot(question.variant, question._coverage, reverse=question.reverse)
    return [
        f"NB-IoT, {question.coverage} coverage, {question.variant.name}",
        "",
        f"It fits: the radio cuts as it needs. On air: {shown(made.seconds)} s.",
        f"Energy of the device: {shown(1000 * made.energy)} mJ, and with connecting {shown(1000 * made.connected)} mJ.",
    ]
