"""What a handshake costs on LoRaWAN, 6TiSCH and NB-IoT (extra `liblake[radio]`).

The messages are made by the engine, and the CoAP datagrams by its endpoints: `handshake`
gives those of a `Variant`. `costs` has what they take on a radio, `formation` how long a
6TiSCH network takes to form, `plan` what would be cheaper. The command `lake radio` shows
all of it, and docs/radio.md what came out.

>>> from lake.radio import Variant, costs, handshake
>>> handshake(Variant(method=3, credential_i='kid', credential_r='x5t')).sizes
(37, 58, 19)
>>> made = costs.on_lorawan(Variant.of(3, 'kid'), dr=0)
>>> made.packets, round(made.uplink, 2)  # frames, and seconds on air of the device
(3, 4.11)

Certificates need the package cryptography, the simulation simpy, and pictures matplotlib:
the extra has them.
"""

from . import (
    certificates,
    coap,
    costs,
    formation,
    lorawan,
    nbiot,
    others,
    plan,
    plots,
    report,
    requirements,
    schc,
    sixtisch,
    study,
    table,
    tables,
)
from .messages import CREDENTIALS, GET, JOIN, Application, Datagram, Handshake, Variant, handshake, variants

__all__ = [
    "CREDENTIALS", "GET", "JOIN", "Application", "Datagram", "Handshake", "Variant", "certificates", "coap", "costs",
    "formation", "handshake", "lorawan", "nbiot", "others", "plan", "plots", "report", "requirements", "schc",
    "sixtisch", "study", "table", "tables", "variants",
]  # fmt: skip
