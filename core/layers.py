"""Layers: where a value comes from, which files set it too, and what takes its place when the top one is removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from core.api import Report
from core.dialects.deck_shape import SECTIONS
from core.dialects.describe import shown_field
from core.dialects.model_shape import BACKEND, MODEL
from core.dialects.profiles import PROFILE
from core.dialects.shape import Field, Shape
from core.entities import Layer, ModelSpec, Path, Place
from core.files.source import LayeredDocument, Source, dotted, merged
from core.mentions import Node
from core.records import dataclass
from core.releases import Release

PIPELEX = "Pipelex's default"
_JOINED = ("listed_constraints", "valued_constraints")
"""Fields of a model that join those of its backend, rather than replace anything."""


@dataclass(frozen=True, slots=True)
class LayerValue:
    """What one layer says about a value. `origin` says which, for people; a default of Pipelex's own has no place.

    `place` is in the layer's own file: what a removal deletes is its path, in the file `file`.
    """

    origin: str
    layer: Layer | None
    value: object = field(repr=False)
    shown: str
    place: Place | None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a value becomes when its top layer is removed; None is "not set". `refused`: the release needs it."""

    value: object = field(repr=False)
    shown: str
    origin: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """The stack of layers behind one value, the winning one last.

    `key` is its name, `path` its dotted path. `value` is what is in force. When `is_merged`, the layers add up to it
    (tables, and lists up to 0.16), else the last one alone counts. `hides` is a file or folder of the home that the
    project's hides whole: nothing in it counts, whatever is removed here.
    """

    key: str
    path: str
    stack: tuple[LayerValue, ...]
    value: object = field(repr=False)
    shown: str
    is_merged: bool
    restores: Restored | None
    hides: str = ""

    @property
    def winner(self) -> LayerValue | None:
        """The layer on top; None for a value that nothing sets."""
        return self.stack[-1] if self.stack else None


def layers_at(report: Report, place: Place) -> Layers:
    """The layers behind the value at a place of the tree: of `backends.toml`, of the routing, of the deck, of a model.

    An element of a list answers for the whole list, which is what files set.
    """
    tree = report.catalog.tree
    path = place.path
    while path and isinstance(path[-1], int):
        path = path[:-1]
    for document in (tree.backends, tree.routing, tree.deck, tree.settings):
        if place.document is document:
            return _of_document(report, document, path)
    for spec in report.catalog.specs:
        own = spec.place.path
        if spec.place.document is place.document and path[: len(own)] == own and len(path) > len(own):
            return model_layers(report, spec, str(path[len(own)]))
    for document in (tree.backends, tree.routing, tree.deck, tree.settings):
        if place.document in document.sources:
            return _of_document(report, document, path)
    source = place.document if isinstance(place.document, Source) else None
    kind = _Kind(None, report.release)
    stack = (_said(kind, source, path, _origin(report, source)),) if source is not None and source.holds(path) else ()
    return _layers(kind, path, stack, stack[-1].value if stack else None, None, False)


def model_layers(report: Report, spec: ModelSpec, key: str) -> Layers:
    """The layers behind one field of a model: its own table, over the file's defaults, over Pipelex's own default.

    Constraints of the backend's table come below: listed ones add up, valued ones are overridden key by key.
    """
    source = report.catalog.tree.specs[spec.backend]
    kind = _Kind(MODEL, report.release)
    below: list[LayerValue] = []
    if key in _JOINED:
        backend = report.catalog.backends[spec.backend]
        if key in backend.fields:
            document = report.catalog.tree.backends
            path: Path = (*backend.place.path, key)
            below.append(_said(kind, document.winner(path), path, "the backend's table"))
    own = _own_layers(kind, spec, key, source)
    default = _model_default(report, spec, key)
    bottom = [default] if default is not None else []
    stack = (*bottom, *below, *own)
    value = _model_value(key, stack)
    removable = [layer for layer in stack if layer.place is not None]
    restores = None
    if removable:
        left = stack[:-1]
        needed = key in _required(MODEL.known(report.release)) and not left
        restores = _restored(kind, left, _model_value(key, left), key, refused=needed)
    hides = report.catalog.tree.beneath.get("backends", "")
    return _layers(kind, (*spec.place.path, key), stack, value, restores, key in _JOINED and bool(below and own), hides)


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


# ---- documents of several files


def _of_document(report: Report, document: LayeredDocument, path: Path) -> Layers:
    kind = _Kind(_shape_at(report, document, path), report.release)
    stack = tuple(_said(kind, source, path, _origin(report, source)) for source in document.stack(path))
    default = _default(report, document, path)
    if default is not None:
        stack = (default, *stack)
    real = [layer for layer in stack if layer.place is not None]
    value = _value(document, stack)
    contributing = len(real) > 1 and _adds_up(document, real)
    restores = None
    if real:
        left = stack[:-1]
        refused = not left and is_required(report, document, path)
        restores = _restored(kind, left, _value(document, left), str(path[-1]) if path else "", refused=refused)
    return _layers(kind, path, stack, value, restores, contributing, _hides(report, document))


def _value(document: LayeredDocument, stack: Sequence[LayerValue]) -> object:
    real = [layer.value for layer in stack if layer.place is not None]
    if not real:
        return stack[-1].value if stack else None
    return merged(real, concatenate=document.concatenated)


def _adds_up(document: LayeredDocument, layers: Sequence[LayerValue]) -> bool:
    kinds = list if document.concatenated and isinstance(layers[-1].value, list) else dict
    return isinstance(layers[-1].value, kinds) and isinstance(layers[-2].value, kinds)


def _origin(report: Report, source: Source) -> str:
    """What a file is among those that are layered."""
    tree = report.catalog.tree
    if source in tree.deck.sources:
        return "deck file" if source.layer is Layer.PROJECT else f"{source.layer.value}'s deck file"
    if source in tree.settings.sources:
        return f"{source.layer.value} settings"
    return source.layer.value


def _hides(report: Report, document: LayeredDocument) -> str:
    tree = report.catalog.tree
    names = ((tree.backends, "backends.toml"), (tree.routing, "routing_profiles.toml"), (tree.deck, "deck"))
    return next((tree.beneath.get(name, "") for known, name in names if document is known), "")


def _default(report: Report, document: LayeredDocument, path: Path) -> LayerValue | None:
    """What Pipelex itself takes where no file sets a value."""
    tree = report.catalog.tree
    key = path[-1] if path else ""
    known: dict[object, object] = {}
    if document is tree.backends and len(path) == 2:
        known = {"enabled": True}
    elif document is tree.settings:
        known = {"is_model_fallback_enabled": True, "missing_presets_reaction": "log"}
    elif document is tree.deck and "presets" in path[:-1]:
        known = {"include_images": False, "include_inline_citations": True}
    if key not in known:
        return None
    return LayerValue(PIPELEX, None, known[key], shown_field(None, str(key), known[key], report.release), None)


def is_required(report: Report, document: LayeredDocument, path: Path) -> bool:
    """Whether the release refuses to start when nothing sets a value."""
    catalog = report.catalog
    tree = catalog.tree
    if document is tree.routing:
        if len(path) == 3 and path[0] == "profiles":
            return path[-1] in _required(PROFILE.known(report.release))
        return path in (("active",), ("profiles",))
    if document is not tree.deck or not path:
        return False
    sections = {section.family: section for section in SECTIONS if section.known(report.release)}
    if path[0] == "llm_presets" and len(path) == 3:
        return path[-1] in _required(SECTIONS[0].preset.known(report.release))
    section = sections.get(str(path[0]))
    if section is None:
        return path[:-1] == ("llm_choice_defaults",) and path[-1] in ("for_text", "for_object")
    if len(path) == 4 and path[1] == "presets":
        return path[-1] in _required(section.preset.known(report.release))
    if path[1:] == ("choice_default",):
        return section.choice_required
    return path in (("llm", "choice_defaults", "for_text"), ("llm", "choice_defaults", "for_object"))


def _shape_at(report: Report, document: LayeredDocument, path: Path) -> Shape | None:
    """The shape of the table that a key path of a document leads into, where it has one."""
    tree = report.catalog.tree
    if document is tree.backends:
        return BACKEND if len(path) == 2 else None
    if document is tree.routing:
        return PROFILE if len(path) == 3 and path[0] == "profiles" else None
    if document is not tree.deck:
        return None
    if path[:1] == ("llm_presets",):
        return SECTIONS[0].preset
    known = (item for item in SECTIONS if item.known(report.release) and path[1:2] == ("presets",))
    return next((item.preset for item in known if item.family == path[0]), None)


def _required(known: Mapping[str, Field]) -> set[str]:
    return {name for name, rule in known.items() if rule.required}


# ---- models


def _own_layers(kind: _Kind, spec: ModelSpec, key: str, source: Source) -> list[LayerValue]:
    """What a model's file says of a field: the defaults, then the model's own table."""
    out = []
    if spec.defaults is not None:
        path = (*spec.defaults.path, key if spec.defaults.path else f"default_{key}")
        flat: Path = (f"default_{key}",)
        for at in (flat, path) if path != flat else (path,):
            if source.holds(at):
                out.append(_said(kind, source, at, "the file's defaults", key))
    own: Path = (*spec.place.path, key)
    if key in spec.own and not (key == "sdk" and spec.fields.get("sdk") != source.value(own)):
        # 0.10 takes an empty `sdk` for none, so that the default counts.
        out.append(_said(kind, source, own, "the model's own table", key))
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


# ---- making


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is known of a value's kind: the shape of the table it stands in, and the release."""

    shape: Shape | None
    release: Release

    def shown(self, key: str, value: object) -> str:
        return shown_field(self.shape, key, value, self.release)


def _said(kind: _Kind, source: Source, path: Path, origin: str, key: str | None = None) -> LayerValue:
    value = source.value(path)
    name = key if key is not None else str(path[-1]) if path else ""
    return LayerValue(origin, source.layer, value, kind.shown(name, value), Place(source, path), source.path)


def _restored(kind: _Kind, left: Sequence[LayerValue], value: object, key: str, *, refused: bool) -> Restored:
    if not left:
        return Restored(None, "not set", "", refused)
    return Restored(value, kind.shown(key, value), left[-1].origin, refused)


def _layers(
    kind: _Kind,
    path: Path,
    stack: tuple[LayerValue, ...],
    value: object,
    restores: Restored | None,
    is_merged: bool,
    hides: str = "",
) -> Layers:
    key = str(path[-1]) if path else ""
    shown = kind.shown(key, value) if stack else "not set"
    return Layers(key, dotted(path), stack, value, shown, is_merged, restores, hides)


def _at(data: object, path: Path) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data
