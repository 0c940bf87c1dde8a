"""The status of a name in a list: what can be told from the tree, and once its provider was asked what that said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.resolution import Resolution, Status
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.live import tried_cell
from tui.view_model import ViewModel
from tui.widgets.columns import Column
from tui.widgets.runs import Tone

_WIDTHS = {"status": 12, "name": 14}
"""Cells for `tried 12 min` and `nobody there`, and for the name beside it."""


def with_room(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns with a status that has room for what was tried, and that counts as much as the name."""
    return tuple(
        replace(column, width=_WIDTHS[column.key], priority=0) if column.key in _WIDTHS else column
        for column in columns
    )


def status_of(view: ViewModel, resolution: Resolution) -> tuple[str, str, Tone]:
    """Sign, word and tone: `callable`, or `tried 2 min`, `not served`, `key refused` once its provider was asked."""
    status = resolution.status
    index, spec = view.live_results.index, resolution.spec
    if index is not None and spec is not None and status is Status.CALLABLE:
        tried, result = index.spec(spec), index.results.get(spec.backend)
        told = tried_cell(tried, result) if tried is not None and result is not None else None
        if told is not None:
            return told
    return STATUS_SYMBOLS[status], status.value, STATUS_TONES[status]
