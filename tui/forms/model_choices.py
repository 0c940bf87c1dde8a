"""Lists of models and backends to pick from, with prices, capabilities, and losses against the current model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from core.catalogue import Filter, Row, catalogue
from core.constraints import fixed_temperature
from core.entities import GLOBAL, ModelSpec
from core.formatting import tokens
from core.impact import standing
from core.references import Kind, written
from core.refusals import NO_SETTINGS, Settings, refusal_of
from core.replacements import settings_through
from core.rules.policy import policy_check
from tui.dialogs.pick import Choice
from tui.price_columns import price_cells
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Cell, NumberCell


def model_choices(
    view: ViewModel, family: str, now: ModelSpec | None = None, *, presets: bool = False, of: ItemRef | None = None
) -> list[Choice]:
    """The names that a reference of a family may have: served models, then live aliases, waterfalls and presets.

    Models are sorted by the distance of their price from the current model `now`, without one by price; those that
    refuse every call come last. `of` is the reference itself: it is left out, and models that refuse the settings of
    presets which go through it are marked.
    """
    section = view.catalog.families.get(family)
    model_type = section.model_type if section is not None else None
    rows = [
        row for row in catalogue(view.listed_report, Filter(served=True)) if model_type in (None, row.lead.model_type)
    ]
    price = _total(now)
    rows.sort(key=lambda row: (row.lead.refuses, *_distance(row, price)))
    settings = settings_through(view.report, *of) if of is not None else ()
    models = [_model_choice(view, row, now, settings) for row in rows]
    return [*models, *_names(view, family, presets, view.references[of].reference if of is not None else "")]


def _total(spec: ModelSpec | None) -> float | None:
    costs = spec.costs if spec is not None else {}
    return costs["input"] + costs["output"] if "input" in costs and "output" in costs else None


def _distance(row: Row, price: float | None) -> tuple[float, float]:
    total = _total(row.lead.spec)
    if total is None:
        return math.inf, math.inf
    return (abs(total - price) if price is not None else total), total


def _model_choice(view: ViewModel, row: Row, now: ModelSpec | None, settings: Sequence[Settings]) -> Choice:
    """A model: prices, output limit, backend; the reasons against it, and its capabilities."""
    offer = row.lead
    capabilities = [word for word, has in (("vision", offer.vision), ("structured", offer.structured)) if has]
    losses = [*_obstacles(view, offer.spec, settings), *_losses(view, now, offer.spec)]
    if offer.key.value not in ("set", "none needed"):
        losses.append(f"key {offer.key.value}")
    note = "  ".join((*(f"! {loss}" for loss in losses), *capabilities))
    return Choice(row.handle, row.handle, note, "", model_cells(offer.spec), "warn" if losses else "dim")


def model_cells(spec: ModelSpec | None) -> tuple[Cell, ...]:
    """The cells of a model between its name and the note: prices, output limit, backend."""
    limit = spec.max_tokens if spec is not None else None
    return (*price_cells(spec), NumberCell(tokens(limit), limit), (spec.backend if spec is not None else "", "dim"))


def _obstacles(view: ViewModel, spec: ModelSpec, settings: Sequence[Settings]) -> Iterator[str]:
    """The settings that a model refuses, the fault that makes its calls fail, and whether the policy allows it."""
    catalog = view.catalog
    backend = catalog.backends.get(spec.backend)
    refusals = [refusal_of(catalog.release, spec, backend, each) for each in settings or (NO_SETTINGS,)]
    if policy_check(catalog, view.lives)(spec):
        yield "violates the policy"
    for key in dict.fromkeys(refusal.key or "every call" for refusal in refusals if refusal is not None):
        yield f"refuses {key}"
    if any(fault.fatal for fault in view.report.resolver.call(spec).faults):
        yield "not callable"
    elif not catalog.is_installed(spec):
        yield "not installed"


def _losses(view: ViewModel, now: ModelSpec | None, new: ModelSpec) -> Sequence[str]:
    """The inputs and outputs of the current model that a new one lacks, a lower limit, a fixed temperature."""
    losses = []
    if now is not None and now is not new:
        for key, word in (("inputs", "no"), ("outputs", "no")):
            lost = [name for name in now.names(key) if name not in new.names(key)]
            losses += [
                f"{word} {'vision' if name in ('images', 'image') and key == 'inputs' else name}" for name in lost
            ]
        if now.max_tokens and new.max_tokens and new.max_tokens < now.max_tokens:
            losses.append(f"max {tokens(new.max_tokens)}, not {tokens(now.max_tokens)}")
    fixed = fixed_temperature(view.catalog, new)
    if fixed is not None and (now is None or fixed_temperature(view.catalog, now) != fixed):
        losses.append(f"temperature always {fixed:g}")
    return losses


def _names(view: ViewModel, family: str, presets: bool, without: str) -> list[Choice]:
    kinds = (Kind.ALIAS, Kind.WATERFALL, *((Kind.PRESET,) if presets else ()))
    names, against = [], policy_check(view.catalog, view.lives)
    for ref, resolution in view.deck.items():
        if ref.kind not in kinds or ref.family not in (family, GLOBAL) or not resolution.alive:
            continue
        text = written(Kind(ref.kind), ref.name, view.catalog.behaviours)
        if text != without and resolution.reference != without:
            end = resolution.spec.handle + standing(resolution) if resolution.spec is not None else "unknown"
            if resolution.spec is not None and against(resolution.spec):
                end += ", violates the policy"
            names.append(Choice(text, text, f"{ref.kind}, now {end}", "", model_cells(resolution.spec)))
    return names


def backend_choices(view: ViewModel) -> list[Choice]:
    """The backends, enabled ones first."""
    backends = sorted(view.catalog.backends.values(), key=lambda backend: not backend.enabled)
    return [
        Choice(backend.name, backend.name, f"{'on' if backend.enabled else 'off'}  {backend.display_name}")
        for backend in backends
    ]
