"""conform.py NAME URI OWN PEER [--message-4] [--known] [--only=TEXT]: `lake test` for servers of other languages.

OWN names OWN.ccs and OWN.key, the key as it is; PEER is the server's CCS. Notes what
came of it under the NAME. Ends with 1 if something failed, unless that is --known:
docs/interop.md lists it. --only is a part of the suite, of which nothing is noted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from table import conformance

import lake
from lake.conformance import Target, Verdict, server, wire
from lake.conformance.report import counts, line


def main(name: str, uri: str, own: str, peer: str, *flags: str) -> int:
    wire.ACK_TIMEOUT = 0.2  # of a device on loopback, which may not answer at all
    me = lake.Credential.from_ccs(Path(f"{own}.ccs").read_bytes())
    me.set_private_key(Path(f"{own}.key").read_bytes())
    peers = [lake.Credential.from_ccs(Path(peer).read_bytes())]
    target = Target(uri, own=[me], peers=peers, path="hello", message_4="--message-4" in flags)
    only = "".join(flag.removeprefix("--only=") for flag in flags if flag.startswith("--only="))
    results = list(server(target, only=only))
    if not only:
        conformance(name, "server", results)
    failed = [result for result in results if result.verdict is Verdict.FAIL]
    for result in failed:
        print(line(result))
    print(counts(results))
    return 1 if failed and "--known" not in flags else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
