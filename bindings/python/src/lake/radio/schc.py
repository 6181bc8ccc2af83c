"""SCHC: headers compressed (RFC 8724, of CoAP RFC 8824), and datagrams in fragments of LoRaWAN (RFC 9011).

By the tables of these RFCs, with the bits that they say; tests compare with their figures and
with the package microschc, which knows neither fragments nor the OSCORE option.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .coap import Packet
from .lorawan import DATA_RATES, Frame

IP_UDP = 48
"""Bytes of the headers of IPv6 and UDP. Addresses and ports are in the context, lengths and the
checksum are computed: a rule for them sends nothing (RFC 8724 section 10)."""

_OSCORE = 9
TILE, WINDOW, RCS = 10, 63, 4


class Rule(NamedTuple):
    """What a rule sends of a CoAP header; all else is in the context and not sent."""

    message_id: int = 4
    """bits of the message ID (MSB and LSB)"""
    token: int = 0
    """bits of the token (likewise)"""
    piv: int = 4
    """bits of the partial IV in the OSCORE option, and ..."""
    kid: int | None = None
    """... of its kid; None: all"""
    code: int = 0
    """bits of a code that is one of several (match-mapping)"""
    number: int | None = 0
    """the RuleID, in a byte of its own; None: it is the FPort of LoRaWAN"""


def compress(datagram: bytes, rule: Rule, code_index: int = 0) -> bytes:
    """The CoAP message as SCHC sends it: RuleID, residue, payload, padded to whole bytes.

    Options but OSCORE are not sent, and so is the payload marker. The figures of RFC 8824
    section 7.3:

    >>> from lake.radio.schc import Rule, compress
    >>> get = bytes.fromhex('4101000182bb74656d7065726174757265')
    >>> compress(get, Rule(token=3, number=1)).hex()
    '0114'
    """
    packet = Packet.decode(datagram)
    bits = f"{code_index:0{rule.code}b}" if rule.code else ""
    bits += _low(packet.message_id, rule.message_id)
    bits += _low(int.from_bytes(packet.token, "big"), rule.token)
    option = packet.option(_OSCORE)
    if option:
        piv, kid = option[1 : 1 + (option[0] & 7)], option[1 + (option[0] & 7) :]
        bits += _low(int.from_bytes(piv, "big"), rule.piv if piv else 0)
        bits += _low(int.from_bytes(kid, "big"), 8 * len(kid) if rule.kid is None else rule.kid)
    bits += "".join(f"{byte:08b}" for byte in packet.payload)
    size = -(-len(bits) // 8)
    out = int(bits.ljust(8 * size, "0") or "0", 2).to_bytes(size, "big")
    return out if rule.number is None else bytes([rule.number]) + out


def compress_inner(plaintext: bytes, code_index: int = 0, code_bits: int = 0) -> bytes:
    """The plaintext of OSCORE with the inner rule of RFC 8824 section 7.3: RuleID 0, and then the payload.

    >>> lake.radio.schc.compress_inner(bytes.fromhex('45ff32332043'), 0, 1).hex()
    '001919902180'
    """
    header = bytes([0x40, plaintext[0], 0, 0])
    packet = header + plaintext[1:]
    return compress(packet, Rule(message_id=0, code=code_bits), code_index)


def _low(value: int, bits: int) -> str:
    return f"{value & (1 << bits) - 1:0{bits}b}" if bits else ""


def uplink_fragments(size: int, dr: int) -> list[int]:
    """The payloads of the frames that carry a SCHC datagram of so many bytes from the device (ACK-on-Error).

    One that fits goes as it is, in one frame. Of the others each frame has a byte of header
    and whole tiles of 10 bytes; the last one has the check (4 bytes), and the last tile,
    which may be shorter, where this saves a frame or a byte.

    >>> lake.radio.schc.uplink_fragments(51, 0), lake.radio.schc.uplink_fragments(102, 0)
    ([51], [51, 51, 7])
    """
    room = DATA_RATES[dr].payload
    if size <= room:
        return [size]
    if size > 4 * WINDOW * TILE:
        raise ValueError(f"{size} bytes are more than SCHC over LoRaWAN carries: {4 * WINDOW * TILE}")
    last = size % TILE or TILE
    tiles, per_frame = (size - last) // TILE, (room - 1) // TILE
    frames = [1 + TILE * min(per_frame, tiles - at) for at in range(0, tiles, per_frame)]
    return [*frames, 1 + RCS + last]


def downlink_fragments(size: int, dr: int) -> list[int]:
    """The same for a device (ACK-Always): a tile is a frame, of which the header takes 2 bits.

    >>> lake.radio.schc.downlink_fragments(102, 0)
    [51, 51, 5]
    """
    room = DATA_RATES[dr].payload
    if size <= room:
        return [size]
    left, frames = 8 * size, []
    while left > 8 * (room - RCS) - 2:
        tile = min(8 * room - 2, left - 6)  # something is left for the last one
        frames.append(-(-(tile + 2) // 8))
        left -= tile
    return [*frames, -(-(left + 2) // 8) + RCS]


def frames(datagrams: Sequence[tuple[bool, int]], dr: int) -> list[Frame]:
    """All frames for SCHC datagrams (from the device or for it, bytes) with the acknowledgements that SCHC adds.

    A fragmented datagram of the device is acknowledged by one byte at its end. Of one for
    the device each fragment is, and each acknowledgement opens the window for the next.
    A frame for the device that finds no window is waited for with an empty frame.

    >>> from lake.radio.schc import frames
    >>> [(frame.up, frame.payload) for frame in frames([(True, 58), (False, 20)], 0)]
    [(True, 51), (True, 13), (False, 1), (True, 0), (False, 20)]
    """
    out: list[Frame] = []

    def down(payload: int) -> None:
        if not out or not out[-1].up:
            out.append(Frame(True, 0))
        out.append(Frame(False, payload))

    for up, size in datagrams:
        if up:
            parts = uplink_fragments(size, dr)
            out.extend(Frame(True, part) for part in parts)
            if len(parts) > 1:
                down(1)
        else:
            parts = downlink_fragments(size, dr)
            for part in parts:
                down(part)
                if len(parts) > 1:
                    out.append(Frame(True, 1))
    return out
