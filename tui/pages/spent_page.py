"""The page of spending: what past runs cost by model, pipe, backend or day, with bars and a sparkline of the days."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from core.formatting import counted, usd_sum
from core.json.spent_document import SpentDocument
from core.lives.clock import today
from core.past_runs import ReadTraces
from core.spent import By, Spent, first_day, spent
from core.traces.location import trace_folder
from tui.labels import plain
from tui.pages.exports import Export
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.spent_text import days_text, notes, print_spent, spent_table
from tui.selection import OVERVIEW, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

PERIODS: Final = ("30d", "90d", "400d", "7d")
_BYS: Final = (By.MODEL, By.PIPE, By.BACKEND, By.DAY)
_BAR: Final = 8
_GAP: Final = "  "
_NAME: Final = 10
"""The narrowest column of names."""


class SpentData(NamedTuple):
    """The spending of a period as computed in a thread; None before the traces were read."""

    by: By
    period: str
    spent: Spent | None
    traces: ReadTraces | None


class SpentScreen(PageScreen[SpentData]):
    """Spending. `b` adds up by something else, `p` changes the period, Enter goes to the model, backend or pipe."""

    def __init__(self, main: MainScreen) -> None:
        self.by = By.MODEL
        self.period = PERIODS[0]
        self._data: SpentData | None = None
        super().__init__(main, self._page, self._work_out)

    def on_mount(self) -> None:
        """Show the traces read so far, and read what was added."""
        self.main.traces.on_change = self._show_reading
        self.main.traces.start()
        super().on_mount()

    def on_unmount(self) -> None:
        """Leave the reading to itself."""
        self.main.traces.on_change = lambda: None

    def _show_reading(self) -> None:
        """Show the progress of the reading; the sums again when there are other ones."""
        traces = self._data.traces if self._data is not None else None
        if self.main.session.traces is not traces:
            self._begin()
        else:
            self.show(keep_place=True)

    def _work_out(self, view: ViewModel) -> SpentData:
        by, period, traces = self.by, self.period, self.main.session.traces
        if traces is None:
            return SpentData(by, period, None, None)
        day = today()
        since = first_day(period, day)
        return SpentData(by, period, spent(view.report, traces.summary, since=since, until=day, by=by), traces)

    def next_by(self) -> None:
        """Add up by the next of model, pipe, backend and day."""
        self.by = _BYS[(_BYS.index(self.by) + 1) % len(_BYS)]
        self._begin()

    def next_period(self) -> None:
        """Show the next period."""
        self.period = PERIODS[(PERIODS.index(self.period) + 1) % len(PERIODS)]
        self._begin()

    def read_or_stop(self) -> None:
        """Stop or continue reading the traces."""
        if self.main.traces.running:
            self.main.traces.stop()
        else:
            self.main.traces.start()

    @property
    def kind(self) -> str:
        """The kind of every line, for the commands of this page."""
        return "spending"

    @property
    def selected(self) -> ItemRef:
        """The model, backend or pipe under the cursor."""
        selected = super().selected
        return selected if selected.kind in ("model", "backend", "pipe") else OVERVIEW

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The commands of this page, with their labels."""
        reading = [("read-traces", "stop reading")] if self.main.traces.running else []
        return [*super().hints, ("spent-by", "by"), ("spent-period", "period"), *reading]

    def _page(self, view: ViewModel, width: int, data: SpentData | None) -> Page:
        if data is not None and (data.by, data.period) == (self.by, self.period):
            self._data = data  # not one that was asked for before
        reading = self.main.session.reading_traces if self.main.traces.running else None
        return spent_page(view, width, self._data or SpentData(self.by, self.period, None, None), reading)


def spent_page(view: ViewModel, width: int, data: SpentData, reading: int | None) -> Page:
    """The sums, the days, a row for each model, pipe, backend or day, and what the sums leave out.

    `reading`: the bytes read so far of traces that are being read.
    """
    sheet = PageSheet(view, width, "spent", f"{data.period} by {data.by}")
    note: Run = ("", "")
    if reading is not None:
        note = (f"reading traces: {counted(reading >> 20, 'MB', 'MB')}", "accent")
    if data.spent is None or data.traces is None:
        folder = trace_folder(view.catalog)
        if reading is not None:
            sheet.text(("the traces of past runs are being read ...", "dim"))
        else:
            place = folder.path.removeprefix(f"{view.catalog.tree.paths.project}/")
            sheet.text((f"no traces of past runs in {place}", ""))
            sheet.text((plain(folder.why_none) or "each run of Pipelex writes its events there", "dim"))
        return Page(sheet, (note,) if note[0] else ())
    answer, traces = data.spent, data.traces
    total = answer.total
    if not total.calls and not total.errors:
        sheet.text((f"no call from {answer.since} to {answer.until}", ""))
    else:
        sheet.text(("by day  ", "dim"), (days_text(answer, width - 30), ""))
        sheet.blank()
        _table(sheet, view, answer)
    sheet.blank()
    for text in notes(answer, traces):
        sheet.text((plain(text), "dim"), hang=2)
    if not note[0]:
        note = (f"{counted(total.calls, 'call')}, {usd_sum(total.recorded.usd)}", "good" if total.calls else "dim")
    command = f"pipedeck spent --since {data.period} --by {data.by}"
    document = partial(SpentDocument, view.report, answer, traces)
    return Page(sheet, (note,), Export("spent", command, partial(print_spent, answer, traces), document))


def _table(sheet: PageSheet, view: ViewModel, answer: Spent) -> None:
    """The rows, each with a link to its item, and the total; columns that do not fit are left out, from the left."""
    heads, rows, _ = spent_table(answer, _BAR)
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    columns = [column for column in range(1, len(heads)) if column != 2 or answer.total.errors]
    for column in (4, 3, 5, 7, 2):  # cached, in and out tokens, the price of the file, errors
        if column in columns and _NAME + sum(widths[each] + len(_GAP) for each in columns) > sheet.width:
            columns.remove(column)
    room = sheet.width - sum(widths[each] + len(_GAP) for each in columns)
    name = max(_NAME, min(room, widths[0]))
    for number, row in enumerate((heads, *rows)):
        group = answer.groups[number - 1] if 0 < number <= len(answer.groups) else None
        tone: Tone = "dim" if number == 0 else "heading" if group is None else ""
        runs: list[Run] = [(fit(row[0], name), "accent" if group is not None else tone)]
        for column in columns:
            last = column == len(heads) - 1
            shown = f"{row[column]:<{widths[column]}}" if last else f"{row[column]:>{widths[column]}}"
            failed = column == 2 and group is not None and bool(group.errors)
            runs.append((_GAP + shown, "bad" if failed else "accent" if last else tone))
        ref = _item(view, answer.by, group.name) if group is not None else None
        sheet.lines.append(Line(tuple(runs), ref.key if ref is not None else ""))


def _item(view: ViewModel, by: By, name: str) -> ItemRef | None:
    """The item of a row; None where the tree has none of that name."""
    if by is By.MODEL:
        return view.reference("model", "", name)
    if by is By.BACKEND:
        return ItemRef("backend", "", name) if name in view.catalog.backends else None
    return next((ref for ref in view.pipes if ref.name == name), None) if by is By.PIPE else None
