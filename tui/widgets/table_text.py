"""What a table's lines say: rows set in columns, column titles, the line under the cursor. Pure; no widget here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui.widgets.columns import Placed
from tui.widgets.line_widget import RenderedLine
from tui.widgets.rows import Row
from tui.widgets.runs import Run, Runs, clip, fit, joined, wrap

MARKER: Final = "> "
"""Before the row under the cursor. It says so without any colour."""
NO_MARKER: Final = "  "


def set_in_columns(row: Row, placed: Sequence[Placed], gap: int) -> Runs:
    """A row's cells in the columns that are shown; without blanks at the end, as what is not there need not be sent."""
    runs: list[Run] = [(NO_MARKER, "")]
    for one in placed:
        cell = row.cells[one.number] if one.number < len(row.cells) else ""
        text, tone = (cell, row.tone) if isinstance(cell, str) else cell
        runs += [(fit(text, one.width, one.column.align), tone), (" " * gap, "")]
    return _without_tail(joined(runs))


def under_cursor(runs: Runs) -> RenderedLine:
    """The same row under the cursor: one run in one tone, so that it costs little and stands out whatever it says."""
    text = "".join(part for part, _ in runs)
    return RenderedLine(((MARKER + text[len(NO_MARKER) :], "cursor"),), "cursor")


def titles(placed: Sequence[Placed], sorted_by: tuple[str | None, bool], gap: int) -> RenderedLine:
    """The line of column titles; the one the rows are sorted by has `^` after it, or `v` from the greatest down."""
    column, reverse = sorted_by
    texts = []
    for one in placed:
        title = one.column.title
        if one.column.key == column:
            title = f"{title} {'v' if reverse else '^'}"
        texts.append(fit(title, one.width, one.column.align))
    return RenderedLine(((NO_MARKER + (" " * gap).join(texts), "header"),), "header")


def instead_of_rows(text: str, line: int, width: int) -> RenderedLine:
    """One line of the text that stands where there are no rows; `line` counts from 0."""
    lines = wrap([(text, "dim")], width - len(NO_MARKER))
    return RenderedLine(clip([(NO_MARKER, ""), *lines[line]], width)) if line < len(lines) else RenderedLine()


def _without_tail(runs: Runs) -> Runs:
    kept = list(runs)
    while kept:
        text, tone = kept.pop()
        if stripped := text.rstrip(" "):
            return (*kept, (stripped, tone))
    return ()
