"""The dialog to switch to another profile, with the impact of each; Tab only views one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.dialogs.dialog import is_open
from tui.dialogs.pick import WIDE, Choice, PickScreen, PickTable
from tui.messages import ImpactsFound

LOOK = "look "
"""Prefix of the result when a profile is only to be viewed."""


class ProfilesScreen(PickScreen):
    """A list of profiles: Enter makes one active, as an edit; Tab views the tree as if it were active."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "look", "Look", show=False, priority=True)]

    def __init__(self, choices: Sequence[Choice], *, current: str | None, locked: bool) -> None:
        title = "view a profile" if locked else "profile: enter switch, tab view only"
        super().__init__(title, choices, current=current, columns=WIDE)

    @on(ImpactsFound)
    def show_impacts(self, event: ImpactsFound) -> None:
        """Show the impact of switching to each profile."""
        if not is_open(self):
            return
        key = self.query_one(PickTable).selected_key
        self._choices = [choice._replace(note=event.impacts.get(choice.key, choice.note)) for choice in self._choices]
        self._show(self.query_one("#query", Input).value)
        if key is not None:
            self.query_one(PickTable).select(key)

    def action_look(self) -> None:
        """Close the dialog to view the profile under the cursor."""
        key = self.query_one(PickTable).selected_key
        if key is not None:
            self.dismiss(LOOK + key)
