"""The pane of methods: the pipes of the project, with what names the model of each, the model, and its price."""

from __future__ import annotations

from collections.abc import Sequence

from core.resolution import Status
from tui.labels import STATUS_SYMBOLS, STATUS_TONES, prices
from tui.live import ran_cell
from tui.panes.pane_spec import PaneSpec, columns_of
from tui.selection import NO_FILTER, ListFilter
from tui.view_model import ViewModel
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "sign", 1),
    Column("pipe", "name", 16, flex=3, max_width=40),
    Column("status", "status", 8, priority=1),
    Column("names", "target", 16, flex=3, max_width=40, priority=2),
    Column("ends at", "model", 18, flex=2, max_width=40, priority=3),
    Column("backend", "backend", 10, priority=4),
    Column("in $", "input", 5, align="right", priority=5),
    Column("out $", "output", 5, align="right", priority=5),
    Column("file", "place", 16, flex=1, max_width=40, priority=6),
)


def rows(view: ViewModel, _: ListFilter = NO_FILTER) -> Sequence[Row]:
    """One row for each pipe that uses a model."""
    return view.listed("methods", lambda: _rows(view))


def _rows(view: ViewModel) -> Sequence[Row]:
    listed = []
    for ref, answer in view.pipes.items():
        call, status = answer.worst, answer.status
        spec, tone = call.spec, STATUS_TONES[status]
        sign, word = STATUS_SYMBOLS[status], status.value
        runs = view.report.runs
        ran = runs.of_pipe(answer.pipe.code, answer.specs) if runs is not None else None
        if ran is not None and status is Status.CALLABLE:
            sign, word, tone = ran_cell(ran)
        listed.append(
            Row(
                ref.key,
                (
                    (sign, tone),
                    answer.pipe.code,
                    (word, "" if status is Status.CALLABLE else tone),
                    (call.text or "-", "" if call.key is not None else "dim"),
                    (spec.handle if spec is not None else "-", "dim"),
                    (spec.backend if spec is not None else "-", "dim"),
                    *prices(spec),
                    (view.location_text(call.place.location), "dim"),
                ),
            )
        )
    return listed


def counts(view: ViewModel, _: ListFilter = NO_FILTER) -> str:
    """`5 of 7 pipes can run`."""
    tally = view.report.pipe_tally
    return f"{tally.able} of {tally.total} can run"


def columns(view: ViewModel) -> tuple[Column, ...]:
    """The columns; with past runs the status is wider."""
    return columns_of(view, COLUMNS)


PANE = PaneSpec("methods", 7, "Methods", COLUMNS, rows, counts, "no pipe uses a model", columns)
