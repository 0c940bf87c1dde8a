"""The environment of tests: a minimal fixed one instead of the developer's, and the original for tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

ORIGINAL: Final[Mapping[str, str]] = MappingProxyType(dict(os.environ))
"""The environment of this process at its start, for tools such as pip that need the machine's settings."""

# The variables that the interpreter, pytest, coverage and these tests need.
_KEPT = ("PATH", "TMPDIR", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONUTF8")
_KEPT_PREFIXES = ("PIPEDECK_", "PYTEST_", "COVERAGE_", "COV_", "HYPOTHESIS_")

# The day is fixed, as models end on days.
_FIXED = {"LANG": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color", "PIPEDECK_TODAY": "2025-11-01"}


def fenced(home: Path) -> dict[str, str]:
    """A minimal environment whose home is `home`: no keys, no XDG, SSH, tmux or Pipelex variables, UTC, UTF-8.

    Built from nothing instead of filtered, so that no unexpected variable remains.
    """
    kept_ = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return {**kept_, **_FIXED, "HOME": str(home)}


def of_release(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program in the cache of the tests: its bytecode stays beside it, for the next run."""
    return {name: value for name, value in environ.items() if name != "PYTHONPYCACHEPREFIX"}


def keep_bytecode() -> Callable[[], None]:
    """Keep the bytecode of programs that tests start in a folder, also where none may be beside the sources.

    Otherwise compiling takes half of the time of a command. Returns a function that removes the bytecode.
    """
    if not os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        return lambda: None
    folder = TemporaryDirectory(prefix="pipedeck-bytecode-", ignore_cleanup_errors=True)
    os.environ["PYTHONPYCACHEPREFIX"] = folder.name
    return folder.cleanup
