"""The stack of layers behind a value, as values: what each layer says, what wins, what removing one restores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from core.dialects.field_values import shown_field
from core.dialects.table_schema import Field, TableSchema
from core.entities import Layer, Path, Place
from core.files.outline import dotted
from core.files.source import Source
from core.records import dataclass
from core.releases import Release

PIPELEX = "Pipelex's default"


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


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What is known of a value's kind: the shape of the table it stands in, and the release."""

    shape: TableSchema | None
    release: Release

    def shown(self, key: str, value: object) -> str:
        """A value as it may be shown under a key, secrets hidden."""
        return shown_field(self.shape, key, value, self.release)


def said(kind: ValueKind, source: Source, path: Path, origin: str, key: str | None = None) -> LayerValue:
    """What a file says at a key path; `key` names the field where the path does not."""
    value = source.value(path)
    name = key if key is not None else str(path[-1]) if path else ""
    return LayerValue(origin, source.layer, value, kind.shown(name, value), Place(source, path), source.path)


def restored(kind: ValueKind, left: Sequence[LayerValue], value: object, key: str, *, refused: bool) -> Restored:
    """What a value becomes when the layers `left` are all there is; `refused`: the release needs it to be set."""
    if not left:
        return Restored(None, "not set", "", refused)
    return Restored(value, kind.shown(key, value), left[-1].origin, refused)


def stacked(
    kind: ValueKind,
    path: Path,
    stack: tuple[LayerValue, ...],
    value: object,
    restores: Restored | None,
    is_merged: bool,
    hides: str = "",
) -> Layers:
    """The layers of the value at a key path, named and shown."""
    key = str(path[-1]) if path else ""
    shown = kind.shown(key, value) if stack else "not set"
    return Layers(key, dotted(path), stack, value, shown, is_merged, restores, hides)


def required(known: Mapping[str, Field]) -> set[str]:
    """The fields that a release refuses to do without."""
    return {name for name, rule in known.items() if rule.required}
