"""Whom one means, what was revoked, what certificates are for, and by what keys are forgotten."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import lake
from lake.testing import handshake, sessions

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.timezone.utc)
SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign("root", self.key, 1, ca=True)

    def _sign(self, subject: str, key: Any, serial: int, *, ca: bool = False) -> x509.Certificate:
        made = x509.CertificateBuilder(name("root"), name(subject), key.public_key(), serial, NOW - DAY, NOW + DAY)
        made = made.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        if not ca:
            names = [x509.DNSName(f"{subject}.example")]
            made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
            purpose = x509.ExtendedKeyUsage([x509.ObjectIdentifier(SERVER_AUTH)])
            made = made.add_extension(purpose, critical=False)
        return made.sign(self.key, hashes.SHA256())

    def anchor(self) -> lake.Credential:
        return lake.Credential.from_x509(self.certificate.public_bytes(Encoding.DER))

    def crl(self, *serials: int, encoding: Encoding = Encoding.PEM, until: datetime.timedelta = DAY) -> bytes:
        made = x509.CertificateRevocationListBuilder(name("root"), NOW - DAY, NOW + until)
        for serial in serials:
            made = made.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, NOW - DAY).build())
        return made.sign(self.key, hashes.SHA256()).public_bytes(encoding)


class Device:
    """Somebody with a certificate, in each form of it."""

    def __init__(self, authority: Authority, subject: str, serial: int) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = authority._sign(subject, self.key, serial)
        self.der = self.certificate.public_bytes(Encoding.DER)

    def credential(self, form: str = "x5chain") -> lake.Credential:
        if form == "x5chain":
            made = lake.Credential.from_x509(self.der)
            made.set_id(lake.IdType.X5CHAIN)
        else:
            made = lake.Credential.from_c509(lake.x509_to_c509(self.der))
            made.set_id(lake.IdType.C5C)
        made.set_private_key_pem(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made


ROOT = Authority()
SERVER, SENSOR = Device(ROOT, "server", 0x80), Device(ROOT, "sensor", 0x81)
FORMS = pytest.mark.parametrize("form", ["x5chain", "c5c"])


def config(own: lake.Credential, **more: Any) -> lake.Config:
    return lake.Config(
        own=[own], methods=[3], suites=[2], policy=lake.PeerPolicy.X509, trust_anchors=[ROOT.anchor()], **more
    )


def run(config_i: lake.Config, config_r: lake.Config, *expected: tuple[lake.NameKind, str]) -> list[lake.Session]:
    i, r = lake.Session(config_i, lake.Role.INITIATOR), lake.Session(config_r, lake.Role.RESPONDER)
    for kind, text in expected:
        i.expect_peer(kind, text)
    message_3 = i.step(r.step(i.step()))
    r.step(message_3)
    return [i, r]


@pytest.mark.parametrize(
    ("kind", "text", "right"),
    [
        (lake.NameKind.DNS, "server.example", True),
        (lake.NameKind.DNS, "sensor.example", False),
        (lake.NameKind.SUBJECT, "CN=server", True),
        (lake.NameKind.SUBJECT, "CN=sensor", False),
        (lake.NameKind.KEY, SERVER.credential().data(lake.DataKind.PUBLIC_KEY).hex(), True),
        (lake.NameKind.KEY, SENSOR.credential().data(lake.DataKind.PUBLIC_KEY).hex(), False),
        (lake.NameKind.IP, "192.0.2.1", False),
        (lake.NameKind.CCS, "CN=server", False),
    ],
)
def test_names(kind: lake.NameKind, text: str, right: bool) -> None:
    sensor, server = SENSOR.credential(), SERVER.credential()
    for arguments in (
        (config(sensor), config(server), (kind, text)),
        (config(sensor, allowed_peers=[(kind, text)]), config(server)),
    ):
        if right:
            assert all(session.info.is_authenticated for session in run(*arguments))
            continue
        with pytest.raises(lake.CredentialError) as caught:
            run(*arguments)
        assert caught.value.status == lake.Status.ERR_PEER_REJECTED


def test_nobody_is_expected() -> None:
    sensor, server = SENSOR.credential(), SERVER.credential()
    with pytest.raises(lake.StateError, match="every holder of a certificate"):
        run(config(sensor), config(server))
    run(config(sensor, any_peer=True), config(server))
    run(config(sensor, verifier=lambda _session, peer: bool(peer.data(lake.DataKind.FINGERPRINT))), config(server))


@pytest.mark.parametrize(
    ("kind", "text"),
    [(lake.NameKind.DNS, ""), (lake.NameKind.IP, "server"), (lake.NameKind.URI, "x"), (lake.NameKind.KEY, "x")],
)
def test_what_is_no_name(kind: lake.NameKind, text: str) -> None:
    with pytest.raises(lake.ArgumentError):
        lake.Config().allow_peer(kind, text)
    with pytest.raises(lake.ArgumentError):
        sessions()[0].expect_peer(kind, text)


@FORMS
def test_revocation(form: str) -> None:
    sensor, server = SENSOR.credential(form), config(SERVER.credential())
    for encoding in (Encoding.PEM, Encoding.DER):
        server.add_crl(ROOT.crl(0x99, encoding=encoding))
        run(config(sensor, any_peer=True), server)
    server.add_crl(ROOT.crl(0x99, 0x81))
    with pytest.raises(lake.CredentialError) as caught:
        run(config(sensor, any_peer=True), server)
    assert caught.value.status == lake.Status.ERR_REVOKED
    stranger = Authority()
    with pytest.raises(lake.CredentialError) as caught:
        server.add_crl(stranger.crl())
    assert caught.value.status == lake.Status.ERR_ISSUER_SIGNATURE


@pytest.mark.parametrize("accept", [False, True])
def test_outdated_lists(accept: bool) -> None:
    old = ROOT.crl(until=-DAY / 2)
    server = config(SERVER.credential(), crls=[old])
    server.set_option(lake.ConfigOption.OUTDATED_CRLS, accept)
    sensor = config(SENSOR.credential(), any_peer=True)
    if accept:
        run(sensor, server)
        return
    with pytest.raises(lake.CredentialError) as caught:
        run(sensor, server)
    assert caught.value.status == lake.Status.ERR_REVOKED


@FORMS
def test_data(form: str) -> None:
    made = SENSOR.credential(form)
    certificate, digest = SENSOR.certificate, hashes.Hash(hashes.SHA256())
    digest.update(SENSOR.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert made.data(lake.DataKind.KEY_HASH) == digest.finalize()
    digest = hashes.Hash(hashes.SHA256())
    digest.update(certificate.tbs_certificate_bytes)
    assert made.data(lake.DataKind.FINGERPRINT) == digest.finalize()
    assert made.data(lake.DataKind.ISSUER) == certificate.issuer.public_bytes()
    assert made.data(lake.DataKind.SERIAL) == b"\x81"
    for what in (lake.DataKind.KEY_HASH, lake.DataKind.ISSUER, lake.DataKind.SERIAL):
        with pytest.raises(lake.NotFoundError):
            lake.Credential.generate(lake.KeyKind.P256).data(what)


@FORMS
def test_forgetting(form: str) -> None:
    _, r = run(config(SENSOR.credential(form), any_peer=True), config(SERVER.credential()))
    peer, issuer = r.peer_credential, SENSOR.certificate.issuer.public_bytes()
    ways: list[Callable[[lake.ResumptionStore], int]] = [
        lambda store: store.forget(lake.DataKind.FINGERPRINT, peer.data(lake.DataKind.FINGERPRINT)),
        lambda store: store.forget(lake.DataKind.KEY_HASH, peer.data(lake.DataKind.KEY_HASH)),
        lambda store: store.forget(lake.DataKind.ISSUER, issuer, b"\x00\x81"),
    ]
    for forget in ways:
        store = lake.ResumptionStore()
        store.keep(r)
        assert store.forget(lake.DataKind.FINGERPRINT, bytes(32)) == 0
        assert store.forget(lake.DataKind.ISSUER, issuer, b"\x80") == 0
        assert len(store) == 1
        assert (forget(store), len(store)) == (1, 0)
    for what, value in ((lake.DataKind.SERIAL, bytes(32)), (lake.DataKind.FINGERPRINT, bytes(31))):
        with pytest.raises(lake.ArgumentError):
            lake.ResumptionStore().forget(what, value)
    key = r.resumption_credential()
    assert key.origin_peer().data(lake.DataKind.FINGERPRINT) == peer.data(lake.DataKind.FINGERPRINT)
    with pytest.raises(lake.NotFoundError):
        peer.origin_peer()


def test_purposes_and_clocks() -> None:
    for oid, right in ((SERVER_AUTH, True), (CLIENT_AUTH, False), (None, True)):
        sensor = config(SENSOR.credential(), any_peer=True)
        sensor.require_key_purpose(lake.Role.RESPONDER, oid)
        if right:
            run(sensor, config(SERVER.credential()))
            continue
        with pytest.raises(lake.CredentialError) as caught:
            run(sensor, config(SERVER.credential()))
        assert caught.value.status == lake.Status.ERR_KEY_USAGE
    end = int((NOW + DAY).timestamp())
    for tolerance, late, right in ((None, 299, True), (None, 302, False), (0, 2, False), (60, 59, True)):
        sensor = config(SENSOR.credential(), any_peer=True)
        sensor.set_time(end + late)
        if tolerance is not None:
            sensor.set_option(lake.ConfigOption.CLOCK_TOLERANCE, tolerance)
        if right:
            run(sensor, config(SERVER.credential()))
            continue
        with pytest.raises(lake.CredentialError) as caught:
            run(sensor, config(SERVER.credential()))
        assert caught.value.status == lake.Status.ERR_EXPIRED
    with pytest.raises(lake.ArgumentError):
        lake.Config(clock_tolerance=86401)
    with pytest.raises(lake.ArgumentError):
        lake.Config().require_key_purpose(lake.Role.RESPONDER, "serverAuth")


def test_own_credential() -> None:
    i, r = handshake()
    assert i.own_credential.cred == r.peer_credential.cred
    assert r.own_credential.cred == i.peer_credential.cred
    with pytest.raises(lake.NotFoundError):
        _ = sessions()[0].own_credential
