"""The stack of layers behind one value of a merged document or of a model, and the result of removing its top layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from core.api import Report
from core.dialects.deck_schema import SECTIONS
from core.dialects.field_values import shown_field
from core.dialects.model_schema import BACKEND, MODEL
from core.dialects.routing_reader import PROFILE
from core.dialects.table_schema import Field, TableSchema
from core.entities import Layer, ModelSpec, Path, Place
from core.files.outline import dotted
from core.files.source import LayeredDocument, Source, merged
from core.masking import below_item
from core.records import dataclass
from core.releases import Release

PIPELEX = "Pipelex's default"


@dataclass(frozen=True, slots=True)
class LayerValue:
    """The value in one layer. `origin` names the layer; a default of Pipelex has no place.

    `place` is in the layer's own file: a removal deletes its path in `file`.
    """

    origin: str
    layer: Layer | None
    value: object = field(repr=False)
    shown: str
    place: Place | None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """The value after the removal of its top layer; None is "not set". `refused`: the release requires it."""

    value: object = field(repr=False)
    shown: str
    origin: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """The stack of layers behind one value, the winning one last.

    `key` is its name, `path` its dotted path, `value` the effective value. `is_merged`: the layers are merged (tables,
    and lists up to 0.16), else the last one replaces the others. `hides`: the file or folder at home that the project's
    hides as a whole.
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


@dataclass(frozen=True, slots=True)
class ValueKind:
    """The schema of the table that holds a value, and the release."""

    shape: TableSchema | None
    release: Release
    strict: bool = False
    """Whether it is in a file of backends, where only what is known to be harmless is shown."""
    path: Path = ()
    """The key path below its item; the key alone if empty."""

    def shown(self, key: str, value: object) -> str:
        """A value as text, secrets masked."""
        return shown_field(self.shape, key, value, self.release, strict=self.strict, path=self.path)


def layer_value(kind: ValueKind, source: Source, path: Path, origin: str, key: str | None = None) -> LayerValue:
    """The value of a file at a key path; `key` is the field, if the path does not name it."""
    value = source.value(path)
    name = key if key is not None else str(path[-1]) if path else ""
    return LayerValue(origin, source.layer, value, kind.shown(name, value), Place(source, path), source.path)


def restored_value(kind: ValueKind, left: Sequence[LayerValue], value: object, key: str, *, refused: bool) -> Restored:
    """The value of the layers `left`; `refused`: the release requires a value."""
    if not left:
        return Restored(None, "not set", "", refused)
    return Restored(value, kind.shown(key, value), left[-1].origin, refused)


def layers_of(
    kind: ValueKind,
    path: Path,
    stack: tuple[LayerValue, ...],
    value: object,
    restores: Restored | None,
    is_merged: bool,
    hides: str = "",
) -> Layers:
    """The layers of the value at a key path."""
    key = str(path[-1]) if path else ""
    shown = kind.shown(key, value) if stack else "not set"
    return Layers(key, dotted(path), stack, value, shown, is_merged, restores, hides)


def required_fields(fields: Mapping[str, Field]) -> set[str]:
    """The fields that a release requires."""
    return {name for name, rule in fields.items() if rule.required}


def document_layers(report: Report, document: LayeredDocument, path: Path) -> Layers:
    """The layers of a value in merged files: each file that sets it, over Pipelex's default."""
    strict = document is report.catalog.tree.backends
    below = tuple(below_item(path, strict=strict))
    kind = ValueKind(_shape_at(report, document, path), report.release, strict, below)
    stack = tuple(layer_value(kind, source, path, origin_of(report, source)) for source in document.stack(path))
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
        restores = restored_value(kind, left, _value(document, left), str(path[-1]) if path else "", refused=refused)
    return layers_of(kind, path, stack, value, restores, contributing, _hides(report, document))


def _value(document: LayeredDocument, stack: Sequence[LayerValue]) -> object:
    real = [layer.value for layer in stack if layer.place is not None]
    if not real:
        return stack[-1].value if stack else None
    return merged(real, concatenate=document.concatenated)


def _adds_up(document: LayeredDocument, layers: Sequence[LayerValue]) -> bool:
    kinds = list if document.concatenated and isinstance(layers[-1].value, list) else dict
    return isinstance(layers[-1].value, kinds) and isinstance(layers[-2].value, kinds)


def origin_of(report: Report, source: Source) -> str:
    """The role of a file among the layered ones: `deck file`, `home settings`, `project`."""
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
    """Pipelex's default for a value that no file sets."""
    tree = report.catalog.tree
    key = path[-1] if path else ""
    defaults: dict[object, object] = {}
    if document is tree.backends and len(path) == 2:
        defaults = {"enabled": True}
    elif document is tree.settings:
        defaults = {"is_model_fallback_enabled": True, "missing_presets_reaction": "log"}
    elif document is tree.deck and "presets" in path[:-1]:
        defaults = {"include_images": False, "include_inline_citations": True}
    if key not in defaults:
        return None
    return LayerValue(PIPELEX, None, defaults[key], shown_field(None, str(key), defaults[key], report.release), None)


def is_required(report: Report, document: LayeredDocument, path: Path) -> bool:
    """Whether the release refuses to start when no file sets a value."""
    catalog = report.catalog
    tree = catalog.tree
    if document is tree.routing:
        if len(path) == 3 and path[0] == "profiles":
            return path[-1] in required_fields(PROFILE.fields_of(report.release))
        return path in (("active",), ("profiles",))
    if document is not tree.deck or not path:
        return False
    sections = {section.family: section for section in SECTIONS if section.exists_in(report.release)}
    if path[0] == "llm_presets" and len(path) == 3:
        return path[-1] in required_fields(SECTIONS[0].preset.fields_of(report.release))
    section = sections.get(str(path[0]))
    if section is None:
        return path[:-1] == ("llm_choice_defaults",) and path[-1] in ("for_text", "for_object")
    if len(path) == 4 and path[1] == "presets":
        return path[-1] in required_fields(section.preset.fields_of(report.release))
    if path[1:] == ("choice_default",):
        return section.choice_required
    return path in (("llm", "choice_defaults", "for_text"), ("llm", "choice_defaults", "for_object"))


def _shape_at(report: Report, document: LayeredDocument, path: Path) -> TableSchema | None:
    """The schema of the table that holds a key path; None if it has no schema."""
    tree = report.catalog.tree
    if document is tree.backends:
        return BACKEND if len(path) == 2 else None
    if document is tree.routing:
        return PROFILE if len(path) == 3 and path[0] == "profiles" else None
    if document is not tree.deck:
        return None
    if path[:1] == ("llm_presets",):
        return SECTIONS[0].preset
    sections = (item for item in SECTIONS if item.exists_in(report.release) and path[1:2] == ("presets",))
    return next((item.preset for item in sections if item.family == path[0]), None)


_JOINED = ("listed_constraints", "valued_constraints")
"""Fields of a model that are merged with those of its backend."""


def model_layers(report: Report, spec: ModelSpec, key: str) -> Layers:
    """The layers of one field of a model: its own table, over the file's defaults, over Pipelex's default.

    Constraints of the backend's table are below: listed ones are concatenated, valued ones overridden by key.
    """
    source = report.catalog.tree.specs[spec.backend]
    kind = ValueKind(MODEL, report.release, strict=True)
    below: list[LayerValue] = []
    if key in _JOINED:
        backend = report.catalog.backends[spec.backend]
        if key in backend.fields:
            document = report.catalog.tree.backends
            path: Path = (*backend.place.path, key)
            below.append(layer_value(kind, document.winner(path), path, "the backend's table"))
    own_path = _own_layers(kind, spec, key, source)
    default = _model_default(report, spec, key)
    bottom = [default] if default is not None else []
    stack = (*bottom, *below, *own_path)
    value = _model_value(key, stack)
    removable = [layer for layer in stack if layer.place is not None]
    restores = None
    if removable:
        left = stack[:-1]
        needed = key in required_fields(MODEL.fields_of(report.release)) and not left
        restores = restored_value(kind, left, _model_value(key, left), key, refused=needed)
    hides = report.catalog.tree.beneath.get("backends", "")
    return layers_of(
        kind, (*spec.place.path, key), stack, value, restores, key in _JOINED and bool(below and own_path), hides
    )


def _own_layers(kind: ValueKind, spec: ModelSpec, key: str, source: Source) -> list[LayerValue]:
    """The layers of a field in a model's file: the defaults, then the model's own table."""
    layers = []
    if spec.defaults is not None:
        path = (*spec.defaults.path, key if spec.defaults.path else f"default_{key}")
        flat: Path = (f"default_{key}",)
        for at in (flat, path) if path != flat else (path,):
            if source.holds(at):
                layers.append(layer_value(kind, source, at, "the file's defaults", key))
    own_path: Path = (*spec.place.path, key)
    if key in spec.own and not (key == "sdk" and spec.fields.get("sdk") != source.value(own_path)):
        # 0.10 treats an empty `sdk` as unset, so the default applies.
        layers.append(layer_value(kind, source, own_path, "the model's own table", key))
    return layers


def _model_value(key: str, stack: Sequence[LayerValue]) -> object:
    if key not in _JOINED:
        return stack[-1].value if stack else None
    backend = [layer.value for layer in stack if layer.origin == "the backend's table"]
    own_values = [layer.value for layer in stack if layer.origin != "the backend's table"]
    parts = [*backend, *own_values[-1:]]
    return merged(parts, concatenate=True)


def _model_default(report: Report, spec: ModelSpec, key: str) -> LayerValue | None:
    release = report.catalog.behaviours
    defaults: dict[str, object] = {"enabled": True, "model_type": "llm", "inputs": [], "outputs": []}
    if not release.model_id_required:
        defaults |= {"model_id": spec.handle, "costs": {}, "listed_constraints": [], "valued_constraints": {}}
        defaults |= {"thinking_mode": "none"}
    if release.handle_field:
        defaults["handle"] = spec.table
    if key not in defaults:
        return None
    return LayerValue(PIPELEX, None, defaults[key], shown_field(None, key, defaults[key], report.release), None)
