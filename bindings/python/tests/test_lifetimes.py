"""What callbacks need lives as long as the library can call them, and no longer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from coap_pair import Pair

import lake
import lake.aiocoap
import lake.endpoint
from lake.coap import Event, EventKind
from lake.testing import configs, credentials, handshake, sessions


class Mine(Exception):
    pass


class Function:
    """A callback that can be watched; what it holds goes with it."""

    def __init__(self, answer: object = None, at_end: Callable[[], object] | None = None) -> None:
        self.answer, self.at_end = answer, at_end

    def __call__(self, *_: object) -> Any:
        return self.answer

    def __del__(self) -> None:
        if self.at_end:
            self.at_end()


@pytest.fixture(autouse=True)
def _no_handle_is_left() -> Iterator[None]:
    gc.collect()
    before = lake.live_handles()
    yield
    gc.collect()
    assert lake.live_handles() == before


SETTERS: list[Callable[[lake.Config, Any], None]] = [
    lake.Config.set_credential_callback,
    lake.Config.set_verify_callback,
    lake.Config.set_ead_callback,
    lake.Config.set_keylog,
]


@pytest.mark.parametrize("setter", SETTERS)
def test_of_a_config(setter: Callable[[lake.Config, Any], None]) -> None:
    config, function = lake.Config(), Function()
    setter(config, function)
    first = weakref.ref(function)
    function = Function()
    assert first() is not None
    setter(config, function)
    assert first() is None, "it was replaced"
    second = weakref.ref(function)
    del function
    session = lake.Session(config, lake.Role.RESPONDER)
    config.close()
    assert second() is not None, "the session may call it"
    session.close()
    assert second() is None


@pytest.mark.parametrize("setter", SETTERS)
def test_what_is_refused_is_not_kept(setter: Callable[[lake.Config, Any], None]) -> None:
    config, function = configs()[0], Function()
    with lake.Session(config, lake.Role.INITIATOR), pytest.raises(lake.StateError) as caught:
        setter(config, function)
    assert caught.value.status == lake.Status.ERR_FROZEN
    known = weakref.ref(function)
    del function, caught
    assert known() is None


def test_of_a_key() -> None:
    own, function = lake.Credential.generate(lake.KeyKind.P256), Function(b"")
    own.set_external_key(function)
    known = weakref.ref(function)
    del function
    config = lake.Config(own=[own], methods=[3], peers=[lake.Credential.generate(lake.KeyKind.P256)])
    session = lake.Session(config, lake.Role.INITIATOR)
    own.close()
    config.close()
    assert known() is not None
    session.close()
    assert known() is None


def test_of_the_log() -> None:
    function = Function()
    known = weakref.ref(function)
    lake.set_log(function)
    del function
    handshake()
    assert known() is not None
    lake.set_log(None)
    assert known() is None


@pytest.mark.parametrize("use", ["close", "collect"])
def test_of_a_server_and_a_client(use: str) -> None:
    functions = [Function() for _ in range(3)]
    known = [weakref.ref(function) for function in functions]
    config_i, config_r = configs()
    server = lake.coap.Server(responder=config_r, on_event=functions[0], prepare=functions[1])
    client = lake.coap.Client(config_i, prepare=functions[2])
    functions.clear()
    server.handle(lake.coap.Incoming(2, client.start().payload))
    assert all(function() is not None for function in known)
    if use == "close":
        server.close()
        client.close()
    else:
        del server, client
    assert [function() for function in known] == [None, None, None]


@pytest.mark.parametrize("use", ["close", "collect"])
def test_of_an_endpoint(use: str) -> None:
    function = Function()
    known = weakref.ref(function)
    endpoint = lake.endpoint.Endpoint(initiator=configs()[0], prepare=function)
    del function
    endpoint.send(b"server", bytes.fromhex("40010001"))
    assert known() is not None
    if use == "close":
        endpoint.close()
    else:
        del endpoint
    assert known() is None


@pytest.mark.parametrize("make", ["new", "restore"])
def test_an_endpoint_that_is_refused_keeps_nothing(make: str) -> None:
    function = Function()
    known = weakref.ref(function)
    with pytest.raises(lake.ArgumentError) as caught:
        if make == "new":
            lake.endpoint.Endpoint(prepare=function)
        else:
            lake.endpoint.Endpoint.restore(bytes(32), b"", responder=configs()[1], ahead=1, prepare=function)
    del function, caught
    assert known() is None


def test_an_endpoint_goes_on_without_its_configs() -> None:
    config, _ = configs()
    endpoint = lake.endpoint.Endpoint(initiator=config, resumption=lake.ResumptionStore())
    config.close()
    gc.collect()
    endpoint.send(b"server", bytes.fromhex("40010001"))
    assert len(list(endpoint.actions())) == 1


def test_a_server_on_aiocoap_does_not_keep_itself() -> None:
    server = lake.aiocoap.Server(lake.Config())
    known = weakref.ref(server)
    del server
    gc.collect()
    assert known() is None


def test_a_run_of_a_server_has_one_object() -> None:
    """Also when nobody keeps it between the calls; the application can hang things on it."""
    seen: list[tuple[str, object]] = []

    def prepare(session: lake.Session) -> None:
        session.mine = "noted"  # type: ignore[attr-defined]
        seen.append(("prepare", weakref.ref(session)))

    def verify(session: lake.Session, _: lake.Credential) -> bool:
        seen.append(("verify", getattr(session, "mine", None)))
        return True

    def on_event(event: Event) -> None:
        seen.append((event.kind.name, getattr(event.session, "mine", None)))
        if event.kind == EventKind.ESTABLISHED:
            pair.events.append(event)

    pair = Pair(on_event=on_event, prepare=prepare)
    config = lake.Config(own=[pair.own_r], peers=[pair.own_i], methods=[3], verifier=verify, pull=lake.Pull.PEER)
    pair.server = lake.coap.Server(responder=config, on_event=on_event, prepare=prepare)
    client = pair.client()
    request = pair.incoming(pair.half_open(client))
    gc.collect()
    pair.server.handle(request)
    session = seen[0][1]
    assert isinstance(session, weakref.ref)
    made = session()
    assert made
    pair.server.proceed(made)
    assert [what for what, _ in seen] == ["prepare", "verify", "PENDING", "ESTABLISHED"]
    assert [noted for _, noted in seen[1:]] == ["noted"] * 3
    assert pair.events[0].session is made
    del made
    pair.events.clear()
    assert session() is None, "an established session is the application's alone"
    pair.server.close()  # or it would be there as long as on_event, which refers to it


def test_what_ends_may_use_the_library() -> None:
    """It does not take the exception of a callback that is under way."""

    def at_end() -> None:
        with pytest.raises(lake.StateError):
            sessions()[0].prepare_message(3)
        lake.Config().set_methods([3])
        ended.append("used")

    def resolve(_session: lake.Session, _id_cred: bytes) -> None:
        other.set_verify_callback(None)
        raise Mine

    ended: list[str] = []
    other = lake.Config(verifier=Function(at_end=at_end))
    own, own_r = credentials()
    initiator = lake.Session(lake.Config(own=[own], methods=[3], resolver=resolve), lake.Role.INITIATOR)
    responder = lake.Session(lake.Config(own=[own_r], methods=[3]), lake.Role.RESPONDER)
    message_2 = responder.step(initiator.step())
    with pytest.raises(Mine) as caught:
        initiator.step(message_2)
    assert ended == ["used"]
    del caught
