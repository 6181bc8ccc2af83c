"""Messages for people: what the program lake-explain says.

It is a program and not a part of liblake.so, which devices carry, and has a package of its
own, `liblake-explain`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence

from ._library import Bytes


def path() -> str:
    """Where lake-explain is: LAKE_EXPLAIN if that is set, else where pip puts programs, else in PATH.

    >>> lake._explain.path().endswith('lake-explain')
    True
    """
    given = os.environ.get("LAKE_EXPLAIN")
    if given:
        return given
    folders = [sysconfig.get_path("scripts", scheme) for scheme in (sysconfig.get_default_scheme(), f"{os.name}_user")]
    found = shutil.which("lake-explain", path=os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)]))
    if not found:
        raise ImportError("messages are explained by the command lake-explain: pip install 'liblake[explain]'")
    return found


def ask(lines: Sequence[str]) -> list[str]:
    """The program's answers to requests, which `lake-explain -h` lists.

    >>> lake._explain.ask(['diag 01', 'diag f5'])
    ['1', 'true']
    """
    if not lines:
        return []
    asked = "\n".join(lines) + "\n"
    done = subprocess.run([path(), "answers"], input=asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    return done.stdout.split("\0")[:-1]


def to_decode(data: Bytes, message: int | None = None, suite: int | None = None) -> str:
    """The request for a message as a tree: see `decode`.

    >>> from lake._explain import to_decode
    >>> to_decode(b'\\x02\\x02', 1)
    'decode 1 -1 0202'
    """
    return f"decode {message or 0} {-1 if suite is None else suite} {bytes(data).hex()}"


def to_describe(id_cred: Bytes) -> str:
    """The request for an ID_CRED_x map in diagnostic notation, its labels named.

    >>> from lake._explain import ask, to_describe
    >>> ask([to_describe(bytes.fromhex('a1044105'))])
    ["{4: h'05'} (kid)"]
    """
    return f"id-cred {bytes(id_cred).hex()}"


def decode(data: Bytes, message: int | None = None, suite: int | None = None) -> str:
    """A message as a tree in words, sizes and CBOR diagnostic notation.

    What it is, is seen from its shape: message_1, an error message, or one byte
    string. That can be message_2, 3 or 4: `message` tells which, and `suite` how
    long the key in message_2 is. A connection identifier or `true` in front, as
    over CoAP, is understood. What is no message is shown as CBOR. Lines that begin
    with ! say what is wrong with it.

    >>> print(lake.decode(bytes.fromhex('0202')))
    error message, 2 bytes
      ERR_CODE  2 (wrong selected cipher suite)
      SUITES_R  2
    """
    return ask([to_decode(data, message, suite)])[0]


def diag(data: Bytes) -> str:
    """Diagnostic notation of a CBOR sequence, or the bytes if it is none.

    >>> lake.diag(bytes.fromhex('a1044105'))
    "{4: h'05'}"
    """
    return ask([f"diag {bytes(data).hex()}"])[0]


def run(arguments: Sequence[str]) -> int:
    """The program itself, on the terminal of this one; its exit code.

    >>> lake._explain.run(['version'])
    0
    """
    return subprocess.run([path(), *arguments], check=False).returncode
