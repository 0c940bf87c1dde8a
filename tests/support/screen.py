"""A terminal screen for tests: pyte's, with corrections to behave like real terminals."""

from __future__ import annotations

import pyte


class Screen(pyte.Screen):
    """Erases cells with the current background, and renders text after a character without width."""

    def erase_in_display(self, how: int = 0, *args: object, **kwargs: object) -> None:
        """Erase every cell."""
        super().erase_in_display(how, *args, **kwargs)
        if how in (2, 3):
            for row in range(self.lines):
                for column in range(self.columns):
                    self.buffer[row][column] = self.cursor.attrs

    def draw(self, data: str) -> None:
        """Render a text; pyte drops the rest after a character without width."""
        for part in (data,) if data.isascii() else data:
            super().draw(part)
