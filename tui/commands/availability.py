"""Reasons why a command cannot run: each condition returns a sentence when it does not hold, else None."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui.command import CommandContext, Reason
from tui.selection import DECK_KINDS

NAMED: Final = ("backend", "model", "route", "preset", "alias", "waterfall")


def _needs(holds: Callable[[CommandContext], object], sentence: str, *, edits: bool = False) -> Reason:
    """The reason `sentence` unless a condition holds; with `edits` the tree must be open for edits, too."""

    def disabled_reason(now: CommandContext) -> str | None:
        if edits and now.locked:
            return f"nothing can be edited: {now.locked}"
        return None if holds(now) else sentence

    return disabled_reason


def on(*kinds: str, sentence: str) -> Reason:
    """An item of one of these kinds is selected, and the tree is open for edits."""
    return _needs(lambda now: now.kind in kinds, sentence, edits=True)


addable = _needs(
    lambda now: now.pane not in ("problems", "methods"), "items are added to the lists 1 to 4: press one", edits=True
)
edit = _needs(lambda _: True, "", edits=True)
named = on(*NAMED, sentence="select a backend, a model, a route or a name of the deck")
fixable = _needs(lambda now: now.fixable, "no problem here: 5 lists all problems", edits=True)
unwritten = _needs(lambda now: now.unwritten, "no unwritten edits", edits=True)
undo = _needs(lambda now: now.undo, "nothing to undo", edits=True)
redo = _needs(lambda now: now.redo, "nothing to redo", edits=True)

back = _needs(lambda now: now.back, "nothing to go back to")
forward = _needs(lambda now: now.forward, "nothing to go forward to")
filtered = _needs(lambda now: now.filtered, "no filter to clear")
in_pane = _needs(lambda now: now.where == "pane", "works in a list: press 1 to 5")
profiles = _needs(lambda now: now.profiles > 1, "this tree has no other profile")
what_if = _needs(lambda now: now.kind in ("backend", "variable"), "! works on a backend: press 1")
priced = _needs(lambda now: now.where != "page" or now.priced, "no prices on this page")
spent = _needs(lambda now: now.kind == "spending", "works on the page of past runs: press 8")
narrowable = _needs(lambda now: now.narrowable, "this page has no filter")
colours = _needs(lambda now: now.colours, "NO_COLOR is set")
installable = _needs(lambda now: now.installable, "no package is missing for this")
served = _needs(lambda now: now.kind == "backend", "i works on a backend: press 1")
check = _needs(
    lambda now: now.checking or now.live_problem or now.kind in ("backend", "model", *DECK_KINDS),
    "t works on a backend or a model: press 1 or 2",
)

boolean = _needs(
    lambda now: now.kind == "boolean",
    "space toggles true and false only: press enter to change this field",
    edits=True,
)
field = _needs(lambda now: now.kind, "there is no field here", edits=True)
removable = _needs(lambda now: now.removable, "no value to remove", edits=True)
ordered = _needs(lambda now: now.ordered, "not part of an ordered list", edits=True)
sendable = on("edit", sentence="select an edit first")
replaceable = _needs(lambda now: now.kind == "replacement", "select a name first")
viewable = _needs(lambda now: not now.invalid, "no files to view yet: see the line above")
writable = _needs(lambda now: not now.invalid, "no files to write yet: see the line above")


def rows(now: CommandContext) -> str | None:
    """A list with rows has the focus."""
    return in_pane(now) or (None if now.rows else "this list is empty")


def methods(now: CommandContext) -> str | None:
    """Some pipes use a model."""
    if now.pipes:
        return None
    return "methods are being read" if now.reading_methods else "no pipe of the project uses a model"


def links(now: CommandContext) -> str | None:
    """There is a row or a link to follow."""
    if now.where == "pane":
        return rows(now)
    return None if now.links else "nothing to follow here"


def create(now: CommandContext) -> str | None:
    """Files may be written."""
    return f"nothing can be written: {now.locked}" if now.locked else None
