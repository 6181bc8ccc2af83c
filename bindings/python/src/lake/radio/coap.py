"""CoAP messages (RFC 7252 section 3) as far as their size is concerned."""

from __future__ import annotations

from dataclasses import dataclass, replace

_OSCORE, _URI_PATH, _CONTENT_FORMAT = 9, 11, 12


@dataclass(frozen=True)
class Packet:
    """A CoAP message in its parts."""

    type: int
    code: int
    message_id: int
    token: bytes
    options: tuple[tuple[int, bytes], ...]
    payload: bytes

    @classmethod
    def decode(cls, datagram: bytes) -> Packet:
        """Takes one apart. ValueError for what is none.

        >>> from lake.radio.coap import Packet
        >>> Packet.decode(bytes.fromhex('4101000182bb74656d7065726174757265')).options
        ((11, b'temperature'),)
        """
        length = datagram[0] & 15 if datagram else 9
        if len(datagram) < 4 + length or length > 8 or datagram[0] >> 6 != 1:
            raise ValueError("this is no CoAP message")
        at, number, options = 4 + length, 0, []
        while at < len(datagram) and datagram[at] != 0xFF:
            delta, size = datagram[at] >> 4, datagram[at] & 15
            at += 1
            delta, at = _extended(datagram, at, delta)
            size, at = _extended(datagram, at, size)
            number += delta
            options.append((number, datagram[at : at + size]))
            at += size
        return cls(
            type=datagram[0] >> 4 & 3,
            code=datagram[1],
            message_id=int.from_bytes(datagram[2:4], "big"),
            token=datagram[4 : 4 + length],
            options=tuple(options),
            payload=datagram[at + 1 :],
        )

    def encode(self) -> bytes:
        """The reverse.

        >>> from lake.radio.coap import Packet
        >>> datagram = bytes.fromhex('6145000182ff32332043')
        >>> Packet.decode(datagram).encode() == datagram
        True
        """
        out = bytes([0x40 | self.type << 4 | len(self.token), self.code]) + self.message_id.to_bytes(2, "big")
        out += self.token
        number = 0
        for option, value in self.options:
            (delta, more_delta), (size, more_size) = _nibble(option - number), _nibble(len(value))
            out += bytes([delta << 4 | size]) + more_delta + more_size + value
            number = option
        return out + (b"\xff" + self.payload if self.payload else b"")

    def option(self, number: int) -> bytes | None:
        """The first option with a number; None: there is none.

        >>> from lake.radio.coap import Packet
        >>> Packet.decode(bytes.fromhex('40010001b161')).option(11)
        b'a'
        """
        return next((value for option, value in self.options if option == number), None)


def smallest(datagram: bytes, path: bytes = b"edhoc") -> bytes:
    """The same message from a stack that saves bytes: no token, no Content-Format, a short path.

    Which is what the comparison of CoAP security protocols (draft-ietf-iotops) counts.

    >>> len(lake.radio.coap.smallest(bytes.fromhex('48010001aabbccddeeff0011b568656c6c6f')))
    10
    """
    packet = Packet.decode(datagram)
    options = [option for option in packet.options if option[0] not in (_URI_PATH, _CONTENT_FORMAT)]
    if packet.option(_URI_PATH) is not None and packet.option(_OSCORE) is None:
        options.append((_URI_PATH, path))
    return replace(packet, token=b"", options=tuple(sorted(options))).encode()


def _extended(datagram: bytes, at: int, nibble: int) -> tuple[int, int]:
    size = {13: 1, 14: 2}.get(nibble, 0)
    base = {13: 13, 14: 269}.get(nibble, nibble)
    return base + int.from_bytes(datagram[at : at + size], "big"), at + size


def _nibble(value: int) -> tuple[int, bytes]:
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes([value - 13])
    return 14, (value - 269).to_bytes(2, "big")
