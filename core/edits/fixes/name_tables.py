"""Fixes of tables of aliases and waterfalls that another release has: their names move to those of this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.edits.deck_entries import DeckEdit, DeckPaths
from core.edits.edit_session import EditSession
from core.edits.fixes.fix_base import Fix
from core.edits.intent import Edit, EditLayer, EditRefusedError
from core.entities import Path
from core.formatting import enumerated
from core.records import dataclass
from core.references import SIGILS, Kind, written
from core.toml.edit.toml_commands import BY_HAND


@dataclass(frozen=True, slots=True)
class MoveNames(Edit, label="move [{0.shown}] where this release reads it"):
    """Write a table of aliases or waterfalls of another release where this one has it, lists as it writes them."""

    table: Path

    @property
    def shown(self) -> str:
        return ".".join(map(str, self.table))

    def apply(self, session: EditSession) -> None:
        deck = DeckEdit.of(session)
        for path in deck.files.paths_with(self.table):
            names = session.get(path, self.table)
            entries = list(names.items()) if isinstance(names, dict) else []
            for name, value in entries:
                keys = new_place(deck.places, self.table, name, value)
                if session.report.catalog.tree.deck.stack(keys):
                    raise EditRefusedError(f"There is a name `{name}` already.", BY_HAND, file=session.shown(path))
                deck.files.note_ownership(path)
                notation = session.notation(path, (*self.table, name))
                session.drop(path, (*self.table, name))
                session.put(path, keys, _as_written(deck.places, self.table, value, dict(entries)), notation=notation)
            session.drop(path, self.table)


def new_place(places: DeckPaths, table: Path, name: str, value: object) -> Path:
    """Where a release has an entry of a table of aliases or waterfalls of another release."""
    is_list = isinstance(value, list) and not places.behaviours.alias_lists
    kind = Kind.WATERFALL if places.behaviours.waterfalls and (is_list or table[-1] == "waterfalls") else Kind.ALIAS
    return (*places.names(kind, str(table[0]) if len(table) == 2 else "llm"), name)


def _as_written(places: DeckPaths, table: Path, value: object, names: Mapping[str, object]) -> object:
    """A reference, or a list of them, as the release writes those to the names of a table."""
    if isinstance(value, list):
        return [_as_written(places, table, item, names) for item in value]
    if not isinstance(value, str):
        return value
    if not places.behaviours.sigils:
        return value[1:] if value[:1] in SIGILS else value
    kind = Kind.WATERFALL if new_place(places, table, value, names.get(value))[-2] == "waterfalls" else Kind.ALIAS
    return written(kind, value, places.behaviours) if value in names else value


def moved_names(report: Report, table: Path) -> Iterator[Fix]:
    """Move a table of a family's names before 0.18, or of the names of all families from 0.18 on."""
    places = DeckPaths(report.catalog.behaviours)
    own = {*places.tables(Kind.ALIAS), *places.tables(Kind.WATERFALL)}
    outer = table[:-1] in ((), *((family,) for family in places.families if not places.behaviours.sigils))
    if table in own or table[-1:] not in (("aliases",), ("waterfalls",)) or not outer:
        return
    targets = {
        new_place(places, table, "", value)[:-1]
        for source in report.catalog.tree.deck.stack(table)
        if isinstance(names := source.value(table), Mapping)
        for value in names.values()
    }
    if targets:
        titles = enumerated(f"[{'.'.join(map(str, target))}]" for target in sorted(targets))
        yield Fix(MoveNames(table), f"move its names to {titles}", EditLayer.BASE)
