"""Config: what stays the same from session to session."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable, Mapping
from ctypes import byref, c_int32, c_int64, c_void_p
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

from . import _abi
from ._abi import ConfigOption, EADMark, NameKind, PeerPolicy, Pull, Role
from ._library import Bytes, Handle, array, check, lend, lent, lib, struct, tell, trampoline
from ._status import Status
from .credential import Credential

if TYPE_CHECKING:
    from .resumption import ResumptionStore
    from .session import Session


class EADItem(NamedTuple):
    """An item of external authorization data (RFC 9528 section 3.8); a negative label is critical."""

    label: int
    value: bytes | None = None
    is_unverified: bool = False
    """Received in a message that nothing authenticates yet: see `Config.set_ead_labels`."""

    @property
    def is_critical(self) -> bool:
        """Whether the run ends if the receiver does not understand it.

        >>> lake.EADItem(-5).is_critical
        True
        """
        return self.label < 0


Resolver = Callable[["Session", bytes], "Credential | None"]
"""Takes a session and an ID_CRED_x (a CBOR map), gives the credential, or None if it is not known."""
Verifier = Callable[["Session", Credential], bool]
"""Takes a session and the peer's credential; whether the peer is accepted."""
EADHandler = Callable[["Session", int, EADItem], bool]
"""Takes a session, the number of a message, an item; whether the item was understood."""

KeyLog = Callable[[str], object]
"""Takes secrets of a run: lines for Wireshark, each with a newline at its end."""


@dataclass(frozen=True)
class SessionLimits:
    """Bounds what a peer can make a session do; 0 means the default.

    >>> lake.SessionLimits(message_size=1024).chain
    0
    """

    message_size: int = 0
    """bytes of a received message, default 65,536"""
    connection_id: int = 0
    """bytes of a connection identifier, default 64"""
    ead_items: int = 0
    """items in one message, default 16"""
    candidates: int = 0
    """credentials tried for one ID_CRED, default 8"""
    chain: int = 0
    """certificates in one ID_CRED, default 8"""


@dataclass(frozen=True)
class RenewalLimits:
    """How long keys serve before `Session.renewal` asks for new ones; 0 means the default.

    >>> lake.RenewalLimits(messages=1000).key_age
    0
    """

    key_sets: int = 0
    """exported from one run, key updates making the next; default 24"""
    messages: int = 0
    """in one direction, with one set of keys; default 1,048,576"""
    failures: int = 0
    """default 16,384 with suites 0 to 3, else 1,048,576"""
    key_age: int = 0
    """seconds since the run or key update, default 1 hour"""
    run_age: int = 0
    """seconds since the run, default 24 hours"""


class Config(Handle):
    """What stays the same from session to session: suites, methods, credentials, trust.

    Every keyword is a method too, or a `ConfigOption`. It can be changed until the
    first session is made from it (StateError then), and closed at any time: sessions go
    on. A callback that refers to its own config keeps it alive until that is closed.

    >>> own = lake.Credential.generate(lake.KeyKind.P256, kid=b'A')
    >>> with lake.Config(own=[own], methods=[3], suites=[2]) as config:
    ...     lake.Session(config, lake.Role.INITIATOR).info.state.name
    'START'
    """

    __slots__ = ("_has_callbacks",)

    _free = "lake_config_free"

    def __init__(
        self,
        *,
        own: Iterable[Credential] = (),
        peers: Iterable[Credential] = (),
        psks: Iterable[tuple[Role, Credential]] = (),
        suites: Iterable[int] | None = None,
        methods: Iterable[int] | None = None,
        policy: PeerPolicy | None = None,
        trust_anchors: Iterable[Credential] = (),
        intermediates: Iterable[Credential] = (),
        cwt_issuers: Iterable[tuple[Credential, str | None]] = (),
        crls: Iterable[Bytes] = (),
        outdated_crls: bool | None = None,
        key_purposes: Mapping[Role, str | None] | None = None,
        time: int | None = None,
        clock_tolerance: int | None = None,
        allowed_peers: Iterable[tuple[NameKind, str]] = (),
        any_peer: bool | None = None,
        resolver: Resolver | None = None,
        verifier: Verifier | None = None,
        ead_handler: EADHandler | None = None,
        keylog: KeyLog | str | os.PathLike[str] | None = None,
        ead_labels: Iterable[int] | None = None,
        early_ead_labels: Iterable[int] | None = None,
        pull: Pull | None = None,
        message_4: bool | None = None,
        exchange_lifetime: int | None = None,
        limits: SessionLimits | None = None,
        renewal_limits: RenewalLimits | None = None,
        resumption: ResumptionStore | None = None,
    ) -> None:
        handle = c_void_p()
        check(lib.lake_config_new(byref(handle)))
        super().__init__(handle.value or 0)
        self._has_callbacks = False  # which are told the Session
        for credential in own:
            self.add_own_credential(credential)
        for credential in peers:
            self.add_peer_credential(credential)
        for role, psk in psks:
            self.add_psk(role, psk)
        for certificate in trust_anchors:
            self.add_trust_anchor(certificate)
        for certificate in intermediates:
            self.add_intermediate(certificate)
        for issuer, issuer_name in cwt_issuers:
            self.add_cwt_issuer(issuer, issuer_name)
        if time is not None:
            self.set_time(time)
        options = {
            ConfigOption.PEER_POLICY: policy,
            ConfigOption.PULL: pull,
            ConfigOption.MESSAGE_4: message_4,
            ConfigOption.ANY_PEER: any_peer,
            ConfigOption.OUTDATED_CRLS: outdated_crls,
            ConfigOption.CLOCK_TOLERANCE: clock_tolerance,
            ConfigOption.EXCHANGE_LIFETIME: exchange_lifetime,
        }
        for option, value in options.items():
            if value is not None:
                self.set_option(option, value)
        for file in crls:  # which the time, the anchors and the intermediates have a say in
            self.add_crl(file)
        for role, oid in (key_purposes or {}).items():
            self.require_key_purpose(role, oid)
        for kind, name in allowed_peers:
            self.allow_peer(kind, name)
        if suites is not None:
            self.set_suites(suites)
        if methods is not None:
            self.set_methods(methods)
        if resolver is not None:
            self.set_credential_callback(resolver)
        if verifier is not None:
            self.set_verify_callback(verifier)
        if ead_handler is not None:
            self.set_ead_callback(ead_handler)
        if keylog is not None:
            self.set_keylog(keylog)
        if ead_labels is not None:
            self.set_ead_labels(ead_labels)
        if early_ead_labels is not None:
            self.set_ead_labels(early_ead_labels, early=True)
        if limits is not None:
            self.set_limits(limits)
        if renewal_limits is not None:
            self.set_renewal_limits(renewal_limits)
        if resumption is not None:
            self.set_resumption(resumption)

    def set_option(self, option: ConfigOption, value: int) -> None:
        """Sets an option: a number, or a flag. ArgumentError for a value that it cannot have.

        - PEER_POLICY (keyword `policy`): whose credentials are trusted, a `PeerPolicy`.
        - PULL (`pull`): which questions come as a `Pending` exception, a `Pull`.
        - MESSAGE_4 (`message_4`): message_4 is part of the protocol; both sides have to
          agree on this beforehand.
        - ANY_PEER (`any_peer`): an Initiator with `PeerPolicy.X509` takes every holder of a
          certificate for the one that it means. Otherwise it has to say who that is:
          `Session.expect_peer`, `allow_peer`, a verifier, or `Pull.PEER`.
        - OUTDATED_CRLS (`outdated_crls`): a revocation list counts after its nextUpdate, until
          a newer one is added. Otherwise certificates of its issuer are refused then (REVOKED).
        - CLOCK_TOLERANCE (`clock_tolerance`): for how many seconds the clocks of issuers and
          this one may be apart: certificates, CWTs and revocation lists are good so long
          before their time begins and after it ends. At most a day; 300 by default, 0: none.
        - EXCHANGE_LIFETIME (`exchange_lifetime`): for how many seconds a completed Responder
          keeps message_4, for an Initiator that did not get it. At most 100 years; 0: 247,
          which is EXCHANGE_LIFETIME of CoAP (default).

        >>> lake.Config().set_option(lake.ConfigOption.MESSAGE_4, True)
        """
        check(lib.lake_config_set_option(self._handle, option, value))

    def set_suites(self, suites: Iterable[int]) -> None:
        """Sets the cipher suites, the preferred one first. UnsupportedError.

        Of these (or of all) a session supports those that it has an own credential for.
        Ed25519 and Ed448 keys serve in each suite with EdDSA that is set here.

        >>> lake.Config().set_suites([2, 3])
        """
        check(lib.lake_config_set_suites(self._handle, *array(c_int32, suites)))

    def set_methods(self, methods: Iterable[int]) -> None:
        """Sets the methods: a Responder accepts them, an Initiator uses the first that it can. UnsupportedError.

        >>> lake.Config().set_methods([3])
        """
        check(lib.lake_config_set_methods(self._handle, *array(c_int32, methods)))

    def add_own_credential(self, credential: Credential) -> None:
        """Adds a credential to authenticate with; CredentialError if it has no private key.

        >>> lake.Config().add_own_credential(lake.Credential.generate(lake.KeyKind.P256))
        """
        check(lib.lake_config_add_own_credential(self._handle, credential._handle))

    def add_peer_credential(self, credential: Credential) -> None:
        """Adds a credential that is trusted (pinned) as a peer's.

        >>> lake.Config().add_peer_credential(lake.Credential.generate(lake.KeyKind.P256))
        """
        check(lib.lake_config_add_peer_credential(self._handle, credential._handle))

    def add_psk(self, role: Role, credential: Credential) -> None:
        """Adds a pre-shared key for sessions in which this side has the given role.

        >>> psk = lake.Credential.from_psk(bytes.fromhex('a1044110'), os.urandom(16), b'\\x41i', b'\\x41r')
        >>> lake.Config().add_psk(lake.Role.INITIATOR, psk)
        """
        check(lib.lake_config_add_psk(self._handle, role, credential._handle))

    def add_trust_anchor(self, certificate: Credential) -> None:
        """Adds a certificate that certifies peers, or is a peer's.

        For `PeerPolicy.X509` or `CALLBACK`: with others, sessions are ArgumentError.

        >>> anchor = lake.Credential.from_x509(Path('cert.der').read_bytes())
        >>> lake.Config(policy=lake.PeerPolicy.X509).add_trust_anchor(anchor)
        """
        check(lib.lake_config_add_trust_anchor(self._handle, certificate._handle))

    def add_intermediate(self, certificate: Credential) -> None:
        """Adds a certificate that peers may leave out of their chain.

        >>> lake.Config().add_intermediate(lake.Credential.from_x509(Path('cert.der').read_bytes()))
        """
        check(lib.lake_config_add_intermediate(self._handle, certificate._handle))

    def add_cwt_issuer(self, issuer: Credential, name: str | None = None) -> None:
        """Adds the key of an issuer of CWTs, whose claim 'iss' has to be `name`, if given; for `PeerPolicy.X509`.

        >>> lake.Config().add_cwt_issuer(lake.Credential.generate(lake.KeyKind.ED25519), 'issuer.example')
        """
        text = None if name is None else name.encode()
        check(lib.lake_config_add_cwt_issuer(self._handle, issuer._handle, text))

    def set_time(self, now: int) -> None:
        """Sets the time by which dates are checked, in seconds since 1970; 0: the system's. Allowed at any time.

        >>> lake.Config().set_time(1_800_000_000)
        """
        check(lib.lake_config_set_time(self._handle, now))

    def require_key_purpose(self, role: Role, oid: str | None) -> None:
        """Sets what the certificates of peers in a role have to be for; None: nothing.

        An OID in dotted text that their extended key usage lists. For `PeerPolicy.X509`,
        and what a trust anchor has to vouch for.

        >>> lake.Config().require_key_purpose(lake.Role.RESPONDER, '1.3.6.1.5.5.7.3.1')  # serverAuth
        """
        text = None if oid is None else oid.encode()
        check(lib.lake_config_require_key_purpose(self._handle, role, text))

    def add_crl(self, file: Bytes) -> None:
        """Adds certificate revocation lists: one in DER, or all of a PEM file. Allowed at any time.

        What is on a list of its issuer is refused from then on (REVOKED), in whatever form
        it comes, and so are resumptions that go back to it. Who signed a list has to be a
        trust anchor or intermediate of the config, which is added first: CredentialError.

        >>> lake.Config().add_crl(b'no list')
        Traceback (most recent call last):
        lake.errors.CredentialError: the credential or its identifier is malformed
        """
        file = bytes(file)
        check(lib.lake_config_add_crl(self._handle, file, len(file)))

    def allow_peer(self, kind: NameKind, name: str) -> None:
        """Adds a name to the list of peers that are accepted, for Responders. ArgumentError, UnsupportedError.

        With a list, an authenticated peer that has none of its names ends the run with
        PEER_REJECTED. Pre-shared keys of the config are a list of their own.

        >>> lake.Config().allow_peer(lake.NameKind.DNS, 'sensor.example')
        """
        check(lib.lake_config_allow_peer(self._handle, kind, name.encode()))

    def verify_credential(self, credential: Credential, *, signs: bool) -> None:
        """Checks a credential as `PeerPolicy.X509` does, for a key that signs or does static Diffie-Hellman.

        CredentialError for one that nobody vouches for.

        >>> certificate = lake.Credential.from_x509(Path('cert.der').read_bytes())
        >>> lake.Config(policy=lake.PeerPolicy.X509, trust_anchors=[certificate]).verify_credential(
        ...     certificate, signs=True)
        """
        check(lib.lake_config_verify_credential(self._handle, credential._handle, int(signs)))

    def set_ead_labels(self, labels: Iterable[int], *, early: bool = False) -> None:
        """Sets the EAD labels (positive) that the application understands, or those that it needs early.

        Critical items with labels that are understood are accepted. Items with early labels
        are needed at once, even where nothing authenticates them yet: in message_2 of
        method 4, where only a fourth message proves the Responder. They are marked as
        `EADItem.is_unverified`; items of all other labels are withheld until then.

        >>> lake.Config().set_ead_labels([1000])
        """
        use = EADMark.EARLY if early else EADMark.UNDERSTOOD
        check(lib.lake_config_set_ead_labels(self._handle, use, *array(c_int64, labels)))

    def set_limits(self, limits: SessionLimits) -> None:
        """Bounds what a peer can make a session do. ArgumentError.

        >>> lake.Config().set_limits(lake.SessionLimits(message_size=1024))
        """
        check(lib.lake_config_set_limits(self._handle, byref(struct(_abi.lake_limits, **asdict(limits)))))

    def set_renewal_limits(self, limits: RenewalLimits) -> None:
        """Sets how long keys serve before `Session.renewal` asks for new ones. ArgumentError.

        >>> lake.Config().set_renewal_limits(lake.RenewalLimits(messages=1000))
        """
        made = struct(_abi.lake_renewal_limits, **asdict(limits))
        check(lib.lake_config_set_renewal_limits(self._handle, byref(made)))

    def set_resumption(self, store: ResumptionStore) -> None:
        """Lets a Responder take part in resumptions with the keys of the store, besides its methods.

        >>> lake.Config().set_resumption(lake.ResumptionStore())
        """
        check(lib.lake_config_set_resumption(self._handle, store._handle))

    # --- Callbacks -------------------------------------------------------------------
    #
    # What they raise comes out of the call that caused them, unchanged.

    def set_credential_callback(self, resolver: Resolver | None) -> None:
        """Sets the lookup of credentials that the config does not know; None: none.

        >>> known = {}
        >>> lake.Config().set_credential_callback(lambda session, id_cred: known.get(id_cred))
        """
        made = _abi.lake_credential_fn() if resolver is None else _RESOLVE
        check(lend(resolver, lambda *held: lib.lake_config_set_credential_callback(self._handle, made, *held)))
        self._has_callbacks = True

    def set_verify_callback(self, verifier: Verifier | None) -> None:
        """Sets who has the last word on a peer that has authenticated; None: nobody.

        It is given a credential that it may keep; of a resumption the one that the key goes
        back to. In method 4 only the Responder asks.

        >>> lake.Config().set_verify_callback(lambda session, peer: peer.text(lake.TextKind.SUBJECT) == 'sensor')
        """
        made = _abi.lake_verify_fn() if verifier is None else _VERIFY
        check(lend(verifier, lambda *held: lib.lake_config_set_verify_callback(self._handle, made, *held)))
        self._has_callbacks = True

    def set_ead_callback(self, handler: EADHandler | None) -> None:
        """Sets who is asked about received EAD items; None: nobody.

        An item that it was told as unverified (`set_ead_labels`) is not told again.

        >>> lake.Config().set_ead_callback(lambda session, message, item: item.label == -7)
        """
        made = _abi.lake_ead_fn() if handler is None else _HANDLE
        check(lend(handler, lambda *held: lib.lake_config_set_ead_callback(self._handle, made, *held)))
        self._has_callbacks = True

    def set_keylog(self, keylog: KeyLog | str | os.PathLike[str] | None) -> None:
        """Sets who gets the secrets of runs, for tests: a function, or a file to append to; None: nobody.

        They are lines for Wireshark and `lake explain` (docs/testers.md). Who has them reads
        all that was sent in these runs, the identities of both sides included, and reads
        and forges what their keys protect: a new file is for its owner only. What a function
        raises goes to `sys.unraisablehook` and changes no result.

        >>> lines = []
        >>> lake.Config().set_keylog(lines.append)
        """
        function = _Appender(keylog) if isinstance(keylog, (str, os.PathLike)) else keylog
        made = _abi.lake_keylog_fn() if function is None else _LOG_KEYS
        check(lend(function, lambda *held: lib.lake_config_set_keylog(self._handle, made, *held)))


class _Appender:
    """Appends to a file, each text at once: several processes may have the same."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __call__(self, lines: str) -> None:
        os.write(self._descriptor, lines.encode())

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            os.close(self._descriptor)


def _session(handle: int) -> Session:
    from .session import Session

    return Session._of(handle)


def _resolve(resolver: int, session: int, data: int, size: int, out: int) -> Status:
    credential: Credential | None = lent(resolver)(_session(session), ctypes.string_at(data, size))
    if credential is None:
        return Status.ERR_NOT_FOUND
    check(lib.lake_credential_retain(credential._handle))
    c_void_p.from_address(out).value = credential._handle
    return Status.OK


def _verify(verifier: int, session: int, peer: int) -> Status:
    check(lib.lake_credential_retain(peer))
    return Status.OK if lent(verifier)(_session(session), Credential(peer)) else Status.ERR_PEER_REJECTED


def _handle(handler: int, session: int, message: int, label: int, data: int | None, size: int) -> Status:
    value = None if data is None else ctypes.string_at(data, size)
    item = EADItem(label, value, is_unverified=bool(message & EADMark.UNVERIFIED))
    message &= ~EADMark.UNVERIFIED
    return Status.OK if lent(handler)(_session(session), message, item) else Status.ERR_NOT_FOUND


_LOG_KEYS = trampoline(_abi.lake_keylog_fn, tell)
_RESOLVE = trampoline(_abi.lake_credential_fn, _resolve)
_VERIFY = trampoline(_abi.lake_verify_fn, _verify)
_HANDLE = trampoline(_abi.lake_ead_fn, _handle)
