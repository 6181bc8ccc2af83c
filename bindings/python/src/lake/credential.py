"""Authentication credentials: CRED_x, the public key in it, the ID_CRED_x to send, the private key."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import byref, c_size_t, c_void_p
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import _abi
from ._abi import CredentialKind, DataKind, IdType, KeyKind, KeyOperation, TextKind
from ._library import Bytes, Handle, byte_arrays, check, fill, get_bytes, get_text, lend, lent, lib, trampoline
from ._status import Status
from .info import generate_keypair

ExternalKey = Callable[[KeyOperation, bytes], "bytes | None"]
"""Does an operation with a private key that is elsewhere; None: the answer comes later (`PendingKey`).

SIGN: takes the bytes to sign (a COSE Sig_structure), gives the signature: r || s, or that of EdDSA.
ECDH: takes the peer's public key (x alone for P-256 and P-384), gives the shared secret."""


class Origin(NamedTuple):
    """The run with long-term credentials that a resumption key goes back to, however often it was resumed since.

    Who met there say `DataKind.ORIGIN_ID_CRED_I` and `_R`, and `Credential.origin_peer`.
    """

    at: int
    """When it was, in seconds since 1970."""
    until: int | None
    """The end of validity of those credentials, likewise; None if they have none."""


@dataclass(frozen=True)
class CredentialInfo:
    """What a credential is: `Credential.info`."""

    kind: CredentialKind
    key_kind: KeyKind | None
    """of `DataKind.PUBLIC_KEY`; None if it has none"""
    not_before: int | None
    """seconds since 1970; None: valid from ever"""
    not_after: int | None
    """None: valid for ever"""
    origin: Origin | None
    """of a resumption key"""


_NEVER = -(1 << 63)
_FOREVER = (1 << 63) - 1


def _end(time: int) -> int | None:
    return None if time == _FOREVER else time


class Credential(Handle):
    """A credential, one's own or a peer's; made by one of the `from_` methods.

    It can be changed until it is added to a config or handed to a session
    (StateError then), and can be used in any number of configs.

    >>> own = lake.Credential.generate(lake.KeyKind.P256, subject='sensor', kid=b'\\x05')
    >>> own.info.kind.name, own.info.key_kind.name, own.data(lake.DataKind.KID)
    ('CCS', 'P256', b'\\x05')
    """

    __slots__ = ()

    _free = "lake_credential_free"

    @classmethod
    def _make(cls, function: Any, *args: Any) -> Credential:
        handle = c_void_p()
        check(function(*args, byref(handle)))
        return cls(handle.value or 0)

    # --- Making one ----------------------------------------------------------------

    @classmethod
    def generate(cls, kind: KeyKind, *, subject: str | None = None, kid: Bytes | None = None) -> Credential:
        """A CCS with a new key pair, and its private key. Without a kid it is sent by value.

        >>> lake.Credential.generate(lake.KeyKind.X25519, subject='me').text(lake.TextKind.DESCRIPTION)[:2]
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

        >>> lake.Credential.from_x509(Path('cert.der').read_bytes()).info.kind.name
        'X509'
        """
        return cls._make(lib.lake_credential_from_x509, *byte_arrays(ders))

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

        >>> c509 = lake.x509_to_c509(Path('cert.der').read_bytes())
        >>> lake.Credential.from_c509(c509).info.kind.name
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
        >>> psk.info.kind.name
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

        Or the key in hexadecimal digits, or as it is.

        >>> own = lake.Credential.from_pem(Path('cert.pem').read_bytes())
        >>> own.set_private_key_pem(Path('key.pem').read_bytes())
        """
        check(lib.lake_credential_set_private_key_pem(self._handle, bytes(file), len(file)))

    def set_external_key(self, key: ExternalKey | None = None) -> None:
        """The private key is elsewhere, such as in a secure element, and `key` uses it; None: in pull mode.

        `key` is called on the thread of the session, so perhaps from several at once.
        What it raises comes out of the call that needed it, which can be made again. In
        pull mode, and where `key` gives None, `PendingKey` comes when it is needed.

        >>> def key(operation: lake.KeyOperation, data: bytes) -> bytes:
        ...     raise OSError('the token was pulled out')
        >>> lake.Credential.generate(lake.KeyKind.ED25519).set_external_key(key)
        """
        made = _abi.lake_key_fn() if key is None else _ANSWER
        check(lend(key, lambda *held: lib.lake_credential_set_external_key(self._handle, made, *held)))

    # --- What it is ------------------------------------------------------------------

    @property
    def info(self) -> CredentialInfo:
        """Kind, kind of key, validity and origin.

        >>> info = lake.Credential.generate(lake.KeyKind.P256).info
        >>> info.kind.name, info.not_before, info.not_after, info.origin
        ('CCS', None, None, None)
        """
        made = fill(_abi.lake_credential_info, lib.lake_credential_info, self._handle)
        return CredentialInfo(
            kind=CredentialKind(made.kind),
            key_kind=KeyKind(made.key_kind) if made.key_kind else None,
            not_before=None if made.not_before == _NEVER else made.not_before,
            not_after=_end(made.not_after),
            origin=Origin(made.origin_at, _end(made.origin_until)) if made.has_origin else None,
        )

    def text(self, which: TextKind) -> str:
        """Subject, issuer, names or description, for people; empty if it has none.

        >>> lake.Credential.generate(lake.KeyKind.P256, subject='sensor').text(lake.TextKind.SUBJECT)
        'sensor'
        """
        return get_text(lib.lake_credential_text, self._handle, which)

    def data(self, which: DataKind) -> bytes:
        """One of its parts, or what revocation goes by. NotFoundError if it has none.

        Fingerprint, hash of the key, issuer and serial number are the same for an X.509
        certificate and the C509 form of it.

        >>> certificate = lake.Credential.from_x509(Path('cert.der').read_bytes())
        >>> len(certificate.data(lake.DataKind.FINGERPRINT)), len(certificate.data(lake.DataKind.PUBLIC_KEY))
        (32, 64)
        """
        return get_bytes(lib.lake_credential_data, self._handle, which)

    @property
    def cred(self) -> bytes:
        """`DataKind.CRED`: CRED_x, one CBOR item. NotFoundError of a pre-shared key.

        >>> lake.Credential.generate(lake.KeyKind.P256).cred[0] == 0xa1  # a map
        True
        """
        return self.data(DataKind.CRED)

    @property
    def id_cred(self) -> bytes:
        """`DataKind.ID_CRED`: ID_CRED_x, as the CBOR map.

        >>> lake.Credential.generate(lake.KeyKind.P256, kid=b'A').id_cred.hex()
        'a1044141'
        """
        return self.data(DataKind.ID_CRED)

    def origin_peer(self) -> Credential:
        """The credential that the peer had in the run that a resumption key goes back to.

        NotFoundError if it had a pre-shared key, and of others.

        >>> initiator, responder = lake.testing.handshake()
        >>> initiator.resumption_credential().origin_peer().cred == initiator.peer_credential.cred
        True
        """
        return self._make(lib.lake_credential_origin_peer, self._handle)

    def __repr__(self) -> str:
        return "<lake.Credential (closed)>" if self._closed else f"<lake.Credential {self.text(TextKind.DESCRIPTION)}>"


def _answer(key: int, operation: int, data: int, size: int, out: int, cap: int, length: int) -> Status:
    asked = KeyOperation(operation)
    answer = lent(key)(asked, ctypes.string_at(data, size))
    if answer is None:
        return Status.PENDING_SIGNATURE if asked == KeyOperation.SIGN else Status.PENDING_ECDH
    result = bytes(answer)
    if len(result) > cap:
        raise ValueError(f"the answer has {len(result)} bytes, at most {cap} are possible")
    ctypes.memmove(out, result, len(result))
    c_size_t.from_address(length).value = len(result)
    return Status.OK


_ANSWER = trampoline(_abi.lake_key_fn, _answer)


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
    >>> lake.cose_key_to_ccs(cose_key) == lake.build_ccs(lake.KeyKind.X25519, public, kid=b'A')
    True
    """
    given = None if kid is None else bytes(kid)
    key = bytes(public_key)
    return get_bytes(lib.lake_cose_key_build, given, len(given or b""), kind, key, len(key))


def cose_key_to_ccs(cose_key: Bytes) -> bytes:
    """Dresses a bare COSE_Key as a CCS (RFC 9528 section 3.5.2).

    >>> cose_key = bytes.fromhex('a30101200421' '5820') + bytes(31) + b'\\x09'
    >>> lake.cose_key_to_ccs(cose_key)[:4].hex()
    'a108a101'
    """
    return get_bytes(lib.lake_cose_key_to_ccs, bytes(cose_key), len(cose_key))


def x509_to_c509(der: Bytes) -> bytes:
    """Re-encodes an X.509 certificate (DER) as C509.

    UnsupportedError if that would not give the same DER back.

    >>> der = Path('cert.der').read_bytes()
    >>> lake.c509_to_x509(lake.x509_to_c509(der)) == der
    True
    """
    return get_bytes(lib.lake_x509_to_c509, bytes(der), len(der), cap=1024)


def c509_to_x509(c509: Bytes) -> bytes:
    """The X.509 certificate (DER) that a C509 certificate was re-encoded from.

    UnsupportedError for one that is natively signed; see x509_to_c509.

    >>> lake.c509_to_x509(b'')
    Traceback (most recent call last):
    lake.errors.CredentialError: the credential or its identifier is malformed
    """
    return get_bytes(lib.lake_c509_to_x509, bytes(c509), len(c509), cap=1024)


__all__ = [
    "Credential",
    "CredentialInfo",
    "ExternalKey",
    "Origin",
    "build_ccs",
    "build_cose_key",
    "c509_to_x509",
    "cose_key_to_ccs",
    "x509_to_c509",
]
