"""The command `lake radio`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import costs, plan, plots, report, study, tables
from .messages import CREDENTIALS, Variant
from .table import RadioTable

ABOUT = """\
What a handshake costs on the radio. The messages are made when you ask.

  lake radio                         all tables, and a short simulation: up to a minute
  lake radio plan --radio lorawan --dr 0 --method 3 --credential x5t
                                     does it fit, how long does it take, what would be cheaper?
  lake radio formation --nodes 10,100 --runs 10
                                     how long does a 6TiSCH network take to form?
"""


def add(parser: argparse.ArgumentParser) -> None:
    """Adds what there is to say after `lake radio`."""
    parser.set_defaults(show=_everything)
    _shared(parser)
    kinds = parser.add_subparsers(metavar="what")

    def kind(name: str, what: str, show: Callable[[argparse.Namespace], object]) -> argparse.ArgumentParser:
        made = kinds.add_parser(name, help=what, description=what)
        made.set_defaults(show=show)
        return made

    p = kind("sizes", "bytes of messages and CoAP datagrams", lambda args: _out(args, tables.sizes(*_which(args))))
    _shared(p)

    p = kind(
        "suites", "messages in every suite, and with longer identifiers", lambda args: _out(args, tables.by_suite())
    )
    _forms(p)

    p = kind("lorawan", "packets, time on air and energy on LoRaWAN EU868", _lorawan)
    _shared(p)
    p.add_argument("--dr", type=int, choices=range(6), default=0, help="data rate (default 0: SF12)")
    p.add_argument(
        "--around", choices=costs.FRAMINGS, default="bare", help="what is around messages (default: nothing)"
    )
    _reverse(p)
    p.add_argument("--svg", type=Path, help="draws a picture into a file, too")

    p = kind("6tisch", "frames on 6TiSCH", _sixtisch)
    _shared(p)
    p.add_argument("--hops", type=_numbers, default=list(range(1, 9)), help="such as 1,5,8 (default 1 to 8)")
    _reverse(p)
    p.add_argument("--svg", type=Path, help="draws a picture of all messages and limits into a file, too")

    p = kind("nbiot", "time and energy on NB-IoT", _nbiot)
    _shared(p)
    _reverse(p)
    p.add_argument("--svg", type=Path, help="draws a picture into a file, too")

    p = kind("compare", "EDHOC beside DTLS, TLS and cTLS", lambda args: _out(args, tables.compared(args.suite)))
    _shared(p)

    p = kind("formation", "simulates 6TiSCH networks that form", _formation)
    _forms(p)
    p.add_argument("--nodes", type=_numbers, default=[10, 30], help="such as 10,100 (default 10,30)")
    p.add_argument(
        "--slots", type=_numbers, default=[101, 11], help="of a slotframe, with one shared cell (default 101,11)"
    )
    p.add_argument("--runs", type=int, default=3, help="networks for each figure (default 3)")
    _seed(p)
    p.add_argument("--svg", type=Path, help="draws a picture for the first of --slots into a file, too")

    p = kind("plan", "does it fit, what does it take, what would be cheaper?", _plan)
    p.add_argument("--radio", choices=plan.RADIOS, required=True)
    p.add_argument("--method", type=int, choices=range(5), help="default 3, or 4 with psk and resumption")
    p.add_argument("--credential", choices=(*CREDENTIALS, "psk", "resumption"), default="kid", help="of both sides")
    p.add_argument("--responder-credential", choices=CREDENTIALS, help="if it is another")
    _variant(p)
    p.add_argument("--dr", type=int, choices=range(6), default=0, help="data rate of LoRaWAN (default 0: SF12)")
    p.add_argument("--hops", type=int, choices=range(1, 9), default=5, help="of 6TiSCH (default 5)")
    p.add_argument("--coverage", choices=("good", "bad"), default="bad", help="of NB-IoT (default bad)")
    _reverse(p)

    p = kind("report", "writes the page radio.md, with pictures, into a folder", _report)
    p.add_argument("folder", type=Path)
    p.add_argument("--simulate", action="store_true", help="simulates all networks anew, which takes minutes")
    _seed(p)


def run(args: argparse.Namespace) -> None:
    """Does what was asked. ValueError for what there is not, ImportError without the extra."""
    args.show(args)


# --- Options ----------------------------------------------------------------------------


def _variant(p: argparse.ArgumentParser) -> None:
    p.add_argument("--suite", type=int, default=2, help="cipher suite (default 2)")
    p.add_argument("--id-length", type=int, default=1, help="bytes of C_I and C_R, 1 to 7 (default 1)")


def _forms(p: argparse.ArgumentParser) -> None:
    group = p.add_mutually_exclusive_group()
    group.add_argument("--json", action="store_const", dest="form", const="json", default="text", help="for programs")
    group.add_argument("--csv", action="store_const", dest="form", const="csv", help="for spreadsheets")


def _shared(p: argparse.ArgumentParser) -> None:
    _variant(p)
    _forms(p)


def _reverse(p: argparse.ArgumentParser) -> None:
    p.add_argument("--reverse", action="store_true", help="the network is the Initiator, not the device")


def _seed(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--seed", type=int, default=study.SEED, help="of the simulation: the same one gives the same figures"
    )


def _numbers(text: str) -> list[int]:
    made = [int(part) for part in text.split(",")]
    if not made or min(made) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} are not numbers such as 10,100")
    return made


def _which(args: argparse.Namespace) -> tuple[int, int]:
    Variant(suite=args.suite, id_length=args.id_length)  # there is such a one
    return args.suite, args.id_length


# --- What is shown ------------------------------------------------------------------------


def _out(args: argparse.Namespace, *made: RadioTable) -> None:
    if args.form == "json" and len(made) > 1:
        print("{" + ", ".join(f'"{table.title}": {table.json()}' for table in made) + "}")
        return
    print("\n\n".join(getattr(table, args.form)().rstrip("\n") for table in made))


def _lorawan(args: argparse.Namespace) -> None:
    _out(args, tables.lorawan(args.dr, args.around, *_which(args), reverse=args.reverse))
    if args.svg:
        plots.lorawan(args.svg, args.dr)


def _sixtisch(args: argparse.Namespace) -> None:
    _out(args, tables.sixtisch(args.hops, *_which(args), reverse=args.reverse))
    if args.svg:
        plots.messages(args.svg)


def _nbiot(args: argparse.Namespace) -> None:
    _out(args, tables.nb_iot(*_which(args), reverse=args.reverse))
    if args.svg:
        plots.energy(args.svg)


def _simulated(sizes: list[study.Size], seed: int) -> list[study.Row]:
    """Runs the simulations, with a bar on standard error, if that is a terminal."""
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError("lake.radio shows progress with tqdm: pip install 'liblake[radio]'") from error
    total = sum(size.runs for size in sizes) * len(study.procedures())
    bar: Any
    with tqdm(total=total, unit="network", disable=not sys.stderr.isatty(), leave=False) as bar:
        return study.run(sizes, seed, bar.update)


def _formation(args: argparse.Namespace) -> None:
    sizes = [study.Size(slots, nodes, args.runs) for slots in args.slots for nodes in args.nodes]
    rows = _simulated(sizes, args.seed)
    _out(args, tables.formation(rows))
    if args.svg:
        plots.formation(args.svg, rows, args.slots[0])


def _everything(args: argparse.Namespace) -> None:
    which = _which(args)
    _out(
        args,
        tables.sizes(*which),
        tables.lorawan(0, "bare", *which),
        tables.lorawan(0, "schc", *which),
        tables.sixtisch((1, 5, 8), *which),
        tables.nb_iot(*which),
        tables.compared(args.suite),
        tables.formation(_simulated(list(study.QUICK), study.SEED)),
    )


def _plan(args: argparse.Namespace) -> None:
    shared = args.credential in ("psk", "resumption")
    method = args.method if args.method is not None else 4 if shared else 3
    variant = Variant(method, args.suite, args.credential, args.responder_credential or args.credential, args.id_length)
    print(plan.answer(plan.Question(args.radio, variant, args.dr, args.hops, args.coverage, args.reverse)))


def _report(args: argparse.Namespace) -> None:
    kept = args.folder / report.FORMATION
    rows = _simulated(list(study.WHOLE), args.seed) if args.simulate else study.load(kept)
    report.write(args.folder, rows)
    print(f"{args.folder / report.PAGE}")
