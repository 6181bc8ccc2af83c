"""Method 4: who has proved what when, EAD of message_2, and where keys of resumption come from."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

import lake
from lake.testing import configs, handshake

EARLY, LATE = 100, 101


def sessions(**initiator: Any) -> tuple[lake.Session, lake.Session]:
    psk = lake.Credential.from_psk(bytes.fromhex("a1044110"), bytes(range(16)), b"\x41i", b"\x41r")
    settings: tuple[dict[str, Any], ...] = (initiator, {})
    made = []
    for role, more in zip(lake.Role, settings, strict=True):
        config = lake.Config(methods=[4], suites=[2], **more)
        config.add_psk(role, psk)
        made.append(lake.Session(config, role))
    return made[0], made[1]


def up_to_message_3(i: lake.Session, r: lake.Session) -> None:
    r.process_message(1, i.prepare_message(1))
    i.process_message(2, r.prepare_message(2))
    r.process_message(3, i.prepare_message(3))


@pytest.mark.parametrize("completed", [False, True])
def test_peer_proved(completed: bool) -> None:
    i, r = sessions()
    up_to_message_3(i, r)
    if completed:
        i.complete_without_message_4()
        assert i.info.is_complete
    for refused in (i.resumption_credential, lambda: lake.ResumptionStore().keep(i), lambda: i.save(bytes(32))):
        with pytest.raises(lake.StateError):
            refused()
    assert not i.info.is_authenticated
    with pytest.raises(lake.NotFoundError):
        _ = i.peer_credential
    i.peer_proved()
    assert i.info.is_complete
    assert i.info.is_authenticated
    assert i.peer_credential.info.kind == lake.CredentialKind.PSK
    lake.ResumptionStore().keep(i)
    with pytest.raises(lake.StateError):
        r.peer_proved()


def test_message_4_is_required() -> None:
    i, r = sessions(message_4=True)
    up_to_message_3(i, r)
    with pytest.raises(lake.StateError):
        i.peer_proved()
    assert i.info.state == lake.State.WAIT_MESSAGE_4


@pytest.mark.parametrize("message_4", [False, True])
def test_early_ead(message_4: bool) -> None:
    told: list[tuple[int, lake.EADItem]] = []

    def handle(_session: lake.Session, message: int, item: lake.EADItem) -> bool:
        told.append((message, item))
        return True

    i, r = sessions(ead_handler=handle, early_ead_labels=[EARLY])
    r.ead_add(2, -LATE, b"l")
    r.ead_add(2, -EARLY, b"e")
    up_to_message_3(i, r)
    early = (2, lake.EADItem(-EARLY, b"e", is_unverified=True))
    assert told == [early]
    assert i.ead(2) == [early[1]]
    if message_4:
        i.process_message(4, r.prepare_message(4))
    else:
        i.peer_proved()
    late = lake.EADItem(-LATE, b"l")
    assert told == [early, (2, late)]
    assert i.ead(2) == [late, lake.EADItem(-EARLY, b"e")]


@pytest.mark.parametrize("known", [True, False])
def test_pulled_ead(known: bool) -> None:
    """The questions about message_2 come with the fourth message; lake.aio answers them."""
    asked: list[int] = []

    async def accept(message: int, _item: lake.EADItem) -> bool:
        asked.append(message)
        return known

    i, r = sessions(pull=lake.Pull.EAD)
    r.ead_add(2, -LATE)
    r.ead_add(4, -EARLY)
    up_to_message_3(i, r)
    with pytest.raises(lake.PendingEAD) as question:
        i.process_message(4, r.prepare_message(4))
    assert i.info.state.name == "PENDING_MESSAGE_4"
    answer = lake.aio.Host(accept=accept).answer(i, question.value.status)
    if known:
        asyncio.run(answer)
        i.proceed()
        assert asked == [2, 4]
        assert i.info.is_authenticated
    else:
        with pytest.raises(lake.MessageError):
            asyncio.run(answer)
        assert i.info.state == lake.State.FAILED


def test_a_critical_item_ends_the_run_after_completion() -> None:
    i, r = sessions(pull=lake.Pull.EAD)
    r.ead_add(2, -LATE)
    up_to_message_3(i, r)
    i.complete_without_message_4()
    with pytest.raises(lake.MessageError) as caught:
        i.peer_proved()
    assert caught.value.status == lake.Status.ERR_EAD_CRITICAL
    assert i.info.state == lake.State.FAILED


@pytest.mark.parametrize(
    ("psk", "cred_i", "cred_r"),
    [
        (bytes(16), b"\x41i", b"\x41r"),
        (b"k" * 15, b"\x41i", b"\x41r"),
        (b"k" * 16, b"\x01", b"\x41r"),
        (b"k" * 16, b"\x41i", b"\x61r"),
        (b"k" * 16, b"\xa1\x01\x61i", b"\x41r"),
        (b"k" * 16, b"\xa1\x02\x61i", b"\xa2\x02\x61i\x01\x61r"),
    ],
    ids=["zero", "short", "number", "text", "no sub", "same sub"],
)
def test_refused_keys(psk: bytes, cred_i: bytes, cred_r: bytes) -> None:
    with pytest.raises(lake.ArgumentError):
        lake.Credential.from_psk(bytes.fromhex("a1044110"), psk, cred_i, cred_r)


def test_origin() -> None:
    begun = int(time.time())
    initiator, responder = handshake()
    key = initiator.resumption_credential()
    origin = key.info.origin
    assert origin
    assert key.data(lake.DataKind.ORIGIN_ID_CRED_R) == initiator.peer_id_cred
    assert key.data(lake.DataKind.ORIGIN_ID_CRED_I) == responder.peer_id_cred
    assert begun <= origin.at <= time.time()
    assert origin.until is None
    assert initiator.peer_credential.info.origin is None
    with pytest.raises(lake.NotFoundError):
        initiator.peer_credential.data(lake.DataKind.ORIGIN_ID_CRED_R)


@pytest.mark.parametrize(("limit", "kept"), [(0, 0), (31 * 86400, 0), (32 * 86400, 1)])
def test_chain_limit(limit: int, kept: int) -> None:
    """A key is not kept whose run with long-term credentials was 31 days ago."""
    config_i, config_r = configs()
    config_i.set_time(1_700_000_000)
    i, r = lake.Session(config_i, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER)
    i.step(r.step(i.step()))
    config_i.set_time(1_700_000_000 + 31 * 86400)
    store = lake.ResumptionStore(chain_limit=limit)
    store.keep(i)
    assert len(store) == kept
    with pytest.raises(lake.ArgumentError):
        lake.ResumptionStore(chain_limit=1 << 40)


def test_exchange_lifetime() -> None:
    config_i, config_r = configs()
    config_r.set_option(lake.ConfigOption.EXCHANGE_LIFETIME, 10)
    config_r.set_time(1_700_000_000)
    i, r = lake.Session(config_i, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER)
    up_to_message_3(i, r)
    message_4 = r.prepare_message(4)
    config_r.set_time(1_700_000_009)
    assert r.prepare_message(4) == message_4
    config_r.set_time(1_700_000_010)
    with pytest.raises(lake.StateError):
        r.prepare_message(4)
    with pytest.raises(lake.ArgumentError):
        lake.Config(exchange_lifetime=1 << 40)


def test_export_keeps_the_labels_of_resumption() -> None:
    initiator, _ = handshake()
    for label in (2, 3):
        with pytest.raises(lake.ArgumentError):
            initiator.export(label, 16)
