"""References to items of a tree, by name: they stay valid when the tree is read again."""

from __future__ import annotations

from typing import NamedTuple

_SEPARATOR = "\x1f"

DECK_KINDS = frozenset({"preset", "alias", "waterfall", "choice"})


class ItemRef(NamedTuple):
    """An item: `kind` is `overview`, `backend`, `model`, `route`, `profile`, `cause`, `problem` or a deck kind.

    `family` tells items of one name apart: the family of a reference, the section of a route.
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
        }.get(self.kind)


OVERVIEW = ItemRef("overview")


def parse_ref(key: str) -> ItemRef:
    """The item of a key."""
    kind, family, name = (*key.split(_SEPARATOR, 2), "", "")[:3]
    return ItemRef(kind, family, name)
