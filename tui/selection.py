"""References to items of a tree by name, valid when it is reloaded; the filters of lists, and the visited items."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_SEPARATOR = "\x1f"

DECK_KINDS = frozenset({"preset", "alias", "waterfall", "choice"})


class ItemRef(NamedTuple):
    """An item: `kind` is `overview`, `backend`, `model`, `route`, `profile`, `cause`, `problem`, `pipe` or a deck
    kind.

    `family` tells items of one name apart: the family of a reference, the section of a route, the file of a pipe.
    """

    kind: str
    family: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """The key of the item's row, and of links to it."""
        return _SEPARATOR.join((self.kind, self.family.replace(_SEPARATOR, " "), self.name))

    @property
    def pane(self) -> str | None:
        """The pane that lists the item, if any."""
        if self.kind in DECK_KINDS:
            return "deck"
        return {
            "backend": "backends",
            "model": "models",
            "route": "routes",
            "cause": "problems",
            "problem": "problems",
            "pipe": "methods",
        }.get(self.kind)


OVERVIEW = ItemRef("overview")


def parse_ref(key: str) -> ItemRef:
    """The item of a key."""
    kind, family, name = (*key.split(_SEPARATOR, 2), "", "")[:3]
    return ItemRef(kind, family, name)


class CatalogueFilter(NamedTuple):
    """The filter of the list of models, set by its keys; see `core.catalogue.Filter`."""

    vision: bool = False
    key: bool = False
    structured: bool = False
    served: bool = False
    model_type: str = ""

    @property
    def any(self) -> bool:
        """Whether a condition is set."""
        return self != CatalogueFilter()

    @property
    def description(self) -> str:
        """The conditions: `vision, key set, llm`."""
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        for is_set, label in (
            (self.vision, "vision"),
            (self.key, "key set"),
            (self.structured, "objects"),
            (self.served, "served"),
            (self.model_type, self.model_type),
        ):
            if is_set:
                yield label


class ListFilter(NamedTuple):
    """The scope and conditions of a list, its marked rows, the tokens of the call to price, and the form of prices."""

    scope: ItemRef | None = None
    catalogue: CatalogueFilter = CatalogueFilter()
    marked: frozenset[ItemRef] = frozenset()
    tokens: tuple[int, int] = (1000, 500)
    cents: bool = False
    """Whether prices are rounded to cents, as a narrow list has no room for more beside the names."""

    @property
    def empty(self) -> str:
        """The message of a list without a match; empty without a filter."""
        if self.catalogue.any:
            return f"no match: {self.catalogue.description}; esc clears the filter"
        scope = self.scope
        return f"{scope.name} declares no models" if scope is not None and scope.kind == "backend" else ""


NO_FILTER = ListFilter()
"""A list without a filter."""


class History:
    """The visited items, as in a browser: a new step drops those ahead."""

    def __init__(self) -> None:
        self._stops: list[ItemRef] = [OVERVIEW]
        self._at = 0

    def leave(self, current: ItemRef, target: ItemRef) -> None:
        """Add a step from one item to another."""
        del self._stops[self._at + 1 :]
        self._stops[self._at] = current
        if current != target:
            self._stops.append(target)
            self._at += 1

    def step(self, current: ItemRef, delta: int) -> ItemRef | None:
        """Move by steps, negative: back; returns the item there, or None."""
        if not 0 <= self._at + delta < len(self._stops):
            return None
        self._stops[self._at] = current
        self._at += delta
        return self._stops[self._at]

    def has(self, delta: int) -> bool:
        """Whether there is an item so many steps ahead, negative: back."""
        return 0 <= self._at + delta < len(self._stops)
