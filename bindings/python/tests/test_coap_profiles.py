"""lake.coap: application profiles, links, and what is told in EAD and error messages."""

from __future__ import annotations

from typing import Any

import pytest
from coap_pair import INITIATOR, RESPONDER, Pair, answer_of

import lake
from lake.coap import Advertised, Client, Profile, Resource, Server, peer_profiles, read_links
from lake.testing import configs

EAD = 32791


def test_well_known() -> None:
    profile, name = Profile.well_known(2)
    assert name == "BASIC-CS-2-X509"
    assert profile == Profile(id=2, methods=[0, 3], suites=[2], cred_types=[1, 2], id_cred_types=[4, 34])
    for id in (-1, 9, 1 << 40):
        with pytest.raises(lake.NotFoundError):
            Profile.well_known(id)


def test_of_a_config() -> None:
    config_i, config_r = configs(message_4=True)
    profile = Profile.of(config_r, RESPONDER, combined_request=True)
    assert (profile.methods, profile.suites, profile.cred_types) == ([3], [2, 3], [1])
    assert (profile.message_4, profile.combined_request, profile.id) == (True, None, None)
    plain, _ = configs()
    assert Profile.of(plain, INITIATOR, combined_request=True).combined_request is True
    with pytest.raises(lake.ArgumentError):
        Profile.of(plain, 3)  # type: ignore[arg-type]


def test_everything_that_a_profile_says() -> None:
    profile = Profile(
        id=-20, methods=[0, 1, 2, 3], suites=[2, 0], cred_types=[0, 1, 2, 3], id_cred_types=[4, 14, 34], eads=[1, EAD],
        message_4=False, combined_request=True, resumption=False,
    )  # fmt: skip
    assert Profile.decode(profile.encode()) == profile
    assert Profile.decode(bytearray(profile.encode())) == profile


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"methods": []},
        {"cred_types": []},
        {"methods": [3, 3]},
        {"eads": [1, 1]},
        {"methods": list(range(65))},
        {"methods": [1 << 64]},
        {"id": 1 << 64},
        {"exporter_lengths": dict.fromkeys(range(65), 1)},
        {"exporter_lengths": {-1: 1}},
    ],
)
def test_profiles_that_are_none(changes: dict[str, Any]) -> None:
    made: dict[str, Any] = {"id": 20, "methods": [3], "cred_types": [1], **changes}
    with pytest.raises(ValueError, match=r"\w"):
        Profile(**made).encode()


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xa0", b"\x80", b"\xa1\x01\x03", b"\xa3\x01\x03\x06\x01\x17\x60"])
def test_objects_that_are_none(data: bytes) -> None:
    with pytest.raises(lake.MessageError):
        Profile.decode(data)


# --- Links -----------------------------------------------------------------------------------------


def test_links_both_ways() -> None:
    resource = Resource(
        "/edhoc", initiator=True, responder=True,
        profile=Profile(methods=[0, 3], suites=[2], cred_types=[1], id_cred_types=[4], eads=[5], combined_request=True),
    )  # fmt: skip
    named = Resource("/named", profile=Profile(eads=[7]), profile_ids=[0, 2])
    document = f"</hello>;ct=0,{resource.link()},\n{named.link()}"
    assert read_links(document) == [resource, named]
    assert read_links("") == []
    assert read_links("</hello>") == []


@pytest.mark.parametrize(
    "document", ["<", "</edhoc", "no link", '</e>;rt="core.edhoc', "</a></b>", "</a>;=1", "x" * 70000]
)
def test_documents_that_are_none(document: str) -> None:
    with pytest.raises(lake.MessageError):
        read_links(document)
    with pytest.raises(lake.MessageError):
        Client(lake.testing.configs()[0]).discover(document)


@pytest.mark.parametrize(
    "resource",
    [
        Resource("edhoc"),
        Resource("/with space"),
        Resource("/a>b"),
        Resource(""),
        Resource(profile=Profile(methods=[3, 3])),
        Resource(profile=Profile(message_4=True, combined_request=True)),
        Resource(profile_ids=list(range(65))),
    ],
)
def test_resources_that_are_none(resource: Resource) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        resource.link()


def test_discovery() -> None:
    config_i, config_r = configs()
    server = Server(responder=config_r, on_event=print)
    documents = {
        server.link(): "/.well-known/edhoc",
        "</other>;rt=core.edhoc;ed-csuite=0;ed-r," + server.link("/mine"): "/mine",
        "</any>;rt=core.edhoc": "/any",
    }
    for document, path in documents.items():
        assert Client(config_i).discover(document) == path
    for document in ("", "</hello>", "</x>;rt=core.edhoc;ed-i", "</x>;rt=core.edhoc;ed-method=0"):
        with pytest.raises(lake.NotFoundError):
            Client(config_i).discover(document)
    with pytest.raises(lake.NotFoundError):
        Client(config_r, RESPONDER).discover(server.link())
    both = Server(responder=config_r, initiator=config_i, on_event=print)
    assert Client(config_r, RESPONDER).discover(both.link()) == "/.well-known/edhoc"
    with pytest.raises(lake.ArgumentError):
        server.link("no path")


def test_suit() -> None:
    config_i, _ = configs()
    client = Client(config_i)
    with pytest.raises(lake.PeerError):
        client.suit(Profile(suites=[0]))
    with pytest.raises(lake.MessageError):
        client.suit(Profile(methods=[0]))
    client.suit(Profile(methods=[3, 0], suites=[3]))
    client.start()
    assert client.session.info.suite == 3


# --- In EAD, and in error messages -------------------------------------------------------------------


def test_told_in_ead() -> None:
    """The client says what it is and asks; the server answers in message_2."""
    pair = Pair(ead_labels=[EAD])
    own = Profile(methods=[3], exporter_lengths={40000: 32})
    pair.server.add_profile(Profile(id=0))
    pair.server.add_profile(Profile(id=2))
    client = pair.client(profiles=[own], ask_profiles=True)
    pair.run(client)
    assert [profile.id for profile in client.peer_profiles] == [0, 2]
    session = pair.events[0].session
    assert session
    assert peer_profiles(session, 1) == Advertised([own], True)
    assert [profile.id for profile in peer_profiles(client.session, 2).profiles] == [0, 2]
    for message in (0, 3, 5):
        with pytest.raises(lake.ArgumentError):
            peer_profiles(session, message)


@pytest.mark.parametrize("ask", [None, False])
def test_who_does_not_ask(ask: bool | None) -> None:
    pair = Pair(ead_labels=[EAD])
    pair.server.add_profile(Profile(id=0))
    client = pair.client(profiles=[Profile(id=0)], ask_profiles=ask)
    pair.run(client)
    assert client.peer_profiles == []
    assert pair.events[0].session
    assert peer_profiles(pair.events[0].session, 1).ask is ask


def test_a_server_that_does_not_understand() -> None:
    """The item is critical."""
    pair = Pair()
    config = lake.Config(own=[pair.own_i], peers=[pair.own_r], methods=[3], ead_labels=[EAD])
    client = Client(config, profiles=[Profile(id=0)])
    with pytest.raises(lake.LakeError):
        client.next(answer_of(pair.ask(client.start())))
    assert pair.events[0].status == lake.Status.ERR_EAD_CRITICAL


def test_told_in_an_error_message() -> None:
    """A method that the server has not: it tells what it has, and the client begins again."""
    info = lake.suite_info(2)
    own_i, own_r = (lake.Credential.generate(info.curve, kid=kid) for kid in (b"I", b"R"))
    pair = Pair()
    config_r = lake.Config(own=[own_r], peers=[own_i], methods=[3], suites=[2], ead_labels=[EAD])
    pair.config_i = lake.Config(own=[own_i], peers=[own_r], methods=[0, 3], suites=[2])
    pair.server = Server(responder=config_r, on_event=pair.events.append, profiles=[Profile(id=0)])
    client = pair.client()
    pair.run(client)
    assert client.session.info.method == 3
    assert [profile.id for profile in client.peer_profiles] == [0]


def test_profiles_that_cannot_be_told() -> None:
    pair = Pair(ead_labels=[EAD])
    contradiction = [Profile(message_4=True), Profile(message_4=False)]
    pair.server.add_profile(contradiction[0])
    with pytest.raises(lake.ArgumentError):
        pair.server.add_profile(contradiction[1])
    client = pair.client(profiles=contradiction[:1])
    with pytest.raises(lake.ArgumentError):
        client.add_profile(contradiction[1])
    with pytest.raises(lake.ArgumentError):
        client.add_profile(Profile(methods=[3, 3]))
