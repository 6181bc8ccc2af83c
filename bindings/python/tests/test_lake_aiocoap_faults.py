"""lake.aiocoap: what goes wrong, and questions to the host."""

from __future__ import annotations

import asyncio
import logging

import aiocoap
import pytest
from aiocoap_play import HELLO, INITIATOR, RESPONDER, Mine, ask, hello, kinds, play

import lake
from lake.aio import PULL, Host
from lake.aiocoap import Client, Server
from lake.coap import Event, EventKind, Limits
from lake.testing import configs, credentials

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
    own, _ = credentials()
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
