"""Renames: a name and every reference to it, as one step, after which everything resolves as it did before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.edits.aliases import AddAlias
from core.edits.deck import Deck
from core.edits.edit_session import EditSession
from core.edits.intent import Intent
from core.edits.presets import DuplicatePreset
from core.edits.reference_updates import count_words, rename_uses, uses_of
from core.edits.refused import EditLayer, EditRefusedError
from core.mentions import Node
from core.records import dataclass
from core.references import Kind, written
from core.resolution import Resolution
from core.toml.edit.toml_commands import RenameKey
from core.usage import usage

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Rename:
    family: str
    name: str
    new: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"rename {self.kind.value} {self.name} to {self.new}"

    @property
    def kind(self) -> Kind:
        """What is renamed."""
        raise NotImplementedError

    def beside(self, deck: Deck) -> Intent:
        """An edit that gives the new name without taking the old one away."""
        return AddAlias(self.family, self.new, written(self.kind, self.name, deck.places.behaviours))

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        deck.require(self.kind, self.family, self.name)
        if self.new == self.name:
            return
        deck.check_new(self.kind, self.family, self.new)
        keys = deck.keys(self.kind, self.family, self.name)
        holders = deck.files.holders(keys)
        managed = [path for path in holders if not deck.files.own(path)]
        if managed and session.where is not EditLayer.BASE:
            raise EditRefusedError(
                f"The {self.kind.value} `{self.name}` is in {session.shown(managed[0])}, a file managed by Pipelex, and"
                " no other file can remove it from there.",
                f"Rename it in that file, or add {self.new} in a file of your own.",
                offers=(EditLayer.BASE,),
                others=(self.beside(deck),),
            )
        node = deck.node(self.kind, self.family, self.name)
        found = uses_of(session, node)
        rename_uses(session, node, self.new)
        for path in holders:
            deck.files.say_where(path)
            session.edit(path, RenameKey(keys, self.new))
        if users := count_words(found):
            session.note(f"{users} follow" + ("s" if users.startswith("1 ") and " and " not in users else ""))
        check_same_ends(session, node, self.new)
        note_methods(session, node, self.new)


class RenameAlias(_Rename):
    """Give an alias another name; whatever names it follows."""

    @property
    def kind(self) -> Kind:
        """See `_Rename`."""
        return Kind.ALIAS


class RenameWaterfall(_Rename):
    """Give a waterfall another name; whatever names it follows. Up to 0.14 it is an alias that is a list."""

    @property
    def kind(self) -> Kind:
        """See `_Rename`."""
        return Kind.WATERFALL

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        if session.report.catalog.behaviours.waterfalls:
            _Rename.apply(self, session)
        else:
            RenameAlias(self.family, self.name, self.new).apply(session)


class RenamePreset(_Rename):
    """Give a preset another name; the choices that name it follow."""

    @property
    def kind(self) -> Kind:
        """See `_Rename`."""
        return Kind.PRESET

    def beside(self, deck: Deck) -> Intent:
        """See `_Rename`."""
        return DuplicatePreset(self.family, self.name, self.new)


def check_same_ends(
    session: EditSession, node: Node, name: str, tables: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Raises EditRefusedError when anything that was alive would end elsewhere after the rename of a thing.

    `tables` has the new names of model tables, by backend and old name.
    """
    revived = []
    for before, after in _pairs(session.report, session.reread(), node, name):
        if not before.alive:
            if after is not None and after.alive:
                revived.append(before)
            continue
        if after is None or _end(before, tables or {}) != _end(after, {}):
            what = f"{before.kind.value} `{before.name}`"
            raise EditRefusedError(
                f"With the name `{name}`, {what} would no longer end where it does.", "Take another name."
            )
    if revived:
        count = f"{len(revived)} dead references come" if len(revived) > 1 else "1 dead reference comes"
        session.note(f"{count} alive, because `{name}` is what they name")


def _pairs(before: Report, after: Report, node: Node, name: str) -> Iterator[tuple[Resolution, Resolution | None]]:
    later = {(item.kind.value, item.family, item.name): item for item in after.resolutions}
    for item in before.resolutions:
        key = (item.kind.value, item.family, item.name)
        yield item, later.get((node.kind, node.family, name) if key == tuple(node) else key)


def _end(resolution: Resolution, tables: Mapping[tuple[str, str], str]) -> tuple[str, str, str, str]:
    spec = resolution.spec
    if spec is None:
        return (resolution.status, "", "", "")
    return (resolution.status, spec.backend, tables.get((spec.backend, spec.table), spec.table), spec.model_type)


def note_methods(session: EditSession, node: Node, name: str) -> None:
    """Say which method files name a thing that is renamed: they are the person's programs, and are left alone."""
    found = [use for use in usage(session.report).of(node).methods if use.direct and use.role != "unnamed"]
    if found:
        places = ", ".join(str(use.location) for use in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        count = (
            "1 place in a method file still says"
            if len(found) == 1
            else f"{len(found)} places in method files still say"
        )
        session.note(f"{count} `{node.name}`, and must be changed to `{name}` there: {places}{more}")
