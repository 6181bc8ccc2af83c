"""Client: EDHOC, then requests with OSCORE, on aiocoap."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiocoap
from aiocoap import error, oscore
from aiocoap.transports.oscore import OSCOREAddress

from .. import aio, coap
from .._abi import NameKind, Role, State
from .._status import Status
from ..coap.event import Prepare
from ..config import Config
from ..errors import CoapError, LakeError, NotFoundError, Pending, exception
from ..session import Session
from . import messages
from .security import SecurityContext

if TYPE_CHECKING:
    from typing_extensions import Self


_FAREWELL = 2.0
"""Seconds for the answer to an error message, which does not matter."""


class Client:
    """A CoAP client that runs EDHOC, then sends requests with OSCORE.

    As Initiator (the forward flow), or as Responder with `role` (the reverse flow).
    `combined` sends message_3 with the first request (RFC 9668); where that cannot be,
    because message_4 is required or the request is too large, it goes before. `discover`
    looks for the EDHOC resource in /.well-known/core, and makes message_1 fit it. `expect`
    says who the server is, by its names (`Session.expect_peer`). What is asked in pull mode
    is answered by `host`; without one, the answer is no.

    >>> lake.aiocoap.Client('http://example.org', lake.Config())
    Traceback (most recent call last):
    ValueError: the URI has to begin with coap://
    """

    def __init__(
        self,
        uri: str,
        config: Config,
        role: Role = Role.INITIATOR,
        *,
        combined: bool = False,
        discover: bool = False,
        expect: Iterable[tuple[NameKind, str]] = (),
        host: aio.Host | None = None,
        ids: coap.Ids | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "coap" or not parts.netloc:
            raise ValueError("the URI has to begin with coap://")
        if combined and role == Role.RESPONDER:
            raise ValueError("the reverse flow has no combined request")
        names = list(expect)

        def begin(session: Session) -> None:
            for kind, name in names:
                session.expect_peer(kind, name)
            if prepare is not None:
                prepare(session)

        self.edhoc = coap.Client(config, role, ids=ids, prepare=begin)
        """the run, without the sockets"""
        self._base = f"coap://{parts.netloc}"
        self._path = coap.PATH
        self._combined, self._discover = combined, discover
        self._host = host or aio.Host()
        self._context: Any = None
        self._security: SecurityContext | None = None

    @property
    def session(self) -> Session:
        """The session, once `handshake` has begun. It lives as long as you keep it, or this.

        StateError before that, and after a failure.

        >>> lake.aiocoap.Client('coap://[::1]', lake.Config()).session
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        return self.edhoc.session

    def trace(self, *, insecure_secrets: bool = False) -> str:
        """What happened so far, as `Session.trace`; also when the run has failed.

        >>> print(lake.aiocoap.Client('coap://[::1]', lake.Config()).trace())
        Initiator...
        """
        return self.edhoc.trace(insecure_secrets=insecure_secrets)

    async def __aenter__(self) -> Self:
        self._context = await aiocoap.Context.create_client_context(transports=["oscore", "udp6"])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._context.shutdown()

    # --- EDHOC ---------------------------------------------------------------------------

    async def handshake(self) -> None:
        """Runs EDHOC. Raises what `lake.coap.Client` and `host` raise, and tells the peer; ConnectionError.

        See the example of this module.
        """
        if self._discover:
            await self._find()
        request: coap.Outgoing | None = self.edhoc.start()
        while request and not (self._combined and self.session.info.state == State.WAIT_MESSAGE_4):
            request = await self._next(request)
        client = self.edhoc if request else None
        self._security = SecurityContext(self.session, client)

    async def _find(self) -> None:
        found = await self._response(aiocoap.Message(code=aiocoap.GET, uri=f"{self._base}/.well-known/core"))
        if not found.code.is_successful():
            raise ConnectionRefusedError(f"{self._base} has no /.well-known/core: {found.code}")
        try:
            self._path = self.edhoc.discover(found.payload.decode(errors="replace"))
        except NotFoundError as reason:
            raise exception(reason.status, "", f"no EDHOC resource of {self._base} suits", None) from None

    async def _next(self, request: coap.Outgoing) -> coap.Outgoing | None:
        """Sends a request and takes the answer; gives the next request."""
        try:
            response = messages.response(await self._post(request))
        except ConnectionError:
            self.edhoc.no_answer()
            raise
        return await self._taken(response)

    async def _taken(self, response: coap.Incoming) -> coap.Outgoing | None:
        """Takes an answer; what is raised is told to the server, if it has to know."""
        try:
            try:
                return self.edhoc.next(response)
            except Pending as question:
                return await self._proceeded(question)
        except Exception:
            if self.edhoc.error_request:
                with suppress(ConnectionError, asyncio.TimeoutError):
                    await asyncio.wait_for(self._post(self.edhoc.error_request), _FAREWELL)
            raise

    async def _proceeded(self, question: Pending) -> coap.Outgoing | None:
        """Has questions answered until there are no more."""
        while True:
            session = self.session
            try:
                await self._host.answer(session, question.status)
            except Exception:
                if session.info.state != State.FAILED:
                    session.abort()
                with suppress(LakeError):
                    self.edhoc.proceed()  # ends the run
                raise
            try:
                return self.edhoc.proceed()
            except Pending as another:
                question = another

    async def _post(self, request: coap.Outgoing) -> Any:
        return await self._response(messages.to_send(request, uri=f"{self._base}{self._path}"))

    async def _response(self, request: Any) -> Any:
        try:
            return await self._context.request(request).response
        except oscore.NotAProtectedMessage:
            raise
        except error.Error as failure:
            raise ConnectionError(f"no answer from {self._base}: {failure}") from failure

    # --- OSCORE --------------------------------------------------------------------------

    def _protected(self, message: Any) -> Any:
        """A request as it is to be sent: with OSCORE, wherever it goes, or not at all."""
        if self._security is None:
            raise exception(Status.ERR_STATE, "", "there is no OSCORE context yet", None)
        made = message.copy()
        made.remote = OSCOREAddress(self._security, made.remote)
        return made

    async def get(self, path: str) -> bytes:
        """Gets a resource with OSCORE; ConnectionRefusedError for a response that is no success.

        See the example of this module.
        """
        response = await self.request(aiocoap.Message(code=aiocoap.GET, uri=f"{self._base}/{path.lstrip('/')}"))
        if not response.code.is_successful():
            raise ConnectionRefusedError(f"{response.code} {response.payload.decode(errors='replace')}".strip())
        return bytes(response.payload)

    async def request(self, message: Any) -> Any:
        """Sends a request of aiocoap with OSCORE, and gives the response. ConnectionError; StateError before EDHOC.

        See the example of this module, whose `get` is this.
        """
        try:
            return await self._response(self._protected(message))
        except CoapError as reason:
            if reason.status not in (Status.ERR_NO_COMBINED, Status.ERR_COMBINED_SIZE):
                raise
            request: coap.Outgoing | None = self.edhoc.again()
        except oscore.NotAProtectedMessage as answer:
            if self.edhoc.is_done:
                raise ConnectionRefusedError(f"an answer without OSCORE: {answer.plain_message.code}") from answer
            request = await self._taken(messages.response(answer.plain_message))
        assert self._security
        self._security.do_not_combine()
        while request:  # with message_3 before the request
            request = await self._next(request)
        return await self._response(self._protected(message))
