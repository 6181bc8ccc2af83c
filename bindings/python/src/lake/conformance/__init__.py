"""Does a device do what RFC 9528 demands? A suite of tests for what speaks EDHOC over CoAP (extra `liblake[coap]`).

Each test names the section that demands it. A device that is a server is tested by
`server`, one that is a client by `client`; the command `lake test` does both and writes
reports:

    lake test coap://192.0.2.1 --own me --peer device.ccs --path hello --html report.html
    lake test --listen coap://0.0.0.0 --own me --peer device.ccs -- start-the-device

What is tested is what can be seen from outside. A test that the device, or what was
given for it, has nothing for is skipped, and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import coap, ead, identifiers, initiator, matrix, message_1, message_3, negotiation, plaintext, protected
from .case import Case, Level, Result, Seen, Unmet, Verdict
from .device import Device, Target
from .visitor import Visitor

CASES: tuple[Case, ...] = tuple(
    case
    for module in (message_1, negotiation, identifiers, ead, message_3, plaintext, coap, protected, matrix)
    for case in module.table.cases
)
"""The tests of a server, in their order."""
CLIENT_CASES: tuple[Case, ...] = tuple(initiator.table.cases)
"""The tests of a client."""


def server(target: Target, only: str = "") -> Iterator[Result]:
    """Tries a device that is a server, test by test; only: those whose group or name has this in it.

    >>> with lake.testing.ResponderPeer() as peer:
    ...     me = lake.Credential.generate(lake.KeyKind.P256, kid=b'me')
    ...     peer.trust(me)
    ...     target = lake.conformance.Target(peer.uri, own=[me], peers=[peer.credential], path='hello')
    ...     [result.verdict.name for result in lake.conformance.server(target, only='message_3: whole')]
    ['PASS']
    """
    for case in CASES:
        if only in f"{case.group}: {case.name}":
            yield case.run(Device(target))


def client(target: Target, command: Sequence[str] | None = None, only: str = "") -> Iterator[Result]:
    """Waits at the target's URI for a device that is a client, test by test.

    `command` starts the device, once for each run that a test needs; without, it has to
    come by itself within `visitor.COMING` seconds. It is a run without message_3 in a
    combined request.

    >>> me, device = lake.testing.credentials()
    >>> target = lake.conformance.Target('coap://127.0.0.1:0', own=[me], peers=[device])
    >>> list(lake.conformance.client(target, ['true'], only='no such test'))
    []
    """
    for case in CLIENT_CASES:
        if only in f"{case.group}: {case.name}":
            yield case.run(Visitor(target, list(command) if command else None))


__all__ = [
    "CASES",
    "CLIENT_CASES",
    "Case",
    "Device",
    "Level",
    "Result",
    "Seen",
    "Target",
    "Unmet",
    "Verdict",
    "client",
    "server",
]
