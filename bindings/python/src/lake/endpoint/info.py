"""What bounds an endpoint, and what is known of it and its peers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EndpointLimits:
    """Bounds what an endpoint keeps; 0 means the default.

    >>> lake.endpoint.EndpointLimits(peers=100).idle
    0
    """

    peers: int = 0
    """at most, default 10,000; the one that was idle for longest makes room"""
    idle: int = 0
    """seconds without traffic after which a peer is dropped, default a day"""
    exchanges: int = 0
    """open requests of one peer, or to one, default 1,024"""
    kept: int = 0
    """answers to one peer kept for repeated requests, default 64"""
    waiting: int = 0
    """bytes that wait for one run, default 65,536"""
    runs: int = 0
    """under way that this side began, default 256"""
    strangers: int = 0
    """unprotected exchanges, default 256"""
    block: int = 0
    """bytes of an EDHOC message in one datagram: 16, 32 .. 1024, the default"""
    bodies: int = 0
    """EDHOC messages being put together from blocks, default 64"""
    body: int = 0
    """bytes of one, default 16,384"""
    half_open: int = 0
    """runs under way that others began, default 256"""
    threshold: int = 0
    """half-open, or begun within a second, default 32: from here on with Echo only"""
    age: int = 0
    """seconds that such a run may take, default 120"""
    messages: int = 0
    """with one key in one direction before it is renewed, default 2^20"""
    failures: int = 0
    """messages that did not verify, likewise, default 2^20, 2^14 with the short tag of AES-CCM"""
    replay_size: int = 0
    """requests back that one is accepted which came late, default 256, at most 1,024"""
    burst: int = 0
    """confirmable requests handed to the stack that it has not answered yet: what its socket holds; default 64"""
    per_credential: int = 0
    """peers with one credential, at different addresses, default 256"""
    memory: int = 0
    """bytes kept of requests and answers that are over, for all peers, default 32 MiB: the oldest go of who has most"""


@dataclass(frozen=True)
class PeerInfo:
    """What is known of a peer. See the example of `Endpoint.peer`."""

    address: bytes
    """where its last message that verified came from"""
    since: float
    """when it authenticated first, in seconds since 1970"""
    sent: int
    """protected messages"""
    received: int
    failures: int
    """that did not verify"""
    repeated: int
    """datagrams that came again"""


@dataclass(frozen=True)
class EndpointStats:
    """What an endpoint has now, and what it did so far. See the example of `Endpoint.stats`."""

    peers: int
    """now"""
    runs: int
    """now: of this side"""
    half_open: int
    """now: of others"""
    established: int
    renewed: int
    dropped: int
    failed: int
    unprotected: int
    """datagrams that were not handed on: in clear"""
    malformed: int
    """no CoAP, no OSCORE"""
    unknown: int
    """of no context"""
    replayed: int
    forged: int
