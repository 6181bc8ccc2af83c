"""Certificates such as a device has: an identity of IEEE 802.1AR by a manufacturer's authority, and that one's own.

Their sizes are always the same: keys, serial numbers and signatures are made until they
have the most frequent length.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .._abi import KeyKind
from ..credential import Credential

if TYPE_CHECKING:
    from cryptography import x509

_SINCE = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
_FOREVER = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc)
_CA_KINDS = {
    KeyKind.P256: KeyKind.P256,
    KeyKind.P384: KeyKind.P384,
    KeyKind.X25519: KeyKind.ED25519,
    KeyKind.ED25519: KeyKind.ED25519,
    KeyKind.X448: KeyKind.ED448,
    KeyKind.ED448: KeyKind.ED448,
}
# DER of an ECDSA signature: a zero before each number with its highest bit set.
_SIGNATURES = {KeyKind.P256: 71, KeyKind.P384: 103}


class Identity(NamedTuple):
    """A key of a device, and the certificates for it."""

    chain: tuple[bytes, bytes]
    """DER: that of the device, that of the authority which certified it"""
    root: bytes
    """DER: that of the authority which certified that one"""
    private_key: bytes
    """PEM"""

    def credential(self, n: int = 1) -> Credential:
        """The first n certificates with the private key."""
        made = Credential.from_x509(*self.chain[:n])
        made.set_private_key_pem(self.private_key)
        return made


@cache
def identity(kind: KeyKind, name: str, *, signs: bool = True) -> Identity:
    """Makes one for a key of a kind, which signs or does static Diffie-Hellman; name is an EUI-64 in hex.

    >>> made = lake.radio.certificates.identity(lake.KeyKind.P256, '0011223344556677')
    >>> [len(der) for der in made.chain]
    [388, 474]
    """
    try:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    except ImportError as error:
        raise ImportError("lake.radio makes certificates with cryptography: pip install 'liblake[radio]'") from error
    by = _CA_KINDS[kind]
    root, authority, device = _key(by), _key(by), _key(kind)
    of_root, of_authority = _name("Example Devices Root CA 1"), _name("Example Devices CA 12")
    return Identity(
        chain=(
            _certificate(_device_name(name), device, of_authority, authority, by, signs=signs),
            _certificate(of_authority, authority, of_root, root, by, depth=0),
        ),
        root=_certificate(of_root, root, of_root, root, by, depth=1),
        private_key=device.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _key(kind: KeyKind) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x448, x25519

    makers: dict[KeyKind, Any] = {
        KeyKind.P256: lambda: ec.generate_private_key(ec.SECP256R1()),
        KeyKind.P384: lambda: ec.generate_private_key(ec.SECP384R1()),
        KeyKind.X25519: x25519.X25519PrivateKey.generate,
        KeyKind.X448: x448.X448PrivateKey.generate,
        KeyKind.ED25519: ed25519.Ed25519PrivateKey.generate,
        KeyKind.ED448: ed448.Ed448PrivateKey.generate,
    }
    return makers[kind]()


def _name(common: str) -> x509.Name:
    from cryptography import x509

    attributes = ((x509.NameOID.ORGANIZATION_NAME, "Example Devices"), (x509.NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _device_name(eui64: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, eui64.upper())])


def _certificate(
    subject: x509.Name,
    key: Any,
    issuer: x509.Name,
    signer: Any,
    by: KeyKind,
    *,
    signs: bool = False,
    depth: int | None = None,
) -> bytes:
    """One in DER: of an authority if it has a depth, else of a device."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    serial = 0x4A3B2C1D5E6F7081  # 8 bytes, as authorities have them
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), serial, _SINCE, _FOREVER)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
    if depth is not None:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), True)
    usage = {"key_cert_sign": depth is not None, "crl_sign": depth is not None}
    usage |= {"digital_signature": depth is None and signs, "key_agreement": depth is None and not signs}
    others = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "encipher_only", "decipher_only"), False
    )
    builder = builder.add_extension(x509.KeyUsage(**usage, **others), True)
    sha: dict[KeyKind, hashes.SHA256 | hashes.SHA384] = {KeyKind.P256: hashes.SHA256(), KeyKind.P384: hashes.SHA384()}
    while True:
        made = builder.sign(signer, sha.get(by))
        if len(made.signature) == _SIGNATURES.get(by, len(made.signature)):
            return made.public_bytes(Encoding.DER)
