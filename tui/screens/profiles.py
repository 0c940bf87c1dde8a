"""The profiles to switch to, each with what it would change; Tab only looks at one."""

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
"""What the answer begins with when a profile is only to be looked at."""


class ProfilesScreen(PickScreen):
    """Enter makes a profile the active one, as an edit; Tab looks at the tree as if it were."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "look", "Look", show=False, priority=True)]

    def __init__(self, choices: Sequence[Choice], *, current: str | None, locked: bool) -> None:
        words = "look at a profile" if locked else "profile: enter switches, tab only looks"
        super().__init__(words, choices, current=current, columns=WIDE)
        self._locked = locked

    @on(ImpactsFound)
    def show_impacts(self, event: ImpactsFound) -> None:
        """Show what switching to profiles would change."""
        if not is_open(self):
            return
        key = self.query_one(PickTable).selected_key
        self._choices = [choice._replace(what=event.impacts.get(choice.key, choice.what)) for choice in self._choices]
        self._show(self.query_one("#query", Input).value)
        if key is not None:
            self.query_one(PickTable).select(key)

    def action_look(self) -> None:
        """Only look."""
        key = self.query_one(PickTable).selected_key
        if key is not None:
            self.dismiss(LOOK + key)
