"""The one place that loads liblake.so and calls it."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from ctypes import byref, c_int64, c_size_t
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from . import _abi, errors
from ._status import Status

if TYPE_CHECKING:
    from typing_extensions import Self

Bytes: TypeAlias = bytes | bytearray | memoryview
"""What functions take where they want bytes."""


def path() -> str:
    """Where liblake.so is: LAKE_LIBRARY if that is set, else beside this file, as a wheel
    has it, else where the system's loader looks, as distributions have it.

    >>> lake._library.path().endswith('.so')
    True
    """
    beside = Path(__file__).with_name("liblake.so")
    return os.environ.get("LAKE_LIBRARY") or (str(beside) if beside.exists() else "liblake.so.1")


class Library:
    """The functions of lake.h by name, each bound when it is first used."""

    def __init__(self) -> None:
        self._dll: ctypes.CDLL | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in _abi.PROTOTYPES:
            raise AttributeError(name)
        if self._dll is None:
            self._dll = ctypes.CDLL(path())
        try:
            function = self._dll[name]
        except AttributeError:
            raise ImportError(f"{path()} has no {name}: it is older than this package") from None
        function.restype, *function.argtypes = _abi.PROTOTYPES[name]

        def call(*args: Any) -> Any:
            try:
                return function(*args)
            except ctypes.ArgumentError:
                raise TypeError(f"{name}: an argument is of the wrong type") from None

        setattr(self, name, call)
        return call


lib = Library()


# --- Exceptions of callbacks ----------------------------------------------------


class _Raised(threading.local):
    """The exception that left a callback of the call under way on this thread."""

    error: BaseException | None = None


_raised = _Raised()


def trampoline(kind: Any, function: Callable[..., int | None]) -> Any:
    """The C function that calls one of Python: no exception leaves it; `check` raises it again.

    There is one for all callbacks of a kind, and it is there for ever: threads may be in
    it when Python ends. What it is for in a call stands in the userdata: see `lend`.
    """

    def call(*args: Any) -> int:
        # A call that the callback makes has exceptions of its own.
        before, _raised.error = _raised.error, None
        try:
            status = function(*args) or Status.OK
        except BaseException as error:  # noqa: BLE001 - raised again by check
            _raised.error = before or error
            return Status.ERR_CALLBACK
        _raised.error = before
        return int(status)

    made = kind(call)
    _ref(made)
    return made


_ref, _unref = ctypes.pythonapi.Py_IncRef, ctypes.pythonapi.Py_DecRef
for _count in (_ref, _unref):
    _count.restype, _count.argtypes = None, [ctypes.py_object]


def lent(userdata: int) -> Any:
    """What the library has as a userdata."""
    return ctypes.cast(userdata, ctypes.py_object).value


def _destroy(userdata: int) -> None:
    _unref(lent(userdata))


_DESTROY = trampoline(_abi.lake_destroy_fn, _destroy)


def lend(thing: object, call: Callable[[int | None, Any], int]) -> int:
    """Makes a call that takes a userdata and its destroy function, and gives its status.

    The library keeps the thing alive from then on, until it destroys it; None is NULL.
    """
    if thing is None:
        return call(None, _abi.lake_destroy_fn())
    _ref(thing)
    try:
        status = call(id(thing), _DESTROY)
    except BaseException:
        _unref(thing)
        raise
    if status < 0:
        _unref(thing)
    return status


@dataclass
class _Unraisable:
    """What sys.unraisablehook takes."""

    exc_type: type[BaseException]
    exc_value: BaseException | None
    exc_traceback: TracebackType | None
    err_msg: str | None
    object: Any


def tell(function: int, line: bytes) -> None:
    """Calls a function that was lent with text; no result depends on what it raises."""
    listener = lent(function)
    try:
        listener(text(line))
    except BaseException as error:  # noqa: BLE001
        sys.unraisablehook(_Unraisable(type(error), error, error.__traceback__, "Exception ignored in", listener))


def raise_from_callback() -> None:
    """Raises what a callback raised, if one did."""
    error = _raised.error
    if error is not None:
        _raised.error = None
        try:
            raise error
        finally:
            del error


# --- Calls -----------------------------------------------------------------------


def fail(status: int, detail: str = "", error_message: bytes | None = None) -> NoReturn:
    """Raises the exception of a status, or that of a callback."""
    raise_from_callback()
    raise errors.exception(Status(status), text(lib.lake_strerror(status)), detail, error_message)


def check(status: int) -> None:
    """Raises unless a call that takes no session succeeded."""
    if status != 0 or _raised.error is not None:
        fail(status)


def text(data: bytes) -> str:
    """Text of the library, which may quote what a peer sent."""
    return data.decode(errors="replace")


Checker = Callable[[int], None]


def fill(kind: Any, function: Any, *args: Any, check: Checker = check) -> Any:
    """Calls a function that ends with a pointer to a struct, and gives that."""
    made = struct(kind)
    check(function(*args, byref(made)))
    return made


def get_bytes(function: Any, *args: Any, cap: int = 256, secret: bool = False, check: Checker = check) -> bytes:
    """Calls a function that ends with (out, cap, len)."""
    size = c_size_t()
    while True:
        buffer = ctypes.create_string_buffer(cap)
        status = function(*args, buffer, cap, byref(size))
        if status != Status.ERR_BUFFER_TOO_SMALL:
            break
        cap = size.value
    out = ctypes.string_at(buffer, size.value) if status == 0 else b""
    if secret:
        lib.lake_wipe(buffer, cap)
    check(status)
    return out


def get_text(function: Any, *args: Any, check: Checker = check) -> str:
    """The same for text."""
    return text(get_bytes(function, *args, check=check))


def get_numbers(kind: Any, function: Any, *args: Any, check: Checker = check) -> list[int]:
    """The same for a list of numbers of a ctypes type."""
    cap, size = 32, c_size_t()
    while True:
        buffer = (kind * cap)()
        status = function(*args, buffer, cap, byref(size))
        if status != Status.ERR_BUFFER_TOO_SMALL:
            check(status)
            return list(buffer[: size.value])
        cap = size.value


def get_number(kind: Any, function: Any, *args: Any, check: Checker = check) -> int:
    """Calls a function that ends with a pointer to a number."""
    number = kind()
    check(function(*args, byref(number)))
    return int(number.value or 0)


def get_code_and_text(function: Any, *args: Any, check: Checker = check) -> tuple[int, str]:
    """Calls a function that ends with (code, out, cap, len)."""
    code = c_int64()
    said = get_text(function, *args, byref(code), check=check)
    return code.value, said


def array(kind: Any, numbers: Any) -> tuple[Any, int]:
    """A C array of numbers, and how many they are; ValueError for one that does not fit."""
    values = list(numbers)
    made = (kind * len(values))(*values)
    if list(made) != values:
        raise ValueError(f"a number is out of range: {values}")
    return made, len(values)


def byte_arrays(items: Any) -> tuple[Any, Any, int]:
    """Byte strings as (pointers, lengths, how many)."""
    values = [bytes(item) for item in items]
    n = len(values)
    return (ctypes.c_char_p * n)(*values), (c_size_t * n)(*map(len, values)), n


def optional(data: Bytes | None) -> tuple[bytes | None, int]:
    """Bytes that may not be there, as (pointer, length)."""
    given = None if data is None else bytes(data)
    return given, len(given or b"")


def struct(kind: Any, **fields: Any) -> Any:
    """A struct with its size set; ValueError for a number that does not fit its field."""
    made = kind(struct_size=ctypes.sizeof(kind))
    for name, value in fields.items():
        setattr(made, name, value)
        if isinstance(value, int) and getattr(made, name) != value:
            raise ValueError(f"{name} is out of range")
    return made


class Handle:
    """What owns a handle of the library: freed by close, `with`, or when it is gone."""

    __slots__ = ("__weakref__", "_closed", "_handle")

    _free: str

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._closed = False

    def close(self) -> None:
        """Frees it; every later use is a HandleError. Closing again does nothing.

        StateError if it cannot be freed now: while another call on it is under way,
        or because it belongs to a server or client of `lake.coap`.

        >>> config = lake.Config()
        >>> config.close()
        >>> config.set_methods([3])
        Traceback (most recent call last):
        lake.errors.HandleError: the handle is stale, freed or of another kind
        """
        if self._closed:
            return
        status = getattr(lib, self._free)(self._handle)
        if status in (Status.ERR_BUSY, Status.ERR_STATE):
            fail(status)
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True) and not sys.is_finalizing():
            getattr(lib, self._free)(self._handle)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} cannot be pickled")
