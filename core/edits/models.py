"""Edits of models: adding one, changing a field, copying."""

from __future__ import annotations

import copy

from core.dialects.field_values import describe
from core.dialects.model_schema import MODEL
from core.edits.backends import require_backend
from core.edits.edit_session import EditSession
from core.edits.model_tables import ModelTables, check_header, predecessors
from core.edits.refused import EditRefusedError
from core.entities import ModelSpec
from core.records import dataclass
from core.toml.edit.plain_data import identical

Fields = tuple[tuple[str, object], ...]
"""Keys of a model with their values, such as `(("max_tokens", 8192), ("inputs", ["text"]))`."""


@dataclass(frozen=True, slots=True)
class AddModel:
    """Declare a model at a backend. What the release requires and `fields` lack is filled in."""

    backend: str
    handle: str
    fields: Fields = ()
    after: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"add model {self.handle} to {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = models_of(session, self.backend)
        after = tables.require(self.after).table if self.after is not None else None
        tables.add(self.handle, dict(self.fields), after)


@dataclass(frozen=True, slots=True)
class ChangeModelField:
    """Give a field of a model another value; None takes it out of the model's table, so that the default counts."""

    backend: str
    handle: str
    key: str
    value: object
    model_type: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"{self.key} of {self.handle} at {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        if self.value is None:
            _unset(tables, spec, self.key)
            return
        if self.key == "handle":
            raise EditRefusedError("A handle is what others name a model by.", "Rename the model.")
        if identical(spec.fields.get(self.key), self.value):
            return
        rule = MODEL.fields_of(session.report.release).get(self.key)
        expected = rule.test(self.value) if rule is not None else None
        if expected:
            found = describe(self.value, expected)
            raise EditRefusedError(f"`{self.key}` would be {found}, expected {expected}.", f"Give {expected}.")
        if rule is None:
            check_header(session, self.key, self.value)
        put_field(tables, spec, self.key, self.value)


@dataclass(frozen=True, slots=True)
class SetLimit:
    """Set how many tokens a model gives at most; None: it is not said."""

    backend: str
    handle: str
    max_tokens: int | None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"limit of {self.handle} at {self.backend}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        if self.max_tokens is not None and self.max_tokens < 1:
            raise EditRefusedError("A limit is at least one token.", "Give a number above 0, or take the limit out.")
        ChangeModelField(self.backend, self.handle, "max_tokens", self.max_tokens).apply(session)


@dataclass(frozen=True, slots=True)
class DuplicateModel:
    """Copy a model under another handle, at the same backend or at another one; it stays the same at its provider."""

    backend: str
    handle: str
    name: str
    to: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"copy model {self.handle} to {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle)
        target = models_of(session, self.to) if self.to is not None else tables
        fields = {key: copy.deepcopy(value) for key, value in spec.fields.items() if key != "handle"}
        fields["model_id"] = spec.model_id
        if target != tables:
            own = [key for key in ("sdk", "structure_method") if key in fields and "sdk" in target.defaults]
            for key in own:
                del fields[key]
            if own:
                session.note(f"it is asked by the sdk of `{self.to}`, not that of `{self.backend}`")
        target.add(self.name, fields, spec.table if target == tables else None)


# ---- what they share


def models_of(session: EditSession, backend: str) -> ModelTables:
    """The models of a backend. Raises EditRefusedError when there is neither such a backend nor a file for it."""
    if backend not in session.report.catalog.tree.specs:
        require_backend(session, backend)
    return ModelTables(session, backend)


def put_field(tables: ModelTables, spec: ModelSpec, key: str, value: object) -> None:
    """Write a field into a model's own table; a new one stands where Pipelex's own files have it."""
    path, session = tables.open(), tables.session
    keys = (*spec.place.path, key)
    behind = next((name for name in predecessors(key) if name in spec.own), None)
    before = None
    if behind is None and predecessors(key):
        table = session.get(path, spec.place.path)
        before = next(iter(table), None) if isinstance(table, dict) else None
    session.put(path, keys, value, after=behind, before=before)


def _unset(tables: ModelTables, spec: ModelSpec, key: str) -> None:
    rule = MODEL.fields_of(tables.session.report.release).get(key)
    if key not in spec.own:
        if key in spec.fields:
            raise EditRefusedError(f"`{key}` of `{spec.handle}` comes from the defaults.", "Change it there.")
        return
    if rule is not None and rule.required and key not in tables.defaults:
        raise EditRefusedError(f"Pipelex {tables.session.report.release} needs `{key}`.", "Give it another value.")
    tables.session.drop(tables.open(), (*spec.place.path, key))
