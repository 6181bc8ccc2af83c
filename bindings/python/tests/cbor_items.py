"""CBOR sequences, taken apart by cbor2."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import cbor2


class Item(NamedTuple):
    value: Any
    encoded: bytes


def parse(data: bytes) -> list[Item]:
    """The items of a sequence, each with its encoding."""
    stream, items = io.BytesIO(data), []
    while (at := stream.tell()) < len(data):
        value = cbor2.CBORDecoder(stream).decode()
        items.append(Item(value, data[at : stream.tell()]))
    return items


def first(data: bytes) -> Item:
    """The first item, whatever follows."""
    stream = io.BytesIO(data)
    return Item(cbor2.CBORDecoder(stream).decode(), data[: stream.tell()])
