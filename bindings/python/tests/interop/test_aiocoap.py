"""aiocoap's EDHOC client and server, unmodified, on liblake and against the genuine lakers-python."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from table import note

import lake

PEER = Path(__file__).with_name("peer.py")
ENGINES = ("lakers", "lake", "lake.coap")
PAIRS = [(server, client) for server in ENGINES for client in ENGINES if (server, client) != ("lakers", "lakers")]
CREDENTIALS = {"by-key-id": "by kid", "by-value": "by value"}
FLOWS = {"combined": "combined", "explicit": "message_4"}
WAIT = 60.0


class Identity:
    def __init__(self, name: str, kid: bytes) -> None:
        self.private, public = lake.generate_keypair(lake.KeyKind.P256)
        self.ccs = lake.build_ccs(lake.KeyKind.P256, public, subject=name, kid=kid)

    @property
    def public_part(self) -> str:
        return f'"peer_cred": {{14: {lake.diag(self.ccs)}}}'

    def own_part(self, style: str) -> str:
        key = f"{{1: 2, -1: 1, -4: h'{self.private.hex()}'}}"
        return f'"own_cred_style": "{style}", "own_cred": {{14: {lake.diag(self.ccs)}}}, "private_key": {key}'


def entry(name: str, *parts: str) -> str:
    return f'"{name}": {{"edhoc-oscore": {{"suite": 2, "method": 3, {", ".join(parts)}}}}}'


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


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


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("style", CREDENTIALS)
@pytest.mark.parametrize(("server_engine", "client_engine"), PAIRS)
def test_aiocoap(server_engine: str, client_engine: str, style: str, flow: str, tmp_path: Path) -> None:
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    mine, theirs = Identity("server", b"\x32"), Identity("client", b"\x2b")
    combined = f'"use_combined_edhoc": {"true" if flow == "combined" else "false"}'
    of_server, of_client = tmp_path / "server.diag", tmp_path / "client.diag"
    of_server.write_text(f"{{{entry(f'{uri}/*', mine.own_part(style))}, {entry(':client', theirs.public_part)}}}")
    of_client.write_text(f"{{{entry(f'{uri}/*', theirs.own_part(style), mine.public_part, combined)}}}")
    with server(server_engine, port, of_server, flow):
        command = [sys.executable, str(PEER), client_engine, "client", uri, str(of_client), flow]
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT)
        assert done.returncode == 0, done.stderr
        who = "client" if server_engine == "lake.coap" else ":client"
        assert done.stdout == f"2.05 Content Hello, {who}\n"
    shown = {"lakers": "aiocoap, lakers-python", "lake": "aiocoap, lake.lakers", "lake.coap": "lake.coap"}
    note(shown[client_engine], shown[server_engine], "method 3, suite 2", CREDENTIALS[style], FLOWS[flow])
