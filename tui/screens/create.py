"""A new tree: choose the providers, look at what will be written, write it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.worker import Worker, WorkerState

from core.files.store import CommitResult, Committed
from core.formatting import counted
from core.releases import NEWEST_RELEASE, TABLE
from core.scaffold import GAP_LABELS, Offer, Scaffold, ScaffoldError, ScaffoldPlan
from tui.dialogs.ask import ReadScreen
from tui.dialogs.pick import Choice, PickScreen
from tui.labels import variables_label
from tui.session import Request, scaffold
from tui.widgets.bar import Bar
from tui.widgets.columns import Column
from tui.widgets.lines import Line
from tui.widgets.rows import Row
from tui.widgets.runs import Cell, Run
from tui.widgets.table import Table

KEYS = (("space", "choose"), ("v", "look at the files"), ("r", "release"), ("w", "write"), ("esc", "back"))
COLUMNS = (
    Column("", "chosen", 3),
    Column("provider", "name", 12),
    Column("offers", "offers", 16, flex=1, max_width=44, priority=1),
    Column("variables", "variables", 20, flex=2, max_width=60),
)


class CreateScreen(ModalScreen[bool]):
    """The providers with the state of their variables; gives True once the tree is written."""

    AUTO_FOCUS = "#providers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("space", "choose", "Choose", show=False),
        Binding("v", "view", "Look", show=False),
        Binding("r", "release", "Release", show=False),
        Binding("w", "write", "Write", show=False),
    ]

    def __init__(self, request: Request, plan: Scaffold) -> None:
        super().__init__()
        self._request = request
        self.scaffold = plan
        """For the release that is chosen now."""
        self._chosen = set(plan.preselected)
        self._writing = False

    def compose(self) -> ComposeResult:
        """Title, the providers, what the choice makes, the keys."""
        with Vertical(id="box", classes="whole"):
            yield Bar(id="page-title")
            yield Table(COLUMNS, id="providers")
            yield Bar(id="page-note")
            yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show what can be chosen."""
        self._show()

    # What is shown.

    def _show(self) -> None:
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (f"a new tree in {self.scaffold.location.inference}", "accent")),
            ((f"for Pipelex {self.scaffold.behaviours.release} ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        table = self.query_one("#providers", Table)
        table.set_rows([self._row(offer) for offer in self.scaffold.offers])
        self._note()
        self.show_status()

    def _row(self, offer: Offer) -> Row:
        chosen = offer.name in self._chosen
        mark: Cell = ("[x]", "accent") if chosen else ("[ ]", "dim")
        states: Cell = ("needs no key", "dim")
        if offer.variables:
            words, tone = variables_label(offer.variables)
            names = ", ".join(variable.name for variable in offer.variables)
            states = (f"{words}: {names}", tone if chosen or tone == "good" else "dim")
        return Row(offer.name, (mark, offer.name, (offer.offers, "dim"), states))

    def _note(self) -> None:
        plan = self._plan()
        if isinstance(plan, ScaffoldError):
            runs: tuple[Run, ...] = ((f" {plan}", "warn"),)
        else:
            unset = self.scaffold.unset(plan)
            runs = ((f" {counted(len(plan.files), 'file')}, profile {plan.profile}", ""),)
            if unset:
                runs += ((f"; {counted(len(unset), 'variable')} to set before Pipelex starts", "warn"),)
            elif plan.gaps:
                runs += ((f"; nobody {' or '.join(GAP_LABELS[family] for family in plan.gaps)}", "dim"),)
        self.query_one("#page-note", Bar).show(runs)

    def show_status(self, message: str = "") -> None:
        """Say something in the last line, or the keys."""
        runs: list[Run] = [(f" {message}", "warn")] if message else [(" ", "")]
        if not message:
            for key, label in KEYS:
                runs += [(key, "accent"), (f" {label}  ", "")]
        self.query_one("#page-foot", Bar).show(tuple(runs))

    def _plan(self) -> ScaffoldPlan | ScaffoldError:
        # In the order of the list, which is that in which they are asked.
        names = [offer.name for offer in self.scaffold.offers if offer.name in self._chosen]
        try:
            return self.scaffold.plan(names)
        except ScaffoldError as error:
            return error

    # The keys.

    @on(Table.Opened)
    def opened(self, event: Table.Opened) -> None:
        """Enter, or a second click, chooses too."""
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Choose the provider under the cursor, or no longer."""
        table = self.query_one("#providers", Table)
        if table.selected_key is not None:
            self._chosen ^= {table.selected_key}
            table.set_rows([self._row(offer) for offer in self.scaffold.offers])
            self._note()
            self.show_status()

    def action_view(self) -> None:
        """Read the files before they are written."""
        plan = self._plan()
        if isinstance(plan, ScaffoldError):
            self.show_status("nothing to look at yet: see the line above")
            return
        lines = []
        for file in plan.files:
            lines += [Line(((file.path, "heading"),)), *(_text_line(text) for text in file.text.splitlines()), Line()]
        self.app.push_screen(ReadScreen("the files of the new tree", lines))

    def action_release(self) -> None:
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
        """Back, with nothing written."""
        if not self._writing:
            self.dismiss(False)

    # Writing.

    def action_write(self) -> None:
        """Write all files, or say why not."""
        plan, standing = self._plan(), self.scaffold.existing_files
        if isinstance(plan, ScaffoldError):
            self.show_status("nothing to write yet: see the line above")
        elif standing:
            name = Path(standing[0]).relative_to(self.scaffold.location.inference)
            self.show_status(f"{name} exists there, and nothing is written over")
        elif not self._writing:
            self._writing = True
            self.show_status("writing ...")
            self.run_worker(lambda: self.scaffold.write(plan), thread=True, group="create", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """It was written, or could not be."""
        if event.worker.group != "create" or event.state not in (WorkerState.SUCCESS, WorkerState.ERROR):
            return
        event.stop()
        self._writing = False
        result: CommitResult | None = event.worker.result
        if isinstance(result, Committed):
            self.dismiss(True)
        else:
            self.show_status(result.message if result is not None else "it could not be written")


def _releases() -> list[Choice]:
    """The newest release, and each that reads trees otherwise than the one before, the newest first."""
    firsts = sorted({str(step.since): step.since for behaviour in TABLE for step in behaviour.steps}.values())
    after = [*map(str, firsts[1:]), ""]
    older = [
        Choice(str(first), str(first), f"and those before {later}" if later else "and those after")
        for first, later in zip(firsts, after, strict=True)
    ]
    return [Choice(NEWEST_RELEASE, NEWEST_RELEASE, "the newest known"), *reversed(older)]


def _text_line(text: str) -> Line:
    return Line(((f"  {text}", "dim" if text.startswith("#") else ""),), hang=4)
