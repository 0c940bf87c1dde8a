"""The last line: the keys that are of use now, as many as there is room for. Pure."""

from __future__ import annotations

from tui.actions import Command
from tui.keys import DEFAULT, CommandTable, key_words
from tui.reasons import CommandContext
from tui.widgets.runs import Run, Runs, width_of

GAP = "  "


def footer_runs(now: CommandContext, width: int, table: CommandTable = DEFAULT) -> Runs:
    """Keys and labels; help and quit always, the others in order of their use; dim what cannot be done now."""
    commands = [command for command in table.in_footer(now) if command.keys]
    last = [command for command in commands if command.footer < 0]
    first = [command for command in commands if command.footer > 0]
    room = width - 2 - sum(_width(command) for command in last)
    shown: list[Command] = []
    for command in first:
        if _width(command) <= room:
            shown.append(command)
            room -= _width(command)
    runs: list[Run] = [(" ", "")]
    for command in (*shown, *last):
        possible = command.disabled_reason(now) is None
        runs.append((_key(command), "accent" if possible else "dim"))
        runs.append((f" {command.label}{GAP}", "" if possible else "dim"))
    return tuple(runs)


def _key(command: Command) -> str:
    return key_words(command.keys[0])


def _width(command: Command) -> int:
    return width_of(((_key(command), ""),)) + 1 + len(command.label) + len(GAP)
