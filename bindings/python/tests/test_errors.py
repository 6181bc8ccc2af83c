"""What goes wrong, as the caller sees it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

import lake
from lake.testing import configs, handshake, sessions


def test_wrong_state_changes_nothing() -> None:
    initiator, responder = sessions()
    with pytest.raises(RuntimeError) as caught:
        initiator.prepare_message(3)
    assert isinstance(caught.value, lake.StateError)
    assert caught.value.status == lake.Status.ERR_STATE
    assert caught.value.error_message is None
    assert initiator.info.state == lake.State.START


def test_the_error_message_to_send_comes_with_the_exception() -> None:
    initiator, responder = sessions()
    with pytest.raises(lake.MessageError) as caught:
        responder.process_message(1, b"\x03")
    assert responder.info.state == lake.State.FAILED
    assert caught.value.error_message == responder.prepare_error()
    with pytest.raises(ConnectionAbortedError) as ended:
        initiator.step()
        initiator.step(caught.value.error_message)
    assert isinstance(ended.value, lake.PeerError)
    assert ended.value.error_message is None, "an error message is never answered by one"
    assert initiator.peer_error.text == lake.parse_error(caught.value.error_message).text


@pytest.mark.parametrize("by_step", [True, False])
def test_garbage_ends_the_session_and_is_answered(by_step: bool) -> None:
    initiator, responder = sessions()
    message_2 = responder.step(initiator.step())
    process = initiator.step if by_step else partial(initiator.process_message, 2)
    with pytest.raises(lake.MessageError) as caught:
        process(b"\xff\xff")
    assert initiator.info.state == lake.State.FAILED
    assert caught.value.error_message == initiator.prepare_error()
    with pytest.raises(lake.StateError):
        process(message_2)


def test_what_looks_like_an_error_message_is_not_answered() -> None:
    ways: list[Callable[[lake.Session, bytes], object]] = [
        lambda session, data: session.step(data),
        lambda session, data: session.process_message(2, data),
        lambda session, data: session.process_error(data),
    ]
    for process in ways:
        initiator, _ = sessions()
        initiator.step()
        with pytest.raises(lake.MessageError) as caught:
            process(initiator, b"\x01\x01")  # code 1 without a text
        assert initiator.info.state == lake.State.FAILED
        assert caught.value.error_message is None
        with pytest.raises(lake.NotFoundError):
            initiator.prepare_error()


def test_error_messages_are_answers() -> None:
    """Who waits for an answer has nothing to answer."""
    initiator, responder = sessions()
    with pytest.raises(lake.NotFoundError):
        initiator.abort()
        initiator.prepare_error()
    initiator, responder = sessions()
    responder.process_message(1, initiator.step())
    responder.reject_peer(lake.Status.ERR_PEER_REJECTED)
    assert lake.parse_error(responder.prepare_error()).code == 1
    with pytest.raises(lake.NotFoundError):
        initiator.reject_peer(lake.Status.ERR_PEER_REJECTED)
        initiator.prepare_error()


def test_an_error_message_after_completion() -> None:
    """The Responder has not accepted message_3: the Initiator, which is complete, is told."""
    initiator, responder = sessions()
    initiator.step(responder.step(initiator.step()))
    with pytest.raises(lake.PeerError) as caught:
        initiator.step(lake.build_error(3))
    assert caught.value.status == lake.Status.ERR_PEER_CREDENTIAL
    assert caught.value.error_message is None
    assert initiator.info.is_complete
    assert initiator.peer_error.code == 3


def test_a_wrong_tag_is_a_permission_error() -> None:
    initiator, responder = sessions()
    message_3 = initiator.step(responder.step(initiator.step()))
    with pytest.raises(PermissionError) as caught:
        responder.step(message_3[:-1] + bytes([message_3[-1] ^ 1]))
    assert isinstance(caught.value, lake.AuthenticationError)
    assert caught.value.error_message
    assert lake.parse_error(caught.value.error_message).text == "authentication failed"


def test_an_unknown_peer_is_a_lookup_error() -> None:
    config_i, _ = configs()
    _, config_r = configs()
    own = lake.Credential.generate(lake.KeyKind.P256, kid=b"\x99")
    initiator = lake.Session(lake.Config(own=[own], methods=[3]), lake.Role.INITIATOR)
    responder = lake.Session(config_r, lake.Role.RESPONDER)
    with pytest.raises(LookupError) as caught:
        initiator.step(responder.step(initiator.step()))
    assert isinstance(caught.value, lake.UnknownCredentialError)
    assert caught.value.error_message == b"\x03\xf5"


def test_suite_negotiation_by_step() -> None:
    own_i, own_r = (lake.Credential.generate(lake.KeyKind.P256, kid=kid) for kid in (b"I", b"R"))
    initiator = lake.Session(lake.Config(own=[own_i], peers=[own_r], methods=[3], suites=[3, 2]), lake.Role.INITIATOR)
    config = lake.Config(own=[own_r], peers=[own_i], methods=[3], suites=[2])
    with pytest.raises(lake.MessageError) as caught:
        lake.Session(config, lake.Role.RESPONDER).step(initiator.step())
    assert caught.value.error_message
    assert lake.parse_error(caught.value.error_message).suites == [2]
    responder = lake.Session(config, lake.Role.RESPONDER)
    responder.step(initiator.step(responder.step(initiator.step(caught.value.error_message))))
    assert responder.info.is_complete
    assert responder.info.suite == 2
    assert initiator.trace().count("message_1 sent") == 2
    assert "message_2 received" in initiator.trace()


def test_frozen_and_closed() -> None:
    config, _ = configs()
    with lake.Session(config, lake.Role.INITIATOR) as session, pytest.raises(lake.StateError):
        config.set_methods([0])
    config.close()
    with pytest.raises(lake.HandleError):
        session.step()
    session.close()
    assert "closed" in repr(session)


def test_arguments() -> None:
    initiator, _ = handshake()
    for length in (-1, 0, 255 * 32 + 1):
        with pytest.raises(ValueError, match=r"length|argument"):
            initiator.export(32768, length)
    with pytest.raises(lake.ArgumentError):
        lake.Config(limits=lake.SessionLimits(message_size=1 << 30))
    with pytest.raises(NotImplementedError):
        lake.suite_info(99)


def test_nothing_secret_is_printed() -> None:
    pair = lake.generate_keypair(lake.KeyKind.P256)
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in str(pair)
    initiator, _ = handshake()
    context = initiator.oscore_context()
    for shown in (repr(context), repr(initiator), initiator.trace(), repr(vars(initiator))):
        assert context.master_secret.hex() not in shown
        assert repr(context.master_secret) not in shown
    assert context.master_secret.hex() in initiator.trace(insecure_secrets=True)
