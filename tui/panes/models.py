"""The pane of models: every declared handle with backend, abilities and prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.entities import ModelSpec
from core.formatting import aligned_usd, price_factor, tokens
from core.prices import price_of
from core.resolution import Resolution, Status
from tui.labels import life_tone
from tui.panes.pane_spec import DRIFT, TRIED, PaneSpec, columns_of, drift_cell, status_of, tried_cell
from tui.price_columns import PriceColumn, price_cells, price_columns, widened
from tui.selection import NO_FILTER, CatalogueFilter, ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.widgets.runs import NumberCell, Run, Tone
from tui.widgets.table import MAX_MEASURED
from tui.widgets.table_model import Column, LazyRows, Row

if TYPE_CHECKING:
    from tui.view_model import ShownModel

CALL = "price"
"""The column of the cost of a call, by which the key of the price sorts."""

_NAME, _WIDE_NAME = 12, 26
"""The least width of names, and the one that names get before columns of less use."""

COLUMNS = (
    Column("", "sign", 1),
    Column("model", "name", _NAME, flex=3, max_width=48, cut="middle"),
    Column("in $", "input", 5, align="right", priority=1),
    Column("out $", "output", 5, align="right", priority=1),
    TRIED,
    Column("backend", "backend", 9, flex=1, max_width=26, priority=2),
    Column("max", "max", 6, align="right", priority=3),
    Column("context", "context", 7, align="right", priority=9),
    Column("status", "status", 8, priority=4),
    Column("ends", "ends", 11, priority=5),
    Column("off", "off", 5, align="right", priority=6),
    Column("takes", "inputs", 12, flex=1, max_width=24, priority=8),
    Column("gives", "outputs", 16, flex=1, max_width=24, priority=10),
    Column("type", "type", 14, priority=7),
    Column("call $", CALL, 9, align="right", priority=11),
    DRIFT,
)

_SHORT = {"structured": "objects"}


def rows(view: ViewModel, list_filter: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each handle (of each type), in file order, the dead last; with a filter only those that pass."""
    if list_filter.catalogue.any or list_filter.marked:
        return _rows(view, list_filter)
    scope = list_filter.scope.name if list_filter.scope is not None else ""
    return view.listed(
        f"models of {scope} at {list_filter.tokens}, {list_filter.cents}", lambda: _rows(view, list_filter)
    )


def _rows(view: ViewModel, list_filter: ListFilter) -> Sequence[Row]:
    of_offers, cached, prices = list_filter.catalogue.any, view.model_rows, _prices(view, list_filter)

    def make(shown: ShownModel) -> Row:
        ref, item, spec = shown
        marked = ref in list_filter.marked
        status, tried = status_of(view, item), tried_cell(view, item, spec)
        backend = spec.backend if spec is not None else ""
        key = (ref, backend, of_offers, marked, list_filter.tokens, list_filter.cents, status, tried, prices)
        row = cached.get(key)
        if row is None:
            row = cached[key] = _row(view, list_filter, ref, item, spec, status, tried, prices)
        return row

    return LazyRows(_shown(view, list_filter), make)


def _shown(view: ViewModel, list_filter: ListFilter) -> Sequence[ShownModel]:
    """The models that pass the filter; cached, as rows, columns and title need the same."""
    conditions = (list_filter.scope, list_filter.catalogue)
    if view.shown_models is None or view.shown_models[0] != conditions:
        view.shown_models = (conditions, tuple(_left(view, list_filter)))
        view.price_columns = {}
    return view.shown_models[1]


def _prices(view: ViewModel, list_filter: ListFilter) -> tuple[PriceColumn, PriceColumn]:
    shown, cents = _shown(view, list_filter), list_filter.cents
    if cents not in view.price_columns:
        view.price_columns[cents] = price_columns((spec for _, _, spec in shown), cents=cents)
    return view.price_columns[cents]


def _columns(view: ViewModel, list_filter: ListFilter) -> tuple[Column, ...]:
    columns = widened(columns_of(COLUMNS)(view, list_filter), _prices(view, list_filter))
    if list_filter.cents:
        return columns
    # Of a wide list, names are shown whole before columns of less use.
    shown = _shown(view, list_filter)
    some = shown[:: max(len(shown) // MAX_MEASURED, 1)]
    name = max(min(max((len(ref.name) for ref, _, _ in some), default=0), _WIDE_NAME), _NAME)
    return tuple(replace(each, width=name) if each.key == "name" else each for each in columns)


def _left(view: ViewModel, list_filter: ListFilter) -> Iterator[ShownModel]:
    if list_filter.catalogue.any:
        yield from _matches(view, list_filter.catalogue, list_filter.scope)
    elif list_filter.scope is None:
        for ref, resolution in sorted(view.models.items(), key=lambda item: item[1].status is Status.DEAD):
            yield ref, resolution, view.spec_of(ref)
    else:
        seen: set[ItemRef] = set()
        for spec in view.catalog.specs_by_backend.get(list_filter.scope.name, ()):
            ref = view.model_ref(spec)
            if ref in view.models and ref not in seen:
                seen.add(ref)
                yield ref, view.models[ref], spec


def _matches(view: ViewModel, conditions: CatalogueFilter, scope: ItemRef | None) -> Iterator[ShownModel]:
    """The models that pass a filter of the catalogue, each with its leading offer."""
    from core.catalogue import Filter, catalogue

    asked = Filter(
        vision=conditions.vision,
        structured=conditions.structured,
        key=conditions.key,
        served=conditions.served,
        model_type=conditions.model_type or None,
        backend=scope.name if scope is not None else None,
    )
    for row in catalogue(view.report, asked, view.offers):
        ref = view.model_ref(row.lead.spec)
        if ref in view.models:
            yield ref, view.models[ref], row.lead.spec


def types(view: ViewModel) -> tuple[str, ...]:
    """The types of models that the tree has, in the order of the files."""
    return tuple(dict.fromkeys(spec.model_type for spec in view.catalog.specs))


def _row(
    view: ViewModel,
    list_filter: ListFilter,
    ref: ItemRef,
    resolution: Resolution,
    spec: ModelSpec | None,
    status: tuple[str, str, Tone],
    tried: Run,
    prices: tuple[PriceColumn, PriceColumn],
) -> Row:
    sign, word, tone = status
    if resolution.spec is not None and resolution.spec is spec:
        backend = resolution.spec.backend
    elif list_filter.catalogue.any and spec is not None:
        backend = f"({spec.backend})"
    elif resolution.spec is not None:
        backend = resolution.spec.backend
    else:
        backend = " ".join(dict.fromkeys(f"({other_spec.backend})" for other_spec in view.declaring(ref)))
    limit = spec.max_tokens if spec is not None else None
    marked = ref in list_filter.marked
    return Row(
        ref.key,
        (
            ("*", "accent") if marked else (sign, tone),
            ref.name,
            *(
                column.aligned(cell)
                for column, cell in zip(prices, price_cells(spec, cents=list_filter.cents), strict=True)
            ),
            tried,
            backend,
            NumberCell(tokens(limit), limit),
            _context(view, spec),
            (word, "" if tone == "good" else tone),
            *_published(view, spec),
            (_names(spec, "inputs"), "dim"),
            (_names(spec, "outputs"), "dim"),
            (spec.model_type if spec is not None else "", "dim"),
            _call(spec, list_filter.tokens),
            drift_cell(view, ref),
        ),
        tone="dim" if resolution.status is Status.DEAD else "",
    )


def _published(view: ViewModel, spec: ModelSpec | None) -> tuple[tuple[str, Tone], NumberCell]:
    """The end of a model, and the factor by which its price is off, by published data."""
    lives = view.lives
    if lives is None or spec is None:
        return ("", ""), NumberCell("", None)
    check = lives.price_check(spec)
    factor = check.factor if check is not None and not check.agrees else None
    return (lives.short(spec), life_tone(lives, spec)), NumberCell(price_factor(factor), factor)


def _context(view: ViewModel, spec: ModelSpec | None) -> NumberCell:
    found = view.lives.context(spec) if view.lives is not None and spec is not None else None
    return NumberCell(tokens(found[0]), found[0]) if found is not None else NumberCell("", None)


def _names(spec: ModelSpec | None, key: str) -> str:
    return " ".join(_SHORT.get(name, name) for name in spec.names(key)) if spec is not None else ""


def _call(spec: ModelSpec | None, tokens_of_call: tuple[int, int]) -> NumberCell:
    """The cost of a call in USD."""
    cost = price_of(spec).cost(*tokens_of_call) if spec is not None else None
    return NumberCell(aligned_usd(cost), cost)


def counts(view: ViewModel, list_filter: ListFilter = NO_FILTER) -> str:
    """`28 served`, of one backend `of anthropic  28 served`, or those that pass a filter: `vision, key set`."""
    marks = f"{len(list_filter.marked)} marked  " if list_filter.marked else ""
    scope = f"of {list_filter.scope.name}  " if list_filter.scope is not None else ""
    if list_filter.catalogue.any:
        return f"{marks}{scope}{list_filter.catalogue.description}"
    served, _ = view.served_of(list_filter.scope.name if list_filter.scope is not None else None)
    return f"{marks}{scope}{served} served"


PANE = PaneSpec(
    "models",
    2,
    "Models",
    COLUMNS,
    rows,
    counts,
    "no models: no backend declares any",
    _columns,
    lambda tree: (*tree.backends.sources, *tree.specs.values()),
)
