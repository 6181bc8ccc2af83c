"""The command: python -m lake."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import lake
import lake.testing
from lake.__main__ import main

LAKE = [sys.executable, "-m", "lake"]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for command in ("keygen", "ccs", "decode", "explain", "handshake", "client", "server"):
        assert f"lake {command}" in shown or f"    {command} " in shown
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert capsys.readouterr().out.count("\n") > 3


def test_keygen_and_ccs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keygen", "me", "--kid", "05"]) == 0
    shown = capsys.readouterr().out
    private = Path("me.key").read_text().strip()
    assert Path("me.key").stat().st_mode & 0o077 == 0
    assert private not in shown
    assert main(["ccs", "me.ccs"]) == 0
    assert "ID_CRED {4: h'05'}" in capsys.readouterr().out
    credential = lake.Credential.from_ccs(Path("me.ccs").read_bytes())
    assert (
        main(["ccs", "--public-key", credential.data(lake.DataKind.PUBLIC_KEY).hex(), "--subject", "me", "--kid", "05"])
        == 0
    )
    assert capsys.readouterr().out.strip() == credential.cred.hex()
    assert main(["keygen", "me"]) == 1, "a key is not overwritten"
    assert "me.key" in capsys.readouterr().err
    assert Path("me.key").read_text().strip() == private


def test_decode(capsys: pytest.CaptureFixture[str]) -> None:
    initiator, responder = lake.testing.sessions()
    initiator.ead_add(1, -5, b"x")
    message_1 = initiator.prepare_message(1)
    assert main(["decode", "f5" + message_1.hex()]) == 0
    shown = capsys.readouterr().out
    for part in ("true: starts a run", "message_1", "static Diffie-Hellman", "32 bytes", "EAD_1", "-5 (critical)"):
        assert part in shown
    for text in ("", "ff", "00", "83010203", "6161", "40", "c0c0c0", "9f"):
        assert main(["decode", text]) == 0
    assert main(["decode", "not hex"]) == 1
    # 21 is what CBOR writes for true, of another major type.
    assert main(["decode", "15" + "53" + 19 * "00"]) == 0
    assert "21: connection identifier of the receiver" in capsys.readouterr().out


def test_errors_name_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("me", "other"):
        main(["keygen", name])
    Path("bad.ccs").write_bytes(b"nonsense")
    Path("bad.key").write_text("no hex")
    Path("mixed.ccs").write_bytes(Path("me.ccs").read_bytes())
    Path("mixed.key").write_bytes(Path("other.key").read_bytes())
    Path("half.ccs").write_bytes(Path("me.ccs").read_bytes())
    Path("half.key").write_text("no hex")
    capsys.readouterr()
    for command, file in [
        (["ccs", "bad.ccs"], "bad.ccs"),
        (["server", "--own", "me", "--peer", "bad.ccs"], "bad.ccs"),
        (["client", "coap://[::1]", "--own", "me", "--anchor", "bad.ccs"], "bad.ccs"),
        (["server", "--own", "half", "--peer", "me.ccs"], "half.key"),
        (["server", "--own", "mixed", "--peer", "me.ccs"], "mixed.key"),
    ]:
        assert main(command) == 1
        assert capsys.readouterr().err.startswith(f"lake: {file} has ")


def test_server_that_could_hear_nobody_does_not_start() -> None:
    with server() as (uri, _):
        port = uri.rpartition(":")[2]
        for options, said in [
            (["--peer", "me.ccs", "--port", port], f"Address already in use: '127.0.0.1:{port}'"),
            (["--port", "0"], "nobody is trusted: name peers with --peer FILE, or an authority with --anchor FILE"),
        ]:
            command = [*LAKE, "server", "--own", "server", *options]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr.startswith("lake: ")
            assert done.stderr.endswith(said + "\n")


@pytest.mark.parametrize("method", range(4))
@pytest.mark.parametrize("suite", lake.suites())
def test_handshake(method: int, suite: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handshake", "--method", str(method), "--suite", str(suite), "--message-4"]) == 0
    shown = capsys.readouterr().out
    assert "message_4" in shown
    assert "= " in shown
    assert "master secret" not in shown
    if (method, suite) == (3, 2):
        assert "37 + 45 + 19 + 9 = 110 bytes" in shown


@contextmanager
def server(*options: str) -> Iterator[tuple[str, list[str]]]:
    """`lake server` for me: its URI, and when it has ended, what it has printed."""
    for name in ("me", "server"):
        main(["keygen", name])
    command = [*LAKE, "server", "--own", "server", "--peer", "me.ccs", "--port", "0", "--until-eof", *options]
    printed: list[str] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=-1, stderr=-1, text=True) as child:
        assert child.stdout
        try:
            yield child.stdout.readline().split()[-1].removesuffix("/.well-known/edhoc"), printed
            printed += child.communicate(timeout=60)
            assert child.returncode == 0
        finally:
            child.kill()


Client = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def client(capsys: pytest.CaptureFixture[str]) -> Client:
    """`lake client` in this process, which needs no new one for each server."""

    def run(uri: str, *options: str, own: str = "me") -> subprocess.CompletedProcess[str]:
        command = ["client", uri, "--own", own, *options]
        capsys.readouterr()
        code = main(command)
        return subprocess.CompletedProcess(command, code, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("options", "flows"),
    [
        ([], [[], ["--combined"], ["--discover", "--combined"]]),
        (["--message-4"], [["--message-4"]]),
        (["--reverse"], [["--reverse"], ["--reverse", "--discover"]]),
    ],
)
def test_client_and_server(options: list[str], flows: list[list[str]], client: Client) -> None:
    with server(*options) as (uri, printed):
        for flow in flows:
            done = client(uri, "--peer", "server.ccs", *flow)
            assert (done.returncode, done.stdout) == (0, "Hello, me\n"), done.stderr
            assert "The peer is authenticated: server" in done.stderr
        command = [*LAKE, "client", uri, "--own", "me", "--peer", "me.ccs"]
        stranger = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert stranger.returncode == 1
        assert "lake: the peer's credential is not trusted" in stranger.stderr
        assert "The run has failed" in stranger.stderr
        assert "message_2 received" in stranger.stderr
    trace = "".join(printed)
    assert trace.count("The peer is authenticated: me") == len(flows)
    assert "The run has failed" in trace
    n = len(flows)
    sent, received = (n, 1) if "--reverse" in options else (0, n + 1)
    assert (trace.count("Sent: message_1"), trace.count("Received: message_1")) == (sent, received)
    assert "master secret" not in trace


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def test_keys_of_any_form(client: Client) -> None:
    """What openssl has made, and keygen, told apart by content; lists of credentials, methods and suites."""
    for name in ("a", "b"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.pem")
        openssl("req", "-x509", "-new", "-key", f"{name}.pem", "-subj", f"/CN={name}", "-out", f"{name}.crt")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", "a.pem", "-outform", "DER", "-out", "a.der")
    Path("both.pem").write_text(Path("b.crt").read_text() + Path("b.pem").read_text())
    main(["keygen", "raw", "--kind", "ed25519", "--kid", "07"])
    Path("raw.bin").write_bytes(bytes.fromhex(Path("raw.key").read_text()))
    command = [
        "server", "--own", "both.pem", "--own", "raw.ccs,raw.bin", "--peer", "a.crt", "--peer", "raw2.ccs",
        "--method", "0,3", "--suite", "2,0", "--no-echo", "--port", "0", "--until-eof", "--keylog", "keys.log",
    ]  # fmt: skip
    main(["keygen", "raw2", "--kind", "ed25519", "--kid", "08"])
    with subprocess.Popen([*LAKE, *command], stdin=-1, stdout=-1, stderr=-1, text=True) as child:
        assert child.stdout
        try:
            uri = child.stdout.readline().split()[-1].removesuffix("/.well-known/edhoc")
            for own, peer, method, suite in [
                ("a.crt,a.pem", "b.crt", 0, 2),
                ("a.crt,a.der", "b.crt", 3, 2),
                ("raw2", "raw.ccs", 0, 0),
            ]:
                options = ["--peer", peer, "--method", str(method), "--suite", str(suite)]
                for more in [], ["--by-value"]:
                    shown = client(uri, *options, *more, own=own)
                    assert (shown.returncode, shown.stdout[:6]) == (0, "Hello,"), shown.stderr
            child.communicate(timeout=60)
        finally:
            child.kill()
    assert len([line for line in Path("keys.log").read_text().splitlines() if line[0] != "#"]) == 6


def test_a_wrong_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("me", "other"):
        main(["keygen", name])
    openssl("genpkey", "-algorithm", "ed25519", "-out", "key.pem")
    Path("raw").write_bytes(bytes([0xFB] * 32))
    Path("empty").touch()
    for own, said in [
        ("me.ccs,other.key", "other.key has 64 hexadecimal digits: the private key of me.ccs is wanted"),
        ("me.ccs,me.ccs", "me.ccs has a CBOR map, such as a CCS: the private key"),
        ("me.ccs,raw", "raw has 32 bytes that are no text: the private key"),
        ("me.key,me.key", "me.key has 64 hexadecimal digits: a credential is wanted"),
        ("key.pem", "key.pem has a PRIVATE KEY in PEM: a credential is wanted"),
        ("empty,me.key", "empty has nothing: a credential is wanted"),
        ("nobody", "nobody.ccs"),
        ("me.ccs", "say me.ccs,KEYFILE"),
    ]:
        capsys.readouterr()
        assert main(["client", "coap://[::1]", "--own", own, "--peer", "me.ccs"]) == 1
        shown = capsys.readouterr().err
        assert said in shown, own
        assert Path("me.key").read_text().strip() not in shown
        assert shown.count("\n") == 1
    for option, wrong in ("--method", "4"), ("--method", "3,"), ("--suite", "2,7"), ("--suite", "two"):
        with pytest.raises(SystemExit):
            main(["client", "coap://[::1]", "--own", "me", option, wrong])
        assert f"{wrong!r} is not a list of 0, 1, 2, 3" in capsys.readouterr().err


def test_the_key_log_of_the_environment(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LAKEKEYLOGFILE", "keys.log")
    assert main(["handshake", "--method", "0"]) == 0
    line, *_ = Path("keys.log").read_text().splitlines()
    assert [len(column) for column in line.split(",")] == [64] * 7
    lake.testing.handshake()  # the library by itself does not look there
    assert Path("keys.log").read_text().count("\n") == 3


def test_what_the_server_does_not_offer(client: Client) -> None:
    with server() as (uri, printed):
        for flow, said in [
            (["--reverse"], "message flow not supported"),
            (["--reverse", "--discover"], "no EDHOC resource of coap"),
            (["--reverse", "--combined"], "the reverse flow has no combined request"),
            (["--suite", "0", "--discover"], "no"),
            (["--message-4"], "message_4"),
        ]:
            done = client(uri, "--peer", "server.ccs", *flow)
            assert (done.returncode, done.stdout) == (1, "")
            assert said in done.stderr.splitlines()[-1]
            assert "Traceback" not in done.stderr
    assert "Traceback" not in "".join(printed)


def test_client_says_whom_it_means(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    with server() as (uri, _):
        done = client(uri, "--peer", "server.ccs", "--expect", "dns:server.example", "--expect", "ccs:server")
        assert (done.returncode, done.stdout) == (0, "Hello, me\n"), done.stderr
        done = client(uri, "--peer", "server.ccs", "--expect", "ccs:other")
        assert (done.returncode, done.stdout) == (1, "")
        assert "the CCS subject other was expected" in done.stderr.splitlines()[-1]
        done = client(uri, "--peer", "server.ccs", "--expect", "ip:server")
        assert done.returncode == 1
        assert "an argument is" in done.stderr.splitlines()[-1]
    for wrong in ("server", "host:server"):
        with pytest.raises(SystemExit):
            main(["client", "coap://[::1]", "--own", "me", "--expect", wrong])
        assert "not a name such as dns:server.example" in capsys.readouterr().err


def test_explain(capfd: pytest.CaptureFixture[str]) -> None:
    """What it finds is proved in Go; here, that arguments and keys arrive there, and answers here."""
    main(["keygen", "me", "--kid", "05"])
    initiator, responder = lake.testing.sessions()
    message_1 = initiator.step()
    message_2 = responder.step(message_1)
    assert main(["explain", message_1.hex(), message_2.hex(), "--own", "me", "--peer", "me.ccs"]) == 0
    shown = capfd.readouterr().out
    for part in ("|--- message_1 (37 bytes)", "[RFC 9528, section 3.2]", "Diagnosis", "did not go on after message_2"):
        assert part in shown
    assert "\x1b" not in shown, "no colours where there is no terminal"
    Path("run.hex").write_text(f"{message_1.hex()}\n{message_2.hex()} # the answer\n")
    assert main(["explain", "--json", "run.hex"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert [step["label"] for step in report["steps"]] == ["message_1", "message_2"]
    Path("key.log").write_text("00,11\n")
    assert main(["explain", "--keylog", "key.log", "0202"]) == 2
    assert "key log, line 1: 2 columns" in capfd.readouterr().err
    assert main(["explain", "no-such-file"]) == 2
    assert "no-such-file: no such file" in capfd.readouterr().err


def test_decode_tells_c_r_from_true(capsys: pytest.CaptureFixture[str]) -> None:
    """C_R = 21 has the same number as the simple value true."""
    for prefix, said in (("15", "21: connection identifier"), ("f5", "true: starts a run")):
        message = (
            "0302582000000000000000000000000000000000000000000000000000000000000000000a"
            if prefix == "f5"
            else "500102030405060708090a0b0c0d0e0f10"
        )
        assert main(["decode", prefix + message]) == 0
        assert said in capsys.readouterr().out
    assert main(["decode", "5afdabcdef00"]) == 0
    assert "a byte string whose head says 4255895023 bytes, and 1 follow" in capsys.readouterr().out
