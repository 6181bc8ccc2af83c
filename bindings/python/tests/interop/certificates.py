"""Certificates that are too large for one datagram."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import lake

_COMMENT = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.16.840.1.113730.1.13"), b"\x16\x82\x03\x84" + 900 * b"x")
_DAY = datetime.timedelta(days=1)

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | x25519.X25519PrivateKey


class Certified(NamedTuple):
    """An end entity with a key, and the authority that certifies it: 1 kB each."""

    ders: list[bytes]
    key: PrivateKey

    def credential(self, kind: str) -> lake.Credential:
        """Sent by value."""
        if kind == "x5chain":
            made = lake.Credential.from_x509(*self.ders)
        else:
            made = lake.Credential.from_c509(*map(lake.x509_to_c509, self.ders))
        made.set_private_key_pem(self.pem)
        return made

    @property
    def pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def subject(self) -> str:
        return lake.Credential.from_x509(self.ders[0]).text(lake.TextKind.SUBJECT)

    def authority(self) -> lake.Credential:
        return lake.Credential.from_x509(self.ders[-1])


def _private_key(kind: lake.KeyKind) -> PrivateKey:
    if kind == lake.KeyKind.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate() if kind == lake.KeyKind.ED25519 else x25519.X25519PrivateKey.generate()


def _certificate(subject: str, key: PrivateKey, issuer: str, signer: PrivateKey) -> bytes:
    assert not isinstance(signer, x25519.X25519PrivateKey)
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]),
        key.public_key(),
        1,
        now - _DAY,
        now + _DAY,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
    builder = builder.add_extension(_COMMENT, critical=False)
    hash = hashes.SHA256() if isinstance(signer, ec.EllipticCurvePrivateKey) else None
    return builder.sign(signer, hash).public_bytes(serialization.Encoding.DER)


def certified(name: str, kind: lake.KeyKind) -> Certified:
    key = _private_key(kind)
    signer = _private_key(lake.KeyKind.P256 if kind == lake.KeyKind.P256 else lake.KeyKind.ED25519)
    authority = f"{name} authority"
    leaf = _certificate(name, key, authority, signer)
    return Certified([leaf, _certificate(authority, signer, authority, signer)], key)
