"""The wheel: what is in it, and that it works where there is nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

WHEEL = Path(os.environ["LAKE_WHEEL"])


def test_tag_and_content() -> None:
    _name, _version, python, abi, platform = WHEEL.stem.split("-")
    assert (python, abi) == ("py3", "none")
    assert platform.startswith("manylinux_2_")
    with zipfile.ZipFile(WHEEL) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(n for n in names if n.endswith("METADATA"))).decode()
    for expected in ("lake/liblake.so", "lake/py.typed", "lake/__init__.py"):
        assert expected in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    for line in ("Requires-Python: >=3.10", "License-Expression: Apache-2.0"):
        assert line in metadata
    for extra in ("coap", "radio"):
        assert f"Provides-Extra: {extra}" in metadata
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert all("; extra == " in line for line in needed), "no run-time dependency"


def test_installed_where_there_is_nothing_else(tmp_path: Path) -> None:
    """A virtual environment with the wheel alone; no Go, no compiler, no other package in sight."""
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = next((tmp_path / "venv" / "lib").glob("python3.*/site-packages"))
    with zipfile.ZipFile(WHEEL) as wheel:
        wheel.extractall(site)  # what pip does with a pure wheel
    script = (
        "import lake, lake.aio, lake.coap, lake.lakers, lake.testing, pathlib, sys;"
        "assert pathlib.Path(lake._library.path()).is_relative_to(sys.prefix);"
        "i, r = lake.testing.handshake();"
        "print(i.export(32768, 16) == r.export(32768, 16), lake.has_feature('method-3'))"
    )
    done = subprocess.run(
        [python, "-I", "-c", script], env={"PATH": ""}, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("True True\n", "")
    done = subprocess.run(
        [python, "-I", "-m", "lake", "client", "coap://127.0.0.1", "--own", "me"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stderr == "lake: lake.aiocoap needs aiocoap: pip install 'lake[coap]'\n"


def test_types_are_seen_by_users(tmp_path: Path) -> None:
    """mypy --strict of a user's program finds the types of the installed package."""
    program = tmp_path / "program.py"
    program.write_text("import lake\n\nreveal_type(lake.Session.step)\nlake.Config(suites='two')\n")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "--config-file=", program],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "-> bytes" in done.stdout
    assert "has incompatible type" in done.stdout
