"""The part of a long text that is shown at once: a text area takes seconds for a text of many thousand lines."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import dataclass

MOST_LINES = 2000
MOST_CHARACTERS = 128 * 1024
"""Of a part; a line that is longer by itself is shown cut."""


@dataclass(frozen=True)
class Part:
    """Some lines of a text: those from number `first` on (from 0), without those behind `last`."""

    lines: tuple[str, ...]
    first: int
    last: int
    total: int
    cut: bool
    """Whether a line is shown only in part: then nothing here can be edited."""

    @property
    def text(self) -> str:
        """What is shown."""
        return "\n".join(self.lines)

    @property
    def whole(self) -> bool:
        """Whether it is all of the text."""
        return len(self.lines) == self.total and not self.cut

    @property
    def words(self) -> str:
        """`lines 1,001 to 3,000 of 690,004`; empty when it is all."""
        return "" if self.whole else f"lines {self.first + 1:,} to {self.last:,} of {self.total:,}"

    def near_end(self, row: int) -> bool:
        """Whether a row of it is at an end beyond which the text goes on."""
        return (row <= 0 and self.first > 0) or (row >= len(self.lines) - 1 and self.last < self.total)


def part_of(lines: Sequence[str], line: int) -> Part:
    """As many lines around a line (from 0) as may be shown at once."""
    total = len(lines)
    if total <= MOST_LINES and sum(map(len, lines)) <= MOST_CHARACTERS:
        return Part(tuple(lines), 0, total, total, False)
    line = min(max(line, 0), total - 1)
    first, last, size = line, line + 1, len(lines[line])
    while last - first < MOST_LINES:
        above = len(lines[first - 1]) if first > 0 else None
        below = len(lines[last]) if last < total else None
        grown = False
        if above is not None and size + above <= MOST_CHARACTERS:
            first, size, grown = first - 1, size + above, True
        if below is not None and last - first < MOST_LINES and size + below <= MOST_CHARACTERS:
            last, size, grown = last + 1, size + below, True
        if not grown:
            break
    shown = tuple(one if len(one) <= MOST_CHARACTERS else one[:MOST_CHARACTERS] + " ..." for one in lines[first:last])
    return Part(shown, first, last, total, size > MOST_CHARACTERS)


def with_part(text: str, part: Part, typed: str) -> str:
    """The whole text with what is typed in place of a part."""
    if part.whole:
        return typed
    lines = text.split("\n")
    return "\n".join([*lines[: part.first], typed, *lines[part.last :]])
