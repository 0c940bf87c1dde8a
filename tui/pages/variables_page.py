"""The page of variables: state, winning source and the backends that need them; never a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.api import Report
from core.json.keys_document import KeysDocument
from core.keys import KeyRow, keys
from core.secret_texts import shown_name
from core.variables import State
from tui.dialogs.pick import Choice, PickScreen
from tui.live import age
from tui.pages.exports import Export
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.tables import print_keys, required_text
from tui.reports.text_output import TextOutput
from tui.selection import OVERVIEW, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone, fit

if TYPE_CHECKING:
    from core.probes.check_result import CheckResult
    from tui.screens.main import MainScreen

_STATES: dict[State, tuple[str, Tone]] = {
    State.SET: ("set", "good"),
    State.EMPTY: ("empty", "bad"),
    State.MISSING: ("missing", "bad"),
    State.PLACEHOLDER: ("a dummy", "warn"),
    State.UNKNOWN: ("unknown", "warn"),
}
VARIABLE = "variable:"


class VariablesScreen(PageScreen[None]):
    """The keys. `y` copies a line for `.env`, Enter goes to a backend that needs the variable."""

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main, variables_page)

    def _row(self, link: str) -> KeyRow | None:
        report = self.main.session.view.report if self.main.session.view is not None else None
        rows = keys(report) if report is not None else ()
        return next((row for row in rows if VARIABLE + row.shown == link), None)

    def follow_link(self, link: str) -> None:
        """Go to the backend that needs a variable; pick one of several."""
        row = self._row(link)
        if row is None:
            super().follow_link(link)
            return
        needs = list(dict.fromkeys(need.backend for need in row.needs))
        if len(needs) == 1:
            super().follow_link(ItemRef("backend", "", needs[0]).key)
            return

        def take(name: str | None) -> None:
            if name is not None:
                PageScreen.follow_link(self, ItemRef("backend", "", name).key)

        on = {need.backend for need in row.needs if need.on}
        choices = [Choice(name, name, "on" if name in on else "off") for name in needs]
        self.app.push_screen(PickScreen(f"backends that need {row.shown}", choices), take)

    @property
    def selected(self) -> ItemRef:
        """The variable under the cursor."""
        row = self._row(self.link)
        return ItemRef("variable", "", row.name) if row is not None else OVERVIEW

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The commands for a variable, with their labels."""
        return [*super().hints, ("copy", "line for .env"), ("what-if", "if lost")] if self.link else ()

    @property
    def explain_refusal(self) -> str:
        """Variables have no explanation of their own."""
        return "Enter leads to the backend that needs it; there e explains"


def variables_page(view: ViewModel, width: int, _: None = None) -> Page:
    """A line for each variable, the ones that fail first, with its finding and fix."""
    rows = keys(view.report)
    sheet = PageSheet(view, width, "keys", "the variables of the backends")
    needed = [row for row in rows if row.needed]
    refused = view.live.refused_variables(view.catalog)
    if not rows:
        sheet.text(("the tree refers to no variable: no backend needs a key", "dim"))
    names = min(max((len(row.shown) for row in rows), default=0), max(width - 40, 16))
    for title, shown in (("", needed), ("only for backends that are off", [row for row in rows if not row.needed])):
        if shown and title:
            sheet.heading(title)
        for row in shown:
            _row(sheet, row, names, refused.get(row.name))
    order = " < ".join(label for label, _ in view.catalog.environment.sources)
    sheet.blank()
    sheet.text((f"sources, the last wins: {order}", "dim"))
    if rows:
        sheet.text(("y copies the line for .env, never a value; ! shows the effects of a lost key", "dim"))
    tone: Tone = "bad" if any(row.fails for row in needed) else "warn" if any(row.unknown for row in needed) else "good"
    if refused:
        tone = "bad"
    note: Run = (required_text(rows, refused), tone)
    copies = {VARIABLE + row.shown: row.line or row.shown for row in rows}
    return Page(sheet, (note,), _export(view.report, rows), copies)


def _row(sheet: PageSheet, row: KeyRow, names: int, refusal: CheckResult | None) -> None:
    word, tone = _STATES[row.state] if refusal is None else ("refused", "bad")
    if row.spaced and row.state is State.SET:
        word, tone = "spaced", "warn"
    if not row.needed:
        tone = "dim"
    needs = sorted(row.needs, key=lambda need: not need.on)
    backends = ", ".join(need.backend if need.on else f"{need.backend} (off)" for need in needs)
    alternatives = dict.fromkeys(name for need in needs for name in need.others)
    runs: list[Run] = [
        (fit(row.shown, names), "accent" if row.needed else ""),
        (f"  {word:<8}", tone),
        (f"  {row.source or '-':<10}", "dim"),
        (f"  {backends}", ""),
    ]
    if alternatives:
        runs.append((f"; or {', '.join(map(shown_name, alternatives))}", "dim"))
    sheet.lines.append(Line(tuple(runs), VARIABLE + row.shown, hang=4))
    if refusal is not None:
        message, advice = refusal.texts
        sheet.text((f"  {refusal.backend} {age(refusal)}: {message}", "bad"), hang=4)
        sheet.text((f"  fix: {advice}", "dim"), hang=7)
    if row.finding:
        sheet.text((f"  {row.finding}", "warn"), hang=4)
        sheet.text((f"  fix: {row.fix}", "dim"), hang=7)


def _export(report: Report, rows: Sequence[KeyRow]) -> Export:
    order = " < ".join(label for label, _ in report.catalog.environment.sources)

    def text(output: TextOutput) -> None:
        print_keys(rows, order, output, everything=True)

    return Export("keys", "pipedeck keys --all", text, partial(KeysDocument, report))
