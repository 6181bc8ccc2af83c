"""lake.coap.Client: what it sends, and what a server cannot make it do."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor_items
import pytest
from coap_pair import BAD_REQUEST, BOTH, CHANGED, INITIATOR, RESPONDER, Pair, answer_of

import lake
from lake.coap import Client, EventKind, Ids, Incoming, Profile


class Mine(Exception):
    pass


def waiting(role: lake.Role = INITIATOR, after: int = 0) -> tuple[Pair, Client]:
    """A client that waits for the answer to its first request, or to a later one."""
    pair = Pair()
    client = pair.client(role)
    request = client.start()
    for _ in range(after):
        following = client.next(answer_of(pair.ask(request)))
        assert following
        request = following
    return pair, client


# --- What goes well --------------------------------------------------------------------------


def test_requests() -> None:
    pair = Pair()
    client = pair.client()
    first = client.start()
    assert (first.code, first.format, first.payload[:1], first.echo) == (2, 65, b"\xf5", None)
    assert client.again() == first
    last = client.next(answer_of(pair.ask(first)))
    assert last
    assert last.payload.startswith(cbor_items.first(last.payload).encoded)
    assert client.again() == last
    assert not client.is_done
    assert client.next(answer_of(pair.ask(last))) is None
    assert client.is_done
    assert client.error_request is None


def test_the_reverse_flow_begins_with_nothing() -> None:
    pair = Pair()
    client = pair.client(RESPONDER)
    first = client.start()
    assert (first.code, first.format, first.payload) == (2, None, b"")
    assert client.session.info.role == RESPONDER


@pytest.mark.parametrize("role", BOTH)
def test_the_session_keeps_the_client(role: lake.Role) -> None:
    gc.collect()
    before = lake.live_handles()
    pair = Pair(on_event=lambda _: None)
    client = pair.client(role)
    pair.run(client)
    session = client.session
    assert client.session is session
    session.device = "sensor 5"  # type: ignore[attr-defined]
    del client
    gc.collect()
    assert session.info.is_complete
    assert session.export(32768, 16)
    with pytest.raises(lake.StateError):
        session.close()
    del session, pair
    gc.collect()
    assert lake.live_handles() == before


def test_a_closed_client_takes_its_session_along() -> None:
    pair = Pair()
    with pair.client() as client:
        pair.run(client)
        session = client.session
    for use in (lambda: session.info.state, client.start, lambda: client.is_done, lambda: client.session):
        with pytest.raises(lake.HandleError):
            use()
    session.close()
    client.close()


def test_prepare_at_each_beginning() -> None:
    """Another suite is another session."""
    own_i, own_r = (lake.Credential.generate(lake.KeyKind.P256, kid=kid) for kid in (b"I", b"R"))
    pair = Pair()
    pair.config_i = lake.Config(own=[own_i], peers=[own_r], methods=[3], suites=[3, 2])
    config_r = lake.Config(own=[own_r], peers=[own_i], methods=[3], suites=[2])
    pair.server = lake.coap.Server(responder=config_r, on_event=pair.events.append)
    seen: list[str] = []
    client = pair.client(prepare=lambda session: seen.append(session.info.state.name))
    pair.run(client)
    assert client.session.info.suite == 2
    assert pair.events[-1].kind == EventKind.ESTABLISHED
    assert set(seen) == {"START"}
    assert "wrong selected cipher suite" in client.trace()


def test_what_prepare_adds() -> None:
    pair = Pair(ead_labels=[1000])
    client = pair.client(prepare=lambda session: session.ead_add(1, 1000, b"hello"))
    pair.run(client)
    assert pair.events[0].session
    assert pair.events[0].session.ead(1) == [lake.EADItem(1000, b"hello")]


def test_identifiers() -> None:
    ids = Ids(4, 7)
    pair = Pair()
    clients = [pair.client(role, ids=ids) for role in BOTH]
    for client in clients:
        pair.run(client)
    assert [len(client.session.info.own_connection_id or b"") for client in clients] == [4, 4]
    assert len(ids) == 2
    del clients, client
    gc.collect()
    assert len(ids) == 0


def test_large_requests() -> None:
    """Larger than the room that is there at first: it is made once."""
    client = Pair().client(prepare=lambda session: [session.ead_add(1, label, bytes(40000)) for label in (1, 2)])
    request = client.start()
    assert len(request.payload) > 80000
    assert client.again() == request
    assert client.session.info.state == lake.State.WAIT_MESSAGE_2


def test_combined() -> None:
    pair, client = waiting(after=1)
    assert client.combine(b"inner block", block=1) == (b"inner block", False)
    explicit = client.again()
    message_3 = cbor_items.parse(explicit.payload)[1].encoded
    size = len(message_3) + 10
    assert client.combine(bytearray(10), max=size) == (message_3 + bytes(10), True)
    with pytest.raises(lake.CoapError) as caught:
        client.combine(bytes(10), max=size - 1)
    assert caught.value.status == lake.Status.ERR_COMBINED_SIZE
    assert client.next(answer_of(pair.ask(explicit))) is None, "it goes on without"


# --- Answers that are wrong -----------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("role", BOTH)
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Incoming(0x84, b"what is EDHOC?", format=0), "ERR_REFUSED"),
        (Incoming(0x80), "ERR_REFUSED"),
        (Incoming(0x81), "ERR_REFUSED"),
        (Incoming(0xA3), "ERR_REFUSED"),
        (Incoming(0xA0, b"\xff", format=64), "ERR_REFUSED"),
        (Incoming(0x45, b"\x40"), "ERR_ANSWER"),
        (Incoming(0x44, b"\x40", format=65), "ERR_ANSWER"),
        (Incoming(0x44, b"\x40", format=0), "ERR_ANSWER"),
        (Incoming(0), "ERR_ANSWER"),
        (Incoming(2), "ERR_ANSWER"),
    ],
)
def test_answers_that_are_none(answer: Incoming, status: str, role: lake.Role, after: int) -> None:
    _, client = waiting(role, after)
    with pytest.raises(lake.CoapError) as caught:
        client.next(answer)
    assert caught.value.status.name == status
    assert caught.value.detail == str(caught.value) != ""
    for use in (lambda: client.next(answer), client.proceed, client.no_answer, lambda: client.session):
        with pytest.raises(lake.StateError):
            use()
    assert not client.is_done
    assert "The run has failed" in client.trace()


@pytest.mark.parametrize("role", BOTH)
@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("code", [0x44, 0x80, 0xA0])
def test_error_messages(code: int, after: int, role: lake.Role) -> None:
    """They are never answered by one."""
    _, client = waiting(role, after)
    with pytest.raises(ConnectionError, match="go away"):
        client.next(Incoming(code, lake.build_error(1, "go away"), format=64))
    assert client.error_request is None


@pytest.mark.parametrize("payload", [b"", b"\xff", b"\x41", b"\x41\x00", b"\x00", b"\x83\x01\x02\x03", bytes(4096)])
@pytest.mark.parametrize("role", BOTH)
def test_a_first_message_that_is_none(payload: bytes, role: lake.Role) -> None:
    _, client = waiting(role)
    with pytest.raises(lake.LakeError) as caught:
        client.next(Incoming(0x44, payload, format=64))
    assert caught.value.status < 0
    assert not client.is_done


def test_a_modified_message_2() -> None:
    """The server is told."""
    pair = Pair()
    client = pair.client()
    answer = answer_of(pair.ask(client.start()))
    payload = bytes(answer.payload)
    with pytest.raises(lake.LakeError) as caught:
        client.next(replace(answer, payload=payload[:-1] + bytes([payload[-1] ^ 1])))
    assert isinstance(caught.value, (lake.AuthenticationError, lake.MessageError, lake.CredentialError))
    request = client.error_request
    assert request
    assert request.format == 65
    assert client.again() == request
    assert pair.ask(request).code in (CHANGED, BAD_REQUEST)


def test_message_2_of_another_run() -> None:
    pair = Pair()
    one, two = pair.client(), pair.client()
    pair.ask(one.start())
    answer = pair.ask(two.start())
    with pytest.raises(lake.LakeError):
        one.next(answer_of(answer))
    assert two.next(answer_of(answer))


@pytest.mark.parametrize("payload", [b"\x48" + bytes(8), b"\x40", b"\x00", b"\xff"])
def test_a_message_4_that_is_none(payload: bytes) -> None:
    _, client = waiting(after=1)
    with pytest.raises(lake.LakeError):
        client.next(Incoming(0x44, payload, format=64))
    assert not client.is_done


def test_message_4_that_does_not_come() -> None:
    pair = Pair()
    pair.config_i = lake.Config(own=[pair.own_i], peers=[pair.own_r], methods=[3], message_4=True)
    client = pair.client()
    request = pair.half_open(client)
    with pytest.raises(lake.CoapError) as combined:
        client.combine(b"ciphertext")
    assert combined.value.status == lake.Status.ERR_NO_COMBINED
    with pytest.raises(lake.CoapError) as caught:
        client.next(answer_of(pair.ask(request)))
    assert caught.value.status == lake.Status.ERR_ANSWER
    with pytest.raises(lake.StateError):
        client.session  # noqa: B018


@pytest.mark.parametrize("role", BOTH)
def test_challenges_without_end(role: lake.Role) -> None:
    _, client = waiting(role)
    first = client.again()
    for n in range(3):
        request = client.next(Incoming(0x81, echo=bytes([n] * 8)))
        assert request
        assert (request.payload, request.echo) == (first.payload, bytes([n] * 8))
    with pytest.raises(lake.CoapError) as caught:
        client.next(Incoming(0x81, echo=b"once more"))
    assert caught.value.status == lake.Status.ERR_CHALLENGES


def test_suites_in_circles() -> None:
    _, client = waiting()
    with pytest.raises(lake.LakeError):
        for _ in range(10):
            client.next(Incoming(0x80, lake.build_error(2, suites=[3]), format=64))
    assert not client.is_done


@pytest.mark.parametrize("echo", [bytes(41), bytes(1000)])
def test_an_echo_option_that_is_too_long(echo: bytes) -> None:
    _, client = waiting()
    with pytest.raises(lake.LakeError):
        client.next(Incoming(0x81, echo=echo))


# --- Calls that are wrong -------------------------------------------------------------------


def test_before_the_start() -> None:
    client = Pair().client()
    for use in (
        client.again,
        client.proceed,
        client.no_answer,
        client.verified,
        lambda: client.next(Incoming(0x44)),
        lambda: client.combine(b"x"),
        lambda: client.session,
        lambda: client.peer_profiles,
    ):
        with pytest.raises(lake.StateError):
            use()
    assert not client.is_done
    assert client.start()


def test_after_the_start() -> None:
    pair, client = waiting()
    for setter in (
        lambda: client.set_prepare(None),
        lambda: client.discover(pair.server.link()),
        lambda: client.suit(Profile()),
        lambda: client.add_profile(Profile(id=0)),
        lambda: client.ask_profiles(),
    ):
        with pytest.raises(lake.StateError) as caught:
            setter()
        assert caught.value.status == lake.Status.ERR_FROZEN
    with pytest.raises(lake.StateError):
        client.start()


@pytest.mark.parametrize("role", BOTH)
def test_after_the_end(role: lake.Role) -> None:
    pair = Pair()
    client = pair.client(role)
    pair.run(client)
    for use in (
        client.start,
        client.proceed,
        client.no_answer,
        client.verified,
        lambda: client.next(Incoming(0x44)),
        lambda: client.combine(b"x"),
    ):
        with pytest.raises(lake.StateError):
            use()
    assert client.is_done, "nothing of that has harmed it"
    assert client.session.info.is_complete


def test_combine_at_a_wrong_time() -> None:
    _, early = waiting()
    _, reverse = waiting(RESPONDER, after=1)
    for client in (early, reverse):
        with pytest.raises(lake.StateError):
            client.combine(b"ciphertext")
        with pytest.raises(lake.StateError):
            client.verified()
    _, client = waiting(after=1)
    given: list[dict[str, Any]] = [{"payload": b""}, {"payload": b"x", "block": -1}]
    for wrong in given:
        with pytest.raises(lake.ArgumentError):
            client.combine(**wrong)


def test_no_answer() -> None:
    _, client = waiting()
    client.no_answer()
    with pytest.raises(lake.StateError):
        client.next(Incoming(0x44))
    assert "no answer came" in client.trace()


def test_a_config_that_does_not_do() -> None:
    client = Client(lake.Config())
    with pytest.raises(lake.CredentialError) as caught:
        client.start()
    assert caught.value.status == lake.Status.ERR_NO_CREDENTIAL
    assert client.error_request is None
    config = lake.Config()
    config.close()
    with pytest.raises(lake.HandleError):
        Client(config)
    with pytest.raises(lake.ArgumentError):
        Client(lake.Config(), 3)  # type: ignore[arg-type]


def test_it_is_busy_in_its_callback() -> None:
    statuses: list[lake.Status] = []

    def prepare(_: lake.Session) -> None:
        for use in (client.again, client.close, lambda: client.session):
            with pytest.raises(lake.StateError) as caught:
                use()
            statuses.append(caught.value.status)

    pair = Pair()
    client = pair.client(prepare=prepare)
    pair.run(client)
    assert set(statuses) == {lake.Status.ERR_BUSY}


@pytest.mark.parametrize("raised", [Mine("no EAD"), KeyboardInterrupt(), lake.StateError("mine")])
@pytest.mark.parametrize("role", BOTH)
def test_what_prepare_raises(raised: BaseException, role: lake.Role) -> None:
    def prepare(_: lake.Session) -> None:
        raise raised

    client = Pair().client(role, prepare=prepare)
    with pytest.raises(type(raised)) as caught:
        client.start()
    assert caught.value is raised
    with pytest.raises(lake.StateError):
        client.session  # noqa: B018
    assert lake.Config()._handle, "the next call is not troubled by it"


def test_what_a_resolver_raises() -> None:
    """It comes out, and the server is told."""

    def resolve(session: lake.Session, _: bytes) -> None:
        raise Mine(session.__class__.__name__)

    pair = Pair()
    pair.config_i = lake.Config(own=[pair.own_i], methods=[3], suites=[2], resolver=resolve)
    client = pair.client()
    answer = pair.ask(client.start())
    with pytest.raises(Mine, match="Session"):
        client.next(answer_of(answer))
    request = client.error_request
    assert request
    assert pair.ask(request).code == CHANGED
    assert pair.events[-1].status == lake.Status.ERR_PEER_UNSPECIFIED


# --- Questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", BOTH)
def test_questions(role: lake.Role) -> None:
    pair = Pair(pull=lake.Pull.PEER)
    client = pair.client(role)
    own, other = (pair.own_i, pair.own_r) if role == INITIATOR else (pair.own_r, pair.own_i)
    peer = lake.Config(own=[other], peers=[own], methods=[3], suites=[2])
    options: dict[str, Any] = {"responder" if role == INITIATOR else "initiator": peer}
    pair.server = lake.coap.Server(**options, on_event=pair.events.append)
    request = client.start()
    with pytest.raises(lake.PendingPeer):
        while True:
            following = client.next(answer_of(pair.ask(request)))
            assert following
            request = following
    assert client.error_request is None
    with pytest.raises(lake.StateError):
        client.next(Incoming(0x44))
    assert client.session.peer_credential.cred == other.cred
    last = client.proceed()
    if last:
        assert client.next(answer_of(pair.ask(last))) is None
    assert client.is_done


def _config(pair: Pair, role: lake.Role) -> lake.Config:
    return pair.config_i if role == INITIATOR else pair.config_r


def test_the_answer_is_no() -> None:
    pair = Pair(pull=lake.Pull.PEER)
    client = pair.client()
    with pytest.raises(lake.PendingPeer):
        client.next(answer_of(pair.ask(client.start())))
    client.session.reject_peer(lake.Status.ERR_PEER_REJECTED)
    with pytest.raises(lake.CredentialError) as caught:
        client.proceed()
    assert caught.value.status == lake.Status.ERR_PEER_REJECTED
    assert client.error_request
    assert pair.ask(client.error_request).code == CHANGED
    with pytest.raises(lake.StateError):
        client.proceed()


def test_the_key_of_a_credential_that_a_session_was_given() -> None:
    """It is there as long as the client, even if nobody else has the credential, and no longer."""
    pair = Pair()
    given: list[weakref.ref[Callable[..., bytes]]] = []

    def prepare(session: lake.Session) -> None:
        own = lake.Credential.from_ccs(pair.own_i.cred)

        def compute(_operation: lake.KeyOperation, _data: bytes) -> bytes:
            raise Mine("the key")

        own.set_external_key(compute)
        session.set_own_credential(own)
        given.append(weakref.ref(compute))

    client = pair.client(prepare=prepare)
    request = client.start()
    gc.collect()
    assert given[0]() is not None
    with pytest.raises(Mine, match="the key") as caught:
        client.next(answer_of(pair.ask(request)))
    del caught
    client.close()
    gc.collect()
    assert given[0]() is None
