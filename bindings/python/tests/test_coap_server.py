"""lake.coap.Server: what it answers, whom it tells, what it keeps; and whom it cannot be harmed by."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor_items
import pytest
from coap_pair import (
    BAD_REQUEST,
    BOTH,
    CHANGED,
    EMPTY,
    INITIATOR,
    RESPONDER,
    UNAUTHORIZED,
    UNAVAILABLE,
    Pair,
    answer_of,
    error_of,
)

import lake
from lake.coap import EventKind, Ids, Incoming, Limits, Profile, Server

ESTABLISHED, FAILED, PENDING = EventKind.ESTABLISHED, EventKind.FAILED, EventKind.PENDING


class Mine(Exception):
    pass


# --- What goes well -------------------------------------------------------------------------


@pytest.mark.parametrize("message_4", [False, True])
@pytest.mark.parametrize("role", BOTH)
def test_both_flows(role: lake.Role, message_4: bool) -> None:
    pair = Pair(message_4=message_4)
    client = pair.client(role)
    pair.run(client)
    assert client.is_done
    (event,) = pair.events
    assert (event.kind, event.status, event.peer) == (ESTABLISHED, lake.Status.OK, b"client")
    assert event.session
    assert event.session.info.role != role
    theirs, mine = event.session.oscore_context(), client.session.oscore_context()
    assert theirs.master_secret == mine.master_secret
    assert (theirs.recipient_id, theirs.sender_id) == (event.id, client.session.info.own_connection_id)
    stats = pair.server.stats()
    assert (stats.begun, stats.established, stats.contexts, stats.half_open, stats.failed) == (1, 1, 1, 0, 0)


def test_the_session_is_the_hosts() -> None:
    """It outlives the server, and is freed as any other."""
    gc.collect()
    before = lake.live_handles()
    pair = Pair()
    pair.run(pair.client())
    session = pair.events.pop().session
    assert session
    pair.server.close()
    assert session.export(32768, 16)
    session.close()
    with pytest.raises(lake.HandleError):
        session.export(32768, 16)
    del pair, session
    gc.collect()
    assert lake.live_handles() == before


def test_nobody_keeps_the_session() -> None:
    gc.collect()
    before = lake.live_handles()
    pair = Pair(on_event=lambda _: None)
    pair.run(pair.client())
    assert pair.server.stats().contexts == 1
    del pair
    gc.collect()
    assert lake.live_handles() == before


def test_prepare_and_attributes() -> None:
    """Prepare sees each session first; what it notes there is there when the run is over."""
    prepared: list[lake.Session] = []

    def prepare(session: lake.Session) -> None:
        session.number = len(prepared)  # type: ignore[attr-defined]
        session.ead_pad(2 if session.info.role == RESPONDER else 1, 32)
        with pytest.raises(lake.StateError):
            session.close()
        prepared.append(session)

    pair = Pair(prepare=prepare)
    for role in BOTH:
        pair.run(pair.client(role))
    sessions = [event.session for event in pair.events]
    assert sessions == prepared
    assert [session.number for session in sessions if session] == [0, 1]  # type: ignore[attr-defined]


def test_callbacks_of_the_config_know_the_session() -> None:
    """A resolver and a verifier are given the session that prepare was given."""
    own = {role: lake.Credential.generate(lake.KeyKind.P256, kid=bytes([role])) for role in BOTH}
    known = {credential.id_cred: credential for credential in own.values()}
    seen: list[lake.Session] = []

    def resolve(session: lake.Session, id_cred: bytes) -> lake.Credential:
        seen.append(session)
        return known[id_cred]

    def verify(session: lake.Session, _: lake.Credential) -> bool:
        seen.append(session)
        return True

    config = lake.Config(own=[own[RESPONDER]], methods=[3], suites=[2], resolver=resolve, verifier=verify)
    pair = Pair(prepare=seen.append)
    pair.server = Server(responder=config, on_event=pair.events.append, prepare=seen.append)
    pair.config_i = lake.Config(own=[own[INITIATOR]], peers=[own[RESPONDER]], methods=[3], suites=[2])
    pair.run(pair.client())
    assert seen == [pair.events[0].session] * 3


def test_combined_request() -> None:
    pair = Pair()
    client = pair.client()
    pair.half_open(client)
    payload, edhoc = client.combine(b"ciphertext")
    assert edhoc
    kid = client.session.info.peer_connection_id
    answer = pair.post(payload, edhoc=True, kid=kid, format=None)
    assert (answer.code, answer.oscore, payload[answer.oscore_offset :]) == (EMPTY, True, b"ciphertext")
    assert pair.kinds == [ESTABLISHED]
    client.verified()
    assert client.is_done
    later = pair.post(b"ciphertext", kid=kid, format=None)
    assert (later.oscore, later.oscore_offset) == (True, 0)


def test_contexts_come_and_go() -> None:
    pair = Pair()
    pair.server.reserve(b"mine")
    with pytest.raises(lake.StateError):
        pair.server.reserve(b"mine")
    assert pair.post(b"ciphertext", kid=b"mine").oscore
    pair.server.release(b"mine")
    pair.server.release(b"mine")
    assert pair.post(b"ciphertext", kid=b"mine").code == UNAUTHORIZED
    pair.run(pair.client())
    id = pair.events[0].id
    with pytest.raises(lake.StateError):
        pair.server.reserve(id)
    pair.server.release(id)
    assert pair.server.stats().ids == 0


def test_ids_are_shared() -> None:
    """A host that is server and client: no identifier is given twice."""
    ids = Ids(1, 1)
    pair = Pair(ids=ids)
    taken = {ids.take() for _ in range(46)}
    client = pair.client(ids=ids)
    pair.run(client)
    own = client.session.info.own_connection_id
    assert own is not None
    taken |= {own, pair.events[0].id}
    assert (len(taken), len(ids)) == (48, 48)
    with pytest.raises(lake.CoapError) as caught:
        pair.client(ids=ids).start()
    assert caught.value.status == lake.Status.ERR_EXHAUSTED
    other = Pair()
    answer = pair.ask(lake.coap.Client(other.config_i).start())
    assert answer.code == UNAVAILABLE
    assert pair.events[-1].status == lake.Status.ERR_EXHAUSTED
    client.close()
    assert len(ids) == 47


@pytest.mark.parametrize("convert", [bytes, bytearray, memoryview])
def test_any_bytes(convert: type) -> None:
    pair = Pair()
    message_1 = pair.client().start().payload
    answer = pair.server.handle(
        Incoming(2, convert(message_1), echo=convert(b""), token=convert(b"t"), peer=convert(b"\x00\x01"))
    )
    assert answer.code == CHANGED
    pair.server.close()


def test_a_peer_name_with_zeros() -> None:
    pair = Pair()
    request = pair.half_open(pair.client())
    del pair.events[:]
    forged = replace(request, payload=request.payload[:-1] + bytes([request.payload[-1] ^ 1]))
    challenge = pair.ask(forged, peer=b"\x00\xff\x00")
    assert pair.ask(replace(forged, echo=challenge.echo), peer=b"\x00\xff").code == UNAUTHORIZED
    assert pair.events == []
    pair.ask(replace(forged, echo=challenge.echo), peer=b"\x00\xff\x00")
    assert pair.events[0].peer == b"client", "it is that of who began the run"
    pair.ask(pair.client().start(), peer=b"\x00\xff\x00")
    pair.server.expire()
    assert pair.server.stats().half_open == 1


def test_large_answers() -> None:
    """An answer that is larger than the room that is there at first; it is made once."""
    pair = Pair(
        prepare=lambda session: [session.ead_add(2, label, bytes(40000)) for label in (1, 2)],
        limits=Limits(no_echo=True),
    )
    answer = pair.ask(pair.client().start())
    assert answer.code == CHANGED
    assert len(answer.payload) > 80000
    assert pair.server.stats().begun == 1


# --- Requests that are wrong -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Incoming(1), 0x85),
        (Incoming(3, b"\xf5"), 0x85),
        (Incoming(2, b"\xf5", format=64), 0x8F),
        (Incoming(2, b"\xf5", format=0), 0x8F),
        (Incoming(2, bytes(16385)), 0x8D),
        (Incoming(2, b"\xf5"), BAD_REQUEST),
        (Incoming(2, b"\xf4"), BAD_REQUEST),
        (Incoming(2, b"\xff"), BAD_REQUEST),
        (Incoming(2, b"\x05"), BAD_REQUEST),
        (Incoming(2, b"\x05\x41"), BAD_REQUEST),
        (Incoming(2, b"\x18\x18\x41\x00"), BAD_REQUEST),
        (Incoming(2, b"\x05\x41\x00"), BAD_REQUEST),
        (Incoming(2, b"\x05\x01\x60"), BAD_REQUEST),
        (Incoming(2, b"\xf5\x01\x60"), BAD_REQUEST),
        (Incoming(2, b"\x41\x00rest", edhoc=True), BAD_REQUEST),
        (Incoming(2, b"\x41\x00rest", edhoc=True, kid=b"\x05"), BAD_REQUEST),
        (Incoming(2, b"\x41\x00", edhoc=True, kid=b"\x05"), BAD_REQUEST),
        (Incoming(2, b"", edhoc=True, kid=b""), BAD_REQUEST),
        (Incoming(2, b"rest", kid=b""), UNAUTHORIZED),
        (Incoming(5, b"rest", kid=b"\x05"), UNAUTHORIZED),
    ],
)
def test_what_is_wrong_in_itself(request_: Incoming, code: int) -> None:
    pair = Pair()
    answer = pair.server.handle(request_)
    assert (answer.code, answer.oscore, answer.echo) == (code, False, None)
    assert pair.events == []
    assert pair.server.stats().begun == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"code": 1 << 33},
        {"message_id": 1 << 40},
        {"code": -1},
        {"code": 256},
        {"message_id": -2},
        {"host_len": 300},
        {"host_len": 7},
        {"host_len": -1},
        {"peer": bytes(256)},
        {"message_id": 65536},
    ],
)
def test_what_is_no_request(bad: dict[str, Any]) -> None:
    pair = Pair()
    with pytest.raises(ValueError, match=r"range|argument"):
        pair.server.handle(replace(pair.incoming(pair.client().start()), **bad))
    assert pair.server.stats().begun == 0


@pytest.mark.parametrize("role", BOTH)
def test_a_modified_last_message_ends_the_run(role: lake.Role) -> None:
    pair = Pair()
    client = pair.client(role)
    request = pair.half_open(client)
    forged = replace(request, payload=request.payload[:-1] + bytes([request.payload[-1] ^ 1]))
    challenge = pair.ask(forged, peer=b"somebody else")
    assert (challenge.code, challenge.payload, bool(challenge.echo)) == (UNAUTHORIZED, b"", True)
    assert pair.events == [], "strangers end no runs"
    answer = pair.ask(forged)
    assert (answer.code, error_of(answer)) == (BAD_REQUEST, "authentication failed")
    (event,) = pair.events
    assert (event.kind, event.session, event.peer) == (FAILED, None, b"client")
    assert event.status in (lake.Status.ERR_DECRYPTION, lake.Status.ERR_MAC)
    assert event.text
    assert error_of(pair.ask(request)) == "unknown session"
    with pytest.raises(lake.CoapError):
        client.next(answer_of(answer))


@pytest.mark.parametrize("message", [b"\x40", b"\x41\x00", b"\xff", b"\x83\x01\x02\x03", b"\x00", b""])
@pytest.mark.parametrize("stranger", [False, True])
def test_what_is_no_message(stranger: bool, message: bytes) -> None:
    """It ends the run of who sends it, and harms nobody else's."""
    pair = Pair()
    client = pair.client()
    request = pair.half_open(client)
    prefix = request.payload[: -len(cbor_items.parse(request.payload)[-1].encoded)]
    if stranger:
        assert pair.post(prefix + message, peer=b"somebody else").code in (BAD_REQUEST, UNAUTHORIZED)
        assert pair.events == []
        assert client.next(answer_of(pair.ask(request))) is None
        assert pair.kinds == [ESTABLISHED]
    else:
        assert pair.post(prefix + message).code == BAD_REQUEST
        assert pair.kinds == [FAILED]
        assert error_of(pair.ask(request)) == "unknown session"


def test_message_3_of_another_run() -> None:
    """With the right C_R, but not of this session."""
    pair = Pair()
    one, two = pair.client(), pair.client()
    first, second = pair.half_open(one), pair.half_open(two)
    (c_r, _), (_, message_3) = cbor_items.parse(first.payload), cbor_items.parse(second.payload)
    answer = pair.post(c_r.encoded + message_3.encoded)
    assert answer.code == BAD_REQUEST
    assert pair.kinds == [FAILED]
    assert two.next(answer_of(pair.ask(second))) is None
    assert pair.kinds == [FAILED, ESTABLISHED], "the other run goes on"


@pytest.mark.parametrize("id", [b"\x40", b"\x05", b"\x37", b"\x18\x18", b"\x41\x05", b"\x47" + bytes(7), b"\x58\x41"])
def test_unknown_identifiers(id: bytes) -> None:
    pair = Pair(ids=Ids(2, 2))
    pair.half_open(pair.client())
    answer = pair.post(id + b"\x50" + bytes(16))
    assert answer.code == BAD_REQUEST
    assert pair.events == []
    assert pair.server.stats().half_open == 1


@pytest.mark.parametrize("role", BOTH)
def test_error_messages_of_the_peer(role: lake.Role) -> None:
    """For a half-open run they end it, without an error message in answer; for any other they are nothing."""
    pair = Pair()
    request = pair.half_open(pair.client(role))
    prefix = cbor_items.first(request.payload).encoded
    error = prefix + lake.build_error(1, "no")
    for elsewhere in (prefix + b"\x01", error):
        assert pair.post(elsewhere, peer=b"somebody else").payload == b""
    assert pair.events == []
    answer = pair.post(error)
    assert (answer.code, answer.payload, answer.format) == (CHANGED, b"", None)
    assert (pair.kinds, pair.events[0].status) == ([FAILED], lake.Status.ERR_PEER_UNSPECIFIED)
    again = pair.post(error)
    assert (again.code, again.payload) == (BAD_REQUEST, b"")
    pair.run(pair.client(role))
    established = pair.events[-1]
    answer = pair.post(established.id + lake.build_error(1, "no"))
    assert (answer.code, answer.payload) == (BAD_REQUEST, b"")
    assert pair.post(b"ciphertext", kid=established.id).oscore, "the context stays"
    assert pair.server.stats().contexts == 1


def test_error_message_with_suites() -> None:
    """Message_1 with a suite that the server has not: an error message that names those that it has."""
    pair = Pair()
    other = Pair(suite=0, kind=lake.KeyKind.X25519)
    answer = pair.ask(other.client().start())
    assert answer.code == BAD_REQUEST
    assert lake.parse_error(answer.payload).suites == [2, 3]
    assert pair.events[0].status == lake.Status.ERR_SUITE


# --- Datagrams that come again -----------------------------------------------------------------


@pytest.mark.parametrize("role", BOTH)
def test_duplicates(role: lake.Role) -> None:
    """The same datagram: the same answer, and nothing runs twice."""
    pair = Pair()
    client = pair.client(role)
    request = pair.incoming(client.start())
    first = pair.server.handle(request)
    assert not first.duplicate
    for _ in range(3):
        assert pair.server.handle(request) == replace(first, duplicate=True)
    last = client.next(answer_of(first))
    assert last
    request = pair.incoming(last)
    second = pair.server.handle(request)
    assert pair.server.handle(request) == replace(second, duplicate=True)
    assert pair.kinds == [ESTABLISHED]
    stats = pair.server.stats()
    assert (stats.begun, stats.duplicates, stats.established) == (1, 4, 1)


@pytest.mark.parametrize(
    "change",
    [{"message_id": 99}, {"token": b"other"}, {"peer": b"other"}, {"token": b""}, {"echo": b"x"}, {"payload": None}],
)
def test_what_is_no_duplicate(change: dict[str, Any]) -> None:
    pair = Pair()
    request = pair.incoming(pair.client().start())
    first = pair.server.handle(request)
    if "payload" in change:
        change = {"payload": pair.client().start().payload}
    second = pair.server.handle(replace(request, **change))
    assert not second.duplicate
    assert second.payload != first.payload
    assert pair.server.stats().begun == 2


def test_without_message_ids_nothing_is_a_duplicate() -> None:
    pair = Pair()
    request = replace(pair.incoming(pair.client().start()), message_id=None)
    answers = [pair.server.handle(request) for _ in range(3)]
    assert [answer.duplicate for answer in answers] == [False] * 3
    assert pair.server.stats().begun == 3


@pytest.mark.parametrize("combined", [False, True])
def test_message_3_in_a_new_datagram(combined: bool) -> None:
    """Replay: an error, never a second success, and no harm to the context."""
    pair = Pair()
    client = pair.client()
    request = pair.half_open(client)
    options = {}
    if combined:
        payload, _ = client.combine(b"ciphertext")
        request = replace(request, payload=payload, format=None)
        options = {"edhoc": True, "kid": client.session.info.peer_connection_id}
    pair.ask(request, **options)
    answer = pair.ask(request, **options)
    assert (answer.code, error_of(answer), answer.oscore) == (BAD_REQUEST, "unknown session", False)
    assert pair.kinds == [ESTABLISHED]
    assert pair.post(b"ciphertext", kid=pair.events[0].id).oscore


def test_a_combined_request_with_message_3_changed() -> None:
    pair = Pair()
    client = pair.client()
    pair.half_open(client)
    payload, _ = client.combine(b"ciphertext")
    kid = client.session.info.peer_connection_id
    for wrong in (b"", b"\x43", b"\x00ciphertext"):
        assert pair.post(wrong, edhoc=True, kid=kid, peer=b"somebody else").code in (BAD_REQUEST, UNAUTHORIZED)
    assert pair.events == []
    early = pair.post(b"ciphertext", kid=kid)
    assert (early.code, early.oscore) == (UNAUTHORIZED, False), "there is no context yet"
    answer = pair.post(payload[:5] + bytes([payload[5] ^ 1]) + payload[6:], edhoc=True, kid=kid)
    assert (answer.code, answer.oscore, lake.parse_error(answer.payload).code) == (BAD_REQUEST, False, 1)
    assert pair.kinds == [FAILED]
    with pytest.raises(lake.CoapError):
        client.next(answer_of(answer))


def test_combined_request_where_message_4_is_required() -> None:
    """A client that does not know: message_3 is refused."""
    pair = Pair(message_4=True)
    client = lake.coap.Client(lake.Config(own=[pair.own_i], peers=[pair.own_r], methods=[3]))
    pair.half_open(client)
    payload, _ = client.combine(b"ciphertext")
    answer = pair.post(payload, edhoc=True, kid=client.session.info.peer_connection_id)
    assert (answer.code, answer.oscore) == (BAD_REQUEST, False)
    assert pair.events[0].status == lake.Status.ERR_NO_COMBINED


# --- Limits ------------------------------------------------------------------------------------


def test_echo() -> None:
    pair = Pair(limits=Limits(threshold=2))
    pair.half_open(pair.client())
    pair.half_open(pair.client())
    client = pair.client()
    challenge = pair.ask(client.start())
    assert (challenge.code, challenge.payload, challenge.format) == (UNAUTHORIZED, b"", None)
    assert challenge.echo
    assert 0 < len(challenge.echo) <= 40
    again = client.next(answer_of(challenge))
    assert again
    assert again.echo == challenge.echo
    for wrong in (b"", b"\x00", challenge.echo + b"\x00", bytes(len(challenge.echo))):
        refused = pair.ask(replace(again, echo=wrong))
        assert (refused.code, bool(refused.echo)) == (UNAUTHORIZED, True)
    assert pair.ask(again, peer=b"somebody else").code == UNAUTHORIZED
    assert pair.server.stats().begun == 2
    assert pair.ask(again).code == CHANGED


def test_a_large_answer_is_for_who_is_there() -> None:
    """An answer that is much larger than its request: with Echo only (RFC 9175 section 2.4)."""
    pair = Pair(prepare=lambda session: session.ead_pad(2, 2000))
    client = pair.client()
    challenge = pair.ask(client.start())
    assert (challenge.code, challenge.payload, bool(challenge.echo)) == (UNAUTHORIZED, b"", True)
    request = client.next(answer_of(challenge))
    assert request
    answer = pair.ask(request)
    assert answer.code == CHANGED
    assert len(answer.payload) > 2000
    following = client.next(answer_of(answer))
    assert following
    assert pair.ask(following).code == CHANGED


def test_eviction() -> None:
    """A full table: the oldest run makes room for one with Echo."""
    pair = Pair(limits=Limits(half_open=2, threshold=1))
    clients = [pair.client() for _ in range(3)]
    requests = []
    for n, client in enumerate(clients):
        answer = pair.ask(client.start(), peer=bytes([n]))
        if answer.echo:
            answer = pair.ask(replace(client.again(), echo=answer.echo), peer=bytes([n]))
        requests.append(client.next(answer_of(answer)))
    (event,) = pair.events
    assert (event.kind, event.status, event.peer) == (FAILED, lake.Status.ERR_RUN_EVICTED, b"\x00")
    assert requests[0]
    assert error_of(pair.ask(requests[0])) == "unknown session"
    assert requests[2]
    assert pair.ask(requests[2]).code == UNAUTHORIZED, "that is not where it came from"
    assert pair.ask(requests[2], peer=b"\x02").code == CHANGED


def test_a_host_has_few_runs() -> None:
    """Above the threshold, a run of a host takes the place of an older one of it, from whatever port."""
    pair = Pair(limits=Limits(threshold=1, per_host=2))
    for port in range(4):
        peer = b"192.0.2.1:%d" % port
        client = pair.client()
        answer = pair.ask(client.start(), peer=peer, host_len=9)
        if answer.echo:
            request = client.next(answer_of(answer))
            assert request
            answer = pair.ask(request, peer=peer, host_len=9)
        assert answer.code == CHANGED
    assert [(event.status.name, event.peer[-1:]) for event in pair.events] == [
        ("ERR_RUN_EVICTED", b"0"),
        ("ERR_RUN_EVICTED", b"1"),
    ]


def test_no_echo() -> None:
    pair = Pair(limits=Limits(half_open=2, threshold=1, no_echo=True))
    answers = [pair.ask(pair.client().start()) for _ in range(3)]
    assert [answer.code for answer in answers] == [CHANGED, CHANGED, UNAVAILABLE]
    assert answers[2].echo is None
    assert pair.server.stats().refused == 1


def test_size_of_message_1() -> None:
    """A large one has to show Echo first, before anything is done about it."""
    for limit, most in ((0, 1024), (100, 100)):
        pair = Pair(limits=Limits(message_1=limit))
        for size in (most, most + 1):
            client = pair.client()
            more = size - (len(lake.coap.Client(pair.config_i).start().payload) - 1)

            def pad(session: lake.Session, more: int = more) -> None:
                session.ead_pad(1, more)

            client.set_prepare(pad)
            answer = pair.ask(client.start())
            assert (answer.code, bool(answer.echo)) == ((UNAUTHORIZED, True) if size > most else (CHANGED, False))
        request = client.next(answer_of(answer))
        assert request
        assert pair.ask(request).code == CHANGED


def test_size_of_a_body() -> None:
    pair = Pair(limits=Limits(body=64))
    assert pair.post(b"\xf5" + bytes(63)).code == BAD_REQUEST
    assert pair.post(b"\xf5" + bytes(64)).code == 0x8D


@pytest.mark.parametrize(
    "limits",
    [
        Limits(half_open=1 << 21),
        Limits(threshold=1 << 21),
        Limits(per_host=1 << 21),
        Limits(age=86401),
        Limits(cache=1),
        Limits(body=1),
        Limits(echo_age=86401),
        Limits(message_1=63),
        Limits(message_1=1 << 21),
        Limits(age=-1),
        Limits(half_open=1 << 32),
    ],
)
def test_limits_that_are_none(limits: Limits) -> None:
    pair = Pair()
    with pytest.raises(ValueError, match=r"\w") as caught:
        pair.server.set_limits(limits)
    assert isinstance(caught.value, (lake.ArgumentError, ValueError))
    assert pair.ask(pair.client().start()).code == CHANGED, "the old ones are still there"


def test_setters_are_frozen_by_the_first_request() -> None:
    pair = Pair(ead_labels=[32791])
    pair.server.set_prepare(None)
    pair.server.set_limits(Limits())
    pair.server.add_profile(Profile(id=0))
    pair.ask(pair.client().start())
    setters: list[Callable[[], object]] = [
        lambda: pair.server.set_prepare(None),
        lambda: pair.server.set_limits(Limits()),
        lambda: pair.server.add_profile(Profile(id=1)),
    ]
    for setter in setters:
        with pytest.raises(lake.StateError) as caught:
            setter()
        assert caught.value.status == lake.Status.ERR_FROZEN


def test_a_server_needs_a_config_that_is_there() -> None:
    with pytest.raises(lake.ArgumentError):
        Server(on_event=print)
    config = lake.Config()
    config.close()
    with pytest.raises(lake.HandleError):
        Server(responder=config, on_event=print)
    ids = Ids()
    ids.close()
    with pytest.raises(lake.HandleError):
        Server(responder=lake.Config(), on_event=print, ids=ids)


def test_closed() -> None:
    pair = Pair()
    request = pair.incoming(pair.half_open(pair.client()))
    with pair.server as server:
        pass
    server.close()
    for use in (server.stats, server.expire, server.link, lambda: server.handle(request), lambda: server.release(b"")):
        with pytest.raises(lake.HandleError):
            use()
    assert pair.events == [], "half-open runs end without a word"


def test_ids_that_are_none() -> None:
    for least, most in ((0, 1), (2, 1), (1, 8), (-1, 1)):
        with pytest.raises(lake.ArgumentError):
            Ids(least, most)
    ids = Ids()
    with pytest.raises(lake.ArgumentError):
        ids.reserve(bytes(65))
    ids.reserve(b"")
    with pytest.raises(lake.StateError):
        ids.reserve(b"")
    ids.close()
    with pytest.raises(lake.HandleError):
        ids.take()


def test_threads() -> None:
    """One server, many threads."""
    pair = Pair(limits=Limits(threshold=1000))
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for n in range(10):
                client, peer = pair.client(), bytes([number])
                answer = pair.server.handle(Incoming(2, client.start().payload, message_id=2 * n, peer=peer))
                request = client.next(answer_of(answer))
                assert request
                answer = pair.server.handle(Incoming(2, request.payload, message_id=2 * n + 1, peer=peer))
                assert client.next(answer_of(answer)) is None
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert len({event.id for event in pair.events}) == 80
