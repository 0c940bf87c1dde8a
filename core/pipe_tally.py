"""The count of a project's pipes, as the verdict says it."""

from __future__ import annotations

from typing import Final, NamedTuple


class PipeTally(NamedTuple):
    """Counts of the pipes of a project that use a model."""

    total: int = 0
    able: int = 0
    unknown: int = 0

    @property
    def words(self) -> str:
        """`5 of 7 pipes of this project can run`."""
        unknown = f", {self.unknown} unknown" if self.unknown else ""
        noun = "pipe" if self.total == 1 else "pipes"
        return f"{self.able} of {self.total} {noun} of this project can run{unknown}"


NO_PIPES: Final = PipeTally()
