"""LoRaWAN: the published sheet, and what can be computed by hand."""

from __future__ import annotations

import math

import pytest

from lake.radio.lorawan import DATA_RATES, Currents, Frame, cost, split, time_on_air

# EricssonResearch/EDHOC, docs/LoRaWAN_ToA.xlsx: application bytes, then milliseconds at DR0 to DR5.
PUBLISHED = {
    150: (6070.272, 3362.816, 1517.568, 840.704, 471.552, 266.496),
    39: (2465.792, 1314.816, 616.448, 328.704, 184.832, 102.656),
    37: (2301.952, 1314.816, 616.448, 328.704, 174.592, 97.536),
    44: (2629.632, 1396.736, 657.408, 349.184, 195.072, 107.776),
    46: (2629.632, 1478.656, 657.408, 369.664, 205.312, 112.896),
    11: (1482.752, 823.296, 370.688, 205.824, 113.152, 61.696),
    120: (5087.232, 2789.376, 1271.808, 697.344, 389.632, 220.416),
    85: (3940.352, 2134.016, 985.088, 533.504, 297.472, 169.216),
}
# The same formula, computed by others for sizes of RFC 9528.
COMPUTED = {
    5: (1318.912, 659.456, 329.728, 185.344, 92.672, 51.456),
    9: (1482.752, 741.376, 370.688, 205.824, 102.912, 56.576),
    13: (1646.592, 823.296, 411.648, 205.824, 113.152, 61.696),
    19: (1810.432, 987.136, 452.608, 246.784, 133.632, 71.936),
    33: (2301.952, 1232.896, 575.488, 308.224, 164.352, 92.416),
    38: (2465.792, 1314.816, 616.448, 328.704, 184.832, 102.656),
    45: (2629.632, 1396.736, 657.408, 369.664, 195.072, 112.896),
    51: (2793.472, 1560.576, 698.368, 390.144, 215.552, 118.016),
    58: (3121.152, 1642.496, 780.288, 410.624, 236.032, 128.256),
    77: (3612.672, 1970.176, 944.128, 513.024, 276.992, 158.976),
    90: (4104.192, 2215.936, 1026.048, 574.464, 317.952, 174.336),
    102: (4431.872, 2461.696, 1148.928, 615.424, 348.672, 194.816),
    115: (4923.392, 2707.456, 1230.848, 676.864, 379.392, 215.296),
    222: (8364.032, 4673.536, 2131.968, 1168.384, 655.872, 368.896),
}


@pytest.mark.parametrize(("size", "row"), [*PUBLISHED.items(), *COMPUTED.items()])
def test_r26_time_on_air_is_that_of_the_published_sheet(size: int, row: tuple[float, ...]) -> None:
    for dr, milliseconds in enumerate(row):
        assert time_on_air(size, dr) * 1000 == pytest.approx(milliseconds, abs=0.0005), f"DR{dr}"


def test_dr6_is_dr5_in_half_the_time() -> None:
    for size in PUBLISHED:
        assert time_on_air(size, 6) == pytest.approx(time_on_air(size, 5) / 2)


def test_downlinks_have_no_crc() -> None:
    for dr in range(7):
        times = [time_on_air(size, dr, downlink=True) for size in range(60)]
        assert all(a <= time_on_air(size, dr) for size, a in enumerate(times))
        assert any(a < time_on_air(size, dr) for size, a in enumerate(times))


def test_split() -> None:
    assert split(0, 0) == [0]
    assert split(51, 0) == [51]
    assert split(52, 0) == [51, 1]
    assert split(222, 5) == [222]
    for dr, rate in enumerate(DATA_RATES):
        for size in range(1, 500):
            frames = split(size, dr)
            assert sum(frames) == size
            assert max(frames) <= rate.payload
            assert len(frames) == math.ceil(size / rate.payload)


def test_cost_by_hand() -> None:
    """37 up, 45 down, 19 up at DR0, each figure from the formula."""
    up_37, up_19 = time_on_air(37, 0), time_on_air(19, 0)
    down = time_on_air(45, 0, downlink=True)
    spent = cost([Frame(True, 37), Frame(False, 45), Frame(True, 19)], 0)
    assert (spent.frames, spent.uplinks) == (3, 2)
    assert spent.uplink == pytest.approx(4.112, abs=0.001)
    assert spent.burst == pytest.approx(up_37 + 1 + down + up_19)
    assert spent.paced == pytest.approx(up_37 + 99 * up_37 + up_19), (
        "99 times the time on air, as the duty cycle is 1 %"
    )
    windows = 2 * 8 * 0.032768  # after the last frame
    by_hand = up_37 * 0.029 + up_19 * 0.029 + (down + windows) * 0.0115
    by_hand += (spent.paced - up_37 - up_19 - down - windows) * 2e-6
    assert spent.energy == pytest.approx(by_hand * 3.3)
    assert cost([Frame(True, 37)], 0, Currents(volts=6.6)).energy == pytest.approx(
        2 * cost([Frame(True, 37)], 0).energy
    )


def test_an_hour_has_36_seconds() -> None:
    frames = [Frame(True, 51)] * 12
    assert cost(frames, 0).uplink < 36
    assert cost(frames, 0).burst < math.inf
    assert cost([*frames, Frame(True, 51)], 0).burst == math.inf
    assert cost([*frames, Frame(True, 51)], 0, duty=0.1).burst < math.inf
