"""lake.coap: the flows, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiocoap
import pytest

import lake
from lake.coap import Client, Server
from lake.testing import configs

ALL = [
    (method, suite)
    for suite in lake.suites()
    if suite != 25  # OSCORE's key derivation needs an HMAC hash, and SHAKE256 is none in aiocoap
    for method in range(4)
]


def play(test: Callable[[Server, list[lake.Session]], Awaitable[None]], config: lake.Config) -> list[lake.Session]:
    sessions: list[lake.Session] = []

    async def main() -> None:
        async with Server(lambda: config, sessions.append) as server:
            await asyncio.wait_for(test(server, sessions), 30)

    asyncio.run(main())
    return sessions


def pair(method: int, suite: int, **settings: Any) -> tuple[lake.Config, lake.Config]:
    """Configs with the kinds of key that method and suite want."""
    info = lake.suite_info(suite)
    signs = (method in (0, 1), method in (0, 2))
    own_i, own_r = (
        lake.Credential.generate(info.signature_key if s else info.curve, subject=name, kid=name[:1].encode())
        for s, name in zip(signs, ("initiator", "responder"), strict=True)
    )
    settings = {"methods": [method], "suites": [suite], **settings}
    return lake.Config(own=[own_i], peers=[own_r], **settings), lake.Config(own=[own_r], peers=[own_i], **settings)


@pytest.mark.parametrize(("method", "suite"), ALL)
def test_all_methods_and_suites(method: int, suite: int) -> None:
    config_i, config_r = pair(method, suite)

    async def test(server: Server, _: list[lake.Session]) -> None:
        for combined in (True, False):
            session = lake.Session(config_i, lake.Role.INITIATOR)
            async with Client(server.uri, session, combined=combined) as client:
                await client.handshake()
                assert await client.get("hello") == b"Hello, initiator"

    assert [s.authenticated for s in play(test, config_r)] == [True, True]


def test_message_4() -> None:
    config_i, config_r = configs(message_4=True)

    async def test(server: Server, _: list[lake.Session]) -> None:
        session = lake.Session(config_i, lake.Role.INITIATOR)
        async with Client(server.uri, session) as client:
            await client.handshake()
            assert await client.get("hello") == b"Hello, initiator"
        assert "message_4 received" in session.trace()

    play(test, config_r)


def test_messages_larger_than_a_block() -> None:
    """By value, with 1500 bytes of padding each way: Block1 and Block2."""
    config_i, config_r = configs()

    async def test(server: Server, _: list[lake.Session]) -> None:
        session = lake.Session(config_i, lake.Role.INITIATOR)
        session.ead_pad(1, 1500)
        session.ead_pad(3, 1500)
        async with Client(server.uri, session) as client:
            await client.handshake()
            assert await client.get("hello") == b"Hello, initiator"

    play(test, config_r)


def test_unknown_peer() -> None:
    config_i, _ = configs()
    _, config_r = configs()

    async def test(server: Server, sessions: list[lake.Session]) -> None:
        session = lake.Session(config_i, lake.Role.INITIATOR)
        async with Client(server.uri, session) as client:
            with pytest.raises(lake.LakeError):
                await client.handshake()
        assert sessions[0].state == lake.State.FAILED, "the server was told"

    play(test, config_r)


@pytest.mark.parametrize("combined", [True, False])
def test_wrong_message_3(combined: bool) -> None:
    """An Initiator that the Responder does not know: 4.00 with an EDHOC error, and no hello."""
    _, config_r = configs()
    responder = play_peer(config_r)
    stranger = lake.Credential.generate(lake.KeyKind.P256, subject="stranger", kid=b"?")
    config_i = lake.Config(own=[stranger], peers=[responder], methods=[3])

    async def test(server: Server, sessions: list[lake.Session]) -> None:
        session = lake.Session(config_i, lake.Role.INITIATOR)
        async with Client(server.uri, session, combined=combined) as client:
            with pytest.raises(ConnectionError):
                await client.handshake()
                await client.get("hello")
        assert sessions[0].state == lake.State.FAILED

    play(test, config_r)


def play_peer(config_r: lake.Config) -> lake.Credential:
    """The credential of a Responder, as an Initiator that asks for it learns it."""
    found: list[bytes] = []
    anybody = lake.Config(own=[lake.Credential.generate(lake.KeyKind.P256)], methods=[3], pull=lake.Pull.CREDENTIAL)
    initiator, responder = lake.Session(anybody, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER)
    with pytest.raises(lake.PendingCredential):
        initiator.step(responder.step(initiator.step()))
    found.append(initiator.peer_id_cred)
    return next(c for c in config_r._kept if c.id_cred == found[0])


def test_what_is_no_edhoc() -> None:
    _, config_r = configs()

    async def test(server: Server, _: list[lake.Session]) -> None:
        context = await aiocoap.Context.create_client_context(transports=["udp6"])
        for payload in (b"\xf5", b"\xf5\x03", b"\x00\x00", b"\xff", b"\x17\x41\x00", b"\x18\x20\x40"):
            request = aiocoap.Message(code=aiocoap.POST, uri=f"{server.uri}/.well-known/edhoc", payload=payload)
            assert (await context.request(request).response).code == aiocoap.BAD_REQUEST
        request = aiocoap.Message(code=aiocoap.GET, uri=f"{server.uri}/hello")
        assert (await context.request(request).response).code == aiocoap.UNAUTHORIZED
        await context.shutdown()

    play(test, config_r)


def test_reverse_flow() -> None:
    """The client is the Responder (RFC 9528 appendix A.2.2)."""
    config_i, config_r = configs()

    async def test(server: Server, sessions: list[lake.Session]) -> None:
        context = await aiocoap.Context.create_client_context(transports=["udp6"])
        mine = lake.Session(config_r, lake.Role.RESPONDER)

        async def post(payload: bytes) -> bytes:
            request = aiocoap.Message(code=aiocoap.POST, uri=f"{server.uri}/.well-known/edhoc", payload=payload)
            return bytes((await context.request(request).response_raising).payload)

        mine.process_message_1(await post(b""))
        mine.set_connection_id(b"mine")
        message_2 = mine.prepare_message_2()
        mine.process_message_3(await post(mine.peer_connection_id + message_2))
        assert mine.authenticated
        assert sessions[0].is_complete
        await context.shutdown()

    play(test, config_i)


def test_nobody_there() -> None:
    config_i, _ = configs()

    async def main() -> None:
        async with Client("coap://127.0.0.1:9", lake.Session(config_i, lake.Role.INITIATOR)) as client:
            await asyncio.wait_for(client.handshake(), 30)

    with pytest.raises(ConnectionError):
        asyncio.run(main())
