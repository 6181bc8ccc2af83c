"""What a handshake costs on the radio (extra `lake[radio]`)."""

from . import certificates, coap, lorawan, schc
from .messages import CREDENTIALS, Datagram, Handshake, Variant, handshake, variants

__all__ = [
    "CREDENTIALS",
    "Datagram",
    "Handshake",
    "Variant",
    "certificates",
    "coap",
    "handshake",
    "lorawan",
    "schc",
    "variants",
]
