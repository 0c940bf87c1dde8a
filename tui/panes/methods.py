"""The pane of methods: the pipes of the project, with what names the model of each, the model, and its price."""

from __future__ import annotations

from collections.abc import Sequence

from tui.panes.pane_spec import TRIED, PaneSpec, columns_of, end_of, pipe_status, pipe_tried_cell
from tui.price_columns import aligned, price_cells, price_columns, widened
from tui.selection import NO_FILTER, ListFilter
from tui.view_model import ViewModel
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "sign", 1),
    Column("pipe", "name", 16, flex=3, max_width=40, cut="middle"),
    Column("ends at", "model", 12, flex=2, max_width=40, priority=1, cut="middle"),
    TRIED,
    Column("names", "target", 16, flex=3, max_width=40, priority=2, cut="middle"),
    Column("backend", "backend", 10, priority=4, cut="middle"),
    Column("in $", "input", 5, align="right", priority=5),
    Column("out $", "output", 5, align="right", priority=5),
    Column("file", "place", 16, flex=1, max_width=40, priority=6, cut="middle"),
    Column("status", "status", 8, priority=7),
)


def rows(view: ViewModel, _: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each pipe that uses a model."""
    return view.listed("methods", lambda: _rows(view))


def _rows(view: ViewModel) -> Sequence[Row]:
    listed = []
    for ref, answer in view.pipes.items():
        (sign, word, tone), call = pipe_status(view, answer)
        spec = call.spec
        listed.append(
            Row(
                ref.key,
                (
                    (sign, tone),
                    answer.pipe.code,
                    end_of(call.named, word),
                    pipe_tried_cell(view, answer, call),
                    (call.text or "-", "" if call.key is not None else "dim"),
                    (spec.backend if spec is not None else "-", "dim"),
                    *price_cells(spec),
                    (view.location_text(call.place.location), "dim"),
                    (word, "" if tone == "good" else tone),
                ),
            )
        )
    return aligned(COLUMNS, listed)[1]


def counts(view: ViewModel, _: ListFilter = NO_FILTER) -> str:
    """`5 can run`."""
    tally = view.report.pipe_tally
    return f"{tally.able} can run"


def _columns(view: ViewModel, _: ListFilter) -> tuple[Column, ...]:
    specs = (pipe_status(view, answer)[1].spec for answer in view.pipes.values())
    return widened(columns_of(COLUMNS)(view, NO_FILTER), price_columns(specs))


PANE = PaneSpec("methods", 7, "Methods", COLUMNS, rows, counts, "no pipe uses a model", _columns)
