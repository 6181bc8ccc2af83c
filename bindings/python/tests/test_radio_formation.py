"""The simulation of a network that forms, against what can be computed by hand."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import replace

import pytest

from lake.radio import Variant
from lake.radio.formation import (
    Cell,
    Estimate,
    Network,
    Packet802154,
    Procedure,
    Settings,
    cojp,
    dtls,
    edhoc,
    formation,
    simulate,
)
from lake.radio.sixtisch import frames

SLOTFRAME = 1.01
ALONE = Settings(beacons=False, ack_timeout=1000)
JOIN_ALONE = cojp()
DTLS = dtls("DTLS 1.3, RPK + ECDHE")


def test_closed_form_mean_delay_of_one_hop() -> None:
    """One node, one hop: a packet waits for L / (C + 1) slots in the mean, half a slotframe for one cell."""
    waits = []
    for seed in range(500):
        run = simulate(Network.line(1), JOIN_ALONE, seed, Settings(beacons=False, spread=101 * 5))
        waits.append(run.took[0] - SLOTFRAME)  # the answer has the next cell
    assert max(waits) <= SLOTFRAME + 1e-9
    estimate = Estimate.of(waits)
    assert estimate.mean == pytest.approx(101 / 2 * 0.01, abs=1.5 * estimate.off)
    assert estimate.off < 0.03


@pytest.mark.parametrize(("n", "p"), [(2, 0.5), (5, 0.2), (10, 0.1), (10, 0.3), (20, 0.05)])
def test_closed_form_throughput_of_slotted_aloha(n: int, p: float) -> None:
    """n nodes that send in a share p of the cells: n p (1 - p)^(n - 1) of the cells bring something."""
    cell = Cell(Network.star(n), random.Random(n))
    heard = []
    cell.heard_beacon = lambda receiver, sender: heard.append(receiver)
    cell.listening = {0}
    for node in range(1, n + 1):
        cell.beacon(node, p)
    cells = 20_000
    for _ in range(cells):
        cell.pass_by()
    expected = n * p * (1 - p) ** (n - 1)
    assert len(heard) / cells == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / cells))


@pytest.mark.parametrize("hops", range(1, 9))
@pytest.mark.parametrize("procedure", [JOIN_ALONE, edhoc(Variant())], ids=lambda x: x.name)
def test_closed_form_without_contention(hops: int, procedure: Procedure) -> None:
    """Messages of one frame take one slotframe for each hop, if they fit, and nobody else sends."""
    run = simulate(Network.line(hops), procedure, settings=ALONE)
    for node, took in enumerate(run.took, 1):
        ways = [
            frames(exchange.up[0], node, up=True) + frames(exchange.down[0], node, up=False)
            for exchange in procedure.exchanges
        ]
        if sum(ways) == 2 * len(ways):
            assert took == pytest.approx(SLOTFRAME * node * sum(ways))
    assert run.counts.dropped == run.failures == 0


@pytest.mark.parametrize(
    "procedure", [edhoc(Variant.of(0, "x5chain")), dtls("DTLS 1.3, RPK + ECDHE")], ids=lambda x: x.name
)
def test_closed_form_of_fragments_over_one_hop(procedure: Procedure) -> None:
    """As many slotframes as frames, and each is sent once."""
    count = sum(
        frames(size, 1, up=up, coap=procedure.coap)
        for exchange in procedure.exchanges
        for up, sizes in ((True, exchange.up), (False, exchange.down))
        for size in sizes
    )
    run = simulate(Network.line(1), procedure, settings=ALONE)
    assert run.took == [pytest.approx(SLOTFRAME * count)]
    assert run.counts.sent == run.counts.delivered == count


def test_closed_form_back_off_of_two() -> None:
    """Two frames in one cell collide, then wait for 0 to 3 cells each, and so on: 1 in 4 * 8 * 16 is lost."""
    chance, rounds = random.Random(5), 12_000
    lost = at_once = 0
    for _ in range(rounds):
        cell = Cell(Network.star(2), chance)
        ends: list[int] = []
        for node in (1, 2):
            cell.put(node, Packet802154([node, 0], lambda cell=cell, ends=ends: ends.append(cell.counts.cells)))  # type: ignore[misc]
        while len(ends) + cell.counts.dropped < 2:
            cell.pass_by()
        lost += cell.counts.dropped == 2
        at_once += cell.counts.sent == 4
    for count, share in ((lost, 1 / 512), (at_once, 3 / 4)):
        assert count / rounds == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / rounds))


def test_loss_costs_its_share() -> None:
    """A frame of which a third is lost is sent 1.5 times, or four times and is dropped."""
    run = [simulate(Network.line(1), JOIN_ALONE, seed, replace(ALONE, loss=1 / 3)) for seed in range(800)]
    delivered, sent = (sum(getattr(each.counts, name) for each in run) for name in ("delivered", "sent"))
    share = 2 / 3
    assert delivered / sent == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / sent))
    dropped = sum(each.counts.dropped for each in run)
    assert dropped / (dropped + delivered) == pytest.approx(1 / 81, abs=4 * math.sqrt(1 / 81 / (dropped + delivered)))


def test_scanning_and_waiting() -> None:
    """One node beside the root hears 1 of 16 beacons, and the root sends one in 6 cells: then it waits for 180 s."""
    found = [simulate(Network.line(1), JOIN_ALONE, seed) for seed in range(250)]
    estimate = Estimate.of([run.joined[0] - run.took[0] - 180 for run in found])
    assert estimate.mean == pytest.approx(16 * 6 * SLOTFRAME, abs=1.5 * estimate.off)


def test_networks() -> None:
    for seed in range(5):
        network = Network.scattered(200, random.Random(seed))
        assert len(network.parent) == 201
        for node, parent in enumerate(network.parent[1:], 1):
            assert parent in network.neighbours[node]
            assert network.depths[node] == network.depths[parent] + 1, "the shortest way"
            assert all(node in network.neighbours[neighbour] for neighbour in network.neighbours[node])
        assert 8 < statistics.mean(map(len, network.neighbours)) < 16


def test_a_seed_is_a_run() -> None:
    network = Network.scattered(20, random.Random(1))
    runs = [simulate(network, edhoc(Variant()), seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0].formed < math.inf
    short = simulate(network, edhoc(Variant()), 1, Settings(most=60))
    assert (short.formed, short.half) == (math.inf, math.inf)


def test_r30_many_interleaved_runs_end() -> None:
    """Handshakes of all nodes of a network at the same time: each one ends, sooner with fewer frames."""
    small, large = (formation(procedure, 10, 5, settings=Settings(most=1e6)) for procedure in (edhoc(Variant()), DTLS))
    assert small.joined == large.joined == 1
    assert small.formed.mean + small.formed.off < large.formed.mean - large.formed.off
    assert small.frames.mean < large.frames.mean


def test_estimates() -> None:
    assert Estimate.of([4.0]) == (4.0, math.inf)
    assert Estimate.of([1.0, math.inf]) == (math.inf, math.inf)
    mean, off = Estimate.of([1.0, 2.0, 3.0, 4.0, 5.0])
    assert mean == 3
    assert off == pytest.approx(2.776 * math.sqrt(2.5 / 5))
    chance = random.Random(3)
    estimates = [Estimate.of([chance.gauss(10, 2) for _ in range(10)]) for _ in range(1000)]
    inside = sum(abs(each.mean - 10) <= each.off for each in estimates) / 1000
    assert inside == pytest.approx(0.95, abs=0.025)
