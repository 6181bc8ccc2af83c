"""LoRaWAN in Europe (EU868): time on air, what the duty cycle makes of it, energy.

The time on air is that of Semtech's AN1200.13 (SX1276 datasheet, section 4.1.1.6), the
data rates are those of the LoRaWAN Regional Parameters, the duty cycle is that of
ETSI EN 300 220 for the three default channels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

HEADER = 13
"""Bytes of MHDR, FHDR without options, FPort and MIC."""

DUTY = 0.01
"""The share of the time that a device may send on the default channels: 36 s in an hour."""

RX1_DELAY = 1.0
RX2_DELAY = 2.0
"""Seconds from the end of an uplink to the receive windows of class A."""


class DataRate(NamedTuple):
    """One of the data rates DR0 to DR6."""

    spreading: int
    """factor: SF7 to SF12"""
    bandwidth: int
    """Hz"""
    payload: int
    """the largest application payload in bytes, also through a repeater"""

    @property
    def symbol(self) -> float:
        """Seconds of one symbol.

        >>> lake.radio.lorawan.DATA_RATES[0].symbol
        0.032768
        """
        return 2.0**self.spreading / self.bandwidth


DATA_RATES = (
    DataRate(12, 125_000, 51),
    DataRate(11, 125_000, 51),
    DataRate(10, 125_000, 51),
    DataRate(9, 125_000, 115),
    DataRate(8, 125_000, 222),
    DataRate(7, 125_000, 222),
    DataRate(7, 250_000, 222),
)


def time_on_air(payload: int, dr: int, *, downlink: bool = False) -> float:
    """Seconds that a frame takes which carries so many bytes of application payload.

    A frame that is larger than the data rate allows is computed as if it were allowed.

    >>> lake.radio.lorawan.time_on_air(39, 0)
    2.465792
    """
    rate = DATA_RATES[dr]
    slow = int(rate.symbol > 0.016)  # low data rate optimisation
    bits = 8 * (payload + HEADER) - 4 * rate.spreading + 28 + (0 if downlink else 16)
    symbols = 8 + max(math.ceil(bits / (4 * (rate.spreading - 2 * slow))) * 5, 0)
    return round((8 + 4.25 + symbols) * rate.symbol, 9)


def split(size: int, dr: int) -> list[int]:
    """The payloads of the frames that so many bytes need, cut without a header: what a benchmark counts.

    >>> lake.radio.lorawan.split(102, 0)
    [51, 51]
    """
    room = DATA_RATES[dr].payload
    return [min(room, size - at) for at in range(0, max(size, 1), room)]


class Frame(NamedTuple):
    """A frame of the device, or one for it."""

    up: bool
    payload: int
    """bytes of application payload"""


@dataclass(frozen=True)
class Currents:
    """What a device draws: of a battery of so many volts, in A.

    By default the SX1276 at +13 dBm (datasheet, table 10) and a microcontroller that sleeps.
    """

    volts: float = 3.3
    send: float = 0.029
    receive: float = 0.0115
    sleep: float = 0.000_002


@dataclass(frozen=True)
class Cost:
    """What frames cost a device."""

    frames: int
    """in both directions"""
    uplinks: int
    uplink: float
    """seconds on air of the device, which the duty cycle counts"""
    downlink: float
    """seconds on air of frames for it"""
    burst: float
    """seconds from the first to the last, if the device may use up its hour's share at once; inf: it may not"""
    paced: float
    """seconds from the first to the last, if it waits after each frame as long as the duty cycle has it"""
    energy: float
    """J of the device, paced"""


def cost(frames: Sequence[Frame], dr: int, currents: Currents | None = None, duty: float = DUTY) -> Cost:
    """What a sequence of frames costs a device of class A, with nobody else on the air and nothing lost.

    A frame for the device comes in the first window after one of its own, at the same data
    rate; where there is none to be answered, `Frame(True, 0)` stands for the empty frame
    that opens a window. A window in which nothing comes is open for eight symbols.

    >>> from lake.radio.lorawan import Frame, cost
    >>> spent = cost([Frame(True, 37), Frame(False, 45), Frame(True, 19)], 0)
    >>> round(spent.uplink, 3), round(spent.paced)
    (4.112, 232)
    """
    draws = currents or Currents()
    burst = paced = 0.0
    uplink = downlink = listening = 0.0
    free = 0.0  # when the duty cycle lets the device send again
    for number, frame in enumerate(frames):
        air = time_on_air(frame.payload, dr, downlink=not frame.up)
        if frame.up:
            paced = max(paced, free) + air
            free = paced + air * (1 / duty - 1)
            burst, uplink = burst + air, uplink + air
            answered = number + 1 < len(frames) and not frames[number + 1].up
            if not answered:  # both windows are opened for nothing, the second one at DR0
                listening += 8 * (DATA_RATES[dr].symbol + DATA_RATES[0].symbol)
                if number + 1 < len(frames):
                    wait = RX2_DELAY + 8 * DATA_RATES[0].symbol
                    burst, paced = burst + wait, paced + wait
        else:
            burst, paced = burst + RX1_DELAY + air, paced + RX1_DELAY + air
            downlink, listening = downlink + air, listening + air
    charge = uplink * draws.send + listening * draws.receive
    charge += max(paced - uplink - listening, 0) * draws.sleep
    return Cost(
        frames=len(frames),
        uplinks=sum(frame.up for frame in frames),
        uplink=uplink,
        downlink=downlink,
        burst=burst if uplink <= 3600 * duty else math.inf,
        paced=paced,
        energy=charge * draws.volts,
    )
