"""PLAINTEXT_3 that no genuine Initiator would encrypt (RFC 9528 section 5.4.2).

The key log of the tester's own run has what message_3 is encrypted with. So a device
decrypts these, and has to see by itself what is wrong with them: only they reach its
verification of Signature_or_MAC_3, as whatever alters the ciphertext ends at the AEAD.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from ..info import suite_info
from .case import NotApplicable, Table
from .device import Device, encode, flipped, items, not_accepted, refused

table = Table("plaintext_3")
case = table.case

HASHES = {-16: hashes.SHA256(), -43: hashes.SHA384()}
K_3, IV_3 = 3, 4
"""Labels of EDHOC_KDF (section 4.1.2)."""


class Aead:
    """K_3 and IV_3 of a run, from its line in the key log."""

    def __init__(self, suite: int, log: str) -> None:
        info = suite_info(suite)
        if info.hash not in HASHES:
            raise NotApplicable(f"suite {suite} has a hash that the suite of tests has not")
        line = next(line for line in log.splitlines() if not line.startswith("#"))
        prk_3e2m, th_3 = (bytes.fromhex(column) for column in line.split(",")[3:5])

        def kdf(label: int, length: int) -> bytes:
            return HKDFExpand(HASHES[info.hash], length, encode(label, th_3, length)).derive(prk_3e2m)

        key, self._iv = kdf(K_3, info.key_length), kdf(IV_3, info.iv_length)
        self._aad = cbor2.dumps(["Encrypt0", b"", th_3])
        self._cipher: AESCCM | AESGCM | ChaCha20Poly1305
        if info.aead in (1, 3):
            self._cipher = AESGCM(key)
        elif info.aead == 24:
            self._cipher = ChaCha20Poly1305(key)
        else:
            self._cipher = AESCCM(key, info.tag_length)

    def open(self, message_3: bytes) -> bytes:
        """PLAINTEXT_3."""
        (ciphertext,) = items(message_3)
        plaintext: bytes = self._cipher.decrypt(self._iv, ciphertext, self._aad)
        return plaintext

    def seal(self, plaintext: bytes) -> bytes:
        """message_3."""
        return cbor2.dumps(self._cipher.encrypt(self._iv, plaintext, self._aad))


def altered(device: Device, change: Callable[[bytes], bytes], *codes: int) -> None:
    """A run whose PLAINTEXT_3 is changed is refused, and the genuine message_3 comes too late."""
    if device.target.method == 4:
        raise NotApplicable("method 4 has another plaintext")
    log: list[str] = []
    session = device.session(keylog=log.append)
    device.begin(session)
    message_3 = session.prepare_message(3)
    aead = Aead(device.target.suite, "".join(log))
    refused(device.send_message_3(session, aead.seal(change(aead.open(message_3)))), *codes)
    not_accepted(device.send_message_3(session, message_3))


def _item(at: int, change: Callable[[Any], Any]) -> Callable[[bytes], bytes]:
    """Changes one item of the plaintext: ID_CRED_I is 0, Signature_or_MAC_3 1."""

    def changed(plaintext: bytes) -> bytes:
        found = items(plaintext)
        found[at] = change(found[at])
        return encode(*found)

    return changed


@case("RFC 9528 5.4.3", over=[
    ("first_byte", lambda proof: flipped(proof, 0)), ("last_byte", flipped), ("zeros", lambda proof: bytes(len(proof))),
    ("empty", lambda proof: b""), ("truncated", lambda proof: proof[:-1]), ("half", lambda proof: proof[:4]),
    ("extended", lambda proof: proof + b"\x00"), ("twice", lambda proof: proof + proof),
    ("text", lambda proof: proof.hex()), ("null", lambda proof: None), ("array", lambda proof: [proof]),
])  # fmt: skip
def proof(device: Device, change: Callable[[bytes], Any]) -> None:
    """Signature_or_MAC_3 that is not the right one ends the session, whatever the AEAD says."""
    altered(device, _item(1, change), 1)


@case("RFC 9528 5.4.2", over=[
    ("empty", lambda plaintext: b""), ("no_proof", lambda plaintext: encode(items(plaintext)[0])),
    ("no_identity", lambda plaintext: encode(*items(plaintext)[1:])), ("cut", lambda plaintext: plaintext[:-1]),
    ("break", lambda plaintext: b"\xff"), ("huge", lambda plaintext: b"\x5b" + b"\xff" * 8),
    ("deep", lambda plaintext: b"\x81" * 200 + b"\x01"),
    ("proof_first", lambda plaintext: encode(*reversed(items(plaintext)[:2]))),
])  # fmt: skip
def form(device: Device, change: Callable[[bytes], bytes]) -> None:
    """A plaintext that has not the form of PLAINTEXT_3 ends the session."""
    altered(device, change, 1, 3)


@case("RFC 9528 3.8", over=[
    ("text", b"\x61x"), ("value_first", b"\x41x"), ("array", b"\x81\x01"), ("float", b"\xf9\x3c\x00"),
    ("null", b"\xf6"), ("cut", b"\x19\x7f"), ("two_values", b"\x19\x7f\x17\x41x\x41y"),
])  # fmt: skip
def after_the_proof(device: Device, data: bytes) -> None:
    """What stands behind a good proof and is no EAD ends the session."""
    altered(device, lambda plaintext: plaintext + data, 1)


@case("RFC 9528 3.8")
def ead_of_nobody(device: Device) -> None:
    """An EAD item that the proof was not made for ends the session, critical or not."""
    altered(device, lambda plaintext: plaintext + b"\x19\x7f\x17\x41x", 1)


@case("RFC 9528 5.4.3", over=[
    ("bool", lambda identity: True), ("null", lambda identity: None), ("float", lambda identity: 1.5),
    ("text", lambda identity: "device"), ("array", lambda identity: [identity]), ("empty_map", lambda identity: {}),
    ("unknown_label", lambda identity: {-70000: identity}), ("x5chain", lambda identity: {33: b"\x30\x03\x02\x01\x00"}),
    ("x5t", lambda identity: {34: [-16, bytes(32)]}), ("kccs", lambda identity: {14: {}}),
    ("kid", lambda identity: b"nobody" * 10),
])  # fmt: skip
def identity(device: Device, change: Callable[[Any], Any]) -> None:
    """ID_CRED_I that names nobody whom the device trusts ends the session, with ERR_CODE 1 or 3."""
    altered(device, _item(0, change), 1, 3)
