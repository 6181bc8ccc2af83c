"""Every session of vectors.json, both sides, all values that the public API shows."""

from __future__ import annotations

from typing import Any

import pytest
from player import MODES, Side, complete, pair, turn, vectors

import lake


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("v", vectors(), ids=lambda v: v["id"])
def test_session(v: dict[str, Any], mode: str) -> None:
    i, r = pair(v, mode)
    for n in range(1, 5 if v["message_4_used"] else 4):
        sender, receiver = turn(n, i, r)
        message = sender.prepare(n)
        assert message.hex() == v[f"message_{n}"], f"message_{n}"
        assert f"message_{n}" in lake.decode(message, n)
        receiver.process(n, message)
        assert receiver.session.ead(n) == ([] if (v["method"], n) == (4, 2) else _items(v, n))
    for side in (i, r):
        if not v["message_4_used"]:
            complete(side)
    assert i.session.ead(2) == _items(v, 2)
    for side in (i, r):
        _compare(v, side)
        assert "master secret" not in side.session.trace()


@pytest.mark.parametrize("v", vectors(), ids=lambda v: v["id"])
def test_message_4_the_other_way(v: dict[str, Any]) -> None:
    i, r = pair(v, message_4=not v["message_4_used"])
    for n in range(1, 4 if v["message_4_used"] else 5):
        sender, receiver = turn(n, i, r)
        receiver.process(n, sender.prepare(n))
    for side in (i, r):
        if v["message_4_used"]:
            complete(side)
        _compare(v, side)


@pytest.mark.parametrize("v", [v for v in vectors() if v.get("resumed_from")], ids=lambda v: v["id"])
def test_resumption(v: dict[str, Any]) -> None:
    """The keys that come out of the session before are those of this one: its messages are the same with them."""
    before = next((other for other in vectors() if other["id"] == v["resumed_from"]), None)
    if before is None:
        return  # that session is not in the file
    first = pair(before)
    for n in range(1, 5 if before["message_4_used"] else 4):
        sender, receiver = turn(n, *first)
        receiver.process(n, sender.prepare(n))
    keys = []
    for side in first:
        if not before["message_4_used"]:
            complete(side)
        keys.append(side.session.resumption_credential())
    sides = [Side(v, role, resumed=key) for role, key in zip(lake.Role, keys, strict=True)]
    for n in range(1, 5 if v["message_4_used"] else 4):
        sender, receiver = turn(n, *sides)
        message = sender.prepare(n)
        assert message.hex() == v[f"message_{n}"]
        receiver.process(n, message)


def _items(v: dict[str, Any], n: int) -> list[lake.EADItem]:
    items = [(label, None if value is None else bytes.fromhex(value)) for label, value in v[f"ead_{n}_items"]]
    return [lake.EADItem(label, value) for label, value in items if label != 0]


def _compare(v: dict[str, Any], side: Side) -> None:
    s = side.session
    info = s.info
    assert info.is_complete
    assert info.is_authenticated
    assert (info.method, info.suite) == (v["method"], v["selected_suite"])
    initiator = info.role == lake.Role.INITIATOR
    own, peer = ("c_i", "c_r") if initiator else ("c_r", "c_i")
    assert (info.own_connection_id, info.peer_connection_id) == (bytes.fromhex(v[own]), bytes.fromhex(v[peer]))
    if not initiator:
        assert s.peer_suites == v["suites_i"]
    if v["method"] == 4:
        psk = s.peer_credential
        assert psk.data(lake.DataKind.CRED_I).hex() == v["cred_i"]
        assert psk.data(lake.DataKind.CRED_R).hex() == v["cred_r"]
        assert s.peer_id_cred.hex() == v["psk_entry"]["id_cred"]
    else:
        name = "r" if initiator else "i"
        assert s.peer_credential.cred.hex() == v[f"cred_{name}"]
        assert s.peer_credential.data(lake.DataKind.PUBLIC_KEY).hex() == v[f"pk_{name}"]
        assert s.peer_id_cred.hex() == v[f"id_cred_{name}"]
    assert s.resumption_credential().id_cred == b"\xa1\x04\x42" + bytes.fromhex(v["rkid"])
    for label in (2, 3):
        with pytest.raises(lake.ArgumentError):
            s.export(label, 16)
    if v["exporter_length"]:
        context = bytes.fromhex(v["exporter_context"])
        assert s.export(v["exporter_label"], v["exporter_length"], context).hex() == v["exporter_output"]
    _compare_oscore(v, s, "oscore_", initiator)
    s.key_update(bytes.fromhex(v["keyupdate_context"]))
    _compare_oscore(v, s, "keyupdate_oscore_", initiator)


def _compare_oscore(v: dict[str, Any], s: lake.Session, prefix: str, initiator: bool) -> None:
    if max(len(v["c_i"]), len(v["c_r"])) // 2 > (7 if v["selected_suite"] <= 3 else 6):
        # OSCORE does not take identifiers of that length: their keys are right.
        with pytest.raises(lake.UnsupportedError):
            s.oscore_context()
        for label, name in enumerate((f"{prefix}master_secret", f"{prefix}master_salt")):
            assert s.export(label, len(v[name]) // 2).hex() == v[name]
        return
    context = s.oscore_context()
    assert (context.aead, context.hash) == (v["oscore_aead"], v["oscore_hash"])
    assert context.master_secret.hex() == v[f"{prefix}master_secret"]
    assert context.master_salt.hex() == v[f"{prefix}master_salt"]
    mine, other = ("c_r", "c_i") if initiator else ("c_i", "c_r")
    assert (context.sender_id.hex(), context.recipient_id.hex()) == (v[mine], v[other])
    assert context.master_secret.hex() not in repr(context)


def test_every_message_is_cbor() -> None:
    """The decoder for people agrees with the vectors about every G_X and C_I."""
    for v in vectors():
        shown = dict(line.split(maxsplit=1) for line in lake.decode(bytes.fromhex(v["message_1"])).splitlines()[1:])
        assert {"METHOD", "SUITES_I"} < shown.keys()
        assert shown["G_X"].endswith(f", h'{v['g_x']}'")
        assert shown["C_I"] in (f"h'{v['c_i']}'", f"{lake.diag(bytes.fromhex(v['c_i_cbor']))} (the byte 0x{v['c_i']})")
