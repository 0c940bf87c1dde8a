"""What a pane needs to be told: its columns, its rows, and the words of its title."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.records import dataclass
from tui.facts import Facts
from tui.narrowing import Narrowed
from tui.widgets.columns import Column
from tui.widgets.rows import Row


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """One list. `rows` and `counts` are given the facts, and what the list is narrowed to, if anything."""

    id: str
    number: int
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Facts, Narrowed], Sequence[Row]]
    counts: Callable[[Facts, Narrowed], str]
    empty: str
    columns_for: Callable[[Facts], tuple[Column, ...]] | None = None
    """The columns where they depend on the facts; as many as `columns`, in the same order."""
