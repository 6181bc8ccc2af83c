"""lake.coap.Server: callbacks that raise, and questions to the host."""

from __future__ import annotations

import gc
from dataclasses import replace

import cbor_items
import pytest
from coap_pair import (
    BAD_REQUEST,
    BOTH,
    CHANGED,
    EMPTY,
    SERVER_ERROR,
    Pair,
    answer_of,
    error_of,
)

import lake
from lake.coap import Event, EventKind, Incoming, Server

ESTABLISHED, FAILED, PENDING = EventKind.ESTABLISHED, EventKind.FAILED, EventKind.PENDING


class Mine(Exception):
    pass


# --- Callbacks that raise --------------------------------------------------------------------


@pytest.mark.parametrize("raised", [Mine("no memory"), KeyboardInterrupt(), lake.StateError("mine")])
@pytest.mark.parametrize("combined", [False, True])
def test_who_refuses_the_context(raised: BaseException, combined: bool) -> None:
    """What on_event raises comes out; the client hears of it, and nothing is left of the run."""
    gc.collect()
    before = lake.live_handles()
    told: list[Event] = []

    def on_event(event: Event) -> None:
        told.append(event)
        raise raised

    pair = Pair(on_event=on_event)
    client = pair.client()
    made = pair.half_open(client)
    request = pair.incoming(made)
    if combined:
        payload, _ = client.combine(b"ciphertext")
        request = replace(request, payload=payload, edhoc=True, kid=client.session.info.peer_connection_id)
    with pytest.raises(type(raised)) as caught:
        pair.server.handle(request)
    assert caught.value is raised
    assert told[0].kind == ESTABLISHED
    session = told[0].session
    assert session
    with pytest.raises(lake.HandleError):
        session.oscore_context()
    answer = pair.server.handle(request)
    assert (answer.code, error_of(answer), answer.oscore) == (SERVER_ERROR, "internal error", False)
    stats = pair.server.stats()
    assert (stats.contexts, stats.established, stats.half_open, stats.ids, stats.failed) == (0, 0, 0, 0, 1)
    with pytest.raises(lake.CoapError):
        client.next(answer_of(answer))
    raised.__traceback__ = caught = None  # type: ignore[assignment]
    told.clear()
    del pair, client, session
    gc.collect()
    assert lake.live_handles() == before


def test_a_session_closed_before_the_refusal() -> None:
    def on_event(event: Event) -> None:
        assert event.session
        event.session.close()
        raise Mine

    pair = Pair(on_event=on_event)
    request = pair.incoming(pair.half_open(pair.client()))
    with pytest.raises(Mine):
        pair.server.handle(request)
    assert pair.server.handle(request).code == SERVER_ERROR


def test_a_session_closed_in_the_callback() -> None:
    secrets: list[bytes] = []

    def on_event(event: Event) -> None:
        assert event.session
        with event.session as session:
            secrets.append(session.oscore_context().master_secret)

    pair = Pair(on_event=on_event)
    client = pair.client()
    pair.run(client)
    assert secrets == [client.session.oscore_context().master_secret]
    assert pair.server.stats().contexts == 1


def test_who_raises_about_a_failure() -> None:
    """It comes out, and changes nothing: the same request gives its answer."""

    def on_event(_: Event) -> None:
        raise Mine

    pair = Pair(on_event=on_event)
    made = pair.half_open(pair.client())
    request = pair.incoming(replace(made, payload=made.payload[:-1] + bytes([made.payload[-1] ^ 1])))
    with pytest.raises(Mine):
        pair.server.handle(request)
    assert error_of(pair.server.handle(request)) == "authentication failed"
    assert pair.server.stats().failed == 1


@pytest.mark.parametrize("role", BOTH)
def test_who_does_not_prepare(role: lake.Role) -> None:
    def prepare(_: lake.Session) -> None:
        raise Mine

    pair = Pair(prepare=prepare)
    request = pair.incoming(pair.client(role).start())
    with pytest.raises(Mine):
        pair.server.handle(request)
    assert error_of(pair.server.handle(request)) == "internal error"
    assert (pair.kinds, pair.events[0].status) == ([FAILED], lake.Status.ERR_CALLBACK)
    assert pair.server.stats().ids == 0


def test_a_resolver_that_raises() -> None:
    def resolve(_session: lake.Session, _id_cred: bytes) -> None:
        raise Mine

    pair = Pair()
    own = lake.Credential.generate(lake.KeyKind.P256, kid=b"R")
    config = lake.Config(own=[own], methods=[3], resolver=resolve)
    pair.server = Server(responder=config, on_event=pair.events.append)
    client = lake.coap.Client(lake.Config(own=[pair.own_i], peers=[own], methods=[3]))
    request = pair.incoming(pair.half_open(client))
    with pytest.raises(Mine):
        pair.server.handle(request)
    assert pair.server.handle(request).code == SERVER_ERROR
    assert pair.events[0].status == lake.Status.ERR_CALLBACK


def test_the_server_in_its_callback() -> None:
    """It can be asked and told there, but not freed."""
    asked: list[int] = []

    def on_event(event: Event) -> None:
        asked.append(pair.server.stats().begun)
        with pytest.raises(lake.StateError) as caught:
            pair.server.close()
        assert caught.value.status == lake.Status.ERR_BUSY
        with pytest.raises(lake.StateError):
            pair.server.set_limits(lake.coap.Limits(no_echo=True))
        if event.kind == ESTABLISHED:
            pair.server.release(event.id)

    pair = Pair(on_event=on_event)
    pair.run(pair.client())
    assert asked == [1]
    assert pair.server.stats().begun == 1, "it is still there"
    pair.server.close()


# --- Questions ---------------------------------------------------------------------------------


def pulled() -> tuple[Pair, lake.coap.Client, Incoming, lake.Session]:
    """A run of a server that asks about its peer: the client, its last request, the session that waits."""
    pair = Pair()
    pair.server = Server(
        responder=lake.Config(own=[pair.own_r], peers=[pair.own_i], methods=[3], pull=lake.Pull.PEER),
        on_event=pair.events.append,
    )
    client = pair.client()
    request = pair.incoming(pair.half_open(client))
    answer = pair.server.handle(request)
    assert (answer.code, answer.payload) == (EMPTY, b"")
    (event,) = pair.events
    assert (event.kind, event.status) == (PENDING, lake.Status.PENDING_PEER)
    assert event.session
    return pair, client, request, event.session


def test_a_question() -> None:
    pair, client, request, session = pulled()
    assert pair.server.handle(request) == lake.coap.Outgoing(EMPTY, duplicate=True)
    assert pair.server.handle(replace(request, message_id=77)).code == EMPTY
    with pytest.raises(lake.StateError):
        session.close()
    assert session.peer_credential.text(lake.TextKind.SUBJECT) == "initiator"
    answer = pair.server.proceed(session)
    assert answer.code == CHANGED
    assert client.next(answer_of(answer)) is None
    assert pair.events[-1].session is session, "it is one object"
    with pytest.raises(lake.StateError):
        pair.server.proceed(session)
    session.close()


def test_the_answer_is_no() -> None:
    pair, client, request, session = pulled()
    session.reject_peer(lake.Status.ERR_PEER_REJECTED)
    answer = pair.server.proceed(session)
    assert answer.code == BAD_REQUEST
    assert pair.events[-1].status == lake.Status.ERR_PEER_REJECTED
    assert pair.server.handle(request) == replace(answer, duplicate=True)
    with pytest.raises(lake.HandleError):
        pair.server.proceed(session)
    with pytest.raises(lake.HandleError):
        session.info.state  # noqa: B018
    with pytest.raises(lake.CoapError):
        client.next(answer_of(answer))


def test_the_peer_ends_a_run_that_waits() -> None:
    pair, _, request, session = pulled()
    prefix = cbor_items.first(bytes(request.payload)).encoded
    assert pair.post(prefix + lake.build_error(1, "no")).code == CHANGED
    assert pair.kinds == [PENDING, FAILED]
    with pytest.raises(lake.HandleError):
        pair.server.proceed(session)


def test_sessions_that_do_not_wait() -> None:
    pair, _, _, _ = pulled()
    with pytest.raises(lake.StateError):
        pair.server.proceed(lake.testing.handshake()[1])
    other, _, _, session = pulled()
    with pytest.raises(lake.StateError):
        pair.server.proceed(session)
    assert other.server.proceed(session).code == CHANGED


def test_a_server_that_is_closed_while_a_run_waits() -> None:
    gc.collect()
    before = lake.live_handles()
    pair, _, _, session = pulled()
    pair.server.close()
    with pytest.raises(lake.HandleError):
        session.proceed()
    session.close()
    session.close()
    del pair, session, _
    gc.collect()
    assert lake.live_handles() == before
