"""CBOR for people: a sequence as diagnostic notation (RFC 8949 section 8).

For showing only: what is received is judged by the C library.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

_DEPTH = 32
_SIMPLE = {20: "false", 21: "true", 22: "null", 23: "undefined"}


@dataclass(frozen=True)
class Item:
    """One item of CBOR: its major type, value (items of arrays and maps as a list) and encoding."""

    major: int
    value: Any
    encoded: bytes

    def diag(self) -> str:
        """Diagnostic notation.

        >>> from lake._cbor import parse
        >>> parse(bytes.fromhex('a1044105'))[0].diag()
        "{4: h'05'}"
        """
        if self.major in (0, 1):
            return str(self.value)
        if self.major == 2:
            return f"h'{self.value.hex()}'"
        if self.major == 3:
            quoted = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in self.value)
            return f'"{quoted}"'
        parts = [item.diag() for item in self.value] if self.major in (4, 5, 6) else []
        if self.major == 4:
            return f"[{', '.join(parts)}]"
        if self.major == 5:
            return "{" + ", ".join(f"{k}: {v}" for k, v in zip(parts[::2], parts[1::2], strict=True)) + "}"
        if self.major == 6:
            return f"{_argument(self.encoded, 0)[0]}({parts[0]})"
        if isinstance(self.value, float):
            return repr(self.value).replace("inf", "Infinity").replace("nan", "NaN")
        return _SIMPLE.get(self.value, f"simple({self.value})")


def parse(data: bytes) -> list[Item]:
    """The items of a CBOR sequence; ValueError for what is none.

    >>> from lake._cbor import parse
    >>> [item.value for item in parse(b'\\x03\\x02\\x41A')]
    [3, 2, b'A']
    """
    items, at = [], 0
    while at < len(data):
        item, at = _item(data, at, 0)
        items.append(item)
    return items


def first(data: bytes) -> Item:
    """The first item, whatever follows; ValueError if there is none.

    >>> from lake._cbor import first
    >>> first(b'\\x41A and more').value
    b'A'
    """
    return _item(data, 0, 0)[0]


def _argument(data: bytes, at: int) -> tuple[int, int]:
    info, at = data[at] & 31, at + 1
    if info < 24:
        return info, at
    if info > 27:
        raise ValueError(f"byte {at - 1}: 0x{data[at - 1]:02x} is reserved or of indefinite length")
    size = 1 << (info - 24)
    if at + size > len(data):
        raise ValueError(f"the data ends in the number at byte {at}")
    return int.from_bytes(data[at : at + size], "big"), at + size


def _item(data: bytes, start: int, depth: int) -> tuple[Item, int]:
    if start >= len(data):
        raise ValueError("the data ends where an item should begin")
    if depth > _DEPTH:
        raise ValueError(f"items are nested deeper than {_DEPTH}")
    major = data[start] >> 5
    n, at = _argument(data, start)
    value: Any = n
    if major == 1:
        value = -1 - n
    elif major in (2, 3):
        if n > len(data) - at:
            raise ValueError(f"byte {start}: a string of {n} bytes, but {len(data) - at} are left")
        value, at = data[at : at + n], at + n
        if major == 3:
            value = value.decode()
    elif major in (4, 5, 6):
        value = []
        for _ in range({4: n, 5: 2 * n, 6: 1}[major]):
            inner, at = _item(data, at, depth + 1)
            value.append(inner)
    elif major == 7 and at - start > 2:
        value = struct.unpack({3: ">e", 5: ">f", 9: ">d"}[at - start], data[start + 1 : at])[0]
    return Item(major, value, data[start:at]), at


def diag(data: bytes) -> str:
    """Diagnostic notation of a CBOR sequence, or the bytes if it is none.

    >>> lake.diag(bytes.fromhex('a1044105'))
    "{4: h'05'}"
    """
    try:
        return ", ".join(item.diag() for item in parse(data))
    except ValueError:
        return f"h'{data.hex()}'"
