"""What the keys of the list of models do: filters, the sort by price, marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.filtering import Wanted
from tui.panes.models import CALL, types
from tui.selection import parse_ref

if TYPE_CHECKING:
    from tui.faces.main import MainFace


def show_models(screen: MainFace) -> None:
    """Show the list of models as it is narrowed and marked now."""
    view = screen.session.view
    if view is not None:
        screen.panes["models"].show(view, screen.session.list_filter("models"))
        screen.select(screen.panes["models"].table)


def _toggled(name: str, on: str, off: str) -> Callable[[MainFace], None]:
    def do(screen: MainFace) -> None:
        wanted = screen.session.wanted
        now = not getattr(wanted, name)
        screen.session.wanted = Wanted(**{**wanted._asdict(), name: now})
        _narrow(screen, on if now else off)

    return do


def _narrow(screen: MainFace, words: str) -> None:
    show_models(screen)
    if screen.session.pane != "models" or screen.focused is screen.inspector:
        screen.enter(screen.panes["models"].table)
    table, scope = screen.panes["models"].table, screen.session.scopes.get("models")
    if scope is not None:
        words += f", of {scope.name}"
    if not table.shown:
        words += ": none is left, esc shows all"
    elif scope is not None:
        words += "; esc shows those of all backends"
    if table.sorted_by[0] == CALL:
        table.to_first()
    screen.tell(words)


def _type(by: int) -> Callable[[MainFace], None]:
    def do(screen: MainFace) -> None:
        view, wanted = screen.session.view, screen.session.wanted
        if view is None:
            return
        known = ("", *types(view))
        at = known.index(wanted.model_type) if wanted.model_type in known else 0
        kind = known[(at + by) % len(known)]
        screen.session.wanted = wanted._replace(model_type=kind)
        _narrow(screen, f"only models of type {kind}" if kind else "models of every type")

    return do


def _by_price(screen: MainFace) -> None:
    table = screen.panes["models"].table
    input_tokens, output_tokens = screen.session.tokens
    call = f"a call of {input_tokens:,} input and {output_tokens:,} output tokens"
    if table.sorted_by == (CALL, False):
        table.sort(None)
        screen.panes["models"].show_title()
        screen.tell("as the files have it")
        return
    table.sort(CALL)
    table.to_first()
    screen.panes["models"].show_title()
    screen.tell(f"by the price of {call}, the cheapest first")


def _tokens(screen: MainFace) -> None:
    from tui.pages.tokens import ask_tokens

    def then() -> None:
        show_models(screen)
        input_tokens, output_tokens = screen.session.tokens
        screen.tell(f"a call: {input_tokens:,} input and {output_tokens:,} output tokens")

    ask_tokens(screen, then)


def _mark(screen: MainFace) -> None:
    table = screen.panes["models"].table
    if table.selected_key is None:
        return
    ref, marked = parse_ref(table.selected_key), screen.session.marked
    if ref in marked:
        del marked[ref]
    else:
        marked[ref] = None
    show_models(screen)
    table.step(1)
    count = len(marked)
    screen.tell(
        f"{count} marked" + (": c compares them" if count > 1 else ", mark another to compare" if count else "")
    )


CATALOGUE: Mapping[str, Callable[[MainFace], None]] = {
    "vision": _toggled("vision", "only models that read images", "models with and without vision"),
    "key-set": _toggled("key", "only models of backends whose key is set", "models with and without a key"),
    "structured": _toggled("structured", "only models that give structured output", "models of any output"),
    "served-now": _toggled("served", "only models that are served now", "models that are served, and others"),
    "next-type": _type(1),
    "earlier-type": _type(-1),
    "by-price": _by_price,
    "tokens": _tokens,
    "mark": _mark,
}
"""By the names of the commands."""
