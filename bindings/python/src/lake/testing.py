"""For tests: ready pairs of sessions here, and peers for a device on a UDP port.

The first half needs nothing else:

>>> initiator, responder = lake.testing.handshake()
>>> initiator.is_complete and responder.is_complete
True

`ResponderPeer` and `InitiatorPeer` speak EDHOC and OSCORE over CoAP (extra
`lake[coap]`) with a device under test. For pytest, put
`pytest_plugins = ["lake.testing"]` into conftest.py, and use the fixtures
`lake_responder` and `lake_initiator`: each is ready with a fresh credential.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from ._abi import KeyKind, Role
from .config import Config
from .credential import Credential
from .session import Session

if TYPE_CHECKING:
    from typing_extensions import Self

R = TypeVar("R")

_KIDS = {Role.INITIATOR: b"\x2b", Role.RESPONDER: b"\x32"}
TIMEOUT = 20.0
"""Seconds that anything may take here."""


def configs(*, kind: KeyKind = KeyKind.P256, method: int = 3, suite: int = 2, **settings: Any) -> tuple[Config, Config]:
    """The configs of an Initiator and a Responder with fresh credentials (CCS by kid) that know each other.

    Further settings are those of `Config`.

    >>> initiator, responder = lake.testing.configs(message_4=True)
    """
    own = {role: Credential.generate(kind, subject=role.name.lower(), kid=_KIDS[role]) for role in Role}
    settings = {"methods": [method], "suites": [suite, *_others(suite)], **settings}
    made = [Config(own=[own[role]], peers=[own[Role(3 - role)]], **settings) for role in Role]
    return made[0], made[1]


def _others(suite: int) -> list[int]:
    """The suite that goes with the same keys."""
    return {0: [1], 1: [0], 2: [3], 3: [2]}.get(suite, [])


def sessions(**settings: Any) -> tuple[Session, Session]:
    """An Initiator and a Responder that know each other, before message_1; settings as for `configs`.

    >>> initiator, responder = lake.testing.sessions(suite=3)
    >>> message_2 = responder.step(initiator.step())
    >>> responder.suite
    3
    """
    initiator, responder = configs(**settings)
    return (
        Session(initiator, Role.INITIATOR, connection_id=b"\x05"),
        Session(responder, Role.RESPONDER, connection_id=b"\x06"),
    )


def handshake(*, complete: bool = True, **settings: Any) -> tuple[Session, Session]:
    """The same after the handshake; not complete: after message_3, where message_4 may follow.

    >>> initiator, responder = lake.testing.handshake(complete=False)
    >>> initiator.state.name, responder.state.name
    ('WAIT_MESSAGE_4', 'VERIFIED_MESSAGE_3')
    """
    initiator, responder = sessions(**settings)
    responder.process_message_1(initiator.prepare_message_1())
    initiator.process_message_2(responder.prepare_message_2())
    responder.process_message_3(initiator.prepare_message_3())
    if complete:
        initiator.complete_without_message_4()
        responder.complete_without_message_4()
    return initiator, responder


# --- Peers for a device ---------------------------------------------------------------


class _Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lake.testing", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, TIMEOUT), self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(TIMEOUT)
        self._loop.close()


class _Peer:
    """What both kinds of peer share: a credential, whom they trust, a loop."""

    def __init__(self, kind: KeyKind, subject: str, kid: bytes) -> None:
        self.credential = Credential.generate(kind, subject=subject, kid=kid)
        self._trusted: list[Credential] = []
        self._loop = _Loop()

    def trust(self, credential: Credential) -> None:
        """Adds the credential of the device, before the first run.

        >>> with lake.testing.InitiatorPeer() as peer:
        ...     peer.trust(lake.Credential.generate(lake.KeyKind.P256, kid=b'D'))
        """
        self._trusted.append(credential)

    def _config(self, settings: dict[str, Any]) -> Config:
        return Config(own=[self.credential], peers=self._trusted, **settings)

    def close(self) -> None:
        """Ends it; `with` does, too.

        >>> lake.testing.InitiatorPeer().close()
        """
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ResponderPeer(_Peer):
    """A CoAP server on a UDP port, to test a device that is an EDHOC Initiator.

    `uri` is where it is, `credential` what the device has to know. Behind OSCORE
    is a resource /hello. Settings are those of `Config`.

    >>> with lake.testing.ResponderPeer() as peer, lake.testing.InitiatorPeer() as device:
    ...     peer.trust(device.credential)
    ...     device.trust(peer.credential)
    ...     session = device.handshake(peer.uri)
    ...     peer.sessions[0].authenticated
    True
    """

    def __init__(self, kind: KeyKind = KeyKind.P256, *, host: str = "127.0.0.1", **settings: Any) -> None:
        super().__init__(kind, "responder", _KIDS[Role.RESPONDER])
        self._settings = settings
        self.sessions: list[Session] = []
        """The sessions so far, also those that failed."""
        from .coap import Server

        self._server = Server(self._made, self.sessions.append)
        self._made_config: Config | None = None
        self._loop.run(self._server.start(host))
        self.uri = self._server.uri

    def _made(self) -> Config:
        self._made_config = self._made_config or self._config(self._settings)
        return self._made_config

    def close(self) -> None:
        self._loop.run(self._server.close())
        super().close()


class InitiatorPeer(_Peer):
    """A CoAP client, to test a device that is an EDHOC Responder; settings are those of `Config`.

    >>> with lake.testing.InitiatorPeer() as peer:
    ...     peer.credential.text(lake.TextKind.SUBJECT)
    'initiator'
    """

    def __init__(self, kind: KeyKind = KeyKind.P256, **settings: Any) -> None:
        super().__init__(kind, "initiator", _KIDS[Role.INITIATOR])
        self._settings = settings
        self.session: Session | None = None
        """The last session, also if it failed."""

    def handshake(self, uri: str) -> Session:
        """Runs EDHOC with the device at coap://host:port, and gives the session.

        What the session raises comes out of it; see ResponderPeer for an example.

        >>> with lake.testing.InitiatorPeer() as peer:
        ...     peer.handshake('http://example.org')
        Traceback (most recent call last):
        ValueError: the URI has to begin with coap://
        """
        from .coap import Client

        self.session = Session(self._config(self._settings), Role.INITIATOR)

        async def run(session: Session) -> None:
            async with Client(uri, session) as client:
                await client.handshake()

        self._loop.run(run(self.session))
        return self.session

    def get(self, uri: str, path: str) -> bytes:
        """Runs EDHOC with the device, gets a resource behind OSCORE, and gives its payload.

        >>> with lake.testing.ResponderPeer() as peer, lake.testing.InitiatorPeer() as device:
        ...     peer.trust(device.credential)
        ...     device.trust(peer.credential)
        ...     device.get(peer.uri, 'hello')
        b'Hello, initiator'
        """
        from .coap import Client

        self.session = Session(self._config(self._settings), Role.INITIATOR)

        async def run(session: Session) -> bytes:
            async with Client(uri, session) as client:
                await client.handshake()
                return await client.get(path)

        return self._loop.run(run(self.session))


try:
    import pytest
except ImportError:
    pass
else:

    @pytest.fixture
    def lake_responder() -> Iterator[ResponderPeer]:
        """A Responder on a UDP port with a fresh credential, for a device that is an Initiator."""
        with ResponderPeer() as peer:
            yield peer

    @pytest.fixture
    def lake_initiator() -> Iterator[InitiatorPeer]:
        """An Initiator with a fresh credential, for a device that is a Responder."""
        with InitiatorPeer() as peer:
            yield peer


__all__ = ["InitiatorPeer", "ResponderPeer", "configs", "handshake", "sessions"]
