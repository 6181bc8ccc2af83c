"""Cipher suites offered and refused (RFC 9528 sections 5.2.3, 6.3 and 8)."""

from __future__ import annotations

from ..info import suite_info, suites
from .case import NotApplicable, Table, Unmet
from .device import TRUE, Device, encode, message_1_of, message_2_came, not_accepted, refused, suites_of

table = Table("negotiation")
case = table.case

UNKNOWN = (22, -21, 4711, 2**32, -(2**40))
"""Numbers of no suite, or of private use."""


@case("RFC 9528 6.3.1", over=[(str(suite), suite) for suite in UNKNOWN])
def unknown_suite(device: Device, suite: int) -> None:
    """A suite that there is not is refused with ERR_CODE 2 and the suites that the device supports."""
    if device.target.suite not in suites_of(refused(_offer(device, suite), 2)):
        raise Unmet(f"SUITES_R lacks suite {device.target.suite}, which the device supports")


@case("RFC 9528 6.3.1", over=[("one", [4711]), ("two", [22, 4711])])
def unknown_before(device: Device, unknown: list[int]) -> None:
    """Suites that the device does not know, before the selected one that it does, are no matter."""
    message_2_came(_offer(device, [*unknown, device.target.suite]), device.target.suite)


@case("RFC 9528 6.3.2")
def supported_before(device: Device) -> None:
    """A selected suite is refused with ERR_CODE 2 if the device supports one before it: SUITES_R has that one."""
    suite = device.target.suite
    if suite not in suites_of(refused(_offer(device, [suite, 4711]), 2)):
        raise Unmet(f"SUITES_R lacks suite {suite}")


@case("RFC 9528 6.3.2")
def second_choice(device: Device) -> None:
    """Of two suites that the device supports the first has to be selected."""
    first, second = _two(device)
    error = refused(_offer(device, [first, second]), 2)
    if first not in suites_of(error):
        raise Unmet(f"SUITES_R lacks suite {first}, the one that is most preferred")


@case("RFC 9528 6.3.1")
def after_refusal(device: Device) -> None:
    """After ERR_CODE 2 a new message_1 that selects a suite of SUITES_R is answered with message_2."""
    suite = device.target.suite
    if suite not in suites_of(refused(_offer(device, 4711), 2)):
        raise Unmet(f"SUITES_R lacks suite {suite}")
    message_2_came(_offer(device, [4711, suite]), suite)


@case(
    "RFC 9528 5.2.1", over=[("one_in_array", [2]), ("empty", []), ("text", "2"), ("map", {2: 2}), ("nested", [[2], 2])]
)
def form_of_suites(device: Device, value: object) -> None:
    """SUITES_I that is neither an integer nor an array of at least two is refused."""
    not_accepted(_offer(device, value))


@case("RFC 9528 9.7")
def many_suites(device: Device) -> None:
    """Hundreds of unknown suites cost the device nothing: it refuses them, or selects as ever."""
    answer = _offer(device, [*range(10_000, 10_300), device.target.suite])
    if answer is None and not device.client.ping():
        raise Unmet("the device does not answer any more")


def _offer(device: Device, suites_i: object) -> object:
    message = message_1_of(device.session())
    message[1] = suites_i
    return device.post(TRUE + encode(*message))


def _supported(device: Device) -> list[int]:
    """The suites that the device names when it supports none that are offered."""
    return suites_of(refused(_offer(device, 4711), 2))


def _two(device: Device) -> tuple[int, int]:
    """The device's suite, and another one of it with the same curve."""
    suite = device.target.suite
    curve = suite_info(suite).curve
    for other in _supported(device):
        if other != suite and other in suites() and suite_info(other).curve == curve:
            return suite, other
    raise NotApplicable(f"the device names no second suite with the curve of suite {suite}")
