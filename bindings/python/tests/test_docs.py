"""Every public class, function, method and property says what it is, with an example that doctest runs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import lake
import lake.aio
import lake.aiocoap
import lake.coap
import lake.endpoint
import lake.endpoint.aio
import lake.lakers
import lake.radio
import lake.radio.coap
import lake.testing

MODULES = (lake, lake.aio, lake.aiocoap, lake.coap, lake.endpoint, lake.endpoint.aio, lake.lakers, lake.testing)


def _public() -> Iterator[tuple[str, Any]]:
    for module in MODULES:
        for name, thing in vars(module).items():
            if name.startswith("_") or isinstance(thing, ModuleType):
                continue
            if not getattr(thing, "__module__", "").startswith("lake") or not callable(thing):
                continue
            if "fixture" in str(type(thing)).lower():
                continue
            yield f"{module.__name__}.{name}", thing


@pytest.mark.parametrize(("name", "thing"), list(_public()), ids=lambda x: x if isinstance(x, str) else "")
def test_documented(name: str, thing: Any) -> None:
    assert inspect.getdoc(thing), name
    if not inspect.isclass(thing):
        assert ">>>" in (inspect.getdoc(thing) or ""), name
        return
    for base in thing.__mro__:
        if not base.__module__.startswith("lake"):
            continue
        for member, value in vars(base).items():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            if member.startswith("_") or not inspect.isfunction(function) or function.__module__ != base.__module__:
                continue
            if thing in (lake.aiocoap.Hello, lake.aiocoap.SecurityContext):
                continue  # what aiocoap calls
            assert inspect.getdoc(getattr(thing, member)), f"{name}.{member}"
            overridden = any(">>>" in (getattr(b, member).__doc__ or "") for b in thing.__mro__ if hasattr(b, member))
            assert overridden or "See the example" in (function.__doc__ or ""), f"{name}.{member} has no example"
