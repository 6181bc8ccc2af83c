"""The wheels: what is in them, and that they work where there is nothing else."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

WHEEL = Path(os.environ["LAKE_WHEEL"])
(EXPLAIN,) = WHEEL.parent.glob("liblake_explain-*.whl")
PACKAGE = Path(__file__).resolve().parents[1]
REPOSITORY = Path(os.environ["LAKE_REPOSITORY"])


def test_tag_and_content() -> None:
    _name, _version, python, abi, platform = WHEEL.stem.split("-")
    assert (python, abi) == ("py3", "none")
    assert platform.startswith("manylinux_2_")
    with zipfile.ZipFile(WHEEL) as wheel:
        names = wheel.namelist()
        metadata = wheel.read(next(n for n in names if n.endswith("METADATA"))).decode()
    for expected in ("lake/liblake.so", "lake/py.typed", "lake/__init__.py"):
        assert expected in names
    for file in ("LICENSE", "THIRD-PARTY"):
        assert any(name.endswith(f"licenses/{file}") for name in names)
    for line in ("Name: liblake", "Requires-Python: >=3.10", "License-Expression: Apache-2.0"):
        assert line in metadata
    for extra in ("coap", "explain", "radio"):
        assert f"Provides-Extra: {extra}" in metadata
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert all("; extra == " in line for line in needed), "no run-time dependency"


def test_the_program_has_a_wheel_of_its_own() -> None:
    """Which may be put where there is no glibc of that age: it is static."""
    with zipfile.ZipFile(EXPLAIN) as wheel:
        (program,) = (entry for entry in wheel.infolist() if entry.filename.endswith(".data/scripts/lake-explain"))
        assert program.external_attr >> 16 & 0o111, "it can be run"
        assert b"GLIBC_" not in wheel.read(program)
        names = wheel.namelist()
    assert EXPLAIN.stem.split("-")[1] == WHEEL.stem.split("-")[1]
    for file in ("LICENSE", "THIRD-PARTY"):
        assert any(name.endswith(f"licenses/{file}") for name in names)


@pytest.mark.parametrize("folder", [".", "explain"])
def test_sdist_has_the_licences(folder: str, tmp_path: Path) -> None:
    """And not the links that they are in the repository."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path],
        cwd=PACKAGE / folder, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (packed,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(packed) as sdist:
        for file in ("LICENSE", "THIRD-PARTY"):
            (member,) = (member for member in sdist.getmembers() if member.name.endswith(f"/{file}"))
            content = sdist.extractfile(member)
            assert member.isreg()
            assert content
            assert content.read() == (REPOSITORY / file).read_bytes()


def advice() -> set[str]:
    """What our texts say to give to pip install."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found: set[str] = set()
    for name in listed.stdout.split("\0"):
        file = REPOSITORY / name
        if file.suffix in (".md", ".py") and file.is_file() and "tests" not in Path(name).parts:
            for given in re.findall(r"\bpip install ([^#\n`\"]+)", file.read_text()):
                found.update(shlex.split(given))
    return found


def test_what_our_texts_say_to_install() -> None:
    """As it says there, from the wheel of this build; what else is needed has been installed already."""
    said = advice()
    assert {"liblake", "liblake[coap]", "./bindings/python", "./bindings/python[coap]"} <= said
    wheels = {text for text in said if text.endswith(".whl")}
    folders = {text for text in said - wheels if text.startswith(".")}
    assert wheels  # of a release: they have another tag than the one of this build
    # A run of pip takes a second: it is asked for all names at once, and for all folders.
    for wanted in ({str(WHEEL), str(EXPLAIN)}, folders, said - wheels - folders):
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--no-build-isolation",
             "--find-links", WHEEL.parent, *sorted(wanted)],
            cwd=REPOSITORY, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "does not provide the extra" not in done.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "show", "--files", "liblake"], capture_output=True, text=True, timeout=60
    )
    assert "lake/__init__.py" in shown.stdout


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
    assert done.stderr == "lake: lake.aiocoap needs aiocoap: pip install 'liblake[coap]'\n"
    explain = [str(python), "-I", "-m", "lake", "decode", "0202"]
    done = subprocess.run(explain, env={"PATH": ""}, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "lake: messages are explained by the command lake-explain: pip install 'liblake[explain]'\n"


def test_our_texts_say_how_to_install_the_program() -> None:
    said = advice()
    assert {"liblake[explain]", "./bindings/python/explain"} <= said
    wheels = {Path(text).name.split("-")[0] for text in said if text.endswith(".whl")}
    assert wheels == {WHEEL.name.split("-")[0], EXPLAIN.name.split("-")[0]}


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
