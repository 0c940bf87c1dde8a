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
from tui.live import TRIED_WIDTH, ran_cell
from tui.selection import ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Tone
from tui.widgets.table_model import Column, Row

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from core.pipes import PipeAnswer
    from core.pipes.answers import PipeCall
    from core.traces.run_index import Ran
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
    columns_for: Callable[[ViewModel, ListFilter], tuple[Column, ...]] | None = None
    """The columns where they depend on what is shown; as many as `columns`, in the same order."""
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


DRIFT = Column("drift", "drift", 6, priority=3, shown=False)
"""The column of the difference from the kits, shown once it is known."""
_DRIFT_TONES: dict[str, Tone] = {"both": "warn", "behind": "dim", "gone": "dim"}


def drift_cell(view: ViewModel, ref: ItemRef) -> tuple[str, Tone]:
    """`yours`, `behind`, `both` or `gone`; empty where an item is as in the kit of the installed Pipelex."""
    row = drift_of(view, ref)
    word = row.drift.value if row is not None else ""
    return word, _DRIFT_TONES.get(word, "")


def drift_of(view: ViewModel, ref: ItemRef) -> DriftRow | None:
    """The drift of a backend, a model or a name of the deck from the kits; None without one."""
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


TRIED = Column("tried", "tried", TRIED_WIDTH, priority=1, shown=False)
"""The column of live checks and past runs, shown once there is one."""


def has_tried(view: ViewModel) -> bool:
    """Whether there are live checks or past runs to show."""
    return view.live.any or view.report.recent_runs is not None


def columns_of(columns: Sequence[Column]) -> Callable[[ViewModel, ListFilter], tuple[Column, ...]]:
    """The columns for a view model: those of live checks and of the drift only where there is something in them."""

    def of(view: ViewModel, _: ListFilter) -> tuple[Column, ...]:
        shown = {TRIED: has_tried(view), DRIFT: view.marks is not None}
        return tuple(replace(column, shown=shown[column]) if column in shown else column for column in columns)

    return of


def tried_cell(view: ViewModel, resolution: Resolution, spec: ModelSpec | None) -> Run:
    """The cell of a name: the last live check of its model, else its last run."""
    cell = view.live_results.tried_cell(spec)
    ran = _ran(view, resolution) if not cell[0] else None
    return ran_cell(ran) if ran is not None else cell


def _ran(view: ViewModel, resolution: Resolution) -> Ran | None:
    return view.report.runs.own(resolution) if view.report.runs is not None else None


def pipe_tried_cell(view: ViewModel, answer: PipeAnswer, call: PipeCall) -> Run:
    """The cell of a pipe: the last live check of the model of a call, else the last run of the pipe."""
    cell, ran = view.live_results.tried_cell(call.spec), pipe_ran(view, answer)
    return ran_cell(ran) if ran is not None and not cell[0] else cell


def pipe_ran(view: ViewModel, answer: PipeAnswer) -> Ran | None:
    """The last run of a pipe that can be called."""
    runs = view.report.runs
    return (
        runs.of_pipe(answer.pipe.code, answer.specs) if runs is not None and answer.status is Status.CALLABLE else None
    )


def status_of(view: ViewModel, resolution: Resolution) -> tuple[str, str, Tone]:
    """Symbol, label and tone. `fails`: it could be called, but a live check says that the call fails."""
    status, spec = resolution.status, resolution.spec
    if status is Status.CALLABLE and (failure := view.live_results.failure(spec)) is not None:
        return ("!", status.value, "warn") if failure.temporary else ("x", "fails", "bad")
    if (ran := _ran(view, resolution)) is not None and ran.failed_last and not view.live_results.tried_cell(spec)[0]:
        return "!", status.value, "warn"
    return STATUS_SYMBOLS[status], status.value, STATUS_TONES[status]


def pipe_status(view: ViewModel, answer: PipeAnswer) -> tuple[tuple[str, str, Tone], PipeCall]:
    """The status of a pipe, and the call that decides it: the worst one, or one that a live check says fails."""
    status = answer.status
    if status is Status.CALLABLE:
        for call in answer.calls:
            if call.named is not None and (live := status_of(view, call.named))[0] != STATUS_SYMBOLS[status]:
                return live, call
        ran = pipe_ran(view, answer)
        if ran is not None and ran.failed_last:
            return ("!", status.value, "warn"), answer.worst
    return (STATUS_SYMBOLS[status], status.value, STATUS_TONES[status]), answer.worst


def end_of(resolution: Resolution | None, word: str = "") -> Run:
    """The cell of the model at the end of a reference; without one the status, or `word`."""
    if resolution is None or resolution.spec is None:
        status = resolution.status if resolution is not None else Status.DEAD
        return word or status.value, STATUS_TONES[status]
    return resolution.spec.handle, ""
