"""The pane of the deck: presets, choices, aliases and waterfalls, with target and status."""

from __future__ import annotations

from collections.abc import Sequence

from core.entities import GLOBAL
from core.resolution import Resolution
from tui.panes.pane_spec import DRIFT, TRIED, PaneSpec, columns_of, drift_cell, end_of, status_of, tried_cell
from tui.selection import NO_FILTER, ListFilter
from tui.view_model import ViewModel
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "sign", 1),
    Column("name", "name", 16, flex=3, max_width=40, cut="middle"),
    Column("ends at", "model", 12, flex=2, max_width=40, priority=1, cut="middle"),
    TRIED,
    Column("names", "target", 16, flex=3, max_width=48, priority=2, cut="middle"),
    Column("kind", "kind", 9, priority=3),
    Column("family", "family", 8, priority=4),
    Column("status", "status", 8, priority=5),
    DRIFT,
)


def target(view: ViewModel, resolution: Resolution) -> str:
    """The target of a name of the deck, as it is written."""
    family = view.catalog.families.get(resolution.family)
    if family is not None and resolution.kind == "alias" and resolution.name in family.aliases:
        return ", ".join(family.aliases[resolution.name].targets)
    if family is not None and resolution.kind == "waterfall" and resolution.name in family.waterfalls:
        return ", ".join(family.waterfalls[resolution.name].entries)
    if resolution.kind == "choice" and resolution.hops:
        return resolution.hops[0].note
    return resolution.lookup


def rows(view: ViewModel, _: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each name: presets, choices, aliases, waterfalls."""
    return view.listed("deck", lambda: _rows(view))


def _rows(view: ViewModel) -> Sequence[Row]:
    listed: list[Row] = []
    for ref, resolution in view.deck.items():
        sign, word, tone = status_of(view, resolution)
        listed.append(
            Row(
                ref.key,
                (
                    (sign, tone),
                    resolution.reference,
                    end_of(resolution),
                    tried_cell(view, resolution, resolution.spec),
                    (target(view, resolution), "dim"),
                    (ref.kind, "dim"),
                    ("" if ref.family == GLOBAL else ref.family, "dim"),
                    (word, "" if tone == "good" else tone),
                    drift_cell(view, ref),
                ),
            )
        )
    return listed


def counts(view: ViewModel, _: ListFilter = NO_FILTER) -> str:
    """`24 dead, 2 refused`."""
    return f"{view.dead or 'none'} dead" + (f", {view.refused} refused" if view.refused else "")


PANE = PaneSpec(
    "deck",
    4,
    "Deck",
    COLUMNS,
    rows,
    counts,
    "no names: the deck is missing or empty",
    columns_of(COLUMNS),
    lambda tree: tree.deck.sources,
)
