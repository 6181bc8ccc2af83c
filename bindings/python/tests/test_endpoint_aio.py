"""lake.endpoint.aio: CoAP programs that know nothing of EDHOC and OSCORE, on endpoints that do it for them."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiocoap
import pytest
from aiocoap import resource
from endpoint_pair import content, get, subject
from programs import free_port

import lake
from lake.endpoint import Endpoint, EndpointEvent, EndpointEventKind, EndpointLimits, Save
from lake.endpoint.aio import Address, Underlay, name
from lake.testing import configs

WAIT = 20.0


def run(main: Callable[[], Any], expected: type[Exception] | None = None) -> None:
    """expected is left to the loop, and nothing else."""

    async def strictly() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
        await asyncio.wait_for(main(), WAIT)

    raised: list[Any] = []
    asyncio.run(strictly())
    assert [type(context["exception"]) for context in raised] == ([expected] if expected else [])


# --- aiocoap, without its OSCORE ---------------------------------------------------------


class Store(resource.Resource):  # type: ignore[misc]
    """What was PUT; bodies of any size, in blocks."""

    body = b"nothing"

    async def render_get(self, _: Any) -> Any:
        return aiocoap.Message(payload=self.body)

    async def render_put(self, request: Any) -> Any:
        self.body = request.payload
        return aiocoap.Message(code=aiocoap.CHANGED)


@asynccontextmanager
async def aiocoap_server() -> AsyncIterator[Address]:
    site = resource.Site()
    site.add_resource(["store"], Store())
    port = free_port()
    context = await aiocoap.Context.create_server_context(site, bind=("127.0.0.1", port), transports=["udp6"])
    try:
        yield "127.0.0.1", port
    finally:
        await context.shutdown()


def test_plain_aiocoap_on_both_sides() -> None:
    events: list[EndpointEvent | Save] = []

    async def main() -> None:
        config_i, config_r = configs()
        body = os.urandom(3000)
        with Endpoint(responder=config_r) as there, Endpoint(initiator=config_i, combined=True) as here:
            async with aiocoap_server() as server:
                with Underlay(there, server=server, on_event=events.append) as far, Underlay(here) as near:
                    host, port = near.gate(*far.address)
                    uri = f"coap://{host}:{port}/store"
                    client = await aiocoap.Context.create_client_context(transports=["udp6"])
                    first = await client.request(aiocoap.Message(code=aiocoap.GET, uri=uri)).response
                    assert first.payload == b"nothing"
                    put = aiocoap.Message(code=aiocoap.PUT, uri=uri, payload=body)
                    assert (await client.request(put).response).code == aiocoap.CHANGED
                    again = await client.request(aiocoap.Message(code=aiocoap.GET, uri=uri)).response
                    assert again.payload == body
                    await client.shutdown()
                    [peer] = there.peers()
                    assert there.peer(peer).received >= 7, "in blocks of 1,024 bytes"
                    assert there.peer(peer).address == name(*near.address)
                    assert subject(there.peer_credential(peer)) == "initiator"

    run(main)
    assert [event.kind for event in events if isinstance(event, EndpointEvent)] == [EndpointEventKind.ESTABLISHED]


# --- Programs of a few bytes --------------------------------------------------------------------


class Program:
    """A socket on loopback."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(WAIT)

    @property
    def address(self) -> Address:
        host, port = self.socket.getsockname()
        return host, port

    def send(self, datagram: bytes, to: Address) -> None:
        self.socket.sendto(datagram, to)

    async def receive(self) -> tuple[bytes, Address]:
        return await asyncio.to_thread(self.socket.recvfrom, 2048)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


async def ask(client: Program, gate: Address, server: Program, message_id: int) -> Address:
    """A request and its answer; the address that the server has for the peer."""
    client.send(get(message_id), gate)
    request, source = await server.receive()
    assert request == get(message_id)
    server.send(content(request, b"answer"), source)
    assert await client.receive() == (content(request, b"answer"), gate)
    return source


def test_peers_have_addresses_of_their_own() -> None:
    async def main() -> None:
        config_i, config_r = configs()
        with (
            Program() as server,
            Program() as client,
            Underlay(Endpoint(responder=config_r), server=server.address, sockets=2) as far,
            Underlay(Endpoint(initiator=config_i)) as one,
            Underlay(Endpoint(initiator=config_i)) as two,
            Underlay(Endpoint(initiator=config_i)) as three,
        ):
            gates = [near.gate(*far.address) for near in (one, two, three)]
            assert one.gate(*far.address) == gates[0]
            sources = [await ask(client, gate, server, number) for number, gate in enumerate(gates, 1)]
            assert len(set(sources)) == 3
            assert await ask(client, gates[2], server, 4) == sources[2]
            await ask(client, gates[0], server, 5)  # its socket had made room for the third's
            assert len(far._sources) == 2
            far.endpoint.drop(far.endpoint.peers()[-1])
            far.act()
            assert len(far._sources) == 1

    run(main)


def test_ipv6() -> None:
    async def main() -> None:
        config_i, config_r = configs()
        with (
            Program() as server,
            Program() as client,
            Underlay(Endpoint(responder=config_r), bind=("::1", 0), server=server.address) as far,
            Underlay(Endpoint(initiator=config_i), bind=("::1", 0)) as near,
        ):
            await ask(client, near.gate(*far.address), server, 1)
            assert far.endpoint.peer(far.endpoint.peers()[0]).address == name(*near.address)
            with pytest.raises(ValueError, match="cannot be reached"):
                near.gate("192.0.2.1")
            with pytest.raises(ValueError, match="does not appear to be"):
                near.gate("a host name: without one")

    run(main)


def test_nobody_is_there(caplog: pytest.LogCaptureFixture) -> None:
    """Programs that are not there, datagrams that are none: lost, and the rest goes on."""

    async def main() -> None:
        config_i, config_r = configs()
        with (
            Program() as server,
            Program() as client,
            Underlay(Endpoint(responder=config_r), server=server.address) as far,
            Underlay(Endpoint(initiator=config_i)) as near,
        ):
            gate = near.gate(*far.address)
            client.send(b"no CoAP", gate)
            client.send(b"", far.address)
            client.send(get(1), far.address)  # without protection
            assert (await client.receive())[0][1] == 0x81
            await ask(client, gate, server, 2)
            near.gate("127.0.0.1", free_port())
            client.send(get(3), near.gate("127.0.0.1", free_port()))
            await ask(client, gate, server, 4)

    with caplog.at_level(logging.WARNING, "lake.endpoint.aio"):
        run(main)
    assert len(caplog.records) == 1
    assert "is lost" in caplog.text


def test_bind_fails() -> None:
    async def main() -> None:
        config = configs()[1]
        with (
            Endpoint(responder=config) as endpoint,
            Underlay(endpoint) as first,
            pytest.raises(OSError, match="in use"),
        ):
            Underlay(endpoint, bind=first.address)

    run(main)


def test_questions_and_saves() -> None:
    """What on_event does at the endpoint, act brings on its way."""
    key, saves = os.urandom(32), []

    async def main() -> None:
        def on_event(event: EndpointEvent | Save) -> None:
            if isinstance(event, Save):
                saves.append(near.endpoint.save(key))
                near.endpoint.saved()
            elif event.kind == EndpointEventKind.PENDING:
                assert event.session
                near.endpoint.proceed(event.session)
            near.act()

        config_i, _ = configs(own=own, pull=lake.Pull.PEER)
        _, config_r = configs(own=own)
        with (
            Program() as server,
            Program() as client,
            Underlay(Endpoint(responder=config_r), server=server.address) as far,
            Underlay(Endpoint(initiator=config_i, ahead=2, limits=EndpointLimits(peers=4)), on_event=on_event) as near,
        ):
            gate = near.gate(*far.address)
            for number in range(1, 9):
                await ask(client, gate, server, number)

    own = lake.testing.credentials()
    run(main)
    assert len(saves) >= 3


def test_lost_datagrams_are_repeated() -> None:
    """A network that loses the first datagram."""

    async def main() -> None:
        config_i, config_r = configs()
        with (
            Program() as server,
            Program() as client,
            Program() as network,
            Underlay(Endpoint(responder=config_r), server=server.address) as far,
            Underlay(Endpoint(initiator=config_i)) as near,
        ):
            client.send(get(1), near.gate(*network.address))
            lost, _ = await network.receive()
            again, _ = await network.receive()
            assert again == lost
            network.send(again, far.address)
            message_2, _ = await network.receive()
            assert message_2[1] == 0x44

    run(main)


def test_prepare_that_raises() -> None:
    """The loop has the exception; the client is told that there is nothing to be had."""

    class Mine(Exception):
        pass

    def prepare(_: lake.Session, to: bytes) -> None:
        assert to == b"127.0.0.1:5683"
        raise Mine

    async def main() -> None:
        with Program() as client, Underlay(Endpoint(initiator=configs()[0], prepare=prepare)) as near:
            client.send(get(1), near.gate("127.0.0.1"))
            answer, _ = await client.receive()
            assert answer[1] == 0xA3

    run(main, Mine)
