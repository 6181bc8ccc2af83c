"""What all tests, and the examples of the docstrings, find ready (a pytest plugin: -p plugin)."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

import lake
import lake.aio
import lake.aiocoap
import lake.coap
import lake.endpoint
import lake.endpoint.aio
import lake.lakers
import lake.radio

pytest_plugins = ["lake.testing"]


def pytest_collection_finish() -> None:
    """What is there before the first test stays: tests that look for garbage need not look through it, each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate and its key, as openssl makes them."""
    folder = tmp_path_factory.mktemp("files")
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout key.pem -out cert.pem"
        " -subj /CN=sensor -days 30 -addext keyUsage=critical,digitalSignature,keyCertSign"
        " && openssl x509 -in cert.pem -outform DER -out cert.der",
        shell=True, check=True, cwd=folder, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture(autouse=True)
def _examples(
    request: pytest.FixtureRequest, doctest_namespace: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Examples know `lake`, `os`, `Path` and `asyncio`, stand in the folder with the files, and import lakers anew."""
    if isinstance(request.node, pytest.DoctestItem):
        doctest_namespace.update(lake=lake, os=os, Path=Path, asyncio=asyncio)
        monkeypatch.chdir(request.getfixturevalue("files"))
        monkeypatch.delitem(sys.modules, "lakers", raising=False)
