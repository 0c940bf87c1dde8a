"""What can be selected, visited and jumped to: items of a tree, by name, so that they outlive a reload."""

from __future__ import annotations

from typing import NamedTuple

_BETWEEN = "\x1f"

DECK_KINDS = frozenset({"preset", "alias", "waterfall", "choice"})


class ItemRef(NamedTuple):
    """One item: `kind` is `overview`, `backend`, `model`, `route`, `profile`, `cause`, `problem` or a deck kind.

    `family` tells items of one name apart: the family of a reference, the section of a route.
    """

    kind: str
    family: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """A text that stands for the item: the key of its row, the link that leads to it."""
        return _BETWEEN.join((self.kind, self.family.replace(_BETWEEN, " "), self.name))

    @property
    def pane(self) -> str | None:
        """The pane that lists it, if any does."""
        if self.kind in DECK_KINDS:
            return "deck"
        return {
            "backend": "backends",
            "model": "models",
            "route": "routes",
            "cause": "problems",
            "problem": "problems",
        }.get(self.kind)


OVERVIEW = ItemRef("overview")


def parse_ref(key: str) -> ItemRef:
    """The item that a key stands for."""
    kind, family, name = (*key.split(_BETWEEN, 2), "", "")[:3]
    return ItemRef(kind, family, name)
