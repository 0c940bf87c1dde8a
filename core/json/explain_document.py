"""The document of `explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from core.api import Report
from core.defaults import Default
from core.entities import Layer, Location
from core.explain import Explanation, Setting
from core.json.models_document import OfferDocument, offer_document
from core.json.resolve_document import ReferenceDocument, reference_document
from core.json.routes_document import LostDocument, lost_document
from core.json.shared import (
    LineDocument,
    PriceDocument,
    ProblemDocument,
    TreeDocument,
    price_document,
    problem_document,
    tree_document,
)
from core.layers import Layers, LayerValue
from core.masking import shown_name
from core.mentions import Node
from core.resolution import Status
from core.variables import State, Variable


class PositionDocument(LineDocument):
    """A line and column of a file; all null for a default of Pipelex."""

    column: int | None


class VariableDocument(TypedDict):
    """A variable: its state, the source that wins, the sources it hides. Never its value."""

    name: str
    state: State
    source: str | None
    hides: list[str]


class SettingDocument(PositionDocument):
    """A setting as requested (`requested`) and as it reaches the model (`sent`)."""

    key: str
    requested: str
    sent: str
    note: str | None


class LayerDocument(PositionDocument):
    """The value of one layer. `layer` is null for a default of Pipelex."""

    origin: str
    layer: Layer | None
    value: str


class RestoredDocument(TypedDict):
    """The value after its top layer is removed. `refused`: the release does not start without it."""

    value: str
    origin: str | None
    refused: bool


class ValueDocument(TypedDict):
    """A value with its layers, the winning one last. `merged`: they add up. `hides`: a home file hidden entirely."""

    key: str
    path: str
    value: str
    merged: bool
    layers: list[LayerDocument]
    restores: RestoredDocument | None
    hides: str | None


class ExplainedDocument(ReferenceDocument):
    """A reference, explained. `others`: the same model of other backends. `near`: similar names."""

    lost: list[LostDocument]
    variables: list[VariableDocument]
    price: PriceDocument
    max_tokens: int | None
    settings: list[SettingDocument]
    values: list[ValueDocument]
    others: list[OfferDocument]
    near: list[str]
    problems: list[ProblemDocument]


class ExplainedItemDocument(TypedDict):
    """A backend or a profile with its values."""

    kind: str
    name: str
    values: list[ValueDocument]


class DefaultDocument(PositionDocument):
    """The default of a pipe that names no model. `reference` is null where the deck has none: a pipe must name a model.

    `hides`: the default without the override.
    """

    purpose: str
    family: str
    reference: str | None
    override: bool
    hides: str | None
    status: Status | None
    backend: str | None
    handle: str | None
    model_id: str | None
    price: PriceDocument
    settings: list[SettingDocument]


class ExplainDocument(TreeDocument):
    """Printed by `pipedeck explain --json`. `defaults` is filled when no reference is named."""

    references: list[ExplainedDocument]
    items: list[ExplainedItemDocument]
    defaults: list[DefaultDocument]


def explain_document(
    report: Report,
    explanations: Iterable[Explanation],
    values: Mapping[Node, Sequence[Layers]],
    defaults: Iterable[Default] = (),
) -> ExplainDocument:
    """Build the document of references, of backends and profiles with their `values`, and of defaults."""
    return {
        **tree_document(report),
        "references": [_explained(report, item) for item in explanations],
        "items": [
            {"kind": node.kind, "name": node.name, "values": [_value(item) for item in layers]}
            for node, layers in values.items()
        ],
        "defaults": [_default(row) for row in defaults],
    }


def _explained(report: Report, item: Explanation) -> ExplainedDocument:
    return {
        **reference_document(report, item.resolution),
        "lost": [lost_document(lost) for lost in item.lost],
        "variables": [_variable(variable) for variable in item.variables],
        "price": price_document(item.price),
        "max_tokens": item.max_tokens,
        "settings": [_setting(setting) for setting in item.settings],
        "values": [_value(layers) for layers in item.values],
        "others": [offer_document(offer) for offer in item.other_offers],
        "near": list(item.near),
        "problems": [problem_document(problem) for problem in item.problems],
    }


def _default(row: Default) -> DefaultDocument:
    spec = row.spec
    return {
        "purpose": row.work,
        "family": row.family,
        "reference": row.says or None,
        "override": row.override,
        "hides": row.hides or None,
        "status": row.resolution.status if row.resolution is not None else None,
        "backend": spec.backend if spec is not None else None,
        "handle": spec.handle if spec is not None else None,
        "model_id": spec.model_id if spec is not None else None,
        "price": price_document(row.price),
        "settings": [_setting(setting) for setting in row.settings],
        **_position(row.place.location if row.place is not None else None),
    }


def _setting(setting: Setting) -> SettingDocument:
    return {
        "key": setting.key,
        "requested": setting.requested,
        "sent": setting.sent,
        "note": setting.note or None,
        **_position(setting.place.location if setting.place is not None else None),
    }


def _value(layers: Layers) -> ValueDocument:
    restores = layers.restores
    return {
        "key": layers.key,
        "path": layers.path,
        "value": layers.shown,
        "merged": layers.is_merged,
        "layers": [_layer(item) for item in layers.stack],
        "restores": None
        if restores is None
        else {"value": restores.shown, "origin": restores.origin or None, "refused": restores.refused},
        "hides": layers.hides or None,
    }


def _layer(item: LayerValue) -> LayerDocument:
    return {
        "origin": item.origin,
        "layer": item.layer,
        "value": item.shown,
        **_position(item.place.location if item.place is not None else None),
    }


def _position(location: Location | None) -> PositionDocument:
    if location is None:
        return {"file": None, "line": None, "column": None}
    return {"file": location.file, "line": location.line, "column": location.column}


def _variable(variable: Variable) -> VariableDocument:
    return {
        "name": shown_name(variable.name),
        "state": variable.state,
        "source": variable.source,
        "hides": list(variable.hidden),
    }
