"""The device under test, as the tests use it: what was given for it, and runs of EDHOC over CoAP with it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiocoap
import cbor2
from aiocoap import oscore

from .._abi import KeyKind, Role
from ..aiocoap.security import SecurityContext
from ..config import Config, EADItem
from ..credential import Credential
from ..info import generate_keypair, suite_info
from ..session import Session
from .case import NotApplicable, Seen, Unmet
from .wire import Prober

EDHOC, CID_EDHOC = 64, 65
"""The Content-Formats application/edhoc+cbor-seq and application/cid-edhoc+cbor-seq."""
TRUE = b"\xf5"


@dataclass
class Target:
    """What is given for a device: where it is, whom it trusts, and what it is.

    >>> me, device = lake.testing.credentials()
    >>> lake.conformance.Target('coap://127.0.0.1', own=[me], peers=[device]).path
    ''
    """

    uri: str
    own: Sequence[Credential]
    """credentials that the device trusts, with their private keys; the first is used where it does not matter which"""
    peers: Sequence[Credential]
    """the device's credentials"""
    method: int = 3
    suite: int = 2
    path: str = ""
    """a resource that the device serves under OSCORE only; empty: it has none"""
    message_4: bool = False
    """the device sends message_4"""
    edhoc: str = ".well-known/edhoc"
    """its EDHOC resource"""
    settings: dict[str, Any] = field(default_factory=dict)
    """more settings of `Config`, such as policy and trust_anchors"""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the URI; ValueError for another URI."""
        parts = urlsplit(self.uri)
        if parts.scheme != "coap" or not parts.hostname:
            raise ValueError(f"{self.uri} is not a URI such as coap://[2001:db8::1]:5683")
        return parts.hostname, parts.port or 5683

    def session(
        self, role: Role, connection_id: bytes | None, own: Credential | None, settings: dict[str, Any]
    ) -> Session:
        """One that can complete a run with the device, but for what settings and own change."""
        config = Config(
            **{
                "own": [own] if own else self.own,
                "peers": self.peers,
                "methods": [self.method],
                "suites": [self.suite],
                "message_4": self.message_4,
                **self.settings,
                **settings,
            }
        )
        return Session(config, role, connection_id=connection_id)


class Device:
    """The other side of one test."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.seen: list[Seen] = []
        self._began = time.monotonic()
        self._clients: list[Prober] = []
        self.client = self.another_client()

    def close(self) -> None:
        """Ends all that is open."""
        for client in self._clients:
            client.close()

    def another_client(self) -> Prober:
        """One with a port of its own."""
        client = Prober(*self.target.address, self.seen, self._began)
        self._clients.append(client)
        return client

    # --- EDHOC over CoAP ----------------------------------------------------------------

    def session(self, connection_id: bytes | None = None, own: Credential | None = None, **settings: Any) -> Session:
        """An Initiator that can complete a run with the device; settings change the config."""
        return self.target.session(Role.INITIATOR, connection_id, own, settings)

    def post(self, payload: bytes, *, client: Prober | None = None, **options: Any) -> Any:
        """POSTs to the EDHOC resource; repeats what the device wants an Echo option for (RFC 9175)."""
        client = client or self.client
        options = {"content_format": CID_EDHOC, **options}
        answer = client.ask(client.request(aiocoap.POST, self.target.edhoc, payload, **options))
        if answer is not None and answer.code == aiocoap.UNAUTHORIZED and answer.opt.echo is not None:
            echo = answer.opt.echo
            answer = client.ask(client.request(aiocoap.POST, self.target.edhoc, payload, echo=echo, **options))
        return answer

    def begin(self, session: Session, *, client: Prober | None = None) -> Any:
        """Sends message_1 and processes message_2; gives the answer that it came with."""
        answer = self.post(TRUE + session.prepare_message(1), client=client)
        session.process_message(2, message_in(answer))
        return answer

    def send_message_3(self, session: Session, message_3: bytes | None = None, *, client: Prober | None = None) -> Any:
        """Sends message_3, or what takes its place, behind C_R."""
        message_3 = session.prepare_message(3) if message_3 is None else message_3
        return self.post(identifier(session.info.peer_connection_id) + message_3, client=client)

    def run(self, connection_id: bytes | None = None, **settings: Any) -> Session:
        """A whole run."""
        session = self.session(connection_id, **settings)
        self.begin(session)
        self.finish(session)
        return session

    def finish(self, session: Session, *, client: Prober | None = None) -> None:
        """Sends message_3, and wants it accepted."""
        accepted(self.send_message_3(session, client=client), session, message_4=self.target.message_4)

    # --- OSCORE -----------------------------------------------------------------------------

    def context(self, session: Session) -> SecurityContext:
        """The OSCORE context of a run, of aiocoap."""
        return SecurityContext(session)

    def need_path(self) -> str:
        """The resource under OSCORE."""
        if not self.target.path:
            raise NotApplicable("no resource was given (--path)")
        return self.target.path

    def protect(self, context: SecurityContext, **options: Any) -> tuple[Any, Any]:
        """A GET of the resource, and what its answer is verified with."""
        plain = self.client.request(aiocoap.GET, self.need_path(), **options)
        outer, request_id = context.protect(plain)
        return self.client.ready(outer), request_id

    def get(self, context: SecurityContext) -> Any:
        """GETs the resource with OSCORE; the plain answer."""
        return self.ask_protected(context, *self.protect(context))

    def ask_protected(self, context: SecurityContext, request: Any, request_id: Any) -> Any:
        """Sends a protected request; the plain answer. Repeats what the device wants an Echo option for."""
        answer = self.verify(context, self.client.ask(request), request_id)
        if answer.code == aiocoap.UNAUTHORIZED and answer.opt.echo is not None:  # RFC 8613 appendix B.1.2
            request, request_id = self.protect(context, echo=answer.opt.echo)
            answer = self.verify(context, self.client.ask(request), request_id)
        return answer

    def verify(self, context: SecurityContext, answer: Any, request_id: Any) -> Any:
        """The plain answer."""
        if answer is None:
            raise Unmet("a request with OSCORE was not answered")
        if answer.opt.oscore is None:
            raise Unmet(f"the answer {answer.code} was not protected by OSCORE")
        try:
            return context.unprotect(answer, request_id)[0]
        except oscore.ProtectionInvalid as error:
            raise Unmet("the answer does not verify with the keys of the run") from error


# --- What comes, and what was wanted ---------------------------------------------------------


def identifier(c_x: bytes | None) -> bytes:
    """A connection identifier as it stands in a message (RFC 9528 section 3.3.2).

    >>> from lake.conformance.device import identifier
    >>> identifier(bytes([0x21])).hex(), identifier(bytes([0x18])).hex()
    ('21', '4118')
    """
    if c_x is None:
        raise Unmet("there is no connection identifier yet")
    if len(c_x) == 1 and (c_x[0] <= 0x17 or 0x20 <= c_x[0] <= 0x37):
        return c_x
    return encode(c_x)


def encode(*items: Any) -> bytes:
    """A CBOR sequence, deterministic (RFC 8742, RFC 8949 section 4.2.1)."""
    return b"".join(cbor2.dumps(item, canonical=True) for item in items)


def items(sequence: bytes) -> list[Any]:
    """The items of a CBOR sequence; ValueError for what is none."""
    stream, found = io.BytesIO(sequence), []
    while stream.tell() < len(sequence):
        try:
            found.append(cbor2.load(stream))
        except cbor2.CBORDecodeError as error:
            raise ValueError("no CBOR sequence") from error
    return found


def message_in(answer: Any) -> bytes:
    """The EDHOC message in a response; an error message, or none, is not what was wanted."""
    if answer is None:
        raise Unmet("there was no answer")
    if not answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}{_words(answer)}")
    message: bytes = answer.payload
    return message


def accepted(answer: Any, session: Session | None = None, *, message_4: bool = False) -> None:
    """message_3 was accepted: 2.04, with message_4 if that is part of the protocol."""
    if message_4:
        if session is not None:
            session.process_message(4, message_in(answer))
        return
    if answer is None:
        raise Unmet("message_3 was not answered")
    if not answer.code.is_successful():
        raise Unmet(f"message_3 was answered {answer.code}{_words(answer)}")
    if session is not None:
        if answer.payload:
            session.process_message(4, message_in(answer))
        else:
            session.complete_without_message_4()


def refused(answer: Any, *codes: int) -> list[Any]:
    """An EDHOC error message came, as a CoAP error (RFC 9528 section 6 and appendix A.2.3); its items.

    With codes: its ERR_CODE is one of them.
    """
    if answer is None:
        raise Unmet("there was no answer; an EDHOC error message is due")
    if answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}; it has to refuse this")
    if answer.opt.content_format != EDHOC:
        raise Unmet(
            f"{answer.code} has the Content-Format {_number(answer.opt.content_format)}, not {EDHOC}:"
            " an EDHOC error message is due"
        )
    try:
        found = items(answer.payload)
    except ValueError:
        raise Unmet("the error response holds no CBOR sequence") from None
    if not found or not isinstance(found[0], int) or isinstance(found[0], bool):
        raise Unmet("the error response holds no EDHOC error message: it begins with ERR_CODE, an integer")
    if codes and found[0] not in codes:
        wanted = " or ".join(map(str, codes))
        raise Unmet(f"ERR_CODE is {found[0]}, not {wanted}")
    return found


def not_accepted(answer: Any) -> None:
    """The device did not go on: an error of any kind, or no answer."""
    if answer is not None and answer.code.is_successful():
        raise Unmet(f"the device answered {answer.code}; it has to refuse this")


def suites_of(error: list[Any]) -> list[int]:
    """SUITES_R of an error message with ERR_CODE 2."""
    suites = error[1] if len(error) > 1 else None
    listed = suites if isinstance(suites, list) else [suites]
    found = [suite for suite in listed if isinstance(suite, int)]
    if len(error) != 2 or not listed or len(found) < len(listed):
        raise Unmet("an error message with ERR_CODE 2 holds SUITES_R: a suite, or an array of them")
    if isinstance(suites, list) and len(suites) == 1:
        raise Unmet("SUITES_R of one suite is an int, not an array (RFC 9528 section 5.2.1)")
    return found


def message_1_of(session: Session) -> list[Any]:
    """METHOD, SUITES_I, G_X, C_I and EAD_1 of a genuine message_1, to be changed."""
    return items(session.prepare_message(1))


def message_2_came(answer: Any, suite: int) -> bytes:
    """A message_2 came, with a G_Y for this suite; not more than that can be said without the keys."""
    message = message_in(answer)
    found = items(message)
    if len(found) != 1 or not isinstance(found[0], bytes):
        raise Unmet("message_2 is one byte string")
    if len(found[0]) <= suite_info(suite).public_key_length:
        raise Unmet(f"message_2 of {len(found[0])} bytes has no room for G_Y of suite {suite}")
    return found[0]


def with_ead(session: Session, message: int, entries: Iterable[EADItem]) -> Session:
    """Adds items to a message of a session."""
    for entry in entries:
        session.ead_add(message, entry.label, entry.value)
    return session


def stranger(like: Credential, kid: bytes | None = None) -> Credential:
    """A credential of the same kind that no device knows; by value without a kid."""
    return Credential.generate(_kind(like), subject="stranger", kid=kid)


def impostor(victim: Credential) -> Credential:
    """A credential of somebody else with a private key of one's own: what a thief of names has."""
    private, public = generate_keypair(_kind(victim))
    stolen = Credential.from_parts(victim.id_cred, victim.cred, _kind(victim), public)
    stolen.set_private_key(private)
    return stolen


def _kind(credential: Credential) -> KeyKind:
    kind = credential.info.key_kind
    if kind is None:
        raise NotApplicable("the credential has no public key")
    return kind


def flipped(data: bytes, at: int = -1) -> bytes:
    """The same with a bit changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def one_byte_identifiers() -> Iterator[bytes]:
    """Those that stand in a message as one byte."""
    yield from (bytes([b]) for b in (*range(0x18), *range(0x20, 0x38)))


def error_in(answer: Any) -> list[Any]:
    """The items of an EDHOC error message in a response; none if it holds no such thing."""
    if answer is None or answer.code.is_successful() or answer.opt.content_format != EDHOC:
        return []
    try:
        return items(answer.payload)
    except ValueError:
        return []


def _words(answer: Any) -> str:
    """What an error response says, for people."""
    error = error_in(answer)
    return f" with the EDHOC error {', '.join(map(repr, error[:2]))}" if error else ""


def formatted(answer: Any) -> None:
    """The Content-Format is that of EDHOC messages in responses; of all tests one asks for that."""
    if answer.opt.content_format != EDHOC:
        raise Unmet(f"the Content-Format of the answer is {_number(answer.opt.content_format)}, not {EDHOC}")


def _number(content_format: Any) -> str:
    return "missing" if content_format is None else str(int(content_format))
