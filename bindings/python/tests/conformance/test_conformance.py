"""The suite of `lake test`: our own programs pass it, aiocoap with lakers is told what it fails, and it can fail."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import aiocoap
import pytest
from programs import EXAMPLES, Files, Identity, c_server, free_port, server
from table import conformance

import lake
import lake.testing
from lake.__main__ import main
from lake.conformance import CASES, CLIENT_CASES, Case, Device, Level, Result, Target, Unmet, Verdict
from lake.conformance.device import accepted, items, message_in, refused
from lake.conformance.plaintext import Aead
from lake.conformance.report import counts, html, junit, line
from lake.conformance.visitor import Visitor

LONG = bool(os.environ.get("LAKE_LONG"))


def keys(name: str, folder: Path) -> tuple[lake.Credential, list[str]]:
    """A credential of the suite's, and the options that tell a program of examples/c to trust it."""
    identity = Identity(name, name.encode()[:1])
    mine = lake.Credential.from_ccs(identity.ccs)
    mine.set_private_key(identity.private)
    return mine, identity.peer_options(folder / f"{name}.ccs")


def failed(results: list[Result]) -> list[str]:
    return [line(result) for result in results if result.verdict in (Verdict.FAIL, Verdict.ADVICE)]


# --- Our servers and clients pass --------------------------------------------------------------


def test_lake_aiocoap() -> None:
    with lake.testing.ResponderPeer() as device:
        me = lake.Credential.generate(lake.KeyKind.P256, kid=b"me")
        device.trust(me)
        results = list(lake.conformance.server(Target(device.uri, own=[me], peers=[device.credential], path="hello")))
    assert not failed(results)
    assert sum(result.verdict is Verdict.PASS for result in results) > 175, counts(results)
    conformance("lake.aiocoap", "server", results)


def test_lake_aiocoap_with_message_4() -> None:
    with lake.testing.ResponderPeer(message_4=True) as device:
        me = lake.Credential.generate(lake.KeyKind.P256, kid=b"me")
        device.trust(me)
        target = Target(device.uri, own=[me], peers=[device.credential], path="hello", message_4=True)
        results = list(lake.conformance.server(target, only="message_3"))
    assert not failed(results)


def test_c_server(tmp_path: Path) -> None:
    me, trusted = keys("me", tmp_path)
    device = Identity("device", b"d")
    with c_server(*device.own_options(tmp_path / "device.ccs"), *trusted) as port:
        target = Target(
            f"coap://127.0.0.1:{port}", own=[me], peers=[lake.Credential.from_ccs(device.ccs)], path="hello"
        )
        results = list(lake.conformance.server(target))
    assert not failed(results)
    assert sum(result.verdict is Verdict.PASS for result in results) > 170, counts(results)
    conformance("C, libcoap", "server", results)


def rust_program(name: str, *options: str) -> AbstractContextManager[str]:
    """A server of bindings/rust/examples: its address."""
    return listening([str(EXAMPLES.parent / "rust" / "debug" / name), *options])


@contextmanager
def listening(command: list[str]) -> Iterator[str]:
    env = {**os.environ, "LD_LIBRARY_PATH": str(EXAMPLES.parent)}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        try:
            assert program.stdout
            yield program.stdout.readline().removeprefix("listening on ").strip()
        finally:
            program.terminate()


def test_rust_service(tmp_path: Path) -> None:
    me, trusted = keys("me", tmp_path)
    device = Identity("device", b"d")
    options = device.own_options(tmp_path / "device.ccs")
    with rust_program("coap_service", "--own", f"{options[1]},{options[3]}", *trusted, "127.0.0.1:0") as address:
        peers = [lake.Credential.from_ccs(device.ccs)]
        results = list(lake.conformance.server(Target(f"coap://{address}", own=[me], peers=peers, path="hello")))
    assert not failed(results)
    assert sum(result.verdict is Verdict.PASS for result in results) > 170, counts(results)
    conformance("Rust", "server", results)


def test_crate_coap(tmp_path: Path) -> None:
    """coap_plain: the crate coap, which knows neither EDHOC nor OSCORE, on lake.endpoint."""
    me, trusted = keys("me", tmp_path)
    device = Identity("device", b"d")
    options = device.own_options(tmp_path / "device.ccs")
    more = ["--own", f"{options[1]},{options[3]}", *trusted]
    with rust_program("coap_plain", "server", "127.0.0.1:0", *more) as address:
        peers = [lake.Credential.from_ccs(device.ccs)]
        results = list(lake.conformance.server(Target(f"coap://{address}", own=[me], peers=peers, path="whoami")))
    assert not [said for said in failed(results) if "/.well-known/core" not in said], "it has none"
    assert sum(result.verdict is Verdict.PASS for result in results) > 170, counts(results)
    conformance("crate coap, lake::endpoint", "server", results)


def test_tunnel(tmp_path: Path) -> None:
    """lake-tunnel, in front of a server that knows neither EDHOC nor OSCORE."""
    me, trusted = keys("me", tmp_path)
    program, device, port = str(EXAMPLES.parent / "lake-tunnel"), tmp_path / "device", free_port()
    subprocess.run([program, "key", str(device)], check=True)
    with plain_server() as plain:
        command = [program, "serve", "--listen", f"127.0.0.1:{port}", "--to", f"127.0.0.1:{plain}"]
        command += ["--own", f"{device}.ccs,{device}.key", *trusted]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tunnel:
            try:
                assert tunnel.stderr
                assert any("msg=ready" in said for said in tunnel.stderr)
                peer = lake.Credential.from_ccs(device.with_suffix(".ccs").read_bytes())
                target = Target(f"coap://127.0.0.1:{port}", own=[me], peers=[peer], path="hello")
                Thread(target=tunnel.stderr.read, daemon=True).start()
                results = list(lake.conformance.server(target))
            finally:
                tunnel.terminate()
    assert not [said for said in failed(results) if "/.well-known/core" not in said], "the server behind it has none"
    assert sum(result.verdict is Verdict.PASS for result in results) > 175, counts(results)
    conformance("lake-tunnel", "server", results)


@contextmanager
def plain_server() -> Iterator[int]:
    """A CoAP server that says hello to whoever asks: its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    data, address = plain.recvfrom(65536)
                except OSError:
                    return
                request = aiocoap.Message.decode(data)
                answer = aiocoap.Message(code=aiocoap.CONTENT, payload=b"hello")
                answer.mtype, answer.mid, answer.token = aiocoap.ACK, request.mid, request.token
                plain.sendto(answer.encode(), address)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield plain.getsockname()[1]


def test_c_client(tmp_path: Path) -> None:
    me, trusted = keys("me", tmp_path)
    device = Identity("device", b"d")
    port = free_port()
    command = [str(EXAMPLES / "edhoc_client"), "--port", str(port), "--suite", "2", "--timeout", "5"]
    command += [*device.own_options(tmp_path / "device.ccs"), *trusted]
    target = Target(f"coap://127.0.0.1:{port}", own=[me], peers=[lake.Credential.from_ccs(device.ccs)])
    results = list(lake.conformance.client(target, command))
    assert not failed(results)
    assert len(results) == len(CLIENT_CASES)
    conformance("C, libcoap", "client", results)


@pytest.mark.parametrize(
    ("name", "c_i", "verdict"),
    [
        ("one_byte_c_r_integer", b"\x0d", Verdict.PASS),
        ("length_of_c_r_1", b"\xc0", Verdict.PASS),
        ("length_of_c_r_0", b"", Verdict.SKIP),
    ],
)
def test_c_i_taken(name: str, c_i: bytes, verdict: Verdict) -> None:
    """A test whose C_R is the C_I of the device takes another; if there is none, it says so."""
    me, device = lake.testing.credentials(lake.KeyKind.P256)
    uri = f"coap://127.0.0.1:{free_port()}"
    visitor = Visitor(Target(uri, own=[me], peers=[device]))

    def come() -> None:
        with suppress(Unmet):
            Device(Target(uri, own=[device], peers=[me])).run(c_i)

    Thread(target=come, daemon=True).start()
    (case,) = (case for case in CLIENT_CASES if case.name == name)
    result = case.run(visitor)
    assert result.verdict is verdict, result.reason


def test_lake_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("me", "device"):
        assert main(["keygen", name, "--kid", name.encode().hex()]) == 0
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    command = [sys.executable, "-m", "lake", "client", uri, "--own", "device", "--peer", "me.ccs", "--path", ""]
    options = ["--listen", uri, "--own", "me", "--peer", "device.ccs"]
    only = [] if LONG else ["--only", "_ead"]
    assert main(["test", *options, *only, "--", *command]) == 0


@pytest.mark.parametrize("suite", [0, 1, 2, 3, 4, 5, 6, 24])
@pytest.mark.parametrize("method", [0, 3])
def test_plaintext_3(method: int, suite: int) -> None:
    """What is changed in a plaintext is the only difference: unchanged, the message is the genuine one."""
    info = lake.suite_info(suite)
    me, device = lake.testing.credentials(info.signature_key if method == 0 else info.curve)
    log: list[str] = []
    target = Target("coap://127.0.0.1", [me], [device], method, suite)
    initiator = target.session(lake.Role.INITIATOR, None, None, {"keylog": log.append})
    responder = Target(target.uri, [device], [me], method, suite).session(lake.Role.RESPONDER, None, None, {})
    responder.process_message(1, initiator.prepare_message(1))
    initiator.process_message(2, responder.prepare_message(2))
    message_3 = initiator.prepare_message(3)
    aead = Aead(suite, "".join(log))
    plaintext = aead.open(message_3)
    assert len(items(plaintext)) == 2
    assert aead.seal(plaintext) == message_3


# --- A server that is not ours ---------------------------------------------------------------------


def test_aiocoap_with_lakers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused what it fails; docs/interop.md lists all of that, from the long form of this test."""
    if not LONG:  # lakers panics at some messages, which then have no answer
        monkeypatch.setattr("lake.conformance.wire.ACK_TIMEOUT", 0.2)
    port = free_port()
    uri = f"coap://127.0.0.1:{port}"
    files = Files(tmp_path, uri, "by-key-id", "message_4")
    me = lake.Credential.from_ccs(files.theirs.ccs)
    me.set_private_key(files.theirs.private)
    target = Target(uri, own=[me], peers=[lake.Credential.from_ccs(files.mine.ccs)], path="hello", message_4=True)
    results: list[Result] = []
    for group in dict.fromkeys(case.group for case in CASES) if LONG else ("negotiation", "EAD", "OSCORE"):
        with server("lakers", port, files.of_server, "message_4"):  # a new one: it keeps runs that never end
            results += lake.conformance.server(target, only=f"{group}: ")
    verdicts = {f"{result.case.group}: {result.case.name}": result.verdict for result in results}
    assert verdicts["OSCORE: protected"] is Verdict.PASS
    assert verdicts["EAD: padding_of_message_1_24"] is Verdict.PASS
    assert verdicts["EAD: critical_in_message_1_with_value"] is Verdict.FAIL
    assert verdicts["negotiation: unknown_before_one"] is Verdict.FAIL
    if LONG:
        conformance("aiocoap, lakers-python", "server", results)


# --- It can fail: devices with one fault each --------------------------------------------------------


class Faulty(Device):
    """A device whose answers pass through a fault."""

    fault: Callable[[aiocoap.Message], aiocoap.Message | None]

    def post(self, payload: bytes, **options: Any) -> aiocoap.Message | None:
        answer = super().post(payload, **options)
        return None if answer is None else type(self).fault(answer)


def success(answer: aiocoap.Message) -> aiocoap.Message:
    return answer.copy(code=aiocoap.CHANGED)


def other_format(answer: aiocoap.Message) -> aiocoap.Message:
    return answer.copy(content_format=0)


def text(answer: aiocoap.Message) -> aiocoap.Message:
    return answer.copy(payload=b"\x63bad")


def silence(answer: aiocoap.Message) -> None:
    return None


def not_listed(answer: aiocoap.Message) -> aiocoap.Message:
    return answer.copy(payload=b"\x02\x18\x63")


@contextmanager
def honest() -> Iterator[Target]:
    with lake.testing.ResponderPeer() as device:
        me = lake.Credential.generate(lake.KeyKind.P256, kid=b"me")
        device.trust(me)
        yield Target(device.uri, own=[me], peers=[device.credential], path="hello")


@pytest.mark.parametrize(
    ("fault", "group", "name"),
    [
        (success, "message_1", "method_4711"),
        (success, "message_1", "invalid_g_x"),
        (success, "message_3", "altered_last_byte"),
        (success, "message_3", "unknown_credential"),
        (success, "EAD", "critical_in_message_3"),
        (success, "CoAP", "errors_message_1"),
        (other_format, "CoAP", "answer_of_message_1"),
        (other_format, "negotiation", "unknown_suite_22"),
        (text, "message_1", "length_of_g_x_longer"),
        (silence, "message_1", "whole"),
        (silence, "message_3", "anothers_credential"),
        (not_listed, "negotiation", "supported_before"),
    ],
)
def test_it_sees_a_fault(fault: Callable[[aiocoap.Message], aiocoap.Message | None], group: str, name: str) -> None:
    (case,) = (case for case in CASES if (case.group, case.name) == (group, name))
    faulty = type("Faulty", (Faulty,), {"fault": staticmethod(fault)})
    with honest() as target:
        assert case.run(Device(target)).verdict is Verdict.PASS
        result = case.run(faulty(target))
    assert result.verdict is Verdict.FAIL
    assert result.reason


def test_no_server_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lake.conformance.wire.RETRANSMISSIONS", 0)
    monkeypatch.setattr("lake.conformance.wire.ACK_TIMEOUT", 0.1)
    me, device = lake.testing.credentials()
    target = Target(f"coap://127.0.0.1:{free_port()}", own=[me], peers=[device])
    (result,) = lake.conformance.server(target, only="message_3: whole")
    assert result.verdict is Verdict.FAIL
    assert result.reason == "there was no answer"


# --- Reports -----------------------------------------------------------------------------------------


def test_reports(tmp_path: Path) -> None:
    case = Case("name", "RFC 9528 1", Level.MUST, "It works <&> \x01", "group", lambda device: None)
    results = [Result(case, verdict, f"why {verdict.value} \x02", 0.5) for verdict in Verdict]
    junit(results, tmp_path / "report.xml", "coap://device")
    suite = ET.parse(tmp_path / "report.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    assert [child.tag for case in suite for child in case if child.tag != "system-out"] == ["failure", "skipped"]
    html(results, tmp_path / "report.html", "coap://device")
    page = (tmp_path / "report.html").read_text()
    assert "It works &lt;&amp;&gt;" in page
    assert "1 pass, 1 fail, 1 advice, 1 skip" in page


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["keygen", "me", "--kid", "6d"]) == 0
    with lake.testing.ResponderPeer() as device:
        device.trust(lake.Credential.from_ccs(Path("me.ccs").read_bytes()))
        Path("device.ccs").write_bytes(device.credential.cred)
        command = ["test", device.uri, "--own", "me", "--peer", "device.ccs", "--junit", "r.xml", "--html", "r.html"]
        assert main([*command, "--path", "hello", "--only", "OSCORE"]) == 0
        assert "0 fail" in capsys.readouterr().out
        assert main([*command, "--path", "nowhere", "--only", "OSCORE: protected"]) == 1
        assert "4.04" in capsys.readouterr().out
    assert Path("r.xml").exists()
    assert Path("r.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--own", "me"], "the URI of the device is needed"),
        (["coap://127.0.0.1"], "--own is needed"),
        (["http://127.0.0.1", "--own", "me"], "is not a URI such as"),
        (["coap://127.0.0.1", "--own", "me", "--only", "nothing like it"], "no test has 'nothing like it'"),
    ],
)
def test_command_refuses(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["keygen", "me"]) == 0
    capsys.readouterr()
    assert main(["test", *arguments]) == 1
    assert said in capsys.readouterr().err


def test_every_test_has_a_section_and_a_name_of_its_own() -> None:
    for cases in (CASES, CLIENT_CASES):
        names = [(case.group, case.name) for case in cases]
        assert len(set(names)) == len(names)
        for case in cases:
            assert case.section.startswith("RFC ")
            assert case.text.partition(" [")[0].endswith(".")


def test_what_was_wanted() -> None:
    """What the tests stand on says no to what it has to say no to."""
    for check, code in ((message_in, aiocoap.BAD_REQUEST), (refused, aiocoap.CHANGED)):
        with pytest.raises(lake.conformance.Unmet):
            check(aiocoap.Message(code=code, payload=b"\x40"))
    with pytest.raises(lake.conformance.Unmet):
        accepted(aiocoap.Message(code=aiocoap.BAD_REQUEST))
    with pytest.raises(ValueError, match="no CBOR"):
        items(b"\x5b")
