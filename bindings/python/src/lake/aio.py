"""For asyncio: a session whose questions are answered by coroutines.

While a database is asked for the peer's credential, or a secure element for a
signature, the event loop goes on with everything else. The session is in pull
mode: `lake.Config(pull=lake.aio.PULL, ...)`, and `Credential.set_external_key`
for a private key that is elsewhere.

>>> import asyncio
>>> async def resolve(id_cred: bytes) -> lake.Credential | None:
...     await asyncio.sleep(0)  # ask a database
...     return known.get(id_cred)
>>> own_i, own_r = (lake.Credential.generate(lake.KeyKind.P256, kid=kid) for kid in (b'I', b'R'))
>>> known = {own_i.id_cred: own_i, own_r.id_cred: own_r}
>>> host = lake.aio.Host(resolve=resolve)
>>> async def main() -> bool:
...     i, r = (lake.Session(lake.Config(own=[own], methods=[3], pull=lake.aio.PULL), role)
...             for own, role in ((own_i, lake.Role.INITIATOR), (own_r, lake.Role.RESPONDER)))
...     message_3 = await host.step(i, await host.step(r, await host.step(i)))
...     await host.step(r, message_3)
...     return r.info.is_authenticated
>>> asyncio.run(main())
True
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from . import errors
from ._abi import Pull
from ._library import Bytes
from ._status import Status
from .config import EADItem
from .credential import Credential
from .session import Session

PULL = Pull.CREDENTIAL | Pull.EAD | Pull.PEER
"""All the questions that a Host answers."""


@dataclass(frozen=True)
class Host:
    """The coroutines that answer questions; without one, the answer is no.

    - resolve: takes an ID_CRED_x (a CBOR map), gives the credential, or None;
    - sign, ecdh: compute with the own private key, as for `Credential.set_external_key`;
    - approve: takes the credential of a peer that has authenticated; without it, all are approved;
    - accept: takes the number of a message and a critical EAD item; whether it is understood.

    What they raise comes out of the call, unchanged.

    >>> lake.aio.Host().resolve is None
    True
    """

    resolve: Callable[[bytes], Awaitable[Credential | None]] | None = None
    sign: Callable[[bytes], Awaitable[bytes]] | None = None
    ecdh: Callable[[bytes], Awaitable[bytes]] | None = None
    approve: Callable[[Credential], Awaitable[bool]] | None = None
    accept: Callable[[int, EADItem], Awaitable[bool]] | None = None

    async def step(self, session: Session, data: Bytes | None = None) -> bytes:
        """`Session.step`, with the questions answered.

        >>> initiator, responder = lake.testing.sessions()
        >>> len(asyncio.run(lake.aio.Host().step(initiator)))
        37
        """
        while True:
            try:
                return session.step(data)
            except errors.Pending as question:
                await self.answer(session, question.status)
                data = None

    async def answer(self, session: Session, question: Status) -> None:
        """Answers one question at its session, which is to proceed then. An answer of no is raised.

        >>> host = lake.aio.Host()
        >>> initiator, responder = lake.testing.sessions(pull=lake.Pull.PEER)
        >>> try:
        ...     initiator.step(responder.step(initiator.step()))
        ... except lake.PendingPeer as question:
        ...     asyncio.run(host.answer(initiator, question.status))
        >>> len(initiator.step())
        19
        """
        if question == Status.PENDING_CREDENTIAL:
            credential = await self.resolve(session.peer_id_cred) if self.resolve else None
            if credential:
                session.set_peer_credential(credential)
            else:
                session.reject_peer(Status.ERR_CREDENTIAL_UNKNOWN)
                session._raise_last()
        elif question == Status.PENDING_PEER:
            if self.approve and not await self.approve(session.peer_credential):
                session.reject_peer(Status.ERR_PEER_REJECTED)
                session._raise_last()
        elif question == Status.PENDING_EAD:
            await self._answer_ead(session)
        else:
            await self._answer_key(session)

    async def _answer_ead(self, session: Session) -> None:
        info = session.info
        messages: tuple[int, ...] = _MESSAGES[info.state.name]
        if messages == (4,) and info.method == 4:  # which verifies message_2, too
            messages = (2, 4)
        for message in messages:
            for index, item in enumerate(session.ead(message)):
                if not item.is_critical:
                    continue
                if not (self.accept and await self.accept(message, item)):
                    session.ead_reject(message, index)
                    session._raise_last()
                session.ead_accept(message, index)

    async def _answer_key(self, session: Session) -> None:
        status, data = session.key_question()
        compute = self.sign if status == Status.PENDING_SIGNATURE else self.ecdh
        if not compute:
            raise errors.exception(Status.ERR_NO_CREDENTIAL, "", "the Host has nothing to compute this with", None)
        session.answer_key(await compute(data))


_MESSAGES = {f"PENDING_MESSAGE_{n}": (n,) for n in range(1, 5)}
"""The message that a state waits with."""
