"""The layers of a value of the files that are merged: `backends.toml`, the routing, the deck, the settings."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Report
from core.dialects.deck_schema import SECTIONS
from core.dialects.field_values import shown_field
from core.dialects.model_schema import BACKEND
from core.dialects.routing_reader import PROFILE
from core.dialects.table_schema import TableSchema
from core.entities import Layer, Path
from core.files.source import LayeredDocument, Source, merged
from core.layers.stack import PIPELEX, Layers, LayerValue, ValueKind, required, restored, said, stacked


def document_layers(report: Report, document: LayeredDocument, path: Path) -> Layers:
    """The layers behind a value of files that are merged: each that sets it, over what Pipelex itself takes."""
    kind = ValueKind(_shape_at(report, document, path), report.release)
    stack = tuple(said(kind, source, path, origin_of(report, source)) for source in document.stack(path))
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
        restores = restored(kind, left, _value(document, left), str(path[-1]) if path else "", refused=refused)
    return stacked(kind, path, stack, value, restores, contributing, _hides(report, document))


def _value(document: LayeredDocument, stack: Sequence[LayerValue]) -> object:
    real = [layer.value for layer in stack if layer.place is not None]
    if not real:
        return stack[-1].value if stack else None
    return merged(real, concatenate=document.concatenated)


def _adds_up(document: LayeredDocument, layers: Sequence[LayerValue]) -> bool:
    kinds = list if document.concatenated and isinstance(layers[-1].value, list) else dict
    return isinstance(layers[-1].value, kinds) and isinstance(layers[-2].value, kinds)


def origin_of(report: Report, source: Source) -> str:
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
            return path[-1] in required(PROFILE.fields_of(report.release))
        return path in (("active",), ("profiles",))
    if document is not tree.deck or not path:
        return False
    sections = {section.family: section for section in SECTIONS if section.exists_in(report.release)}
    if path[0] == "llm_presets" and len(path) == 3:
        return path[-1] in required(SECTIONS[0].preset.fields_of(report.release))
    section = sections.get(str(path[0]))
    if section is None:
        return path[:-1] == ("llm_choice_defaults",) and path[-1] in ("for_text", "for_object")
    if len(path) == 4 and path[1] == "presets":
        return path[-1] in required(section.preset.fields_of(report.release))
    if path[1:] == ("choice_default",):
        return section.choice_required
    return path in (("llm", "choice_defaults", "for_text"), ("llm", "choice_defaults", "for_object"))


def _shape_at(report: Report, document: LayeredDocument, path: Path) -> TableSchema | None:
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
    known = (item for item in SECTIONS if item.exists_in(report.release) and path[1:2] == ("presets",))
    return next((item.preset for item in known if item.family == path[0]), None)
