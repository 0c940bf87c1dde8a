"""A screen whose keys are those of the table of commands, as its user has set them."""

from __future__ import annotations

from textual.binding import BindingsMap
from textual.screen import Screen

from tui.keys import CommandTable


class Keyed(Screen[None]):
    """Its subclass has an `action_key`, which is given the name of the key, and can `tell` something."""

    def __init__(self, part: str, table: CommandTable) -> None:
        """`part`: the part of the table whose keys count here."""
        super().__init__()
        self.part = part
        self.table = table
        # Per instance, where Textual has them per class: every user may have other keys.
        mine = BindingsMap(table.bindings(part)).key_to_bindings
        self._bindings = BindingsMap.from_keys({**self._bindings.key_to_bindings, **mine})

    def tell(self, message: str = "") -> None:
        """Say something in the last line; without a message, the keys that are of use now."""
        raise NotImplementedError
