"""aiocoap's own EDHOC, on the genuine lakers-python, with the C programs: on libcoap, with an endpoint underneath.

message_4 is part of it, or the combined request: as a client, aiocoap waits for message_4 when it
sends message_3 in a request of its own; as a server, it always answers with one. A relay sees to it
that answers are protected. libcoap_oscore, which uses libcoap's own OSCORE, wants a receipt in the
protected answer, which aiocoap does not know of.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from programs import EXAMPLES, KIDS, Files, Identity, Kids, c_client, c_server, client, free_port, server
from table import note
from wire import relay

STYLES = {"by-key-id": "by kid", "by-value": "by value"}
SUITE = ["--suite", "2"]  # the one that aiocoap has
HELLO = "Hello, :client"


class Both(Files):
    """The same for the programs of examples/c, which send by value what has no kid."""

    def __init__(self, folder: Path, style: str = "by-key-id", flow: str = "message_4", kids: Kids = KIDS) -> None:
        self.port = free_port()
        self.uri = f"coap://127.0.0.1:{self.port}"
        super().__init__(folder, self.uri, style, flow, kids)
        server, client = folder / "server.ccs", folder / "client.ccs"
        self.c_server = self.mine.own_options(server) + self.theirs.peer_options(client)
        self.c_client = self.theirs.own_options(client) + self.mine.peer_options(server) + SUITE


# --- aiocoap as the client -------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_aiocoap_with_c_server(style: str, tmp_path: Path) -> None:
    both, said = Both(tmp_path, style, kids=(KIDS[0] if style == "by-key-id" else None, KIDS[1])), list[str]()
    with c_server(*both.c_server, "--message-4", port=both.port, said=said):
        for _ in range(2):
            done = client("lakers", both.uri, both.of_client, "message_4")
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("2.05 Content Hello client, kid 2b, P-256 key ")
    assert sum(" authenticated: client, kid 2b, " in line for line in said) == 2
    assert "established 2, failed 0," in said[-1]
    note("aiocoap, lakers-python", "C, libcoap", "method 3, suite 2", STYLES[style], "message_4")


@pytest.mark.parametrize("style", STYLES)
def test_the_combined_request(style: str, tmp_path: Path) -> None:
    kids = (KIDS[0] if style == "by-key-id" else None, KIDS[1])
    both, said = Both(tmp_path, style, flow="combined", kids=kids), list[str]()
    with c_server(*both.c_server, port=both.port, said=said):
        for _ in range(2):
            done = client("lakers", both.uri, both.of_client, "combined")
            assert done.returncode == 0, done.stderr
            assert done.stdout.startswith("2.05 Content Hello client, kid 2b, P-256 key ")
    assert "established 2, failed 0," in said[-1]
    note("aiocoap, lakers-python", "C, libcoap", "method 3, suite 2", STYLES[style], "combined")


def test_the_combined_request_without_an_endpoint(tmp_path: Path) -> None:
    """libcoap does not know its option, and refuses it: message_3 does not arrive."""
    both, said = Both(tmp_path, flow="combined"), list[str]()
    with c_server(*both.c_server, port=both.port, said=said, libcoap=True):
        done = client("lakers", both.uri, both.of_client, "combined")
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "half-open 1," in said[-1]
    assert "established 0, failed 0," in said[-1]


@pytest.mark.parametrize("kid", [b"\x2b", b"\x2c"])
def test_a_client_that_is_not_known(kid: bytes, tmp_path: Path) -> None:
    """Another key under its kid, or no key at all."""
    both, said = Both(tmp_path), list[str]()
    options = both.mine.own_options(tmp_path / "server.ccs")
    options += Identity("client", kid).peer_options(tmp_path / "other.ccs")
    with c_server(*options, "--message-4", port=both.port, said=said):
        done = client("lakers", both.uri, both.of_client, "message_4")
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "established 0, failed 1," in said[-1]


def test_a_server_that_is_not_known(tmp_path: Path) -> None:
    """aiocoap sends no error messages: the run stays half-open."""
    both, said = Both(tmp_path), list[str]()
    options = Identity("server", b"\x32").own_options(tmp_path / "other.ccs")
    options += both.theirs.peer_options(tmp_path / "client.ccs")
    with c_server(*options, "--message-4", port=both.port, said=said):
        done = client("lakers", both.uri, both.of_client, "message_4")
    assert (done.returncode != 0, done.stdout) == (True, "")
    assert "half-open 1," in said[-1]
    assert "established 0, failed 0," in said[-1]


# --- aiocoap as the server -------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_c_client_with_aiocoap(style: str, tmp_path: Path) -> None:
    both = Both(tmp_path, style, kids=(KIDS[0], KIDS[1] if style == "by-key-id" else None))
    with server("lakers", both.port, both.of_server, "message_4"):
        for _ in range(2):
            with relay(both.port) as wire:
                status, out = c_client(wire.port, *both.c_client, "--message-4")
                assert status == 0, out
                assert f"<- {HELLO}\n" in out
                wire.assert_protected(HELLO)
    note("C, libcoap", "aiocoap, lakers-python", "method 3, suite 2", STYLES[style], "message_4")


@pytest.mark.parametrize("kid", [b"\x2b", b"\x2c"])
def test_c_client_that_is_not_known(kid: bytes, tmp_path: Path) -> None:
    both = Both(tmp_path)
    options = Identity("client", kid).own_options(tmp_path / "other.ccs")
    options += both.mine.peer_options(tmp_path / "server.ccs") + SUITE
    with server("lakers", both.port, both.of_server, "message_4"):
        status, out = c_client(both.port, *options, "--message-4")
    assert status == 1
    assert "failed: " in out
    assert "authenticated" not in out


@pytest.mark.parametrize("libcoap", [False, True])
def test_c_client_that_does_not_know_the_server(libcoap: bool, tmp_path: Path) -> None:
    both = Both(tmp_path)
    options = both.theirs.own_options(tmp_path / "client.ccs")
    options += Identity("server", b"\x32").peer_options(tmp_path / "other.ccs") + SUITE
    with server("lakers", both.port, both.of_server, "message_4"):
        # lakers-python panics at an error message, and aiocoap says nothing: so there is an end to waiting for that.
        status, out = c_client(both.port, *options, "--message-4", "--timeout", "3", libcoap=libcoap)
    assert status == 1
    assert "failed: the MAC does not verify" in out
    assert "authenticated" not in out
    if libcoap:  # which tells of messages
        assert "<- message_2, " in out
        assert "-> message_3, " not in out
        assert "-> error, " in out


def test_c_client_that_wants_more_than_there_is(tmp_path: Path) -> None:
    both = Both(tmp_path)
    with server("lakers", both.port, both.of_server, "message_4"):
        for options, message in (
            (["--message-4"], "failed: the answer was not protected, or its server sends no receipt (--no-receipt"),
            (["--no-receipt", "--reverse"], "failed: "),
            (["--no-receipt", "--discover"], "failed: the server answered 4.04 to GET /.well-known/core\n"),
        ):
            status, out = c_client(both.port, *both.c_client, *options, libcoap=True)
            assert status == 1
            assert message in out
            assert HELLO not in out
        status, out = c_client(both.port, *both.c_client, "--reverse")
        assert (status, "failed: " in out, HELLO in out) == (1, True, False)


# --- The relay -----------------------------------------------------------------------------


def test_the_relay_sees_what_the_client_does_not(tmp_path: Path) -> None:
    """test_relay answers the protected request itself, without protection."""
    both = Both(tmp_path)
    with (
        c_server(*both.c_server) as port,
        subprocess.Popen([EXAMPLES / "test_relay", str(port)], stdout=subprocess.PIPE, text=True) as liar,
    ):
        assert liar.stdout
        with relay(int(liar.stdout.readline())) as wire:
            status, out = c_client(wire.port, *both.c_client, "--no-receipt", libcoap=True)
            assert status == 0, out
            assert "<- Hello\nan answer without a receipt arrived, protected or not\n" in out
            with pytest.raises(AssertionError):
                wire.assert_protected("Good bye")


def test_the_relay_sees_that_nothing_was_protected(tmp_path: Path) -> None:
    both = Both(tmp_path)
    with server("lakers", both.port, both.of_server, "message_4"), relay(both.port) as wire:
        status, _ = c_client(wire.port, *both.c_client, "--discover", libcoap=True)
        assert status == 1
        with pytest.raises(AssertionError, match="there was no protected request"):
            wire.assert_protected(HELLO)
