"""Config: what stays the same from session to session."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from ctypes import byref, c_int32, c_int64, c_void_p
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakValueDictionary

from . import _abi
from ._abi import EADMark, NameKind, PeerPolicy, Pull, Role
from ._library import Bytes, Handle, array, check, lib, struct, trampoline
from ._status import Status
from .credential import Credential

if TYPE_CHECKING:
    from .resumption import ResumptionStore
    from .session import Session


class EADItem(NamedTuple):
    """An item of external authorization data (RFC 9528 section 3.8); a negative label is critical."""

    label: int
    value: bytes | None = None
    unverified: bool = False
    """Received in a message that nothing authenticates yet: see `Config.set_early_ead_labels`."""

    @property
    def critical(self) -> bool:
        """Whether the run ends if the receiver does not understand it.

        >>> lake.EADItem(-5).critical
        True
        """
        return self.label < 0


Resolver = Callable[["Session", bytes], "Credential | None"]
"""Takes a session and an ID_CRED_x (a CBOR map), gives the credential, or None if it is not known."""
Verifier = Callable[["Session", Credential], bool]
"""Takes a session and the peer's credential; whether the peer is accepted."""
EADHandler = Callable[["Session", int, EADItem], bool]
"""Takes a session, the number of a message, an item; whether the item was understood."""


class Config(Handle):
    """What stays the same from session to session: suites, methods, credentials, trust.

    Every keyword is a method too. It can be changed until the first session is
    made from it (StateError then), and closed at any time: sessions go on.

    >>> own = lake.Credential.generate(lake.KeyKind.P256, kid=b'A')
    >>> with lake.Config(own=[own], methods=[3], suites=[2]) as config:
    ...     lake.Session(config, lake.Role.INITIATOR).state.name
    'START'
    """

    __slots__ = ("_callbacks", "_kept", "_sessions")

    _free = "lake_config_free"

    def __init__(
        self,
        *,
        own: Iterable[Credential] = (),
        peers: Iterable[Credential] = (),
        suites: Iterable[int] | None = None,
        methods: Iterable[int] | None = None,
        policy: PeerPolicy | None = None,
        trust_anchors: Iterable[Credential] = (),
        allowed_peers: Iterable[tuple[NameKind, str]] = (),
        any_peer: bool = False,
        crls: Iterable[Bytes] = (),
        resolver: Resolver | None = None,
        verifier: Verifier | None = None,
        ead_handler: EADHandler | None = None,
        ead_labels: Iterable[int] | None = None,
        early_ead_labels: Iterable[int] | None = None,
        pull: Pull | None = None,
        message_4: bool = False,
        resumption: ResumptionStore | None = None,
    ) -> None:
        handle = c_void_p()
        check(lib.lake_config_new(byref(handle)))
        super().__init__(handle.value or 0)
        self._callbacks: dict[str, Any] = {}
        self._kept: list[Credential] = []  # their signers must live as long
        self._sessions: WeakValueDictionary[int, Session] = WeakValueDictionary()  # for callbacks
        if suites is not None:
            self.set_suites(suites)
        if methods is not None:
            self.set_methods(methods)
        for credential in own:
            self.add_own_credential(credential)
        for credential in peers:
            self.add_peer_credential(credential)
        for credential in trust_anchors:
            self.add_trust_anchor(credential)
        for kind, name in allowed_peers:
            self.allow_peer(kind, name)
        if any_peer:
            self.allow_any_peer()
        for file in crls:
            self.add_crl(file)
        if policy is not None:
            self.set_peer_policy(policy)
        if resolver is not None:
            self.set_credential_callback(resolver)
        if verifier is not None:
            self.set_verify_callback(verifier)
        if ead_handler is not None:
            self.set_ead_callback(ead_handler)
        if ead_labels is not None:
            self.set_ead_labels(ead_labels)
        if early_ead_labels is not None:
            self.set_early_ead_labels(early_ead_labels)
        if pull is not None:
            self.set_pull(pull)
        if message_4:
            self.require_message_4()
        if resumption is not None:
            self.set_resumption(resumption)

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
        self._kept.append(credential)

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

    def set_clock_tolerance(self, tolerance: int) -> None:
        """Sets for how many seconds the clocks of issuers and this one may be apart; 300 by default, 0: none.

        Certificates, CWTs and revocation lists are good so long before their time begins
        and after it ends. At most a day: ArgumentError.

        >>> lake.Config().set_clock_tolerance(3600)
        """
        check(lib.lake_config_set_clock_tolerance(self._handle, tolerance))

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

    def accept_outdated_crls(self, accept: bool = True) -> None:
        """Lets a revocation list count after its nextUpdate, until a newer one is added.

        Without it, certificates of its issuer are refused then (REVOKED).

        >>> lake.Config().accept_outdated_crls()
        """
        check(lib.lake_config_accept_outdated_crls(self._handle, int(accept)))

    def allow_peer(self, kind: NameKind, name: str) -> None:
        """Adds a name to the list of peers that are accepted, for Responders. ArgumentError, UnsupportedError.

        With a list, an authenticated peer that has none of its names ends the run with
        PEER_REJECTED. Pre-shared keys of the config are a list of their own.

        >>> lake.Config().allow_peer(lake.NameKind.DNS, 'sensor.example')
        """
        check(lib.lake_config_allow_peer(self._handle, kind, name.encode()))

    def allow_any_peer(self, any: bool = True) -> None:
        """Lets an Initiator with `PeerPolicy.X509` take every holder of a certificate for the one that it means.

        Otherwise it has to say who that is: `Session.expect_peer`, `allow_peer`, a
        verifier, or `Pull.PEER`.

        >>> lake.Config().allow_any_peer()
        """
        check(lib.lake_config_allow_any_peer(self._handle, int(any)))

    def verify_credential(self, credential: Credential, *, signs: bool) -> None:
        """Checks a credential as `PeerPolicy.X509` does, for a key that signs or does static Diffie-Hellman.

        CredentialError for one that nobody vouches for.

        >>> certificate = lake.Credential.from_x509(Path('cert.der').read_bytes())
        >>> lake.Config(policy=lake.PeerPolicy.X509, trust_anchors=[certificate]).verify_credential(
        ...     certificate, signs=True)
        """
        check(lib.lake_config_verify_credential(self._handle, credential._handle, int(signs)))

    def set_peer_policy(self, policy: PeerPolicy) -> None:
        """Sets whose credentials are trusted.

        >>> lake.Config().set_peer_policy(lake.PeerPolicy.PINNED)
        """
        check(lib.lake_config_set_peer_policy(self._handle, policy))

    def set_ead_labels(self, labels: Iterable[int]) -> None:
        """Sets the EAD labels (positive) that the application understands.

        >>> lake.Config().set_ead_labels([1000])
        """
        check(lib.lake_config_set_ead_labels(self._handle, *array(c_int64, labels)))

    def set_early_ead_labels(self, labels: Iterable[int]) -> None:
        """Sets the EAD labels (positive) whose items are needed at once, even where nothing authenticates them.

        That is in message_2 of method 4, where only a fourth message proves the
        Responder. They are marked as `EADItem.unverified`; items of all other labels
        are withheld until then.

        >>> lake.Config().set_early_ead_labels([1000])
        """
        check(lib.lake_config_set_early_ead_labels(self._handle, *array(c_int64, labels)))

    def set_pull(self, questions: Pull) -> None:
        """Sets which questions come as a `Pending` exception.

        >>> lake.Config().set_pull(lake.Pull.CREDENTIAL | lake.Pull.PEER)
        """
        check(lib.lake_config_set_pull(self._handle, questions))

    def set_limits(
        self, *, message_size: int = 0, connection_id: int = 0, ead_items: int = 0, candidates: int = 0, chain: int = 0
    ) -> None:
        """Bounds what a peer can make a session do; 0 means the default.

        message_size: bytes of a received message, default 65536; connection_id:
        bytes, default 64; ead_items in one message, default 16; candidates: tried
        for one ID_CRED, default 8; chain: certificates, default 8.

        >>> lake.Config().set_limits(message_size=1024)
        """
        limits = struct(
            _abi.lake_limits,
            message_size=message_size,
            connection_id=connection_id,
            ead_items=ead_items,
            candidates=candidates,
            chain=chain,
        )
        check(lib.lake_config_set_limits(self._handle, byref(limits)))

    def set_renewal_limits(
        self, *, key_sets: int = 0, messages: int = 0, failures: int = 0, key_age: int = 0, run_age: int = 0
    ) -> None:
        """Sets how long keys serve before `Session.renewal` asks for new ones; 0 means the default.

        key_sets: exported from one run, default 24; messages: in one direction with
        one set of keys, default 1,048,576; failures: default 16,384 with suites 0 to
        3; key_age: seconds since the run or key update, default 1 hour; run_age:
        seconds since the run, default 24 hours.

        >>> lake.Config().set_renewal_limits(messages=1000)
        """
        limits = struct(
            _abi.lake_renewal_limits,
            key_sets=key_sets,
            messages=messages,
            failures=failures,
            key_age=key_age,
            run_age=run_age,
        )
        check(lib.lake_config_set_renewal_limits(self._handle, byref(limits)))

    def require_message_4(self, required: bool = True) -> None:
        """Makes message_4 part of the protocol; both sides have to agree on this beforehand.

        >>> lake.Config().require_message_4()
        """
        check(lib.lake_config_require_message_4(self._handle, int(required)))

    def set_exchange_lifetime(self, lifetime: int) -> None:
        """Sets for how many seconds a completed Responder keeps message_4, for an Initiator that did not get it.

        At most 100 years; 0: 247, which is EXCHANGE_LIFETIME of CoAP (default).

        >>> lake.Config().set_exchange_lifetime(60)
        """
        check(lib.lake_config_set_exchange_lifetime(self._handle, lifetime))

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

        def call(_: Any, session: int, data: int, size: int, out: int) -> int:
            assert resolver
            credential = resolver(self._session(session), ctypes.string_at(data, size))
            if credential is None:
                return Status.ERR_NOT_FOUND
            check(lib.lake_credential_retain(credential._handle))
            c_void_p.from_address(out).value = credential._handle
            return Status.OK

        self._set_callback("lake_config_set_credential_callback", _abi.lake_credential_fn, resolver and call)

    def set_verify_callback(self, verifier: Verifier | None) -> None:
        """Sets who has the last word on a peer that has authenticated; None: nobody.

        It is given a credential that it may keep; of a resumption the one that the key goes
        back to. In method 4 only the Responder asks.

        >>> lake.Config().set_verify_callback(lambda session, peer: peer.text(lake.TextKind.SUBJECT) == 'sensor')
        """

        def call(_: Any, session: int, peer: int) -> int:
            assert verifier
            check(lib.lake_credential_retain(peer))
            accepted = verifier(self._session(session), Credential(peer))
            return Status.OK if accepted else Status.ERR_PEER_REJECTED

        self._set_callback("lake_config_set_verify_callback", _abi.lake_verify_fn, verifier and call)

    def set_ead_callback(self, handler: EADHandler | None) -> None:
        """Sets who is asked about received EAD items; None: nobody.

        An item that it was told as unverified (`set_early_ead_labels`) is not told again.

        >>> lake.Config().set_ead_callback(lambda session, message, item: item.label == -7)
        """

        def call(_: Any, session: int, message: int, label: int, data: int | None, size: int) -> int:
            assert handler
            value = None if data is None else ctypes.string_at(data, size)
            item = EADItem(label, value, unverified=bool(message & EADMark.UNVERIFIED))
            message &= ~EADMark.UNVERIFIED
            return Status.OK if handler(self._session(session), message, item) else Status.ERR_NOT_FOUND

        self._set_callback("lake_config_set_ead_callback", _abi.lake_ead_fn, handler and call)

    def _set_callback(self, name: str, kind: Any, call: Callable[..., int] | None) -> None:
        made = kind(trampoline(call)) if call else kind()
        check(getattr(lib, name)(self._handle, made, None))
        self._callbacks[name] = made

    def _session(self, handle: int) -> Session:
        """The session of a handle. One that is not known here belongs to a server or client of lake.coap."""
        from .session import Session

        return self._sessions.get(handle) or Session._made(handle, self, owner="lake.coap")
