"""The environment tests run in: a small fixed one instead of the developer's, and the original for who needs it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

ORIGINAL: Final[Mapping[str, str]] = MappingProxyType(dict(os.environ))
"""The environment this process was started with: for tools such as pip that need the machine's own settings."""

# What the interpreter, pytest and coverage need to go on working, and the settings of these tests themselves.
_KEPT = ("PATH", "TMPDIR", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONUTF8")
_KEPT_PREFIXES = ("PIPEDECK_", "PYTEST_", "COVERAGE_", "COV_", "HYPOTHESIS_")

_FIXED = {"LANG": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color"}


def fenced(home: Path) -> dict[str, str]:
    """A minimal environment whose home is `home`: no keys, no XDG, SSH, tmux or Pipelex variables, UTC, UTF-8.

    It is built up from nothing rather than cleaned, so a variable nobody thought of cannot come through.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return {**kept, **_FIXED, "HOME": str(home)}


def keep_bytecode() -> Callable[[], None]:
    """Let programs that tests start find their modules compiled, also where no bytecode may lie beside the sources.

    Half of the time of a command goes into compiling otherwise. Returns what takes the bytecode away again.
    """
    if not os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        return lambda: None
    folder = TemporaryDirectory(prefix="pipedeck-bytecode-", ignore_cleanup_errors=True)
    os.environ["PYTHONPYCACHEPREFIX"] = folder.name
    return folder.cleanup
