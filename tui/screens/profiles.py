"""The profiles to switch to, each with what it would change; Tab only looks at one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.dialogs.dialog import is_open
from tui.dialogs.pick import WIDE, Choice, PickScreen, PickTable

LOOK = "look "
"""What the answer begins with when a profile is only to be looked at."""


class ProfilesScreen(PickScreen):
    """Enter makes a profile the active one, as an edit; Tab looks at the tree as if it were."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "look", "Look", show=False, priority=True)]

    def __init__(self, choices: Sequence[Choice], *, current: str | None, locked: bool) -> None:
        words = "look at a profile" if locked else "profile: enter switches, tab only looks"
        super().__init__(words, choices, current=current, columns=WIDE)
        self._locked = locked

    def tell_impacts(self, impacts: Mapping[str, str]) -> None:
        """Say of profiles what switching to them would change."""
        if not is_open(self):
            return
        said = [choice._replace(what=impacts.get(choice.key, choice.what)) for choice in self._choices]
        key = self.query_one(PickTable).selected_key
        self._choices = said
        self._show(self.query_one("#query", Input).value)
        if key is not None:
            self.query_one(PickTable).select(key)

    def action_look(self) -> None:
        """Only look."""
        key = self.query_one(PickTable).selected_key
        if key is not None:
            self.dismiss(LOOK + key)
