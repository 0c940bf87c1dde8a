"""What decides whether a command can be done now, and the reasons why it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.records import dataclass


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What decides whether a command can be done now."""

    where: str
    """`pane`, `inspector`, `start`, or `page` for what is shown over the main screen."""
    pane: str = ""
    rows: int = 0
    links: int = 0
    list_filter: bool = False
    back: bool = False
    forward: bool = False
    profiles: int = 0
    colours: bool = True
    kind: str = ""
    """The kind of what is selected."""
    locked: str = ""
    """Why nothing can be edited; empty when it can."""
    unwritten: bool = False
    mendable: bool = False
    """Whether a problem is selected, or something that has one."""
    undo: bool = False
    redo: bool = False
    checking: bool = False
    """Whether providers are being asked now."""
    live_results: bool = False
    """Whether a problem is selected that a provider told of."""
    priced: bool = False
    """Whether a page shows what calls cost."""


Reason = Callable[[CommandContext], str | None]


def always(_: CommandContext) -> str | None:
    """It can always be done."""
    return None


def back(now: CommandContext) -> str | None:
    """There must be something to go back to."""
    return None if now.back else "nothing to go back to"


def forward(now: CommandContext) -> str | None:
    """There must be something to go forward to."""
    return None if now.forward else "nothing to go forward to"


def list_filter(now: CommandContext) -> str | None:
    """The list must be narrowed."""
    return None if now.list_filter else "nothing is narrowed here"


def in_pane(now: CommandContext) -> str | None:
    """One must be in a list."""
    return None if now.where == "pane" else "this works in a list: press 1 to 5"


def rows(now: CommandContext) -> str | None:
    """The list must have rows."""
    if now.where != "pane":
        return in_pane(now)
    return None if now.rows else "this list is empty"


def links(now: CommandContext) -> str | None:
    """There must be something to follow."""
    if now.where == "pane":
        return None if now.rows else "this list is empty"
    return None if now.links else "nothing to follow here"


DECK: Final = frozenset({"preset", "alias", "waterfall", "choice"})
"""The kinds of items that the deck lists."""


def on(*kinds: str, words: str) -> Reason:
    """It works on items of some kinds."""

    def disabled_reason(now: CommandContext) -> str | None:
        if now.locked:
            return f"nothing can be edited: {now.locked}"
        return None if now.kind in kinds else words

    return disabled_reason


NAMED: Final = ("backend", "model", "route", "preset", "alias", "waterfall")
named = on(*NAMED, words="select a backend, a model, a route or a name of the deck")


def mends(now: CommandContext) -> str | None:
    """Something must be wrong with what is selected."""
    if now.locked:
        return f"nothing can be edited: {now.locked}"
    return None if now.mendable else "nothing is wrong with it: problems are in 5"


def edit(now: CommandContext) -> str | None:
    """The tree must be open for edits."""
    return f"nothing can be edited: {now.locked}" if now.locked else None


def unwritten(now: CommandContext) -> str | None:
    """Something must be edited."""
    return edit(now) or (None if now.unwritten else "everything is written")


def undo(now: CommandContext) -> str | None:
    """There must be an edit to take back."""
    return edit(now) or (None if now.undo else "nothing to undo")


def redo(now: CommandContext) -> str | None:
    """There must be an edit that was taken back."""
    return edit(now) or (None if now.redo else "nothing to do again")


def check(now: CommandContext) -> str | None:
    """A backend or something that names a model must be selected, or a check be under way."""
    asks = now.checking or now.live_results or now.kind in ("backend", "model", *DECK)
    return None if asks else "t asks a backend, or a model for one word: press 1 or 2"


def served(now: CommandContext) -> str | None:
    """A backend must be selected."""
    return None if now.kind == "backend" else "i shows what a backend serves: press 1"


def profiles(now: CommandContext) -> str | None:
    """There must be another profile."""
    return None if now.profiles > 1 else "this tree has no other profile"


def what_if(now: CommandContext) -> str | None:
    """A backend or a variable must be selected."""
    return None if now.kind in ("backend", "variable") else "! asks what if a backend is down: press 1"


def priced(now: CommandContext) -> str | None:
    """On a page there must be a price."""
    return None if now.where != "page" or now.priced else "no price stands here"


def colours(now: CommandContext) -> str | None:
    """There must be colours."""
    return None if now.colours else "NO_COLOR is set"


def create(now: CommandContext) -> str | None:
    """It must be allowed to write."""
    return f"nothing can be written: {now.locked}" if now.locked else None
