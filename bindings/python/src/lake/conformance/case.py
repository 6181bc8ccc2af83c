"""What a test of the suite is, and what can come of it."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import LakeError

Tried = TypeVar("Tried")


class Level(enum.Enum):
    """What the specification says of it: a device that does otherwise fails, or is advised."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Verdict(enum.Enum):
    """What came of a test."""

    PASS = "pass"
    FAIL = "fail"
    ADVICE = "advice"
    """a SHOULD is not met"""
    SKIP = "skip"
    """the device, or what was given for it, has nothing to test here"""


class Unmet(Exception):
    """The device did not do what is demanded."""


class NotApplicable(Exception):
    """There is nothing to test here: why."""


@dataclass(frozen=True)
class Seen:
    """A datagram that was exchanged."""

    at: float
    """seconds since the test began"""
    sent: bool
    """by the suite, not by the device"""
    data: bytes
    summary: str


@dataclass
class Result:
    """What came of one test."""

    case: Case
    verdict: Verdict
    reason: str = ""
    seconds: float = 0
    seen: list[Seen] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A test: what is demanded of a device, where, and the function that tries it."""

    name: str
    section: str
    level: Level
    text: str
    group: str
    function: Callable[..., None]
    arguments: tuple[Any, ...] = ()

    def run(self, device: Any) -> Result:
        """Tries it with a fresh device object."""
        began = time.monotonic()
        verdict, reason = Verdict.PASS, ""
        try:
            self.function(device, *self.arguments)
        except NotApplicable as why:
            verdict, reason = Verdict.SKIP, str(why)
        except (Unmet, LakeError) as why:
            verdict = Verdict.FAIL if self.level is Level.MUST else Verdict.ADVICE
            reason = str(why)
        finally:
            device.close()
        return Result(self, verdict, reason, time.monotonic() - began, device.seen)


class Table:
    """The tests of one subject, in the order in which they are written down."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.cases: list[Case] = []

    def case(
        self, section: str, level: Level = Level.MUST, over: Iterable[tuple[Any, ...]] = ()
    ) -> Callable[[Callable[..., None]], Callable[..., None]]:
        """Adds a function as a test; over: one test for each of these (name, argument).

        What is demanded is the first sentence of its docstring.
        """

        def add(function: Callable[..., None]) -> Callable[..., None]:
            name = function.__name__.strip("_")
            text = (function.__doc__ or "").partition("\n\n")[0]
            text = " ".join(text.split())
            for suffix, *arguments in list(over) or [("",)]:
                self.cases.append(
                    Case(
                        f"{name}_{suffix}" if suffix else name, section, level,
                        f"{text} [{suffix}]" if suffix else text, self.group, function, tuple(arguments),
                    )
                )  # fmt: skip
            return function

        return add
