"""Layers: the file a value comes from, the files that set it too, and the value left when the top layer is removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.entities import Locator, ModelSpec, Path, Place
from core.files.source import LayeredDocument, Source
from core.layers.layer_stack import (
    PIPELEX,
    Layers,
    LayerValue,
    Restored,
    ValueKind,
    document_layers,
    is_required,
    model_layers,
    origin_of,
    said,
    stacked,
)
from core.mentions import Node

__all__ = [
    "PIPELEX",
    "LayerValue",
    "Layers",
    "Restored",
    "is_required",
    "layers_at",
    "model_layers",
    "settings_of",
    "spec_of",
]


def layers_at(report: Report, place: Place) -> Layers:
    """The layers behind the value at a place of the tree: of `backends.toml`, of the routing, of the deck, of a model.

    An element of a list answers for the whole list, which is what files set.
    """
    tree = report.catalog.tree
    path = place.path
    while path and isinstance(path[-1], int):
        path = path[:-1]
    where = _outline(place)
    documents = (tree.backends, tree.routing, tree.deck, tree.settings)
    for document in documents:
        if where is document.outline:
            return document_layers(report, document, path)
    for spec in report.catalog.specs:
        own = spec.place.path
        if spec.place.document is where and path[: len(own)] == own and len(path) > len(own):
            return model_layers(report, spec, str(path[len(own)]))
    for document in documents:
        if any(where is source.outline for source in document.sources):
            return document_layers(report, document, path)
    source = next((source for source in tree.sources if source.outline is where), None)
    kind = ValueKind(None, report.release)
    stack = (said(kind, source, path, origin_of(report, source)),) if source is not None and source.holds(path) else ()
    return stacked(kind, path, stack, stack[-1].value if stack else None, None, False)


def _outline(place: Place) -> Locator:
    """What a place's document is told by."""
    return place.document.outline if isinstance(place.document, Source | LayeredDocument) else place.document


def settings_of(report: Report, node: Node) -> tuple[Layers, ...]:
    """The layers behind every value of a thing: a preset's settings, an alias's target, a backend's or profile's keys.

    Kinds are `preset`, `alias`, `waterfall`, `choice`, `backend`, `profile` and `model` (the spec that serves it, else
    the first that declares it). Empty when there is no such thing.
    """
    return tuple(_settings(report, *node))


def _settings(report: Report, kind: str, family: str, name: str) -> Iterator[Layers]:
    catalog = report.catalog
    if kind == "backend" and name in catalog.backends:
        backend = catalog.backends[name]
        for key in dict.fromkeys(("enabled", *backend.fields)):
            yield layers_at(report, backend.place.at(key))
    elif kind == "profile" and name in catalog.profiles:
        place = catalog.profiles[name].place
        for path in _leaves(catalog.tree.routing, place.path, most=2):
            yield layers_at(report, Place(place.document, path))
    elif kind == "model":
        spec = spec_of(report, family, name)
        for key in spec.fields if spec is not None else ():
            assert spec is not None
            yield model_layers(report, spec, key)
    else:
        for place in _entries(report, kind, family, name):
            for path in _leaves(catalog.tree.deck, place.path, most=1):
                yield layers_at(report, Place(place.document, path))


def spec_of(report: Report, family: str, name: str) -> ModelSpec | None:
    """The spec to show for a handle: the one that serves it, else the first that declares it for the family."""
    section = report.catalog.families.get(family)
    model_type = section.model_type if section is not None else None
    served = report.serving.spec(model_type, name)
    if served is not None:
        return served
    specs = report.catalog.declared.get(name, ())
    right = [spec for spec in specs if model_type in (None, spec.model_type)]
    return next(iter(right or specs), None)


def _entries(report: Report, kind: str, family: str, name: str) -> Iterator[Place]:
    section = report.catalog.families.get(family)
    if section is None:
        return
    if kind == "choice":
        yield from (choice.place for choice in section.choices if choice.name == name)
        return
    if kind == "preset" and name in section.presets:
        yield section.presets[name].place
    elif kind == "alias" and name in section.aliases:
        yield section.aliases[name].place
    elif kind == "waterfall" and name in section.waterfalls:
        yield section.waterfalls[name].place


def _leaves(document: LayeredDocument, path: Path, *, most: int) -> Iterator[Path]:
    """The key paths below a table, as deep as `most` levels; the path itself when no table is there."""
    value = _at(document.data, path)
    if not isinstance(value, Mapping) or most == 0 or not value:
        yield path
        return
    for key in value:
        yield from _leaves(document, (*path, key), most=most - 1)


def _at(data: object, path: Path) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
