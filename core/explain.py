"""Explanation of a reference: trail, settings as written and as sent, limits, price, other backends that offer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from core.api import Report
from core.catalogue import Offer, elsewhere, offers_of
from core.constraints import sent_temperature
from core.dialects.deck_schema import SECTIONS
from core.dialects.field_values import shown_field
from core.entities import Choice, ModelSpec, Place, Preset, as_float
from core.layers import Layers, settings_of
from core.masking import shown_value
from core.mentions import Node, model_node
from core.prices import UNKNOWN, Price, price_of
from core.problems import Problem
from core.records import dataclass
from core.references import Kind
from core.resolution import Resolution, find_references
from core.routing import Lost, Match
from core.suggest import near
from core.trail import Step
from core.variables import Variable

_PLAIN_TEMPERATURE = 0.7
"""The temperature of 0.11 to 0.17 for a model that is named without a preset."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a call: as written, as sent to the model, and the reason for a difference.

    `place` is None for a default of Pipelex.
    """

    key: str
    requested: str
    sent: str
    note: str
    place: Place | None

    @property
    def changed(self) -> bool:
        """Whether the sent value differs from the written one."""
        return self.requested != self.sent


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of one reference.

    `steps`: its trail. `route`: the winning match, `lost`: the others. `variables`: those of its backend. `settings`:
    those of its preset, or the defaults of a model without one. `values`: its own values with their layers.
    `other_offers`: the same model of other backends. `near`: similar names, if it is dead.
    `problems`: the problems about it.
    """

    node: Node
    resolution: Resolution = field(repr=False)
    steps: tuple[Step, ...]
    route: Match | None
    lost: tuple[Lost, ...]
    variables: tuple[Variable, ...] = field(repr=False)
    price: Price
    max_tokens: int | None
    settings: tuple[Setting, ...]
    values: tuple[Layers, ...] = field(repr=False)
    other_offers: tuple[Offer, ...] = field(repr=False)
    near: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def spec(self) -> ModelSpec | None:
        """The model at the end."""
        return self.resolution.spec


def explain(report: Report, resolution: Resolution, offers: Sequence[Offer] | None = None) -> Explanation:
    """Explain one reference of a report. `offers`: the report's offers, to save a second pass."""
    spec = resolution.spec
    catalog = report.catalog
    node = node_of(report, resolution)
    leaf = spec.handle if spec is not None else _leaf(resolution)
    table = catalog.routes
    names = catalog.variables_of(spec.backend) if spec is not None else ()
    return Explanation(
        node=node,
        resolution=resolution,
        steps=report.trail(resolution),
        route=resolution.match if spec is not None else table.match(leaf) if table is not None and leaf else None,
        lost=tuple(table.lost(leaf)) if table is not None and leaf else (),
        variables=tuple(catalog.environment.variable(name) for name in names),
        price=price_of(spec) if spec is not None else UNKNOWN,
        max_tokens=spec.max_tokens if spec is not None else None,
        settings=settings_used(report, resolution),
        values=settings_of(report, node) if resolution.place is not None else (),
        other_offers=_others(report, resolution, leaf, offers),
        near=() if resolution.alive else near(leaf or resolution.name, _names(report, resolution.family)),
        problems=_problems(report, resolution),
    )


def explanations(report: Report, text: str) -> tuple[Explanation, ...]:
    """The explanations of every reference that a text names; never empty (see `find_references`)."""
    return tuple(explain(report, item) for item in find_references(report.resolver, report.resolutions, text))


def node_of(report: Report, resolution: Resolution) -> Node:
    """The node of a reference."""
    if resolution.kind is Kind.MODEL:
        return model_node(report.resolver, resolution.name, resolution.family)
    return Node(resolution.kind.value, resolution.family, resolution.name)


def _leaf(resolution: Resolution) -> str:
    """The name at which a dead reference ends."""
    unresolved = resolution.unresolved
    return unresolved.names[-1] if unresolved is not None and unresolved.names else ""


def _others(report: Report, resolution: Resolution, leaf: str, offers: Sequence[Offer] | None) -> tuple[Offer, ...]:
    spec = resolution.spec
    if spec is None:
        return offers_of(report, leaf, resolution.family) if leaf else ()
    own_offers = [offer for offer in offers_of(report, spec.handle) if offer.spec is spec]
    return elsewhere(report, own_offers[0], offers) if own_offers else ()


def _names(report: Report, family: str) -> Iterator[str]:
    section = report.catalog.families.get(family)
    for _, handle in report.serving.served:
        yield handle
    if section is not None:
        yield from (*section.aliases, *section.waterfalls, *section.presets)


def _problems(report: Report, resolution: Resolution) -> tuple[Problem, ...]:
    key = (resolution.kind.value, resolution.family, resolution.name)
    place = resolution.place.location if resolution.place is not None else None
    return tuple(
        problem
        for problem in report.problems
        if problem.reference == key
        or (
            problem.reference is None
            and place is not None
            and problem.location is not None
            and problem.subject == resolution.name
            and problem.location.file == place.file
        )
    )


# ---- settings


def settings_used(report: Report, resolution: Resolution) -> tuple[Setting, ...]:
    """The settings of a reference: those of its preset, else the defaults."""
    return tuple(_settings(report, resolution))


def _settings(report: Report, resolution: Resolution) -> Iterator[Setting]:
    preset = preset_of(report, resolution)
    spec = resolution.spec
    if preset is None:
        yield from _defaults(report, resolution)
        return
    sections = (section for section in SECTIONS if section.exists_in(report.release))
    shape = next((section.preset for section in sections if section.family == preset.family), None)
    for key, value in preset.fields.items():
        if key in (preset.handle_key, "description"):
            continue
        requested = shown_field(shape, key, value, report.release)
        sent, note = requested, ""
        if spec is not None and key == "temperature" and isinstance(value, int | float):
            sent, note = _temperature(report, spec, as_float(value))
        elif spec is not None and key == "max_tokens":
            note = _tokens(spec, value)
        yield Setting(key, requested, sent, note, preset.place.at(key))


def preset_of(report: Report, resolution: Resolution) -> Preset | None:
    """The preset whose settings a reference uses: itself, the settings in a choice, or the preset a choice names."""
    section = report.catalog.families.get(resolution.family)
    if section is None:
        return None
    if resolution.kind is Kind.PRESET:
        return section.presets.get(resolution.name)
    if resolution.kind is not Kind.CHOICE:
        return None
    inline: list[Choice] = [item for item in section.choices if item.name == resolution.name]
    for choice in inline:
        if isinstance(choice.value, Preset):
            return choice.value
    named = next((hop.name for hop in resolution.hops if hop.kind is Kind.PRESET), None)
    return section.presets.get(named) if named is not None else None


def _defaults(report: Report, resolution: Resolution) -> Iterator[Setting]:
    """The settings of a model that is named without a preset."""
    catalog = report.catalog
    spec = resolution.spec
    section = catalog.families.get(resolution.family)
    if spec is None or section is None or catalog.behaviours.choice_strings == "presets":
        return
    for key, value in section.settings.items():
        name = key.removeprefix("default_")
        place = catalog.settings_places.get(f"{resolution.family}.{key}")
        requested = shown_value(name, value)
        sent, note = requested, ""
        if name == "temperature" and isinstance(value, int | float) and not isinstance(value, bool):
            sent, note = _temperature(report, spec, as_float(value))
        yield Setting(name, requested, sent, note or "the default, as no preset is named", place)
    if not section.settings and spec.model_type == "llm" and not catalog.behaviours.sigils:
        sent, note = _temperature(report, spec, _PLAIN_TEMPERATURE)
        yield Setting("temperature", f"{_PLAIN_TEMPERATURE:g}", sent, note or "Pipelex's default", None)


def _temperature(report: Report, spec: ModelSpec, requested: float) -> tuple[str, str]:
    sent, note = sent_temperature(report.catalog, spec, requested)
    return (f"{sent:g}" if sent is not None else "none"), note


def _tokens(spec: ModelSpec, requested: object) -> str:
    limit = spec.max_tokens
    if isinstance(requested, int) and not isinstance(requested, bool) and limit is not None and requested > limit:
        return f"{spec.handle} gives at most {limit:,}"
    return ""
