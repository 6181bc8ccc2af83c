"""aiocoap's EDHOC client and server, unmodified, on liblake and against the genuine lakers-python."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import PEER, WAIT, Files, Identity, client, free_port, server
from table import note

import lake
import lake.testing
from lake.aiocoap import Client, Server
from lake.coap import Event, Ids, Incoming, Limits

CREDENTIALS = {"by-key-id": "by kid", "by-value": "by value"}
# The genuine package on one side. Ours with ours, and the flows that it lacks: test_lake_aiocoap.py, in one process.
RUNS = [
    (server, client, flow)
    for flow in ("combined", "message_4")
    for server, client in [
        ("lakers", "lake"),
        ("lakers", "lake.aiocoap"),
        ("lake", "lakers"),
        ("lake.aiocoap", "lakers"),
    ]
]


@pytest.mark.parametrize("style", CREDENTIALS)
@pytest.mark.parametrize(("server_engine", "client_engine", "flow"), RUNS)
def test_aiocoap(server_engine: str, client_engine: str, style: str, flow: str, tmp_path: Path) -> None:
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files = Files(tmp_path, uri, style, flow)
    with server(server_engine, port, files.of_server, flow):
        done = client(client_engine, uri, files.of_client, flow)
        assert done.returncode == 0, done.stderr
        who = "client" if server_engine == "lake.aiocoap" else ":client"
        assert done.stdout == f"2.05 Content Hello, {who}\n"
    shown = {"lakers": "aiocoap, lakers-python", "lake": "aiocoap, lake.lakers", "lake.aiocoap": "lake.aiocoap"}
    note(shown[client_engine], shown[server_engine], "method 3, suite 2", CREDENTIALS[style], flow)


# --- The genuine aiocoap, and what it does not expect --------------------------------------


async def aiocoap_client(uri: str, file: Path, flow: str) -> tuple[int | None, str]:
    """The genuine client as a process: how it ended, and what it printed."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(PEER), "lakers", "client", uri, str(file), flow, stdout=-1, stderr=subprocess.DEVNULL
    )
    out, _ = await asyncio.wait_for(child.communicate(), WAIT)
    return child.returncode, out.decode()


def play(folder: Path, flow: str, peer: Identity | None = None, **options: Any) -> tuple[int | None, str, list[Event]]:
    """The genuine client with our server, which knows it, or somebody else: how it ended, and what our server told."""
    events: list[Event] = []

    async def main() -> tuple[int | None, str]:
        server = Server(on_event=events.append, **options)
        await server.start(port=port)
        try:
            return await aiocoap_client(uri, files.of_client, flow)
        finally:
            await server.close()

    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files = Files(folder, uri, "by-key-id", flow)
    known = peer or files.theirs
    own = lake.Credential.from_ccs(files.mine.ccs)
    own.set_private_key(files.mine.private)
    options["responder"] = lake.Config(
        own=[own], peers=[lake.Credential.from_ccs(known.ccs)], methods=[3], suites=[2], message_4=flow == "message_4"
    )
    return *asyncio.run(main()), events


@pytest.mark.parametrize(("length", "flow"), [(2, "message_4"), (7, "combined")])
def test_longer_identifiers(length: int, flow: str, tmp_path: Path) -> None:
    code, out, events = play(tmp_path, flow, ids=Ids(length, length))
    assert (code, out) == (0, "2.05 Content Hello, client\n")
    assert [len(event.id) for event in events] == [length]


@pytest.mark.parametrize(
    ("kid", "status", "flow"),
    [(b"\x2b", "ERR_MAC", "combined"), (b"\x2c", "ERR_CREDENTIAL_UNKNOWN", "message_4")],
)
def test_a_client_that_is_not_known(kid: bytes, status: str, flow: str, tmp_path: Path) -> None:
    """Another key under its kid, or no key at all: no hello, and nothing is left."""
    code, out, events = play(tmp_path, flow, peer=Identity("client", kid))
    assert "Hello" not in out
    assert code != 0 or "2.05" not in out
    assert [(event.kind.name, event.status.name) for event in events] == [("FAILED", status)]


def test_a_client_that_does_not_answer_with_echo(tmp_path: Path) -> None:
    """aiocoap's EDHOC takes the challenge of a server under load for a refusal. It costs the server nothing."""
    events: list[Event] = []

    async def main() -> tuple[int | None, str]:
        server = Server(config, on_event=events.append, limits=Limits(threshold=1))
        await server.start(port=port)
        try:
            begun = lake.coap.Client(lake.testing.configs()[0]).start()  # a run that stays half-open
            server.edhoc.handle(Incoming(begun.code, begun.payload, format=begun.format, peer=b"somebody"))
            done = await aiocoap_client(uri, files.of_client, "combined")
            stats = server.edhoc.stats()
            assert (stats.begun, stats.challenged) == (1, 1)
            return done
        finally:
            await server.close()

    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files = Files(tmp_path, uri, "by-key-id", "combined")
    own = lake.Credential.from_ccs(files.mine.ccs)
    own.set_private_key(files.mine.private)
    config = lake.Config(own=[own], peers=[lake.Credential.from_ccs(files.theirs.ccs)], methods=[3], suites=[2])
    code, out = asyncio.run(main())
    assert (code != 0, out) == (True, "")
    assert events == []


def test_a_client_that_does_not_know_the_server(tmp_path: Path) -> None:
    """It says nothing, as aiocoap sends no error messages: its run stays half-open until its time is over."""
    flow, stranger = "combined", tmp_path / "stranger"
    stranger.mkdir()
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files, others = Files(tmp_path, uri, "by-key-id", flow), Files(stranger, uri, "by-key-id", flow)

    async def main() -> None:
        own = lake.Credential.from_ccs(files.mine.ccs)
        own.set_private_key(files.mine.private)
        config = lake.Config(own=[own], peers=[lake.Credential.from_ccs(others.theirs.ccs)], methods=[3], suites=[2])
        server = Server(config, on_event=events.append)
        await server.start(port=port)
        try:
            code, out = await aiocoap_client(uri, others.of_client, flow)
            assert (code != 0, out) == (True, "")
            assert server.edhoc.stats().half_open == 1
        finally:
            await server.close()

    events: list[Event] = []
    asyncio.run(main())
    assert events == []


@pytest.mark.parametrize("combined", [False, True])
def test_a_server_that_is_not_known(combined: bool, tmp_path: Path) -> None:
    """The genuine server, and our client, which knows another key for it."""
    flow = "combined" if combined else "message_4"
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files = Files(tmp_path, uri, "by-key-id", flow)
    own = lake.Credential.from_ccs(files.theirs.ccs)
    own.set_private_key(files.theirs.private)
    other = lake.Credential.from_ccs(Identity("server", b"\x32").ccs)
    config = lake.Config(own=[own], peers=[other], methods=[3], suites=[2], message_4=not combined)

    async def main() -> None:
        async with Client(uri, config, combined=combined) as client:
            with pytest.raises(lake.AuthenticationError):
                await client.handshake()
        async with Client(uri, config, discover=True) as client:
            with pytest.raises((lake.NotFoundError, ConnectionRefusedError)):
                await client.handshake()  # it has no links

    with server("lakers", port, files.of_server, flow):
        asyncio.run(asyncio.wait_for(main(), WAIT))
