"""The models that a provider lists, to import into the backend's file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import Input

from core.edits.new_backends import ImportModels
from core.formatting import tokens
from core.probes.model_proposals import propose_models
from core.probes.served_models import Served
from core.rules.policy import policy_check_of_proposals
from tui.command import CommandContext
from tui.editing.session_edits import proposal_message
from tui.labels import plain
from tui.live import age
from tui.messages import EditMade, EditRejected
from tui.price_columns import KINDS, aligned, cost_cell
from tui.screens.command_dialog import EditDialog
from tui.widgets.lines import Lines
from tui.widgets.runs import Cell, NumberCell, Runs
from tui.widgets.safe_input import SafeInput
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row

if TYPE_CHECKING:
    from tui.screens.main import MainScreen
    from tui.view_model import ViewModel

COLUMNS = (
    Column("", "mark", 1),
    Column("model", "id", 24, flex=3, max_width=70),
    Column("declared", "declared", 10, flex=1, max_width=30, priority=1),
    Column("in $", "input", 5, align="right", priority=2),
    Column("out $", "output", 5, align="right", priority=2),
    Column("context", "context", 7, align="right", priority=3),
    Column("note", "note", 10, flex=1, max_width=30, priority=4),
)


class ServedScreen(EditDialog[None]):
    """The listed models of one backend: marked ones are declared in its file as one edit."""

    FULL_SIZE = True
    LIST = "#served"
    AUTO_FOCUS = "#served"
    served_table = getters.query_one("#served", Table)
    query_input = getters.query_one("#query", Input)

    def __init__(self, main: MainScreen, backend: str) -> None:
        super().__init__(main, "served", "served-filter")
        self.backend = backend
        self._marked: set[str] = set()
        self._models: dict[str, Served] = {}
        self._declared: dict[str, str] = {}
        self._against: dict[str, str] = {}
        """The policy violations of models that are not declared, by key."""
        self._notes: Iterable[str] = ()
        """Notes about the models that are being imported."""

    def compose_body(self) -> ComposeResult:
        """The filter and the list."""
        yield SafeInput(placeholder="/ to filter", id="query")
        yield Lines(id="ink")  # the bars take their colours from it
        yield Table(COLUMNS, empty="no models listed", id="served")

    def on_mount(self) -> None:
        """List the models, those that are not declared first."""
        self.main.on_live_results = self.show_live_results
        self._read()
        self.show_status()

    def on_unmount(self) -> None:
        """Stop following live results."""
        self.main.on_live_results = None

    def _read(self) -> None:
        view = self.main.session.view
        result = view.live.result(view.catalog, self.backend) if view is not None else None
        index = view.live_results.index if view is not None else None
        if view is None or result is None or index is None:
            return
        comparison = index.comparisons.get(self.backend)
        declared = comparison.declared if comparison else ()
        handles = {id(item.served): item.spec.handle for item in declared if item.served}
        models = sorted(result.listing.models, key=lambda model: id(model) in handles)
        self._models = {f"{model.group} {model.id}": model for model in models}
        self._declared = {key: handles[id(model)] for key, model in self._models.items() if id(model) in handles}
        self._marked &= set(self._models) - set(self._declared)
        self._against = self._judge(view)
        self._show()
        count = f"{len(self._models)} served, {len(self._declared)} declared, {age(result)}"
        self.show_title(f"served by {self.backend}", count)

    def _judge(self, view: ViewModel) -> dict[str, str]:
        judge = policy_check_of_proposals(view.catalog, view.lives)
        keys = [key for key in self._models if key not in self._declared] if judge is not None else []
        proposals = propose_models(view.catalog, self.backend, [self._models[key] for key in keys])
        pairs = zip(keys, proposals, strict=True)
        return {
            key: "; ".join(words) for key, item in pairs if judge is not None and (words := judge(self.backend, item))
        }

    def _show(self) -> None:
        columns, rows = aligned(COLUMNS, [self._row(key, model) for key, model in self._models.items()])
        self.served_table.set_columns(columns)
        self.served_table.set_rows(rows)

    def _row(self, key: str, model: Served) -> Row:
        costs = dict(model.costs)
        retiring = f"{model.lifecycle or 'ends'} {model.until or ''}".strip() if model.retiring else ""
        note: Cell = ("violates policy", "bad") if key in self._against else (retiring, "warn")
        mark: Cell = ("*", "accent") if key in self._marked else ("+", "good") if key in self._declared else ("", "dim")
        return Row(
            key,
            (
                mark,
                model.id,
                (self._declared.get(key, ""), "dim"),
                *(cost_cell(costs, kind) for kind in KINDS),
                NumberCell(tokens(model.context), model.context),
                note,
            ),
            tone="dim" if key in self._declared else "",
        )

    def footer_note(self) -> Runs:
        """The number of marked models."""
        return ((f" {len(self._marked)} marked ", "accent"),) if self._marked else ()

    def context(self) -> CommandContext:
        """The context of the list or of its filter."""
        return replace(super().context(), where="served-filter" if self.query_input.has_focus else "served")

    @on(Input.Changed, "#query")
    def filter(self, event: Input.Changed) -> None:
        """Show the models that match the filter."""
        event.stop()
        self.served_table.filter(event.value)

    @on(Input.Submitted, "#query")
    def focus_list(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the list."""
        event.stop()
        self.served_table.focus()

    def show_live_results(self) -> None:
        """Update the list with new live results; close the dialog when those of the backend are gone."""
        view = self.main.session.view
        result = view.live.result(view.catalog, self.backend) if view is not None else None
        if result is None:
            self.dismiss(None)
        elif self.backend not in self.main.session.live.in_progress:
            self._read()
            self.show_status("" if result.good else result.texts[0])

    def action_leave(self) -> None:
        """Clear the filter; without one, close the dialog."""
        query = self.query_input
        if query.has_focus or query.value:
            query.value = ""
            self.served_table.focus()
        else:
            self.dismiss(None)

    def mark(self) -> None:
        """Toggle the mark of the model under the cursor, and move to the next."""
        key = self.served_table.selected_key
        if key is None:
            return
        if key in self._declared:
            self.show_status(f"declared already as {self._declared[key]}")
            return
        self._marked ^= {key}
        self._show()
        self.served_table.step(1)
        against = self._against.get(key, "") if key in self._marked else ""
        self.show_status(f"violates the policy: {plain(against)}" if against else "")

    @on(Table.Opened)
    def opened(self, event: Table.Opened) -> None:
        """Import, as with `a`."""
        event.stop()
        self.run_command(self.table.by_id["import"])

    def import_models(self) -> None:
        """Declare the marked models, or the one under the cursor, as one edit."""
        session, key = self.main.session, self.served_table.selected_key
        marked = [name for name in self._models if name in self._marked] or ([key] if key else [])
        keys = [name for name in marked if name not in self._declared]
        if not keys or session.view is None:
            self.show_status("declared already" if key else "no models listed")
            return
        models = propose_models(session.view.catalog, self.backend, [self._models[name] for name in keys])
        added = tuple((model.handle, tuple(model.fields.items())) for model in models if model.callable)
        if not added:
            self.show_status(f"not imported: {plain(models[0].notes[0])}")
            return
        against = [f"violates the policy: {plain(self._against[name])}" for name in keys if name in self._against]
        self._notes = dict.fromkeys(
            (*against, *(note.replace("the provider", "it") for model in models for note in model.notes))
        )
        self.main.editing.do(ImportModels(self.backend, added), sender=self)

    @on(EditMade)
    def show_imported(self, event: EditMade) -> None:
        """Show which models are declared now."""
        event.stop()
        self._marked.clear()
        self._read()
        self.show_status("; ".join([f"{proposal_message(event.proposal)}: w writes it", *self._notes]))

    @on(EditRejected)
    def show_refusal(self, event: EditRejected) -> None:
        """Show why the models cannot be declared."""
        event.stop()
        self.show_status(plain(event.refusal.message))
