"""A server of lake.aiocoap and clients of it, for tests on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiocoap

import lake
from lake.aiocoap import Client, Server
from lake.coap import Event

INITIATOR, RESPONDER = lake.Role.INITIATOR, lake.Role.RESPONDER
ALL = [
    (method, suite)
    for suite in lake.suites()
    if suite != 25  # OSCORE's key derivation needs an HMAC hash, and SHAKE256 is none in aiocoap
    for method in range(4)
]
HELLO = b"Hello, initiator"


class Mine(Exception):
    pass


def play(test: Callable[[Server], Awaitable[None]], *args: Any, **options: Any) -> list[Event]:
    """Runs a test with a server, and gives what that told."""
    events: list[Event] = []

    async def main() -> None:
        async with Server(*args, on_event=events.append, **options) as server:
            await asyncio.wait_for(test(server), 60)

    asyncio.run(main())
    return events


def kinds(events: list[Event]) -> list[str]:
    return [event.kind.name for event in events]


async def hello(uri: str, config: lake.Config, role: lake.Role = INITIATOR, **options: Any) -> Client:
    """A handshake, and a request that shows that it was one. The Responder has the name in the reverse flow."""
    async with Client(uri, config, role, **options) as client:
        await client.handshake()
        assert await client.get("hello") == (HELLO if role == INITIATOR else b"Hello, responder")
        assert client.edhoc.is_done
        return client


async def ask(
    uri: str, payload: bytes = b"", code: aiocoap.Code = aiocoap.POST, blockwise: bool = True, **options: Any
) -> Any:
    """A request without OSCORE."""
    context = await aiocoap.Context.create_client_context(transports=["udp6"])
    try:
        request = aiocoap.Message(code=code, uri=uri, payload=payload, **options)
        return await context.request(request, handle_blockwise=blockwise).response
    finally:
        await context.shutdown()


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
