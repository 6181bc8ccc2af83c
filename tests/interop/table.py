#!/usr/bin/env python3
"""table.py <build folder>: writes docs/interop.md from what the tests of the bindings noted.

What devices made of `lake test` is in <build>/<language>/conformance.tsv, a line for each
verdict that is counted, and for each test that failed; conformance.tsv, beside this script,
has the last of each device, as the long form of the tests plays more of them.

Each test that has talked to a peer appends a line to <build>/<language>/interop.tsv: client,
server, method and suite, credentials, flow, result. combinations.tsv, beside this script, has
all of them; one that is there and not in this run is a loss, and fails. The page puts together
what differs in method, suite or flow only.
"""

import re
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path

HEADER = """# Who talks to whom

Written by the test run itself (`make test`, tests/interop/table.py): each row is runs of
EDHOC over CoAP on loopback that ended with an answer protected by OSCORE, one for each flow,
method and suite, between two programs of which one at least uses liblake. "C, libcoap" are edhoc_server and
edhoc_client of examples/c, with an endpoint underneath libcoap,
"lake.aiocoap" and "lake.endpoint" are of the Python package, "Rust" is the service of
bindings/rust/examples. Of the peers, aiocoap runs on lakers-python unless it says lake.lakers (our stand-in for that
package), and the crate coap has an EDHOC of its own on the crate lakers, but no OSCORE: the
one of bindings/rust/examples works with its keys. The client is the Initiator, but in the
flow "reverse" the Responder.

"by value": a credential is sent, that of one side at least; the crate coap refers to its own
by kid always. "in blocks": messages of more than 1,024 bytes went by Block1 and Block2 (RFC
7959), both ways.

That answers were protected, relays of the tests have seen on the wire, as libcoap's own OSCORE does
not tell.

| client | server | credentials | flow | methods and suites |
|---|---|---|---|---|
"""

# What no test plays, and why.
NOT_PLAYED = """
Not played:

- The reverse flow with aiocoap's own EDHOC or that of the crate coap: they do not have it.
- The explicit flow without message_4 with these two: as servers, they always send it; as clients,
  they cannot do without, as lakers panics at the empty answer.
- These two as clients of a server under load, which asks for Echo (RFC 9175): they do not answer
  that.
- With lakers, suites other than 2, methods other than 3, and certificates: it has none of them.
"""


CONFORMANCE = """
## What devices make of `lake test`

[testers.md](testers.md) says what it is. Each row is a device, with how many of its tests it
passed, and how many had nothing to test. The crate coap on lakers is a new server for each test:
at an invalid G_X it panics, and answers nobody after that.

| device | role | passed | failed | advice | skipped |
|---|---|---|---|---|---|
"""
REFUSED = "refused, but without an EDHOC error message"


def conformance_rows(known: Path, noted: list[Path]) -> list[list[str]]:
    """All lines: of devices that were in this run the new ones, of others those that are known."""
    rows: dict[tuple[str, str], list[list[str]]] = {}
    for table in [known, *noted]:
        new: dict[tuple[str, str], list[list[str]]] = defaultdict(list)
        for line in table.read_text().splitlines() if table.is_file() else ():
            row = line.split("\t")
            new[row[0], row[1]].append(row)
        rows |= new
    return [row for device in sorted(rows) for row in rows[device]]


def conformance_page(rows: list[list[str]]) -> str:
    """The table, and what those that failed something failed."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    failures: dict[tuple[str, str], dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
    for device, role, verdict, *rest in rows:
        if len(rest) == 1:
            counts[device, role][verdict] += int(rest[0])
        else:
            section, text, reason = rest
            counts[device, role][verdict] += 1
            remark = "advice" if verdict == "advice" else REFUSED if reason.endswith("error message is due") else ""
            failures[device, role][section, text.partition(" [")[0], remark] += 1
    page = CONFORMANCE
    for (device, role), of in counts.items():
        numbers = " | ".join(str(of[verdict]) for verdict in ("pass", "fail", "advice", "skip"))
        page += f"| {device} | {role} | {numbers} |\n"
    for (device, role), of in failures.items():
        page += f"\nWhat {device} as {role} does not do:\n\n"
        for (section, text, remark), count in sorted(of.items()):
            remarks = [remark] * bool(remark) + [f"{count} tests"] * (count > 1)
            page += f"- {section}: {text}{' (' + ', '.join(remarks) + ')' if remarks else ''}\n"
    return page


def rows_of(table: Path) -> set[tuple[str, ...]]:
    return {tuple(line.split("\t")) for line in table.read_text().splitlines()}


def span(numbers: list[int], one: str) -> str:
    """For example "method 3", "methods 0 to 3" or "methods 0, 3"."""
    if len(numbers) == 1:
        return f"{one} {numbers[0]}"
    if numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{one}s {numbers[0]} to {numbers[-1]}"
    return f"{one}s " + ", ".join(map(str, numbers))


def methods_and_suites(pairs: set[tuple[int, int]]) -> str:
    methods, suites = (sorted({pair[i] for pair in pairs}) for i in (0, 1))
    if pairs == set(product(methods, suites)):
        return f"{span(methods, 'method')}, {span(suites, 'suite')}"
    return "; ".join(methods_and_suites({pair for pair in pairs if pair[0] == method}) for method in methods)


def page_rows(noted: set[tuple[str, ...]]) -> list[str]:
    pairs = defaultdict(set)
    for client, server, method_suite, credentials, flow, _ in noted:
        method, suite = map(int, re.findall(r"\d+", method_suite))
        pairs[client, server, credentials, flow].add((method, suite))
    flows = defaultdict(list)
    for (client, server, credentials, flow), played in sorted(pairs.items()):
        flows[client, server, credentials, methods_and_suites(played)].append(flow)
    return [
        f"| {client} | {server} | {credentials} | {', '.join(of)} | {played} |\n"
        for (client, server, credentials, played), of in sorted(flows.items())
    ]


def main() -> int:
    build, here = Path(sys.argv[1]), Path(__file__).resolve().parent
    known, page = here / "combinations.tsv", here.parents[1] / "docs" / "interop.md"
    noted: set[tuple[str, ...]] = set()
    for language in ("python", "rust"):
        table = build / language / "interop.tsv"
        if not table.is_file():
            print(f"interop: {table} is missing: the tests of {language} have not run", file=sys.stderr)
            return 1
        noted |= rows_of(table)
    if wrong := {row for row in noted if row[-1] != "pass"}:
        print(f"interop: {len(wrong)} rows say something else than pass", file=sys.stderr)
        return 1
    if lost := rows_of(known) - noted:
        print("interop: these worked before and did not run now:", file=sys.stderr)
        for row in sorted(lost):
            print("  " + ", ".join(row), file=sys.stderr)
        return 1
    known.write_text("".join("\t".join(row) + "\n" for row in sorted(noted)))
    conformance = here / "conformance.tsv"
    rows = conformance_rows(conformance, [build / language / "conformance.tsv" for language in ("python", "rust")])
    conformance.write_text("".join("\t".join(row) + "\n" for row in rows))
    page.write_text(HEADER + "".join(page_rows(noted)) + NOT_PLAYED + conformance_page(rows))
    print(f"interop: {len(noted)} combinations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
