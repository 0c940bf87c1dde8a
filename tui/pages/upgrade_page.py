"""The page of an upgrade: its counts, its decisions, and the three sides of every part that is the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on

from core.errors import PipedeckError
from core.safe_text import safe
from core.upgrade.kit import read_kit
from core.upgrade.plan import KEEP, TAKE, Decision, Plan, Upgrade
from core.upgrade.planner import plan_upgrade
from core.upgrade.rows import Outcome
from tui.dialogs.ask import AskScreen, Option
from tui.dialogs.prompt import InputDialog, PromptScreen
from tui.labels import plain
from tui.messages import EditMade, EditRejected
from tui.pages.page_screen import PageScreen, close_pages
from tui.pages.page_sheet import Page, PageSheet, computing_page
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

MAKE = "upgrade:make"
DECISION = "decision:"
"""The prefix of links of decisions; their number follows."""
_OTHER = "other"
_OUTCOME = 12


class UpgradeScreen(PageScreen[Plan | str]):
    """The upgrade to the installed release. Enter answers a decision, or makes the upgrade as one edit."""

    def __init__(self, main: MainScreen) -> None:
        self.answers: dict[str, str] = {}
        super().__init__(main, upgrade_page, self._plan)

    def _plan(self, view: ViewModel) -> Plan | str:
        return plan_for(view, self.main, self.answers)

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The command for the line under the cursor, with its label."""
        if self.link.startswith(DECISION):
            return [("open", "answer")]
        return [("open", "make it")] if self.link == MAKE else super().hints

    def follow_link(self, link: str) -> None:
        """Answer a decision, or make the upgrade."""
        plan = self._prepared
        if not isinstance(plan, Plan) or not link.startswith((MAKE, DECISION)):
            super().follow_link(link)
        elif link == MAKE:
            self.main.editing.do(Upgrade(plan), sender=self, slow=True)
        else:
            self._ask(plan.decisions[int(link.removeprefix(DECISION))])

    def _ask(self, decision: Decision) -> None:
        options = [
            Option(TAKE, f"take {plain(decision.proposal)}"),
            Option(KEEP, "keep the old definition"),
            Option(_OTHER, "another reference"),
            Option("", "leave it open"),
        ]

        def answered(key: str | None) -> None:
            if key == _OTHER:
                self.app.push_screen(PromptScreen("use instead", "", submit))
            elif key:
                self._answer(decision, key)

        def submit(dialog: InputDialog, text: str) -> None:
            dialog.dismiss(None)
            if text.strip():
                self._answer(decision, text.strip())

        question = Line(((plain(decision.question), ""),))
        self.app.push_screen(AskScreen("decision", [question], options), answered)

    def _answer(self, decision: Decision, answer: str) -> None:
        self.answers[decision.id] = answer
        self._begin()

    @on(EditMade)
    def show_made(self, event: EditMade) -> None:
        """Go back to the main screen, where the upgrade is reviewed and written."""
        event.stop()
        close_pages(self.app)
        self.main.show_status("upgraded, not written yet: w reviews and writes it, u undoes it")

    @on(EditRejected)
    def show_refusal(self, event: EditRejected) -> None:
        """Show why the upgrade cannot be made."""
        event.stop()
        self.show_status(plain(event.refusal.message))


def plan_for(view: ViewModel, main: MainScreen, answers: Mapping[str, str]) -> Plan | str:
    """The plan for the installed release, or why there is none."""
    installation = view.catalog.installation
    if installation is None or installation.environment is None:
        return (
            "no Pipelex is installed here, to whose kit the tree would be carried: in the shell,"
            " pipedeck upgrade --to RELEASE --fetch downloads one, --kit PATH names a wheel or an environment"
        )
    workspace = main.session.workspace
    try:
        kit = read_kit(installation.environment.prefix)
        if kit.release != view.report.release:
            return (
                f"the app answers for {view.report.release}, but {kit.release} is installed: start it without --release"
            )
        return plan_upgrade(view.report, workspace.view, kit, choices=answers)
    except PipedeckError as error:
        return str(error)


def upgrade_page(view: ViewModel, width: int, plan: Plan | str | None) -> Page:
    """The lines of a plan."""
    sheet = PageSheet(view, width, "upgrade", f"to {view.report.release}")
    if plan is None:
        return computing_page(sheet)
    if isinstance(plan, str):
        sheet.text((safe(plan), "warn"))
        return Page(sheet)
    sheet.field("from", f"{plan.origin.release} ({plan.origin.source})")
    sheet.field("to", f"{plan.target} ({safe(plan.kit)})")
    sheet.field("parts", plan.summary)
    sheet.blank()
    if not plan.contents:
        sheet.text(("nothing to change", "good"))
    else:
        count = len(plan.open)
        note = f": {count} open, their proposals are used" if count else ""
        sheet.lines.append(Line((("make the upgrade as one edit, to review it", "accent"), (note, "warn")), MAKE))
    if plan.decisions:
        sheet.heading("decisions", "enter answers")
    for number, decision in enumerate(plan.decisions):
        answer: Run = (f"{fit(decision.answer or 'open', _OUTCOME)}", "good" if decision.answer else "warn")
        text = f"{plain(decision.question)}; proposal: {plain(decision.proposal)}"
        sheet.lines.append(Line((answer, (text, "")), f"{DECISION}{number}", hang=_OUTCOME))
    rows = [row for row in plan.rows if row.outcome is not Outcome.UNCHANGED]
    if rows:
        sheet.heading("yours", "then | mine | new")
    for row in rows:
        tone: Tone = "warn" if row.outcome is Outcome.NOT_CARRIED else "dim"
        sheet.text((fit(row.outcome.value, _OUTCOME), tone), (plain(row.name or row.file), "accent"), hang=_OUTCOME)
        values = " | ".join(plain(value) or "-" for value in (row.then, row.mine, row.target or row.new))
        sheet.text((" " * _OUTCOME + values, ""), hang=_OUTCOME)
        if row.note:
            sheet.text((" " * _OUTCOME + plain(row.note), "dim"), hang=_OUTCOME)
    if plan.gone:
        sheet.heading("gone", "nothing here uses them")
        sheet.text((plain(", ".join(plan.gone)), "dim"))
    for note in plan.notes:
        sheet.text((plain(note), "dim"))
    return Page(sheet, ((f"{len(plan.open)} to decide", "warn" if plan.open else "good"),))
