"""The API of the package lakers-python that aiocoap uses, on liblake.

`lake.install_as_lakers()` makes aiocoap run on it. As there: method 3, cipher
suite 2, credentials are CCS by kid or by value; protocol faults are ValueError,
a call in a wrong state is RuntimeError. One difference: prepare_message_3 and
verify_message_3 give None for PRK_out, which does not leave the library.

>>> from lake import lakers
>>> private_i, cred_i = lakers.example_identity(b'I')
>>> private_r, cred_r = lakers.example_identity(b'R')
>>> i, r = lakers.EdhocInitiator(), lakers.EdhocResponder(r=private_r, cred_r=cred_r)
>>> c_i, ead_1 = r.process_message_1(i.prepare_message_1(b'\\x05', None))
>>> message_2 = r.prepare_message_2(lakers.CredentialTransfer.ByReference, b'\\x06', None)
>>> c_r, id_cred_r, ead_2 = i.parse_message_2(message_2)
>>> c_r, id_cred_r.hex()
(b'\\x06', 'a1044152')
>>> i.verify_message_2(private_i, cred_i, cred_r)
>>> message_3, _ = i.prepare_message_3(lakers.CredentialTransfer.ByValue, None)
>>> id_cred_i, ead_3 = r.parse_message_3(message_3)
>>> r.verify_message_3(cred_i)
>>> i.process_message_4(r.prepare_message_4())
[]
>>> i.edhoc_exporter(0, [], 16) == r.edhoc_exporter(0, [], 16)
True
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar

from . import Config, Credential, DataKind, IdType, KeyKind, Pull, Role, Session, errors, generate_keypair
from .credential import build_ccs

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
    R = TypeVar("R")

_METHOD, _SUITE = 3, 2


class CredentialTransfer(enum.Enum):
    """How a credential is sent."""

    ByReference = 0
    ByValue = 1


class EADItem:
    """An item of external authorization data; the label is positive, is_critical its sign on the wire.

    >>> lake.lakers.EADItem(5, is_critical=True, value=b'x').label()
    5
    """

    def __init__(self, label: int, is_critical: bool, value: bytes | None = None) -> None:
        self._label, self._is_critical, self._value = int(label), is_critical, value

    def label(self) -> int:
        """The label, without a sign.

        >>> lake.lakers.EADItem(5, False).label()
        5
        """
        return self._label

    def is_critical(self) -> bool:
        """Whether the receiver has to understand it.

        >>> lake.lakers.EADItem(5, False).is_critical()
        False
        """
        return self._is_critical

    def value(self) -> bytes | None:
        """The value, if it has one.

        >>> lake.lakers.EADItem(5, False).value()
        """
        return self._value

    def __repr__(self) -> str:
        return f"EADItem({self._label}, is_critical={self._is_critical}, value={self._value!r})"


def _translated(method: Callable[P, R]) -> Callable[P, R]:
    """Protocol faults as ValueError; a wrong state is a RuntimeError already."""

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except (errors.AuthenticationError, errors.PeerError) as error:
            raise ValueError(str(error)) from error

    return call


def example_identity(kid: bytes) -> tuple[bytes, bytes]:
    """A new private key and its CCS, to try things.

    >>> private, ccs = lake.lakers.example_identity(b'A')
    >>> len(private)
    32
    """
    private, public = generate_keypair(KeyKind.P256)
    return private, build_ccs(KeyKind.P256, public, subject="", kid=kid)


def _own(private_key: bytes, ccs: bytes) -> Credential:
    credential = Credential.from_ccs(ccs)
    credential.set_private_key(private_key)
    return credential


def _set_transfer(credential: Credential, transfer: CredentialTransfer) -> Credential:
    if transfer == CredentialTransfer.ByValue:
        credential.set_id(IdType.KCCS)
    else:
        credential.set_id(IdType.KID, credential.data(DataKind.KID))
    return credential


def _config(own: Credential) -> Config:
    return Config(own=[own], methods=[_METHOD], suites=[_SUITE], pull=Pull.CREDENTIAL | Pull.EAD)


@lru_cache(maxsize=1)
def _initiators() -> Config:
    """The config of all Initiators. They name their credential later than message_1, but must have one."""
    return _config(Credential.generate(KeyKind.P256, kid=b""))


class _Party:
    """What both roles share: a session in pull mode, whose questions the caller answers."""

    _session: Session

    def _add(self, message: int, items: Iterable[EADItem] | None) -> None:
        for item in items or ():
            self._session.ead_add(message, -item.label() if item.is_critical() else item.label(), item.value())

    def _peer_id(self) -> bytes:
        id = self._session.info.peer_connection_id
        assert id is not None, "a message of the peer was read"
        return id

    def _received(self, message: int) -> list[EADItem]:
        return [EADItem(abs(i.label), i.is_critical, i.value) for i in self._session.ead(message)]

    def _go_on(self, message: int, call: Callable[[], None]) -> None:
        """Makes a call; critical items are the caller's to judge, who got them before or gets them now."""
        while True:
            try:
                return call()
            except errors.PendingEAD:
                for index, item in enumerate(self._session.ead(message)):
                    if item.is_critical:
                        self._session.ead_accept(message, index)
                call = self._session.proceed

    def _authenticate(self, message: int, cred: bytes) -> None:
        self._session.set_peer_credential(Credential.from_ccs(cred))
        self._go_on(message, self._session.proceed)

    @_translated
    def edhoc_exporter(self, label: int, context: Iterable[int], length: int) -> bytes:
        """Keys out of the session.

        >>> lake.lakers.EdhocInitiator().edhoc_exporter(0, [], 16)
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        return self._session.export(label, length, bytes(context))

    @_translated
    def edhoc_key_update(self, context: Iterable[int]) -> None:
        """New keys replace the old ones.

        >>> lake.lakers.EdhocInitiator().edhoc_key_update([])
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._session.key_update(bytes(context))

    @_translated
    def completed_without_message_4(self) -> None:
        """The run is over without message_4.

        >>> lake.lakers.EdhocInitiator().completed_without_message_4()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._session.complete_without_message_4()


class EdhocInitiator(_Party):
    """An Initiator. The calls come in the order of the example of this module.

    >>> len(lake.lakers.EdhocInitiator().prepare_message_1(b'\\x05', None))
    37
    """

    def __init__(self) -> None:
        self._session = Session(_initiators(), Role.INITIATOR)
        self._own: Credential | None = None

    @_translated
    def prepare_message_1(self, c_i: bytes | None = None, ead_1: Iterable[EADItem] | None = None) -> bytes:
        """Makes message_1, with a random C_I if none is given.

        >>> lake.lakers.EdhocInitiator().prepare_message_1()[:2]
        b'\\x03\\x02'
        """
        if c_i is not None:
            self._session.set_connection_id(c_i)
        self._add(1, ead_1)
        return self._session.prepare_message(1)

    @_translated
    def parse_message_2(self, message_2: bytes) -> tuple[bytes, bytes, list[EADItem]]:
        """Reads message_2: C_R, ID_CRED_R and EAD_2, of which nothing is verified yet.

        >>> lake.lakers.EdhocInitiator().parse_message_2(b'')
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        _asked(lambda: self._session.process_message(2, message_2))
        return self._peer_id(), self._session.peer_id_cred, self._received(2)

    @_translated
    def verify_message_2(self, i: bytes, cred_i: bytes, valid_cred_r: bytes) -> None:
        """Authenticates the Responder by its credential; i and cred_i are one's own key and credential.

        >>> lake.lakers.EdhocInitiator().verify_message_2(b'', b'', b'')
        Traceback (most recent call last):
        lake.errors.CredentialError: ...
        """
        self._own = _own(i, cred_i)
        self._authenticate(2, valid_cred_r)

    @_translated
    def prepare_message_3(
        self, cred_transfer: CredentialTransfer, ead_3: Iterable[EADItem] | None = None
    ) -> tuple[bytes, None]:
        """Makes message_3.

        >>> lake.lakers.EdhocInitiator().prepare_message_3(lake.lakers.CredentialTransfer.ByValue)
        Traceback (most recent call last):
        RuntimeError: verify_message_2 comes first
        """
        if not (self._own and self._session.info.is_authenticated):
            raise RuntimeError("verify_message_2 comes first")
        self._session.set_own_credential(_set_transfer(self._own, cred_transfer))
        self._add(3, ead_3)
        return self._session.prepare_message(3), None

    @_translated
    def process_message_4(self, message_4: bytes) -> list[EADItem]:
        """Verifies message_4 and gives its EAD_4.

        >>> lake.lakers.EdhocInitiator().process_message_4(b'')
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._go_on(4, lambda: self._session.process_message(4, message_4))
        return self._received(4)

    def selected_cipher_suite(self) -> int:
        """The cipher suite.

        >>> lake.lakers.EdhocInitiator().selected_cipher_suite()
        2
        """
        return _SUITE


class EdhocResponder(_Party):
    """A Responder with its private key and its CCS.

    >>> private, ccs = lake.lakers.example_identity(b'A')
    >>> responder = lake.lakers.EdhocResponder(r=private, cred_r=ccs)
    """

    def __init__(self, r: bytes, cred_r: bytes) -> None:
        self._identity = (r, cred_r)
        self._session = Session(_config(_own(r, cred_r)), Role.RESPONDER)

    @_translated
    def process_message_1(self, message_1: bytes) -> tuple[bytes, list[EADItem]]:
        """Reads message_1: C_I and EAD_1.

        >>> responder = lake.lakers.EdhocResponder(*lake.lakers.example_identity(b'A'))
        >>> responder.process_message_1(lake.lakers.EdhocInitiator().prepare_message_1(b'\\x05'))
        (b'\\x05', [])
        """
        self._go_on(1, lambda: self._session.process_message(1, message_1))
        return self._peer_id(), self._received(1)

    @_translated
    def prepare_message_2(
        self,
        cred_transfer: CredentialTransfer,
        c_r: bytes | None = None,
        ead_2: Iterable[EADItem] | None = None,
    ) -> bytes:
        """Makes message_2, with a random C_R if none is given.

        >>> responder = lake.lakers.EdhocResponder(*lake.lakers.example_identity(b'A'))
        >>> responder.prepare_message_2(lake.lakers.CredentialTransfer.ByReference)
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        if c_r is not None:
            self._session.set_connection_id(c_r)
        if cred_transfer == CredentialTransfer.ByValue:  # the config has it by kid
            self._session.set_own_credential(_set_transfer(_own(*self._identity), cred_transfer))
        self._add(2, ead_2)
        return self._session.prepare_message(2)

    @_translated
    def parse_message_3(self, message_3: bytes) -> tuple[bytes, list[EADItem]]:
        """Reads message_3: ID_CRED_I and EAD_3; the Initiator has not authenticated yet.

        >>> lake.lakers.EdhocResponder(*lake.lakers.example_identity(b'A')).parse_message_3(b'')
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        _asked(lambda: self._session.process_message(3, message_3))
        return self._session.peer_id_cred, self._received(3)

    @_translated
    def verify_message_3(self, valid_cred_i: bytes) -> None:
        """Authenticates the Initiator by its credential.

        >>> lake.lakers.EdhocResponder(*lake.lakers.example_identity(b'A')).verify_message_3(b'')
        Traceback (most recent call last):
        lake.errors.CredentialError: ...
        """
        self._authenticate(3, valid_cred_i)

    @_translated
    def prepare_message_4(self, ead_4: Iterable[EADItem] | None = None) -> bytes:
        """Makes message_4.

        >>> lake.lakers.EdhocResponder(*lake.lakers.example_identity(b'A')).prepare_message_4()
        Traceback (most recent call last):
        lake.errors.StateError: ...
        """
        self._add(4, ead_4)
        return self._session.prepare_message(4)


def _asked(process: Callable[[], None]) -> None:
    """Processes a message up to the question for the peer's credential, which always comes: none is pinned."""
    try:
        process()
    except errors.PendingCredential:
        return


__all__ = ["CredentialTransfer", "EADItem", "EdhocInitiator", "EdhocResponder"]
