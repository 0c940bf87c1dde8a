"""Edits of model specs: add, change, copy, delete, and their prices."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

from core.dialects.model_schema import COST_CATEGORIES, MODEL
from core.edits.edit_session import EditSession
from core.edits.entry_names import require_backend, wrong_value
from core.edits.intent import Edit, EditRefusedError
from core.edits.method_updates import follow_in_methods, note_followers, note_lost_pipes
from core.edits.model_tables import ModelTables, check_header, predecessors
from core.edits.reference_text import model_reference
from core.edits.reference_updates import repoint_uses
from core.edits.route_edits import DeleteRoute
from core.entities import ModelSpec
from core.mentions import Node, spec_node
from core.records import dataclass
from core.rules.models import meant_per_thousand
from core.suggest import did_you_mean
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Path

Fields = tuple[tuple[str, object], ...]
"""Keys of a model with their values, such as `(("max_tokens", 8192), ("inputs", ["text"]))`."""


@dataclass(frozen=True, slots=True)
class AddModel(Edit, label="add model {0.handle} to {0.backend}"):
    """Declare a model at a backend. What the release requires and `fields` lack is filled in."""

    backend: str
    handle: str
    fields: Fields = ()
    after: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        after = tables.require(self.after).table if self.after is not None else None
        tables.add(self.handle, dict(self.fields), after)


@dataclass(frozen=True, slots=True)
class ChangeModelField(Edit, label="{0.key} of {0.handle} at {0.backend}"):
    """Set a field of a model; None removes it, so that the default applies."""

    backend: str
    handle: str
    key: str
    value: object
    model_type: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        if self.value is None:
            _unset(tables, spec, self.key)
            return
        if self.key == "handle":
            raise EditRefusedError("The handle is the name that references use.", "Rename the model.")
        if identical(spec.fields.get(self.key), self.value):
            return
        rule = MODEL.fields_of(session.report.release).get(self.key)
        expected = rule.test(self.value) if rule is not None else None
        if expected:
            raise wrong_value(f"`{self.key}`", self.value, expected)
        if rule is None:
            check_header(session, self.key, self.value)
        put_field(tables, spec, self.key, self.value)


@dataclass(frozen=True, slots=True)
class DuplicateModel(Edit, label="copy model {0.handle} to {0.name}"):
    """Copy a model under another handle, at the same backend or at another one; it stays the same at its provider."""

    backend: str
    handle: str
    name: str
    to: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle)
        target = models_of(session, self.to) if self.to is not None else tables
        fields = {key: copy.deepcopy(value) for key, value in spec.fields.items() if key != "handle"}
        fields["model_id"] = spec.model_id
        if target != tables:
            backend_keys = [key for key in ("sdk", "structure_method") if key in fields and "sdk" in target.defaults]
            for key in backend_keys:
                del fields[key]
            if backend_keys:
                session.note(f"it is called with the sdk of `{self.to}`, not that of `{self.backend}`")
        target.add(self.name, fields, spec.table if target == tables else None)


@dataclass(frozen=True, slots=True)
class DeleteModel(Edit, label="delete model {0.handle} of {0.backend}"):
    """Delete a model of a backend. References are pointed at `instead` if no other backend declares it.

    Exact routes that send its name to this backend go too, as most releases refuse them.
    """

    backend: str
    handle: str
    instead: str | None = None
    model_type: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        path = tables.open()
        other_specs = [item for item in session.report.catalog.declared[self.handle] if item != spec]
        if self.instead is not None and not other_specs:
            self._repoint(session, spec)
        elif not other_specs:
            note_lost_pipes(session, spec_node(session.report.catalog, spec, session.report.serving.typed))
        session.drop(path, spec.place.path)
        for name, profile in session.report.catalog.profiles.items():
            for route in (*profile.routes, *profile.optional_routes):
                ours = route.backend == self.backend and not any(item.backend == self.backend for item in other_specs)
                if route.pattern == self.handle and (ours or not other_specs):
                    DeleteRoute(name, route.pattern).apply(session)
                    session.note(f"route `{route.pattern}` of profile `{name}` is deleted too")

    def _repoint(self, session: EditSession, spec: ModelSpec) -> None:
        node: Node = spec_node(session.report.catalog, spec, session.report.serving.typed)
        text = model_reference(session, str(self.instead), node.family)
        if text == self.handle:
            raise EditRefusedError(f"`{self.instead}` is the model to delete.", "Give another reference.")
        repoint_uses(session, node, text)
        note_followers(session, follow_in_methods(session, node, lambda _: text))


def models_of(session: EditSession, backend: str) -> ModelTables:
    """The models of a backend. Raises EditRefusedError when there is neither such a backend nor a file for it."""
    if backend not in session.report.catalog.tree.specs:
        require_backend(session, backend)
    return ModelTables(session, backend)


def put_field(tables: ModelTables, spec: ModelSpec, key: str, value: object) -> None:
    """Write a field of a model, in the key order of the files shipped with Pipelex."""
    path, session = tables.open(), tables.session
    keys = (*spec.place.path, key)
    predecessor = next((name for name in predecessors(key) if name in spec.own), None)
    before = None
    if predecessor is None and predecessors(key):
        table = session.get(path, spec.place.path)
        before = next(iter(table), None) if isinstance(table, dict) else None
    session.put(path, keys, value, after=predecessor, before=before)


def _unset(tables: ModelTables, spec: ModelSpec, key: str) -> None:
    rule = MODEL.fields_of(tables.session.report.release).get(key)
    if key not in spec.own:
        if key in spec.fields:
            raise EditRefusedError(f"`{key}` of `{spec.handle}` comes from the defaults.", "Change it there.")
        return
    if rule is not None and rule.required and key not in tables.defaults:
        raise EditRefusedError(f"Pipelex {tables.session.report.release} needs `{key}`.", "Give it another value.")
    tables.session.drop(tables.open(), (*spec.place.path, key))


Prices = tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class SetPrice(Edit, label="price of {0.handle} at {0.backend}"):
    """Set prices of a model by category (`input`, `output`, `input_cached`...); None removes a price."""

    backend: str
    handle: str
    prices: Prices
    model_type: str | None = None

    def apply(self, session: EditSession) -> None:
        tables = models_of(session, self.backend)
        spec = tables.require(self.handle, self.model_type)
        for category, price in self.prices:
            _check(category, price)
        written = spec.fields.get("costs")
        old = written if isinstance(written, Mapping) else {}
        new = {**old}
        for category, price in self.prices:
            if price is None:
                new.pop(category, None)
            elif old.get(category) != price:
                new[category] = _alike(price, old.values())
        if new == old:
            return
        if "costs" not in spec.own and "costs" in spec.fields:
            session.note(f"`{self.handle}` no longer inherits `costs` from the defaults: all of it is written")
        put_field(tables, spec, "costs", new)


@dataclass(frozen=True, slots=True)
class FixPerThousandPrices:
    """Convert prices per thousand tokens, as in the seed document, to prices per million."""

    backend: str | None = None
    handle: str | None = None

    @property
    def label(self) -> str:
        return f"prices of {self.handle or self.backend or 'all models'} per million tokens"

    def apply(self, session: EditSession) -> None:
        matches = [
            (spec, keys)
            for spec, keys in meant_per_thousand(session.report.catalog)
            if self.backend in (None, spec.backend) and self.handle in (None, spec.handle)
        ]
        if not matches:
            raise EditRefusedError("No price looks like one per thousand tokens.", "Set the price of one model.")
        seen: set[tuple[str, Path]] = set()
        for spec, categories in matches:
            path = ModelTables(session, spec.backend).open()
            for category in categories:
                keys = _place(spec, category)
                if (path, keys) not in seen:
                    seen.add((path, keys))
                    session.put(path, keys, times_1000(spec.costs[category]))


def times_1000(price: float) -> float:
    """A price times 1,000 in decimal arithmetic: 0.00015 becomes exactly 0.15."""
    return float(Decimal(repr(price)) * 1000)


def _place(spec: ModelSpec, category: str) -> Path:
    layer = spec.origin("costs")
    assert layer is not None
    return (*layer.path, category)


def _check(category: str, price: float | None) -> None:
    if category not in COST_CATEGORIES:
        raise EditRefusedError(
            f"There is no price category `{category}`.",
            did_you_mean(category, COST_CATEGORIES) or f"There are: {', '.join(COST_CATEGORIES)}.",
        )
    if price is not None and not (math.isfinite(price) and price >= 0):
        raise EditRefusedError("A price is a number >= 0, in USD per million tokens.", "Give a valid price.")


def _alike(price: float, others: Iterable[object]) -> float:
    """A price as the prices beside it are written: with a point, or whole."""
    values = list(others)
    if values and all(isinstance(value, float) for value in values):
        return float(price)
    if values and all(isinstance(value, int) for value in values) and float(price).is_integer():
        return int(price)
    return price
