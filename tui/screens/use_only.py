"""The preview of using one backend only: backends to switch, names that die, replacements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from core.edits.intent import EditRefused
from core.edits.repoint_edits import Accepted, UseOnly
from core.entities import GLOBAL
from core.replacements import Candidate, Replacement
from core.workspace import Proposal
from tui.dialogs.dialog import Dialog, is_open
from tui.dialogs.pick import WIDE, Choice, PickScreen
from tui.labels import plain, prices, variable_label
from tui.widgets.lines import Bar, Line, Lines
from tui.widgets.runs import Run, Tone

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class UseOnlyScreen(Dialog[UseOnly | None]):
    """The replacements to accept, change or skip; the result is the edit with the accepted ones."""

    KEYS = (("space", "skip"), ("enter", "change"), ("a", "all or none"), ("w", "apply"), ("esc", "back"))
    FULL_SIZE = True
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("space", "toggle_line", "Skip", show=False),
        Binding("a", "all", "All or none", show=False),
        Binding("w,o", "apply", "Apply", show=False),
    ]

    def __init__(self, main: MainScreen, backend: str, bare: Proposal, replacements: tuple[Replacement, ...]) -> None:
        """`bare` is the edit without any replacement, `replacements` the dead references after it with candidates."""
        super().__init__()
        self._main = main
        self._backend = backend
        self._bare = bare
        self._replacements = replacements
        self._chosen: dict[int, Candidate] = {
            number: replacement.best
            for number, replacement in enumerate(replacements)
            if replacement.best is not None and replacement.died
        }
        self._offered = dict(self._chosen)
        self._impact = bare.impact.summary()

    def compose_body(self) -> ComposeResult:
        """The backends, the replacements and the impact."""
        yield Lines(id="page")
        yield Bar(id="form-status")

    def on_mount(self) -> None:
        """Show the preview."""
        self.show_title(f"use only {self._backend}", "nothing changed yet")
        self.show_status()
        self._changed()

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
        profile = f"{before.active} -> {after.active}" if before.active != after.active else f"{after.active} stays"
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
        for number, item in enumerate(self._replacements):
            if number in dying:
                yield Line(self._line(number, item), str(number), 6)
        remaining = [item.node.name for item in self._replacements if not item.died]
        if remaining:
            yield Line((("dead already, unchanged: " + ", ".join(remaining), "dim"),))

    def _line(self, number: int, replacement: Replacement) -> tuple[Run, ...]:
        chosen = self._chosen.get(number)
        spec = replacement.need.spec
        before = spec.handle if spec is not None else "?"
        name: Run = (_reference(replacement), "accent")
        more = f"  revives {len(replacement.revives)}" if len(replacement.revives) > 1 else ""
        if chosen is None:
            reason = "stays dead" if replacement.candidates else "no served model fits"
            return ("[ ] ", "dim"), name, (f"  {before} -> {reason}", "bad"), (more.replace("revives", "of"), "dim")
        tone: Tone = "warn" if chosen.warnings else ""
        lost = "".join(f"  ! {plain(word)}" for word in chosen.warnings)
        input_price, output_price = prices(chosen.spec)
        return (
            ("[x] ", "good"),
            name,
            (f"  {before} -> ", "dim"),
            (chosen.text, ""),
            (f"  ${input_price.text}/{output_price.text}", "dim"),
            (more, "dim"),
            (lost, tone),
        )

    @property
    def _number(self) -> int | None:
        page = self.query_one("#page", Lines)
        link = page.lines[page.cursor].link if page.cursor is not None else ""
        return int(link) if link else None

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """The accepted replacements."""
        return tuple(
            (self._replacements[number].node, candidate.text) for number, candidate in sorted(self._chosen.items())
        )

    def _changed(self) -> None:
        """Compute the impact of the edit in a thread."""
        workspace = self._main.session.workspace
        intent = UseOnly(self._backend, self.accepted)

        def work() -> Proposal | EditRefused:
            result = workspace.propose(intent)
            if isinstance(result, Proposal):
                result.impact.summary()  # slow, and cached by the impact
            return result

        self._main.editing.run_task(intent.label, work, self._show_impact)

    def _show_impact(self, result: Proposal | EditRefused) -> None:
        self._impact = plain(result.message) if isinstance(result, EditRefused) else result.impact.summary()
        if is_open(self):
            self._show()

    def action_toggle_line(self) -> None:
        """Skip the replacement under the cursor, or accept it."""
        number = self._number
        if number is None:
            return
        if number in self._chosen:
            del self._chosen[number]
        elif number in self._offered:
            self._chosen[number] = self._offered[number]
        self._changed()

    def action_all(self) -> None:
        """Accept all replacements, or none."""
        self._chosen = {} if self._chosen else dict(self._offered)
        self._changed()

    @on(Lines.Followed)
    def pick(self, event: Lines.Followed) -> None:
        """Choose another replacement."""
        event.stop()
        number = int(event.link)
        replacement = self._replacements[number]

        def choose(key: str | None) -> None:
            if key is not None:
                chosen = next(candidate for candidate in replacement.candidates if candidate.text == key)
                self._chosen[number] = self._offered[number] = chosen
                self._changed()

        choices = [Choice(candidate.text, candidate.text, _note(candidate)) for candidate in replacement.candidates]
        self.app.push_screen(PickScreen(f"replacement for {_reference(replacement)}", choices, columns=WIDE), choose)

    def action_apply(self) -> None:
        """Close the dialog with the edit."""
        self.dismiss(UseOnly(self._backend, self.accepted))


def _reference(replacement: Replacement) -> str:
    resolution = replacement.cut.own
    return (
        resolution.reference if resolution.family in ("llm", GLOBAL) else f"{resolution.family} {resolution.reference}"
    )


def _note(candidate: Candidate) -> str:
    input_price, output_price = prices(candidate.spec)
    lost = [f"! {plain(word)}" for word in candidate.warnings]
    return "  ".join((f"${input_price.text}/{output_price.text}", *lost, *map(plain, candidate.reasons)))
