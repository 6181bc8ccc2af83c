"""NB-IoT: time and energy by the model of the requirements (draft-ietf-lake-reqs, "AKE for NB-IoT", March 2019)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SEND, RECEIVE = 0.5, 0.08
"""W of a device. Sleep (0.003 and 0.000 015) is negligible beside them, says the model."""


@dataclass(frozen=True)
class Coverage:
    """How well a device is covered."""

    name: str
    uplink: int
    """bit/s"""
    downlink: int
    connecting: float
    """J for a connection before anything is sent"""


GOOD = Coverage("good", 28_000, 170_000, 0.011232)
"""Maximum coupling loss 144 dB."""

BAD = Coverage("bad", 370, 2_500, 0.305952)
"""164 dB."""


@dataclass(frozen=True)
class Spent:
    """What an exchange takes of a device."""

    seconds: float
    """that it sends and receives"""
    energy: float
    """J, while it is connected"""
    connected: float
    """J, with connecting"""


def spent(flights: Iterable[tuple[bool, int]], coverage: Coverage) -> Spent:
    """What flights (from the device or to it, bytes) take: the time of their bits, at the power of the radio.

    >>> from lake.radio import nbiot
    >>> made = nbiot.spent([(True, 44), (False, 46), (True, 11)], nbiot.GOOD)
    >>> round(1000 * made.energy, 2), round(1000 * made.connected, 2)
    (8.03, 19.26)
    """
    seconds = energy = 0.0
    for up, size in flights:
        air = 8 * size / (coverage.uplink if up else coverage.downlink)
        seconds += air
        energy += air * (SEND if up else RECEIVE)
    return Spent(seconds, energy, energy + coverage.connecting)
