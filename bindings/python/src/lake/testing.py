"""For tests: ready pairs of sessions here, and peers for a device on a UDP port.

The first half needs nothing else:

>>> initiator, responder = lake.testing.handshake()
>>> initiator.info.is_complete and responder.info.is_complete
True

`ResponderPeer` and `InitiatorPeer` speak EDHOC and OSCORE over CoAP (extra
`liblake[coap]`) with a device under test. For pytest, put
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

    from .aiocoap import Client
    from .coap import Event

R = TypeVar("R")

_KIDS = {Role.INITIATOR: b"\x2b", Role.RESPONDER: b"\x32"}
TIMEOUT = 20.0
"""Seconds that anything may take here."""


def credentials(kind: KeyKind = KeyKind.P256) -> tuple[Credential, Credential]:
    """Fresh credentials of an Initiator and a Responder (CCS by kid), with their private keys.

    >>> [credential.text(lake.TextKind.SUBJECT) for credential in lake.testing.credentials()]
    ['initiator', 'responder']
    """
    initiator, responder = (Credential.generate(kind, subject=role.name.lower(), kid=_KIDS[role]) for role in Role)
    return initiator, responder


def configs(
    *,
    kind: KeyKind = KeyKind.P256,
    method: int = 3,
    suite: int = 2,
    own: tuple[Credential, Credential] | None = None,
    **settings: Any,
) -> tuple[Config, Config]:
    """The configs of an Initiator and a Responder that know each other.

    Their credentials are `own`, or fresh ones. Further settings are those of `Config`.

    >>> initiator, responder = lake.testing.configs(message_4=True)
    """
    i, r = own or credentials(kind)
    settings = {"methods": [method], "suites": [suite, *_others(suite)], **settings}
    return Config(own=[i], peers=[r], **settings), Config(own=[r], peers=[i], **settings)


def _others(suite: int) -> list[int]:
    """The suite that goes with the same keys."""
    return {0: [1], 1: [0], 2: [3], 3: [2]}.get(suite, [])


def sessions(**settings: Any) -> tuple[Session, Session]:
    """An Initiator and a Responder that know each other, before message_1; settings as for `configs`.

    >>> initiator, responder = lake.testing.sessions(suite=3)
    >>> message_2 = responder.step(initiator.step())
    >>> responder.info.suite
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
    >>> initiator.info.state.name, responder.info.state.name
    ('WAIT_MESSAGE_4', 'VERIFIED_MESSAGE_3')
    """
    initiator, responder = sessions(**settings)
    responder.process_message(1, initiator.prepare_message(1))
    initiator.process_message(2, responder.prepare_message(2))
    responder.process_message(3, initiator.prepare_message(3))
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

    def __init__(self, kind: KeyKind, role: Role) -> None:
        self.credential = Credential.generate(kind, subject=role.name.lower(), kid=_KIDS[role])
        self._loop = _Loop()

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
    is a resource /hello. Settings are those of `Config`. With reverse=True it is the
    Initiator of the reverse flow, too, for a device that is a Responder and a client.

    >>> with lake.testing.ResponderPeer() as peer, lake.testing.InitiatorPeer() as device:
    ...     peer.trust(device.credential)
    ...     device.trust(peer.credential)
    ...     session = device.handshake(peer.uri)
    ...     peer.sessions[0].info.is_authenticated
    True
    """

    def __init__(
        self, kind: KeyKind = KeyKind.P256, *, host: str = "127.0.0.1", reverse: bool = False, **settings: Any
    ) -> None:
        super().__init__(kind, Role.RESPONDER)
        self._config = Config(own=[self.credential], **settings)
        self.sessions: list[Session] = []
        """The sessions that succeeded so far."""
        self.events: list[Event] = []
        """What became of all runs so far, also those that failed."""
        from .aiocoap import Server

        self._server = Server(
            self._config,
            initiator=self._config if reverse else None,
            on_session=self.sessions.append,
            on_event=self.events.append,
        )
        self._loop.run(self._server.start(host))
        self.uri = self._server.uri

    def trust(self, credential: Credential) -> None:
        """Adds the credential of the device, before the first run.

        >>> with lake.testing.ResponderPeer() as peer:
        ...     peer.trust(lake.Credential.generate(lake.KeyKind.P256, kid=b'D'))
        """
        self._config.add_peer_credential(credential)

    def close(self) -> None:
        self._loop.run(self._server.close())
        super().close()


class InitiatorPeer(_Peer):
    """A CoAP client, to test a device that is an EDHOC Responder; settings are those of `Config`.

    With reverse=True it is the Responder of the reverse flow, for a device that is an
    Initiator and a server.

    >>> with lake.testing.InitiatorPeer() as peer:
    ...     peer.credential.text(lake.TextKind.SUBJECT)
    'initiator'
    """

    def __init__(self, kind: KeyKind = KeyKind.P256, *, reverse: bool = False, **settings: Any) -> None:
        super().__init__(kind, Role.INITIATOR)
        self._role = Role.RESPONDER if reverse else Role.INITIATOR
        self._settings = settings
        self._trusted: list[Credential] = []
        self._client: Client | None = None

    def trust(self, credential: Credential) -> None:
        """Adds the credential of the device.

        >>> with lake.testing.InitiatorPeer() as peer:
        ...     peer.trust(lake.Credential.generate(lake.KeyKind.P256, kid=b'D'))
        """
        self._trusted.append(credential)

    def trace(self) -> str:
        """What happened in the last run, as `Session.trace`; empty before the first.

        >>> with lake.testing.InitiatorPeer() as peer:
        ...     peer.trace()
        ''
        """
        return self._client.trace() if self._client else ""

    def handshake(self, uri: str) -> Session:
        """Runs EDHOC with the device at coap://host:port, and gives the session.

        What the run raises comes out of it; see ResponderPeer for an example.

        >>> with lake.testing.InitiatorPeer() as peer:
        ...     peer.handshake('http://example.org')
        Traceback (most recent call last):
        ValueError: the URI has to begin with coap://
        """
        client = self._new(uri)

        async def run() -> Session:
            async with client:
                await client.handshake()
            return client.session

        return self._loop.run(run())

    def get(self, uri: str, path: str) -> bytes:
        """Runs EDHOC with the device, gets a resource behind OSCORE, and gives its payload.

        >>> with lake.testing.ResponderPeer() as peer, lake.testing.InitiatorPeer() as device:
        ...     peer.trust(device.credential)
        ...     device.trust(peer.credential)
        ...     device.get(peer.uri, 'hello')
        b'Hello, initiator'
        """
        client = self._new(uri)

        async def run() -> bytes:
            async with client:
                await client.handshake()
                return await client.get(path)

        return self._loop.run(run())

    def _new(self, uri: str) -> Client:
        from .aiocoap import Client

        config = Config(own=[self.credential], peers=self._trusted, **self._settings)
        self._client = Client(uri, config, self._role)
        return self._client


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


__all__ = ["InitiatorPeer", "ResponderPeer", "configs", "credentials", "handshake", "sessions"]
