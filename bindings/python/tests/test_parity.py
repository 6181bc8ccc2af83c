"""Everything that lake.h has, the package has."""

from __future__ import annotations

import os
import re
from pathlib import Path

import lake
from lake import _abi, errors

REPOSITORY = Path(os.environ["LAKE_REPOSITORY"])
HERE = REPOSITORY / "bindings" / "python"


def test_every_function_is_wrapped() -> None:
    declared = set((REPOSITORY / "capi" / "abi" / "symbols.txt").read_text().split())
    assert declared == set(_abi.PROTOTYPES), "run make generate"
    code = [path.read_text() for path in (HERE / "src" / "lake").rglob("*.py") if path.name != "_abi.py"]
    used = set(re.findall(r"\blake_\w+", "\n".join(code)))
    assert declared - used == set()


def test_every_status_has_its_exception() -> None:
    assert set(errors.EXCEPTIONS) == set(lake.Status) - {lake.Status.OK}
    for status, kind in errors.EXCEPTIONS.items():
        assert lake.status_name(status) == f"LAKE_{status.name}"
        assert kind.__name__ in lake.__all__, "exceptions are public"
        if not issubclass(kind, lake.Pending):
            builtin = [base for base in kind.__mro__ if base.__module__ == "builtins"]
            assert kind is lake.UsageError or builtin[0] not in (Exception, BaseException, object), kind


def test_versions_agree() -> None:
    assert lake.__version__ == lake.version() == (REPOSITORY / "VERSION").read_text().strip()


def test_features() -> None:
    header = (REPOSITORY / "include" / "lake.h").read_text()
    documented = header[header.index("Features:") : header.index("int32_t lake_has_feature")]
    assert all(lake.has_feature(name) for name in re.findall(r'"([\w-]+)"', documented))
