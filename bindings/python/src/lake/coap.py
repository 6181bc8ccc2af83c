"""EDHOC and OSCORE over CoAP (RFC 9528 appendix A, RFC 9668) with aiocoap, for all methods and suites.

Needs the extra `lake[coap]`. For programs that want aiocoap's own EDHOC on
liblake, there is `lake.install_as_lakers`.

>>> import asyncio
>>> from lake.coap import Client, Server
>>> config_i, config_r = lake.testing.configs()
>>> async def main() -> bytes:
...     async with Server(lambda: config_r) as server:
...         async with Client(server.uri, lake.Session(config_i, lake.Role.INITIATOR)) as client:
...             await client.handshake()
...             return await client.get('hello')
>>> asyncio.run(main())
b'Hello, initiator'
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

try:
    import aiocoap
    from aiocoap import error, interfaces, oscore, resource
    from aiocoap.oscore_sitewrapper import OscoreSiteWrapper
except ImportError as missing:
    raise ImportError("lake.coap needs aiocoap: pip install 'lake[coap]'") from missing

from . import _cbor
from ._abi import Role, State, TextKind
from .config import Config
from .errors import LakeError
from .session import Session

if TYPE_CHECKING:
    from typing_extensions import Self

_PATH = (".well-known", "edhoc")
_CF_EDHOC, _CF_CID_EDHOC = 64, 65
_START = b"\xf5"
_HASHES = {-16: "sha256", -43: "sha384"}


def _encode_id(id: bytes) -> bytes:
    """A connection identifier as it stands in front of a message (RFC 9528 section 3.3.2)."""
    if len(id) == 1 and (id[0] < 0x18 or 0x20 <= id[0] < 0x38):
        return id
    head = bytes([0x40 + len(id)]) if len(id) < 24 else bytes([0x58, len(id)])
    return head + id


def _split_id(data: bytes) -> tuple[bytes, bytes]:
    """The connection identifier in front of a message, and the message."""
    first = _cbor.first(data)
    if first.major not in (0, 1, 2):
        raise ValueError("a connection identifier is needed")
    return first.value if first.major == 2 else first.encoded, data[len(first.encoded) :]


class SecurityContext(oscore.CanProtect, oscore.CanUnprotect, oscore.SecurityContextUtils):  # type: ignore[misc]
    """The OSCORE context of a session, as aiocoap wants it.

    On the client, message_3 can go with the first request (combined request); on
    the server, it is taken from there.
    """

    id_context = None
    authenticated_claims: list[str]

    def __init__(self, session: Session) -> None:
        self.session = session
        self.message_3: bytes | None = None
        self.recipient_id = session.own_connection_id
        self.sender_id = session.peer_connection_id
        self.authenticated_claims = []
        self._ready = False

    def __repr__(self) -> str:
        return f"<lake.coap.SecurityContext of {self.session!r}>"

    def establish(self) -> None:
        """Takes the keys of the session, once they can be exported."""
        if self._ready:
            return
        context = self.session.oscore_context()
        self.alg_aead = next(a for a in oscore.algorithms.values() if a.value == context.aead)
        self.hashfun = oscore.hashfunctions[_HASHES[context.hash]]
        self.recipient_replay_window = oscore.ReplayWindow(32, lambda: None)
        self.recipient_replay_window.initialize_empty()
        self.sender_sequence_number = 0
        self.derive_keys(context.master_salt, context.master_secret)
        self.authenticated_claims = [self.session.peer_credential.text(TextKind.SUBJECT)]
        self._ready = True

    def post_seqnoincrease(self) -> None:
        """Nothing is kept over a restart."""

    def protect(self, message: Any, request_id: Any = None, *, kid_context: bool = True) -> Any:
        outer, request_id = super().protect(message, request_id=request_id, kid_context=kid_context)
        if self.message_3 is not None:
            outer.opt.edhoc = True
            outer.payload, self.message_3 = self.message_3 + outer.payload, None
        return outer, request_id

    def unprotect(self, message: Any, request_id: Any = None) -> Any:
        if not self._ready:
            message = self._take_message_3(message)
        return super().unprotect(message, request_id)

    def _take_message_3(self, message: Any) -> Any:
        if not message.opt.edhoc:
            raise error.BadRequest("EDHOC is not complete")
        try:
            first = _cbor.first(message.payload)
        except ValueError:
            raise error.BadRequest("no message_3") from None
        try:
            self.session.step(first.encoded)
        except LakeError as failure:
            raise _Refused(failure) from failure
        self.establish()
        return message.copy(edhoc=False, payload=message.payload[len(first.encoded) :])


class _Refused(error.RenderableError):  # type: ignore[misc]
    """An EDHOC failure as a CoAP response."""

    def __init__(self, failure: LakeError) -> None:
        super().__init__(str(failure))
        self._payload = failure.error_message or b""

    def to_message(self) -> Any:
        message = aiocoap.Message(code=aiocoap.BAD_REQUEST, payload=self._payload)
        if self._payload:
            message.opt.content_format = _CF_EDHOC
        return message


class _Edhoc(resource.Resource):  # type: ignore[misc]
    """The resource /.well-known/edhoc, and the OSCORE contexts that come of it."""

    def __init__(self, config: Callable[[], Config], on_session: Callable[[Session], object]) -> None:
        super().__init__()
        self._config = config
        self._on_session = on_session
        self._contexts: dict[bytes, SecurityContext] = {}
        self._waiting: dict[bytes, Session] = {}

    def find_oscore(self, unprotected: dict[Any, Any]) -> SecurityContext:
        """What OscoreSiteWrapper asks for."""
        return self._contexts[unprotected[oscore.COSE_KID]]

    async def render_post(self, request: Any) -> Any:
        session: Session | None = None
        try:
            if request.payload[:1] == _START:
                session = self._new(Role.RESPONDER)
                out = self._respond(session, request.payload[1:])
            elif request.payload:
                id, message = _split_id(request.payload)
                session = self._waiting[id]
                out = session.step(message)
            else:  # the reverse flow: the client is the Responder
                session = self._new(Role.INITIATOR)
                session.set_connection_id(self._free_id(b""))
                out = session.step()
        except LakeError as failure:
            if session is not None and session.state == State.FAILED:
                self._forget(session)
            raise _Refused(failure) from failure
        except (ValueError, LookupError):
            raise error.BadRequest from None
        self._keep(session)
        response = aiocoap.Message(code=aiocoap.CHANGED, payload=out)
        if out:
            response.opt.content_format = _CF_EDHOC
        return response

    def _new(self, role: Role) -> Session:
        session = Session(self._config(), role)
        self._on_session(session)
        return session

    def _respond(self, session: Session, message_1: bytes) -> bytes:
        session.process_message_1(message_1)
        session.set_connection_id(self._free_id(session.peer_connection_id))
        return session.prepare_message_2()

    def _free_id(self, other: bytes) -> bytes:
        used = self._contexts.keys() | self._waiting.keys() | {other}
        return next(id for id in _ids() if id not in used)

    def _keep(self, session: Session) -> None:
        id = session.own_connection_id
        self._waiting[id] = session
        if session.role == Role.RESPONDER or session.is_complete:
            context = self._contexts.setdefault(id, SecurityContext(session))
            if session.is_complete:
                context.establish()
        if session.is_complete:
            del self._waiting[id]

    def _forget(self, session: Session) -> None:
        for table in (self._waiting, self._contexts):
            for id in [id for id, kept in table.items() if session in (kept, getattr(kept, "session", None))]:
                del table[id]


def _ids() -> Iterator[bytes]:
    """Connection identifiers, the short ones first."""
    one = (bytes([n]) for n in chain(range(0x18), range(0x20, 0x38)))
    return chain(one, (n.to_bytes(2, "big") for n in range(0x10000)))


class _Site(interfaces.Resource):  # type: ignore[misc]
    """EDHOC at its place, and the inner site behind OSCORE."""

    def __init__(self, edhoc: _Edhoc, site: Any) -> None:
        self._edhoc = edhoc
        self._inner = OscoreSiteWrapper(site, edhoc)

    async def render(self, request: Any) -> Any:
        raise RuntimeError("only render_to_pipe is used")

    async def needs_blockwise_assembly(self, request: Any) -> bool:
        raise RuntimeError("only render_to_pipe is used")

    async def render_to_pipe(self, pipe: Any) -> None:
        target = self._edhoc if pipe.request.opt.uri_path == _PATH else self._inner
        await target.render_to_pipe(pipe)


class Hello(resource.Resource):  # type: ignore[misc]
    """A resource that greets who authenticated, and nobody else."""

    async def render_get(self, request: Any) -> Any:
        claims = getattr(request.remote, "authenticated_claims", [])
        if not claims:
            raise error.Unauthorized
        return aiocoap.Message(payload=f"Hello, {claims[0] or 'peer'}".encode())


class Server:
    """A CoAP server with EDHOC at /.well-known/edhoc and a site behind OSCORE.

    `config` gives the config of each new session; `on_session` is told of it;
    `site` is aiocoap's, by default one with /hello. It is for trying and testing
    devices: what is begun is neither limited nor forgotten.

    >>> server = lake.coap.Server(lambda: lake.Config())
    """

    def __init__(
        self, config: Callable[[], Config], on_session: Callable[[Session], object] = bool, site: Any = None
    ) -> None:
        if site is None:
            site = resource.Site()
            site.add_resource(["hello"], Hello())
        self._site = _Site(_Edhoc(config, on_session), site)
        self._context: Any = None
        self.uri = ""
        """Where it is, once it was started."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Starts it; port 0 is a free one.

        >>> asyncio.run(lake.coap.Server(lambda: lake.Config()).start('no address'))
        Traceback (most recent call last):
        socket.gaierror: ...
        """
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        if port == 0:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.bind(address)
                port = probe.getsockname()[1]
        self._context = await aiocoap.Context.create_server_context(
            self._site, bind=(address[0], port), transports=["udp6"]
        )
        shown = f"[{address[0]}]" if family == socket.AF_INET6 else address[0]
        self.uri = f"coap://{shown}:{port}"

    async def close(self) -> None:
        """Ends it.

        >>> asyncio.run(lake.coap.Server(lambda: lake.Config()).close())
        """
        if self._context is not None:
            await self._context.shutdown()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Client:
    """A CoAP client that runs EDHOC as Initiator, then sends requests with OSCORE.

    `combined` sends message_3 with the first of them (RFC 9668).

    >>> lake.coap.Client('http://example.org', lake.testing.sessions()[0])
    Traceback (most recent call last):
    ValueError: the URI has to begin with coap://
    """

    def __init__(self, uri: str, session: Session, *, combined: bool = False) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "coap" or not parts.netloc:
            raise ValueError("the URI has to begin with coap://")
        self._base = f"coap://{parts.netloc}"
        self._session = session
        self._combined = combined
        self._context: Any = None

    async def __aenter__(self) -> Self:
        self._context = await aiocoap.Context.create_client_context(transports=["oscore", "udp6"])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._context.shutdown()

    async def handshake(self) -> None:
        """Runs EDHOC; raises what the session raises, and tells the peer.

        See the example of this module.
        """
        try:
            await self._run()
        except LakeError as failure:
            if failure.error_message and self._session.role == Role.INITIATOR:
                await self._post(self._prefix() + failure.error_message)
            raise

    async def _run(self) -> None:
        out = self._session.step()
        while out:
            if self._session.is_complete and self._combined:
                self._protect(message_3=out)
                return
            response = await self._post(self._prefix() + out)
            if self._session.is_complete:
                if not response.code.is_successful():
                    raise ConnectionAbortedError(f"the peer refused message_3: {response.code}")
                break  # a message_4 that was not asked for says nothing new
            out = self._session.step(response.payload)
        self._protect()

    def _prefix(self) -> bytes:
        if self._session.state == State.WAIT_MESSAGE_2:
            return _START
        return _encode_id(self._session.peer_connection_id)

    def _protect(self, message_3: bytes | None = None) -> None:
        security = SecurityContext(self._session)
        security.establish()
        security.message_3 = message_3
        self._context.client_credentials[f"{self._base}/*"] = security

    async def _post(self, payload: bytes) -> Any:
        request = aiocoap.Message(
            code=aiocoap.POST, uri=f"{self._base}/.well-known/edhoc", payload=payload, content_format=_CF_CID_EDHOC
        )
        return await self._response(request)

    async def _response(self, request: Any) -> Any:
        try:
            return await self._context.request(request).response
        except error.Error as failure:
            raise ConnectionError(f"no answer from {self._base}: {failure}") from failure

    async def get(self, path: str) -> bytes:
        """Gets a resource with OSCORE; ConnectionRefusedError for a response that is no success.

        See the example of this module.
        """
        request = aiocoap.Message(code=aiocoap.GET, uri=f"{self._base}/{path.lstrip('/')}")
        response = await self._response(request)
        if not response.code.is_successful():
            raise ConnectionRefusedError(f"{response.code} {response.payload.decode(errors='replace')}".strip())
        return bytes(response.payload)
