"""What talks to each other: the programs of examples/c, and aiocoap's own EDHOC in a process of its own (peer.py)."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import lake

EXAMPLES = Path(os.environ["LAKE_EXAMPLES"])
PEER = Path(__file__).with_name("peer.py")
WAIT = 60.0


def free_port() -> int:
    """Below those that the system gives to whoever asks for any: it stays free until the server is up."""
    while True:
        port = random.randrange(10000, 32768)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


# --- examples/c ---------------------------------------------------------------------------


@contextmanager
def c_server(*options: str, port: int = 0, said: list[str] | None = None, libcoap: bool = False) -> Iterator[int]:
    """edhoc_server: its port. `said` gets the lines that it printed, once it has ended.

    With `libcoap` it is libcoap_oscore, which uses libcoap's own OSCORE.
    """
    program = ["libcoap_oscore", "server"] if libcoap else ["edhoc_server"]
    command = [str(EXAMPLES / program[0]), *program[1:], "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            yield int(child.stdout.readline().removesuffix(" UDP\n").rsplit(":", 1)[-1])
        finally:
            child.terminate()
            lines = child.communicate(timeout=WAIT)[0].splitlines()
            if said is not None:
                said += lines
    assert child.returncode == 0


def c_client(port: int, *options: str, libcoap: bool = False) -> tuple[int, str]:
    """edhoc_client, or libcoap_oscore: how it ended, and what it printed."""
    program = ["libcoap_oscore", "client"] if libcoap else ["edhoc_client"]
    command = [str(EXAMPLES / program[0]), *program[1:], "--port", str(port), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=WAIT)
    return done.returncode, done.stdout


# --- aiocoap --------------------------------------------------------------------------------


class Identity:
    def __init__(self, name: str, kid: bytes | None) -> None:
        self.private, public = lake.generate_keypair(lake.KeyKind.P256)
        self.ccs = lake.build_ccs(lake.KeyKind.P256, public, subject=name, kid=kid)

    @property
    def public_part(self) -> str:
        return f'"peer_cred": {{14: {lake.diag(self.ccs)}}}'

    def own_part(self, style: str) -> str:
        key = f"{{1: 2, -1: 1, -4: h'{self.private.hex()}'}}"
        return f'"own_cred_style": "{style}", "own_cred": {{14: {lake.diag(self.ccs)}}}, "private_key": {key}'

    def own_options(self, file: Path) -> list[str]:
        """For a program of examples/c."""
        file.with_suffix(".key").write_bytes(self.private)
        return ["--own", self._saved(file), "--key", f"{file.with_suffix('.key')}"]

    def peer_options(self, file: Path) -> list[str]:
        return ["--peer", self._saved(file)]

    def _saved(self, file: Path) -> str:
        file.write_bytes(self.ccs)
        return str(file)


def entry(name: str, *parts: str) -> str:
    return f'"{name}": {{"edhoc-oscore": {{"suite": 2, "method": 3, {", ".join(parts)}}}}}'


Kids = tuple[bytes | None, bytes | None]
"""Of a server and a client."""
KIDS: Kids = (b"\x32", b"\x2b")


class Files:
    """What aiocoap needs to know on both sides, for a server at a URI."""

    def __init__(self, folder: Path, uri: str, style: str, flow: str, kids: Kids = KIDS) -> None:
        self.mine, self.theirs = Identity("server", kids[0]), Identity("client", kids[1])
        combined = f'"use_combined_edhoc": {"true" if flow == "combined" else "false"}'
        mine, theirs = self.mine, self.theirs
        self.of_server, self.of_client = folder / "server.diag", folder / "client.diag"
        self.of_server.write_text(
            f"{{{entry(f'{uri}/*', mine.own_part(style))}, {entry(':client', theirs.public_part)}}}"
        )
        self.of_client.write_text(f"{{{entry(f'{uri}/*', theirs.own_part(style), mine.public_part, combined)}}}")


@contextmanager
def server(engine: str, port: int, credentials: Path, flow: str) -> Iterator[None]:
    command = [sys.executable, str(PEER), engine, "server", str(port), str(credentials), flow]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            assert child.stdout.readline() == "ready\n"
            yield
            child.communicate(timeout=WAIT)  # closes its standard input
            assert child.returncode == 0
        finally:
            child.kill()


def client(engine: str, uri: str, credentials: Path, *flow_and_note: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PEER), engine, "client", uri, str(credentials), *flow_and_note]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT)
