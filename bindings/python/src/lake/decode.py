"""Any EDHOC message as a tree, for people."""

from __future__ import annotations

from . import _cbor
from ._abi import IdType
from ._cbor import Item
from .info import method_info, methods, suite_info, suites

_PADDING = 0
_ERROR_CODES = {0: "success", 1: "unspecified error", 2: "wrong selected cipher suite", 3: "unknown credential"}


def decode(data: bytes, message: int | None = None, suite: int | None = None) -> str:
    """A message as a tree in words, sizes and CBOR diagnostic notation.

    What it is, is seen from its shape: message_1, an error message, or one byte
    string. That can be message_2, 3 or 4: `message` tells which, and `suite` how
    long the key in message_2 is. A connection identifier or `true` in front, as
    over CoAP, is understood. What is no message is shown as CBOR.

    >>> print(lake.decode(bytes.fromhex('0202')))
    error message, 2 bytes
      ERR_CODE  2 (wrong selected cipher suite)
      SUITES_R  2
    """
    data = bytes(data)
    try:
        items = _cbor.parse(data)
    except ValueError as error:
        return _tree(f"no CBOR, {_bytes(data)}: {error}", [("bytes", data.hex())])
    prefix: list[tuple[str, str]] = []
    if len(items) >= 2 and _is_prefix(items):
        first, items = items[0], items[1:]
        what = "true: starts a run" if first.major == 7 else f"{first.diag()}: connection identifier of the receiver"
        prefix = [("prefix", f"{what} (CoAP, RFC 9528 appendix A.2)")]
    size = _bytes(b"".join(item.encoded for item in items))
    kind, rows = _classify(items, message, suite)
    return _tree(f"{kind}, {size}", prefix + rows)


def _is_prefix(items: list[Item]) -> bool:
    first, rest = items[0], items[1:]
    if first.major == 7 and first.value == 21 and len(rest) >= 4:
        return True
    return first.major in (0, 1, 2) and len(rest) == 1 and rest[0].major == 2 and len(rest[0].value) >= 8


def _classify(items: list[Item], message: int | None, suite: int | None) -> tuple[str, list[tuple[str, str]]]:
    majors = [item.major for item in items]
    if len(items) == 1 and majors == [2]:
        return _encrypted(items[0].value, message, suite)
    if len(items) >= 4 and majors[0] == 0 and majors[1] in (0, 1, 4) and majors[2] == 2 and majors[3] in (0, 1, 2):
        return "message_1", _message_1(items)
    if majors[:1] in ([0], [1]) and len(items) <= 2:
        return "error message", _error(items)
    return "no EDHOC message, CBOR", [("item", item.diag()) for item in items]


def _message_1(items: list[Item]) -> list[tuple[str, str]]:
    method, suites_i, g_x, c_i, *ead = items
    name = method_info(method.value).name if method.value in methods() else "unknown"
    given = [s.value for s in suites_i.value] if suites_i.major == 4 else [suites_i.value]
    rows = [("METHOD", f"{method.value} ({name})")]
    selected = given[-1] if given else None
    text = f"{suite_info(selected).name}" if selected in suites() else "unknown"
    rows += [("SUITES_I", f"{suites_i.diag()} (selected: {selected}, {text})")]
    if selected in suites() and len(g_x.value) != suite_info(selected).public_key_length:
        text = f", but suite {selected} has {suite_info(selected).public_key_length}"
    else:
        text = ""
    rows += [("G_X", f"{_bytes(g_x.value)}{text}, {g_x.diag()}"), ("C_I", c_i.diag())]
    return rows + _ead("EAD_1", ead)


def _ead(name: str, items: list[Item]) -> list[tuple[str, str]]:
    rows = []
    while items:
        label, *items = items
        value = ""
        if items and items[0].major == 2:
            value, items = f" = {_bytes(items[0].value)}, {items[0].diag()}", items[1:]
        kind = " (padding)" if label.value == _PADDING else " (critical)" if label.major == 1 else ""
        rows.append((name, f"{label.diag()}{kind}{value}"))
    return rows


def _error(items: list[Item]) -> list[tuple[str, str]]:
    code, *rest = items
    rows = [("ERR_CODE", f"{code.value} ({_ERROR_CODES.get(code.value, 'unknown')})")]
    name = {1: "text", 2: "SUITES_R"}.get(code.value, "ERR_INFO")
    return rows + [(name, item.diag()) for item in rest]


def _encrypted(content: bytes, message: int | None, suite: int | None) -> tuple[str, list[tuple[str, str]]]:
    if message == 2 or (message is None and len(content) > 32):
        sizes = {32: "X25519, P-256", 48: "P-384", 56: "X448"}
        if suite is not None:
            sizes = {suite_info(suite).public_key_length: ""}
        rows = []
        for size, curves in sizes.items():
            if len(content) > size:
                which = f" if {curves}" if curves else ""
                rows.append((f"G_Y{which}", f"{_bytes(content[:size])}, h'{content[:size].hex()}'"))
                rows.append((f"CIPHERTEXT_2{which}", f"{_bytes(content[size:])}, h'{content[size:].hex()}'"))
        return "message_2" + ("" if message else ", or message_3 or message_4"), rows
    kind = f"message_{message}" if message else "message_3 or message_4"
    return kind, [("CIPHERTEXT", f"{_bytes(content)}, tag of 8 or 16 included, h'{content.hex()}'")]


def describe_id_cred(id_cred: bytes) -> str:
    """An ID_CRED_x map in diagnostic notation, its labels named.

    >>> from lake.decode import describe_id_cred
    >>> describe_id_cred(bytes.fromhex('a1044105'))
    "{4: h'05'} (kid)"
    """
    try:
        (item,) = _cbor.parse(id_cred)
        labels = [label.value for label in item.value[::2]] if item.major == 5 else []
    except ValueError:
        return f"h'{id_cred.hex()}'"
    known = {int(kind): kind.name.lower() for kind in IdType}
    names = [known.get(label, "?") for label in labels if isinstance(label, int)]
    return f"{_short(item.diag())} ({', '.join(names)})"


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:140]}... ({len(text)} characters)"


def _bytes(data: bytes) -> str:
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}"


def _tree(head: str, rows: list[tuple[str, str]]) -> str:
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join([head, *(f"  {name:<{width}}  {text}" for name, text in rows)])
