"""lake.endpoint over UDP with aiocoap, unmodified, which has EDHOC (lakers-python) and OSCORE of its own.

Above the endpoint is a stack that knows neither: aiocoap's encoder and decoder of plain CoAP.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiocoap
import pytest
from programs import WAIT, Files, Identity, client, free_port, server
from table import note
from wire import relay

import lake
from lake.endpoint import Deliver, Endpoint, EndpointEvent, EndpointEventKind, Send

CREDENTIALS = {"by-key-id": "by kid", "by-value": "by value"}
FLOWS = ["combined", "message_4"]
FOR_TSHARK = ["message_4"]
"""It takes message_3 of a combined request for a part of the ciphertext."""
HELLO, NOTE = "Hello, ", "the window is open"


class Udp:
    """An endpoint on a UDP socket, below a stack that is given what is delivered, and may answer."""

    def __init__(self, endpoint: Endpoint, stack: Callable[[Any], Any]) -> None:
        self.endpoint = endpoint
        self._stack = stack
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.events: list[EndpointEvent] = []

    def run(self, ended: Callable[[], bool]) -> None:
        """Until what it is for has ended, or much too long."""
        deadline = time.monotonic() + WAIT
        self._act()
        while not ended():
            assert time.monotonic() < deadline, f"nothing came to an end: {self.events}, {self.endpoint.stats()}"
            due = self.endpoint.due
            wait = 0.1 if due is None else min(max(due - time.time(), 0), 0.1)
            if select.select([self._socket], [], [], wait)[0]:
                datagram, (_, port) = self._socket.recvfrom(65535)
                self.endpoint.receive(str(port).encode(), datagram)
            else:
                self.endpoint.tick()
            self._act()

    def _act(self) -> None:
        for action in self.endpoint.actions():
            if isinstance(action, Send):
                self._socket.sendto(action.datagram, ("127.0.0.1", int(action.address)))
            elif isinstance(action, Deliver):
                answer = self._stack(aiocoap.Message.decode(action.datagram))
                if answer is not None:
                    self.endpoint.send(action.source, answer.encode())
            else:
                assert isinstance(action, EndpointEvent)
                self.events.append(action)

    def close(self) -> None:
        self._socket.close()
        self.endpoint.close()

    @property
    def kinds(self) -> list[EndpointEventKind]:
        return [event.kind for event in self.events]


@contextmanager
def udp(endpoint: Endpoint, stack: Callable[[Any], Any]) -> Iterator[Udp]:
    made = Udp(endpoint, stack)
    try:
        yield made
    finally:
        made.close()


def contexts_of(credentials: Path) -> Path:
    """What peer.py has noted."""
    return credentials.with_name(f"{credentials.name}.contexts")


def config(own: Any, peer: Any, style: str, flow: str) -> lake.Config:
    mine = lake.Credential.from_ccs(own.ccs)
    mine.set_private_key(own.private)
    if style == "by-value":
        mine.set_id(lake.IdType.KCCS)
    known = lake.Credential.from_ccs(peer.ccs)
    return lake.Config(own=[mine], peers=[known], methods=[3], suites=[2], message_4=flow == "message_4")


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("style", CREDENTIALS)
def test_aiocoap_as_server(style: str, flow: str, tmp_path: Path) -> None:
    port = free_port()
    files = Files(tmp_path, f"coap://127.0.0.1:{port}", style, flow)
    endpoint = Endpoint(initiator=config(files.theirs, files.mine, style, flow), combined=flow == "combined")
    answers: list[Any] = []

    def take(message: Any) -> Any:
        """A server that is slow acknowledges, and answers later with a message that wants an acknowledgement."""
        if message.code == aiocoap.EMPTY:
            return None
        answers.append(message)
        if message.mtype == aiocoap.ACK:
            return None
        return aiocoap.Message(code=aiocoap.EMPTY, _mtype=aiocoap.ACK, _mid=message.mid)

    with (
        server("lakers", port, files.of_server, flow),
        relay(port) as wire,
        udp(endpoint, take) as stack,
    ):
        requests = [(aiocoap.GET, b""), (aiocoap.PUT, NOTE.encode()), (aiocoap.GET, b"")]
        for number, (code, payload) in enumerate(requests, 1):
            request = aiocoap.Message(
                code=code, payload=payload, uri_path=("hello",), _mid=number, _mtype=aiocoap.CON, _token=bytes([number])
            )
            endpoint.send(str(wire.port).encode(), request.encode())
            stack.run(lambda wanted=number: len(answers) == wanted)  # type: ignore[misc]
        assert stack.kinds == [EndpointEventKind.ESTABLISHED]
        for secret in (HELLO, NOTE):
            wire.assert_protected(secret)
    assert [(str(answer.code), answer.payload.decode()) for answer in answers] == [
        ("2.05 Content", "Hello, :client"),
        ("2.04 Changed", f"Noted: {NOTE}"),
        ("2.05 Content", "Hello, :client"),
    ]
    assert [answer.token for answer in answers] == [b"\x01", b"\x02", b"\x03"]
    if flow in FOR_TSHARK:
        exchanges = zip(requests, answers, strict=True)
        said = [m for asked, answer in exchanges for m in (asked, (answer.code, answer.payload))]
        assert wire.tshark(contexts_of(files.of_server)) == said
    note("lake.endpoint", "aiocoap, lakers-python", "method 3, suite 2", CREDENTIALS[style], flow)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("style", CREDENTIALS)
def test_aiocoap_as_client(style: str, flow: str, tmp_path: Path) -> None:
    requests: list[tuple[str, bytes]] = []

    def answer(request: Any) -> Any:
        requests.append((str(request.code), request.payload))
        assert request.opt.uri_path == ("hello",)
        code, payload = (
            (aiocoap.CONTENT, b"Hello, you")
            if request.code == aiocoap.GET
            else (aiocoap.CHANGED, b"Noted: " + request.payload)
        )
        return aiocoap.Message(code=code, payload=payload, _mid=request.mid, _mtype=aiocoap.ACK, _token=request.token)

    files = Files(tmp_path, "coap://NOWHERE", style, flow)
    endpoint = Endpoint(responder=config(files.mine, files.theirs, style, flow))
    with (
        udp(endpoint, answer) as stack,
        relay(stack.port) as wire,
        ThreadPoolExecutor(1) as threads,
    ):
        uri = f"coap://127.0.0.1:{wire.port}"
        files.of_client.write_text(files.of_client.read_text().replace("coap://NOWHERE", uri))
        asking = threads.submit(client, "lakers", uri, files.of_client, flow, NOTE)
        stack.run(asking.done)
        done = asking.result()
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"2.05 Content Hello, you\n2.04 Changed Noted: {NOTE}\n"
        assert stack.kinds == [EndpointEventKind.ESTABLISHED, EndpointEventKind.RENEWED], (
            "aiocoap makes a run for each request"
        )
        [peer] = endpoint.peers()
        assert endpoint.peer_credential(peer).text(lake.TextKind.SUBJECT) == "client"
        for secret in (HELLO, NOTE):
            wire.assert_protected(secret)
    assert requests == [("GET", b""), ("PUT", NOTE.encode())]
    if flow in FOR_TSHARK:
        assert wire.tshark(contexts_of(files.of_client)) == [
            (aiocoap.GET, b""),
            (aiocoap.CONTENT, b"Hello, you"),
            (aiocoap.PUT, NOTE.encode()),
            (aiocoap.CHANGED, b"Noted: " + NOTE.encode()),
        ]
    note("aiocoap, lakers-python", "lake.endpoint", "method 3, suite 2", CREDENTIALS[style], flow)


@pytest.mark.parametrize("kid", [b"\x2b", b"\x2c"])
def test_an_aiocoap_client_that_is_not_known(kid: bytes, tmp_path: Path) -> None:
    """Another key under its kid, or no key at all: the stack hears nothing of it."""
    files = Files(tmp_path, "coap://NOWHERE", "by-key-id", "combined")
    endpoint = Endpoint(responder=config(files.mine, Identity("client", kid), "by-key-id", "combined"))
    requests: list[Any] = []
    with udp(endpoint, requests.append) as stack, ThreadPoolExecutor(1) as threads:
        uri = f"coap://127.0.0.1:{stack.port}"
        files.of_client.write_text(files.of_client.read_text().replace("coap://NOWHERE", uri))
        asking = threads.submit(client, "lakers", uri, files.of_client, "combined")
        stack.run(asking.done)
        done = asking.result()
        assert done.returncode != 0 or "2.05" not in done.stdout
        assert stack.kinds == [EndpointEventKind.FAILED]
        assert endpoint.peers() == requests == []
