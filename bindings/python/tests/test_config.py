"""Config: its keywords do what its methods do."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import pytest

import lake


class Recording(lake.Config):
    """Notes which methods are called."""

    called: set[str] = set()  # noqa: RUF012

    def __getattribute__(self, name: str) -> Any:
        Recording.called.add(name)
        return super().__getattribute__(name)

    def set_option(self, option: lake.ConfigOption, value: int) -> None:
        Recording.called.add(option.name)
        super().set_option(option, value)


def test_every_method_is_a_keyword(files: Path) -> None:
    own, peer = (lake.Credential.generate(lake.KeyKind.P256, kid=kid) for kid in (b"A", b"B"))
    anchor = lake.Credential.from_x509((files / "cert.der").read_bytes())
    psk = lake.Credential.from_psk(bytes.fromhex("a1044110"), b"k" * 16, b"\x41i", b"\x41r")
    settings: dict[str, Any] = {
        "own": [own],
        "peers": [peer],
        "psks": [(lake.Role.INITIATOR, psk)],
        "suites": [2],
        "methods": [3],
        "policy": lake.PeerPolicy.X509,
        "trust_anchors": [anchor],
        "intermediates": [anchor],
        "cwt_issuers": [(peer, None)],
        "crls": [],
        "outdated_crls": True,
        "key_purposes": {lake.Role.RESPONDER: "1.3.6.1.5.5.7.3.1"},
        "time": 1_800_000_000,
        "clock_tolerance": 60,
        "allowed_peers": [(lake.NameKind.DNS, "sensor.example")],
        "any_peer": True,
        "resolver": lambda _session, _id_cred: None,
        "verifier": lambda _session, _peer: True,
        "ead_handler": lambda _session, _message, _item: True,
        "keylog": lambda _lines: None,
        "ead_labels": [1000],
        "early_ead_labels": [1001],
        "pull": lake.Pull.PEER,
        "message_4": True,
        "exchange_lifetime": 60,
        "limits": lake.SessionLimits(message_size=1024),
        "renewal_limits": lake.RenewalLimits(messages=1000),
        "resumption": lake.ResumptionStore(),
    }
    assert set(settings) == set(inspect.signature(lake.Config).parameters)
    Recording.called.clear()
    Recording(**settings)
    setters = {
        name
        for name in vars(lake.Config)
        if name.startswith(("set_", "add_", "allow_", "require_")) and name != "add_crl"
    }
    assert setters | {option.name for option in lake.ConfigOption} <= Recording.called


def test_a_keyword_of_no_effect_is_the_default() -> None:
    """False and None, where a host writes down what it wants."""
    options: dict[str, Any] = {"message_4": False, "any_peer": False, "outdated_crls": False, "pull": lake.Pull(0)}
    initiator, responder = lake.testing.handshake(**options)
    assert initiator.info.is_complete
    assert responder.info.is_complete


def test_the_key_log_is_appended_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.log"
    for runs in (1, 2):
        lake.testing.handshake(keylog=path)
        lines = path.read_text().splitlines()
        secrets = [line.split(",") for line in lines if not line.startswith("#")]
        assert len(secrets) == 2 * runs, "a line of each side"
        assert secrets[-1] == secrets[-2]
        assert [len(column) for column in secrets[-1]] == [64] * 7
        assert len([line for line in lines if line.startswith("# oscore_contexts")]) == 4 * runs
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_log_that_fails_changes_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)

    def fails(_lines: str) -> None:
        raise OSError("the disk is full")

    initiator, _ = lake.testing.handshake(keylog=fails)
    assert initiator.info.is_complete
    assert len(seen) == 2
    with pytest.raises(FileNotFoundError):
        lake.Config(keylog=tmp_path / "none" / "keys.log")
