"""The command `lake test`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from . import CASES, CLIENT_CASES, Target, Verdict, client, server
from .report import counts, html, junit, line


def run(args: argparse.Namespace, target: Callable[[str], Target]) -> int:
    """Does it; `target` makes the Target of a URI from the rest of the arguments. Gives the exit code."""
    if args.list:
        for case in CLIENT_CASES if args.listen else CASES:
            print(f"{case.group}: {case.name}  ({case.section}, {case.level.value})\n    {case.text}")
        return 0
    if not args.listen and len(args.device) != 1:
        raise ValueError("the URI of the device is needed, or --listen and the URI that it will come to")
    uri = args.listen or args.device[0]
    tried = client(target(uri), args.device, args.only) if args.listen else server(target(uri), args.only)
    results = []
    for result in tried:
        results.append(result)
        if args.verbose or result.verdict is not Verdict.PASS:
            print(line(result), flush=True)
            if args.verbose or result.verdict is Verdict.FAIL:
                for seen in result.seen:
                    print(f"        {seen.at:7.3f} s {'->' if seen.sent else '<-'} {seen.summary}")
    if not results:
        raise ValueError(f"no test has {args.only!r} in its name: see --list")
    device = f"the client at {uri}" if args.listen else uri
    for write, path in ((junit, args.junit), (html, args.html)):
        if path is not None:
            write(results, path, device)
    print(counts(results))
    failed = any(result.verdict is Verdict.FAIL for result in results)
    if failed:
        print("The device does not do all that the specifications demand.", file=sys.stderr)
    return 1 if failed else 0
