"""conform.py NAME URI OWN PEER [--message-4] [--known]: `lake test` for servers of other languages.

OWN names OWN.ccs and OWN.key, the key as it is; PEER is the server's CCS. Notes what
came of it under the NAME. Ends with 1 if something failed, unless that is --known:
docs/interop.md lists it.
URI - is another server for each test: it prints "next", and reads its URI from standard input.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from table import conformance

import lake
from lake.conformance import CASES, Device, Target, Verdict, wire
from lake.conformance.report import counts, line


def next_uri() -> str:
    print("next", flush=True)
    return input()


def main(name: str, uri: str, own: str, peer: str, *flags: str) -> int:
    wire.ACK_TIMEOUT = 0.2  # of a device on loopback, which may not answer at all
    me = lake.Credential.from_ccs(Path(f"{own}.ccs").read_bytes())
    me.set_private_key(Path(f"{own}.key").read_bytes())
    peers = [lake.Credential.from_ccs(Path(peer).read_bytes())]
    target = Target(uri, own=[me], peers=peers, path="hello", message_4="--message-4" in flags)
    results = [case.run(Device(replace(target, uri=next_uri() if uri == "-" else uri))) for case in CASES]
    conformance(name, "server", results)
    failed = [result for result in results if result.verdict is Verdict.FAIL]
    for result in failed:
        print(line(result))
    print(counts(results))
    return 1 if failed and "--known" not in flags else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
