"""What the layers cost: a handshake (method 3, suite 2) in Go, through Rust, Python, and by lakers-python.

Rounds of each in turn, so that a change of the machine's speed meets all alike; the
best round of each counts. Run it with the Python of build/venv, after `make`.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lakers

import lake
import lake.lakers
from lake.testing import configs

ROUNDS, HANDSHAKES = 5, 200
REPOSITORY = Path(__file__).resolve().parents[3]


def timed(handshake: Callable[[], None]) -> float:
    """Microseconds of one handshake."""
    start = time.perf_counter()
    for _ in range(HANDSHAKES):
        handshake()
    return (time.perf_counter() - start) / HANDSHAKES * 1e6


def in_go() -> float:
    command = ["go", "test", "-run", "^$", "-bench", "HandshakeMethod3Suite2$", "-benchtime", f"{HANDSHAKES}x", "./ake"]
    out = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    found = re.search(r"([\d.]+) ns/op", out)
    assert found, out
    return float(found[1]) / 1000


def in_rust() -> float:
    build = REPOSITORY / "build"
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(build / "rust"),
        "LAKE_LIB_DIR": str(build),
        "LD_LIBRARY_PATH": str(build),
    }
    command = ["cargo", "run", "-q", "--locked", "--release", "-p", "liblake", "--example", "handshake_cost"]
    out = subprocess.run(
        [*command, "--", str(HANDSHAKES)],
        cwd=REPOSITORY / "bindings/rust",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return float(out)


def by_step() -> Callable[[], None]:
    config_i, config_r = configs()

    def handshake() -> None:
        i, r = lake.Session(config_i, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER)
        r.step(i.step(r.step(i.step())))
        i.oscore_context()
        r.oscore_context()

    return handshake


def by_lakers(package: Any) -> Callable[[], None]:
    """The calls that aiocoap makes."""
    (key_i, cred_i), (key_r, cred_r) = (lake.lakers.example_identity(kid) for kid in (b"I", b"R"))
    by_kid = package.CredentialTransfer.ByReference

    def handshake() -> None:
        i, r = package.EdhocInitiator(), package.EdhocResponder(r=key_r, cred_r=cred_r)
        r.process_message_1(i.prepare_message_1(b"\x05", None))
        i.parse_message_2(r.prepare_message_2(by_kid, b"\x06", None))
        i.verify_message_2(key_i, cred_i, cred_r)
        message_3, _ = i.prepare_message_3(by_kid, None)
        r.parse_message_3(message_3)
        r.verify_message_3(cred_i)
        i.completed_without_message_4()
        r.completed_without_message_4()

    return handshake


def main() -> None:
    step, ours, genuine = by_step(), by_lakers(lake.lakers), by_lakers(lakers)
    runs: dict[str, Callable[[], float]] = {
        "Go": in_go,
        "Rust": in_rust,
        "Python, Session.step": lambda: timed(step),
        "Python, lake.lakers": lambda: timed(ours),
        "lakers-python": lambda: timed(genuine),
    }
    rounds = [{name: run() for name, run in runs.items()} for _ in range(ROUNDS)]
    best = {name: min(times[name] for times in rounds) for name in runs}
    for name, value in best.items():
        print(f"{name:<22} {value:7.0f} us")
    print(f"Rust / Go              {best['Rust'] / best['Go']:7.2f}   (at most 1.03)")
    print(f"Python / Go            {best['Python, Session.step'] / best['Go']:7.2f}   (at most 1.15)")
    print(f"lakers-python / Python {best['lakers-python'] / best['Python, Session.step']:7.2f}   (at least 2)")
    print(f"lakers-python / lake.lakers {best['lakers-python'] / best['Python, lake.lakers']:5.2f}")


if __name__ == "__main__":
    main()
