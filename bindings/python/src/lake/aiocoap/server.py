"""Server: an aiocoap site with EDHOC, and a site behind OSCORE."""

from __future__ import annotations

import asyncio
import logging
import socket
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import aiocoap
from aiocoap import error, interfaces, oscore, resource
from aiocoap.blockwise import Block1Spool
from aiocoap.numbers import OptionNumber
from aiocoap.oscore_sitewrapper import OscoreSiteWrapper
from aiocoap.util import linkformat

from .. import aio, coap
from .._abi import EventKind
from ..coap.event import OnEvent, Prepare
from ..config import Config
from ..errors import HandleError, LakeError
from ..session import Session
from . import messages
from .security import SecurityContext

if TYPE_CHECKING:
    from typing_extensions import Self

_EDHOC = (".well-known", "edhoc")
_CORE = (".well-known", "core")
_LINKS = 40  # Content-Format of link format
_BODY = 16384  # the default of Limits.body
# The critical options that this file and aiocoap do something with (RFC 7252 section 5.4.1).
_UNDERSTOOD = {
    OptionNumber.URI_HOST, OptionNumber.URI_PORT, OptionNumber.URI_PATH, OptionNumber.URI_QUERY,
    OptionNumber.ACCEPT, OptionNumber.BLOCK1, OptionNumber.BLOCK2, OptionNumber.OSCORE, OptionNumber.EDHOC,
}  # fmt: skip
_TICK = 1.0  # seconds between looks for runs that are too old

log = logging.getLogger("lake.aiocoap")


def _nothing(*_: object) -> None:
    """Whoever is not interested."""


class Hello(resource.Resource):  # type: ignore[misc]
    """A resource that greets who authenticated, and nobody else."""

    async def render_get(self, request: Any) -> Any:
        claims = getattr(request.remote, "authenticated_claims", [])
        if not claims:
            raise error.Unauthorized
        return aiocoap.Message(payload=f"Hello, {claims[0] or 'peer'}".encode())


class Server:
    """A CoAP server with EDHOC at /.well-known/edhoc and a site behind OSCORE.

    `responder` is the config for the forward flow, `initiator` for the reverse flow;
    one of them may be left out. `site` is aiocoap's, by default one with /hello. What
    is asked in pull mode is answered by `host`; without one, the answer is no.

    `on_session` is given the session of each run that succeeded, `on_event` is told of
    all that happens, `on_exchange` of each request and its answer. What they raise is
    logged; the first two refuse a run that has succeeded with it.

    OSCORE contexts are kept until `forget`.

    >>> server = lake.aiocoap.Server(lake.Config())
    >>> server.edhoc.stats().contexts
    0
    """

    def __init__(
        self,
        responder: Config | None = None,
        *,
        initiator: Config | None = None,
        on_session: Callable[[Session], object] = _nothing,
        on_event: OnEvent = _nothing,
        on_exchange: Callable[[coap.Incoming, coap.Outgoing], object] = _nothing,
        site: Any = None,
        host: aio.Host | None = None,
        ids: coap.Ids | None = None,
        limits: coap.Limits | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        if site is None:
            site = resource.Site()
            site.add_resource(["hello"], Hello())
        me = weakref.proxy(self)  # or the two would keep each other alive
        self.edhoc = coap.Server(
            responder=responder,
            initiator=initiator,
            on_event=lambda event: me._tell(event),
            ids=ids,
            limits=limits,
            prepare=prepare,
        )
        """the runs, without the sockets"""
        self.uri = ""
        """Where it is, once it was started."""
        self._on_session, self._on_event, self._on_exchange = on_session, on_event, on_exchange
        self._host = host or aio.Host()
        self._contexts: dict[bytes, SecurityContext] = {}
        self._questions: list[coap.Event] = []
        self._body = (limits and limits.body) or _BODY
        self._site = _Site(self, site)
        self._context: Any = None
        self._clock: asyncio.Task[None] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Starts it; port 0 is a free one. OSError: another program has the port.

        >>> asyncio.run(lake.aiocoap.Server(lake.Config()).start('no address'))
        Traceback (most recent call last):
        socket.gaierror: ...
        """
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        shown = f"[{address[0]}]" if family == socket.AF_INET6 else address[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(address)
            except OSError as error:  # aiocoap would share a port that is taken
                raise OSError(error.errno, error.strerror, f"{shown}:{port}") from None
            port = probe.getsockname()[1]
        self._context = await aiocoap.Context.create_server_context(
            self._site, bind=(address[0], port), transports=["udp6"]
        )
        self._clock = asyncio.create_task(self._expire())
        self.uri = f"coap://{shown}:{port}"

    async def close(self) -> None:
        """Ends it.

        >>> asyncio.run(lake.aiocoap.Server(lake.Config()).close())
        """
        if self._clock is not None:
            self._clock.cancel()
        if self._context is not None:
            await self._context.shutdown()

    def forget(self, session: Session) -> None:
        """Drops the OSCORE context of a session; its identifier can be given to another run.

        >>> server = lake.aiocoap.Server(lake.Config())
        >>> server.forget(lake.testing.handshake()[1])  # of somebody else: nothing
        """
        id = session.info.own_connection_id
        if id in self._contexts and self._contexts[id].session is session:
            del self._contexts[id]
            self.edhoc.release(id)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _expire(self) -> None:
        """Ends what is too old, when no requests come either."""
        while True:
            await asyncio.sleep(_TICK)
            with _logged():
                self.edhoc.expire()

    # --- What the site asks for ---------------------------------------------------------

    def find_oscore(self, unprotected: dict[Any, Any]) -> SecurityContext:
        """The context of a request, as OscoreSiteWrapper asks for it.

        >>> lake.aiocoap.Server(lake.Config()).find_oscore({4: b'A'})
        Traceback (most recent call last):
        KeyError: b'A'
        """
        return self._contexts[unprotected[oscore.COSE_KID]]

    def _tell(self, event: coap.Event) -> None:
        if event.kind == EventKind.PENDING:
            self._questions.append(event)
        if event.kind != EventKind.ESTABLISHED or not event.session:
            self._on_event(event)
            return
        context = SecurityContext(event.session)
        self._on_event(event)
        self._on_session(event.session)
        self._contexts[event.id] = context

    async def _answer(self, request: coap.Incoming) -> coap.Outgoing:
        """What to answer, once the questions on the way to that are answered."""
        answer = self._or_again(request, lambda: self.edhoc.handle(request))
        while self._questions:
            question = self._questions.pop()
            session = question.session
            assert session
            await self._decide(session, question)
            answer = self._or_again(request, partial(self._proceed, session))
        with _logged():
            self._on_exchange(request, answer)
        return answer

    def _or_again(self, request: coap.Incoming, call: Callable[[], coap.Outgoing]) -> coap.Outgoing:
        """Makes a call; if a callback raises, the answer is that to the same request once more."""
        with _logged():
            return call()
        return self.edhoc.handle(request)

    def _proceed(self, session: Session) -> coap.Outgoing:
        """Goes on with a run, if its time was not over before the answer came."""
        try:
            return self.edhoc.proceed(session)
        except HandleError:
            return coap.Outgoing(aiocoap.SERVICE_UNAVAILABLE)

    async def _decide(self, session: Session, question: coap.Event) -> None:
        """Has a question answered, or ends the run."""
        with _logged():
            try:
                await self._host.answer(session, question.status)
                return
            except LakeError:
                pass  # the answer is no
        with suppress(LakeError):
            session.abort()


@contextmanager
def _logged() -> Iterator[None]:
    """What callbacks raise is for the log: the peer gets its answer."""
    try:
        yield
    except Exception:
        log.exception("a callback failed")


class _Site(interfaces.Resource):  # type: ignore[misc]
    """EDHOC at its place, the links, and the inner site behind OSCORE."""

    def __init__(self, server: Server, site: Any) -> None:
        super().__init__()
        self._server = server
        self._inner = OscoreSiteWrapper(site, server)
        self._spool = Block1Spool()
        self._own: dict[Any, Any] = {_EDHOC: _Edhoc(server), _CORE: _Core(server, site)}

    async def render(self, request: Any) -> Any:
        raise RuntimeError("only render_to_pipe is used")

    async def needs_blockwise_assembly(self, request: Any) -> bool:
        raise RuntimeError("only render_to_pipe is used")

    async def render_to_pipe(self, pipe: Any) -> None:
        request = pipe.request
        own = self._own.get(request.opt.uri_path)
        if not own and not request.opt.edhoc:
            await self._inner.render_to_pipe(pipe)
            return
        block = request.opt.block1  # aiocoap takes as many as come
        if block and block.start + len(request.payload) > self._server._body:
            pipe.add_response(aiocoap.Message(code=aiocoap.REQUEST_ENTITY_TOO_LARGE), is_last=True)
        elif any(o.number.is_critical() and o.number not in _UNDERSTOOD for o in request.opt.option_list()):
            pipe.add_response(aiocoap.Message(code=aiocoap.BAD_OPTION), is_last=True)
        elif own:
            await own.render_to_pipe(pipe)
        else:
            await self._combined(_Whole(pipe, self._spool.feed_and_take(request)))

    async def _combined(self, pipe: _Whole) -> None:
        """A request that has message_3 in front (RFC 9668)."""
        answer = await self._server._answer(messages.request(pipe.request))
        if answer.oscore:
            payload = pipe.request.payload[answer.oscore_offset :]
            pipe.request = pipe.request.copy(payload=payload, edhoc=False, block1=None)
            await self._inner.render_to_pipe(pipe)
        else:
            pipe.add_response(_response(answer), is_last=True)


class _Whole:
    """The pipe of a request that came in outer blocks, or of another one."""

    def __init__(self, pipe: Any, request: Any) -> None:
        self.request = request
        self._pipe, self._block = pipe, request.opt.block1

    def add_response(self, response: Any, is_last: bool = False) -> None:
        response.opt.block1 = self._block  # the last one (RFC 7959 section 2.3)
        self._pipe.add_response(response, is_last)


class _Edhoc(resource.Resource):  # type: ignore[misc]
    """The resource /.well-known/edhoc."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    async def render(self, request: Any) -> Any:
        return _response(await self._server._answer(messages.request(request)))


class _Core(resource.Resource):  # type: ignore[misc]
    """The resource /.well-known/core: the links of the site, and that of EDHOC."""

    def __init__(self, server: Server, site: Any) -> None:
        super().__init__()
        self._server, self._site = server, site

    async def render_get(self, request: Any) -> Any:
        own = self._server.edhoc.link(combined_request=True)
        links = [(own, linkformat.parse(own).links[0])]
        if hasattr(self._site, "get_resources_as_linkheader"):
            links += [(str(link), link) for link in self._site.get_resources_as_linkheader().links]
        shown = [text for text, link in links if all(_suits(link, query) for query in request.opt.uri_query)]
        return aiocoap.Message(payload=",".join(shown).encode(), content_format=_LINKS)


def _suits(link: Any, query: str) -> bool:
    """Whether a link is one of those that a client asks for (RFC 6690 section 4.1)."""
    name, _, wanted = query.partition("=")
    attributes = [("href", link.href), *link.attr_pairs]
    values = [part for key, value in attributes if key == name for part in (value or "").split()]
    if wanted.endswith("*"):
        return any(value.startswith(wanted[:-1]) for value in values)
    return wanted in values


def _response(answer: coap.Outgoing) -> Any:
    if answer.code == coap.Code.EMPTY:  # the run is busy with another request
        return aiocoap.Message(code=aiocoap.SERVICE_UNAVAILABLE)
    return messages.to_send(answer)
