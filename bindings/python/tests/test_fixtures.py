"""lake.testing, as somebody who tests a device uses it."""

from __future__ import annotations

from typing import Any

import pytest

import lake
from lake.testing import InitiatorPeer, ResponderPeer


def test_device_is_initiator(lake_responder: ResponderPeer) -> None:
    with InitiatorPeer() as device:
        lake_responder.trust(device.credential)
        device.trust(lake_responder.credential)
        assert device.get(lake_responder.uri, "hello") == b"Hello, initiator"
    assert lake_responder.sessions[0].info.is_complete


def test_device_is_responder(lake_initiator: InitiatorPeer) -> None:
    with ResponderPeer() as device:
        device.trust(lake_initiator.credential)
        lake_initiator.trust(device.credential)
        session = lake_initiator.handshake(device.uri)
    assert session.peer_credential.cred == device.credential.cred


def test_the_trace_of_a_failure(lake_initiator: InitiatorPeer) -> None:
    with ResponderPeer() as device:
        with pytest.raises(lake.LakeError):
            lake_initiator.handshake(device.uri)
        assert [event.status.name for event in device.events] == ["ERR_PEER_CREDENTIAL"]
        assert device.sessions == []
    trace = lake_initiator.trace()
    assert "message_2 received" in trace
    assert "The run has failed" in trace


def test_device_is_client_and_responder() -> None:
    with ResponderPeer(reverse=True) as peer, InitiatorPeer(reverse=True) as device:
        peer.trust(device.credential)
        device.trust(peer.credential)
        session = device.handshake(peer.uri)
        assert session.info.role == lake.Role.RESPONDER
        assert peer.sessions[0].info.role == lake.Role.INITIATOR
        assert device.get(peer.uri, "hello") == b"Hello, initiator"


def test_trust_ends_with_the_first_run(lake_responder: ResponderPeer) -> None:
    with InitiatorPeer() as device, pytest.raises(lake.LakeError):
        device.handshake(lake_responder.uri)
    with pytest.raises(lake.StateError):
        lake_responder.trust(device.credential)


def test_settings() -> None:
    settings: dict[str, Any] = {"methods": [3], "message_4": True}
    with (
        ResponderPeer(lake.KeyKind.X25519, suites=[0, 1], **settings) as peer,
        InitiatorPeer(lake.KeyKind.X25519, suites=[1], **settings) as device,
        InitiatorPeer(suites=[2]) as other,
    ):
        peer.trust(device.credential)
        device.trust(peer.credential)
        assert device.handshake(peer.uri).info.suite == 1
        with pytest.raises(lake.PeerError):
            other.handshake(peer.uri)
