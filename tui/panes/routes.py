"""The pane of routes: the rules of the selected profile, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence

from core.route_check import Rule
from tui.panes.pane_spec import PaneSpec
from tui.selection import NO_FILTER, ListFilter
from tui.view_model import ViewModel
from tui.widgets.runs import Cell, NumberCell, Tone
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "sign", 1),
    Column("models named", "pattern", 12, flex=3, max_width=36, cut="middle"),
    Column("go to", "backend", 11, flex=1, max_width=20, cut="middle"),
    Column("n", "count", 3, align="right", priority=1),
    Column("rule", "what", 10, priority=2),
    Column("line", "line", 20, flex=1, max_width=40, priority=3, cut="middle"),
)


def sign(view: ViewModel, rule: Rule) -> tuple[str, Tone]:
    """`+` when the rule counts, `-` when it is inactive, `x` when its backend is off.

    It is not green while a live check says that the backend fails.
    """
    if rule.live:
        return "+", "" if view.live.fails(view.catalog, rule.backend) else "good"
    if rule.kind in ("route", "default") and rule.backend not in view.catalog.enabled:
        return "x", "bad"
    return "-", "dim"


def rows(view: ViewModel, _: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each route, then the default, then the fallback order."""
    return view.listed("routes", lambda: _rows(view))


def _rows(view: ViewModel) -> Sequence[Row]:
    listed: list[Row] = []
    for ref, rule in view.routes.items():
        mark = sign(view, rule)
        caught = len(rule.caught) if rule.live else None
        count = NumberCell("-" if caught is None else str(caught), caught)
        line: Cell = (view.location_text(rule.place.location), "dim")
        cells: tuple[Cell, ...] = (mark, rule.pattern, rule.backend, count, rule.label, line)
        listed.append(Row(ref.key, cells, tone="" if rule.live else "dim"))
    return listed


def counts(view: ViewModel, _: ListFilter = NO_FILTER) -> str:
    """The profile whose rules they are."""
    return view.catalog.active or "no active profile"


PANE = PaneSpec(
    "routes",
    3,
    "Routes",
    COLUMNS,
    rows,
    counts,
    "no rules: no profile is active, or it routes nothing",
    sources=lambda tree: tree.routing.sources,
)
