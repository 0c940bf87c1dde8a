"""Regular expressions that are compiled when they are first used: most of them wait for a file that is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

__all__ = ["pattern"]


class _Waiting:
    """Becomes a compiled pattern: what is asked of it is asked of the pattern, and then remembered."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        self.__dict__[name] = found
        return found


if TYPE_CHECKING:

    def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
        """A pattern as `re.compile` gives it, compiled with its first use."""
        raise NotImplementedError
else:

    def pattern(text, flags=0):
        """A pattern as `re.compile` gives it, compiled with its first use."""
        return _Waiting(text, flags)
