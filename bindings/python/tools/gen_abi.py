"""Writes src/lake/_abi.py from include/lake.h: constants, structs, prototypes.

Run it after a change of lake.h; with --check it writes nothing and fails if the
file is not what it would write (a test does that).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADER = HERE.parents[2] / "include" / "lake.h"
TARGET = HERE.parent / "src" / "lake" / "_abi.py"

# Prefix of the constants -> the enum they become, its kind, what it is.
ENUMS = {
    "LAKE_KEY_": ("KeyKind", "IntEnum", "Kinds of key."),
    "LAKE_CREDENTIAL_": ("CredentialKind", "IntEnum", "Kinds of credential."),
    "LAKE_ID_": ("IdType", "IntEnum", "Ways to refer to a credential (RFC 9528 section 3.5.3)."),
    "LAKE_TEXT_": ("TextKind", "IntEnum", "What Credential.text gives."),
    "LAKE_DATA_": ("DataKind", "IntEnum", "What Credential.data gives."),
    "LAKE_NAME_": ("NameKind", "IntEnum", "Kinds of name that a peer can have."),
    "LAKE_PEER_": ("PeerPolicy", "IntEnum", "Whose credentials are trusted."),
    "LAKE_PULL_": ("Pull", "IntFlag", "Questions that come to the host as a Pending exception."),
    "LAKE_EAD_": ("EADMark", "IntFlag", "What is added to the number of the message that an item came in."),
    "LAKE_STATE_": ("State", "IntEnum", "States of a session."),
    "LAKE_NEXT_": ("Next", "IntEnum", "What a session expects of the host."),
    "LAKE_RENEWAL_": ("Renewal", "IntEnum", "What is due to keep a session's keys fresh."),
    "LAKE_COAP_OPTION_": ("Option", "IntEnum", "Numbers of CoAP options that a stack has to know."),
    "LAKE_COAP_FORMAT_": ("Format", "IntEnum", "Content-Formats."),
    "LAKE_COAP_CODE_": ("Code", "IntEnum", "CoAP codes."),
    "LAKE_COAP_EVENT_": ("EventKind", "IntEnum", "What happens to a run."),
}
# Constants without a prefix that says what they are -> the prefix of their enum, and its name.
LOOSE = {
    **dict.fromkeys(("LAKE_INITIATOR", "LAKE_RESPONDER"), "LAKE_ROLE_"),
    **dict.fromkeys(("LAKE_COAP_UNSAID", "LAKE_COAP_YES", "LAKE_COAP_NO"), "LAKE_COAP_ANSWER_"),
}
LOOSE_ENUMS = {
    "LAKE_ROLE_": ("Role", "IntEnum", "Sides of a run of EDHOC."),
    "LAKE_COAP_ANSWER_": ("Answer", "IntEnum", "What a profile says about a feature."),
}
NO_ENUM = ("LAKE_ABI_VERSION", "LAKE_VERSION_NUMBER", "LAKE_COAP_LIST_MAX")
SCALARS = {
    "lake_status": "c_int32",
    "int32_t": "c_int32",
    "uint32_t": "c_uint32",
    "int64_t": "c_int64",
    "uint64_t": "c_uint64",
    "size_t": "c_size_t",
    "uint8_t": "c_uint8",
}


def ctype(declaration: str) -> str:
    """The ctypes type of a parameter or result such as `const uint8_t *in`."""
    if (callback := declaration.split()[0]).endswith("_fn"):
        return callback
    if "*" in declaration or "[" in declaration:
        text = re.fullmatch(r"const char \*\w*", declaration)
        return "c_char_p" if text else "c_void_p"
    words = declaration.removeprefix("const ").split()
    return "None" if words[0] == "void" else SCALARS[words[0]]


def parameters(text: str) -> list[str]:
    return [] if text.strip() == "void" else [" ".join(p.split()) for p in text.split(",")]


def constants(header: str) -> list[str]:
    found = re.findall(r"#define (LAKE_\w+)\s+\(?(-?\d+)u?\b\)?(?:[ \t]*/\* *(.*?) *\*/)?", header)
    table = {**LOOSE_ENUMS, **ENUMS}
    enums: dict[str, list[tuple[str, str, str]]] = {}
    lines = []
    for name, value, comment in found:
        prefix = LOOSE.get(name) or next((p for p in ENUMS if name.startswith(p)), None)
        if prefix:
            member = name.rsplit("_", 1)[-1] if name in LOOSE else name.removeprefix(prefix)
            enums.setdefault(prefix, []).append((member, value, comment))
        elif name not in NO_ENUM:
            raise SystemExit(f"gen_abi: {name} is in no enum: extend ENUMS")
    for prefix, (name, base, doc) in table.items():
        lines += ["", "", f"class {name}({base}):", f'    """{doc}"""', ""]
        for member, value, comment in enums[prefix]:
            lines += [f"    {member} = {value}" + (f"  # {comment}" if comment else "")]
    return lines


def structs(header: str) -> list[str]:
    lines = []
    for name, body in re.findall(r"^struct (lake_\w+) \{\n(.*?)^\};", header, re.S | re.M):
        lines += ["", "", f"class {name}(Structure):", "    _fields_ = ("]
        for kind, pointer, field, size in re.findall(r"^\s+(?:const )?(\w+) (\*?)(\w+)(?:\[(\d+)\])?;", body, re.M):
            scalar = "c_char_p" if pointer and kind == "char" else "c_void_p" if pointer else SCALARS[kind]
            lines += [f'        ("{field}", {scalar}{f" * {size}" if size else ""}),']
        lines += ["    )"]
    return lines


def callbacks(header: str) -> list[str]:
    lines = []
    for result, name, params in re.findall(r"typedef (\w+) \(\*(lake_\w+_fn)\)\((.*?)\);", header, re.S):
        types = [ctype(result)] + [ctype(p) for p in parameters(params)]
        lines += [f"{name} = CFUNCTYPE({', '.join(types)})"]
    return lines


def prototypes(header: str) -> list[str]:
    lines = ["", "PROTOTYPES: dict[str, tuple[Any, ...]] = {"]
    for result, name, params in re.findall(r"^([a-z][\w ]*?[ *]+)(lake_\w+)\(([^;{]*)\);", header, re.S | re.M):
        types = [ctype(result.strip())] + [ctype(p) for p in parameters(params)]
        line = f'    "{name}": ({", ".join(types)}{"," if len(types) == 1 else ""}),'
        if len(line) > 110:
            line = f'    "{name}": (\n        ' + ",\n        ".join(types) + ",\n    ),"
        lines += [line]
    return [*lines, "}", '"""Result and parameters of every function of lake.h."""']


def module(header: str) -> str:
    header = re.sub(r"/\* begin of the generated.*?end of the generated[^\n]*", "", header, flags=re.S)
    bare = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    body = constants(header) + structs(bare) + ["", "", *callbacks(bare)] + prototypes(bare)
    names = sorted(set(re.findall(r"\b(c_\w+|Structure|CFUNCTYPE)\b", "\n".join(body))))
    head = [
        '"""Made from include/lake.h by tools/gen_abi.py. Do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from ctypes import (",
        *[f"    {name}," for name in sorted(names, key=lambda n: (n[0].islower(), n))],
        ")",
        "from enum import IntEnum, IntFlag",
        "from typing import Any",
    ]
    return "\n".join(head + body) + "\n"


def main() -> None:
    text = module(HEADER.read_text())
    if "--check" not in sys.argv:
        TARGET.write_text(text)
    elif TARGET.read_text() != text:
        raise SystemExit("src/lake/_abi.py is not what lake.h gives: run tools/gen_abi.py")


if __name__ == "__main__":
    main()
