"""Entities of a tree: backends, model specs, profiles and deck entries, each with its place. All are frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from core.records import dataclass

Path = tuple[str | int, ...]
GLOBAL = "global"
"""The family of aliases and waterfalls up to 0.17, where all model types share one space of names."""


def as_float(number: float) -> float:
    """A number as a float; a whole number too large for one is infinite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


class Layer(StrEnum):
    """The layer of a file."""

    PROJECT = "project"
    HOME = "home"
    HOME_OVERRIDE = "home override"
    PROJECT_OVERRIDE = "project override"
    KIT = "kit"
    """Not there yet: the first start copies the file from the kit into the home."""


@dataclass(frozen=True, slots=True)
class Location:
    """A location in a file: 1-based line and column, and the dotted key.

    `path` is the key path in this file, for edits.
    """

    file: str
    line: int
    column: int
    key: str
    layer: Layer
    path: Path = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def within(self, folder: str) -> str:
        """The location relative to a folder: `deck/base_deck.toml:12`."""
        file = self.file.removeprefix(folder + "/") if folder else self.file
        return f"{file}:{self.line}"


class Locator(Protocol):
    """Locates the key paths of a document."""

    def locate(self, path: Path) -> Location: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A key path in a document; its line is looked up on access."""

    document: Locator
    path: Path

    @property
    def location(self) -> Location:
        return self.document.locate(self.path)

    def at(self, *keys: str | int) -> Place:
        """The place of a key below this one."""
        return Place(self.document, (*self.path, *keys))


@dataclass(frozen=True, slots=True)
class Backend:
    """One table of `backends.toml`."""

    name: str
    enabled: bool
    fields: Mapping[str, object]
    place: Place
    position: int

    @property
    def display_name(self) -> str:
        name = self.fields.get("display_name")
        return name if isinstance(name, str) and name else self.name

    def text(self, key: str) -> str | None:
        """The text of a field as written, with its placeholders."""
        value = self.fields.get(key)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model in the file of one backend. Prices are USD per million tokens; unknown is not zero."""

    backend: str
    handle: str
    table: str
    model_type: str
    sdk: str | None
    model_id: str
    fields: Mapping[str, object]
    place: Place
    defaults: Place | None
    own: frozenset[str]
    usable: bool = True

    @property
    def costs(self) -> Mapping[str, float]:
        value = self.fields.get("costs")
        if not isinstance(value, Mapping):
            return {}
        return {str(key): as_float(price) for key, price in value.items() if isinstance(price, int | float)}

    @property
    def max_tokens(self) -> int | None:
        value = self.fields.get("max_tokens")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def names(self, key: str) -> tuple[str, ...]:
        """A list field such as `inputs` or `outputs`."""
        value = self.fields.get(key)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def origin(self, key: str) -> Place | None:
        """The place of a field: in the model's table or the file's defaults; None for a default of Pipelex."""
        if key in self.own:
            return self.place.at(key)
        if self.defaults is not None and key in self.fields:
            path = self.defaults.path
            return self.defaults.at(key if path else f"default_{key}")
        return None


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of a profile: a pattern and the backend it sends to."""

    pattern: str
    backend: str
    optional: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Profile:
    """One routing profile."""

    name: str
    description: str
    default: str | None
    routes: tuple[Route, ...]
    optional_routes: tuple[Route, ...]
    fallback_order: tuple[str, ...] | None
    place: Place

    @property
    def default_place(self) -> Place:
        return self.place.at("default")


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for another reference, or (up to 0.14) for a list of them tried in order."""

    family: str
    name: str
    targets: tuple[str, ...]
    is_list: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Waterfall:
    """References tried in order."""

    family: str
    name: str
    entries: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Preset:
    """A model reference with its settings."""

    family: str
    name: str
    reference: str
    fields: Mapping[str, object]
    place: Place
    handle_key: str = "model"


@dataclass(frozen=True, slots=True)
class Choice:
    """The model of pipes that name none: a `default`, or an `override` of it."""

    family: str
    kind: str
    key: str
    value: str | Preset
    place: Place

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.key}" if self.key else self.kind

    @property
    def address(self) -> str:
        """A name for this choice that is unique in the tree: `llm/default/for_text`."""
        return f"{self.family}/{self.name}"


@dataclass(frozen=True, slots=True)
class Family:
    """The deck's section for one kind of model."""

    name: str
    model_type: str | None
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    waterfalls: Mapping[str, Waterfall] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeckSettings:
    """The deck settings of `pipelex.toml` (from 0.15 on)."""

    waterfalls_fall_back: bool = True
    missing_presets: str = "log"
