"""NB-IoT and 6TiSCH: figures that others have published."""

from __future__ import annotations

import pytest

from lake.radio import Variant, handshake
from lake.radio.nbiot import BAD, GOOD, spent
from lake.radio.sixtisch import FRAME, fragments, frames, limit

# EricssonResearch/EDHOC, docs/NB IoT power consumption.xlsx: flights from the device on, then mJ
# with good coverage, with connecting, with bad coverage, with connecting. The row of SIGMA-R (39,
# 37, 85, 84) does not count its fourth message: 84 bytes down are 0.32 and 21.5 mJ.
NB_IOT = {
    (150, 373, 213): (53.26, 64.49, 4019.8, 4325.8),
    (187, 190, 57): (35.57, 46.80, 2686.5, 2992.4),
    (137, 150, 57): (28.28, 39.51, 2135.7, 2441.6),
    (39, 120, 85): (18.17, 29.40, 1371.3, 1677.2),
    (39, 37, 85): (17.85, 29.09, 1350.0, 1656.0),
    (44, 46, 11): (8.03, 19.26, 606.4, 912.3),
}


def _flights(sizes: tuple[int, ...]) -> list[tuple[bool, int]]:
    return [(number % 2 == 0, size) for number, size in enumerate(sizes)]


@pytest.mark.parametrize(("sizes", "published"), NB_IOT.items())
def test_r26_nbiot_energy_is_as_published(sizes: tuple[int, ...], published: tuple[float, ...]) -> None:
    good, bad = (spent(_flights(sizes), coverage) for coverage in (GOOD, BAD))
    made = [1000 * joule for each in (good, bad) for joule in (each.energy, each.connected)]
    for ours, theirs, digit in zip(made, published, (0.01, 0.01, 0.1, 0.1), strict=True):
        assert ours == pytest.approx(theirs, abs=0.51 * digit)


def test_nbiot_by_the_byte() -> None:
    assert spent([(True, 39)], GOOD).seconds == pytest.approx(0.01114, abs=5e-6)
    assert spent([(True, 39)], GOOD).energy == pytest.approx(0.005571, abs=5e-7)
    assert spent([(True, 39)], BAD).seconds == pytest.approx(0.84324, abs=5e-6)
    assert spent([(True, 39)], BAD).energy == pytest.approx(0.4216, abs=5e-5)
    assert spent([(False, 120)], GOOD).seconds == pytest.approx(0.005647, abs=5e-7)
    assert spent([(False, 120)], GOOD).energy == pytest.approx(0.0004518, abs=5e-8)
    assert spent([(False, 120)], BAD).seconds == pytest.approx(0.384)
    assert spent([(False, 120)], BAD).energy == pytest.approx(0.03072)


def test_nbiot_of_rfc9528() -> None:
    """Static Diffie-Hellman with kid: computed by others with the same rule."""
    flights = _flights(handshake(Variant()).sizes)
    assert 1000 * spent(flights, GOOD).energy == pytest.approx(8.17, abs=0.005)
    assert 1000 * spent(flights, BAD).energy == pytest.approx(616.9, abs=0.05)


# --- 6TiSCH ------------------------------------------------------------------------------


def test_r26_limits_of_the_requirements() -> None:
    assert (limit(5, up=True), limit(5, up=False)) == (47, 45)
    for hops in range(1, 9):
        for up in (True, False):
            most = limit(hops, up=up)
            assert frames(most, hops, up=up) == 1
            assert frames(most + 1, hops, up=up) == 2
    assert [limit(hops, up=False) for hops in range(1, 9)] == [53, 51, 49, 47, 45, 43, 41, 39]


# geonnave/edhoc-dtls-comparison, September 2023: DTLS 1.3 on RIOT, one hop, content and fragments.
# 21 bytes of IEEE 802.15.4 and 2 of FCS; 6LoWPAN takes 9, and 4 or 5 for each fragment.
MEASURED = {206: 3, 144: 2, 279: 3, 46: 1, 51: 1, 134: 2, 108: 2, 66: 1, 72: 1}


@pytest.mark.parametrize(("content", "expected"), MEASURED.items())
def test_fragments_are_as_measured(content: int, expected: int) -> None:
    assert fragments(content, FRAME - 23, 9, 48) == expected


def test_fragments_carry_everything() -> None:
    """By hand: a first fragment that ends at a multiple of eight, then 88 bytes each."""
    for up, header, below in ((True, 12, 39), (False, 5, 48)):
        first = 98 - 4 - below - header
        first -= (48 + header + first) % 8
        assert frames(first, 5, up=up) == 1
        assert frames(first + 88, 5, up=up) == 2
        assert frames(first + 89, 5, up=up) == 3
        assert frames(first + 88 + 88, 5, up=up) == 3
    counts = [frames(size, 3, up=True) for size in range(600)]
    assert counts == sorted(counts)
    assert all(frames(size, 5, up=True, coap=False) <= frames(size, 5, up=True) for size in range(600))
