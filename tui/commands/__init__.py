"""The commands: what each key does. Bindings, footer, go-to list, help, settings and README follow from this table."""

from __future__ import annotations

from typing import Final

from tui.command import Command, CommandTable
from tui.commands import (
    application,
    catalogue,
    checks,
    choice_dialogs,
    edit_dialogs,
    editing,
    history,
    navigation,
    pages,
    profiles,
)

COMMANDS: Final[tuple[Command, ...]] = (
    *navigation.CURSOR,
    *editing.EDITS,
    *checks.COMMANDS,
    *history.COMMANDS,
    *catalogue.COMMANDS,
    *pages.COMMANDS,
    *navigation.LIST_COMMANDS,
    *navigation.GO_TO,
    *profiles.COMMANDS,
    *navigation.BACK,
    *application.COMMANDS,
    *edit_dialogs.COMMANDS,
    *choice_dialogs.COMMANDS,
)

DEFAULT: Final = CommandTable(COMMANDS)
"""The commands with their default keys."""
