"""Handshakes as they are: the engine makes their messages, and the CoAP datagrams around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from .._abi import IdType, KeyKind, Role
from ..coap import Client, Ids, Incoming, Limits, Outgoing, Server
from ..config import Config
from ..credential import Credential, build_ccs, x509_to_c509
from ..endpoint import Deliver, Endpoint, Send
from ..info import suite_info, suites
from ..session import Session
from .certificates import identity
from .coap import Packet, smallest

CREDENTIALS = ("kid", "kccs", "x5t", "c5t", "c5c", "x5chain", "x5chain-2")
"""How a side of methods 0 to 3 says who it is: a raw public key or a certificate, by reference or by value."""

_NAMES = {Role.INITIATOR: "0011223344556677", Role.RESPONDER: "0011223344556688"}


class Application(NamedTuple):
    """What the device wants of the server once it has keys."""

    request: bytes
    """a CoAP message, without a token"""
    code: int
    """of the answer, and its ..."""
    payload: bytes


GET = Application(bytes.fromhex("40010001bb74656d7065726174757265"), 0x45, b"23 C")
"""GET /temperature, the example of RFC 8824: 17 bytes with its token."""

JOIN = Application(bytes.fromhex("40020001b16aff") + bytes(5), 0x44, bytes(26))
"""The Join Request of RFC 9031, 5 bytes, and its answer, 26."""


@dataclass(frozen=True)
class Variant:
    """Which handshake: ValueError for one that there is not."""

    method: int = 3
    """0 to 4 (RFC 9528 section 3.2; 4: a pre-shared key)"""
    suite: int = 2
    credential_i: str = "kid"
    """of `CREDENTIALS`; in method 4 "psk", or "resumption" """
    credential_r: str = "kid"
    id_length: int = 1
    """bytes of the connection identifiers C_I and C_R, 1 to 7"""

    def __post_init__(self) -> None:
        given = {self.credential_i, self.credential_r}
        if self.method not in range(5):
            raise ValueError(f"there is no method {self.method}: 0 to 4 are")
        if self.suite not in suites():
            raise ValueError(f"there is no suite {self.suite}: {', '.join(map(str, suites()))} are")
        if self.method < 4 and not given <= set(CREDENTIALS):
            raise ValueError(f"the credentials of methods 0 to 3 are {', '.join(CREDENTIALS)}")
        if self.method == 4 and given not in ({"psk"}, {"resumption"}):
            raise ValueError("the credentials of method 4 are psk and resumption, the same on both sides")
        if not 1 <= self.id_length <= 7:
            raise ValueError("connection identifiers have 1 to 7 bytes here")

    @classmethod
    def of(cls, method: int, credential: str = "kid", suite: int = 2, id_length: int = 1) -> Variant:
        """One with the same kind of credential on both sides.

        >>> lake.radio.Variant.of(0, 'x5t').name
        'method 0, x5t'
        """
        return cls(method, suite, credential, credential, id_length)

    @property
    def name(self) -> str:
        """For people.

        >>> lake.radio.Variant(0, 3, 'x5t', 'kid').name
        'method 0, x5t and kid, suite 3'
        """
        same = self.credential_i == self.credential_r
        made = f"method {self.method}, {self.credential_i}" + ("" if same else f" and {self.credential_r}")
        made += "" if self.suite == 2 else f", suite {self.suite}"
        return made + ("" if self.id_length == 1 else f", identifiers of {self.id_length} bytes")


class Datagram(NamedTuple):
    """A CoAP message of a handshake."""

    up: bool
    """from the CoAP client, which is the device"""
    what: str
    """what is in it: message_1, ..., request (the first that is protected), response, or what there is besides"""
    coap: bytes
    """as the engine's endpoint sends it: a token of 8 bytes, Content-Format, the path /.well-known/edhoc"""

    @property
    def smallest(self) -> bytes:
        """As a stack sends it that saves bytes; see `coap.smallest`.

        >>> made = lake.radio.handshake(lake.radio.Variant())
        >>> [len(datagram.smallest) for datagram in made.datagrams()]
        [49, 50, 50, 20]
        """
        return smallest(self.coap)

    @property
    def payload(self) -> int:
        """Bytes of CoAP payload.

        >>> lake.radio.handshake(lake.radio.Variant()).datagrams()[0].payload
        38
        """
        return len(Packet.decode(self.coap).payload)


class Handshake:
    """A run of a variant: the sizes of its messages, and its datagrams.

    >>> lake.radio.handshake(lake.radio.Variant.of(3, 'x5t')).sizes
    (37, 58, 33)
    """

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._datagrams: dict[tuple[bool, bool, Application], list[Datagram]] = {}
        self._configs = _configs(variant)
        sides = [
            Session(config, role, connection_id=_id(role, variant.id_length)) for role, config in self._configs.items()
        ]
        message, sizes = sides[0].step(), []
        for number in (1, 2, 3):
            sizes.append(len(message))
            message = sides[number % 2].step(message)
        self.sizes: tuple[int, ...] = tuple(sizes)
        """bytes of message_1, message_2, message_3"""
        self.message_4 = len(message) if message else _message_4(variant)
        """bytes of message_4, where it is wanted"""

    def datagrams(
        self, *, combined: bool = True, reverse: bool = False, application: Application = GET
    ) -> list[Datagram]:
        """The datagrams of a run and of the first protected request.

        combined: message_3 goes with that request (RFC 9668). reverse: the device only asks
        for a run, and the Initiator is the server (RFC 9528 appendix A.2.2). None is cut
        into blocks (RFC 7959), however large, and nobody asks for Echo: which a server does for a
        round trip more where message_2 would be three times as large as the request.

        >>> made = lake.radio.handshake(lake.radio.Variant())
        >>> [datagram.what for datagram in made.datagrams(combined=False)]
        ['message_1', 'message_2', 'message_3', 'answer', 'request', 'response']
        """
        key = (combined, reverse, application)
        if key not in self._datagrams:
            self._datagrams[key] = self._made(*key)
        return self._datagrams[key]

    def _made(self, combined: bool, reverse: bool, application: Application) -> list[Datagram]:
        frame = _frame(_framing(self.variant.suite), reverse, combined and not reverse, application)
        payloads = _payloads(self._configs, self.variant, reverse, frame, application)
        return [
            _filled(datagram, payload, self.variant.id_length)
            for datagram, payload in zip(frame, payloads, strict=True)
        ]


_FORWARD = ("message_1", "message_2", "message_3", "answer", "request", "response")
_COMBINED = ("message_1", "message_2", "message_3 and request", "response")
_REVERSE = ("trigger", "message_1", "message_2", "message_3", "request", "response")
_OSCORE = 9


@cache
def handshake(variant: Variant) -> Handshake:
    """Runs a variant, once in the life of the process.

    >>> lake.radio.handshake(lake.radio.Variant()).sizes
    (37, 45, 19)
    """
    return Handshake(variant)


def variants(suite: int = 2, id_length: int = 1) -> Iterator[Variant]:
    """Every method with every credential, the same on both sides.

    >>> len(list(lake.radio.variants()))
    30
    """
    for method in range(4):
        for credential in CREDENTIALS:
            yield Variant.of(method, credential, suite, id_length)
    for credential in ("psk", "resumption"):
        yield Variant.of(4, credential, suite, id_length)


# --- Making them ------------------------------------------------------------------------


def _id(role: Role, length: int) -> bytes:
    return bytes([0x0A + role]) * length


def _credential(variant: Variant, role: Role) -> Credential:
    info = suite_info(variant.suite)
    signs = variant.method in ((0, 1) if role == Role.INITIATOR else (0, 2))
    kind = info.signature_key if signs else info.curve
    name = variant.credential_i if role == Role.INITIATOR else variant.credential_r
    if name in ("kid", "kccs"):
        return Credential.generate(kind, subject=_NAMES[role], kid=bytes([role]) if name == "kid" else None)
    made = identity(kind, _NAMES[role], signs=signs)
    if name.startswith("c5"):
        credential = Credential.from_c509(x509_to_c509(made.chain[0]))
        credential.set_private_key_pem(made.private_key)
        credential.set_id(IdType.C5T if name == "c5t" else IdType.C5C)
        return credential
    credential = made.credential(2 if name == "x5chain-2" else 1)
    credential.set_id(IdType.X5T if name == "x5t" else IdType.X5CHAIN)
    return credential


def _configs(variant: Variant, *, message_4: bool = False) -> dict[Role, Config]:
    if variant.method == 4:
        psks = _resumption(variant.suite) if variant.credential_i == "resumption" else [_psk(variant.suite)] * 2
        shared: dict[str, Any] = {"methods": [4], "suites": [variant.suite], "message_4": message_4}
        return {role: Config(psks=[(role, psk)], **shared) for role, psk in zip(Role, psks, strict=True)}
    own = {role: _credential(variant, role) for role in Role}
    shared = {"methods": [variant.method], "suites": [variant.suite], "message_4": message_4}
    return {role: Config(own=[own[role]], peers=[own[Role(3 - role)]], **shared) for role in Role}


def _psk(suite: int) -> Credential:
    ccs = [build_ccs(KeyKind.X25519, bytes([9 + role]) * 32, subject=_NAMES[role]) for role in Role]
    key = bytes(range(suite_info(suite).hash_length))
    return Credential.from_psk(bytes.fromhex("a1044110"), key, *ccs, hash=suite_info(suite).hash)


def _resumption(suite: int) -> list[Credential]:
    full = _configs(Variant.of(3, "kid", suite))
    i, r = (Session(full[role], role) for role in Role)
    r.step(i.step(r.step(i.step())))
    return [side.resumption_credential() for side in (i, r)]


def _message_4(variant: Variant) -> int:
    configs = _configs(variant, message_4=True)
    i, r = (Session(config, role, connection_id=_id(role, variant.id_length)) for role, config in configs.items())
    return len(r.step(i.step(r.step(i.step()))))


def _framing(suite: int) -> int:
    """The suite to take headers of: those of OSCORE differ by the length of the tag alone, 8 or 16 bytes."""
    return 2 if suite_info(suite).app_aead == suite_info(2).app_aead else 4


@cache
def _frame(suite: int, reverse: bool, combined: bool, application: Application) -> list[Datagram]:
    """The datagrams of two endpoints: for the headers, which are the same in all variants of a suite."""
    names = _REVERSE if reverse else _COMBINED if combined else _FORWARD
    configs = _configs(Variant(suite=suite))
    sides: dict[str, Any] = {"initiator": configs[Role.INITIATOR], "responder": configs[Role.RESPONDER]}
    device, server = Endpoint(reverse=reverse, combined=combined, **sides), Endpoint(**sides)
    sent: list[tuple[bool, bytes]] = []
    device.send(b"server", application.request)
    for _ in names:
        for side, name, other in ((device, b"device", server), (server, b"server", device)):
            for action in side.actions():
                if isinstance(action, Send):
                    sent.append((side is device, action.datagram))
                    other.receive(name, action.datagram)
                elif isinstance(action, Deliver) and side is server:
                    answer = Packet(2, application.code, 0, b"", (), application.payload).encode()
                    server.send(action.source, answer[:2] + action.datagram[2:4] + answer[4:])
    return [Datagram(up, name, datagram) for name, (up, datagram) in zip(names, sent, strict=True)]


def _payloads(
    configs: dict[Role, Config], variant: Variant, reverse: bool, frame: list[Datagram], application: Application
) -> list[bytes]:
    """The payloads of a run, as the engine makes them for CoAP, in the order of the datagrams."""
    ids = [Ids(variant.id_length, variant.id_length) for _ in Role]
    server = Server(
        initiator=configs[Role.INITIATOR],
        responder=configs[Role.RESPONDER],
        on_event=lambda event: None,
        ids=ids[0],
        limits=Limits(no_echo=True),
    )
    role = Role.RESPONDER if reverse else Role.INITIATOR
    client = Client(configs[role], role, ids=ids[1])
    payloads = {datagram.what: Packet.decode(datagram.coap).payload for datagram in frame}
    request: Outgoing | None = client.start()
    for index in range(0, len(frame) - 2, 2):
        assert request
        answer = server.handle(Incoming(request.code, request.payload, request.format, peer=b"device"))
        payloads |= {frame[index].what: request.payload, frame[index + 1].what: answer.payload}
        request = client.next(Incoming(answer.code, answer.payload, answer.format))
    if request and frame[2].what == _COMBINED[2]:
        alone = Packet.decode(_frame(_framing(variant.suite), False, False, application)[4].coap).payload
        payloads[_COMBINED[2]] = client.combine(alone)[0]
    return list(payloads.values())


def _filled(datagram: Datagram, payload: bytes, length: int) -> Datagram:
    """A datagram with a payload, and with a kid of so many bytes."""
    packet = Packet.decode(datagram.coap)
    options = tuple(
        (number, value[:-1] + bytes(length) if number == _OSCORE and value else value)
        for number, value in packet.options
    )
    return datagram._replace(coap=replace(packet, options=options, payload=payload).encode())
