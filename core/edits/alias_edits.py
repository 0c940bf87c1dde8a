"""Edits of aliases and waterfalls."""

from __future__ import annotations

from collections.abc import Sequence

from core.edits.deck_entries import DeckEdit, EntryEdit, put_list
from core.edits.edit_session import EditSession
from core.edits.intent import EditRefusedError
from core.edits.method_updates import follow_in_methods, note_followers
from core.edits.reference_text import target_text
from core.edits.reference_updates import delete_entry, repoint_uses
from core.entities import Alias
from core.formatting import counted
from core.records import dataclass
from core.references import Kind, written


@dataclass(frozen=True, slots=True)
class AddAlias(EntryEdit, label="add alias {0.name}"):
    """Add an alias for a reference. `family` counts from 0.18 on; until then all families share their aliases."""

    target: str

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        deck.check_new(Kind.ALIAS, self.family, self.name)
        _point(deck, self.family, self.name, self.target)


@dataclass(frozen=True, slots=True)
class SetTarget(EntryEdit, label="point alias {0.name} at {0.target}"):
    """Point an alias at another reference."""

    target: str

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        deck.require(Kind.ALIAS, self.family, self.name)
        _point(deck, self.family, self.name, self.target)


@dataclass(frozen=True, slots=True)
class DeleteAlias(EntryEdit, label="delete alias {0.name}"):
    """Delete an alias. Its users are pointed at `instead`, which is required while the alias is in use."""

    instead: str | None = None

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        alias = deck.alias(self.family, self.name)
        single = alias.targets[0] if len(alias.targets) == 1 else None
        offer = DeleteAlias(self.family, self.name, single) if single else None
        delete_entry(deck, Kind.ALIAS, self.family, self.name, self.instead, offer)


def _point(deck: DeckEdit, family: str, name: str, target: str) -> None:
    text = target_text(deck.session, target, deck.node(Kind.ALIAS, family, name))
    deck.put(Kind.ALIAS, family, name, text)


@dataclass(frozen=True, slots=True)
class AddWaterfall(EntryEdit, label="add waterfall {0.name}"):
    """Add references that are tried in order. Up to 0.14 this is written as an alias that is a list."""

    entries: tuple[str, ...]

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        deck.check_new(deck.chains, self.family, self.name)
        deck.put(deck.chains, self.family, self.name, _entry_texts(deck, self.family, self.name, self.entries))
        if deck.chains is Kind.ALIAS:
            session.note(f"Pipelex {session.report.release} has no waterfalls: written as an alias that is a list")


@dataclass(frozen=True, slots=True)
class SetEntries(EntryEdit, label="change the entries of {0.name}"):
    """Replace all entries of a waterfall."""

    entries: tuple[str, ...]

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries_of(deck, self.family, self.name)
        change(deck, self.family, self.name, _entry_texts(deck, self.family, self.name, self.entries))


@dataclass(frozen=True, slots=True)
class InsertEntry(EntryEdit, label="add {0.entry} to {0.name}"):
    """Add an entry to a waterfall, which then has this index; without one it goes to the end."""

    entry: str
    index: int | None = None

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries = entries_of(deck, self.family, self.name)
        index = len(entries) if self.index is None else self.index
        if not 0 <= index <= len(entries):
            raise EditRefusedError(f"`{self.name}` has {counted(len(entries), 'entry')}.", "Give an index up to that.")
        [text] = _entry_texts(deck, self.family, self.name, (self.entry,))
        change(deck, self.family, self.name, [*entries[:index], text, *entries[index:]])


@dataclass(frozen=True, slots=True)
class ReplaceEntry(EntryEdit, label="replace an entry of {0.name} with {0.entry}"):
    """Put another entry in the place of one of a waterfall's."""

    index: int
    entry: str

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries = entries_of(deck, self.family, self.name, self.index)
        [text] = _entry_texts(deck, self.family, self.name, (self.entry,))
        change(deck, self.family, self.name, [*entries[: self.index], text, *entries[self.index + 1 :]])


@dataclass(frozen=True, slots=True)
class MoveEntry(EntryEdit, label="reorder {0.name}"):
    """Move an entry of a waterfall so that it has the index `to`, counted without it."""

    index: int
    to: int

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries = entries_of(deck, self.family, self.name, self.index)
        remaining = [*entries[: self.index], *entries[self.index + 1 :]]
        if not 0 <= self.to <= len(remaining):
            raise EditRefusedError(f"`{self.name}` has {counted(len(entries), 'entry')}.", "Give an index below that.")
        moved = [*remaining[: self.to], entries[self.index], *remaining[self.to :]]
        change(deck, self.family, self.name, moved, moved=(self.index, self.to))


@dataclass(frozen=True, slots=True)
class RemoveEntry(EntryEdit, label="remove an entry of {0.name}"):
    """Take an entry out of a waterfall."""

    index: int

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries = entries_of(deck, self.family, self.name, self.index)
        change(deck, self.family, self.name, [*entries[: self.index], *entries[self.index + 1 :]])


@dataclass(frozen=True, slots=True)
class ReplaceWaterfall(EntryEdit, label="replace {0.name} with {0.new}"):
    """Add a waterfall and point all users of another one at it, for lists that cannot be replaced."""

    new: str
    entries: tuple[str, ...]

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries_of(deck, self.family, self.name)
        AddWaterfall(self.family, self.new, self.entries).apply(session)
        text = written(deck.chains, self.new, deck.places.behaviours)
        node = deck.node(deck.chains, self.family, self.name)
        repoint_uses(session, node, text)
        note_followers(session, follow_in_methods(session, node, lambda _: text))


@dataclass(frozen=True, slots=True)
class DeleteWaterfall(EntryEdit, label="delete waterfall {0.name}"):
    """Delete a waterfall. Its users are pointed at `instead`, which is required while it is in use."""

    instead: str | None = None

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        entries = entries_of(deck, self.family, self.name)
        offer = DeleteWaterfall(self.family, self.name, entries[0]) if entries else None
        delete_entry(deck, deck.chains, self.family, self.name, self.instead, offer)


def entries_of(deck: DeckEdit, family: str, name: str, index: int | None = None) -> tuple[str, ...]:
    """The entries of a waterfall. Raises EditRefusedError when there is no such list, or no entry of the index."""
    result = deck.waterfall(family, name)
    if isinstance(result, Alias):
        if not result.is_list:
            raise EditRefusedError(f"The alias `{name}` is not a list.", "Point it at another reference.")
        entries = result.targets
    else:
        entries = result.entries
    if index is not None and not 0 <= index < len(entries):
        raise EditRefusedError(f"`{name}` has {counted(len(entries), 'entry')}.", "Give the index of one of them.")
    return entries


def _entry_texts(deck: DeckEdit, family: str, name: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        raise EditRefusedError("A waterfall needs at least one entry.", "Add an entry, or delete the waterfall.")
    node = deck.node(deck.chains, family, name)
    return [target_text(deck.session, entry, node) for entry in entries]


def change(deck: DeckEdit, family: str, name: str, entries: list[str], *, moved: tuple[int, int] | None = None) -> None:
    """Write the entries of a list into the file that wins; `moved` is set if one entry only changes its index."""
    if not entries:
        raise EditRefusedError(f"`{name}` would have no entries left.", "Delete it instead.")
    keys = deck.keys(deck.chains, family, name)
    intent = ReplaceWaterfall(family, name, _free_name(deck, family, name), tuple(entries))
    put_list(deck, keys, entries, family=family, moved=moved, alternative=intent)


def _free_name(deck: DeckEdit, family: str, name: str) -> str:
    new = f"my-{name}"
    while deck.has(deck.chains, family, new):
        new = f"my-{new}"
    return new
