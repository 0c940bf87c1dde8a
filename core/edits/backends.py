"""Edits of backends: on and off, and the fields of their tables."""

from __future__ import annotations

from core.edits.desk import Desk
from core.edits.refusals import NotDoneError
from core.edits.shelf import Shelf
from core.records import dataclass
from core.suggest import did_you_mean


def require_backend(desk: Desk, name: str) -> None:
    """Raises NotDoneError when `backends.toml` has no such backend."""
    backends = desk.report.catalog.backends
    if name not in backends:
        raise NotDoneError(f"There is no backend `{name}`.", did_you_mean(name, backends) or "Add it first.")


@dataclass(frozen=True, slots=True)
class SwitchBackend:
    """Turn a backend on or off."""

    backend: str
    on: bool

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"turn {self.backend} {'on' if self.on else 'off'}"

    def draw(self, desk: Desk) -> None:
        """See `Intent`."""
        require_backend(desk, self.backend)
        Shelf(desk, "backends").put_field((self.backend,), "enabled", self.on)
