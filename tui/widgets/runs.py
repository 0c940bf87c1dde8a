"""Text in runs of one tone: cut, padded and wrapped to a number of terminal cells. Pure; no widget here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, chop_cells, set_cell_size

from core.safe_text import safe

Tone: TypeAlias = Literal["", "dim", "bad", "warn", "good", "accent", "heading", "header", "cursor"]
"""What a piece of text means. The last two belong to the widgets. A tone adds to the words, it never replaces them."""

Run: TypeAlias = tuple[str, Tone]
Runs: TypeAlias = tuple[Run, ...]


class NumberCell(NamedTuple):
    """A number as text with the value that its column is sorted by; None is unknown and sorts last."""

    text: str
    value: float | None
    tone: Tone = ""


Cell: TypeAlias = str | Run | NumberCell
"""Text alone, text with its own tone, or a number. Raw text of a file is welcome: it is made safe when drawn."""

Align: TypeAlias = Literal["left", "right"]

ELLIPSIS = "…"


def fit(text: str, width: int, align: Align = "left") -> str:
    """The text, made safe, in exactly `width` cells: padded with blanks, or cut with an ellipsis at its end."""
    if width <= 0:
        return ""
    # No character is narrower than nothing but accents, of which `safe` keeps few: the rest could not be seen anyway.
    shown = safe(text[: 8 * width + 8])
    size = cell_len(shown)
    if size > width:
        return set_cell_size(shown, width - 1) + ELLIPSIS
    blank = " " * (width - size)
    return blank + shown if align == "right" else shown + blank


def clip(runs: Iterable[Run], width: int) -> Runs:
    """The runs, made safe, in at most `width` cells; an ellipsis where they are cut."""
    if width <= 0:
        return ()
    shown = _made_safe(runs, 8 * width + 8)
    if width_of(shown) <= width:
        return shown
    kept = _slice(shown, 0, _fitting(_plain(shown), width - 1))
    return joined([*kept, (ELLIPSIS, kept[-1][1] if kept else "")])


def wrap(runs: Iterable[Run], width: int, hang: int = 0) -> list[Runs]:
    """The runs, made safe, on as many lines of at most `width` cells as they need; at least one line.

    Lines break at blanks; a word longer than a line is chopped. Further lines are indented as the first is, and by
    `hang` cells more, as long as that leaves half of the width for text.
    """
    shown = _made_safe(runs)
    if width_of(shown) <= width:
        return [shown]
    if width <= 1:
        return [clip(shown, width)]
    text = _plain(shown)
    lead = len(text) - len(text.lstrip(" "))
    indent = " " * min(lead + hang, width // 2, width - 2)
    lines: list[Runs] = []
    start, room = 0, width
    while start < len(text):
        end = start + max(_fitting(text[start : start + 4 * room + 4], room), 1)
        if end < len(text) and text[end] != " ":
            gap = text.rfind(" ", start + (0 if lines else lead), end)
            end = gap if gap > start else end
        line = _slice(shown, start, end)
        lines.append(joined([(indent, ""), *line]) if lines else line)
        start = end + len(text[end:]) - len(text[end:].lstrip(" "))
        room = width - len(indent)
    return lines


def joined(runs: Iterable[Run]) -> Runs:
    """The same text with neighbours of one tone put together and empty runs left out."""
    out: list[Run] = []
    for text, tone in runs:
        if not text:
            continue
        if out and out[-1][1] == tone:
            out[-1] = (out[-1][0] + text, tone)
        else:
            out.append((text, tone))
    return tuple(out)


def width_of(runs: Iterable[Run]) -> int:
    """How many terminal cells the runs take."""
    return sum(cell_len(text) for text, _ in runs)


def _made_safe(runs: Iterable[Run], most: int | None = None) -> Runs:
    return joined((safe(text[:most]), tone) for text, tone in runs)


def _plain(runs: Runs) -> str:
    return "".join(text for text, _ in runs)


def _fitting(text: str, room: int) -> int:
    """How many characters from the start fit into `room` cells."""
    piece = text[: 4 * room + 4]
    if room <= 0 or cell_len(piece) <= room:
        return len(piece) if room > 0 else 0
    return len(chop_cells(piece, room)[0])


def _slice(runs: Runs, start: int, end: int) -> Runs:
    """The runs between two positions in their plain text."""
    out: list[Run] = []
    at = 0
    for text, tone in runs:
        out.append((text[max(start - at, 0) : max(end - at, 0)], tone))
        at += len(text)
    return joined(out)
