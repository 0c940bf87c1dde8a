"""The layers of a model's field: its own table, the file's defaults, the backend's constraints, Pipelex's default."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.dialects.field_values import shown_field
from core.dialects.model_schema import MODEL
from core.entities import ModelSpec, Path
from core.files.source import Source, merged
from core.layers.stack import PIPELEX, Layers, LayerValue, ValueKind, required, restored, said, stacked

_JOINED = ("listed_constraints", "valued_constraints")
"""Fields of a model that join those of its backend, rather than replace anything."""


def model_layers(report: Report, spec: ModelSpec, key: str) -> Layers:
    """The layers behind one field of a model: its own table, over the file's defaults, over Pipelex's own default.

    Constraints of the backend's table come below: listed ones add up, valued ones are overridden key by key.
    """
    source = report.catalog.tree.specs[spec.backend]
    kind = ValueKind(MODEL, report.release)
    below: list[LayerValue] = []
    if key in _JOINED:
        backend = report.catalog.backends[spec.backend]
        if key in backend.fields:
            document = report.catalog.tree.backends
            path: Path = (*backend.place.path, key)
            below.append(said(kind, document.winner(path), path, "the backend's table"))
    own = _own_layers(kind, spec, key, source)
    default = _model_default(report, spec, key)
    bottom = [default] if default is not None else []
    stack = (*bottom, *below, *own)
    value = _model_value(key, stack)
    removable = [layer for layer in stack if layer.place is not None]
    restores = None
    if removable:
        left = stack[:-1]
        needed = key in required(MODEL.fields_of(report.release)) and not left
        restores = restored(kind, left, _model_value(key, left), key, refused=needed)
    hides = report.catalog.tree.beneath.get("backends", "")
    return stacked(kind, (*spec.place.path, key), stack, value, restores, key in _JOINED and bool(below and own), hides)


def _own_layers(kind: ValueKind, spec: ModelSpec, key: str, source: Source) -> list[LayerValue]:
    """What a model's file says of a field: the defaults, then the model's own table."""
    out = []
    if spec.defaults is not None:
        path = (*spec.defaults.path, key if spec.defaults.path else f"default_{key}")
        flat: Path = (f"default_{key}",)
        for at in (flat, path) if path != flat else (path,):
            if source.holds(at):
                out.append(said(kind, source, at, "the file's defaults", key))
    own: Path = (*spec.place.path, key)
    if key in spec.own and not (key == "sdk" and spec.fields.get("sdk") != source.value(own)):
        # 0.10 takes an empty `sdk` for none, so that the default counts.
        out.append(said(kind, source, own, "the model's own table", key))
    return out


def _model_value(key: str, stack: Sequence[LayerValue]) -> object:
    if key not in _JOINED:
        return stack[-1].value if stack else None
    backend = [layer.value for layer in stack if layer.origin == "the backend's table"]
    own = [layer.value for layer in stack if layer.origin != "the backend's table"]
    parts = [*backend, *own[-1:]]
    return merged(parts, concatenate=True)


def _model_default(report: Report, spec: ModelSpec, key: str) -> LayerValue | None:
    release = report.catalog.behaviours
    known: dict[str, object] = {"enabled": True, "model_type": "llm", "inputs": [], "outputs": []}
    if not release.model_id_required:
        known |= {"model_id": spec.handle, "costs": {}, "listed_constraints": [], "valued_constraints": {}}
        known |= {"thinking_mode": "none"}
    if release.handle_field:
        known["handle"] = spec.table
    if key not in known:
        return None
    return LayerValue(PIPELEX, None, known[key], shown_field(None, key, known[key], report.release), None)
