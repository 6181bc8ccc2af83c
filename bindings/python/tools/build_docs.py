"""Builds the API reference from the docstrings: build_docs.py <folder>. A warning is an error."""

from __future__ import annotations

import sys
import typing
import warnings
from importlib import import_module
from pathlib import Path

import pdoc

import lake
import lake.radio

MODULES = [
    "lake",
    "lake.aio",
    "lake.aiocoap",
    "lake.coap",
    "lake.endpoint",
    "lake.endpoint.aio",
    "lake.lakers",
    "lake.radio",
    "lake.testing",
]


def main() -> None:
    # Its parts are files of their own; who reads of Session wants to read of all.
    for part in lake.Session.__mro__:
        if part.__module__.startswith("lake.session."):
            for name, value in vars(part).items():
                if not name.startswith("_"):
                    setattr(lake.Session, name, value)
    parts = [name for name in sys.modules if name.startswith("lake.radio.")]
    for module in map(import_module, [*MODULES, *parts]):
        for thing in vars(module).values():
            if isinstance(thing, type) and hasattr(thing, "_fields"):  # pdoc cannot find what these name
                thing.__new__.__annotations__ = typing.get_type_hints(thing)
    warnings.simplefilter("error")
    pdoc.render.configure(docformat="markdown", show_source=False)
    pdoc.pdoc(*MODULES, output_directory=Path(sys.argv[1]))


if __name__ == "__main__":
    main()
