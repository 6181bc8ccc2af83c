"""Authentication credentials: CRED_x, the public key in it, the ID_CRED_x to send, the private key."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import byref, c_int32, c_int64, c_size_t, c_void_p
from typing import Any, NamedTuple

from . import _abi
from ._abi import CredentialKind, DataKind, IdType, KeyKind, Role, TextKind
from ._library import Bytes, Handle, byte_arrays, check, get_bytes, get_number, get_text, lib, trampoline
from .info import generate_keypair

Signer = Callable[[bytes], bytes]
"""Takes the bytes to sign (a COSE Sig_structure), gives the signature: r || s, or that of EdDSA."""
Ecdh = Callable[[bytes], bytes]
"""Takes the peer's public key (x alone for P-256 and P-384), gives the shared secret."""


class Origin(NamedTuple):
    """The run with long-term credentials that a resumption key goes back to: `Credential.origin`."""

    id_cred_i: bytes
    id_cred_r: bytes
    at: int
    """When it was, in seconds since 1970."""
    until: int | None
    """The end of validity of those credentials, likewise; None if they have none."""


_NEVER = -(1 << 63)
_FOREVER = (1 << 63) - 1


class Credential(Handle):
    """A credential, one's own or a peer's; made by one of the `from_` methods.

    It can be changed until it is added to a config or handed to a session
    (StateError then), and can be used in any number of configs.

    >>> own = lake.Credential.generate(lake.KeyKind.P256, subject='sensor', kid=b'\\x05')
    >>> own.kid(), own.kind.name, own.key_kind.name
    (b'\\x05', 'CCS', 'P256')
    """

    __slots__ = ("_callbacks",)

    _free = "lake_credential_free"

    def __init__(self, handle: int) -> None:
        super().__init__(handle)
        self._callbacks: list[Any] = []  # must live as long as it can be used

    @classmethod
    def _make(cls, function: Any, *args: Any) -> Credential:
        handle = c_void_p()
        check(function(*args, byref(handle)))
        return cls(handle.value or 0)

    # --- Making one ----------------------------------------------------------------

    @classmethod
    def generate(cls, kind: KeyKind, *, subject: str | None = None, kid: Bytes | None = None) -> Credential:
        """A CCS with a new key pair, and its private key. Without a kid it is sent by value.

        >>> lake.Credential.generate(lake.KeyKind.X25519, subject='me').describe()[:2]
        'me'
        """
        private, public = generate_keypair(kind)
        credential = cls.from_ccs(build_ccs(kind, public, subject=subject, kid=kid))
        credential.set_private_key(private)
        return credential

    @classmethod
    def from_ccs(cls, ccs: Bytes) -> Credential:
        """From a CWT Claims Set: a CBOR map with a COSE_Key (RFC 9528 section 3.5.2).

        It is referred to by the kid of the COSE_Key, or sent by value if that has
        none. CredentialError if it is malformed.

        >>> ccs = lake.Credential.generate(lake.KeyKind.P256, kid=b'A').cred
        >>> lake.Credential.from_ccs(ccs).id_cred.hex()
        'a1044141'
        """
        return cls._make(lib.lake_credential_from_ccs, bytes(ccs), len(ccs))

    @classmethod
    def from_cwt(cls, cwt: Bytes) -> Credential:
        """From a CWT signed with COSE_Sign1; sent by value. Nothing is verified yet.

        >>> lake.Credential.from_cwt(b'')
        Traceback (most recent call last):
        lake.errors.CredentialError: the credential or its identifier is malformed
        """
        return cls._make(lib.lake_credential_from_cwt, bytes(cwt), len(cwt))

    @classmethod
    def from_x509(cls, *ders: Bytes) -> Credential:
        """From an X.509 certificate in DER, or a chain with the end entity's first.

        One certificate is referred to by x5t, a chain is sent by value (x5chain).

        >>> lake.Credential.from_x509(Path('cert.der').read_bytes()).kind.name
        'X509'
        """
        if len(ders) == 1:
            return cls._make(lib.lake_credential_from_x509, bytes(ders[0]), len(ders[0]))
        return cls._make(lib.lake_credential_from_x509_chain, *byte_arrays(ders))

    @classmethod
    def from_pem(cls, file: Bytes) -> Credential:
        """From the certificates of a file as openssl writes it, PEM or DER; as from_x509.

        >>> lake.Credential.from_pem(Path('cert.pem').read_bytes()).text(lake.TextKind.SUBJECT)
        'CN=sensor'
        """
        return cls._make(lib.lake_credential_from_pem, bytes(file), len(file))

    @classmethod
    def from_c509(cls, *certificates: Bytes) -> Credential:
        """From C509 certificates, the end entity's first; referred to by c5t, a chain by value.

        >>> c509 = lake.c509_from_x509(Path('cert.der').read_bytes())
        >>> lake.Credential.from_c509(c509).kind.name
        'C509'
        """
        return cls._make(lib.lake_credential_from_c509, *byte_arrays(certificates))

    @classmethod
    def from_psk(cls, id_cred: Bytes, psk: Bytes, cred_i: Bytes, cred_r: Bytes, *, hash: int = -16) -> Credential:
        """A pre-shared key of 16 bytes or more for method 4 (draft-ietf-lake-edhoc-psk).

        id_cred is the ID_CRED_PSK map, hash the COSE number of the EDHOC hash that the
        key is bound to; cred_i and cred_r say who the two sides are and differ: one
        CBOR item each, a map (a CCS, with a claim 'sub' that the other does not have),
        byte string or array. ArgumentError for others, and for a key that is short or
        all zero.

        >>> psk = lake.Credential.from_psk(bytes.fromhex('a1044110'), os.urandom(16), b'\\x41i', b'\\x41r')
        >>> psk.kind.name
        'PSK'
        """
        id_cred, psk, cred_i, cred_r = bytes(id_cred), bytes(psk), bytes(cred_i), bytes(cred_r)
        return cls._make(
            lib.lake_credential_from_psk,
            id_cred, len(id_cred), psk, len(psk), hash, cred_i, len(cred_i), cred_r, len(cred_r),
        )  # fmt: skip

    @classmethod
    def from_parts(cls, id_cred: Bytes, cred: Bytes, kind: KeyKind, public_key: Bytes) -> Credential:
        """From ID_CRED_x (a CBOR map), CRED_x (one CBOR item) and the public key.

        For types that liblake does not read. The key of P-256 and P-384 is x || y,
        or x alone for Diffie-Hellman: that cannot sign.

        >>> _, public = lake.generate_keypair(lake.KeyKind.X25519)
        >>> id_cred = bytes.fromhex('a1044107')
        >>> lake.Credential.from_parts(id_cred, b'\\x07', lake.KeyKind.X25519, public).cred
        b'\\x07'
        """
        id_cred, cred, public_key = bytes(id_cred), bytes(cred), bytes(public_key)
        return cls._make(
            lib.lake_credential_from_parts,
            id_cred, len(id_cred), cred, len(cred), kind, public_key, len(public_key),
        )  # fmt: skip

    @classmethod
    def from_id_cred(cls, id_cred: Bytes) -> Credential:
        """The credential that an ID_CRED_x map carries by value. Nothing about it is trusted.

        UnsupportedCredentialError for a map that only refers to one, CredentialError.

        >>> own = lake.Credential.generate(lake.KeyKind.P256)
        >>> lake.Credential.from_id_cred(own.id_cred).cred == own.cred
        True
        """
        return cls._make(lib.lake_credential_from_id_cred, bytes(id_cred), len(id_cred))

    # --- Changing it ---------------------------------------------------------------

    def set_id_cred(self, id_cred: Bytes) -> None:
        """Sets the ID_CRED_x map to send; a peer's credential is found by it, too.

        >>> own = lake.Credential.generate(lake.KeyKind.P256)
        >>> own.set_id_cred(bytes.fromhex('a1044105'))
        >>> own.id_cred.hex()
        'a1044105'
        """
        check(lib.lake_credential_set_id_cred(self._handle, bytes(id_cred), len(id_cred)))

    def set_id(self, type: IdType, value: Bytes = b"") -> None:
        """Sets the ID_CRED_x to send by its type, and value for a kid or a URI.

        UnsupportedError for a type that the credential cannot have.

        >>> own = lake.Credential.generate(lake.KeyKind.P256, kid=b'A')
        >>> own.set_id(lake.IdType.KCCS)
        >>> len(own.id_cred) > 100
        False
        """
        given = bytes(value) or None
        check(lib.lake_credential_set_id(self._handle, type, given, len(value)))

    def set_private_key(self, key: Bytes) -> None:
        """Sets the private key; sizes are those of the `KeyKind`. CredentialError if it is of another public key.

        >>> private, public = lake.generate_keypair(lake.KeyKind.ED25519)
        >>> own = lake.Credential.from_ccs(lake.build_ccs(lake.KeyKind.ED25519, public))
        >>> own.set_private_key(private)
        """
        check(lib.lake_credential_set_private_key(self._handle, bytes(key), len(key)))

    def set_private_key_pem(self, file: Bytes) -> None:
        """The same from a file as openssl writes it: PEM or DER, PKCS#8 or SEC 1, not encrypted.

        >>> own = lake.Credential.from_pem(Path('cert.pem').read_bytes())
        >>> own.set_private_key_pem(Path('key.pem').read_bytes())
        """
        check(lib.lake_credential_set_private_key_pem(self._handle, bytes(file), len(file)))

    def set_signer(self, sign: Signer) -> None:
        """The private key is elsewhere, such as in an HSM, and `sign` signs with it.

        It is called on the thread of the session, so perhaps from several at once.
        What it raises comes out of the call that needed the signature, which can be
        made again.

        >>> def sign(data: bytes) -> bytes:
        ...     raise OSError('the token was pulled out')
        >>> own = lake.Credential.generate(lake.KeyKind.ED25519)
        >>> own.set_signer(sign)
        """
        made = _answering(_abi.lake_sign_fn, sign)
        self._callbacks.append(made)
        check(lib.lake_credential_set_signer(self._handle, made, None))

    def set_ecdh(self, ecdh: Ecdh) -> None:
        """The private key is elsewhere, and `ecdh` computes with it; a key that can do both may have both.

        >>> own = lake.Credential.generate(lake.KeyKind.X25519)
        >>> own.set_ecdh(lambda peer: bytes(32))
        """
        made = _answering(_abi.lake_ecdh_fn, ecdh)
        self._callbacks.append(made)
        check(lib.lake_credential_set_ecdh(self._handle, made, None))

    def set_external_key(self) -> None:
        """The private key is elsewhere, in pull mode: `PendingKey` comes when it is needed.

        >>> lake.Credential.generate(lake.KeyKind.P256).set_external_key()
        """
        check(lib.lake_credential_set_external_key(self._handle))

    # --- What it is ------------------------------------------------------------------

    @property
    def id_cred(self) -> bytes:
        """ID_CRED_x, as the CBOR map.

        >>> lake.Credential.generate(lake.KeyKind.P256, kid=b'A').id_cred.hex()
        'a1044141'
        """
        return get_bytes(lib.lake_credential_id_cred, self._handle)

    @property
    def cred(self) -> bytes:
        """CRED_x, one CBOR item. NotFoundError of a pre-shared key.

        >>> lake.Credential.generate(lake.KeyKind.P256).cred[0] == 0xa1  # a map
        True
        """
        return get_bytes(lib.lake_credential_bytes, self._handle)

    def psk_cred(self, role: Role) -> bytes:
        """Of a pre-shared key CRED_I or CRED_R: who a peer is that resumed a session.

        >>> psk = lake.Credential.from_psk(bytes.fromhex('a1044110'), os.urandom(16), b'\\x41i', b'\\x41r')
        >>> psk.psk_cred(lake.Role.RESPONDER)
        b'Ar'
        """
        return get_bytes(lib.lake_credential_psk_bytes, self._handle, role)

    def origin(self) -> Origin:
        """Where a resumption key comes from: the run with long-term credentials that it goes back to.

        However often that was resumed since. NotFoundError of others.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.resumption_credential().origin().id_cred_r == initiator.peer_id_cred
        True
        """
        at, until = c_int64(), c_int64()
        id_cred_i, id_cred_r = (
            get_bytes(lib.lake_credential_origin, self._handle, role, byref(at), byref(until)) for role in Role
        )
        return Origin(id_cred_i, id_cred_r, at.value, None if until.value == _FOREVER else until.value)

    def origin_peer(self) -> Credential:
        """The credential that the peer had in the run that a resumption key goes back to.

        NotFoundError if it had a pre-shared key, and of others.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.resumption_credential().origin_peer().cred == initiator.peer_credential.cred
        True
        """
        handle = c_void_p()
        check(lib.lake_credential_origin_peer(self._handle, byref(handle)))
        return Credential(handle.value or 0)

    @property
    def public_key(self) -> bytes:
        """The public key; sizes are those of the `KeyKind`.

        NotFoundError of a pre-shared key, and of a certificate with an RSA key, which can only be
        a trust anchor or an intermediate.

        >>> len(lake.Credential.generate(lake.KeyKind.P256).public_key)
        64
        """
        return get_bytes(lib.lake_credential_public_key, self._handle, byref(c_int32()))

    @property
    def key_kind(self) -> KeyKind:
        """The kind of the key.

        >>> lake.Credential.generate(lake.KeyKind.P256).key_kind.name
        'P256'
        """
        kind = c_int32()
        get_bytes(lib.lake_credential_public_key, self._handle, byref(kind))
        return KeyKind(kind.value)

    @property
    def kind(self) -> CredentialKind:
        """The kind of credential.

        >>> lake.Credential.generate(lake.KeyKind.P256).kind.name
        'CCS'
        """
        return CredentialKind(get_number(c_int32, lib.lake_credential_kind, self._handle))

    def describe(self) -> str:
        """Whose it is, in one line for people.

        >>> 'sensor' in lake.Credential.generate(lake.KeyKind.P256, subject='sensor').describe()
        True
        """
        return get_text(lib.lake_credential_describe, self._handle)

    def text(self, what: TextKind) -> str:
        """Subject, issuer or names; empty if it has none.

        >>> lake.Credential.generate(lake.KeyKind.P256, subject='sensor').text(lake.TextKind.SUBJECT)
        'sensor'
        """
        return get_text(lib.lake_credential_text, self._handle, what)

    def data(self, what: DataKind) -> bytes:
        """What revocation goes by: fingerprint, hash of the key, name of the issuer (DER), serial number.

        The same for an X.509 certificate and the C509 form of it. NotFoundError if it
        has none.

        >>> certificate = lake.Credential.from_x509(Path('cert.der').read_bytes())
        >>> certificate.data(lake.DataKind.FINGERPRINT) == certificate.fingerprint()
        True
        """
        return get_bytes(lib.lake_credential_data, self._handle, what)

    def validity(self) -> tuple[int | None, int | None]:
        """From and until when it is valid, in seconds since 1970; None for no such date.

        >>> lake.Credential.generate(lake.KeyKind.P256).validity()
        (None, None)
        """
        begin, end = c_int64(), c_int64()
        check(lib.lake_credential_validity(self._handle, byref(begin), byref(end)))
        return (
            None if begin.value == _NEVER else begin.value,
            None if end.value == _FOREVER else end.value,
        )

    def fingerprint(self) -> bytes:
        """SHA-256 of what the issuer signed or, of what nobody signs, of CRED_x: 32 bytes.

        Another encoding or signature of a certificate does not change it.

        >>> len(lake.Credential.generate(lake.KeyKind.P256).fingerprint())
        32
        """
        out = ctypes.create_string_buffer(32)
        check(lib.lake_credential_fingerprint(self._handle, out))
        return out.raw

    def kid(self) -> bytes:
        """The kid of its COSE_Key or ID_CRED_x; NotFoundError if it has none.

        >>> lake.Credential.generate(lake.KeyKind.P256, kid=b'A').kid()
        b'A'
        """
        return get_bytes(lib.lake_credential_kid, self._handle)

    def __repr__(self) -> str:
        return "<lake.Credential (closed)>" if self._closed else f"<lake.Credential {self.describe()}>"


def _answering(kind: Any, answer: Callable[[bytes], bytes]) -> Any:
    """The C callback of a function from bytes to bytes."""

    def call(_: Any, data: int, size: int, out: int, cap: int, length: int) -> None:
        result = bytes(answer(ctypes.string_at(data, size)))
        if len(result) > cap:
            raise ValueError(f"the answer has {len(result)} bytes, at most {cap} are possible")
        ctypes.memmove(out, result, len(result))
        c_size_t.from_address(length).value = len(result)

    return kind(trampoline(call))


def build_ccs(kind: KeyKind, public_key: Bytes, *, subject: str | None = None, kid: Bytes | None = None) -> bytes:
    """Builds a CWT Claims Set of a public key.

    >>> _, public = lake.generate_keypair(lake.KeyKind.X25519)
    >>> lake.build_ccs(lake.KeyKind.X25519, public, subject='me', kid=b'A')[:5]
    b'\\xa2\\x02bme'
    """
    name = None if subject is None else subject.encode()
    given = None if kid is None else bytes(kid)
    key = bytes(public_key)
    return get_bytes(lib.lake_ccs_build, name, given, len(given or b""), kind, key, len(key))


def build_cose_key(kind: KeyKind, public_key: Bytes, *, kid: Bytes | None = None) -> bytes:
    """Builds a COSE_Key (RFC 9052 section 7) of a public key.

    >>> _, public = lake.generate_keypair(lake.KeyKind.X25519)
    >>> cose_key = lake.build_cose_key(lake.KeyKind.X25519, public, kid=b'A')
    >>> lake.ccs_from_cose_key(cose_key) == lake.build_ccs(lake.KeyKind.X25519, public, kid=b'A')
    True
    """
    given = None if kid is None else bytes(kid)
    key = bytes(public_key)
    return get_bytes(lib.lake_cose_key_build, given, len(given or b""), kind, key, len(key))


def ccs_from_cose_key(cose_key: Bytes) -> bytes:
    """Dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).

    >>> cose_key = bytes.fromhex('a30101200421' '5820') + bytes(31) + b'\\x09'
    >>> lake.ccs_from_cose_key(cose_key)[:4].hex()
    'a108a101'
    """
    return get_bytes(lib.lake_ccs_from_cose_key, bytes(cose_key), len(cose_key))


def c509_from_x509(der: Bytes) -> bytes:
    """Re-encodes an X.509 certificate (DER) as C509.

    UnsupportedError if that would not give the same DER back.

    >>> der = Path('cert.der').read_bytes()
    >>> lake.c509_to_x509(lake.c509_from_x509(der)) == der
    True
    """
    return get_bytes(lib.lake_c509_from_x509, bytes(der), len(der), cap=1024)


def c509_to_x509(c509: Bytes) -> bytes:
    """The X.509 certificate (DER) that a C509 certificate was re-encoded from.

    UnsupportedError for one that is natively signed; see c509_from_x509.

    >>> lake.c509_to_x509(b'')
    Traceback (most recent call last):
    lake.errors.CredentialError: the credential or its identifier is malformed
    """
    return get_bytes(lib.lake_c509_to_x509, bytes(c509), len(c509), cap=1024)


__all__ = [
    "Credential",
    "Ecdh",
    "Signer",
    "build_ccs",
    "build_cose_key",
    "c509_from_x509",
    "c509_to_x509",
    "ccs_from_cose_key",
]
