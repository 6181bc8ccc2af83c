"""Which networks are simulated (`formation`), and the file that keeps what came out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from . import formation
from .formation import Estimate, Formation, Procedure, Settings
from .messages import Variant

SEED = 1


class Size(NamedTuple):
    """Networks of a size, with a schedule."""

    slots: int
    """of the slotframe"""
    nodes: int
    runs: int
    only: tuple[str, ...] = ()
    """names of procedures; none: all"""


QUICK = tuple(Size(slots, nodes, 3) for slots in (101, 11) for nodes in (10, 30))
"""What a command does that is not told otherwise."""

_RUNS = {10: 20, 30: 10, 100: 10, 300: 5, 1000: 3}
_SMALL = ("CoJP, pre-shared key", "EDHOC, method 3, kid")
WHOLE = tuple(
    Size(slots, nodes, runs, _SMALL if (slots, nodes) == (11, 1000) else ())
    for slots in (101, 11)
    for nodes, runs in _RUNS.items()
)
"""What docs/radio.md shows."""


class Row(NamedTuple):
    """A line of the file."""

    slots: int
    seed: int
    made: Formation


def procedures(size: Size | None = None) -> list[Procedure]:
    """What nodes do: of EDHOC one variant for each way that messages fit into frames.

    >>> len(lake.radio.study.procedures())
    8
    """
    made = [
        formation.cojp(),
        *(formation.edhoc(Variant.of(method, "kid")) for method in (3, 1, 2, 0)),
        *(formation.dtls(f"DTLS 1.3, {name}") for name in ("PSK", "PSK + ECDHE", "RPK + ECDHE")),
    ]
    return [each for each in made if not size or not size.only or each.name in size.only]


def run(sizes: Iterable[Size], seed: int = SEED, progress: Callable[[], object] = lambda: None) -> list[Row]:
    """Simulates every procedure with networks of some sizes.

    >>> [row.made.nodes for row in lake.radio.study.run([lake.radio.study.Size(11, 3, 2)])]
    [3, 3, 3, 3, 3, 3, 3, 3]
    """
    return [
        Row(size.slots, seed, formation.formation(each, size.nodes, size.runs, seed, Settings(size.slots), progress))
        for size in sizes
        for each in procedures(size)
    ]


_COLUMNS = (
    "slots", "seed", "procedure", "nodes", "runs", "joined", "depth", "formed", "formed_off", "half", "half_off",
    "frames", "frames_off",
)  # fmt: skip


def cells(row: Row) -> dict[str, str]:
    """A row as text, by column.

    >>> row, *_ = lake.radio.study.run([lake.radio.study.Size(11, 3, 2)])
    >>> lake.radio.study.cells(row)['procedure']
    'CoJP, pre-shared key'
    """
    made = row.made
    numbers = (made.joined, made.depth, *made.formed, *made.half, *made.frames)
    values = (row.slots, row.seed, made.procedure, made.nodes, made.runs, *(f"{number:.6g}" for number in numbers))
    return dict(zip(_COLUMNS, map(str, values), strict=True))


def save(path: Path, rows: Iterable[Row]) -> None:
    """Writes the file.

    >>> lake.radio.study.save(Path('rows.csv'), [])
    >>> lake.radio.study.load(Path('rows.csv'))
    []
    """
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(cells, rows))


def load(path: Path) -> list[Row]:
    """Reads it. See `save`."""
    with path.open(newline="") as file:
        return [_row(line) for line in csv.DictReader(file)]


def _row(line: dict[str, str]) -> Row:
    estimates = {name: Estimate(float(line[name]), float(line[f"{name}_off"])) for name in ("formed", "half", "frames")}
    return Row(
        slots=int(line["slots"]),
        seed=int(line["seed"]),
        made=Formation(
            procedure=line["procedure"],
            nodes=int(line["nodes"]),
            runs=int(line["runs"]),
            joined=float(line["joined"]),
            depth=float(line["depth"]),
            **estimates,
        ),
    )
