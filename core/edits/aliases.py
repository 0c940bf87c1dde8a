"""Edits of aliases: add, point elsewhere, delete."""

from __future__ import annotations

from core.edits.deck import Deck
from core.edits.deletes import delete_entry
from core.edits.edit_session import EditSession
from core.edits.reference_text import target_text
from core.records import dataclass
from core.references import Kind


@dataclass(frozen=True, slots=True)
class AddAlias:
    """Add an alias for a reference. `family` counts from 0.18 on; until then all families share their aliases."""

    family: str
    name: str
    target: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"add alias {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        deck.check_new(Kind.ALIAS, self.family, self.name)
        _point(deck, self.family, self.name, self.target)


@dataclass(frozen=True, slots=True)
class SetTarget:
    """Point an alias at another reference."""

    family: str
    name: str
    target: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"point alias {self.name} at {self.target}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        deck.require(Kind.ALIAS, self.family, self.name)
        _point(deck, self.family, self.name, self.target)


@dataclass(frozen=True, slots=True)
class DeleteAlias:
    """Delete an alias. What names it is made to name `instead`, without which an alias in use is not deleted."""

    family: str
    name: str
    instead: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"delete alias {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        alias = deck.alias(self.family, self.name)
        single = alias.targets[0] if len(alias.targets) == 1 else None
        offer = DeleteAlias(self.family, self.name, single) if single else None
        delete_entry(deck, Kind.ALIAS, self.family, self.name, self.instead, offer)


def _point(deck: Deck, family: str, name: str, target: str) -> None:
    text = target_text(deck.session, target, deck.node(Kind.ALIAS, family, name))
    deck.put(Kind.ALIAS, family, name, text)
