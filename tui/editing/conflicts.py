"""Asking whose word counts where an edit and the disk have changed the same, one key after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from core.workspace import ConflictSide, Refreshed
from tui.dialogs.ask import AskScreen, Option
from tui.labels import plain
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol

Sides = Mapping[int, ConflictSide]


def ask_sides(screen: MainScreenProtocol, found: Refreshed, then: Callable[[Sides], None]) -> None:
    """Ask for each conflict in turn; `then` is called when all are answered. Leaving decides nothing."""
    _ask(screen, found, {}, then)


def _ask(screen: MainScreenProtocol, found: Refreshed, sides: Sides, then: Callable[[Sides], None]) -> None:
    at = len(sides)
    if at == len(found.conflicts):
        then(sides)
        return
    conflict = found.conflicts[at]
    lines = [
        Line(((screen.session.workspace.shown(conflict.path), "heading"), (f"  {conflict.key}", "accent"))),
        Line((("You and somebody else changed this since it was read.", ""),)),
        Line(),
        Line((("it was       ", "dim"), (conflict.base, ""))),
        Line((("on disk now  ", "dim"), (conflict.theirs, "warn"))),
        Line((("yours        ", "dim"), (conflict.mine, "good"))),
    ]
    if conflict.reason:
        lines += [Line(), Line(((f"Yours cannot be done there now: {plain(conflict.reason)}", "bad"),))]
    options = [
        Option("", "decide later: nothing is read again and nothing is written"),
        Option(ConflictSide.THEIRS.value, f"take what is on disk: {conflict.theirs}"),
        Option(ConflictSide.MINE.value, f"keep mine: {conflict.mine}"),
    ]
    title = f"changed on disk meanwhile ({at + 1} of {len(found.conflicts)})"

    def answer(key: str | None, number: int) -> None:
        if key is None:
            screen.show_status("changed on disk: R asks again whose word counts")
        else:
            _ask(screen, found, {**sides, number: ConflictSide(key)}, then)

    screen.app.push_screen(AskScreen(title, lines, options), partial(answer, number=conflict.number))
