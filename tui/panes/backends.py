"""The pane of backends: state, keys, and the numbers of served and declared models."""

from __future__ import annotations

from collections.abc import Sequence

from tui.labels import variables_label
from tui.panes.pane_spec import DRIFT, TRIED, PaneSpec, columns_of, drift_cell
from tui.selection import NO_FILTER, ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.widgets.runs import Cell, NumberCell, Tone
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("backend", "name", 12, flex=2, max_width=22, cut="middle"),
    Column("on", "on", 3),
    Column("key", "key", 7, priority=1),
    Column("models", "models", 6, align="right", priority=2),
    TRIED,
    Column("called", "called", 16, flex=1, max_width=30, priority=3),
    Column("variables", "variables", 22, flex=2, max_width=60, priority=4),
    DRIFT,
)


def rows(view: ViewModel, _: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each table of `backends.toml`, in file order."""
    listed: list[Row] = []
    for name, backend in view.catalog.backends.items():
        served, declared = view.served_by.get(name, 0), len(view.catalog.specs_by_backend.get(name, ()))
        variables, fails = view.variables(name), backend.enabled and view.live.fails(view.catalog, name)
        ref = ItemRef("backend", "", name)
        word, tone = variables_label(variables)
        if fails:
            word, tone = ("refused", "bad") if view.live.refuses_key(view.catalog, name) else (word, "")
        on: Tone = "dim" if not backend.enabled else "" if fails else "good"
        cells: tuple[Cell, ...] = (
            name,
            ("on" if backend.enabled else "off", on),
            (word, tone if backend.enabled else "dim"),
            NumberCell(f"{served if backend.enabled else '-'}/{declared}", served if backend.enabled else None),
            view.live.cell(view.catalog, name),
            (backend.display_name if backend.display_name != name else "", "dim"),
            (" ".join(variable.name for variable in variables), "dim"),
            drift_cell(view, ref),
        )
        listed.append(Row(ref.key, cells, tone="" if backend.enabled else "dim"))
    return listed


def counts(view: ViewModel, _: ListFilter = NO_FILTER) -> str:
    """`2 on`."""
    return f"{len(view.catalog.enabled)} on"


PANE = PaneSpec(
    "backends",
    1,
    "Backends",
    COLUMNS,
    rows,
    counts,
    "no backends: backends.toml is missing or empty",
    columns_of(COLUMNS),
    lambda tree: tree.backends.sources,
)
