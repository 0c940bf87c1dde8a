"""Text as runs of one tone each: cutting, padding and wrapping to a width in terminal cells. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, chop_cells, set_cell_size

from core.secret_texts import display_text

Tone: TypeAlias = Literal["", "dim", "bad", "warn", "good", "accent", "heading", "header", "cursor"]
"""The meaning of a run, shown as a colour; the text alone must convey it too. The last two are for widgets only."""

Run: TypeAlias = tuple[str, Tone]
Runs: TypeAlias = tuple[Run, ...]


class NumberCell(NamedTuple):
    """A number as text, and the value to sort by; None (unknown) sorts last."""

    text: str
    value: float | None
    tone: Tone = ""


Cell: TypeAlias = str | Run | NumberCell
"""Text, text with a tone, or a number. May contain raw text of a file: it is made safe when rendered."""

Align: TypeAlias = Literal["left", "right"]
Cut: TypeAlias = Literal["end", "middle"]
"""The place at which a long text is cut: names also differ at their ends."""

ELLIPSIS = "…"


def fit(text: str, width: int, align: Align = "left", cut: Cut = "end") -> str:
    """The text, made safe, in exactly `width` cells: padded with blanks, or cut with an ellipsis."""
    if width <= 0:
        return ""
    # Only accents take no cell, and `safe` keeps few of them: the text beyond this limit is never visible.
    limit = 8 * width + 8
    whole = len(text) <= limit or cut == "middle"
    shown = display_text(text if whole else text[:limit])
    size = cell_len(shown)
    if size > width:
        tail = width // 2 if cut == "middle" else 0
        return set_cell_size(shown, width - 1 - tail) + ELLIPSIS + _ending(shown, tail)
    blank = " " * (width - size)
    return blank + shown if align == "right" else shown + blank


def _ending(text: str, width: int) -> str:
    """The end of a text that is longer than `width` cells, in exactly as many."""
    if not width:
        return ""
    piece = text[-width:]
    while cell_len(piece) > width:
        piece = piece[1:]
    return set_cell_size(piece, width)


def clip(runs: Iterable[Run], width: int) -> Runs:
    """The runs, made safe, in at most `width` cells; an ellipsis where they are cut."""
    if width <= 0:
        return ()
    shown = _made_safe(runs, 8 * width + 8)
    if width_of(shown) <= width:
        return shown
    visible = _slice(shown, 0, _fitting(_plain(shown), width - 1))
    return joined([*visible, (ELLIPSIS, visible[-1][1] if visible else "")])


def wrap(runs: Iterable[Run], width: int, hang: int = 0) -> list[Runs]:
    """The runs, made safe, wrapped to lines of at most `width` cells; at least one line.

    Lines break at blanks; a word longer than a line is split, behind a sign between its parts where it has one.
    Continuation lines have the indentation of the first and `hang` more cells, limited to half of the width.
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
            end = gap if gap > start else _part_end(text, start, end)
        line = _slice(shown, start, end)
        lines.append(joined([(indent, ""), *line]) if lines else line)
        start = end + len(text[end:]) - len(text[end:].lstrip(" "))
        room = width - len(indent)
    return lines


def _part_end(text: str, start: int, end: int) -> int:
    """The split of a word that does not end before `end`: behind a sign in its second half, else at `end`."""
    middle = (start + end) // 2
    return next((at for at in range(end, middle, -1) if text[at - 1] in "/-_.:,@"), end)


def joined(runs: Iterable[Run]) -> Runs:
    """The same text with adjacent runs of one tone merged and empty runs dropped."""
    merged: list[Run] = []
    for text, tone in runs:
        if not text:
            continue
        if merged and merged[-1][1] == tone:
            merged[-1] = (merged[-1][0] + text, tone)
        else:
            merged.append((text, tone))
    return tuple(merged)


def width_of(runs: Iterable[Run]) -> int:
    """The width of the runs in terminal cells."""
    width = 0
    for text, _ in runs:
        width += len(text) if text.isascii() and text.isprintable() else cell_len(text)
    return width


def _made_safe(runs: Iterable[Run], limit: int | None = None) -> Runs:
    return joined((display_text(text[:limit]), tone) for text, tone in runs)


def _plain(runs: Runs) -> str:
    return "".join(text for text, _ in runs)


def _fitting(text: str, room: int) -> int:
    """The number of leading characters that fit into `room` cells."""
    piece = text[: 4 * room + 4]
    if room <= 0 or cell_len(piece) <= room:
        return len(piece) if room > 0 else 0
    return len(chop_cells(piece, room)[0])


def _slice(runs: Runs, start: int, end: int) -> Runs:
    """The runs between two positions in their plain text."""
    sliced: list[Run] = []
    at = 0
    for text, tone in runs:
        sliced.append((text[max(start - at, 0) : max(end - at, 0)], tone))
        at += len(text)
    return joined(sliced)
