"""docs/radio.md, the pictures and the command: against the engine, and against the simulation."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import random
from pathlib import Path

import pytest

from lake.__main__ import main
from lake.radio import Variant, formation, messages, plan, report, requirements, study, tables
from lake.radio.table import RadioTable, shown

DOCS = Path(os.environ["LAKE_REPOSITORY"]) / "docs"
ROWS = study.load(DOCS / report.FORMATION)


def test_r26_the_page_is_what_the_engine_sends() -> None:
    """A message that is larger or smaller by a byte shows here: then `make radio`, and look at what changed."""
    assert (DOCS / report.PAGE).read_text() == report.page(ROWS)


def test_a_byte_more_shows_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_id", lambda role, length: bytes([role]) * (length + 1))
    messages.handshake.cache_clear()
    try:
        assert (DOCS / report.PAGE).read_text() != report.page(ROWS)
    finally:
        messages.handshake.cache_clear()


def test_r30_the_figures_are_those_of_the_simulation() -> None:
    """Some of them here, all of them with LAKE_LONG=1, which takes two minutes."""
    some = study.Size(11, 10, 20, ("EDHOC, method 3, kid", "EDHOC, method 0, kid"))
    kept = {(row.slots, row.made.nodes, row.made.procedure): study.cells(row) for row in ROWS}
    for row in study.run(study.WHOLE if os.environ.get("LAKE_LONG") else [some]):
        assert study.cells(row) == kept[row.slots, row.made.nodes, row.made.procedure]


def test_the_whole_study_is_there() -> None:
    kept = [(row.slots, row.made.nodes, row.made.runs, row.made.procedure) for row in ROWS]
    assert kept == [(*size[:3], each.name) for size in study.WHOLE for each in study.procedures(size)]
    assert {row.seed for row in ROWS} == {study.SEED}


def test_methods_of_the_same_frames_form_the_same_networks() -> None:
    """What the page says of method 4 and of x5t, which are not simulated by themselves."""
    network = formation.Network.scattered(20, random.Random(2))
    for one, other in (((3, "kid"), (4, "psk")), ((0, "kid"), (3, "x5t"))):
        runs = [formation.simulate(network, formation.edhoc(Variant.of(*which)), 3) for which in (one, other)]
        assert runs[0] == runs[1]


def test_requirements_are_judged_by_their_figures() -> None:
    made = requirements.results(ROWS)
    assert {result.id for result in made} == {"R26", "R27", "R30"}
    by = {(result.requirement, result.handshake): result.met for result in made}
    assert any(met for met in by.values())
    assert not all(by.values())
    packets = "LoRaWAN at SF12, raw public keys by reference: 3 packets of 51 bytes"
    assert by[packets, "method 3, kid"]
    assert not by[packets, "method 0, kid"], "signatures do not fit"
    never = [row._replace(made=row.made._replace(joined=0.5)) for row in ROWS]
    assert not any(result.met for result in requirements.results(never) if result.id == "R30")


# --- The command ------------------------------------------------------------------------


def _shown(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["radio", *args]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "table"),
    [
        (["sizes"], tables.sizes()),
        (["sizes", "--suite", "3", "--id-length", "2"], tables.sizes(3, 2)),
        (["suites"], tables.by_suite()),
        (["lorawan"], tables.lorawan()),
        (["lorawan", "--dr", "5", "--around", "schc"], tables.lorawan(5, "schc")),
        (["lorawan", "--around", "plain", "--reverse"], tables.lorawan(0, "plain", reverse=True)),
        (["6tisch", "--hops", "1,5"], tables.sixtisch([1, 5])),
        (["nbiot"], tables.nb_iot()),
        (["compare"], tables.compared()),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_tables(args: list[str], table: RadioTable, capsys: pytest.CaptureFixture[str]) -> None:
    assert _shown(capsys, *args).strip() == table.text().strip()
    rows = json.loads(_shown(capsys, *args, "--json"))
    assert [tuple(row) for row in rows] == [table.columns] * len(table.rows)
    lines = list(csv.reader(io.StringIO(_shown(capsys, *args, "--csv"))))
    assert lines[0] == list(table.columns)
    assert len(lines) == 1 + len(table.rows)
    for row, line, values in zip(rows, lines[1:], table.rows, strict=True):
        assert list(row.values()) == [None if value == math.inf else value for value in values]
        assert line == ["" if value == math.inf else str(value) for value in values]


def test_formation_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["formation", "--nodes", "3,4", "--runs", "2", "--slots", "11", "--json"]
    made = _shown(capsys, *args)
    assert _shown(capsys, *args) == made, "the same seed"
    assert _shown(capsys, *args, "--seed", "2") != made
    assert [row["nodes"] for row in json.loads(made)] == [3] * 8 + [4] * 8


def test_a_picture_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _shown(capsys, "lorawan", "--svg", str(tmp_path / "made.svg"))
    assert (tmp_path / "made.svg").read_bytes() == (DOCS / report.PICTURES / "lorawan.svg").read_bytes()


def test_report_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It writes what is in the repository: the page, its pictures, the figures of the simulation."""
    assert main(["radio", "report", str(tmp_path)]) == 1, "there are no figures of a simulation"
    assert "formation.csv" in capsys.readouterr().err
    (tmp_path / "radio").mkdir()
    (tmp_path / report.FORMATION).write_bytes((DOCS / report.FORMATION).read_bytes())
    _shown(capsys, "report", str(tmp_path))
    for name in (report.PAGE, report.FORMATION, *(f"{report.PICTURES}/{name}" for name in report.pictures([]))):
        assert (tmp_path / name).read_bytes() == (DOCS / name).read_bytes()


def test_everything_by_default(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(study, "QUICK", (study.Size(11, 3, 2),))
    made = json.loads(_shown(capsys, "--json"))
    assert len(made) == 7
    assert "Formation of 6TiSCH networks" in made


def test_the_quick_study_is_short() -> None:
    """At most a minute by default: the simulated cells are counted, as time depends on the machine."""
    cells = 0.0
    for size in study.QUICK:
        settings = formation.Settings(size.slots)
        cells += size.runs * len(study.procedures()) * settings.most / settings.slotframe
        assert size.nodes <= 30
    assert cells < 6_000_000


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (
            ["--radio", "lorawan", "--credential", "x5t", "--method", "0"],
            ["Packets: 6, so it does", "method 3, x5t"],
        ),
        (["--radio", "lorawan"], ["each message fits into one", "method 4, resumption"]),
        (["--radio", "lorawan", "--dr", "3", "--credential", "x5t"], ["each message fits into one"]),
        (["--radio", "lorawan", "--credential", "x5chain-2", "--method", "0"], ["more than an hour"]),
        (["--radio", "lorawan", "--suite", "3"], ["MACs of 8 bytes"]),
        (["--radio", "lorawan", "--id-length", "4", "--credential", "psk"], ["few runs and contexts"]),
        (["--radio", "6tisch", "--hops", "8"], ["1 + 2 + 1, so it does not fit"]),
        (["--radio", "6tisch", "--reverse"], ["1 + 1 + 1, so each message fits"]),
        (["--radio", "nbiot", "--coverage", "good", "--credential", "psk"], ["6.99 mJ", "Nothing is cheaper"]),
        (["--radio", "nbiot", "--responder-credential", "kccs"], ["method 3, kid and kccs", "Cheaper"]),
    ],
    ids=" ".join,
)
def test_plan(args: list[str], says: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    made = _shown(capsys, "plan", *args)
    for text in says:
        assert text in made


def test_what_is_cheaper_is() -> None:
    for radio in plan.RADIOS:
        for variant in (Variant.of(0, "x5chain"), Variant.of(1, "kccs", 3, 2), Variant(2, 2, "x5t", "kid"), Variant()):
            question = plan.Question(radio, variant)
            found = plan.cheaper(question)
            weights = [each.weight for each in found]
            assert weights == sorted(weights)
            assert all(each.weight == question.weight(each.variant) < question.weight() for each in found)


@pytest.mark.parametrize("args", [["sizes", "--suite", "9"], ["lorawan", "--id-length", "0"],
                                  ["plan", "--radio", "lorawan", "--method", "4"]])  # fmt: skip
def test_what_there_is_not(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["radio", *args]) == 1
    assert capsys.readouterr().err.startswith("lake: ")


@pytest.mark.parametrize("args", [["6tisch", "--hops", "0"], ["formation", "--nodes", "ten"], ["plan"]])
def test_bad_options(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["radio", *args])
    assert "usage" in capsys.readouterr().err


def test_shown() -> None:
    values: list[str | int | float] = [0.0, 0.04999, 0.5, 4.112384, 9.999, 99.95, 1234.6, math.inf, 7, "x", False]
    assert list(map(shown, values)) == ["0", "0.05", "0.5", "4.11", "10", "100", "1235", "never", "7", "x", "no"]
