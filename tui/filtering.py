"""What a list is narrowed to, and what is marked in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.selection import ItemRef


class CatalogueFilter(NamedTuple):
    """Which models the catalogue shows, as its keys set it: see `core.catalogue.Filter`."""

    vision: bool = False
    key: bool = False
    structured: bool = False
    served: bool = False
    model_type: str = ""

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return self != CatalogueFilter()

    @property
    def words(self) -> str:
        """What is asked for: `vision, key set, llm`."""
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        for asked, words in (
            (self.vision, "vision"),
            (self.key, "key set"),
            (self.structured, "objects"),
            (self.served, "served"),
            (self.model_type, self.model_type),
        ):
            if asked:
                yield words


class ListFilter(NamedTuple):
    """What a list is narrowed to, which of its rows are marked, and the call whose cost is told."""

    scope: ItemRef | None = None
    catalogue: CatalogueFilter = CatalogueFilter()
    marked: frozenset[ItemRef] = frozenset()
    tokens: tuple[int, int] = (1000, 500)

    @property
    def empty(self) -> str:
        """What to say when nothing is left; empty where nothing is left out."""
        if self.catalogue.any:
            return f"no model is left: {self.catalogue.words}; esc shows all"
        scope = self.scope
        return f"{scope.name} declares no models" if scope is not None and scope.kind == "backend" else ""


NO_FILTER = ListFilter()
"""A list that is narrowed to nothing."""
