"""A server and clients of lake.coap that talk in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lake
from lake.coap import Client, Event, EventKind, Incoming, Outgoing, Server
from lake.testing import configs, credentials

INITIATOR, RESPONDER = lake.Role.INITIATOR, lake.Role.RESPONDER
BOTH = (INITIATOR, RESPONDER)
EMPTY, CHANGED, BAD_REQUEST, UNAUTHORIZED = 0, 0x44, 0x80, 0x81
SERVER_ERROR, UNAVAILABLE = 0xA0, 0xA3


class Pair:
    """A server for both flows, and what it told; settings are those of Config."""

    def __init__(self, *, on_event: Callable[[Event], object] | None = None, **settings: Any) -> None:
        options = {name: settings.pop(name) for name in ("limits", "prepare", "ids") if name in settings}
        self.own_i, self.own_r = credentials(settings.get("kind", lake.KeyKind.P256))
        self.config_i, self.config_r = configs(own=(self.own_i, self.own_r), **settings)
        self.events: list[Event] = []
        self.server = Server(
            responder=self.config_r, initiator=self.config_i, on_event=on_event or self.events.append, **options
        )
        self.message_id = 0

    def client(self, role: lake.Role = INITIATOR, **options: Any) -> Client:
        return Client(self.config_i if role == INITIATOR else self.config_r, role, **options)

    def incoming(self, request: Outgoing, **changes: Any) -> Incoming:
        """A request as a new datagram."""
        self.message_id += 1
        made = Incoming(
            request.code, request.payload, format=request.format, echo=request.echo,
            message_id=self.message_id, token=b"token", peer=b"client",
        )  # fmt: skip
        return replace(made, **changes)

    def ask(self, request: Outgoing, **changes: Any) -> Outgoing:
        return self.server.handle(self.incoming(request, **changes))

    def post(self, payload: bytes, **changes: Any) -> Outgoing:
        return self.ask(Outgoing(2, payload, 65), **changes)

    def half_open(self, client: Client) -> Outgoing:
        """Runs a client as far as its last request, which it gives: with message_3 or message_2."""
        request = client.next(answer_of(self.ask(client.start())))
        assert request
        return request

    def run(self, client: Client) -> None:
        """A whole run."""
        request: Outgoing | None = client.start()
        while request:
            request = client.next(answer_of(self.ask(request)))

    @property
    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]


def answer_of(answer: Outgoing) -> Incoming:
    """What the client receives."""
    return Incoming(answer.code, answer.payload, format=answer.format, echo=answer.echo)


def error_of(answer: Outgoing) -> str:
    """The text of the EDHOC error message in an answer."""
    assert answer.format == 64
    return lake.parse_error(answer.payload).text
