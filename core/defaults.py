"""Defaults: the model of a pipe that names none, by its purpose, with its price and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from core.api import Report
from core.dialects.deck_schema import sections_of
from core.entities import Choice, Family, ModelSpec, Place, Preset
from core.mentions import Node
from core.prices import UNKNOWN, Price, price_of
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, switched_off

if TYPE_CHECKING:
    from core.explain import Setting

_PURPOSES = {"for_text": "text", "for_object": "object"}
_FAMILIES = {"img_gen": "image", "extract": "extract", "ocr": "extract", "search": "search", "judgment": "judgment"}


@dataclass(frozen=True, slots=True)
class Default:
    """The default of one purpose.

    `purpose` is `text`, `object`, `image`, `extract`, `search`, `judgment` or a document's format and source. `says`:
    the deck's reference or inline settings; empty if it has none, so a pipe must name a model. `override`: an override
    sets it; `hides`: the default below the override.
    """

    purpose: str
    family: str
    node: Node | None
    says: str
    override: bool
    hides: str
    resolution: Resolution | None = field(repr=False)
    price: Price
    place: Place | None = field(repr=False)
    report: Report = field(repr=False)

    @property
    def spec(self) -> ModelSpec | None:
        """The model; None for a dead default."""
        return self.resolution.spec if self.resolution is not None else None

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings of a call, each with its place."""
        from core.explain import settings_used  # imported lazily: only a few commands use it

        return settings_used(self.report, self.resolution) if self.resolution is not None else ()


def defaults(report: Report) -> tuple[Default, ...]:
    """One row for each purpose of the release, in the order of the deck's sections."""
    return tuple(_rows(report))


def _rows(report: Report) -> Iterator[Default]:
    catalog = report.catalog
    if catalog.behaviours.deck_layout == "flat":
        families = ["llm"]
    else:
        families = [section.family for section in sections_of(catalog.behaviours)]
    ends = {(item.family, item.name): item for item in report.resolutions if item.kind is Kind.CHOICE}
    for name in families:
        family = catalog.families.get(name)
        keys = dict.fromkeys(choice.key for choice in family.choices) if family is not None else {}
        if name == "llm":
            keys = dict.fromkeys(("for_text", "for_object", *keys))
        for key in keys or ([""] if name != "doc_gen" else []):
            yield _row(report, name, family, key, ends)


def _row(
    report: Report, name: str, family: Family | None, key: str, ends: dict[tuple[str, str], Resolution]
) -> Default:
    purpose = _PURPOSES.get(key) or _FAMILIES.get(name) or f"{name.removesuffix('_gen')} {key}".strip()
    choices = {choice.kind: choice for choice in (family.choices if family is not None else ()) if choice.key == key}
    default, override = choices.get("default"), choices.get("override")
    if override is not None and switched_off(override, report.catalog.behaviours):
        override = None
    won = override or default
    if won is None:
        return Default(purpose, name, None, "", False, "", None, UNKNOWN, None, report)
    resolution = ends.get((name, won.name))
    spec = resolution.spec if resolution is not None else None
    return Default(
        purpose=purpose,
        family=name,
        node=Node(Kind.CHOICE.value, name, won.name),
        says=_says(won),
        override=won is override,
        hides=_says(default) if override is not None and default is not None else "",
        resolution=resolution,
        price=price_of(spec) if spec is not None else UNKNOWN,
        place=won.place,
        report=report,
    )


def _says(choice: Choice) -> str:
    return f"settings for {choice.value.reference}" if isinstance(choice.value, Preset) else choice.value
