"""6TiSCH: frames of IEEE 802.15.4, and fragments of 6LoWPAN (RFC 4944 section 5.3), which RFC 8930 forwards.

How large the headers are depends on the depth, on what is compressed, and on where. The
requirements have one figure (draft-ietf-lake-reqs, "AKE for 6TiSCH", whose text is not
public any more): five hops deep, the CoAP payload of one frame is 47 bytes at most on the
way up and 45 on the way down. From it follows what is assumed here:

- 29 bytes of the frame are the link layer's: header 21, key 2, MIC 4, FCS 2;
- on the way up it is always 47, as a packet names no node that it passes;
- on the way down it names them, with two bytes each: 45 at five hops, two more or less for
  each hop less or more;
- the CoAP header is 12 bytes of a request and 5 of a response.
"""

from __future__ import annotations

import math

FRAME = 127
LINK = 29
UPLINK, DOWNLINK, AT_HOPS = 47, 45, 5
"""The figure of the requirements."""
REQUEST, RESPONSE = 12, 5
"""Bytes of the CoAP headers that this figure has room for."""
FIRST, FURTHER = 4, 5
"""Bytes of the headers of the first and of further fragments."""


def limit(hops: int, *, up: bool) -> int:
    """Bytes of CoAP payload that go without fragments between the root and a node so many hops away.

    >>> [lake.radio.sixtisch.limit(hops, up=False) for hops in (1, 5, 8)]
    [53, 45, 39]
    """
    return UPLINK if up else DOWNLINK + 2 * (AT_HOPS - hops)


def fragments(size: int, room: int, headers: int, uncompressed: int) -> int:
    """Frames for so many bytes behind headers, which are larger when they are not compressed.

    `room` is what the link layer leaves. Fragments end at multiples of eight bytes of the
    uncompressed datagram.

    >>> lake.radio.sixtisch.fragments(279, 104, 9, 48)
    3
    """
    if headers + size <= room:
        return 1
    first = room - FIRST - headers
    first -= (uncompressed + first) % 8
    further = (room - FURTHER) // 8 * 8
    return 1 + math.ceil((size - max(first, 0)) / further)


def frames(payload: int, hops: int, *, up: bool, coap: bool = True) -> int:
    """Frames for a message, on each hop: of so many bytes of CoAP payload, or of UDP payload without CoAP.

    >>> from lake.radio.sixtisch import frames
    >>> frames(47, 5, up=True), frames(48, 5, up=True), frames(59, 5, up=True, coap=False)
    (1, 2, 1)
    """
    header = REQUEST if up else RESPONSE
    room = FRAME - LINK
    below = room - limit(hops, up=up) - header
    if not coap:
        header = 0
    return fragments(payload, room, below + header, 48 + header)
