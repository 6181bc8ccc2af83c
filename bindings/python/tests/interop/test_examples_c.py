"""lake.aiocoap with the C programs edhoc_client and edhoc_server, which stand on libcoap's OSCORE."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import aiocoap
import pytest
from aiocoap import resource
from table import note

import lake
from lake.aiocoap import Client, Server

EXAMPLES = Path(os.environ["LAKE_EXAMPLES"])
WAIT = 30.0


def identity(name: str, folder: Path, style: str) -> tuple[lake.Credential, list[str]]:
    """A credential, and the options that give it to a C program."""
    private, public = lake.generate_keypair(lake.KeyKind.P256)
    kid = name[:1].encode() if style == "by kid" else None
    ccs = lake.build_ccs(lake.KeyKind.P256, public, subject=name, kid=kid)
    (folder / f"{name}.ccs").write_bytes(ccs)
    (folder / f"{name}.key").write_bytes(private)
    credential = lake.Credential.from_ccs(ccs)
    credential.set_private_key(private)
    return credential, ["--own", f"{folder}/{name}.ccs", "--key", f"{folder}/{name}.key"]


FLOWS = ["explicit", "message_4", "reverse"]


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("style", ["by kid", "by value"])
@pytest.mark.parametrize("method", range(4))
def test_c_server(method: int, style: str, flow: str, tmp_path: Path) -> None:
    message_4 = flow == "message_4"
    role = lake.Role.RESPONDER if flow == "reverse" else lake.Role.INITIATOR
    mine, _ = identity("client", tmp_path, style)
    theirs, own = identity("server", tmp_path, style)
    config = lake.Config(own=[mine], peers=[theirs], methods=[method], suites=[2], message_4=message_4)
    options = [*own, "--peer", f"{tmp_path}/client.ccs", "--method", str(method), "--suite", "2"]
    options += ["--message-4"] if message_4 else []

    async def main(uri: str) -> None:
        async with Client(uri, config, role, discover=True) as client:
            await client.handshake()
            assert await client.get("hello")

    with subprocess.Popen([EXAMPLES / "edhoc_server", "--port", "0", *options], stdout=-1, text=True) as server:
        assert server.stdout
        try:
            port = server.stdout.readline().removesuffix(" UDP\n").rsplit(":", 1)[-1]
            asyncio.run(asyncio.wait_for(main(f"coap://127.0.0.1:{port}"), WAIT))
        finally:
            server.terminate()
            server.communicate(timeout=WAIT)
    note("lake.aiocoap", "C, libcoap", f"method {method}, suite 2", style, flow)


class Hello(resource.Resource):  # type: ignore[misc]
    """The resource as edhoc_client wants it: with the receipt that only this session can export."""

    async def render_get(self, request: Any) -> Any:
        session = request.remote.security_context.session
        return aiocoap.Message(payload=b"Hello", etag=session.export(32768, 8, b"receipt"))


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("style", ["by kid", "by value"])
@pytest.mark.parametrize("method", range(4))
def test_c_client(method: int, style: str, flow: str, tmp_path: Path) -> None:
    message_4, reverse = flow == "message_4", flow == "reverse"
    mine, _ = identity("server", tmp_path, style)
    theirs, own = identity("client", tmp_path, style)
    config = lake.Config(own=[mine], peers=[theirs], methods=[method], suites=[2], message_4=message_4)
    options = [*own, "--peer", f"{tmp_path}/server.ccs", "--method", str(method), "--suite", "2"]
    options += ["--discover", *(["--message-4"] if message_4 else []), *(["--reverse"] if reverse else [])]
    configs: dict[str, Any] = {"initiator" if reverse else "responder": config}

    site = resource.Site()
    site.add_resource(["hello"], Hello())

    async def main() -> tuple[int | None, str]:
        async with Server(**configs, site=site) as server:
            port = server.uri.rsplit(":", 1)[-1]
            child = await asyncio.create_subprocess_exec(
                EXAMPLES / "edhoc_client", "--port", port, *options, stdout=-1, stderr=subprocess.STDOUT
            )
            out, _ = await asyncio.wait_for(child.communicate(), WAIT)
            return child.returncode, out.decode()

    status, out = asyncio.run(main())
    assert status == 0, out
    assert "the protected answer arrived" in out
    note("C, libcoap", "lake.aiocoap", f"method {method}, suite 2", style, flow)
