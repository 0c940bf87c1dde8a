"""What a provider serves, as it said itself: to look through, and to import into the backend's file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from core.edits.edit_session import Batch
from core.edits.intent import EditLayer, EditRefused
from core.edits.model_edits import AddModel
from core.formatting import counted, price, tokens
from core.probes.model_proposals import propose_models
from core.probes.served_models import Served
from core.workspace import Proposal
from tui.dialogs.dialog import is_open
from tui.editing.flow import words_of
from tui.labels import plain
from tui.live import age
from tui.widgets.bar import Bar
from tui.widgets.columns import Column
from tui.widgets.lines import Lines
from tui.widgets.rows import Row
from tui.widgets.runs import NumberCell, Run
from tui.widgets.safe_input import SafeInput
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

COLUMNS = (
    Column("", "mark", 1),
    Column("model", "id", 24, flex=3, max_width=70),
    Column("declared", "declared", 10, flex=1, max_width=30, priority=1),
    Column("in $", "input", 6, align="right", priority=2),
    Column("out $", "output", 6, align="right", priority=2),
    Column("context", "context", 7, align="right", priority=3),
    Column("remark", "remark", 10, flex=1, max_width=30, priority=4),
)
KEYS = (("space", "mark"), ("enter a", "import"), ("/", "filter"), ("t", "ask again"), ("w", "write"), ("esc", "back"))


class ServedScreen(ModalScreen[bool]):
    """The live models of one backend. Marked ones are declared in its file as one edit, which `w` reviews.

    Left with true when that edit is to be reviewed now.
    """

    AUTO_FOCUS = "#served"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, priority=True),
        Binding("q", "leave", "Back", show=False),
        Binding("space", "mark", "Mark", show=False),
        Binding("a", "take", "Import", show=False),
        Binding("t", "ask", "Ask again", show=False),
        Binding("w", "write", "Write", show=False),
        Binding("slash", "filter", "Filter", show=False),
    ]

    def __init__(self, main: MainScreen, backend: str) -> None:
        super().__init__()
        self._main = main
        self._backend = backend
        self._marked: set[str] = set()
        self._models: dict[str, Served] = {}
        self._declared: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Title, filter, list, keys."""
        with Vertical(id="box", classes="whole"):
            yield Bar(id="page-title")
            query = SafeInput(placeholder="/ to filter", id="query", select_on_focus=False)
            query.cursor_blink = False
            yield query
            yield Lines(id="ink")  # the bars take their colours from it
            yield Table(COLUMNS, empty="nothing is listed", id="served")
            yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """List what is served: first what is not declared yet."""
        self._main.on_live_results = self.live_results
        self._read()
        self.show_status()

    def on_unmount(self) -> None:
        """Nobody is to be told any more."""
        self._main.on_live_results = None

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one("#served", Table)

    def _read(self) -> None:
        view = self._main.session.view
        result = view.live.result(view.catalog, self._backend) if view is not None else None
        index = view.live_results.index if view is not None else None
        if view is None or result is None or index is None:
            return
        found = index.comparisons.get(self._backend)
        handles = {id(item.served): item.spec.handle for item in (found.declared if found else ()) if item.served}
        models = sorted(result.listing.models, key=lambda model: id(model) in handles)
        self._models = {f"{model.group} {model.id}": model for model in models}
        self._declared = {key: handles[id(model)] for key, model in self._models.items() if id(model) in handles}
        self._marked &= set(self._models) - set(self._declared)
        self._show()
        count = f"{len(self._models)} served, {len(self._declared)} declared, {age(result)} "
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (f"served by {self._backend}", "accent")),
            ((count, "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )

    def _show(self) -> None:
        self.table.set_rows([self._row(key, model) for key, model in self._models.items()])

    def _row(self, key: str, model: Served) -> Row:
        costs = dict(model.costs)
        going = f"{model.lifecycle or 'ends'} {model.until or ''}".strip() if model.retiring else ""
        mark = ("*", "accent") if key in self._marked else ("+", "good") if key in self._declared else ("", "dim")
        return Row(
            key,
            (
                mark,  # type: ignore[arg-type]
                model.id,
                (self._declared.get(key, ""), "dim"),
                *(NumberCell(price(costs.get(kind)), costs.get(kind)) for kind in ("input", "output")),
                NumberCell(tokens(model.context), model.context),
                (going, "warn"),
            ),
            tone="dim" if key in self._declared else "",
        )

    def show_status(self, message: str = "") -> None:
        """Say something in the last line, or the keys."""
        runs: list[Run] = [(f" {message}", "warn")] if message else [(" ", "")]
        if not message:
            for key, label in KEYS:
                runs += [(key, "accent"), (f" {label}  ", "")]
            if self._marked:
                runs.append((f"{len(self._marked)} marked", "warn"))
        self.query_one("#page-foot", Bar).show(tuple(runs))

    # ---- keys

    @on(Input.Changed, "#query")
    def narrow(self, event: Input.Changed) -> None:
        """Show what holds the words."""
        event.stop()
        self.table.filter(event.value)

    @on(Input.Submitted, "#query")
    def keep(self, event: Input.Submitted) -> None:
        """Keep the filter and go back to the list."""
        event.stop()
        self.table.focus()

    def action_ask(self) -> None:
        """Ask the provider again; the list changes when it has answered."""
        checks = self._main.checks
        if not checks.running:
            checks.start([self._backend])
            self.show_status(f"{self._backend} is asked again ...   esc cancels")

    def action_write(self) -> None:
        """Look at what is edited, and write it."""
        if not self._main.session.unwritten:
            self.show_status("everything is written")
            return
        self.dismiss(True)

    def live_results(self) -> None:
        """Providers have said more: list what is served now, or go when that is not known any more."""
        view = self._main.session.view
        result = view.live.result(view.catalog, self._backend) if view is not None else None
        if result is None:
            self.dismiss(False)
        elif self._backend not in self._main.session.live.in_progress:
            self._read()
            self.show_status("" if result.good else result.texts[0])

    def action_filter(self) -> None:
        """Type in the filter."""
        self.query_one(Input).focus()

    def action_leave(self) -> None:
        """Out of the filter, then out of the screen."""
        query = self.query_one(Input)
        if query.has_focus or query.value:
            query.value = ""
            self.table.focus()
        else:
            self.dismiss(False)

    def action_mark(self) -> None:
        """Mark the model under the cursor, or take the mark away, and go on to the next."""
        key = self.table.selected_key
        if key is None:
            return
        if key in self._declared:
            self.show_status(f"it is declared already, as {self._declared[key]}")
            return
        self._marked ^= {key}
        self._show()
        self.table.step(1)
        self.show_status()

    @on(Table.Opened)
    def opened(self, event: Table.Opened) -> None:
        """Enter imports."""
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Declare the marked models, or the one under the cursor, as one edit."""
        session, key = self._main.session, self.table.selected_key
        if session.locked:
            self.show_status(f"nothing can be edited: {session.locked}")
            return
        keys = [one for one in self._models if one in self._marked] or ([key] if key else [])
        keys = [one for one in keys if one not in self._declared]
        if not keys or session.view is None:
            self.show_status("it is declared already" if key else "nothing is listed")
            return
        found = propose_models(session.view.catalog, self._backend, [self._models[one] for one in keys])
        adds = [AddModel(self._backend, one.handle, tuple(one.fields.items())) for one in found]
        many = Batch(
            f"import {counted(len(adds), 'model')} to {self._backend}", tuple((add, EditLayer.AUTO) for add in adds)
        )
        remarks = list(dict.fromkeys(remark for one in found for remark in one.notes))

        def done(proposal: Proposal) -> None:
            if not is_open(self):
                self._main.editing.show_done(proposal)
                return
            self._marked.clear()
            self._read()
            notes = (remark.replace("the provider", "it") for remark in remarks)
            self.show_status("; ".join([f"{words_of(proposal)}: w writes it", *notes]))

        self._main.editing.do(adds[0] if len(adds) == 1 else many, done=done, refused=self._refused)

    def _refused(self, found: EditRefused) -> None:
        (self.show_status if is_open(self) else self._main.show_status)(plain(found.message))
