"""The JSON document of `explain`, and layers as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.api import Report
from core.defaults import Default
from core.entities import Location
from core.explain import Explanation, Setting
from core.layers import Layers, LayerValue
from core.masking import shown_name
from core.mentions import Node
from core.variables import Variable
from core.views.checking import problem_document, resolution_document
from core.views.models import offer_document, price_document
from core.views.parts import Json, place_document


def explain_document(
    report: Report,
    explanations: Iterable[Explanation],
    things: Mapping[Node, Sequence[Layers]],
    rows: Iterable[Default] = (),
) -> Json:
    """Everything that `explain --json` says: of references, of backends and profiles (`things`), of the defaults."""
    return {
        "tree": report.catalog.tree.found.inference,
        "release": str(report.release),
        "profile": report.catalog.active,
        "references": [explanation_document(report, item) for item in explanations],
        "things": [
            {"kind": node.kind, "name": node.name, "values": [layers_document(item) for item in values]}
            for node, values in things.items()
        ],
        "defaults": [_default(row) for row in rows],
    }


def _default(row: Default) -> Json:
    spec = row.spec
    return {
        "work": row.work,
        "family": row.family,
        "says": row.says or None,
        "override": row.override,
        "hides": row.hides or None,
        "status": row.resolution.status.value if row.resolution is not None else None,
        "backend": spec.backend if spec is not None else None,
        "handle": spec.handle if spec is not None else None,
        "model_id": spec.model_id if spec is not None else None,
        "price": price_document(row.price),
        "settings": [_setting(setting) for setting in row.settings],
        **_place(row.place.location if row.place is not None else None),
    }


def _setting(setting: Setting) -> Json:
    return {
        "key": setting.key,
        "asked": setting.asked,
        "sent": setting.sent,
        "note": setting.note or None,
        **_place(setting.place.location if setting.place is not None else None),
    }


def explanation_document(report: Report, item: Explanation) -> Json:
    """One reference, with what `resolve` says of it and more."""
    return {
        **resolution_document(report, item.resolution),
        "lost": [
            {
                "pattern": lost.route.pattern,
                "backend": lost.route.backend,
                "why": lost.why,
                **place_document(lost.route.place.location),
            }
            for lost in item.lost
        ],
        "variables": [variable_document(variable) for variable in item.variables],
        "price": price_document(item.price),
        "max_tokens": item.max_tokens,
        "settings": [_setting(setting) for setting in item.settings],
        "values": [layers_document(layers) for layers in item.values],
        "others": [offer_document(offer) for offer in item.others],
        "near": list(item.near),
        "problems": [problem_document(problem) for problem in item.problems],
    }


def layers_document(layers: Layers) -> Json:
    """One value with its layers, the one in force last; keys are hidden in the values."""
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


def _layer(item: LayerValue) -> Json:
    return {
        "origin": item.origin,
        "layer": item.layer.value if item.layer is not None else None,
        "value": item.shown,
        **_place(item.place.location if item.place is not None else None),
    }


def _place(location: Location | None) -> Json:
    document = place_document(location)
    return {key: document[key] for key in ("file", "line", "column")}


def variable_document(variable: Variable) -> Json:
    """The state of a variable, never its value."""
    return {
        "name": shown_name(variable.name),
        "state": variable.state.value,
        "source": variable.source,
        "hides": list(variable.hidden),
    }
