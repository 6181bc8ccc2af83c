"""Where what passed is noted, a line each: the file that LAKE_INTEROP_TABLE names."""

from __future__ import annotations

import os

from lake.conformance import Result, Verdict


def note(*columns: str) -> None:
    """client, server, method and suite, credentials, flow"""
    path = os.environ.get("LAKE_INTEROP_TABLE")
    if path:
        with open(path, "a") as file:
            file.write("\t".join((*columns, "pass")) + "\n")


def conformance(device: str, role: str, results: list[Result]) -> None:
    """What a device made of the suite of `lake test`: passed, skipped, and what it failed, a line each."""
    path = os.environ.get("LAKE_CONFORMANCE_TABLE")
    if not path:
        return
    with open(path, "a") as file:
        for verdict in (Verdict.PASS, Verdict.SKIP):
            count = sum(result.verdict is verdict for result in results)
            file.write("\t".join((device, role, verdict.value, str(count))) + "\n")
        for result in results:
            if result.verdict in (Verdict.FAIL, Verdict.ADVICE):
                case = result.case
                file.write(
                    "\t".join((device, role, result.verdict.value, case.section, case.text, result.reason)) + "\n"
                )
