"""Two endpoints that talk in memory, with stacks of a few bytes by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import lake
from lake.endpoint import Deliver, Endpoint, EndpointEvent, EndpointEventKind, Save, Send
from lake.testing import configs, credentials

KEY = bytes(range(32))
CLIENT, SERVER = b"client", b"server"
START = 1_800_000_000.0


def get(message_id: int, path: str = "a") -> bytes:
    """A confirmable GET with a token of one byte (RFC 7252 section 3)."""
    return bytes((0x41, 1, 0, message_id, message_id, 0xB0 | len(path))) + path.encode()


def content(request: bytes, payload: bytes) -> bytes:
    """The 2.05 that answers it."""
    return bytes((0x61, 0x45)) + request[2:5] + b"\xff" + payload


class Side:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.delivered: list[Deliver] = []
        self.events: list[EndpointEvent] = []
        self.sent: list[bytes] = []
        self.blob = b""

    def save(self, now: float) -> None:
        self.blob = self.endpoint.save(KEY)
        self.endpoint.saved(now)

    @property
    def kinds(self) -> list[EndpointEventKind]:
        return [event.kind for event in self.events]


class Pair:
    """A client and a server; settings are those of Config, options those of the endpoint on either side."""

    def __init__(
        self, *, client: dict[str, Any] | None = None, server: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        self.own_i, self.own_r = credentials()
        self.config_i, self.config_r = configs(own=(self.own_i, self.own_r), **settings)
        self.options = {
            CLIENT: {"initiator": self.config_i, **(client or {})},
            SERVER: {"responder": self.config_r, **(server or {})},
        }
        self.sides = {name: Side(Endpoint(**options)) for name, options in self.options.items()}
        self.client, self.server = self.sides[CLIENT], self.sides[SERVER]
        self.now = START

    def close(self) -> None:
        for side in self.sides.values():
            side.endpoint.close()

    def work(self) -> None:
        """Does all there is to do. The server's stack answers what is asked with what it was asked."""
        busy = True
        while busy:
            busy = False
            for name, side in self.sides.items():
                for action in side.endpoint.actions():
                    busy = True
                    self.do(name, side, action)

    def do(self, name: bytes, side: Side, action: object) -> None:
        if isinstance(action, Send):
            side.sent.append(action.datagram)
            self.sides[action.address].endpoint.receive(name, action.datagram, self.now)
        elif isinstance(action, Deliver):
            side.delivered.append(action)
            if name == SERVER:
                side.endpoint.send(action.source, content(action.datagram, action.datagram[6:]), self.now)
        elif isinstance(action, EndpointEvent):
            side.events.append(action)
        else:
            assert isinstance(action, Save)
            side.save(self.now)

    def ask(self, message_id: int, path: str = "a") -> None:
        """A request of the client's stack is answered, once."""
        before = len(self.client.delivered)
        request = get(message_id, path)
        self.client.endpoint.send(SERVER, request, self.now)
        self.work()
        assert [answer.datagram for answer in self.client.delivered[before:]] == [content(request, path.encode())]

    def assert_unavailable(self) -> None:
        """All that the client's stack got is 5.03, from nobody."""
        assert [(answer.peer, answer.datagram[1]) for answer in self.client.delivered] == [(None, 0xA3)]

    def restart(self, name: bytes, key: bytes = KEY, **changes: Any) -> None:
        """The process of a side dies, and begins with what was stored."""
        side = self.sides[name]
        side.endpoint.close()
        side.endpoint = Endpoint.restore(key, side.blob, now=self.now, **{**self.options[name], **changes})


@contextmanager
def pair(**settings: Any) -> Iterator[Pair]:
    made = Pair(**settings)
    try:
        yield made
    finally:
        made.close()


def subject(credential: lake.Credential) -> str:
    return credential.text(lake.TextKind.SUBJECT)
