"""lake.endpoint: two endpoints, and what their hosts can do wrong."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from typing import Any

import aiocoap
import pytest
from endpoint_pair import CLIENT, KEY, SERVER, START, Pair, content, get, pair, subject

import lake
from lake import _abi
from lake.endpoint import (
    Deliver,
    Endpoint,
    EndpointEvent,
    EndpointEventKind,
    EndpointLimits,
    EndpointStats,
    PeerInfo,
    Save,
    Send,
)
from lake.testing import configs, sessions


@pytest.fixture(autouse=True)
def _no_handle_is_left() -> Iterator[None]:
    gc.collect()
    before = lake.live_handles()
    yield
    gc.collect()
    assert lake.live_handles() == before


class Mine(Exception):
    pass


# --- Traffic ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"combined": True},
        {"limits": EndpointLimits(block=16)},
        {"no_echo": True},
    ],
    ids=str,
)
def test_traffic(options: dict[str, Any]) -> None:
    with pair(client=options) as p:
        p.ask(1, "secret1")
        p.ask(2, "secret2")
        assert p.client.kinds == p.server.kinds == [EndpointEventKind.ESTABLISHED]
        assert not [datagram for datagram in p.client.sent + p.server.sent if b"secret" in datagram]
        [number] = p.server.endpoint.peers()
        assert [delivered.peer for delivered in p.server.delivered] == [number, number]
        assert [delivered.address for delivered in p.server.delivered] == [CLIENT, CLIENT]
        assert p.server.events[0].peer == number
        assert (p.server.events[0].status, p.server.events[0].text) == (lake.Status.OK, "")
        known = p.server.endpoint.peer(number)
        assert known == PeerInfo(CLIENT, START, sent=2, received=2, failures=0, repeated=0)
        assert subject(p.server.endpoint.peer_credential(number)) == "initiator"
        assert subject(p.client.endpoint.peer_credential(p.client.endpoint.peers()[0])) == "responder"


def test_combined_saves_a_round_trip() -> None:
    sent = {}
    for combined in (False, True):
        with pair(client={"combined": combined}) as p:
            p.ask(1)
            sent[combined] = len(p.client.sent)
    assert sent == {False: 3, True: 2}


def test_blocks_are_small() -> None:
    with pair(client={"limits": EndpointLimits(block=16)}) as p:
        p.ask(1)
        assert len(p.client.sent) > 4
        assert max(map(len, p.client.sent)) < 60


def test_reverse() -> None:
    """The server of the reverse flow is the Initiator."""
    own = configs()
    client, server = Endpoint(responder=own[1], reverse=True), Endpoint(initiator=own[0])
    client.send(SERVER, get(1), START)
    sides = {CLIENT: client, SERVER: server}
    delivered = []
    for _ in range(8):
        for name, side in sides.items():
            for action in side.actions():
                if isinstance(action, Send):
                    sides[action.address].receive(name, action.datagram, START)
                elif isinstance(action, Deliver):
                    delivered.append(action.datagram)
    assert delivered == [get(1)]
    assert subject(server.peer_credential(server.peers()[0])) == "responder"
    client.close()
    server.close()


def test_a_request_to_a_client() -> None:
    """Either side can ask, once they know each other."""
    with pair() as p:
        p.ask(1)
        [number] = p.server.endpoint.peers()
        p.server.endpoint.send(number, get(9), p.now)
        p.work()
        assert p.client.delivered[-1].datagram == get(9)


def test_repeated_datagrams() -> None:
    """The network loses nothing, but brings everything twice."""
    with pair() as p:
        p.ask(1)
        sent = p.client.sent[-1]
        before = len(p.server.sent)
        p.server.endpoint.receive(CLIENT, sent, p.now)
        p.work()
        assert len(p.server.delivered) == 1, "it is not handed on again"
        assert p.server.sent[before:] == [p.server.sent[before - 1]], "its answer is repeated"
        assert p.server.endpoint.peer(p.server.endpoint.peers()[0]).repeated == 1


def test_burst() -> None:
    """The server's stack is handed no more at once than its socket holds."""
    with pair(server={"limits": EndpointLimits(burst=1)}) as p:
        p.ask(1)
        p.client.endpoint.send(SERVER, get(2), p.now)
        p.client.endpoint.send(SERVER, get(3), p.now)
        handed = 0
        for action in p.client.endpoint.actions():
            assert isinstance(action, Send)
            p.server.endpoint.receive(CLIENT, action.datagram, p.now)
            handed += sum(isinstance(done, Deliver) for done in p.server.endpoint.actions())
        assert handed == 1


def test_peers_with_one_credential() -> None:
    with pair(server={"limits": EndpointLimits(per_credential=1)}) as p:
        p.ask(1)
        [first] = p.server.endpoint.peers()
        with closing(Endpoint(initiator=p.config_i)) as other:
            other.send(SERVER, get(1), p.now)
            for _ in range(4):
                for action in other.actions():
                    if isinstance(action, Send):
                        p.server.endpoint.receive(b"elsewhere", action.datagram, p.now)
                for action in p.server.endpoint.actions():
                    if isinstance(action, Send):
                        other.receive(SERVER, action.datagram, p.now)
        assert p.server.endpoint.peers() == [first + 1]


def test_strangers() -> None:
    with pair(server={"open_paths": ["/open", "/b"]}) as p:
        server = p.server.endpoint
        for path, is_open in (("open", True), ("b", True), ("a", False), ("Open", False)):
            server.receive(b"x", get(7, path), p.now)
            [action] = server.actions()
            if is_open:
                assert action == Deliver(None, b"x", get(7, path))
                assert action.source == b"x"
                server.send(action.source, content(get(7, path), b"core"), p.now)
                assert list(server.actions()) == [Send(b"x", content(get(7, path), b"core"))]
            else:
                assert isinstance(action, Send)
                assert action.datagram[1] == 0x81, "4.01"
        assert server.stats().unprotected == 2


def test_stats() -> None:
    with pair() as p:
        p.ask(1)
        p.server.endpoint.receive(b"x", b"junk", p.now)
        p.server.endpoint.receive(b"", b"", p.now)
        expected = {field.name: 0 for field in fields(EndpointStats)} | {"peers": 1, "established": 1, "malformed": 2}
        assert p.server.endpoint.stats() == EndpointStats(**expected)


def test_drop() -> None:
    with pair() as p:
        p.ask(1)
        [number] = p.server.endpoint.peers()
        p.server.endpoint.drop(number, p.now)
        [event] = p.server.endpoint.actions()
        assert isinstance(event, EndpointEvent)
        assert (event.kind, event.peer, event.address) == (EndpointEventKind.DROPPED, number, CLIENT)
        assert "dropped" in event.text
        assert p.server.endpoint.peers() == []
        with pytest.raises(lake.StateError, match="not allowed"):
            p.server.endpoint.send(number, get(1), p.now)
        for call in (p.server.endpoint.drop, p.server.endpoint.peer, p.server.endpoint.peer_credential):
            with pytest.raises(lake.NotFoundError):
                call(number)
        for _ in range(2):  # the first may have been damaged on the way: the stack repeats it
            p.client.endpoint.send(SERVER, get(2), p.now)
            p.work()
        assert p.client.delivered[-1].datagram[1] == 0xA3, "5.03 in the place of an error that anybody can send"
        assert EndpointEventKind.REFUSED in p.client.kinds
        p.ask(3)  # the client came back with a new run
        assert p.server.endpoint.peers() == [number + 1]


def test_renewal() -> None:
    with pair(client={"limits": EndpointLimits(messages=4)}) as p:
        for message_id in range(1, 12):
            p.ask(message_id)
        assert EndpointEventKind.RENEWED in p.client.kinds
        assert p.client.endpoint.stats().renewed >= 1
        assert len(p.client.endpoint.peers()) == 1


def test_resumption() -> None:
    """The next run is one of method 4, by the key that both sides kept."""
    stores = [lake.ResumptionStore(), lake.ResumptionStore()]
    of_client, of_server = {"resumption": stores[0], "limits": EndpointLimits(messages=4)}, {"resumption": stores[1]}
    with pair(client=of_client, server=of_server, resumption=stores[1]) as p:
        p.ask(1)
        assert [len(store) for store in stores] == [1, 1]
        for message_id in range(2, 12):
            p.ask(message_id)
        assert EndpointEventKind.RENEWED in p.client.kinds
        # The payload of message_1 is true (RFC 9528 appendix A.2.1), and then METHOD.
        sent = [aiocoap.Message.decode(datagram) for datagram in p.client.sent]
        first = [message.payload for message in sent if message.opt.oscore is None and message.payload[:1] == b"\xf5"]
        methods = [payload[1] for payload in first]
        assert methods[0] == 3
        assert set(methods[1:]) == {4}
        assert p.server.endpoint.stats().failed == 0
        assert subject(p.client.endpoint.peer_credential(p.client.endpoint.peers()[0])) == "responder"
    for store in stores:
        store.close()


# --- Time ---------------------------------------------------------------------------------


def test_what_is_lost_is_repeated_and_given_up() -> None:
    with pair() as p:
        client = p.client.endpoint
        assert client.due is None
        client.send(SERVER, get(1), p.now)
        first = list(client.actions())
        assert len(first) == 1
        assert client.due is not None
        assert 2.0 <= client.due - p.now <= 3.0, "ACK_TIMEOUT (RFC 7252 section 4.8)"
        client.tick(client.due - 0.002)
        assert list(client.actions()) == []
        client.tick(client.due)
        assert list(client.actions()) == first
        now = p.now
        while client.stats().failed == 0:
            now = client.due or now
            client.tick(now)
        events = [action for action in client.actions() if isinstance(action, EndpointEvent)]
        assert [(event.kind, event.status) for event in events] == [
            (EndpointEventKind.FAILED, lake.Status.ERR_NO_ANSWER)
        ]
        assert events[0].address == SERVER
        with pytest.raises(lake.CoapError) as caught:
            client.send(SERVER, get(2), now)
        assert caught.value.status == lake.Status.ERR_NO_ANSWER


def test_the_clock_by_default() -> None:
    with pair() as p:
        p.client.endpoint.send(SERVER, get(1))
        assert p.client.endpoint.due is not None
        assert p.client.endpoint.due > 1_600_000_000


@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf, 1e30])
def test_times_that_are_none(now: float) -> None:
    with pair() as p:
        for call in (p.client.endpoint.tick, p.client.endpoint.saved):
            with pytest.raises(ValueError, match="is out of range"):
                call(now)


# --- Errors -----------------------------------------------------------------------------------


ENDPOINTS: list[dict[str, Any]] = [
    {"limits": EndpointLimits(block=100)},
    {"limits": EndpointLimits(replay_size=5000)},
    {"open_paths": ["open"]},
    {"open_paths": ["/.well-known/edhoc"]},
    {"ahead": 2**32 + 1},
]


@pytest.mark.parametrize("options", ENDPOINTS, ids=str)
def test_options_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(lake.ArgumentError):
        Endpoint(responder=configs()[1], **options)


def test_no_config() -> None:
    with pytest.raises(lake.ArgumentError):
        Endpoint()
    closed = lake.Config()
    closed.close()
    with pytest.raises(lake.HandleError):
        Endpoint(responder=closed)


def test_limits_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="peers is out of range"):
        Endpoint(responder=configs()[1], limits=EndpointLimits(peers=2**32))
    assert {field.name for field in fields(EndpointLimits)} | {
        "struct_size", "flags", "open_paths", "prepare", "userdata", "destroy", "ahead", "reserved",
    } == {name for name, *_ in _abi.lake_endpoint_options._fields_}  # fmt: skip


def test_datagrams_that_cannot_be_sent() -> None:
    with pair() as p:
        client, server = p.client.endpoint, p.server.endpoint
        for to, datagram, kind in (
            (SERVER, b"\x01\x02\x03", lake.ArgumentError),  # no CoAP
            (SERVER, content(get(1), b"x"), lake.ArgumentError),  # an answer to nothing
            (bytes(129), get(1), lake.ArgumentError),
            (9, get(1), lake.StateError),
            (0, get(1), ValueError),
            (-1, get(1), ValueError),
            (2**63, get(1), ValueError),
        ):
            with pytest.raises(kind):
                client.send(to, datagram, p.now)
        with pytest.raises(lake.UnsupportedError):
            server.send(CLIENT, get(1), p.now)
        with pytest.raises(lake.ArgumentError):
            client.receive(bytes(129), get(1), p.now)
        with pytest.raises(lake.ArgumentError):
            client.receive(SERVER, get(1), -1.0)
        assert list(client.actions()) == list(server.actions()) == [], "nothing changed"


def test_a_peer_that_is_not_known() -> None:
    with pair() as p:
        stranger = Endpoint(initiator=lake.Config(own=[p.own_r], peers=[p.own_r], methods=[3], suites=[2]))
        p.client.endpoint.close()
        p.client.endpoint = stranger
        stranger.send(SERVER, get(1), p.now)
        p.work()
        assert p.client.kinds == [EndpointEventKind.FAILED]
        assert p.client.events[0].text
        assert p.client.events[0].peer is None
        assert p.server.delivered == []
        p.assert_unavailable()


def test_closed() -> None:
    endpoint = Endpoint(responder=configs()[1])
    with endpoint:
        pass
    endpoint.close()
    calls: list[Callable[[], object]] = [
        endpoint.peers,
        endpoint.stats,
        endpoint.tick,
        lambda: endpoint.due,
        lambda: list(endpoint.actions()),
        lambda: endpoint.receive(b"x", get(1)),
        lambda: endpoint.send(1, get(1)),
    ]
    for call in calls:
        with pytest.raises(lake.HandleError):
            call()


# --- Questions -----------------------------------------------------------------------------


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("who", [CLIENT, SERVER])
def test_pull(who: bytes, accept: bool) -> None:
    p = Pair(pull=lake.Pull.PEER)
    p.sides[CLIENT if who == SERVER else SERVER].endpoint.close()
    quiet = configs(own=(p.own_i, p.own_r))
    if who == SERVER:
        p.client.endpoint = Endpoint(initiator=quiet[0])
    else:
        p.server.endpoint = Endpoint(responder=quiet[1])
    side = p.sides[who]
    p.client.endpoint.send(SERVER, get(1), p.now)
    p.work()
    [event] = side.events
    assert (event.kind, event.status) == (EndpointEventKind.PENDING, lake.Status.PENDING_PEER)
    assert event.session
    assert subject(event.session.peer_credential) == ("responder" if who == CLIENT else "initiator")
    with pytest.raises(lake.StateError):
        event.session.close()
    if not accept:
        event.session.reject_peer(lake.Status.ERR_PEER_REJECTED)
    side.endpoint.proceed(event.session, p.now)
    p.work()
    assert side.kinds[1] == (EndpointEventKind.ESTABLISHED if accept else EndpointEventKind.FAILED)
    assert len(p.server.delivered) == accept
    if accept:
        assert [answer.datagram for answer in p.client.delivered] == [content(get(1), b"a")]
    else:
        p.assert_unavailable()
    with pytest.raises(lake.UsageError):
        side.endpoint.proceed(event.session, p.now)
    p.close()


def test_proceed_with_a_session_of_another() -> None:
    with pair() as p, sessions()[0] as session, pytest.raises(lake.StateError):
        p.client.endpoint.proceed(session)


# --- Over a restart -----------------------------------------------------------------------------


AHEAD = {"ahead": 20}


def test_restore() -> None:
    with pair(client=AHEAD, server=AHEAD) as p:
        p.ask(1)
        numbers = p.client.endpoint.peers(), p.server.endpoint.peers()
        p.client.save(p.now)
        p.server.save(p.now)
        p.ask(2)  # which is not in what was stored
        p.now += 60
        p.restart(CLIENT)
        p.restart(SERVER)
        assert (p.client.endpoint.peers(), p.server.endpoint.peers()) == numbers
        assert p.server.endpoint.peer(numbers[1][0]).since == START
        p.client.save(p.now)
        p.server.save(p.now)
        p.ask(3)
        p.ask(4)
        assert p.client.kinds == [EndpointEventKind.ESTABLISHED], "there was no run since"
        assert p.client.endpoint.stats().established == 0


def test_nothing_is_sent_before_it_is_stored() -> None:
    with pair(client=AHEAD, server=AHEAD) as p:
        p.ask(1)
        p.client.save(p.now)
        p.restart(CLIENT)
        client = p.client.endpoint
        client.send(SERVER, get(2), p.now)
        assert list(client.actions()) == [Save()]
        p.client.save(p.now)
        assert [type(action) for action in client.actions()] == [Send]


def test_sequence_numbers_run_short() -> None:
    with pair(client={"ahead": 4}) as p:
        p.client.blob = b""
        for message_id in range(1, 20):
            p.ask(message_id)
        assert p.client.blob, "there were Save actions"


def test_restore_what_is_not_its_own() -> None:
    with pair(client=AHEAD, server=AHEAD) as p:
        p.ask(1)
        p.server.save(p.now)
        blob = p.server.blob
        wrong: list[tuple[bytes, bytes, dict[str, Any]]] = [
            (KEY[:31], blob, {}),
            (bytes(32), blob, {}),
            (KEY, blob[:40] + bytes((blob[40] ^ 1,)) + blob[41:], {}),
            (KEY, blob[:-1], {}),
            (KEY, b"", {}),
            (KEY, blob, {"responder": configs()[1]}),
            (KEY, blob, {"responder": None, "initiator": p.config_i}),
        ]
        for key, given, changes in wrong:
            with pytest.raises(lake.ArgumentError) as caught:
                Endpoint.restore(key, given, now=p.now, **{**p.options[SERVER], **changes})
            assert caught.value.status == lake.Status.ERR_SAVED


def test_save_without_ahead() -> None:
    with pair() as p, pytest.raises(lake.ArgumentError):
        p.server.endpoint.save(KEY)
    with pair(server=AHEAD) as p, pytest.raises(lake.ArgumentError):
        p.server.endpoint.save(KEY[:31])


# --- prepare ----------------------------------------------------------------------------------


def test_prepare() -> None:
    calls: list[tuple[lake.Role, bytes]] = []

    def prepare(session: lake.Session, address: bytes) -> None:
        calls.append((session.info.role, address))
        session.ead_pad(1 if address else 2, 16)
        endpoint = p.client.endpoint if address else p.server.endpoint
        with pytest.raises(lake.StateError) as caught:
            endpoint.stats()
        assert caught.value.status == lake.Status.ERR_BUSY

    with pair(client={"prepare": prepare}, server={"prepare": prepare}) as p:
        p.ask(1)
        assert calls == [(lake.Role.INITIATOR, SERVER), (lake.Role.RESPONDER, b"")]


def test_prepare_says_who_is_expected() -> None:
    names = {SERVER: "somebody else"}
    with pair(client={"prepare": lambda session, to: session.expect_peer(lake.NameKind.CCS, names[to])}) as p:
        p.client.endpoint.send(SERVER, get(1), p.now)
        p.work()
        assert [(event.kind, event.status) for event in p.client.events] == [
            (EndpointEventKind.FAILED, lake.Status.ERR_PEER_REJECTED)
        ]
        p.assert_unavailable()


@pytest.mark.parametrize("error", [Mine, KeyboardInterrupt])
@pytest.mark.parametrize("who", [CLIENT, SERVER])
def test_prepare_that_raises(who: bytes, error: type[BaseException]) -> None:
    """It comes out of the call, the run fails, and the endpoint goes on."""
    raising = True

    def prepare(_: lake.Session, __: bytes) -> None:
        if raising:
            raise error("no")

    with pair(**{who.decode(): {"prepare": prepare}}) as p:
        with pytest.raises(error, match="no"):
            p.ask(1)
        p.work()
        if who == CLIENT:
            assert [(event.kind, event.status) for event in p.client.events] == [
                (EndpointEventKind.FAILED, lake.Status.ERR_CALLBACK)
            ]
        assert p.server.delivered == []
        raising = False
        p.now += 10
        p.ask(2)
