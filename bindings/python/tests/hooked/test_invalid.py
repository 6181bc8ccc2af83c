"""Every row of invalid.json through the public API, in one mode each: TestInvalid (Go) plays all of them."""

from __future__ import annotations

from typing import Any

import pytest
from cbor_items import parse
from player import MODES, Refused, Side, pair, psk, rows, turn, vector

import lake

ROWS = rows("invalid.json", "LAKE_INVALID")
CASES = [
    (row, "pinned" if "trust_any_ccs" in row.get("state", {}) else MODES[n % len(MODES)]) for n, row in enumerate(ROWS)
]


@pytest.mark.parametrize(("row", "mode"), CASES, ids=lambda x: x["id"] if isinstance(x, dict) else x)
def test_row(row: dict[str, Any], mode: str) -> None:
    v = vector(row["vector"])
    if "psk_entry" in row.get("state", {}):
        try:
            psk({**v["psk_entry"], **row["state"]["psk_entry"]})
        except (lake.UsageError, lake.CredentialError):
            return  # what cannot be configured cannot be accepted
    receiver, other = _start(row, v, mode)
    before = receiver.session.info.state
    outcome, code = _feed(row, receiver)
    assert outcome in (row["expect"], *row.get("also_allowed", [])), row["rule"]
    if outcome == "reject" and row["error_codes"]:
        assert code in row["error_codes"], row["rule"]
    if outcome == "accept":
        _check_after(row, receiver)
    if outcome == "survived":
        assert receiver.session.info.state == before
    assert other.session.info.state != lake.State.FAILED
    receiver.session.trace()  # whatever came, it can be shown


def _start(row: dict[str, Any], v: dict[str, Any], mode: str) -> tuple[Side, Side]:
    """Brings the receiver before the message of the row."""
    i, r = pair(v)
    if row["role"] == "initiator":
        i = Side(v, lake.Role.INITIATOR, mode, state=row.get("state"))
    else:
        r = Side(v, lake.Role.RESPONDER, mode, state=row.get("state"))
    for n in range(1, row["step"]):
        sender, to = turn(n, i, r)
        to.process(n, sender.prepare(n))
    receiver, other = (i, r) if row["role"] == "initiator" else (r, i)
    for first in row.get("first_feed", []):
        receiver.process(row["step"], bytes.fromhex(first))
    return receiver, other


def _feed(row: dict[str, Any], receiver: Side) -> tuple[str, int]:
    """Feeds the message of the row: what the receiver did, and the code of the error message."""
    session = receiver.session
    try:
        receiver.process(row["step"], bytes.fromhex(row["message"]))
        return "accept", 0
    except (lake.LakeError, Refused) as error:
        assert not isinstance(error, lake.Pending)
        due = getattr(error, "error_message", None)
        if due is not None:
            assert session.info.state == lake.State.FAILED
    try:
        reply = session.prepare_error()
    except lake.NotFoundError:
        return "abort", 0
    assert due in (None, reply)
    return "reject", lake.parse_error(reply).code


def _check_after(row: dict[str, Any], receiver: Side) -> None:
    for name, value in row.get("after", {}).items():
        if name == "next_message":
            assert receiver.prepare(row["step"] + 1).hex() == value
        elif name.startswith("ead_"):
            items = [item.value for item in parse(bytes.fromhex(value))]
            received = receiver.session.ead(int(name[4:]))
            shown = [x for item in received for x in (item.label, item.value) if x is not None]
            assert shown == _without_padding(items)
        else:
            assert name == "prk_out"  # it does not leave the library


def _without_padding(items: list[Any]) -> list[Any]:
    out: list[Any] = []
    padding = False
    for item in items:
        if isinstance(item, int):
            padding = item == 0
        if not padding:
            out.append(item)
    return out


def test_all_rows_are_here() -> None:
    assert {row["step"] for row in ROWS} == {1, 2, 3, 4}
