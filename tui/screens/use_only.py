"""Using one backend only, before it is done: what is switched, what dies, what replaces it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from core.edits.intent import EditRefused
from core.edits.repoint_edits import Accepted, UseOnly
from core.entities import GLOBAL
from core.replacements import Candidate, Replacement
from core.workspace import Proposal
from tui.dialogs.dialog import is_open
from tui.dialogs.pick import WIDE, Choice, PickScreen
from tui.labels import plain, prices, variable_label
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run, Tone

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

KEYS = (("space", "leave out"), ("enter", "another"), ("a", "all or none"), ("w", "do it"), ("esc", "back"))


class UseOnlyScreen(ModalScreen[UseOnly | None]):
    """Space takes a line out, Enter picks another replacement, `w` does all of it as one edit."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False, priority=True),
        Binding("space", "toggle_line", "Leave out", show=False),
        Binding("a", "all", "All or none", show=False),
        Binding("w,o", "take", "Do it", show=False),
    ]

    def __init__(self, main: MainScreen, backend: str, bare: Proposal, found: tuple[Replacement, ...]) -> None:
        """`bare` is the edit without any replacement, `found` what could be replaced after it."""
        super().__init__()
        self._main = main
        self._backend = backend
        self._bare = bare
        self._found = found
        self._chosen: dict[int, Candidate] = {
            number: one.best for number, one in enumerate(found) if one.best is not None and one.died
        }
        self._offered = dict(self._chosen)
        self._impact = bare.impact.summary()

    def compose(self) -> ComposeResult:
        """Title, what happens, keys."""
        with Vertical(id="box", classes="whole"):
            yield Bar(id="page-title")
            yield Lines(id="page")
            yield Bar(id="form-status")
            yield Bar(id="page-foot")

    def on_mount(self) -> None:
        """Show the preview."""
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (f"use only {self._backend}", "accent")),
            (("nothing is done yet ", "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )
        keys: list[Run] = [(" ", "")]
        for key, label in KEYS:
            keys += [(key, "accent"), (f" {label}  ", "")]
        self.query_one("#page-foot", Bar).show(tuple(keys))
        self._changed()

    def _show(self) -> None:
        self.query_one("#page", Lines).set_lines([*self._switches(), *self._replaced()], keep_place=True)
        self.query_one("#form-status", Bar).show(((f" then: {self._impact}", ""),))

    def _switches(self) -> Iterator[Line]:
        before, after = self._bare.before.catalog, self._bare.after.catalog
        off = [name for name in before.enabled if name not in after.enabled]
        on = [name for name in after.enabled if name not in before.enabled]
        yield Line((("backends  ", "dim"), ("off: " + ", ".join(off) if off else "none is turned off", "")))
        if on:
            yield Line((("          ", "dim"), ("on: " + ", ".join(on), "good")))
        profile = f"{before.active} -> {after.active}" if before.active != after.active else f"{after.active} stays"
        yield Line((("profile   ", "dim"), (profile, "")))
        names = after.variables_of(self._backend)
        if not names:
            yield Line((("key       ", "dim"), ("it needs none", "good")))
        for name in names:
            variable = after.environment.variable(name)
            word, tone = variable_label(variable)
            yield Line((("key       ", "dim"), (f"{name} ", ""), (word, tone)))
        for note in self._bare.notes:
            yield Line((("! ", "warn"), (plain(note), "")))

    def _replaced(self) -> Iterator[Line]:
        dying = [number for number, one in enumerate(self._found) if one.died]
        yield Line()
        if not dying:
            yield Line((("no reference dies", "good"),))
        else:
            yield Line((("what dies, and what takes its place", "heading"),))
        for number, one in enumerate(self._found):
            if number in dying:
                yield Line(self._line(number, one), str(number), 6)
        rest = [one.node.name for number, one in enumerate(self._found) if number not in dying]
        if rest:
            yield Line((("dead already, and left so: " + ", ".join(rest), "dim"),))

    def _line(self, number: int, one: Replacement) -> tuple[Run, ...]:
        chosen = self._chosen.get(number)
        was = one.need.spec.handle if one.need.spec is not None else "?"
        name: Run = (_reference(one), "accent")
        more = f"  revives {len(one.revives)}" if len(one.revives) > 1 else ""
        if chosen is None:
            why = "nothing served can do it" if not one.candidates else "stays dead"
            return ("[ ] ", "dim"), name, (f"  {was} -> {why}", "bad"), (more.replace("revives", "of"), "dim")
        tone: Tone = "warn" if chosen.warnings else ""
        lost = "".join(f"  ! {plain(word)}" for word in chosen.warnings)
        input_price, output_price = prices(chosen.spec)
        return (
            ("[x] ", "good"),
            name,
            (f"  {was} -> ", "dim"),
            (chosen.text, ""),
            (f"  ${input_price.text}/{output_price.text}", "dim"),
            (more, "dim"),
            (lost, tone),
        )

    # ---- keys

    @property
    def _number(self) -> int | None:
        page = self.query_one("#page", Lines)
        link = page.lines[page.cursor].link if page.cursor is not None else ""
        return int(link) if link else None

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """What is to be named in place of what dies."""
        return tuple((self._found[number].node, one.text) for number, one in sorted(self._chosen.items()))

    def _changed(self) -> None:
        """Work out what all of it together would change."""
        workspace = self._main.session.workspace
        intent = UseOnly(self._backend, self.accepted)

        def work() -> Proposal | EditRefused:
            found = workspace.propose(intent)
            if isinstance(found, Proposal):
                found.impact.summary()  # worked out here, as it takes its time
            return found

        self._main.editing.work(intent.label, work, self._worked)

    def _worked(self, found: Proposal | EditRefused) -> None:
        self._impact = plain(found.message) if isinstance(found, EditRefused) else found.impact.summary()
        if is_open(self):
            self._show()

    def action_toggle_line(self) -> None:
        """Leave the line out, or take it in again."""
        number = self._number
        if number is None:
            return
        if number in self._chosen:
            del self._chosen[number]
        elif number in self._offered:
            self._chosen[number] = self._offered[number]
        self._changed()

    def action_all(self) -> None:
        """Every line, or none."""
        self._chosen = {} if self._chosen else dict(self._offered)
        self._changed()

    @on(Lines.Followed)
    def pick(self, event: Lines.Followed) -> None:
        """Pick another replacement."""
        event.stop()
        number = int(event.link)
        one = self._found[number]

        def take(key: str | None) -> None:
            if key is not None:
                chosen = next(candidate for candidate in one.candidates if candidate.text == key)
                self._chosen[number] = self._offered[number] = chosen
                self._changed()

        choices = [Choice(candidate.text, candidate.text, _words(candidate)) for candidate in one.candidates]
        self.app.push_screen(PickScreen(f"in place of {_reference(one)}", choices, columns=WIDE), take)

    def action_take(self) -> None:
        """Do it."""
        self.dismiss(UseOnly(self._backend, self.accepted))

    def action_leave(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _reference(one: Replacement) -> str:
    family = one.cut.own.family
    return one.cut.own.reference if family in ("llm", GLOBAL) else f"{family} {one.cut.own.reference}"


def _words(candidate: Candidate) -> str:
    input_price, output_price = prices(candidate.spec)
    lost = [f"! {plain(word)}" for word in candidate.warnings]
    return "  ".join((f"${input_price.text}/{output_price.text}", *lost, *map(plain, candidate.reasons)))
