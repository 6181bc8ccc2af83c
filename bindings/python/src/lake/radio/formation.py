"""How long a 6TiSCH network takes to form: a simulation of all its nodes joining.

The schedule is that of RFC 8180: one cell that all share, every 101 slots of 10 ms, slotted
ALOHA with its back-off and at most four attempts. A node scans the 16 channels for a beacon,
listens for a second neighbour for up to 180 s, and takes the one that is nearer to the
root. Through it, it runs the handshake and the join protocol with the root, with the timers
of RFC 9031, and then sends beacons itself: in 1 / (3 (N + 1)) of the cells, for N
neighbours, which is the share that RFC 9033 section 2 has.

What it leaves out: loss but by collisions, capture, acknowledgements that are lost, DIOs and
all other traffic, cells beside the shared one, the join rate of RFC 9031 section 8.4.2, and
the time that cryptography takes.
"""

from __future__ import annotations

import heapq
import math
import random
import statistics
from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from . import others, sixtisch
from .messages import JOIN, Variant, handshake

SLOT = 0.01
"""Seconds."""

ATTEMPTS, MIN_BE, MAX_BE, QUEUE = 4, 1, 7, 16
"""Of a frame (RFC 8180), the exponents of its back-off (IEEE 802.15.4), and how many frames wait at a node."""

CHANNELS, NEIGHBOURS_TO_WAIT, MAX_EB_DELAY = 16, 2, 180.0
"""Where beacons may be, for how many neighbours a node waits, and how long (RFC 8180 section 6.2)."""

JOIN_ATTEMPTS = 4
"""COJP_MAX_JOIN_ATTEMPTS of RFC 9031; after so many a node scans anew."""

ACK_RANDOM_FACTOR, MAX_RETRANSMIT = 1.5, 4
"""Of CoAP (RFC 9031 section 7.2); used for DTLS, too."""


@dataclass(frozen=True)
class Settings:
    """What those who run a network can choose, and how long they wait."""

    slots: int = 101
    """of a slotframe, which has one shared cell"""
    ack_timeout: float = 10.0
    """seconds: ACK_TIMEOUT of RFC 9031"""
    loss: float = 0.0
    """the share of frames that is not received though nobody else sends"""
    beacons: bool = True
    """Without, each node knows its parent, which is that of the network, and begins when that has joined."""
    spread: float = 0.0
    """seconds within which the nodes are switched on, each at random"""
    most: float = 3 * 3600.0
    """seconds after which a simulation ends"""

    @property
    def slotframe(self) -> float:
        """Seconds from one shared cell to the next.

        >>> lake.radio.formation.Settings().slotframe
        1.01
        """
        return self.slots * SLOT


class Exchange(NamedTuple):
    """A request and its answer, each of one datagram or several: bytes of payload."""

    up: tuple[int, ...]
    down: tuple[int, ...]


class Procedure(NamedTuple):
    """What a node does before it is in the network."""

    name: str
    exchanges: tuple[Exchange, ...]
    coap: bool = True
    """what is sent is CoAP payload, else UDP payload"""


def edhoc(variant: Variant) -> Procedure:
    """EDHOC with the join request combined with message_3 (RFC 9668).

    >>> from lake.radio.formation import edhoc
    >>> edhoc(lake.radio.Variant()).exchanges
    (Exchange(up=(38,), down=(45,)), Exchange(up=(36,), down=(36,)))
    """
    sizes = [datagram.payload for datagram in handshake(variant).datagrams(application=JOIN)]
    return Procedure(f"EDHOC, {variant.name}", (Exchange((sizes[0],), (sizes[1],)), Exchange((sizes[2],), (sizes[3],))))


def cojp() -> Procedure:
    """The join protocol alone, with a pre-shared OSCORE key and without forward secrecy.

    >>> lake.radio.formation.cojp().exchanges
    (Exchange(up=(17,), down=(36,)),)
    """
    request, answer = (
        datagram.payload for datagram in handshake(Variant()).datagrams(combined=False, application=JOIN)[4:]
    )
    return Procedure("CoJP, pre-shared key", (Exchange((request,), (answer,)),))


def dtls(name: str) -> Procedure:
    """A handshake of DTLS 1.3 (`others`), and the join request in a record right behind its last flight.

    >>> lake.radio.formation.dtls('DTLS 1.3, PSK').exchanges
    (Exchange(up=(136,), down=(153,)), Exchange(up=(56, 23), down=(42,)))
    """
    first, second, third = others.other(name).flights
    request, answer = len(JOIN.request) + others.RECORD, 5 + len(JOIN.payload) + others.RECORD
    return Procedure(name, (Exchange((first,), (second,)), Exchange((third, request), (answer,))), coap=False)


# --- The network ------------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """Nodes, of which number 0 is the root, and who hears whom."""

    parent: tuple[int, ...]
    """of each node; that of the root is 0"""
    neighbours: tuple[tuple[int, ...], ...]
    """of each node: who hears it"""

    @classmethod
    def line(cls, hops: int) -> Network:
        """A root and so many nodes behind each other, each of which hears the next.

        >>> lake.radio.formation.Network.line(3).depths
        (0, 1, 2, 3)
        """
        neighbours = [tuple(other for other in (node - 1, node + 1) if 0 <= other <= hops) for node in range(hops + 1)]
        return cls((0, *range(hops)), tuple(neighbours))

    @classmethod
    def star(cls, nodes: int) -> Network:
        """A root and so many nodes that all hear each other.

        >>> lake.radio.formation.Network.star(3).depths
        (0, 1, 1, 1)
        """
        everybody = range(nodes + 1)
        return cls((0,) * (nodes + 1), tuple(tuple(b for b in everybody if b != a) for a in everybody))

    @classmethod
    def scattered(cls, nodes: int, chance: random.Random, degree: float = 12) -> Network:
        """A root and so many nodes, at random on a disc, with so many neighbours each, and the shortest ways.

        >>> import random
        >>> network = lake.radio.formation.Network.scattered(50, random.Random(1))
        >>> max(network.depths) > 1
        True
        """
        radius = math.sqrt((nodes + 1) / (degree + 1))
        places: list[tuple[float, float]] = [(0.0, 0.0)]
        while len(places) <= nodes:
            distance, angle = radius * math.sqrt(chance.random()), 2 * math.pi * chance.random()
            place = (distance * math.cos(angle), distance * math.sin(angle))
            if any(math.dist(place, other) <= 1 for other in places):  # so that all are connected
                places.append(place)
        neighbours = [
            tuple(b for b, there in enumerate(places) if b != a and math.dist(here, there) <= 1)
            for a, here in enumerate(places)
        ]
        parent, seen = [0] * len(places), {0}
        line = deque([0])
        while line:
            node = line.popleft()
            for child in neighbours[node]:
                if child not in seen:
                    seen.add(child)
                    parent[child] = node
                    line.append(child)
        return cls(tuple(parent), tuple(neighbours))

    @property
    def depths(self) -> tuple[int, ...]:
        """Hops from each node to the root.

        >>> lake.radio.formation.Network.line(2).depths
        (0, 1, 2)
        """
        return tuple(len(self.way(node)) - 1 for node in range(len(self.parent)))

    def way(self, node: int) -> list[int]:
        """From a node to the root, both included.

        >>> lake.radio.formation.Network.line(2).way(2)
        [2, 1, 0]
        """
        way = [node]
        while way[-1]:
            way.append(self.parent[way[-1]])
        return way


# --- The shared cell ---------------------------------------------------------------------


@dataclass(eq=False)
class Packet802154:
    """A frame with its way through the network."""

    way: Sequence[int]
    arrived: Callable[[], object]
    """is called at the end of the way"""
    at: int = 0
    """where on the way it is"""
    attempts: int = 0
    exponent: int = MIN_BE


@dataclass
class Counts:
    """What happened in the shared cell."""

    cells: int = 0
    sent: int = 0
    """frames but beacons, each attempt"""
    delivered: int = 0
    """of them"""
    beacons: int = 0
    dropped: int = 0
    """frames, after four attempts or at a full queue"""


class Cell:
    """The shared cell of all nodes: who sends is heard by neighbours that hear nobody else, and do not send."""

    def __init__(self, network: Network, chance: random.Random, loss: float = 0.0) -> None:
        self.network, self.chance, self.loss = network, chance, loss
        self.counts = Counts()
        self.heard_beacon: Callable[[int, int], object] = lambda receiver, sender: None
        nodes = len(network.parent)
        self._queues: list[deque[Packet802154]] = [deque() for _ in range(nodes)]
        self._wait = [0] * nodes  # cells that a node lets pass
        self._busy: set[int] = set()
        self._beacons: list[tuple[int, int]] = []
        self._share: dict[int, float] = {}
        self.listening: set[int] = set(range(nodes))
        """Who is told of beacons."""

    def put(self, node: int, frame: Packet802154) -> None:
        """Gives a node a frame to send on."""
        if len(self._queues[node]) >= QUEUE:
            self.counts.dropped += 1
            return
        self._queues[node].append(frame)
        self._busy.add(node)

    def beacon(self, node: int, share: float) -> None:
        """Makes a node send beacons, in a share of the cells."""
        self._share[node] = share
        self._next_beacon(node)

    def _next_beacon(self, node: int) -> None:
        gap = 1 + int(math.log(1 - self.chance.random()) / math.log(1 - self._share[node]))
        heapq.heappush(self._beacons, (self.counts.cells + gap, node))

    def pass_by(self) -> None:
        """One cell: who has something sends, and what is heard goes on."""
        self.counts.cells += 1
        sending: dict[int, Packet802154 | None] = {}
        while self._beacons and self._beacons[0][0] <= self.counts.cells:
            node = heapq.heappop(self._beacons)[1]
            sending[node] = None
            self._next_beacon(node)
        for node in sorted(self._busy):
            if node in sending:
                continue
            if self._wait[node]:
                self._wait[node] -= 1
            else:
                sending[node] = self._queues[node][0]
        noise: Counter[int] = Counter()
        for node in sending:
            noise.update(self.network.neighbours[node])
        for node, frame in sending.items():
            if frame is None:
                self._broadcast(node, sending, noise)
            else:
                self._unicast(node, frame, sending, noise)

    def _hears(self, node: int, sending: dict[int, Packet802154 | None], noise: Counter[int]) -> bool:
        return noise[node] == 1 and node not in sending and (not self.loss or self.chance.random() >= self.loss)

    def _broadcast(self, node: int, sending: dict[int, Packet802154 | None], noise: Counter[int]) -> None:
        self.counts.beacons += 1
        for neighbour in self.network.neighbours[node]:
            if neighbour in self.listening and self._hears(neighbour, sending, noise):
                self.heard_beacon(neighbour, node)

    def _unicast(
        self, node: int, frame: Packet802154, sending: dict[int, Packet802154 | None], noise: Counter[int]
    ) -> None:
        self.counts.sent += 1
        to = frame.way[frame.at + 1]
        if self._hears(to, sending, noise):
            self.counts.delivered += 1
            self._done(node)
            onward = Packet802154(frame.way, frame.arrived, frame.at + 1)
            if onward.at == len(frame.way) - 1:
                frame.arrived()
            else:
                self.put(to, onward)
            return
        frame.attempts += 1
        frame.exponent = min(frame.exponent + 1, MAX_BE)
        if frame.attempts == ATTEMPTS:
            self.counts.dropped += 1
            self._done(node)
            return
        self._wait[node] = self.chance.randrange(1 << frame.exponent)

    def _done(self, node: int) -> None:
        self._queues[node].popleft()
        if not self._queues[node]:
            self._busy.discard(node)


# --- Joining -------------------------------------------------------------------------------


@dataclass
class Joining:
    """How a network formed."""

    nodes: int
    """but the root"""
    joined: list[float] = field(default_factory=list)
    """when each node had joined: seconds from the start, in the order of time"""
    took: list[float] = field(default_factory=list)
    """seconds from when it knew its neighbours, likewise"""
    depth: int = 0
    """hops to the deepest node"""
    counts: Counts = field(default_factory=Counts)
    failures: int = 0
    """attempts to join that were given up"""

    @property
    def formed(self) -> float:
        """When the last one had joined; inf if the simulation ended before.

        >>> lake.radio.formation.Joining(2, [1.0, 2.0]).formed, lake.radio.formation.Joining(3, [1.0, 2.0]).formed
        (2.0, inf)
        """
        return self.joined[-1] if len(self.joined) == self.nodes else math.inf

    @property
    def half(self) -> float:
        """When half of them had joined, likewise.

        >>> lake.radio.formation.Joining(3, [1.0, 2.0]).half
        2.0
        """
        middle = (self.nodes - 1) // 2
        return self.joined[middle] if len(self.joined) > middle else math.inf


def simulate(network: Network, procedure: Procedure, seed: int = 0, settings: Settings | None = None) -> Joining:
    """Lets a network form. The same seed gives the same run.

    >>> from lake.radio.formation import Network, Settings, cojp, simulate
    >>> run = simulate(Network.line(1), cojp(), settings=Settings(beacons=False))
    >>> round(run.formed, 2)  # a request, an answer, each in its slotframe
    2.02
    """
    return _Simulation(network, procedure, random.Random(seed), settings or Settings()).run()


class _Simulation:
    def __init__(self, network: Network, procedure: Procedure, chance: random.Random, settings: Settings) -> None:
        try:
            import simpy
        except ImportError as error:
            raise ImportError("lake.radio simulates with simpy: pip install 'liblake[radio]'") from error
        self.world = simpy.Environment()
        self.network, self.procedure, self.chance, self.settings = network, procedure, chance, settings
        self.cell = Cell(network, chance, settings.loss)
        self.cell.heard_beacon = self.heard
        nodes = len(network.parent)
        self.result = Joining(nodes - 1, counts=self.cell.counts)
        self.ways: list[list[int]] = [[0]] * nodes  # from each node that has a parent to the root
        self.known: list[set[int]] = [set() for _ in range(nodes)]  # neighbours that a node has heard
        self.found = [self.world.event() for _ in range(nodes)]  # the first one
        self.enough = [self.world.event() for _ in range(nodes)]  # of them
        self.ended = self.world.event()
        self.children: list[list[int]] = [[] for _ in range(nodes)]
        for node, parent in enumerate(network.parent[1:], 1):
            self.children[parent].append(node)

    def run(self) -> Joining:
        self.world.process(self.cells())
        for node in range(1, len(self.network.parent)):
            self.world.process(self.join(node))
        self.cell.listening.clear()
        self.has_joined(0)
        self.world.run(until=self.ended | self.world.timeout(self.settings.most))
        self.result.depth = max(map(len, self.ways)) - 1
        return self.result

    def cells(self) -> Generator[Any, Any, None]:
        while True:
            yield self.world.timeout(self.settings.slotframe)
            self.cell.pass_by()

    def heard(self, node: int, sender: int) -> None:
        if self.found[node].triggered:
            self.known[node].add(sender)
            if len(self.known[node]) >= NEIGHBOURS_TO_WAIT and not self.enough[node].triggered:
                self.enough[node].succeed()
        elif self.chance.randrange(CHANNELS) == 0:  # it scans, and was on the channel of the beacon
            self.known[node].add(sender)
            self.found[node].succeed()

    def has_joined(self, node: int) -> None:
        if self.settings.beacons:
            self.cell.beacon(node, 1 / (3 * (len(self.network.neighbours[node]) + 1)))
        else:
            for child in self.children[node]:
                self.known[child].add(node)
                self.found[child].succeed()
                self.enough[child].succeed()
        if node:
            self.result.joined.append(self.world.now)
        if len(self.result.joined) == self.result.nodes:
            self.ended.succeed()

    def join(self, node: int) -> Generator[Any, Any, None]:
        yield self.world.timeout(self.settings.spread * self.chance.random())
        while True:
            self.cell.listening.add(node)
            yield self.found[node]
            yield self.enough[node] | self.world.timeout(MAX_EB_DELAY)
            self.cell.listening.discard(node)
            parent = min(self.known[node], key=lambda known: (len(self.ways[known]), known))
            self.ways[node] = [node, *self.ways[parent]]
            since = self.world.now
            for _ in range(JOIN_ATTEMPTS):
                done = yield from self.attempt(node)
                if done:
                    self.result.took.append(self.world.now - since)
                    self.has_joined(node)
                    return
                self.result.failures += 1
            if self.settings.beacons:
                self.known[node].clear()
                self.found[node], self.enough[node] = self.world.event(), self.world.event()

    def attempt(self, node: int) -> Generator[Any, Any, bool]:
        for exchange in self.procedure.exchanges:
            done = yield from self.exchange(node, exchange)
            if not done:
                return False
        return True

    def exchange(self, node: int, exchange: Exchange) -> Generator[Any, Any, bool]:
        """Sends a request until its answer is there."""
        up = self.ways[node]
        down = up[::-1]
        answered = self.world.event()

        def answer() -> None:
            self.message(down, exchange.down, up=False, whole=lambda: answered.triggered or answered.succeed())

        timeout = self.settings.ack_timeout * self.chance.uniform(1, ACK_RANDOM_FACTOR)
        for _ in range(1 + MAX_RETRANSMIT):
            self.message(up, exchange.up, up=True, whole=answer)
            yield answered | self.world.timeout(timeout)
            if answered.triggered:
                return True
            timeout *= 2
        return False

    def message(self, way: list[int], datagrams: tuple[int, ...], *, up: bool, whole: Callable[[], object]) -> None:
        """Sends datagrams in frames; calls when the last one has arrived, if none is lost."""
        frames = sum(sixtisch.frames(size, len(way) - 1, up=up, coap=self.procedure.coap) for size in datagrams)
        missing = [frames]

        def arrived() -> None:
            missing[0] -= 1
            if not missing[0]:
                whole()

        for _ in range(frames):
            self.cell.put(way[0], Packet802154(way, arrived))


# --- Many runs -------------------------------------------------------------------------------

# Student's t for a confidence of 95 %, by degrees of freedom.
_STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045,
)  # fmt: skip


class Estimate(NamedTuple):
    """A mean, and how far it may be off: half of the interval that has it with a confidence of 95 %."""

    mean: float
    off: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        """Of some values that do not depend on each other; of one alone nothing is known.

        >>> lake.radio.formation.Estimate.of([1.0, 2.0, 3.0]).mean
        2.0
        """
        if math.inf in values:
            return cls(math.inf, math.inf)
        if len(values) < 2:
            return cls(statistics.mean(values), math.inf)
        student = _STUDENT[len(values) - 2] if len(values) - 2 < len(_STUDENT) else 1.96
        return cls(statistics.mean(values), student * statistics.stdev(values) / math.sqrt(len(values)))


class Formation(NamedTuple):
    """How long networks of a size take with a procedure."""

    procedure: str
    nodes: int
    runs: int
    joined: float
    """the share of the nodes that had joined at the end of the simulation"""
    depth: float
    """the mean number of hops to the deepest node"""
    formed: Estimate
    """seconds until the last node had joined; inf if that was not so in every run"""
    half: Estimate
    """seconds until half of them had; likewise"""
    frames: Estimate
    """frames for each node, on all hops, each attempt counted, but no beacons"""


def formation(
    procedure: Procedure,
    nodes: int,
    runs: int,
    seed: int = 1,
    settings: Settings | None = None,
    progress: Callable[[], object] = lambda: None,
) -> Formation:
    """Simulates so many networks, scattered anew each time; every procedure meets the same ones.

    progress: is called after each.

    >>> from lake.radio.formation import cojp, formation
    >>> made = formation(cojp(), 5, 3)
    >>> made.formed.mean > made.half.mean
    True
    """
    done = []
    for number in range(runs):
        network = Network.scattered(nodes, random.Random(f"{seed} network {nodes} {number}"))
        done.append(simulate(network, procedure, seed * 1000 + number, settings))
        progress()
    return Formation(
        procedure=procedure.name,
        nodes=nodes,
        runs=runs,
        joined=statistics.mean(len(run.joined) / nodes for run in done),
        depth=statistics.mean(run.depth for run in done),
        formed=Estimate.of([run.formed for run in done]),
        half=Estimate.of([run.half for run in done]),
        frames=Estimate.of([run.counts.sent / nodes for run in done]),
    )
