"""The tables of `lake radio`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..info import suites
from . import costs, nbiot
from .lorawan import DATA_RATES
from .messages import Variant, handshake, variants
from .others import OTHERS, Other
from .sixtisch import limit
from .study import Row
from .table import RadioTable, Value


def sizes(suite: int = 2, id_length: int = 1) -> RadioTable:
    """What is sent: messages, and the CoAP datagrams around them.

    >>> lake.radio.tables.sizes().rows[21][:6]
    ('method 3, kid', 37, 45, 19, 101, 9)
    """
    columns = ("handshake", "message_1", "message_2", "message_3", "sum", "message_4",
               "CoAP as sent", "smallest", "combined, smallest", "reverse, smallest")  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for variant in variants(suite, id_length):
        made = handshake(variant)
        forward = made.datagrams(combined=False)
        rows.append(
            (
                variant.name, *made.sizes, sum(made.sizes), made.message_4,
                sum(len(datagram.coap) for datagram in forward),
                *(sum(size for _, size in flights) for flights in (
                    costs.coap(variant, combined=False), costs.coap(variant), costs.coap(variant, reverse=True)
                )),
            )
        )  # fmt: skip
    notes = [
        "Bytes. CoAP: all datagrams of the run and of a first protected GET with its answer, with OSCORE.",
        "As sent: by the endpoint of this library. Smallest: no token, no Content-Format, the path /edhoc.",
    ]
    return RadioTable("What a handshake sends", columns, rows, notes)


def by_suite(id_lengths: Sequence[int] = (1, 2, 4, 7)) -> RadioTable:
    """Messages in every suite, by kid, and with longer connection identifiers in suite 2.

    >>> lake.radio.tables.by_suite().rows[2]
    (2, 1, '37 + 102 + 77', '37 + 45 + 19', '37 + 35 + 11', '37 + 35 + 13')
    """
    kinds = ((0, "kid"), (3, "kid"), (4, "psk"), (4, "resumption"))
    columns = ("suite", "identifiers", *(f"method {method}, {credential}" for method, credential in kinds))
    which = [*((suite, 1) for suite in suites()), *((2, length) for length in id_lengths if length > 1)]
    rows: list[tuple[Value, ...]] = []
    for suite, length in which:
        made = [handshake(Variant.of(method, credential, suite, length)).sizes for method, credential in kinds]
        rows.append((suite, length, *(" + ".join(map(str, each)) for each in made)))
    notes = ["Bytes of message_1 to message_3; of the connection identifiers C_I and C_R."]
    return RadioTable("Messages by suite", columns, rows, notes)


def lorawan(
    dr: int = 0, framing: str = "bare", suite: int = 2, id_length: int = 1, *, reverse: bool = False
) -> RadioTable:
    """On LoRaWAN at a data rate.

    >>> lake.radio.tables.lorawan().rows[21][:3]
    ('method 3, kid', 3, 4.112384)
    """
    columns = ("handshake", "packets", "uplink s", "all frames", "burst s", "paced s", "energy J")
    rows: list[tuple[Value, ...]] = []
    for what in _compared(suite, id_length, others=framing != "schc" and not reverse):
        made = costs.on_lorawan(what, dr, framing, reverse=reverse)
        spent = made.cost
        rows.append((what.name, made.packets, made.uplink, spent.frames, spent.burst, spent.paced, spent.energy))
    around = {
        "bare": "the messages alone",
        "schc": "CoAP, UDP and IPv6 by SCHC, with a first protected GET and its answer",
        "plain": "CoAP (but DTLS and TLS), UDP and IPv6 as they are, with a first protected GET and its answer",
    }[framing]
    who = "the network begins" if reverse else "the device begins"
    rate = DATA_RATES[dr]
    notes = [
        f"Packets of at most {rate.payload} bytes carry something; the other frames acknowledge, or open a window.",
        "Uplink: time on air of the packets that the device sends. Burst: from the first to the last frame, if the",
        "device sends whenever it wants; never: more than 36 s in an hour. Paced: if it waits after each frame",
        "until 1 % is kept. Energy of the device, paced: 29 mA sending, 11.5 mA receiving, 2 uA else, 3.3 V.",
    ]
    return RadioTable(f"LoRaWAN EU868, DR{dr} (SF{rate.spreading}): {around}; {who}", columns, rows, notes)


def sixtisch(
    hops: Sequence[int] = range(1, 9), suite: int = 2, id_length: int = 1, *, reverse: bool = False
) -> RadioTable:
    """On 6TiSCH, by the number of hops.

    >>> lake.radio.tables.sixtisch([5]).rows[21]
    ('method 3, kid', '1 + 1 + 1', 15.15)
    """
    columns = ("handshake", *(column for hop in hops for column in (f"{hop}: frames", f"{hop}: s")))
    rows: list[tuple[Value, ...]] = []
    for what in _compared(suite, id_length, others=not reverse):
        made = [costs.on_sixtisch(what, hop, reverse=reverse) for hop in hops]
        rows.append((what.name, *(cell for each in made for cell in (" + ".join(map(str, each.frames)), each.seconds))))
    limits = ", ".join(f"{limit(hop, up=True)}/{limit(hop, up=False)} at {hop}" for hop in hops)
    notes = [
        f"Frames of each message on each hop. Limits of one frame, bytes of CoAP payload up/down: {limits}.",
        "Seconds: each frame takes a slotframe of 1.01 s on each hop, and nobody else sends.",
        "EDHOC over CoAP, each message in a request or answer of its own; DTLS and TLS without CoAP.",
    ]
    return RadioTable("6TiSCH, by hops", columns, rows, notes)


def nb_iot(suite: int = 2, id_length: int = 1, *, reverse: bool = False) -> RadioTable:
    """On NB-IoT, with good and with bad coverage.

    >>> lake.radio.tables.nb_iot().rows[21][0]
    'method 3, kid'
    """
    columns = ("handshake", "good s", "good mJ", "connected mJ", "bad s", "bad mJ", "and connected mJ")
    rows: list[tuple[Value, ...]] = []
    for what in _compared(suite, id_length, others=not reverse):
        made = [costs.on_nbiot(what, coverage, reverse=reverse) for coverage in (nbiot.GOOD, nbiot.BAD)]
        figures = ((each.seconds, 1000 * each.energy, 1000 * each.connected) for each in made)
        rows.append((what.name, *(figure for three in figures for figure in three)))
    notes = ["The messages alone; of the device, with 500 mW sending and 80 mW receiving. Connected: with connecting."]
    return RadioTable("NB-IoT", columns, rows, notes)


def formation(rows: Iterable[Row]) -> RadioTable:
    """How long networks take to form.

    >>> rows = lake.radio.study.run([lake.radio.study.Size(11, 3, 2)])
    >>> lake.radio.tables.formation(rows).rows[0][:3]
    (11, 3, 'CoJP, pre-shared key')
    """
    columns = (
        "slots",
        "nodes",
        "procedure",
        "runs",
        "depth",
        "formed s",
        "+-",
        "half s",
        "half +-",
        "joined %",
        "frames a node",
    )
    made: list[tuple[Value, ...]] = []
    for row in rows:
        each = row.made
        off = [math.inf if estimate.mean == math.inf else estimate.off for estimate in (each.formed, each.half)]
        made.append(
            (
                row.slots, each.nodes, each.procedure, each.runs, each.depth, each.formed.mean, off[0],
                each.half.mean, off[1], 100 * each.joined, each.frames.mean,
            )
        )  # fmt: skip
    notes = [
        "Slots of 10 ms from one shared cell to the next. Formed: until the last node had joined, +- the interval of",
        "95 %; half: until half of them had. Never: in some run not within 3 hours. Joined: of all nodes, by then.",
        "Depth: hops, in the mean of the runs. Frames: on all hops, each attempt, without beacons.",
    ]
    return RadioTable("Formation of 6TiSCH networks", columns, made, notes)


def compared(suite: int = 2) -> RadioTable:
    """EDHOC beside other protocols.

    >>> [row[4] for row in lake.radio.tables.compared().rows if row[0] == 'DTLS 1.3, PSK']
    [345]
    """
    columns = (
        "handshake", "#1", "#2", "#3", "sum", "LoRaWAN packets", "uplink s", "6TiSCH frames, 5 hops", "NB-IoT mJ, bad",
        "source",
    )  # fmt: skip
    kinds = ((3, "kid"), (3, "x5t"), (0, "kid"), (0, "x5t"), (4, "psk"), (4, "resumption"))
    chosen: list[Variant | Other] = [Variant.of(method, credential, suite) for method, credential in kinds]
    rows: list[tuple[Value, ...]] = []
    for what in (*chosen, *OTHERS):
        sizes = [size for _, size in costs.messages(what)]
        radio = costs.on_lorawan(what)
        mesh, cell = costs.on_sixtisch(what), costs.on_nbiot(what, nbiot.BAD)
        name, source = (what.name, what.source) if isinstance(what, Other) else (f"EDHOC, {what.name}", "measured here")
        figures = (radio.packets, radio.uplink, sum(mesh.frames), 1000 * cell.energy)
        rows.append((name, *sizes, sum(sizes), *figures, source))
    notes = ["The messages alone, LoRaWAN at DR0; on 6TiSCH EDHOC has CoAP around it, and the others have not."]
    return RadioTable("EDHOC beside other protocols", columns, rows, notes)


def _compared(suite: int, id_length: int, *, others: bool) -> list[Variant | Other]:
    return [*variants(suite, id_length), *(OTHERS if others else ())]
