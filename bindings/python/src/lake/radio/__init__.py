"""What a handshake costs on the radio (extra `liblake[radio]`)."""

from . import certificates, coap, lorawan, nbiot, others, schc, sixtisch
from .messages import CREDENTIALS, Datagram, Handshake, Variant, handshake, variants

__all__ = [
    "CREDENTIALS", "Datagram", "Handshake", "Variant", "certificates", "coap", "handshake", "lorawan", "nbiot",
    "others", "schc", "sixtisch", "variants",
]  # fmt: skip
