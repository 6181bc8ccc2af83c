"""The page docs/radio.md, from the engine and from what was simulated."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from . import costs, nbiot, plots, requirements, sixtisch, study, tables
from .lorawan import DATA_RATES
from .messages import Variant, handshake
from .others import Other, other
from .study import Row
from .table import RadioTable, Value, shown

PAGE, FORMATION, PICTURES = "radio.md", "radio/formation.csv", "radio"
"""Names in the folder of pages."""

_KID, _X5T = Variant.of(3, "kid"), Variant.of(3, "x5t")
_SIGNED_KID, _SIGNED_X5T = Variant.of(0, "kid"), Variant.of(0, "x5t")
_RESUMED, _PSK = Variant.of(4, "resumption"), Variant.of(4, "psk")
_DTLS, _DTLS_PSK = other("DTLS 1.3, RPK + ECDHE"), other("DTLS 1.3, PSK + ECDHE")


def write(folder: Path, rows: Sequence[Row]) -> None:
    """Writes the page, the pictures, and the figures of the simulation into a folder."""
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    study.save(folder / FORMATION, rows)
    rows = study.load(folder / FORMATION)  # with the digits that the file has
    for name, draw in pictures(rows).items():
        draw(folder / PICTURES / name)
    (folder / PAGE).write_text(page(rows))


def pictures(rows: Sequence[Row]) -> dict[str, Callable[[Path], None]]:
    """The pictures by their names in the folder `PICTURES`.

    >>> sorted(lake.radio.report.pictures([]))
    ['formation-101.svg', 'formation-11.svg', 'lorawan.svg', 'messages.svg', 'nbiot.svg']
    """
    return {
        "messages.svg": plots.messages,
        "lorawan.svg": plots.lorawan,
        "nbiot.svg": plots.energy,
        "formation-101.svg": lambda path: plots.formation(path, rows, 101),
        "formation-11.svg": lambda path: plots.formation(path, rows, 11),
    }


def page(rows: Sequence[Row]) -> str:
    """The page, for what was simulated.

    >>> '| R26 |' in lake.radio.report.page([])
    True
    """
    parts = [_head(), _requirements(rows), _advice(rows), _messages(), _lorawan(), _sixtisch(), _formation(rows),
             _nbiot(), _compared(), _sources()]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _head() -> str:
    return """
# What a handshake costs on the radio

This page is written by `lake radio report docs` (or `make radio`), from messages that
the engine makes and CoAP datagrams that its endpoints exchange; a test compares it with
them. `lake radio --help` has the tables in full, for other suites, connection identifiers
and data rates, as JSON and CSV; `lake radio plan` answers for one network. Install with
`pip install 'liblake[radio]'`.

*kid*: a raw public key by reference, *kccs*: by value. *x5t*, *c5t*: a certificate by
reference, *c5c*, *x5chain*: by value, in C509 and X.509; *x5chain-2*: with that of the
authority. Both sides have the same kind where one is named, else the Initiator's comes
first. Suite 2, if nothing else is said, with connection identifiers of one byte. The certificates are as a device has
them: P-256, the device's EUI-64 as its name, issued by a manufacturer's second authority.
"""


def _requirements(rows: Sequence[Row]) -> str:
    results = requirements.results(rows)
    table = RadioTable(
        "", ("row", "requirement", "handshake", "measured", "met"), [tuple(result) for result in results]
    ).markdown()
    failed = sum(not result.met for result in results)
    return f"""
## The requirements

Those of draft-ietf-lake-reqs-04 that end in numbers. {len(results) - failed} lines are met and {failed} are not: a
signature takes 64 bytes where a MAC takes 8, and a key by value takes itself.

There is no number for the size of code (R28). [performance.md](performance.md) has that of this library, and of EDHOC
beside TLS and DTLS in Go; it carries Go's runtime and is for gateways and servers. Published for programs on RIOT
(edhoc-dtls-comparison, 2023, text, data and bss in bytes):

| program | text | data | bss |
|---|---|---|---|
| EDHOC, edhoc-rs | 30463 | 680 | 714 |
| DTLS 1.3, RPK, wolfSSL | 141202 | 4800 | 492 |
| DTLS 1.3, RPK on both sides | 141266 | 4800 | 492 |
| DTLS 1.3, certificates | 139487 | 4800 | 2012 |

{table}
"""


def _advice(rows: Sequence[Row]) -> str:
    def packets(what: Variant | Other) -> int:
        return costs.on_lorawan(what).packets

    def air(what: Variant | Other) -> str:
        return shown(costs.on_lorawan(what).uplink)

    def energy(what: Variant | Other) -> float:
        return costs.on_nbiot(what, nbiot.BAD).energy

    def fitting(dr: int) -> str:
        names = ("kid", "x5t", "kccs", "c5c", "x5chain")
        return ", ".join(name for name in names if max(handshake(Variant.of(0, name)).sizes) <= DATA_RATES[dr].payload)

    def bytes_of(variant: Variant) -> str:
        return " + ".join(map(str, handshake(variant).sizes))

    suite_3 = Variant.of(3, "kid", 3)
    schc_kid, schc_x5t = (costs.on_lorawan(variant, 0, "schc").cost for variant in (_KID, _X5T))
    plain = costs.on_lorawan(_KID, 0, "plain").cost
    as_responder = costs.on_nbiot(_SIGNED_X5T, nbiot.BAD, reverse=True).energy
    lines = [
        "**Static Diffie-Hellman before signatures.** "
        f"Method 3 takes {packets(_KID)} packets of LoRaWAN at SF12 and {air(_KID)} s on air, method 0 takes "
        f"{packets(_SIGNED_KID)} and {air(_SIGNED_KID)} s. Where only one side can have such a key, let it be the one "
        "that sends where sending is dear: the device.",
        "**By reference before by value.** "
        f"A certificate by x5t takes 13 or 14 bytes more than a kid, and {packets(_X5T)} packets with method 3; by "
        f"value {packets(Variant.of(3, 'c5c'))} as C509, and {packets(Variant.of(3, 'x5chain'))} as X.509.",
        "**Resume.** "
        f"Whatever the first run was, the next one takes {bytes_of(_RESUMED)} bytes: {packets(_RESUMED)} packets, and "
        f"on NB-IoT {energy(_RESUMED) / energy(_SIGNED_X5T):.0%} of the energy of a run with signatures and x5t.",
        "**Suites with MACs of 8 bytes** (0 and 2). "
        f"With 16, method 3 by kid takes {bytes_of(suite_3)} bytes and {packets(suite_3)} packets.",
        "**Identifiers of one byte.** "
        f"With four, method 3 by kid takes {bytes_of(Variant(id_length=4))} bytes: message_2 is above the "
        f"{sixtisch.DOWNLINK} bytes of 6TiSCH, and still below the {DATA_RATES[0].payload} of LoRaWAN.",
        "**SCHC is no luxury.** "
        f"At SF12 a run by kid with a first request takes {schc_kid.frames} frames with SCHC and {plain.frames} with "
        f"the headers as they are: {shown(schc_kid.paced)} s and {shown(plain.paced)} s, if the device waits after "
        f"each frame until 1 % is kept. One byte too many costs as well: x5t takes {schc_x5t.frames} frames and "
        f"{shown(schc_x5t.paced)} s, as fragments are acknowledged.",
        "**A better data rate ends it.** "
        f"At DR3 these fit into packets even with signatures: {fitting(3)}; at DR4 and DR5: {fitting(5)}.",
        *_advice_of_formation(rows),
        "**NB-IoT has no steps.** "
        f"What counts is the bytes that the device sends: with bad coverage a run by kid takes {shown(energy(_KID))} "
        f"J, and the connection {shown(nbiot.BAD.connecting)} J. Let the network send the larger messages: of method "
        f"0 with x5t the device pays {shown(energy(_SIGNED_X5T))} J as Initiator, {shown(as_responder)} J as "
        "Responder.",
    ]
    return "## Advice\n\n" + "\n".join(f"- {line}" for line in lines)


def _advice_of_formation(rows: Sequence[Row]) -> list[str]:
    """What follows from the simulation, where it has the figures."""
    found = {(row.slots, row.made.nodes, row.made.procedure): row.made for row in rows}
    names = ("EDHOC, method 3, kid", "EDHOC, method 0, kid", _DTLS_PSK.name)
    lines = []
    made = [found.get((101, 30, name)) for name in names]
    if made[0] and made[1] and made[2]:
        ours, signed, theirs = (_minutes(each.formed.mean) for each in (made[0], made[1], made[2]))
        lines.append(
            "**In 6TiSCH a second frame costs more than its time**, as all share a cell. "
            f"30 nodes that are switched on at once take {ours} to join with method 3 by kid, with method 0 {signed}, "
            f"and with {_DTLS_PSK.name} {theirs}."
        )
    short, long = (found.get((slots, 100, names[0])) for slots in (11, 101))
    if short and long:
        lines.append(
            "**Give joining more cells.** "
            f"100 nodes take {_minutes(long.formed.mean)} with a shared cell in 101 slots, and "
            f"{_minutes(short.formed.mean)} with one in 11; a slotframe can be lengthened when all are in. With 101 "
            "slots a round trip over five hops takes as long as ACK_TIMEOUT, 10 s, so what is not lost is "
            "repeated, too: of 1,000 nodes few have joined after 3 hours, whatever they do."
        )
    return lines


def _minutes(seconds: float) -> str:
    return "more than 3 hours" if seconds == math.inf else f"{shown(seconds / 60)} min"


def _picture(name: str, text: str) -> str:
    return f"![{text}]({PICTURES}/{name})"


def _messages() -> str:
    table, suites = tables.sizes(), tables.by_suite()
    return f"""
## Messages

{_picture("messages.svg", "bytes of messages, with the limits of LoRaWAN and 6TiSCH")}

{table.markdown()}

{_notes(table)}

### {suites.title}

{suites.markdown()}

{_notes(suites)}
"""


def _notes(table: RadioTable) -> str:
    return "\n".join(table.notes)


_LEFT_OUT = ("c5t", "x5chain-2")


def _some(table: RadioTable) -> RadioTable:
    """Without what is like another or out of the question."""
    return RadioTable(
        table.title, table.columns, [row for row in table.rows if not str(row[0]).endswith(_LEFT_OUT)], table.notes
    )


def _lorawan() -> str:
    bare, compressed = tables.lorawan(), tables.lorawan(framing="schc")
    rates = range(6)
    chosen = (_PSK, _RESUMED, _KID, _X5T, _SIGNED_KID, _SIGNED_X5T, Variant.of(0, "c5c"), Variant.of(0, "x5chain"))
    rows: list[tuple[Value, ...]] = []
    for what in (*chosen, _DTLS_PSK, _DTLS):
        made = [costs.on_lorawan(what, dr) for dr in rates]
        rows.append((what.name, *(f"{each.packets}, {shown(each.uplink)}" for each in made)))
    by_rate = RadioTable("", ("packets, uplink s", *(f"DR{dr}" for dr in rates)), rows).markdown()
    return f"""
## LoRaWAN

EU868, class A. Time on air by Semtech's formula, which gives every figure of the published sheet that is at hand
(EricssonResearch/EDHOC, LoRaWAN_ToA.xlsx: 8 of its 17 messages, DR0 to DR5), and 1 % of the time for the device.

{_picture("lorawan.svg", "time on air of the device at DR0")}

### {bare.title}

{_some(bare).markdown()}

{_notes(bare)}

### {compressed.title}

{_some(compressed).markdown()}

Fragments and acknowledgements are those of RFC 9011, headers are compressed by the rules of RFC 8824 section 7.3: four
bits of the message ID are sent, four of the partial IV, and the kid. The RFC's own figures come out, and the package
microschc, which knows neither fragments nor the OSCORE option, sends the same bits for what it knows.

### By data rate, the messages alone

{by_rate}
"""


def _sixtisch() -> str:
    table = tables.sixtisch((1, 3, 5, 8))
    return f"""
## 6TiSCH: frames

{_some(table).markdown()}

{_notes(table)}

The limits at five hops are those of the requirements; the working paper behind them is not public any more. Assumed
are 29 bytes of the link layer in a frame of 127, no bytes more for a hop on the way up, and two on the way down
(`lake.radio.sixtisch` has it all). With 21 bytes of the link layer and 9 of 6LoWPAN the same
function gives the fragments that were measured of DTLS on RIOT (edhoc-dtls-comparison, 2023).
"""


def _formation(rows: Sequence[Row]) -> str:
    table = tables.formation(rows)
    return f"""
## 6TiSCH: a network forms

All nodes are switched on at once. A node scans 16 channels for a beacon, waits up to 180 s for a second neighbour
(RFC 8180), then runs its handshake through the nearer one with the root, combined with the join request of RFC 9031,
with the timers of that RFC (ACK_TIMEOUT 10 s, four repetitions), and sends beacons itself. All of it goes through one
shared cell for every 101 slots of 10 ms, with slotted ALOHA, its back-off and at most four attempts; or for every 11
slots. Nodes are scattered at random, with 12 neighbours in the mean. *CoJP* is the join protocol with a key that was
shared before, so what joining costs without any handshake. Variants of EDHOC stand for all whose
messages take as many frames: method 4 for method 3 by kid, and x5t for method 0 by kid.

{_picture("formation-101.svg", "minutes until all nodes have joined, with 101 slots")}

{_picture("formation-11.svg", "minutes until all nodes have joined, with 11 slots")}

{table.markdown()}

{_notes(table)}

Left out: loss but by collisions, capture, acknowledgements that are lost, DIOs and all other traffic, further cells,
the join rate of RFC 9031, and the time that cryptography takes. DTLS has the timers of CoAP, and no cookie. The
simulation was compared with what can be computed: the delay of one hop (half a slotframe), the throughput of slotted
ALOHA, n p (1 - p)^(n - 1), the back-off of two nodes, runs without contention, the scan (`test_radio_formation.py`).
A point that is missing in the pictures is one that took more than three hours in some run.
Seed {study.SEED}; the figures are in [{FORMATION}]({FORMATION}).
"""


def _nbiot() -> str:
    table = tables.nb_iot()
    return f"""
## NB-IoT

The model of the requirements: 28 and 170 kbit/s up and down with good coverage, 0.37 and 2.5 with bad. It gives all
rows of the published sheet (EricssonResearch/EDHOC, March 2019; its row of SIGMA-R leaves out the fourth message).

{_picture("nbiot.svg", "energy of the device with bad coverage")}

{_some(table).markdown()}

{_notes(table)}
"""


def _compared() -> str:
    table = tables.compared()
    return f"## Beside other protocols\n\n{table.markdown()}\n\n{_notes(table)}"


def _sources() -> str:
    return """
## Sources

- Requirements: draft-ietf-lake-reqs-04; what a benchmark is in them, and its limits.
- LoRaWAN: Semtech AN1200.13, SX1276 datasheet; LoRaWAN Regional Parameters; ETSI EN 300 220; RFC 8724, 8824, 9011.
- 6TiSCH: RFC 4944, 8180, 8930, 9031, 9033; IEEE 802.15.4.
- NB-IoT: "AKE for NB-IoT", EricssonResearch/EDHOC, March 2019.
- Other protocols: draft-ietf-iotops-security-protocol-comparison-08, whose sizes of EDHOC are the same as here.
- Code size: github.com/geonnave/edhoc-dtls-comparison, September 2023.
"""
