"""lake.aiocoap: the flows, on loopback."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiocoap
import pytest
from aiocoap_play import ALL, HELLO, INITIATOR, RESPONDER, ask, hello, kinds, pair, play

import lake
from lake.aiocoap import Client, SecurityContext, Server
from lake.coap import Limits, read_links
from lake.testing import configs

# --- What goes well ---------------------------------------------------------------------


@pytest.mark.parametrize(("method", "suite"), ALL)
def test_all_methods_and_suites(method: int, suite: int) -> None:
    config_i, config_r = pair(method, suite)

    async def test(server: Server) -> None:
        for combined in (True, False):
            client = await hello(server.uri, config_i, combined=combined)
            assert (client.session.info.method, client.session.info.suite) == (method, suite)

    events = play(test, config_r)
    assert kinds(events) == ["ESTABLISHED"] * 2
    assert all(event.session and event.session.info.is_authenticated for event in events)


@pytest.mark.parametrize("message_4", [False, True])
@pytest.mark.parametrize("method", range(4))
def test_reverse_flow(method: int, message_4: bool) -> None:
    """The client is the Responder (RFC 9528 appendix A.2.2)."""
    config_i, config_r = pair(method, 2, message_4=message_4)

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_r, RESPONDER)
        assert ("message_4 sent" in client.trace()) == message_4

    events = play(test, initiator=config_i)
    assert kinds(events) == ["ESTABLISHED"]
    assert events[0].session
    assert events[0].session.info.role == INITIATOR


@pytest.mark.parametrize("combined", [False, True])
def test_message_4(combined: bool) -> None:
    """It excludes the combined request: message_3 goes alone then."""
    config_i, config_r = configs(message_4=True)

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_i, combined=combined)
        assert "message_4 received" in client.trace()
        assert client.session.info.is_complete

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_both_flows_at_once() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        await asyncio.gather(
            *(hello(server.uri, config_i, combined=n % 2 == 0) for n in range(4)),
            *(hello(server.uri, config_r, RESPONDER) for _ in range(4)),
        )

    assert kinds(play(test, config_r, initiator=config_i)) == ["ESTABLISHED"] * 8


@pytest.mark.parametrize("role", [INITIATOR, RESPONDER])
def test_messages_larger_than_a_block(role: lake.Role) -> None:
    """With 1500 bytes of padding each way: Block1 and Block2."""
    config_i, config_r = configs()

    def pad(session: lake.Session) -> None:
        for message in (1, 3) if session.info.role == INITIATOR else (2,):
            session.ead_pad(message, 1500)

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_i if role == INITIATOR else config_r, role, prepare=pad)
        assert "1537 bytes" in client.trace()

    events = play(test, config_r, initiator=config_i, prepare=pad)
    assert kinds(events) == ["ESTABLISHED"]


def test_combined_request_that_would_be_too_large() -> None:
    """message_3 of more than a block goes before the request."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        await hello(server.uri, config_i, combined=True, prepare=lambda session: session.ead_pad(3, 1500))

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_combined_request_in_inner_blocks() -> None:
    """Of a request with a payload of several blocks, the first one carries message_3."""
    config_i, config_r = configs()
    got: list[bytes] = []

    class Take(aiocoap.resource.Resource):  # type: ignore[misc]
        async def render_post(self, request: Any) -> Any:
            got.append(request.payload)
            return aiocoap.Message(code=aiocoap.CHANGED)

    site = aiocoap.resource.Site()
    site.add_resource(["take"], Take())

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i, combined=True) as client:
            await client.handshake()
            message = aiocoap.Message(code=aiocoap.POST, uri=f"{server.uri}/take", payload=bytes(3000))
            assert (await client.request(message)).code == aiocoap.CHANGED
            assert client.edhoc.is_done

    assert kinds(play(test, config_r, site=site)) == ["ESTABLISHED"]
    assert got == [bytes(3000)]


def test_combined_request_in_outer_blocks() -> None:
    """It is put together before anything is done with it."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(
            server.uri, config_i, combined=True, prepare=lambda session: session.ead_pad(3, 1500)
        ) as client:
            await client.handshake()
            context = SecurityContext(client.session)
            outer, request_id = context.protect(aiocoap.Message(code=aiocoap.GET, uri_path=["hello"]))
            payload, edhoc = client.edhoc.combine(outer.payload, max=4096)
            assert len(payload) > 1024
            options = {"oscore": outer.opt.oscore, "edhoc": edhoc}
            cut = await ask(server.uri, payload[:1024], blockwise=False, block1=(0, True, 6), **options)
            assert (cut.code, cut.payload) == (aiocoap.CONTINUE, b"")
            rest = await ask(server.uri, payload[1024:], blockwise=False, block1=(1, False, 6), **options)
            assert rest.code == aiocoap.REQUEST_ENTITY_INCOMPLETE, "the other one came from another port"
            alone = await ask(server.uri, payload[:1024], blockwise=False, block1=(0, True, 6), edhoc=True)
            assert alone.code == aiocoap.CONTINUE
            endless = await ask(server.uri, bytes(100_000), **options)
            assert endless.code == aiocoap.REQUEST_ENTITY_TOO_LARGE
            assert (server.edhoc.stats().established, server.edhoc.stats().half_open) == (0, 1)
            for number, last in enumerate((False, True)):
                part = payload[1024:] if last else payload[:1024]
                message = aiocoap.Message(code=aiocoap.POST, uri=server.uri, payload=part, **options)
                message.opt.block1 = (number, not last, 6)
                answer = await client._context.request(message, handle_blockwise=False).response
                assert answer.opt.block1 == message.opt.block1
            assert context.unprotect(answer, request_id)[0].payload == HELLO

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_no_request_goes_without_oscore() -> None:
    """Not before the handshake, and not after message_3 was lost that was to go before the request."""
    config_i, config_r = configs()
    seen: list[str] = []

    class Note(aiocoap.resource.Resource):  # type: ignore[misc]
        async def render_get(self, request: Any) -> Any:
            seen.append(type(request.remote).__name__)
            return aiocoap.Message()

    site = aiocoap.resource.Site()
    site.add_resource(["note"], Note())

    async def test(server: Server) -> None:
        async with Client(
            server.uri, config_i, combined=True, prepare=lambda session: session.ead_pad(3, 1500)
        ) as client:
            with pytest.raises(lake.StateError):
                await client.get("note")
            await client.handshake()

            async def lost(_: lake.coap.Outgoing) -> None:
                client.edhoc.no_answer()
                raise ConnectionError

            client._next = lost  # type: ignore[assignment, method-assign]
            for expected in (ConnectionError, lake.StateError):
                with pytest.raises(expected):
                    await client.get("note")

    assert kinds(play(test, config_r, site=site)) == []
    assert seen == []


def test_a_host_with_capital_letters() -> None:
    """However the URI is written: what comes after the handshake is protected."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        await hello(server.uri.replace("127.0.0.1", "0x7F.1"), config_i)  # which needs no resolver

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_more_contexts_than_short_identifiers() -> None:
    """After the 48 of one byte come those of two."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        for _ in range(50):
            await hello(server.uri, config_i, combined=True)

    events = play(test, config_r, limits=Limits(threshold=1000))
    assert sorted(len(event.id) for event in events) == [1] * 48 + [2] * 2


@pytest.mark.parametrize("role", [INITIATOR, RESPONDER])
def test_suite_negotiation(role: lake.Role) -> None:
    own_i, own_r = (
        lake.Credential.generate(lake.KeyKind.P256, subject=name, kid=name[:1].encode())
        for name in ("initiator", "responder")
    )
    config_i = lake.Config(own=[own_i], peers=[own_r], methods=[3], suites=[3, 2])
    config_r = lake.Config(own=[own_r], peers=[own_i], methods=[3], suites=[2])

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_i if role == INITIATOR else config_r, role)
        assert client.session.info.suite == 2

    assert "ESTABLISHED" in kinds(play(test, config_r, initiator=config_i))


# --- Echo -----------------------------------------------------------------------------------


@pytest.mark.parametrize("combined", [False, True])
def test_flood_and_an_honest_client(combined: bool) -> None:
    """Above its threshold of half-open runs the server asks for Echo, and the client completes."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        message_1 = lake.Session(config_i, INITIATOR).step()
        for _ in range(3):
            await ask(f"{server.uri}/.well-known/edhoc", b"\xf5" + message_1)
        assert server.edhoc.stats().half_open == 3
        refused = await ask(f"{server.uri}/.well-known/edhoc", b"\xf5" + message_1)
        assert refused.code == aiocoap.UNAUTHORIZED
        assert refused.opt.echo
        assert refused.payload == b""
        before = server.edhoc.stats()
        client = await hello(server.uri, config_i, combined=combined)
        after = server.edhoc.stats()
        assert (after.challenged - before.challenged, after.established) == (1, 1)
        assert client.trace().count("message_1 sent") == 2

    play(test, config_r, limits=Limits(threshold=3))


def test_flood_and_the_reverse_flow() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        await ask(f"{server.uri}/.well-known/edhoc")
        await hello(server.uri, config_r, RESPONDER)
        assert server.edhoc.stats().challenged == 1

    assert kinds(play(test, initiator=config_i, limits=Limits(threshold=1)))[-1] == "ESTABLISHED"


def test_echo_of_somebody_else_is_no_good() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        message_1 = b"\xf5" + lake.Session(config_i, INITIATOR).step()
        uri = f"{server.uri}/.well-known/edhoc"
        await ask(uri, message_1)
        challenge = await ask(uri, message_1)
        for echo in (challenge.opt.echo, challenge.opt.echo[:-1] + b"\x00", b"\x00" * 40, b""):
            again = await ask(uri, message_1, echo=echo)  # from another port
            assert again.code == aiocoap.UNAUTHORIZED
        assert server.edhoc.stats().half_open == 1

    play(test, config_r, limits=Limits(threshold=1))


# --- Discovery --------------------------------------------------------------------------------


def test_links() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        core = await ask(f"{server.uri}/.well-known/core", code=aiocoap.GET)
        assert core.opt.content_format == 40
        assert "</hello>" in core.payload.decode()
        (resource,) = read_links(core.payload.decode())
        assert (resource.path, resource.initiator, resource.responder) == ("/.well-known/edhoc", True, True)
        assert (resource.profile.methods, resource.profile.combined_request) == ([3], True)
        assert (await ask(f"{server.uri}/.well-known/core")).code == aiocoap.METHOD_NOT_ALLOWED

    play(test, config_r, initiator=config_i)


@pytest.mark.parametrize(
    ("query", "hrefs"),
    [
        ("rt=core.edhoc", ["/.well-known/edhoc"]),
        ("rt=core.e*", ["/.well-known/edhoc"]),
        ("href=/hello", ["/hello"]),
        ("href=/*", ["/.well-known/edhoc", "/hello"]),
        ("rt=core.edhoc&ed-csuite=2", ["/.well-known/edhoc"]),
        ("rt=core.edhoc&href=/hello", []),
        ("rt=core", []),
        ("rt=", []),
        ("rt", []),
        ("sz=1", []),
        ("__class__=x", []),
    ],
)
def test_links_that_a_client_asks_for(query: str, hrefs: list[str]) -> None:
    _, config_r = configs()

    async def test(server: Server) -> None:
        core = await ask(f"{server.uri}/.well-known/core?{query}", code=aiocoap.GET)
        assert core.code == aiocoap.CONTENT
        assert re.findall("<(.*?)>", core.payload.decode()) == hrefs

    play(test, config_r)


def test_discovery_chooses_the_suite() -> None:
    """The client prefers suite 3; the link says that the server has suite 2 only."""
    own_i, own_r = (
        lake.Credential.generate(lake.KeyKind.P256, subject=name, kid=name[:1].encode())
        for name in ("initiator", "responder")
    )
    config_i = lake.Config(own=[own_i], peers=[own_r], methods=[3], suites=[3, 2])
    config_r = lake.Config(own=[own_r], peers=[own_i], methods=[3], suites=[2])

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_i, discover=True)
        assert client.trace().count("message_1 sent") == 1
        client = await hello(server.uri, config_i)
        assert client.trace().count("message_1 sent") == 2

    play(test, config_r)


def test_discovery_finds_nothing() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, config_r, RESPONDER, discover=True) as client:
            with pytest.raises(lake.NotFoundError):
                await client.handshake()
        assert server.edhoc.stats().begun == 0

    play(test, config_r)  # which has no reverse flow
