"""The specification of a pane; the status of a reference, and the drift of an item, as panes show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.diagnostics import file_codes
from core.files.source import Source
from core.files.tree_reader import Tree
from core.records import dataclass
from core.resolution import Resolution, Status
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.live import ran_cell, tried_cell
from tui.selection import ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.widgets.runs import Tone
from tui.widgets.table_model import Column, Row

if TYPE_CHECKING:
    from core.upgrade.drift import DriftRow


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """One list. `rows` and `counts` take the view model and the filter of the list."""

    id: str
    number: int
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[ViewModel, ListFilter], Sequence[Row]]
    counts: Callable[[ViewModel, ListFilter], str]
    empty: str
    columns_for: Callable[[ViewModel], tuple[Column, ...]] | None = None
    """The columns where they depend on the view model; as many as `columns`, in the same order."""
    sources: Callable[[Tree], Iterable[Source]] = lambda _: ()
    """The files that the rows come from."""


_OF_A_FILE = {
    file_codes.FILE_BOM,
    file_codes.FILE_ENCODING,
    file_codes.FILE_TOO_LARGE,
    file_codes.FILE_UNREADABLE,
    file_codes.SYNTAX,
    file_codes.TOML_TOO_NEW,
}


def empty_text(spec: PaneSpec, view: ViewModel) -> str:
    """The text of an empty list: the fault of the file that cannot be read, if one is the reason."""
    shown = {source.shown for source in spec.sources(view.catalog.tree)}
    faults = (item for item in view.report.boot_problems if item.diagnostic in _OF_A_FILE and item.subject in shown)
    fault = next(faults, None)
    return f"{spec.empty.partition(':')[0]}: {view.sentence(fault.message)}" if fault is not None else spec.empty


DRIFT = "drift"
"""The column of the difference from the kits."""
_NEVER = 10_000
_DRIFT_TONES: dict[str, Tone] = {"both": "warn", "behind": "dim", "gone": "dim"}


def with_drift(columns: Sequence[Column], view: ViewModel) -> tuple[Column, ...]:
    """The columns, without that of the drift until it is known."""
    if view.marks is not None:
        return tuple(columns)
    return tuple(
        replace(column, width=_NEVER, priority=_NEVER) if column.key == DRIFT else column for column in columns
    )


def drift_cell(view: ViewModel, ref: ItemRef) -> tuple[str, Tone]:
    """`yours`, `behind`, `both` or `gone`; empty where an item is as in the kit of the installed Pipelex."""
    row = drift_of(view, ref)
    word = row.drift.value if row is not None else ""
    return word, _DRIFT_TONES.get(word, "")


def drift_of(view: ViewModel, ref: ItemRef) -> DriftRow | None:
    """How a backend, a model or a name of the deck differs from the kits; None where it does not."""
    tree, marks = view.catalog.tree, view.marks
    if marks is None:
        return None
    if ref.kind == "backend":
        return marks.of(tree.backends.winner((ref.name,)), (ref.name,))
    if ref.kind == "model":
        spec = view.spec_of(ref)
        source = tree.specs.get(spec.backend) if spec is not None else None
        return marks.of(source, spec.place.path) if spec is not None and source is not None else None
    place = view.deck[ref].place if ref in view.deck else None
    return marks.of(tree.deck.winner(place.path), place.path) if place is not None else None


_WIDTHS = {"status": 12, "name": 14}
"""Cells for texts such as `tried 12 min`, and for the name beside it."""


def with_room(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns with a wider status, as important as the name."""
    return tuple(
        replace(column, width=_WIDTHS[column.key], priority=0) if column.key in _WIDTHS else column
        for column in columns
    )


def columns_of(view: ViewModel, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of a list; with live checks or past runs the status is wider."""
    tried = view.live_results.index is not None or view.report.recent_runs is not None
    return with_room(columns) if tried else columns


def status_of(view: ViewModel, resolution: Resolution) -> tuple[str, str, Tone]:
    """Symbol, label and tone: `callable`; after a live check `tried 2 min`, `not served`; after a run `ran 2 h`."""
    status = resolution.status
    index, spec = view.live_results.index, resolution.spec
    if index is not None and spec is not None and status is Status.CALLABLE:
        tried, result = index.spec(spec), index.results.get(spec.backend)
        cell = tried_cell(tried, result) if tried is not None and result is not None else None
        if cell is not None:
            return cell
    runs = view.report.runs
    ran = runs.of_name(resolution) if runs is not None and status is Status.CALLABLE else None
    if ran is not None and ran.by_name:
        return ran_cell(ran)
    return STATUS_SYMBOLS[status], status.value, STATUS_TONES[status]
