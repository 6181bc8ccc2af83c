"""lake.aiocoap with the C programs edhoc_client and edhoc_server, which are on libcoap with an endpoint underneath."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import aiocoap
import pytest
from aiocoap import resource
from certificates import Certified, certified
from programs import EXAMPLES, WAIT, c_server
from table import note
from wire import Relay, relay

import lake
from lake.aiocoap import Client, Server


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

    with c_server(*options) as port:
        asyncio.run(asyncio.wait_for(main(f"coap://127.0.0.1:{port}"), WAIT))
    note("lake.aiocoap", "C, libcoap", f"method {method}, suite 2", style, flow)


HELLO = "Hello, whom I know"


class Hello(resource.Resource):  # type: ignore[misc]
    async def render_get(self, request: Any) -> Any:
        return aiocoap.Message(payload=HELLO.encode())


def c_client(options: list[str], **configs: Any) -> tuple[int | None, str, Relay]:
    """edhoc_client with our server: how it ended, what it printed, and what passed."""
    site = resource.Site()
    site.add_resource(["hello"], Hello())

    async def main() -> tuple[int | None, str, Relay]:
        async with Server(**configs, site=site) as server:
            with relay(int(server.uri.rsplit(":", 1)[-1])) as wire:
                child = await asyncio.create_subprocess_exec(
                    EXAMPLES / "edhoc_client", "--port", str(wire.port), *options, stdout=-1, stderr=subprocess.STDOUT
                )
                out, _ = await asyncio.wait_for(child.communicate(), WAIT)
            return child.returncode, out.decode(), wire

    return asyncio.run(main())


@pytest.mark.parametrize("flow", [*FLOWS, "combined"])
@pytest.mark.parametrize("style", ["by kid", "by value"])
@pytest.mark.parametrize("method", range(4))
def test_c_client(method: int, style: str, flow: str, tmp_path: Path) -> None:
    message_4, reverse = flow == "message_4", flow == "reverse"
    mine, _ = identity("server", tmp_path, style)
    theirs, own = identity("client", tmp_path, style)
    config = lake.Config(own=[mine], peers=[theirs], methods=[method], suites=[2], message_4=message_4)
    options = [*own, "--peer", f"{tmp_path}/server.ccs", "--method", str(method), "--suite", "2"]
    options += [*(["--message-4"] if message_4 else []), *(["--reverse"] if reverse else [])]
    options += ["--combined"] if flow == "combined" else []
    configs: dict[str, Any] = {"initiator" if reverse else "responder": config}

    status, out, wire = c_client(options, **configs)
    assert status == 0, out
    assert "the protected answer arrived" in out
    wire.assert_protected(HELLO)
    note("C, libcoap", "lake.aiocoap", f"method {method}, suite 2", style, flow)


@pytest.mark.parametrize("flow", ["explicit", "reverse"])
def test_a_c_client_for_which_the_answer_is_too_large(flow: str, tmp_path: Path) -> None:
    """It takes 4,096 bytes, and says so at once."""
    mine, _ = identity("server", tmp_path, "by kid")
    _, own = identity("client", tmp_path, "by kid")
    config = lake.Config(own=[mine], methods=[3], suites=[2])
    message = 2 if flow == "explicit" else 1
    options = [*own, "--peer", f"{tmp_path}/server.ccs", "--suite", "2", *(["--reverse"] if message == 1 else [])]
    configs: dict[str, Any] = {"initiator" if message == 1 else "responder": config}

    status, out, _ = c_client(options, **configs, prepare=lambda session: session.ead_pad(message, 5000))
    assert status == 1, out
    assert out.endswith("its blocks do not make a whole, or are too many\n")


# --- Certificates, in messages of more than 1024 bytes, which go in blocks -----------------

P256, ED25519, X25519 = lake.KeyKind.P256, lake.KeyKind.ED25519, lake.KeyKind.X25519
# Each method and each suite once; all pairs of them are proved in Go (TestVectors) and C (abi_handshakes).
METHODS_AND_SUITES = [(0, 0), (1, 3), (2, 2), (3, 1)]  # 2 and 3 are with P-256


def kinds(method: int, suite: int) -> tuple[lake.KeyKind, lake.KeyKind]:
    """The keys of Initiator and Responder."""
    if suite >= 2:
        return P256, P256
    return (ED25519 if method in (0, 1) else X25519), (ED25519 if method in (0, 2) else X25519)


def pair(flow: str, method: int, suite: int) -> tuple[Certified, Certified]:
    """Client and server."""
    initiator, responder = kinds(method, suite)
    swapped = (responder, initiator) if flow == "reverse" else (initiator, responder)
    return certified("client", swapped[0]), certified("server", swapped[1])


def trusting(kind: str, mine: Certified, theirs: Certified, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What we know, and the options of the C program: the authorities of chains of X.509; C509 certificates are pinned.

    The C programs take one C509 certificate.
    """
    mine_file, theirs_file, key = folder / "mine", folder / "theirs", folder / "theirs.key"
    key.write_bytes(theirs.pem)
    if kind == "x5chain":
        theirs_file.write_bytes(b"".join(theirs.ders))
        mine_file.write_bytes(mine.ders[-1])
        known: dict[str, Any] = {
            "trust_anchors": [theirs.authority()],
            "policy": lake.PeerPolicy.X509,
            "allowed_peers": [(lake.NameKind.SUBJECT, theirs.subject)],
        }
    else:
        theirs_file.write_bytes(lake.x509_to_c509(theirs.ders[0]))
        mine_file.write_bytes(lake.x509_to_c509(mine.ders[0]))
        known = {"peers": [lake.Credential.from_c509(theirs_file.read_bytes())]}
    trust = ["--expect", f"subject:{mine.subject}", "--anchor"] if kind == "x5chain" else ["--by-value", "--peer"]
    return known, ["--own", str(theirs_file), "--key", str(key), *trust, str(mine_file)]


@pytest.mark.parametrize("flow", ["explicit", "reverse"])
@pytest.mark.parametrize("kind", ["x5chain", "c5c"])
@pytest.mark.parametrize(("method", "suite"), METHODS_AND_SUITES)
def test_c_server_in_blocks(method: int, suite: int, kind: str, flow: str, tmp_path: Path) -> None:
    role = lake.Role.RESPONDER if flow == "reverse" else lake.Role.INITIATOR
    mine, theirs = pair(flow, method, suite)
    known, options = trusting(kind, mine, theirs, tmp_path)
    config = lake.Config(own=[mine.credential(kind)], **known, methods=[method], suites=[suite])
    said: list[str] = []

    async def main(uri: str) -> None:
        async with Client(uri, config, role) as client:
            await client.handshake()
            assert await client.get("hello")
            assert client.session.peer_credential.text(lake.TextKind.SUBJECT) == "CN=server"

    with c_server(*options, "--method", str(method), "--suite", str(suite), said=said) as port, relay(port) as wire:
        asyncio.run(asyncio.wait_for(main(f"coap://127.0.0.1:{wire.port}"), WAIT))
    assert "authenticated: CN=client" in "\n".join(said)
    assert wire.blocks() == (True, True)
    note("lake.aiocoap", "C, libcoap", f"method {method}, suite {suite}", f"{kind}, in blocks", flow)


@pytest.mark.parametrize("flow", ["explicit", "reverse"])
@pytest.mark.parametrize("kind", ["x5chain", "c5c"])
@pytest.mark.parametrize(("method", "suite"), METHODS_AND_SUITES)
def test_c_client_in_blocks(method: int, suite: int, kind: str, flow: str, tmp_path: Path) -> None:
    theirs, mine = pair(flow, method, suite)
    known, options = trusting(kind, mine, theirs, tmp_path)
    config = lake.Config(own=[mine.credential(kind)], **known, methods=[method], suites=[suite])
    options += ["--method", str(method), "--suite", str(suite), *(["--reverse"] if flow == "reverse" else [])]
    status, out, wire = c_client(options, **{"initiator" if flow == "reverse" else "responder": config})
    assert status == 0, out
    assert "authenticated: CN=server" in out
    assert "the protected answer arrived" in out
    assert wire.blocks() == (True, True)
    note("C, libcoap", "lake.aiocoap", f"method {method}, suite {suite}", f"{kind}, in blocks", flow)


@pytest.mark.parametrize("flow", ["explicit", "reverse"])
def test_c_server_of_another_authority(flow: str, tmp_path: Path) -> None:
    role = lake.Role.RESPONDER if flow == "reverse" else lake.Role.INITIATOR
    mine, theirs = pair(flow, 3, 2)
    known, _ = trusting("x5chain", mine, certified("server", P256), tmp_path)
    _, options = trusting("x5chain", mine, theirs, tmp_path)
    config = lake.Config(own=[mine.credential("x5chain")], **known, methods=[3], suites=[2])
    said: list[str] = []

    async def main(uri: str) -> None:
        async with Client(uri, config, role) as client:
            with pytest.raises(lake.CredentialError, match="the issuer's signature"):
                await client.handshake()

    with c_server(*options, "--method", "3", said=said) as port:
        asyncio.run(asyncio.wait_for(main(f"coap://127.0.0.1:{port}"), WAIT))
    # In the reverse flow, message_3 was the end of it for the server.
    assert f"established {flow == 'reverse':d}, failed {flow == 'explicit':d}," in said[-1]
    assert "GET /hello" not in "\n".join(said)


@pytest.mark.parametrize("flow", ["explicit", "reverse"])
def test_c_client_of_another_authority(flow: str, tmp_path: Path) -> None:
    theirs, mine = pair(flow, 3, 2)
    known, _ = trusting("x5chain", mine, certified("client", P256), tmp_path)
    _, options = trusting("x5chain", mine, theirs, tmp_path)
    config = lake.Config(own=[mine.credential("x5chain")], **known, methods=[3], suites=[2])
    options += ["--suite", "2", *(["--reverse"] if flow == "reverse" else [])]
    status, out, wire = c_client(options, **{"initiator" if flow == "reverse" else "responder": config})
    assert status == 1, out
    assert "failed: " in out
    assert wire.blocks()[0]
