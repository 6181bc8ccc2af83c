"""lake.aiocoap: the flows, on loopback."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiocoap
import pytest

import lake
from lake.aio import PULL, Host
from lake.aiocoap import Client, SecurityContext, Server
from lake.coap import Event, EventKind, Limits, read_links
from lake.testing import configs

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


# --- What goes well ---------------------------------------------------------------------


@pytest.mark.parametrize(("method", "suite"), ALL)
def test_all_methods_and_suites(method: int, suite: int) -> None:
    config_i, config_r = pair(method, suite)

    async def test(server: Server) -> None:
        for combined in (True, False):
            client = await hello(server.uri, config_i, combined=combined)
            assert (client.session.method, client.session.suite) == (method, suite)

    events = play(test, config_r)
    assert kinds(events) == ["ESTABLISHED"] * 2
    assert all(event.session and event.session.authenticated for event in events)


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
    assert events[0].session.role == INITIATOR


@pytest.mark.parametrize("combined", [False, True])
def test_message_4(combined: bool) -> None:
    """It excludes the combined request: message_3 goes alone then."""
    config_i, config_r = configs(message_4=True)

    async def test(server: Server) -> None:
        client = await hello(server.uri, config_i, combined=combined)
        assert "message_4 received" in client.trace()
        assert client.session.is_complete

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
        for message in (1, 3) if session.role == INITIATOR else (2,):
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
        assert client.session.suite == 2

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


# --- What goes wrong ----------------------------------------------------------------------------


def test_another_server() -> None:
    """One that has not the key that the client knows."""
    config_i, _ = configs()
    _, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i) as client:
            with pytest.raises(lake.AuthenticationError) as caught:
                await client.handshake()
            assert caught.value.detail in client.trace()
            with pytest.raises(lake.StateError):
                client.session  # noqa: B018

    (event,) = play(test, config_r)
    assert (event.kind, event.status) == (EventKind.FAILED, lake.Status.ERR_PEER_UNSPECIFIED), "the server was told"


@pytest.mark.parametrize("combined", [True, False])
def test_unknown_client(combined: bool) -> None:
    """An Initiator that the Responder does not know: 4.00 with an EDHOC error, and no hello."""
    own_r = lake.Credential.generate(lake.KeyKind.P256, kid=b"R")
    config_r = lake.Config(own=[own_r], methods=[3])
    stranger = lake.Credential.generate(lake.KeyKind.P256, subject="stranger", kid=b"?")
    config_i = lake.Config(own=[stranger], peers=[own_r], methods=[3])

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i, combined=combined) as client:
            with pytest.raises(lake.CoapError) as caught:
                await client.handshake()
                await client.get("hello")
            assert caught.value.status == lake.Status.ERR_REFUSED
            assert isinstance(caught.value, ConnectionError)
            assert not client.edhoc.is_done
        assert server.edhoc.stats().contexts == 0

    (event,) = play(test, config_r)
    assert event.status == lake.Status.ERR_CREDENTIAL_UNKNOWN


def test_reverse_flow_with_a_stranger() -> None:
    config_i, _ = configs()
    _, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, config_r, RESPONDER) as client:
            with pytest.raises(lake.CoapError):
                await client.handshake()

    assert kinds(play(test, initiator=config_i)) == ["FAILED"]


@pytest.mark.parametrize("role", [INITIATOR, RESPONDER])
def test_a_flow_that_is_not_offered(role: lake.Role) -> None:
    config_i, config_r = configs()
    offered = {"initiator": config_i} if role == INITIATOR else {"responder": config_r}

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i if role == INITIATOR else config_r, role) as client:
            with pytest.raises(lake.LakeError, match="message flow not supported"):
                await client.handshake()

    assert play(test, **offered) == []


def test_the_reverse_flow_has_no_combined_request() -> None:
    with pytest.raises(ValueError, match="combined"):
        Client("coap://127.0.0.1", lake.Config(), RESPONDER, combined=True)


def test_message_4_that_only_one_side_requires() -> None:
    config_i, _ = configs()
    own = config_i._kept[0]
    strict = lake.Config(own=[own], peers=[lake.Credential.generate(lake.KeyKind.P256)], methods=[3], message_4=True)
    _, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, strict) as client:
            with pytest.raises(lake.LakeError):
                await client.handshake()

    assert kinds(play(test, config_r)) == ["FAILED"]


@pytest.mark.parametrize(
    "payload", [b"\xf5", b"\xf5\x03", b"\x00\x00", b"\xff", b"\x17\x41\x00", b"\x18\x20\x40", b"\x05\x50" + bytes(16)]
)
def test_what_is_no_edhoc(payload: bytes) -> None:
    _, config_r = configs()

    async def test(server: Server) -> None:
        assert (await ask(f"{server.uri}/.well-known/edhoc", payload)).code == aiocoap.BAD_REQUEST
        assert (await ask(f"{server.uri}/hello", payload, edhoc=True)).code == aiocoap.BAD_REQUEST

    assert play(test, config_r) == []


@pytest.mark.parametrize("limit", [0, 4096])
def test_a_body_without_end(limit: int) -> None:
    """What is too large is refused before it is put together."""
    _, config_r = configs()
    got: list[int] = []

    async def test(server: Server) -> None:
        assert (await ask(f"{server.uri}/.well-known/edhoc", bytes(limit or 16384))).code == aiocoap.BAD_REQUEST
        answer = await ask(f"{server.uri}/.well-known/edhoc", bytes(100_000))
        assert answer.code == aiocoap.REQUEST_ENTITY_TOO_LARGE

    def on_exchange(request: lake.coap.Incoming, _: lake.coap.Outgoing) -> None:
        got.append(len(request.payload))

    assert play(test, config_r, limits=Limits(body=limit), on_exchange=on_exchange) == []
    assert got == [limit or 16384]


def test_what_is_not_for_strangers() -> None:
    _, config_r = configs()

    async def test(server: Server) -> None:
        uri = f"{server.uri}/.well-known/edhoc"
        assert (await ask(f"{server.uri}/hello", code=aiocoap.GET)).code == aiocoap.UNAUTHORIZED
        assert (await ask(uri, code=aiocoap.GET)).code == aiocoap.METHOD_NOT_ALLOWED
        assert (await ask(uri, b"\xf5", content_format=0)).code == aiocoap.UNSUPPORTED_CONTENT_FORMAT
        assert (await ask(uri, b"\xf5" + bytes(20000))).code == aiocoap.REQUEST_ENTITY_TOO_LARGE
        for place in (f"{server.uri}/hello", uri):
            assert (await ask(place, bytes(20), oscore=b"\x09\x00A")).code == aiocoap.UNAUTHORIZED
        assert (await ask(uri, bytes(20), oscore=b"\xff")).code == aiocoap.BAD_REQUEST

    assert play(test, config_r) == []


def test_message_3_for_a_context_that_is_there() -> None:
    """It changes nothing: the client goes on with its context."""
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i) as client:
            await client.handshake()
            message_3 = client.edhoc.again().payload
            again = await ask(f"{server.uri}/.well-known/edhoc", message_3)
            assert (again.code, again.payload[:1]) == (aiocoap.BAD_REQUEST, b"\x01")
            assert await client.get("hello") == HELLO

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_nobody_there() -> None:
    config_i, _ = configs()

    async def main() -> None:
        async with Client("coap://127.0.0.1:9", config_i) as client:
            with pytest.raises(ConnectionError):
                await asyncio.wait_for(client.handshake(), 30)
            with pytest.raises(lake.StateError):
                client.edhoc.no_answer()
            assert "no answer came" in client.trace()

    asyncio.run(main())


def test_a_resource_that_is_not_there() -> None:
    config_i, config_r = configs()

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i, combined=True) as client:
            await client.handshake()
            with pytest.raises(ConnectionRefusedError, match=r"4\.04"):
                await client.get("elsewhere")
            assert await client.get("hello") == HELLO

    assert kinds(play(test, config_r)) == ["ESTABLISHED"]


def test_a_context_that_is_forgotten() -> None:
    config_i, config_r = configs()
    sessions: list[lake.Session] = []

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i) as client:
            await client.handshake()
            assert await client.get("hello") == HELLO
            server.forget(lake.testing.handshake()[0])
            assert server.edhoc.stats().contexts == 1, "that was another one"
            server.forget(sessions[0])
            stats = server.edhoc.stats()
            assert (stats.contexts, stats.ids) == (0, 0)
            with pytest.raises(ConnectionError):
                await client.get("hello")

    play(test, config_r, on_session=sessions.append)


@pytest.mark.parametrize("combined", [False, True])
def test_who_refuses_a_session(combined: bool, caplog: pytest.LogCaptureFixture) -> None:
    """What on_session raises is logged, the client hears of it, and nothing is left."""
    config_i, config_r = configs()

    def refuse(_: lake.Session) -> None:
        raise Mine("full")

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i, combined=combined) as client:
            with pytest.raises(lake.CoapError):
                await client.handshake()
                await client.get("hello")
        stats = server.edhoc.stats()
        assert (stats.contexts, stats.ids, stats.established) == (0, 0, 0)

    with caplog.at_level(logging.ERROR, "lake.aiocoap"):
        play(test, config_r, on_session=refuse)
    assert "Mine: full" in caplog.text


def test_who_does_not_prepare(caplog: pytest.LogCaptureFixture) -> None:
    config_i, config_r = configs()

    def fail(_: lake.Session) -> None:
        raise Mine("no EAD")

    async def test(server: Server) -> None:
        async with Client(server.uri, config_i, prepare=fail) as client:
            with pytest.raises(Mine):
                await client.handshake()
        async with Client(server.uri, config_i) as client:
            with pytest.raises(lake.PeerError, match="internal error"):
                await client.handshake()

    with caplog.at_level(logging.ERROR, "lake.aiocoap"):
        assert kinds(play(test, config_r, prepare=fail)) == ["FAILED"]
    assert "Mine: no EAD" in caplog.text


# --- Questions -------------------------------------------------------------------------------------


class Database:
    """Credentials that are asked for by coroutines, on both sides."""

    def __init__(self) -> None:
        self.own = {
            role: lake.Credential.generate(lake.KeyKind.P256, subject=role.name.lower(), kid=bytes([role]))
            for role in lake.Role
        }
        self.known = {credential.id_cred: credential for credential in self.own.values()}
        self.asked = 0

    def config(self, role: lake.Role) -> lake.Config:
        return lake.Config(own=[self.own[role]], methods=[3], suites=[2], pull=PULL)

    async def resolve(self, id_cred: bytes) -> lake.Credential | None:
        await asyncio.sleep(0)
        self.asked += 1
        return self.known.get(id_cred)


@pytest.mark.parametrize("combined", [False, True])
def test_questions(combined: bool) -> None:
    database = Database()
    host = Host(resolve=database.resolve)

    async def test(server: Server) -> None:
        await hello(server.uri, database.config(INITIATOR), host=host, combined=combined)

    events = play(test, database.config(RESPONDER), host=host)
    assert kinds(events) == ["PENDING", "PENDING", "ESTABLISHED"]
    assert database.asked == 2


def test_questions_in_the_reverse_flow() -> None:
    database = Database()
    host = Host(resolve=database.resolve)

    async def test(server: Server) -> None:
        await hello(server.uri, database.config(RESPONDER), RESPONDER, host=host)

    events = play(test, initiator=database.config(INITIATOR), host=host)
    assert kinds(events) == ["PENDING", "PENDING", "ESTABLISHED"]


@pytest.mark.parametrize("who", ["client", "server"])
def test_the_answer_is_no(who: str) -> None:
    """Without a host nobody is known: the run ends, and the other side hears of it."""
    database = Database()
    host = Host(resolve=database.resolve)

    async def test(server: Server) -> None:
        asking = None if who == "client" else host
        async with Client(server.uri, database.config(INITIATOR), host=asking) as client:
            with pytest.raises(lake.LakeError) as caught:
                await client.handshake()
            expected = lake.Status.ERR_CREDENTIAL_UNKNOWN if who == "client" else lake.Status.ERR_REFUSED
            assert caught.value.status == expected

    events = play(test, database.config(RESPONDER), host=host if who == "client" else None)
    assert kinds(events) == (["FAILED"] if who == "client" else ["PENDING", "FAILED"])


@pytest.mark.parametrize("who", ["client", "server"])
def test_a_host_that_raises(who: str, caplog: pytest.LogCaptureFixture) -> None:
    database = Database()

    async def broken(_: bytes) -> None:
        raise Mine("the database is down")

    good, bad = Host(resolve=database.resolve), Host(resolve=broken)

    async def test(server: Server) -> None:
        host = bad if who == "client" else good
        async with Client(server.uri, database.config(INITIATOR), host=host) as client:
            with pytest.raises(Mine if who == "client" else lake.CoapError):
                await client.handshake()

    with caplog.at_level(logging.ERROR, "lake.aiocoap"):
        events = play(test, database.config(RESPONDER), host=bad if who == "server" else good)
    assert kinds(events)[-1] == "FAILED"
    assert ("the database is down" in caplog.text) == (who == "server")


@pytest.mark.parametrize("role", [INITIATOR, RESPONDER])
def test_a_run_that_expires_while_the_host_decides(role: lake.Role, caplog: pytest.LogCaptureFixture) -> None:
    """The client hears that it is to come again later, and no other run was begun for it."""
    database = Database()

    async def test(server: Server) -> None:
        async def late(id_cred: bytes) -> lake.Credential | None:
            while server.edhoc.stats().expired == 0:  # which nobody's request does
                await asyncio.sleep(0.05)
            return await database.resolve(id_cred)

        server._host = Host(resolve=late)
        async with Client(server.uri, database.config(role), role, host=Host(resolve=database.resolve)) as client:
            with pytest.raises(lake.CoapError, match=r"5\.03"):
                await client.handshake()
        stats = server.edhoc.stats()
        assert (stats.begun, stats.half_open, stats.established) == (1, 0, 0)

    configs = {"responder": database.config(RESPONDER), "initiator": database.config(INITIATOR)}
    with caplog.at_level(logging.ERROR, "lake.aiocoap"):
        assert kinds(play(test, **configs, limits=Limits(age=1))) == ["PENDING", "FAILED"]
    assert caplog.text == ""


def test_runs_end_in_quiet_times(caplog: pytest.LogCaptureFixture) -> None:
    """Also when who is told of it raises; and nothing goes on after the server has ended."""
    _, config_r = configs()
    told: list[Event] = []

    def fail(event: Event) -> None:
        told.append(event)
        raise Mine("the display is dark")

    async def main() -> None:
        server = Server(config_r, on_event=fail, limits=Limits(age=1))
        before = asyncio.all_tasks()
        await server.start()
        for _ in range(2):
            await ask(f"{server.uri}/.well-known/edhoc", b"\xf5" + lake.Session(configs()[0], INITIATOR).step())
            while server.edhoc.stats().half_open:
                await asyncio.sleep(0.05)
        await server.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before

    with caplog.at_level(logging.ERROR, "lake.aiocoap"):
        asyncio.run(asyncio.wait_for(main(), 30))
    assert kinds(told) == ["FAILED", "FAILED"]
    assert "Mine: the display is dark" in caplog.text
