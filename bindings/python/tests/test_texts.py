"""Texts of errors are for people: they say it once, and in no library's words."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

import lake
from lake.testing import sessions

FORBIDDEN = re.compile(
    r"cbor:|asn1:|x509:|crypto/|runtime|goroutine|ctypes|c_int|c_void|invalid handle|\bEOF\b|additional information"
    r"|\bnil\b|\.go\b|%!|0x[0-9a-f]{8}"
)
BAD = [
    b"", b"\x00", b"\xff", b"\xa0", b"\x1c", b"\x5f\xff", b"\x42\x00", b"\x81" * 40, bytes(100),
    b"\xa1\x08\xa1\x01\xa0",
    b"\x9b" + b"\xff" * 8, b"\x62\xff\xfe", b"\xa2\x01\x01\x01\x01", b"\x30\x03\x02\x01\x01", b"\x30\x82\xff\xff",
    b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
    b"-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n", b"-----BEGIN CERTIFICATE-----\nno base64",
]  # fmt: skip


def own() -> lake.Credential:
    return lake.Credential.generate(lake.KeyKind.P256, kid=b"A")


READERS: list[Callable[[bytes], object]] = [
    lake.Credential.from_ccs,
    lake.Credential.from_cwt,
    lake.Credential.from_x509,
    lambda data: lake.Credential.from_x509(data, data),
    lake.Credential.from_pem,
    lake.Credential.from_c509,
    lake.Credential.from_id_cred,
    lambda data: lake.Credential.from_psk(data, bytes(range(16)), b"\x41i", b"\x41r"),
    lambda data: lake.Credential.from_psk(bytes.fromhex("a1044110"), data, b"\x41i", b"\x41r"),
    lambda data: lake.Credential.from_psk(bytes.fromhex("a1044110"), bytes(range(16)), data, b"\x41r"),
    lambda data: lake.Credential.from_parts(data, b"\x07", lake.KeyKind.X25519, bytes(32)),
    lambda data: lake.Credential.from_parts(b"\xa1\x04\x41\x07", b"\x07", lake.KeyKind.P256, data),
    lambda data: own().set_id_cred(data),
    lambda data: own().set_id(lake.IdType.X5U, data),
    lambda data: own().set_private_key(data),
    lambda data: own().set_private_key_pem(data),
    lambda data: lake.build_ccs(lake.KeyKind.ED25519, data),
    lambda data: lake.build_cose_key(lake.KeyKind.P256, data),
    lake.cose_key_to_ccs,
    lake.x509_to_c509,
    lake.c509_to_x509,
    lambda data: lake.Config().add_crl(data),
    lambda data: lake.Session.restore(lake.Config(), data, data),
    lambda data: lake.Session.restore(lake.Config(), bytes(32), data),
    lambda data: lake.ResumptionStore.load(bytes(32), data),
    lake.saved_id,
    lake.parse_error,
    lake.coap.Profile.decode,
    lambda data: sessions()[0].process_error(data),
    lambda data: sessions()[1].step(data),
]
CALLS: list[Callable[[], object]] = [
    lambda: lake.Config(methods=["three"]),  # type: ignore[list-item]
    lambda: lake.Config(methods=[9]),
    lambda: lake.Config(suites=[-99]),
    lambda: lake.Config(methods=[3 + (1 << 32)]),
    lambda: lake.Config(renewal_limits=lake.RenewalLimits(run_age=1 << 64)),
    lambda: lake.Config().set_time("now"),  # type: ignore[arg-type]
    lambda: lake.Config(limits=lake.SessionLimits(message_size=1 << 40)),
    lambda: lake.Config().require_key_purpose(lake.Role.INITIATOR, "no OID"),
    lambda: lake.Config().allow_peer(lake.NameKind.DNS, "\x00"),
    lambda: lake.Config(pull="all"),  # type: ignore[arg-type]
    lambda: lake.Session(lake.Config(), "initiator"),  # type: ignore[arg-type]
    lambda: lake.Session(lake.Config(), 7),  # type: ignore[arg-type]
    lambda: sessions()[0].select_suite("2"),  # type: ignore[arg-type]
    lambda: sessions()[0].set_connection_id(bytes(65)),
    lambda: sessions()[0].ead_add(9, 1),
    lambda: sessions()[0].ead_pad(1, -1),
    lambda: sessions()[0].export(32768, 0),
    lambda: sessions()[0].reject_peer(lake.Status.OK),
    lambda: lake.Credential.generate(99),  # type: ignore[arg-type]
    lambda: lake.suite_info(99),
    lambda: lake.method_info("psk"),  # type: ignore[arg-type]
    lambda: lake.build_error(9),
]


def check(error: BaseException) -> None:
    text = str(error)
    assert text, repr(error)
    found = FORBIDDEN.search(text)
    assert not found, f"{text!r} says {found and found[0]!r}"
    assert text.count("malformed") < 2, text
    parts = text.split(": ")
    assert len(parts) == len(set(parts)), f"{text!r} says a thing twice"


@pytest.mark.parametrize("number", range(len(READERS)))
def test_bad_bytes(number: int) -> None:
    raised = 0
    for data in BAD:
        try:
            READERS[number](data)
        except (lake.LakeError, ValueError, TypeError) as error:
            check(error)
            raised += 1
    assert raised > len(BAD) // 2, "most of them are bad for whoever reads them"


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_bad_arguments(number: int) -> None:
    with pytest.raises((lake.LakeError, ValueError, TypeError)) as caught:
        CALLS[number]()
    check(caught.value)


def _altered(message: bytes) -> Iterator[bytes]:
    for at in range(len(message)):
        yield message[:at]
        for bit in (1, 0x1C, 0x80):
            yield message[:at] + bytes([message[at] ^ bit]) + message[at + 1 :]


def test_altered_messages() -> None:
    texts = set()
    initiator, responder = sessions()
    message_1 = initiator.step()
    for data in _altered(message_1):
        try:
            sessions()[1].step(data)
        except lake.LakeError as error:
            check(error)
            texts.add(str(error))
    config_i, _ = lake.testing.configs()
    for data in list(_altered(responder.step(message_1)))[::3]:
        other = lake.Session(config_i, lake.Role.INITIATOR)
        other.step()
        with pytest.raises(lake.LakeError) as caught:
            other.step(data)
        check(caught.value)
        texts.add(str(caught.value))
    assert len(texts) > 10


def test_modules_are_there_when_they_are_used() -> None:
    """`import lake` is enough for lake.testing, and imports neither it nor pytest."""
    script = (
        "import sys, lake\n"
        "assert not {'pytest', 'aiocoap', 'lake.testing'} & set(sys.modules)\n"
        "print(lake.testing.handshake()[0].info.is_complete, lake.coap.Client.__name__, lake.aio.__name__)\n"
        "print(hasattr(lake, 'teleport'))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("True Client lake.aio\nFalse\n", "")


def test_one_class_for_a_name() -> None:
    """Whoever catches or annotates with a name means one class."""
    seen: dict[str, type] = {}
    for name in sorted(sys.modules):
        if not name.startswith("lake.") or name.startswith(("lake.aiocoap", "lake.lakers")):
            continue  # which have the names of others: lake.coap, the package lakers
        for thing in vars(sys.modules[name]).values():
            if isinstance(thing, type) and thing.__module__.startswith("lake."):
                assert seen.setdefault(thing.__name__, thing) is thing, f"{seen[thing.__name__]} and {thing}"
    assert seen["PeerError"] is lake.PeerError
