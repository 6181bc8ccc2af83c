"""Callbacks: what they are given, and that what they raise comes out unchanged."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

import lake
from lake.testing import configs, handshake, sessions


class Mine(Exception):
    pass


def identity(kind: lake.KeyKind = lake.KeyKind.P256, kid: bytes = b"A") -> lake.Credential:
    return lake.Credential.generate(kind, kid=kid)


def run(initiator: lake.Session, responder: lake.Session) -> None:
    responder.step(initiator.step(responder.step(initiator.step())))


def test_resolver() -> None:
    own_i, own_r = identity(kid=b"I"), identity(kid=b"R")
    asked: list[tuple[lake.Session, bytes]] = []

    def resolve(session: lake.Session, id_cred: bytes) -> lake.Credential | None:
        asked.append((session, id_cred))
        with pytest.raises(lake.StateError):
            session.info.state  # noqa: B018 - busy in a callback
        return {own_i.id_cred: own_i, own_r.id_cred: own_r}[id_cred]

    initiator = lake.Session(lake.Config(own=[own_i], methods=[3], resolver=resolve), lake.Role.INITIATOR)
    responder = lake.Session(lake.Config(own=[own_r], methods=[3], resolver=resolve), lake.Role.RESPONDER)
    gc.collect()  # the configs' handles may go, their callbacks may not
    run(initiator, responder)
    assert asked == [(initiator, own_r.id_cred), (responder, own_i.id_cred)]
    assert initiator.peer_credential.cred == own_r.cred


@pytest.mark.parametrize("by_step", [True, False])
@pytest.mark.parametrize("raised", [Mine("no database"), KeyboardInterrupt(), lake.StateError("mine")])
def test_what_a_resolver_raises(raised: BaseException, by_step: bool) -> None:
    def resolve(_session: lake.Session, _id_cred: bytes) -> None:
        raised.__notes__ = []  # type: ignore[attr-defined]
        raise raised

    own, own_r = identity(kid=b"I"), identity(kid=b"R")
    initiator = lake.Session(lake.Config(own=[own], methods=[3], resolver=resolve), lake.Role.INITIATOR)
    responder = lake.Session(lake.Config(own=[own_r], methods=[3]), lake.Role.RESPONDER)
    message_2 = responder.step(initiator.step())
    with pytest.raises(type(raised)) as caught:
        initiator.step(message_2) if by_step else initiator.process_message(2, message_2)
    assert caught.value is raised
    assert initiator.info.last_error == lake.Status.ERR_CALLBACK
    assert lake.parse_error(initiator.prepare_error()).text == "internal error"
    lake.Config().set_methods([3])  # the next call is not troubled by it


def test_a_run_within_a_callback() -> None:
    """Another session in a callback, which raises on its own, leaves the outer one alone."""

    def resolve(_session: lake.Session, _id_cred: bytes) -> lake.Credential:
        handshake()
        with pytest.raises(lake.StateError):
            sessions()[0].prepare_message(3)
        return own_r

    own, own_r = identity(kid=b"I"), identity(kid=b"R")
    initiator = lake.Session(lake.Config(own=[own], methods=[3], resolver=resolve), lake.Role.INITIATOR)
    responder = lake.Session(lake.Config(own=[own_r], peers=[own], methods=[3]), lake.Role.RESPONDER)
    run(initiator, responder)
    assert responder.info.is_authenticated


def test_verifier() -> None:
    seen: list[lake.Credential] = []

    def verify(_session: lake.Session, peer: lake.Credential) -> bool:
        seen.append(peer)
        return peer.text(lake.TextKind.SUBJECT) == "responder"

    initiator, responder = sessions(verifier=verify)
    with pytest.raises(lake.CredentialError) as caught:
        run(initiator, responder)
    assert caught.value.status == lake.Status.ERR_PEER_REJECTED
    assert initiator.info.is_authenticated
    assert [peer.text(lake.TextKind.SUBJECT) for peer in seen] == ["responder", "initiator"], "they may be kept"


def test_ead_handler() -> None:
    got: list[tuple[int, lake.EADItem]] = []

    def handle(_session: lake.Session, message: int, item: lake.EADItem) -> bool:
        got.append((message, item))
        return item.label != -9

    initiator, responder = sessions(ead_handler=handle)
    initiator.ead_add(1, 7, b"")
    initiator.ead_add(3, -8)
    run(initiator, responder)
    assert got == [(1, lake.EADItem(7, b"")), (3, lake.EADItem(-8))]
    initiator, responder = sessions(ead_handler=handle)
    initiator.ead_add(1, -9, b"x")
    with pytest.raises(lake.MessageError) as caught:
        run(initiator, responder)
    assert caught.value.status == lake.Status.ERR_EAD_CRITICAL


def test_keys_elsewhere() -> None:
    """A key that fails: its exception comes out, and the call can be made again; then it answers later."""
    inner = identity(lake.KeyKind.X25519, b"I")
    private, public = lake.generate_keypair(lake.KeyKind.X25519)
    own = lake.Credential.from_ccs(lake.build_ccs(lake.KeyKind.X25519, public, kid=b"I"))
    asked: list[tuple[lake.KeyOperation, int]] = []

    def ecdh(operation: lake.KeyOperation, peer: bytes) -> bytes | None:
        asked.append((operation, len(peer)))
        if len(asked) == 3:
            return None
        raise Mine

    own.set_external_key(ecdh)
    own_r = identity(lake.KeyKind.X25519, b"R")
    initiator = lake.Session(lake.Config(own=[own], peers=[own_r], methods=[3]), lake.Role.INITIATOR)
    responder = lake.Session(lake.Config(own=[own_r], peers=[inner], methods=[3]), lake.Role.RESPONDER)
    responder.process_message(1, initiator.prepare_message(1))
    initiator.process_message(2, responder.prepare_message(2))
    for _ in range(2):
        with pytest.raises(Mine):
            initiator.prepare_message(3)
    with pytest.raises(lake.PendingKey) as caught:
        initiator.prepare_message(3)
    assert caught.value.status == initiator.key_question().status == lake.Status.PENDING_ECDH
    assert asked == [(lake.KeyOperation.ECDH, 32)] * 3
    assert initiator.info.state == lake.State.VERIFIED_MESSAGE_2


def test_log_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes no result; sys.unraisablehook hears of it."""
    heard: list[type[BaseException]] = []

    def log(_line: str) -> None:
        lake.suites()  # the library can be called
        raise Mine

    monkeypatch.setattr(sys, "unraisablehook", lambda what: heard.append(what.exc_type))
    lake.set_log(log)
    try:
        handshake()
    finally:
        lake.set_log(None)
    assert len(heard) > 3
    assert set(heard) == {Mine}


@pytest.mark.parametrize("shift", range(3))
def test_log_of_a_cut_text(shift: int) -> None:
    """What a peer said is cut between two characters."""
    text = "x" * shift + "\N{SNOWMAN}" * 200
    initiator, _ = sessions()
    initiator.step()
    lines: list[str] = []
    lake.set_log(lines.append)
    try:
        with pytest.raises(lake.LakeError):
            initiator.step(lake.build_error(1, text))
    finally:
        lake.set_log(None)
    said = next(line for line in lines if "\N{SNOWMAN}" in line)
    assert "\N{REPLACEMENT CHARACTER}" not in said


def test_log_is_changed_while_others_log() -> None:
    """This ended the process with SIGSEGV: a callback was freed while another thread was in it."""
    script = """
import threading, lake, lake.testing
stop = threading.Event()
def work():
    while not stop.is_set():
        lake.testing.handshake()
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
lines = []
for i in range(3000):
    lake.set_log(None if i % 3 == 0 else lambda line, i=i: lines.append(i))
stop.set()
for thread in threads: thread.join()
lake.set_log(None)
print('done')
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


def test_callbacks_do_not_leak() -> None:
    gc.collect()
    before = lake.live_handles()
    for _ in range(20):
        config_i, config_r = configs(resolver=lambda _s, _i: None, verifier=lambda _s, _p: True)
        run(lake.Session(config_i, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER))
    del config_i, config_r
    gc.collect()
    assert lake.live_handles() == before
