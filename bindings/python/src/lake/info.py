"""What the library is and can do: versions, features, cipher suites, methods, key pairs, log."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import byref, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, NamedTuple

from . import _abi
from ._abi import KeyKind
from ._library import (
    array,
    check,
    fill,
    get_bytes,
    get_code_and_text,
    get_numbers,
    get_text,
    lend,
    lib,
    tell,
    text,
    trampoline,
)
from ._status import Status


def version() -> str:
    """Version of the library.

    >>> lake.version() == lake.__version__
    True
    """
    return text(lib.lake_version())


def version_number() -> int:
    """The same as a number: major << 16 | minor << 8 | patch.

    >>> lake.version_number() >> 16
    1
    """
    return int(lib.lake_version_number())


def abi_version() -> int:
    """Version of the binary interface: the number in liblake.so.1.

    >>> lake.abi_version()
    1
    """
    return int(lib.lake_abi_version())


def build_info() -> str:
    """What the library was built with: version, Go version, modules; lines of text.

    >>> 'go1' in lake.build_info()
    True
    """
    return get_text(lib.lake_build_info)


def has_feature(name: str) -> bool:
    """Whether the library has a feature, such as 'method-3', 'suite-2' or 'psk'.

    >>> lake.has_feature('method-3'), lake.has_feature('teleport')
    (True, False)
    """
    return bool(lib.lake_has_feature(name.encode()))


def status_name(status: int) -> str:
    """Name of a status in C.

    >>> lake.status_name(lake.Status.ERR_MAC)
    'LAKE_ERR_MAC'
    """
    return text(lib.lake_status_name(status))


def status_text(status: int) -> str:
    """Meaning of a status, for people.

    >>> lake.status_text(lake.Status.ERR_MAC)
    'the MAC does not verify'
    """
    return text(lib.lake_strerror(status))


def state_name(state: int) -> str:
    """Name of a state of a session.

    >>> lake.state_name(lake.State.WAIT_MESSAGE_2)
    'WAIT_MESSAGE_2'
    """
    return text(lib.lake_state_name(state))


def live_handles() -> int:
    """Number of objects in the library that were not freed yet, for leak tests.

    >>> before = lake.live_handles()
    >>> with lake.Config():
    ...     lake.live_handles() - before
    1
    """
    return int(lib.lake_live_handles())


@dataclass(frozen=True)
class SuiteInfo:
    """Algorithms (COSE numbers) and sizes (bytes) of a cipher suite (RFC 9528 section 3.6)."""

    suite: int
    aead: int
    hash: int
    mac_length: int
    curve: KeyKind
    signature_algorithm: int
    signature_key: KeyKind
    app_aead: int
    app_hash: int
    key_length: int
    iv_length: int
    tag_length: int
    hash_length: int
    signature_length: int
    public_key_length: int
    app_key_length: int
    name: str


@dataclass(frozen=True)
class MethodInfo:
    """Who authenticates how in a method (RFC 9528 section 3.2)."""

    method: int
    signature_initiator: bool
    signature_responder: bool
    psk: bool
    name: str


def suites() -> list[int]:
    """The supported cipher suites.

    >>> 2 in lake.suites()
    True
    """
    return get_numbers(c_int32, lib.lake_suites)


def suite_info(suite: int) -> SuiteInfo:
    """Describes a suite; UnsupportedError if it is not supported.

    >>> lake.suite_info(2).mac_length, lake.suite_info(2).curve.name
    (8, 'P256')
    """
    made = fill(_abi.lake_suite_info, lib.lake_suite_info, suite)
    fields: dict[str, Any] = {name: getattr(made, name) for name, _ in made._fields_[1:]}
    kinds = {name: KeyKind(fields[name]) for name in ("curve", "signature_key")}
    return SuiteInfo(**fields | kinds | {"name": text(made.name)})


def methods() -> list[int]:
    """The supported methods.

    >>> 3 in lake.methods()
    True
    """
    return get_numbers(c_int32, lib.lake_methods)


def method_info(method: int) -> MethodInfo:
    """Describes a method; UnsupportedError if it is not supported.

    >>> lake.method_info(1).signature_initiator, lake.method_info(1).signature_responder
    (True, False)
    """
    made = fill(_abi.lake_method_info, lib.lake_method_info, method)
    return MethodInfo(
        method=made.method,
        signature_initiator=bool(made.signature_initiator),
        signature_responder=bool(made.signature_responder),
        psk=bool(made.psk),
        name=text(made.name),
    )


class KeyPair(NamedTuple):
    """A private key and its public key. It prints without the private key."""

    private: bytes
    public: bytes

    def __repr__(self) -> str:
        return f"KeyPair(private=<{len(self.private)} secret bytes>, public=bytes.fromhex({self.public.hex()!r}))"


def generate_keypair(kind: KeyKind) -> KeyPair:
    """Makes a key pair; sizes are those of the `KeyKind`.

    >>> private, public = lake.generate_keypair(lake.KeyKind.P256)
    >>> len(private), len(public)
    (32, 64)
    """
    private, public = ctypes.create_string_buffer(128), ctypes.create_string_buffer(128)
    private_len, public_len = c_size_t(), c_size_t()
    status = lib.lake_keypair_generate(kind, private, 128, byref(private_len), public, 128, byref(public_len))
    pair = KeyPair(private.raw[: private_len.value], public.raw[: public_len.value])
    lib.lake_wipe(private, 128)
    check(status)
    return pair


# --- Log -------------------------------------------------------------------------


_SEND = trampoline(_abi.lake_log_fn, tell)


def set_log(function: Callable[[str], None] | None) -> None:
    """Sends log lines, with no secret in them, to a function, for the whole process; None: off.

    Threads that call lake call it, several at once; some may still be in the one that was
    set before. What it raises goes to `sys.unraisablehook` and changes no result.

    >>> lines = []
    >>> lake.set_log(lines.append)
    >>> initiator, responder = lake.testing.handshake()
    >>> lake.set_log(None)
    >>> len(lines) > 0
    True
    """
    made = _abi.lake_log_fn() if function is None else _SEND
    check(lend(function, lambda *held: lib.lake_set_log(made, *held)))


# --- Error messages ----------------------------------------------------------------


class ErrorMessage(NamedTuple):
    """An EDHOC error message (RFC 9528 chapter 6)."""

    code: int
    text: str  # of code 1, else empty
    suites: list[int]  # of code 2, else empty


def build_error(code: int, text: str = "", suites: list[int] | None = None) -> bytes:
    """Makes an error message: code 1 with a text, code 2 with suites, code 3.

    >>> lake.build_error(2, suites=[2, 3]).hex()
    '02820203'
    """
    numbers, n = array(c_int32, suites or [])
    return get_bytes(lib.lake_error_build, code, text.encode(), numbers, n)


def parse_error(data: bytes) -> ErrorMessage:
    """Reads an error message; MessageError for what is none.

    >>> lake.parse_error(bytes.fromhex('02820203'))
    ErrorMessage(code=2, text='', suites=[2, 3])
    """
    data = bytes(data)
    code, said = get_code_and_text(lib.lake_error_parse, data, len(data))
    numbers = get_numbers(ctypes.c_int64, lib.lake_error_suites, data, len(data)) if code == 2 else []
    return ErrorMessage(code, said, numbers)


def saved_id(blob: bytes) -> bytes:
    """The 16-byte id of a saved session, to claim it by where several processes could restore it.

    >>> initiator, responder = lake.testing.handshake()
    >>> len(lake.saved_id(initiator.save(bytes(32))))
    16
    """
    out = ctypes.create_string_buffer(16)
    check(lib.lake_saved_id(bytes(blob), len(blob), out))
    return out.raw


__all__ = [
    "ErrorMessage", "KeyPair", "MethodInfo", "Status", "SuiteInfo", "abi_version", "build_error", "build_info",
    "generate_keypair", "has_feature", "live_handles", "method_info", "methods", "parse_error", "saved_id",
    "set_log", "state_name", "status_name", "status_text", "suite_info", "suites", "version", "version_number",
]  # fmt: skip
