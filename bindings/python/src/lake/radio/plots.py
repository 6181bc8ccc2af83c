"""Pictures of the tables, as SVG: the same figures give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import costs, nbiot
from .lorawan import DATA_RATES
from .messages import Variant, handshake
from .others import Other, other
from .sixtisch import DOWNLINK, UPLINK
from .study import Row

CHOSEN: tuple[Variant | Other, ...] = (
    Variant.of(4, "psk"), Variant.of(3, "kid"), Variant.of(3, "x5t"), Variant.of(0, "kid"), Variant.of(0, "x5t"),
    Variant.of(0, "c5c"), Variant.of(0, "x5chain"), other("cTLS-10, PSK"), other("DTLS 1.3, PSK"),
    other("DTLS 1.3, PSK + ECDHE"), other("DTLS 1.3, RPK + ECDHE"),
)  # fmt: skip
"""Whom the pictures show."""

_COLOURS = ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c")


def _figure(width: float = 8, height: float = 4.5) -> tuple[Any, Any]:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("lake.radio draws with matplotlib: pip install 'liblake[radio]'") from error
    matplotlib.rcParams.update({"svg.hashsalt": "lake", "svg.fonttype": "none", "font.size": 9})
    figure = Figure(figsize=(width, height), layout="tight")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def _names() -> list[str]:
    return [what.name if isinstance(what, Other) else f"EDHOC, {what.name}" for what in CHOSEN]


def _sizes(what: Variant | Other) -> tuple[int, ...]:
    return what.flights if isinstance(what, Other) else handshake(what).sizes


def messages(path: Path) -> None:
    """Bars of the messages, with the limits of one packet and one frame.

    >>> lake.radio.plots.messages(Path('messages.svg'))
    """
    figure, axes = _figure(height=5)
    for part in range(3):
        places = [place + (part - 1) * 0.27 for place in range(len(CHOSEN))]
        axes.barh(
            places, [_sizes(what)[part] for what in CHOSEN], 0.25, color=_COLOURS[part], label=f"message {part + 1}"
        )
    axes.axvline(DATA_RATES[0].payload, color="black", linewidth=1, label=f"LoRaWAN, SF12: {DATA_RATES[0].payload}")
    axes.axvline(
        DOWNLINK,
        color="black",
        linewidth=1,
        linestyle="--",
        label=f"6TiSCH: {UPLINK} up, {DOWNLINK} down",
    )
    axes.axvspan(DOWNLINK, UPLINK, color="0.85", zorder=0)
    axes.set_xscale("log")
    axes.set_xticks([10, 20, 45, 100, 200, 500], labels=["10", "20", "45", "100", "200", "500"])
    axes.minorticks_off()
    axes.set_yticks(range(len(CHOSEN)), labels=_names())
    axes.invert_yaxis()
    axes.set_xlabel("bytes")
    axes.legend(loc="upper right", frameon=False)
    _save(figure, path)


def lorawan(path: Path, dr: int = 0) -> None:
    """Bars of the time on air of the device, with what the requirements allow.

    >>> lake.radio.plots.lorawan(Path('lorawan.svg'))
    """
    figure, axes = _figure()
    values = [costs.on_lorawan(what, dr).uplink for what in CHOSEN]
    axes.barh(range(len(CHOSEN)), values, color=_COLOURS[0])
    for place, value in enumerate(values):
        axes.text(value, place, f" {value:.1f}", va="center")
    if dr == 0:
        axes.axvspan(4, 6, color="0.85", zorder=0, label="4 to 6 s: what the requirements allow")
        axes.legend(loc="upper right", frameon=False)
    axes.set_yticks(range(len(CHOSEN)), labels=_names())
    axes.invert_yaxis()
    axes.set_xlabel(f"time on air of the device at DR{dr}, s")
    _save(figure, path)


def energy(path: Path) -> None:
    """Bars of the energy on NB-IoT with bad coverage.

    >>> lake.radio.plots.energy(Path('nbiot.svg'))
    """
    figure, axes = _figure()
    made = [costs.on_nbiot(what, nbiot.BAD) for what in CHOSEN]
    axes.barh(range(len(CHOSEN)), [each.energy for each in made], color=_COLOURS[0], label="messages")
    axes.barh(
        range(len(CHOSEN)), [nbiot.BAD.connecting] * len(CHOSEN), left=[each.energy for each in made],
        color=_COLOURS[1], label="connecting",
    )  # fmt: skip
    axes.set_yticks(range(len(CHOSEN)), labels=_names())
    axes.invert_yaxis()
    axes.set_xlabel("energy of the device with bad coverage, J")
    axes.legend(loc="upper right", frameon=False)
    _save(figure, path)


def formation(path: Path, rows: Sequence[Row], slots: int) -> None:
    """Lines of the time in which half and all of the nodes have joined, with their intervals.

    >>> lake.radio.plots.formation(Path('formation.svg'), [], 101)
    """
    figure, axes = _figure(height=5)
    shown = sorted((row for row in rows if row.slots == slots), key=lambda row: row.made.nodes)
    for number, name in enumerate(dict.fromkeys(row.made.procedure for row in shown)):
        mine = [row.made for row in shown if row.made.procedure == name and row.made.formed.mean < math.inf]
        axes.errorbar(
            [each.nodes * (1 + 0.02 * (number - 4)) for each in mine],
            [each.formed.mean / 60 for each in mine],
            yerr=[min(each.formed.off, 0.9 * each.formed.mean) / 60 for each in mine],
            color=_COLOURS[number % len(_COLOURS)], marker="o", markersize=3, capsize=2, linewidth=1, label=name,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter("")
    axes.set_xlabel("nodes")
    axes.set_ylabel("minutes until all have joined")
    if shown:
        axes.legend(loc="upper left", frameon=False)
    _save(figure, path)
