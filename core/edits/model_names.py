"""Edits of models that others name: renaming with all references and exact routes, deleting."""

from __future__ import annotations

from core.edits.edit_session import EditSession
from core.edits.model_tables import ModelTables
from core.edits.models import models_of, put_field
from core.edits.new_names import check_new_name
from core.edits.reference_text import model_reference
from core.edits.reference_updates import count_words, rename_uses, repoint_uses, uses_of
from core.edits.refused import EditRefusedError
from core.edits.renames import check_same_ends, note_methods
from core.edits.routes import DeleteRoute
from core.entities import ModelSpec
from core.mentions import Node, spec_node
from core.records import dataclass
from core.suggest import did_you_mean
from core.toml.edit.toml_commands import RenameKey, SetValue


@dataclass(frozen=True, slots=True)
class RenameModel:
    """Give a model another handle, at every backend that declares it; references and exact routes follow.

    With `backend` only there; then references stay with the other backends' model of the old name, if there is one.
    """

    handle: str
    name: str
    backend: str | None = None
    model_type: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"rename model {self.handle} to {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        specs, others = self._specs(session)
        if self.name == self.handle:
            return
        for spec in specs:
            tables = ModelTables(session, spec.backend)
            if any(one.handle == self.name and one.model_type == spec.model_type for one in tables.specs):
                raise EditRefusedError(
                    f"Backend `{spec.backend}` declares `{self.name}` already.", "Take another name."
                )
            _rename_table(tables, spec, self.name)
        if others:
            backends = " and ".join(dict.fromkeys(spec.backend for spec in others))
            session.note(f"{backends} still declares `{self.handle}`: references to it stay as they are")
            return
        node = spec_node(session.report.catalog, specs[0], session.report.serving.typed)
        found = uses_of(session, node)
        rename_uses(session, node, self.name)
        if users := count_words(found):
            session.note(f"{users} follow" + ("s" if users.startswith("1 ") and " and " not in users else ""))
        renamed = {(spec.backend, spec.table): self.name for spec in specs if "handle" not in spec.own}
        check_same_ends(session, node, self.name, renamed)
        note_methods(session, node, self.name)

    def _specs(self, session: EditSession) -> tuple[list[ModelSpec], list[ModelSpec]]:
        """The declarations to rename, and those that keep the name."""
        catalog = session.report.catalog
        everywhere = [
            spec for spec in catalog.declared.get(self.handle, ()) if self.model_type in (None, spec.model_type)
        ]
        if self.backend is not None:
            spec = models_of(session, self.backend).require(self.handle, self.model_type)
            return [spec], [one for one in everywhere if one != spec]
        if not everywhere:
            raise EditRefusedError(
                f"No backend declares `{self.handle}`.",
                did_you_mean(self.handle, catalog.declared) or "Add the model first.",
            )
        types = list(dict.fromkeys(spec.model_type for spec in everywhere))
        if len(types) > 1 and session.report.serving.typed:
            raise EditRefusedError(f"`{self.handle}` is declared as {' and '.join(types)}.", "Say which type is meant.")
        return everywhere, []


@dataclass(frozen=True, slots=True)
class DeleteModel:
    """Take a model out of a backend's file. `instead` is what references name then, when nobody else declares it.

    Exact routes that send its name to this backend go too, as most releases refuse them.
    """

    backend: str
    handle: str
    instead: str | None = None
    model_type: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"delete model {self.handle} of {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        path = tables.open()
        others = [one for one in session.report.catalog.declared[self.handle] if one != spec]
        if self.instead is not None and not others:
            self._repoint(session, spec)
        session.drop(path, spec.place.path)
        for name, profile in session.report.catalog.profiles.items():
            for route in (*profile.routes, *profile.optional_routes):
                ours = route.backend == self.backend and not any(one.backend == self.backend for one in others)
                if route.pattern == self.handle and (ours or not others):
                    DeleteRoute(name, route.pattern).apply(session)
                    session.note(f"route `{route.pattern}` of profile `{name}` goes too")

    def _repoint(self, session: EditSession, spec: ModelSpec) -> None:
        node: Node = spec_node(session.report.catalog, spec, session.report.serving.typed)
        text = model_reference(session, str(self.instead), node.family)
        if text == self.handle:
            raise EditRefusedError(f"`{self.instead}` is what is to be deleted.", "Name something else.")
        repoint_uses(session, node, text)


def _rename_table(tables: ModelTables, spec: ModelSpec, name: str) -> None:
    """Give a model's table another handle, with its name at the provider kept."""
    session, path, keys = tables.session, tables.open(), spec.place.path
    if "handle" in spec.own:
        session.edit(path, SetValue((*keys, "handle"), name))
        return
    if "model_id" not in spec.fields:
        put_field(tables, spec, "model_id", spec.model_id)
        session.note(f"`model_id` is written, so that the provider is still asked for `{spec.model_id}`")
    table = session.get(path, keys[:-1]) if len(keys) > 1 else session.data(path)
    if isinstance(table, dict) and name in table:
        raise EditRefusedError(f"There is a table `{name}` already.", "Take another name.")
    check_new_name(name, "model")
    session.edit(path, RenameKey(keys, name))
