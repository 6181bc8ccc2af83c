"""Plays the sessions of tests/vectors through the public API.

The library is the one with the build tag laketest (LAKE_LIBRARY names it): its
hooks, bound here, take the randomness out.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import lake
from lake import _library

# --- The hooks (capi/laketest.h) --------------------------------------------------

_dll = ctypes.CDLL(_library.path())


def _hook(name: str, *types: Any) -> Any:
    function = _dll[name]
    function.restype, function.argtypes = ctypes.c_int32, types
    return lambda *args: _library.check(function(*args))


_P, _N = ctypes.c_void_p, ctypes.c_size_t
_set_ephemeral = _hook("lake_test_set_ephemeral", _P, _P, _N)
_set_suites_i = _hook("lake_test_set_suites_i", _P, _P, _N)
_ead_add = _hook("lake_test_ead_add", _P, ctypes.c_int32, ctypes.c_int64, _P, _N)
_sign_deterministically = _hook("lake_test_sign_deterministically", _P)

# --- The files -----------------------------------------------------------------------


def _repository() -> Path:
    return next(folder for folder in Path(__file__).resolve().parents if (folder / "tests/vectors").is_dir())


@cache
def rows(name: str, variable: str) -> list[dict[str, Any]]:
    """A file of tests/vectors, or the one that an environment variable names."""
    path = os.environ.get(variable) or _repository() / "tests" / "vectors" / name
    loaded: list[dict[str, Any]] = json.loads(Path(path).read_text())
    return loaded


def vectors() -> list[dict[str, Any]]:
    return rows("vectors.json", "LAKE_VECTORS")


def vector(id: str) -> dict[str, Any]:
    return next(v for v in vectors() if v["id"] == id)


# --- One side ----------------------------------------------------------------------------

MODES = ("pinned", "pulled", "callback", "issued")
"""How a side finds the peer's credential and judges EAD."""
_OPAQUE = ("c5t", "c5c", "kid-raw")


def credential(party: dict[str, Any]) -> lake.Credential:
    """The credential of a party, from its bytes."""
    cred, id_cred = bytes.fromhex(party["cred"]), bytes.fromhex(party["id_cred"])
    der = cred[{0x58: 2, 0x59: 3}.get(cred[0], 0) :]
    if party["type"] in _OPAQUE:
        kind = next(kind for kind in lake.KeyKind if kind.name == party["key_kind"].upper().replace("-", ""))
        made = lake.Credential.from_parts(id_cred, cred, kind, bytes.fromhex(party["pk"]))
    elif cred[0] >> 5 == 4:
        made = lake.Credential.from_cwt(cred)
    elif cred[0] >> 5 == 5:
        made = lake.Credential.from_ccs(cred)
    elif "x5chain" in party["type"]:
        made = lake.Credential.from_id_cred(id_cred)
    else:
        made = lake.Credential.from_x509(der)
    made.set_id_cred(id_cred)
    assert made.cred == cred
    assert made.data(lake.DataKind.PUBLIC_KEY) == bytes.fromhex(party["pk"])
    return made


def psk(entry: dict[str, Any]) -> lake.Credential:
    parts = (bytes.fromhex(entry[name]) for name in ("id_cred", "psk", "cred_i", "cred_r"))
    return lake.Credential.from_psk(*parts, hash=entry["hash"])


class Side:
    """One session that plays a vector."""

    def __init__(
        self, v: dict[str, Any], role: lake.Role, mode: str = "pinned", message_4: bool | None = None,
        state: dict[str, Any] | None = None, resumed: lake.Credential | None = None,
    ) -> None:  # fmt: skip
        initiator = role == lake.Role.INITIATOR
        self.v, self.mode, self.known = v, mode, v["ead_known"]
        required = v["message_4_used"] if message_4 is None else message_4
        suites = [v["selected_suite"]] if initiator else v["suites_r"]
        config = lake.Config(methods=[v["method"]], suites=suites, message_4=required)
        self.state = state or {}
        if v["method"] == 4:
            self._add_psk(config, role, resumed)
        else:
            self._add_credentials(config, initiator)
        if mode == "pulled":
            config.set_option(lake.ConfigOption.PULL, lake.Pull.CREDENTIAL | lake.Pull.EAD)
        elif mode == "callback":
            config.set_credential_callback(lambda _, id_cred: self._resolve(id_cred))
            config.set_ead_callback(lambda _session, _message, item: abs(item.label) in self.known)
        else:
            config.set_ead_labels(self.known)
        self.session = lake.Session(config, role, connection_id=bytes.fromhex(v["c_i" if initiator else "c_r"]))
        handle = self.session._handle
        key = bytes.fromhex(v["x" if initiator else "y"])
        _set_ephemeral(handle, key, len(key))
        if initiator:
            _set_suites_i(handle, *_library.array(ctypes.c_int64, v["suites_i"]))
        for message in (1, 3) if initiator else (2, 4):
            for label, value in v[f"ead_{message}_items"]:
                given = None if value is None else bytes.fromhex(value)
                _ead_add(handle, message, label, given, len(given or b""))

    def _add_psk(self, config: lake.Config, role: lake.Role, resumed: lake.Credential | None) -> None:
        entry = {**self.v["psk_entry"], **self.state.get("psk_entry", {})}
        self.peer_id = bytes.fromhex(entry["id_cred"])
        if entry["hash"] != self.v["psk_entry"]["hash"]:  # the suite is supported all the same
            spare = {**self.v["psk_entry"], "id_cred": (b"\xa1\x04\x45spare").hex()}
            config.add_psk(role, psk(spare))
        self.find: Callable[[], lake.Credential] = lambda: psk(entry)
        if role == lake.Role.INITIATOR or self.mode not in ("pulled", "callback"):
            config.add_psk(role, resumed or psk(entry))

    def _add_credentials(self, config: lake.Config, initiator: bool) -> None:
        own, peer = (self.v[name] for name in (("auth_i", "auth_r") if initiator else ("auth_r", "auth_i")))
        mine = credential(own)
        mine.set_private_key(bytes.fromhex(own["sk"]))
        _sign_deterministically(mine._handle)
        config.add_own_credential(mine)
        if not initiator:
            self._add_spares(config)
        self.peer_id = bytes.fromhex(peer["id_cred"])
        self.find = lambda: credential(peer)
        if self.state.get("trust_any_ccs"):
            config.set_option(lake.ConfigOption.PEER_POLICY, lake.PeerPolicy.ANY_INSECURE)
        if self.mode == "pinned":
            config.add_peer_credential(credential(peer))
        elif self.mode == "issued":
            self._vouch(config, peer)

    def _add_spares(self, config: lake.Config) -> None:
        """Own credentials for the other suites of the Responder: one without is not supported."""
        signs = lake.method_info(self.v["method"]).signature_responder
        for suite in map(lake.suite_info, self.v["suites_r"]):
            if suite.suite != self.v["selected_suite"]:
                config.add_own_credential(lake.Credential.generate(suite.signature_key if signs else suite.curve))

    def _vouch(self, config: lake.Config, peer: dict[str, Any]) -> None:
        config.set_option(lake.ConfigOption.PEER_POLICY, lake.PeerPolicy.X509)
        config.set_option(lake.ConfigOption.ANY_PEER, True)
        if peer["trusted"]:
            config.add_peer_credential(credential(peer))
        for anchor in peer["anchors"]:
            config.add_trust_anchor(lake.Credential.from_x509(bytes.fromhex(anchor)))
        for key in peer["cwt_issuers"]:
            issuer = lake.Credential.from_parts(b"\xa1\x04\x40", b"\xf6", lake.KeyKind.ED25519, bytes.fromhex(key))
            config.add_cwt_issuer(issuer)

    def _resolve(self, id_cred: bytes) -> lake.Credential | None:
        return self.find() if id_cred == self.peer_id else None

    def prepare(self, n: int) -> bytes:
        out = self.session.prepare_message(n)
        assert self.session.prepare_message(n) == out, "asking again gives another message"
        return out

    def process(self, n: int, data: bytes) -> None:
        """Reads message n, with the answers of a host that knows the peer of the vector."""
        try:
            self.session.process_message(n, data)
        except lake.Pending as question:
            self._answer(n, question)

    def _answer(self, n: int, question: lake.Pending) -> None:
        s = self.session
        while True:
            if isinstance(question, lake.PendingCredential):
                id_cred = s.peer_id_cred
                if id_cred == self.peer_id:
                    s.set_peer_credential(self.find())
                elif _by_value(id_cred):
                    s.reject_peer(lake.Status.ERR_PEER_REJECTED)
                else:
                    s.reject_peer(lake.Status.ERR_CREDENTIAL_UNKNOWN)
            else:
                self._answer_ead(n)
            info = s.info
            if info.state == lake.State.FAILED:  # the host's answer was no
                raise Refused(lake.status_text(info.last_error))
            try:
                return s.proceed()
            except lake.Pending as next_one:
                question = next_one

    def _answer_ead(self, n: int) -> None:
        if n == 4 and self.v["method"] == 4:  # which verifies message_2, too
            self._answer_ead(2)
            if self.session.info.state == lake.State.FAILED:
                return
        for index, item in enumerate(self.session.ead(n)):
            if item.is_critical and -item.label in self.known:
                self.session.ead_accept(n, index)
            elif item.is_critical:
                self.session.ead_reject(n, index)
                return


class Refused(Exception):
    """The answer of the host ended the run."""


def _by_value(id_cred: bytes) -> bool:
    try:
        lake.Credential.from_id_cred(id_cred)
    except lake.UnsupportedCredentialError:
        return False
    except lake.CredentialError:
        return True
    return True


def pair(v: dict[str, Any], mode: str = "pinned", message_4: bool | None = None) -> tuple[Side, Side]:
    return Side(v, lake.Role.INITIATOR, mode, message_4), Side(v, lake.Role.RESPONDER, mode, message_4)


def complete(side: Side) -> None:
    """Completes a side that gets or sends no message_4, but a message with the new keys."""
    if side.v["method"] == 4 and side.session.info.role == lake.Role.INITIATOR:
        side.session.peer_proved()
    else:
        side.session.complete_without_message_4()


def turn(n: int, i: Side, r: Side) -> tuple[Side, Side]:
    """Who sends message n, and who gets it."""
    return (i, r) if n % 2 else (r, i)
