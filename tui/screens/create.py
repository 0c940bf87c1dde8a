"""The dialog that creates a tree: choose providers, view the files, write them."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.worker import Worker, WorkerState

from core.files.store import CommitResult, Committed
from core.formatting import counted
from core.releases import NEWEST_RELEASE, TABLE
from core.safe_text import safe
from core.scaffold import GAP_LABELS, Offer, Scaffold, ScaffoldError, ScaffoldPlan
from tui.command import CommandContext, CommandTable
from tui.dialogs.ask import ReadScreen
from tui.dialogs.pick import Choice, PickScreen
from tui.labels import variables_label
from tui.loading import Request, scaffold
from tui.screens.command_dialog import CommandDialog
from tui.widgets.lines import Bar, Line
from tui.widgets.runs import Cell, Run
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "chosen", 3),
    Column("provider", "name", 12),
    Column("offers", "offers", 16, flex=1, max_width=44, priority=1),
    Column("variables", "variables", 20, flex=2, max_width=60),
)


class CreateScreen(CommandDialog[bool]):
    """The providers with the state of their variables; the result is True when the tree was written."""

    FULL_SIZE = True
    LIST = "#providers"
    AUTO_FOCUS = "#providers"

    def __init__(self, table: CommandTable, request: Request, plan: Scaffold) -> None:
        super().__init__(table, "create")
        self._request = request
        self.scaffold = plan
        """The providers that the chosen release can use."""
        self._chosen = set(plan.preselected)
        self._writing = False

    def compose_body(self) -> ComposeResult:
        """The providers, and a summary of the tree that the choice makes."""
        yield Table(COLUMNS, id="providers")
        yield Bar(id="page-note")

    def context(self) -> CommandContext:
        """The context of the choice."""
        plan = self._plan()
        return CommandContext("create", invalid=str(plan) if isinstance(plan, ScaffoldError) else "")

    def on_mount(self) -> None:
        """Show the providers."""
        self._show()

    def _show(self) -> None:
        title = f"a new tree in {self.scaffold.location.inference}"
        self.show_title(title, f"for Pipelex {self.scaffold.behaviours.release}")
        self._show_choice()

    def _show_choice(self) -> None:
        self.query_one("#providers", Table).set_rows([self._row(offer) for offer in self.scaffold.offers])
        self._show_summary()
        self.show_status()

    def _row(self, offer: Offer) -> Row:
        chosen = offer.name in self._chosen
        mark: Cell = ("[x]", "accent") if chosen else ("[ ]", "dim")
        states: Cell = ("needs no key", "dim")
        if offer.variables:
            label, tone = variables_label(offer.variables)
            names = ", ".join(variable.name for variable in offer.variables)
            states = (f"{label}: {names}", tone if chosen or tone == "good" else "dim")
        return Row(offer.name, (mark, offer.name, (offer.offers, "dim"), states))

    def _show_summary(self) -> None:
        plan = self._plan()
        if isinstance(plan, ScaffoldError):
            runs: tuple[Run, ...] = ((f" {plan}", "warn"),)
        else:
            unset = self.scaffold.unset(plan)
            runs = ((f" {counted(len(plan.files), 'file')}, profile {plan.profile}", ""),)
            if unset:
                runs += ((f"; {counted(len(unset), 'variable')} to set before Pipelex starts", "warn"),)
            elif plan.gaps:
                runs += ((f"; no provider {' or '.join(GAP_LABELS[family] for family in plan.gaps)}", "dim"),)
        self.query_one("#page-note", Bar).show(runs)

    def _plan(self) -> ScaffoldPlan | ScaffoldError:
        # The order of the list is the fallback order.
        names = [offer.name for offer in self.scaffold.offers if offer.name in self._chosen]
        try:
            return self.scaffold.plan(names)
        except ScaffoldError as error:
            return error

    @on(Table.Opened)
    def opened(self, event: Table.Opened) -> None:
        """Choose the provider, as with space."""
        event.stop()
        self.choose()

    def choose(self) -> None:
        """Toggle the choice of the provider under the cursor."""
        key = self.query_one("#providers", Table).selected_key
        if key is not None:
            self._chosen ^= {key}
            self._show_choice()

    def view_files(self) -> None:
        """Show the files before they are written."""
        plan = self._plan()
        if isinstance(plan, ScaffoldError):
            return
        lines = []
        for file in plan.files:
            lines += [Line(((file.path, "heading"),)), *(_text_line(text) for text in file.text.splitlines()), Line()]
        self.app.push_screen(ReadScreen("the files of the new tree", lines))

    def pick_release(self) -> None:
        """Choose another release of Pipelex."""
        self.app.push_screen(PickScreen("a tree for which release of Pipelex?", _releases()), self._for_release)

    def _for_release(self, text: str | None) -> None:
        if text is not None:
            self.scaffold = scaffold(self._request, text)
            offered = {offer.name for offer in self.scaffold.offers}
            lost = sorted(self._chosen - offered)
            self._chosen &= offered
            self._show()
            if lost:
                self.show_status(f"{text} cannot use {', '.join(lost)}")

    def action_leave(self) -> None:
        """Close the dialog, unless the tree is being written."""
        if not self._writing:
            self.dismiss(False)

    def write(self) -> None:
        """Write all files, or show why that is not possible."""
        plan = self._plan()
        if isinstance(plan, ScaffoldError):
            return
        self.scaffold.settle()
        existing = self.scaffold.existing_files
        if existing:
            name = Path(existing[0]).relative_to(self.scaffold.location.inference)
            self.show_status(f"{name} exists already and is not overwritten")
        elif not self._writing:
            self._writing = True
            self.show_status("writing ...")
            self.run_worker(lambda: self.scaffold.write(plan), thread=True, group="create", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close the dialog after the write, or show why it failed."""
        if event.worker.group != "create" or event.state not in (WorkerState.SUCCESS, WorkerState.ERROR):
            return
        event.stop()
        self._writing = False
        result: CommitResult | None = event.worker.result
        if isinstance(result, Committed):
            self.dismiss(True)
            return
        message = result.message if result is not None else "the tree could not be written"
        self.show_status(message.replace(f"{safe(self.scaffold.location.project)}/", ""))  # the title has the folder


def _releases() -> list[Choice]:
    """The newest release, and each release that reads trees in another way than the one before, newest first."""
    firsts = sorted({str(step.since): step.since for behaviour in TABLE for step in behaviour.steps}.values())
    after = [*map(str, firsts[1:]), ""]
    older = [
        Choice(str(first), str(first), f"and newer ones before {newer}" if newer else "and newer ones")
        for first, newer in zip(firsts, after, strict=True)
    ]
    return [Choice(NEWEST_RELEASE, NEWEST_RELEASE, "newest known release"), *reversed(older)]


def _text_line(text: str) -> Line:
    return Line(((f"  {text}", "dim" if text.startswith("#") else ""),), hang=4)
