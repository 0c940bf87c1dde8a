"""The preview of using one backend only: backends to switch, names that die, replacements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from core.candidates import Candidate
from core.edits.intent import EditRefused
from core.edits.repoint_edits import UseOnly
from core.entities import GLOBAL
from core.replacements import Replacement
from core.workspace import Proposal
from tui.command import CommandContext
from tui.dialogs.pick import Choice, PickScreen
from tui.forms.model_choices import model_cells
from tui.labels import plain, variable_label
from tui.messages import ImpactFound
from tui.price_columns import aligned, price_cells
from tui.screens.command_dialog import DialogLines, EditDialog
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Cell, Tone
from tui.widgets.table_model import Column, Row, needed_widths, place, row_runs, titles

if TYPE_CHECKING:
    from core.api import Report
    from tui.screens.main import MainScreen


COLUMNS = (
    Column("", "mark", 3),
    Column("name", "name", 12, flex=2, max_width=40, cut="middle"),
    Column("today", "today", 12, flex=2, max_width=40, cut="middle"),
    Column("then", "then", 12, flex=2, max_width=40, cut="middle"),
    Column("in $", "input", 5, align="right", priority=1),
    Column("out $", "output", 5, align="right", priority=1),
    Column("lives", "lives", 5, align="right", priority=2),
)

_IMPACT_HEAD = 14
"""The cells of the last line beside the impact."""


class UseOnlyScreen(EditDialog[UseOnly | None]):
    """The replacements to accept, change or skip; the result is the edit with the accepted ones."""

    FULL_SIZE = True
    LIST = "#page"
    AUTO_FOCUS = "#page"

    def __init__(self, main: MainScreen, backend: str, bare: Proposal, replacements: tuple[Replacement, ...]) -> None:
        """`bare` is the edit without any replacement, `replacements` the dead references after it with candidates."""
        super().__init__(main, "use-only")
        self._backend = backend
        self._bare = bare
        self._replacements = replacements
        self.chosen: dict[int, Candidate] = {
            number: replacement.best
            for number, replacement in enumerate(replacements)
            if replacement.best is not None and replacement.died
        }
        """The accepted replacements, by number."""
        self.offered = dict(self.chosen)
        """The best or last chosen replacement of each."""
        self._impact = bare.impact.summary(main.app.size.width - _IMPACT_HEAD)
        self._after: Report | None = None
        """The report of the tree after the edit with the accepted replacements, once it is known."""

    def compose_body(self) -> ComposeResult:
        """The backends, the replacements and the impact."""
        yield DialogLines(id="page")
        yield Bar(id="form-status")

    def on_mount(self) -> None:
        """Show the preview."""
        self.show_title(f"use only {self._backend}", "nothing changed yet")
        self.show_status()
        self.show_chosen()

    def _show(self) -> None:
        self.query_one("#page", Lines).set_lines([*self._switches(), *self._replaced()], keep_place=True)
        self.query_one("#form-status", Bar).show(((f" impact: {self._impact}", ""),))

    def _switches(self) -> Iterator[Line]:
        before, after = self._bare.before.catalog, self._bare.after.catalog
        disabled = [name for name in before.enabled if name not in after.enabled]
        on = [name for name in after.enabled if name not in before.enabled]
        yield Line((("backends  ", "dim"), ("off: " + ", ".join(disabled) if disabled else "none", "")))
        if on:
            yield Line((("          ", "dim"), ("on: " + ", ".join(on), "good")))
        old, new = before.own_active, after.active
        profile = f"{old} -> {new}" if old != new else f"{new} stays"
        yield Line((("profile   ", "dim"), (profile, "")))
        names = after.variables_of(self._backend)
        if not names:
            yield Line((("key       ", "dim"), ("none needed", "good")))
        for name in names:
            variable = after.environment.variable(name)
            word, tone = variable_label(variable)
            yield Line((("key       ", "dim"), (f"{name} ", ""), (word, tone)))
        for note in self._bare.notes:
            yield Line((("! ", "warn"), (plain(note), "")))

    def _replaced(self) -> Iterator[Line]:
        dying = [number for number, item in enumerate(self._replacements) if item.died]
        yield Line()
        if not dying:
            yield Line((("no name dies", "good"),))
        else:
            yield Line((("names that die, and their replacements", "heading"),))
            yield from self._dying([(number, self._replacements[number]) for number in dying])
        remaining = [item.node.name for item in self._replacements if not item.died]
        if remaining:
            yield Line((("dead already, unchanged: " + ", ".join(remaining), "dim"),))

    def _dying(self, items: Sequence[tuple[int, Replacement]]) -> Iterator[Line]:
        """A table: each name with its model today, the replacement, its prices and how many names live by it."""
        columns, rows = aligned(COLUMNS, [self._row(number, item) for number, item in items])
        placed = place(columns, self.app.size.width - 4, 1, needed_widths(columns, rows))
        yield Line(titles(placed, (None, False), 1).runs)
        for (number, _), row in zip(items, rows, strict=True):
            yield Line(row_runs(row, placed, 1), str(number), -1)
            chosen = self.chosen.get(number)
            # Of the key the head of the page says it for all.
            for word in chosen.cautions if chosen is not None else ():
                yield Line(((f"      ! {plain(word)}", "warn"),), hang=2)

    def _row(self, number: int, replacement: Replacement) -> Row:
        chosen, spec = self.chosen.get(number), replacement.need.spec
        today = spec.handle if spec is not None else "?"
        name: tuple[Cell, ...] = ((_reference(replacement), "accent"), (today, "dim"))
        if chosen is None:
            reason = "stays dead" if replacement.candidates else "no model fits"
            users = len(replacement.revives)
            return Row("", (("[ ]", "dim"), *name, (reason, "bad"), "", "", f"0/{users}" if users > 1 else ""))
        living = replacement.living(self._after) if self._after is not None else 0
        lives: Cell = (str(living) if living > 1 else "", "dim")
        return Row("", (("[x]", "good"), *name, chosen.text, *price_cells(chosen.spec), lives))

    @property
    def number(self) -> int | None:
        """The number of the replacement under the cursor."""
        page = self.query_one("#page", Lines)
        link = page.lines[page.cursor].link if page.cursor is not None else ""
        return int(link) if link else None

    @property
    def intent(self) -> UseOnly:
        """The edit with the accepted replacements."""
        accepted = [(self._replacements[number].node, choice.text) for number, choice in sorted(self.chosen.items())]
        return UseOnly(self._backend, tuple(accepted))

    def show_chosen(self) -> None:
        """Compute the impact of the edit in a thread."""
        workspace = self.main.session.workspace
        intent, width = self.intent, self.app.size.width - _IMPACT_HEAD

        def task() -> ImpactFound:
            result = workspace.propose(intent)
            if isinstance(result, EditRefused):
                return ImpactFound(plain(result.message), None)
            return ImpactFound(result.impact.summary(width), result.after)

        self.main.editing.run_task(intent.label, task, self)

    @on(ImpactFound)
    def show_impact(self, event: ImpactFound) -> None:
        """Show the impact of the edit."""
        event.stop()
        self._impact, self._after = event.text, event.after
        self._show()
        self.show_status()

    def context(self) -> CommandContext:
        """The context of the line under the cursor."""
        return replace(super().context(), where="use-only", kind="" if self.number is None else "replacement")

    @on(Lines.Followed)
    def followed(self, event: Lines.Followed) -> None:
        """Choose another replacement, as with Enter."""
        event.stop()
        self.pick(int(event.link))

    def pick(self, number: int) -> None:
        """Choose another replacement."""
        replacement = self._replacements[number]
        if not replacement.candidates:
            self.show_status(f"no served model fits {_reference(replacement)}: it dies with this edit")
            return

        def choose(key: str | None) -> None:
            if key is not None:
                chosen = next(candidate for candidate in replacement.candidates if candidate.text == key)
                self.chosen[number] = self.offered[number] = chosen
                self.show_chosen()

        choices = [_choice(candidate) for candidate in replacement.candidates]
        self.app.push_screen(PickScreen(f"replacement for {_reference(replacement)}", choices), choose)


def _reference(replacement: Replacement) -> str:
    resolution = replacement.cut.own
    return (
        resolution.reference if resolution.family in ("llm", GLOBAL) else f"{resolution.family} {resolution.reference}"
    )


def _choice(candidate: Candidate) -> Choice:
    note = "  ".join((*(f"! {plain(word)}" for word in candidate.warnings), *map(plain, candidate.reasons)))
    tone: Tone = "warn" if candidate.warnings else "dim"
    return Choice(candidate.text, candidate.text, note, "", model_cells(candidate.spec), tone)
