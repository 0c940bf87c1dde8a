"""The layers of the value at a place, and of every value of an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.entities import Locator, ModelSpec, Path, Place
from core.files.source import LayeredDocument, Source
from core.layers.layer_stack import Layers, ValueKind, document_layers, layer_value, layers_of, model_layers, origin_of
from core.masking import in_backend_file
from core.mentions import Node


def layers_at(report: Report, place: Place) -> Layers:
    """The layers of the value at a place: in `backends.toml`, the routing, the deck, the settings or a model.

    For an element of a list: the layers of the list.
    """
    tree = report.catalog.tree
    path = place.path
    while path and isinstance(path[-1], int):
        path = path[:-1]
    outline = _outline(place)
    documents = (tree.backends, tree.routing, tree.deck, tree.settings)
    for document in documents:
        if outline is document.outline:
            return document_layers(report, document, path)
    for spec in report.catalog.specs:
        spec_path = spec.place.path
        if spec.place.document is outline and path[: len(spec_path)] == spec_path and len(path) > len(spec_path):
            return model_layers(report, spec, str(path[len(spec_path)]))
    for document in documents:
        if any(outline is source.outline for source in document.sources):
            return document_layers(report, document, path)
    source = next((source for source in tree.sources if source.outline is outline), None)
    kind = ValueKind(None, report.release, source is not None and in_backend_file(source.path))
    stack = (
        (layer_value(kind, source, path, origin_of(report, source)),)
        if source is not None and source.holds(path)
        else ()
    )
    return layers_of(kind, path, stack, stack[-1].value if stack else None, None, False)


def _outline(place: Place) -> Locator:
    """The outline of a place's document, compared by identity."""
    return place.document.outline if isinstance(place.document, Source | LayeredDocument) else place.document


def settings_of(report: Report, node: Node) -> tuple[Layers, ...]:
    """The layers of every value of a node: a preset's settings, an alias's target, a backend's or profile's keys.

    Kinds are `preset`, `alias`, `waterfall`, `choice`, `backend`, `profile` and `model` (its serving spec, else the
    first declared one). Empty for an unknown node.
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
        for path in _leaves(catalog.tree.routing, place.path, depth=2):
            yield layers_at(report, Place(place.document, path))
    elif kind == "model":
        spec = spec_of(report, family, name)
        for key in spec.fields if spec is not None else ():
            assert spec is not None
            yield model_layers(report, spec, key)
    else:
        for place in _entries(report, kind, family, name):
            for path in _leaves(catalog.tree.deck, place.path, depth=1):
                yield layers_at(report, Place(place.document, path))


def spec_of(report: Report, family: str, name: str) -> ModelSpec | None:
    """The spec to show for a handle: the serving one, else the first declared for the family."""
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


def _leaves(document: LayeredDocument, path: Path, *, depth: int) -> Iterator[Path]:
    """The key paths below a table, down to `depth` levels; the path itself if there is no table."""
    value = _at(document.data, path)
    if not isinstance(value, Mapping) or depth == 0 or not value:
        yield path
        return
    for key in value:
        yield from _leaves(document, (*path, key), depth=depth - 1)


def _at(data: object, path: Path) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
