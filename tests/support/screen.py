"""A terminal's screen to draw on in tests: pyte's, where it does what terminals do and pyte does not."""

from __future__ import annotations

import pyte


class Screen(pyte.Screen):
    """Gives every cell that it erases the ground in force, and draws what stands behind a character without width."""

    def erase_in_display(self, how: int = 0, *args: object, **kwargs: object) -> None:
        """Erase, every cell."""
        super().erase_in_display(how, *args, **kwargs)
        if how in (2, 3):
            for row in range(self.lines):
                for column in range(self.columns):
                    self.buffer[row][column] = self.cursor.attrs

    def draw(self, data: str) -> None:
        """Draw a text. pyte drops the rest of one that holds such a character."""
        for part in (data,) if data.isascii() else data:
            super().draw(part)
