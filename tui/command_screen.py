"""A screen whose keys are those of the command table, and the footer that shows them."""

from __future__ import annotations

from textual.binding import BindingsMap
from textual.screen import Screen

from tui.command import Command, CommandContext, CommandTable
from tui.key_names import key_label
from tui.widgets.bar import Bar
from tui.widgets.runs import Run, Runs, width_of

GAP = "  "


class CommandScreen(Screen[None]):
    """A screen that runs the commands of its part of the table, and shows them in its last line."""

    def __init__(self, part: str, table: CommandTable) -> None:
        """`part`: `main`, `page` or `start`."""
        super().__init__()
        self.part = part
        self.table = table
        # Per instance, where Textual has them per class: every user may have other keys.
        mine = BindingsMap(table.bindings(part)).key_to_bindings
        self._bindings = BindingsMap.from_keys({**self._bindings.key_to_bindings, **mine})

    def context(self) -> CommandContext:
        """The context that decides which commands can run now."""
        return CommandContext(self.part)

    def show_status(self, message: str = "") -> None:
        """Show a message in the last line; without one, the keys that can be used now."""
        footer = footer_runs(self.context(), self.app.size.width, self.table)
        self.query_one("#foot", Bar).show(((f" {message}", "warn"),) if message else footer)

    def action_key(self, key: str) -> None:
        """Run the command that a key means here."""
        self.run_command(self.table.command_for(self.part, key, self.context()))

    def run_command(self, command: Command) -> None:
        """Run a command, or show why it cannot run now."""
        reason = command.disabled_reason(self.context())
        self.show_status(reason or "")
        if not reason and command.run is not None:
            command.run(self)


def footer_runs(now: CommandContext, width: int, table: CommandTable) -> Runs:
    """Keys and labels: help and quit always, the others by their rank as far as there is room; dim when disabled."""
    commands = [command for command in table.in_footer(now) if command.keys]
    last = [command for command in commands if command.footer < 0]
    room = width - 2 - sum(map(_width, last))
    shown: list[Command] = []
    for command in commands:
        if command.footer > 0 and _width(command) <= room:
            shown.append(command)
            room -= _width(command)
    runs: list[Run] = [(" ", "")]
    for command in (*shown, *last):
        disabled = command.disabled_reason(now) is not None
        runs.append((key_label(command.keys[0]), "dim" if disabled else "accent"))
        runs.append((f" {command.label}{GAP}", "dim" if disabled else ""))
    return tuple(runs)


def _width(command: Command) -> int:
    return width_of(((key_label(command.keys[0]), ""),)) + 1 + len(command.label) + len(GAP)
