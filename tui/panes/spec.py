"""What a pane needs to be told: its columns, its rows, and the words of its title."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.records import dataclass
from tui.filtering import ListFilter
from tui.view_model import ViewModel
from tui.widgets.columns import Column
from tui.widgets.rows import Row


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """One list. `rows` and `counts` are given the view model, and what the list is narrowed to, if anything."""

    id: str
    number: int
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[ViewModel, ListFilter], Sequence[Row]]
    counts: Callable[[ViewModel, ListFilter], str]
    empty: str
    columns_for: Callable[[ViewModel], tuple[Column, ...]] | None = None
    """The columns where they depend on the view model; as many as `columns`, in the same order."""
