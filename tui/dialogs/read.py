"""A page to read over the main screen: the help, a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.actions import LISTS, Command
from tui.keys import DEFAULT, CommandTable
from tui.log import Log
from tui.reasons import CommandContext
from tui.widgets.bar import Bar
from tui.widgets.lines import Line, Lines
from tui.widgets.runs import Run
from tui.words import STATUS_MEANINGS, STATUS_SIGNS, STATUS_TONES


class ReadScreen(ModalScreen[None]):
    """Lines under a title; Esc, Enter or q goes back."""

    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "leave", "Back", show=False, priority=True)
    ]

    def __init__(self, title: str, lines: Sequence[Line], *, quits: bool = False) -> None:
        """`quits`: leaving the page leaves the app, with exit code 1."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._quits = quits

    def compose(self) -> ComposeResult:
        """Title and lines."""
        with Vertical(id="box"):
            yield Bar(id="page-title")
            yield Lines(self._lines, id="page")

    def on_mount(self) -> None:
        """Say what this is, and how to leave it."""
        way = "esc quits " if self._quits else "esc goes back "
        self.query_one("#page-title", Bar).show(
            (("━ ", "accent"), (self._title, "accent")),
            ((way, "dim"), ("━", "accent")),
            rule="━",
            rule_tone="accent",
        )

    def action_leave(self) -> None:
        """Back, or out."""
        if self._quits:
            self.app.exit(return_code=1)
        else:
            self.dismiss(None)


_PARTS = (
    ("in a list", "pane"),
    *((f"in the {name}", name) for name in LISTS),
    ("in the details at the right", "inspector"),
    ("everywhere", "everywhere"),
)


def help_lines(now: CommandContext, table: CommandTable = DEFAULT) -> list[Line]:
    """The keys of the screen one is on, and what the signs mean; made from the table of commands."""
    part = now.where if now.where in ("start", "page") else "main"
    lines: list[Line] = []
    shown: set[str] = set()
    parts = _PARTS if part == "main" else (("on this page", part), ("everywhere", "everywhere"))
    for title, where in parts:
        mine = [command for command in table.for_part(part) if where in command.where and command.id not in shown]
        if not mine:
            continue
        shown |= {command.id for command in mine}
        lines += [Line(), Line(((title, "heading"),))] if lines else [Line(((title, "heading"),))]
        lines += [_key_line(command, now, table) for command in mine if not command.told_with]
    lines += [Line(), Line((("signs", "heading"),))]
    for status, sign in STATUS_SIGNS.items():
        tone = STATUS_TONES[status]
        lines.append(Line(((f"  {sign} {status.value:<16}", tone), (STATUS_MEANINGS[status], "")), hang=18))
    lines.append(Line((("  x ! i             ", ""), ("an error, a warning, a remark", "")), hang=18))
    lines.append(Line((("  $ @ ~             ", ""), ("a preset, an alias, a waterfall", "")), hang=18))
    lines += [
        Line(),
        Line((("mouse", "heading"),)),
        Line(
            (("  A click selects, a click on what is selected follows. Start with --no-mouse, or hold shift", "dim"),)
        ),
        Line((("  (option on a Mac), to select text with the mouse as your terminal does.", "dim"),)),
    ]
    return lines


def _key_line(command: Command, now: CommandContext, table: CommandTable) -> Line:
    keys = table.told(command)
    runs: list[Run] = [(f"  {keys or 'no key':<16}", "accent" if keys else "dim"), ("  ", ""), (command.help, "")]
    reason = command.disabled_reason(now) if command.is_in(now) else None
    if reason:
        runs.append((f" (not now: {reason})", "dim"))
    return Line(tuple(runs), hang=18)


def log_lines(log: Log) -> list[Line]:
    """What was done and said, the newest first."""
    return [Line(((f"{entry.at}  ", "dim"), (entry.words, "")), hang=10) for entry in log.entries]
