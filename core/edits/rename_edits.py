"""Renames of aliases, waterfalls, presets and models, with every reference to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from core.api import Report
from core.edits.alias_edits import AddAlias
from core.edits.deck_entries import DeckEdit
from core.edits.edit_session import EditSession
from core.edits.entry_names import check_name
from core.edits.intent import Edit, EditLayer, EditRefusedError, Intent
from core.edits.method_updates import follow_in_methods, note_followers
from core.edits.model_edits import models_of, put_field
from core.edits.model_tables import ModelTables
from core.edits.preset_edits import DuplicatePreset
from core.edits.reference_updates import note_users, rename_uses, renamed_text, uses_of
from core.entities import ModelSpec
from core.formatting import counted
from core.mentions import Node, spec_node
from core.records import dataclass
from core.references import Kind, written
from core.resolution import Resolution
from core.suggest import did_you_mean
from core.toml.edit.toml_commands import RenameKey, SetValue


@dataclass(frozen=True, slots=True)
class _Rename(Edit, label="rename {0.kind.value} {0.name} to {0.new}"):
    family: str
    name: str
    new: str
    kind: ClassVar[Kind]

    def copy_intent(self, deck: DeckEdit) -> Intent:
        """An alternative edit that adds the new name and keeps the old one."""
        return AddAlias(self.family, self.new, written(self.kind, self.name, deck.places.behaviours))

    def apply(self, session: EditSession) -> None:
        deck = DeckEdit.of(session)
        deck.require(self.kind, self.family, self.name)
        if self.new == self.name:
            return
        deck.check_new(self.kind, self.family, self.new)
        keys = deck.keys(self.kind, self.family, self.name)
        paths = deck.files.paths_with(keys)
        managed = [path for path in paths if not deck.files.is_own(path)]
        if managed and session.layer is not EditLayer.BASE:
            raise EditRefusedError(
                f"The {self.kind.value} `{self.name}` is in {session.shown(managed[0])}, a file managed by Pipelex, and"
                " no other file can remove it from there.",
                f"Rename it in that file, or add {self.new} to your own file.",
                layers=(EditLayer.BASE,),
                alternatives=(self.copy_intent(deck),),
            )
        node = deck.node(self.kind, self.family, self.name)
        matches = uses_of(session, node)
        rename_uses(session, node, self.new)
        count = follow_in_methods(session, node, lambda mention: renamed_text(session, mention, self.new))
        for path in paths:
            deck.files.note_ownership(path)
            session.edit(path, RenameKey(keys, self.new))
        note_users(session, matches)
        note_followers(session, count)
        check_same_ends(session, node, self.new)


class RenameAlias(_Rename):
    """Rename an alias with all references."""

    kind = Kind.ALIAS


class RenameWaterfall(_Rename):
    """Rename a waterfall (up to 0.14 an alias that is a list) with all references."""

    kind = Kind.WATERFALL

    def apply(self, session: EditSession) -> None:
        if session.report.catalog.behaviours.waterfalls:
            _Rename.apply(self, session)
        else:
            RenameAlias(self.family, self.name, self.new).apply(session)


class RenamePreset(_Rename):
    """Rename a preset with all references."""

    kind = Kind.PRESET

    def copy_intent(self, deck: DeckEdit) -> Intent:
        return DuplicatePreset(self.family, self.name, self.new)


def check_same_ends(
    session: EditSession, node: Node, name: str, tables: Mapping[tuple[str, str], str] | None = None
) -> None:
    """Raise EditRefusedError if a rename would make a live reference resolve differently.

    `tables` has the new names of model tables, by backend and old name.
    """
    revived = []
    for before, after in _pairs(session.report, session.reread(), node, name):
        if not before.alive:
            if after is not None and after.alive:
                revived.append(before)
            continue
        if after is None or _end(before, tables or {}) != _end(after, {}):
            noun = f"{before.kind.value} `{before.name}`"
            raise EditRefusedError(
                f"With the name `{name}`, {noun} would resolve to another model.", "Use another name."
            )
    if revived:
        count = counted(len(revived), "dead reference becomes", "dead references become")
        session.note(f"{count} alive, because of the name `{name}`")


def _pairs(before: Report, after: Report, node: Node, name: str) -> Iterator[tuple[Resolution, Resolution | None]]:
    renamed = {(item.kind.value, item.family, item.name): item for item in after.resolutions}
    for item in before.resolutions:
        key = (item.kind.value, item.family, item.name)
        yield item, renamed.get((node.kind, node.family, name) if key == tuple(node) else key)


def _end(resolution: Resolution, tables: Mapping[tuple[str, str], str]) -> tuple[str, str, str, str]:
    spec = resolution.spec
    if spec is None:
        return (resolution.status, "", "", "")
    return (resolution.status, spec.backend, tables.get((spec.backend, spec.table), spec.table), spec.model_type)


@dataclass(frozen=True, slots=True)
class RenameModel(Edit, label="rename model {0.handle} to {0.name}"):
    """Give a model another handle, at every backend that declares it; references and exact routes follow.

    With `backend` only there; then references stay with the other backends' model of the old name, if there is one.
    """

    handle: str
    name: str
    backend: str | None = None
    model_type: str | None = None

    def apply(self, session: EditSession) -> None:
        specs, other_specs = self._specs(session)
        if self.name == self.handle:
            return
        for spec in specs:
            tables = ModelTables(session, spec.backend)
            if any(item.handle == self.name and item.model_type == spec.model_type for item in tables.specs):
                raise EditRefusedError(f"Backend `{spec.backend}` already declares `{self.name}`.", "Use another name.")
            _rename_table(tables, spec, self.name)
        if other_specs:
            backends = " and ".join(dict.fromkeys(spec.backend for spec in other_specs))
            session.note(f"{backends} still declares `{self.handle}`: references to it are unchanged")
            return
        node = spec_node(session.report.catalog, specs[0], session.report.serving.typed)
        matches = uses_of(session, node)
        rename_uses(session, node, self.name)
        count = follow_in_methods(session, node, lambda mention: renamed_text(session, mention, self.name))
        note_users(session, matches)
        renamed = {(spec.backend, spec.table): self.name for spec in specs if "handle" not in spec.own}
        note_followers(session, count)
        check_same_ends(session, node, self.name, renamed)

    def _specs(self, session: EditSession) -> tuple[list[ModelSpec], list[ModelSpec]]:
        """The declarations to rename, and those that keep the name."""
        catalog = session.report.catalog
        everywhere = [
            spec for spec in catalog.declared.get(self.handle, ()) if self.model_type in (None, spec.model_type)
        ]
        if self.backend is not None:
            spec = models_of(session, self.backend).require(self.handle, self.model_type)
            return [spec], [item for item in everywhere if item != spec]
        if not everywhere:
            raise EditRefusedError(
                f"No backend declares `{self.handle}`.",
                did_you_mean(self.handle, catalog.declared) or "Add the model first.",
            )
        types = list(dict.fromkeys(spec.model_type for spec in everywhere))
        if len(types) > 1 and session.report.serving.typed:
            raise EditRefusedError(f"`{self.handle}` is declared as {' and '.join(types)}.", "Give the model type.")
        return everywhere, []


def _rename_table(tables: ModelTables, spec: ModelSpec, name: str) -> None:
    """Give a model's table another handle, with its name at the provider kept."""
    session, path, keys = tables.session, tables.open(), spec.place.path
    if "handle" in spec.own:
        session.edit(path, SetValue((*keys, "handle"), name))
        return
    if "model_id" not in spec.fields:
        put_field(tables, spec, "model_id", spec.model_id)
        session.note(f"`model_id` is written, to keep asking the provider for `{spec.model_id}`")
    table = session.get(path, keys[:-1]) if len(keys) > 1 else session.data(path)
    if isinstance(table, dict) and name in table:
        raise EditRefusedError(f"Table `{name}` already exists.", "Use another name.")
    check_name(name, "model")
    session.edit(path, RenameKey(keys, name))
