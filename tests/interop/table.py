#!/usr/bin/env python3
"""table.py <build folder>: writes docs/interop.md from what the tests of the bindings noted.

Each test that has talked to a peer appends a line to <build>/<language>/interop.tsv: client,
server, method and suite, credentials, flow, result. A combination that docs/interop.md has
and this run has not is a loss, and fails.
"""

import sys
from pathlib import Path

HEADER = """# Who talks to whom

Written by the test run itself (`make test`, tests/interop/table.py): each row is a run of
EDHOC over CoAP on loopback that ended with an answer protected by OSCORE, between two
programs of which one at least uses liblake. "C, libcoap" are the programs of examples/c,
"lake.aiocoap" is the Python package, "Rust" the service of bindings/rust/examples. Of the
peers, aiocoap runs on lakers-python unless it says lake.lakers (our stand-in for that
package), and the crate coap has an EDHOC of its own on the crate lakers. The client is the
Initiator, but in the flow "reverse" the Responder.

| client | server | method and suite | credentials | flow | result |
|---|---|---|---|---|---|
"""

# What no test plays, and why.
NOT_PLAYED = """
Not played:

- C, libcoap as client of aiocoap or the crate coap: examples/c/edhoc_client wants a receipt in
  the protected answer, because libcoap takes an unprotected answer to a protected request for a
  good one; only servers of liblake send it.
- aiocoap and the crate coap as clients of C, libcoap: aiocoap's combined request cannot be served
  through libcoap, which decrypts before a handler sees the request; the explicit flow has no test.
- Suites other than 2 and methods other than 3 with lakers: it has no others.
- aiocoap's own EDHOC with a server under load, which asks for Echo (RFC 9175): it does not
  answer that.
"""


def rows_of(text: str) -> set[tuple[str, ...]]:
    rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| "))
    return {tuple(row) for row in rows if row[0] != "client"}


def main() -> int:
    build = Path(sys.argv[1])
    page = Path(__file__).resolve().parents[2] / "docs" / "interop.md"
    noted: set[tuple[str, ...]] = set()
    for language in ("python", "rust"):
        table = build / language / "interop.tsv"
        if not table.is_file():
            print(f"interop: {table} is missing: the tests of {language} have not run", file=sys.stderr)
            return 1
        noted.update(tuple(line.split("\t")) for line in table.read_text().splitlines())
    lost = (rows_of(page.read_text()) if page.is_file() else set()) - noted
    if lost:
        print("interop: these worked before and did not run now:", file=sys.stderr)
        for row in sorted(lost):
            print("  " + ", ".join(row), file=sys.stderr)
        return 1
    page.write_text(HEADER + "".join("| " + " | ".join(row) + " |\n" for row in sorted(noted)) + NOT_PLAYED)
    print(f"interop: {len(noted)} combinations")
    return 0


if __name__ == "__main__":
    sys.exit(main())
