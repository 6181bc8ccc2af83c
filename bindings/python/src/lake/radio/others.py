"""What other protocols send: sizes that are published, and where."""

from __future__ import annotations

from typing import NamedTuple

COMPARISON = "draft-ietf-iotops-security-protocol-comparison-08"
SHEETS = "EricssonResearch/EDHOC, docs, March 2019"


class Other(NamedTuple):
    """A handshake of another protocol, from the client's first flight on."""

    name: str
    flights: tuple[int, ...]
    """bytes, without lower layers"""
    source: str


OTHERS = (
    Other("DTLS 1.3, RPK + ECDHE", (185, 454, 255), COMPARISON),
    Other("DTLS 1.3, cached RPK + ECDHE", (224, 402, 255), COMPARISON),
    Other("DTLS 1.3, cached X.509 and RPK + ECDHE", (218, 396, 255), COMPARISON),
    Other("DTLS 1.3, PSK + ECDHE", (219, 226, 56), COMPARISON),
    Other("DTLS 1.3, PSK", (136, 153, 56), COMPARISON),
    Other("TLS 1.3, RPK + ECDHE", (162, 394, 233), COMPARISON),
    Other("TLS 1.3, PSK + ECDHE", (196, 190, 50), COMPARISON),
    Other("TLS 1.3, PSK", (113, 117, 50), COMPARISON),
    Other("cTLS-10, X.509 by reference + ECDHE", (107, 200, 98), COMPARISON),
    Other("cTLS-10, PSK + ECDHE", (108, 120, 20), COMPARISON),
    Other("cTLS-10, PSK", (43, 57, 20), COMPARISON),
)
"""With P-256, ECDSA, CCM_8 and identifiers of a byte; DTLS with a Connection ID."""

RECORD = 11
"""Bytes that DTLS 1.3 adds to what it protects; the comparison again."""


def other(name: str) -> Other:
    """One of them.

    >>> sum(lake.radio.others.other('DTLS 1.3, PSK').flights)
    345
    """
    return next(each for each in OTHERS if each.name == name)
