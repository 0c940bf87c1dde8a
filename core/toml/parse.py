"""The parser of TOML, the one Pipelex itself uses; a thread that reads a long text with it gives way to others.

The compiled parser keeps the interpreter to itself until it has read all, which takes a second for some megabytes, and
no key is answered meanwhile. Its own source reads the same texts to the same values and errors, half as fast, and lets
other threads go on all the time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

import tomli

LONG = 192 * 1024
"""From so many characters on: some 30 ms of the compiled parser, on slow machines 100; no file of a stock tree has so
many."""


def parse(text: str) -> dict[str, Any]:
    """The data of a text. Raises what `tomli.loads` raises: TOMLDecodeError, RecursionError and ValueError."""
    if len(text) >= LONG and threading.current_thread() is not threading.main_thread():
        return patient()(text)
    return tomli.loads(text)


@lru_cache(maxsize=1)
def patient() -> Callable[[str], dict[str, Any]]:
    """`tomli.loads` that gives way to other threads; the compiled one where its source is not installed."""
    import importlib.util
    from importlib.machinery import SourceFileLoader
    from pathlib import Path

    source = Path(tomli.__file__).with_name("_parser.py")
    if not source.exists():
        return tomli.loads
    name = "tomli._patient"
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, str(source)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    module.TOMLDecodeError = tomli.TOMLDecodeError  # type: ignore[attr-defined]
    return cast("Callable[[str], dict[str, Any]]", module.loads)
