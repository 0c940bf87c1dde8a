"""Reasons why a command cannot run: one function per condition, which returns the reason or None."""

from __future__ import annotations

from typing import Final

from tui.command import CommandContext, Reason
from tui.selection import DECK_KINDS


def back(now: CommandContext) -> str | None:
    """An item was visited before this one."""
    return None if now.back else "nothing to go back to"


def forward(now: CommandContext) -> str | None:
    """An item was visited after this one."""
    return None if now.forward else "nothing to go forward to"


def filtered(now: CommandContext) -> str | None:
    """The list has a filter."""
    return None if now.filtered else "nothing is narrowed here"


def in_pane(now: CommandContext) -> str | None:
    """A list has the focus."""
    return None if now.where == "pane" else "this works in a list: press 1 to 5"


def rows(now: CommandContext) -> str | None:
    """A list with rows has the focus."""
    if now.where != "pane":
        return in_pane(now)
    return None if now.rows else "this list is empty"


def links(now: CommandContext) -> str | None:
    """There is a row or a link to follow."""
    if now.where == "pane":
        return None if now.rows else "this list is empty"
    return None if now.links else "nothing to follow here"


def on(*kinds: str, words: str) -> Reason:
    """An item of one of these kinds is selected, and the tree is open for edits."""

    def disabled_reason(now: CommandContext) -> str | None:
        if now.locked:
            return f"nothing can be edited: {now.locked}"
        return None if now.kind in kinds else words

    return disabled_reason


NAMED: Final = ("backend", "model", "route", "preset", "alias", "waterfall")
named = on(*NAMED, words="select a backend, a model, a route or a name of the deck")


def fixable(now: CommandContext) -> str | None:
    """The selected item has a problem."""
    if now.locked:
        return f"nothing can be edited: {now.locked}"
    return None if now.fixable else "nothing is wrong with it: problems are in 5"


def edit(now: CommandContext) -> str | None:
    """The tree is open for edits."""
    return f"nothing can be edited: {now.locked}" if now.locked else None


def unwritten(now: CommandContext) -> str | None:
    """There are edits that are not written."""
    return edit(now) or (None if now.unwritten else "everything is written")


def undo(now: CommandContext) -> str | None:
    """There is an edit to undo."""
    return edit(now) or (None if now.undo else "nothing to undo")


def redo(now: CommandContext) -> str | None:
    """There is an edit to redo."""
    return edit(now) or (None if now.redo else "nothing to do again")


def check(now: CommandContext) -> str | None:
    """A backend or a name of a model is selected, or a check is running."""
    asks = now.checking or now.live_problem or now.kind in ("backend", "model", *DECK_KINDS)
    return None if asks else "t asks a backend, or a model for one word: press 1 or 2"


def served(now: CommandContext) -> str | None:
    """A backend is selected."""
    return None if now.kind == "backend" else "i shows what a backend serves: press 1"


def profiles(now: CommandContext) -> str | None:
    """The tree has more than one profile."""
    return None if now.profiles > 1 else "this tree has no other profile"


def what_if(now: CommandContext) -> str | None:
    """A backend or a variable is selected."""
    return None if now.kind in ("backend", "variable") else "! asks what if a backend is down: press 1"


def priced(now: CommandContext) -> str | None:
    """The page, if one is open, shows a price."""
    return None if now.where != "page" or now.priced else "no price stands here"


def colours(now: CommandContext) -> str | None:
    """The terminal shows colours."""
    return None if now.colours else "NO_COLOR is set"


def create(now: CommandContext) -> str | None:
    """Files may be written."""
    return f"nothing can be written: {now.locked}" if now.locked else None
