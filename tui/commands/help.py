"""The help page: the commands of the current screen and the meaning of the symbols."""

from __future__ import annotations

from tui.command import DIALOGS, LISTS, Command, CommandContext, CommandTable
from tui.labels import STATUS_MEANINGS, STATUS_SYMBOLS, STATUS_TONES
from tui.widgets.lines import Line
from tui.widgets.runs import Run

_PARTS = (
    ("in a list", "pane"),
    *((f"in the {name}", name) for name in LISTS),
    ("in the inspector, at the right", "inspector"),
    ("everywhere", "everywhere"),
)


def help_lines(now: CommandContext, table: CommandTable) -> list[Line]:
    """The keys of the current screen, and the meaning of the symbols."""
    part = now.part
    lines: list[Line] = []
    shown: set[str] = set()
    parts = _PARTS if part == "main" else ((DIALOGS.get(part, "on this page"), part), ("everywhere", "everywhere"))
    for title, where in parts:
        mine = [command for command in table.for_part(part) if where in command.where and command.id not in shown]
        if not mine:
            continue
        shown |= {command.id for command in mine}
        lines += [Line(), Line(((title, "heading"),))] if lines else [Line(((title, "heading"),))]
        lines += [_key_line(command, now, table) for command in mine if not command.listed_with]
    return lines if part in DIALOGS else [*lines, *_symbol_lines()]


def _symbol_lines() -> list[Line]:
    lines = [Line(), Line((("symbols", "heading"),))]
    for status, symbol in STATUS_SYMBOLS.items():
        tone = STATUS_TONES[status]
        lines.append(Line(((f"  {symbol} {status.value:<16}", tone), (STATUS_MEANINGS[status], "")), hang=18))
    lines.append(Line((("  x ! i             ", ""), ("an error, a warning, a note", "")), hang=18))
    lines.append(Line((("  $ @ ~             ", ""), ("a preset, an alias, a waterfall", "")), hang=18))
    lines.append(Line((("  ~.08 <.01         ", ""), ("a price rounded to cents; z shows all of it", "")), hang=18))
    lines.append(Line((("  ?  as a number    ", ""), ("unknown: no file says it", "")), hang=18))
    lines += [
        Line(),
        Line((("mouse", "heading"),)),
        Line((("  A click selects, a second click opens. Start with --no-mouse, or hold shift", "dim"),)),
        Line((("  (option on a Mac), to select text with the mouse as your terminal does.", "dim"),)),
    ]
    return lines


def _key_line(command: Command, now: CommandContext, table: CommandTable) -> Line:
    keys = table.grouped_key_labels(command)
    runs: list[Run] = [(f"  {keys or 'no key':<16}", "accent" if keys else "dim"), ("  ", ""), (command.help, "")]
    reason = command.disabled_reason(now) if command.is_in(now) else None
    if reason:
        runs.append((f" (not now: {reason})", "dim"))
    return Line(tuple(runs), hang=18)
