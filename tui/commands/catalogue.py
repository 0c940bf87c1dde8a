"""Commands of the list of models: filters, the sort by price, marks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tui.command import Command
from tui.commands import availability
from tui.selection import CatalogueFilter, parse_ref

if TYPE_CHECKING:
    from tui.pages.page_screen import PageScreen
    from tui.screens.main import MainScreen


def show_models(screen: MainScreen) -> None:
    """Show the list of models with the filter and the marks of the session."""
    view = screen.session.view
    if view is not None:
        screen.panes["models"].show(view, screen.session.list_filter("models"))
        screen.select(screen.panes["models"].table)


def clear_filter(screen: MainScreen) -> None:
    """Show all models, none of them marked."""
    screen.session.catalogue_filter, screen.session.marked = CatalogueFilter(), {}
    show_models(screen)


def toggle_filter(name: str, on: str, off: str, screen: MainScreen) -> None:
    """Turn one condition of the filter on or off; `on` and `off` are the messages for that."""
    conditions = screen.session.catalogue_filter._asdict()
    conditions[name] = not conditions[name]
    screen.session.catalogue_filter = CatalogueFilter(**conditions)
    _show_filtered(screen, on if conditions[name] else off)


def next_type(by: int, screen: MainScreen) -> None:
    """Show the models of the next type (1) or of the one before (-1); after the last all."""
    from tui.panes.models import types

    view, current = screen.session.view, screen.session.catalogue_filter
    if view is None:
        return
    kinds = ("", *types(view))
    at = kinds.index(current.model_type) if current.model_type in kinds else 0
    kind = kinds[(at + by) % len(kinds)]
    screen.session.catalogue_filter = current._replace(model_type=kind)
    _show_filtered(screen, f"only models of type {kind}" if kind else "models of every type")


def _show_filtered(screen: MainScreen, message: str) -> None:
    from tui.panes.models import CALL

    show_models(screen)
    if screen.session.pane != "models" or screen.focused is screen.inspector:
        screen.enter(screen.panes["models"].table)
    table, scope = screen.panes["models"].table, screen.session.scopes.get("models")
    if scope is not None:
        message += f", of {scope.name}"
    if not table.shown:
        message += ": none is left, esc clears the filter"
    elif scope is not None:
        message += "; esc shows those of all backends"
    if table.sorted_by[0] == CALL:
        table.to_first()
    screen.show_status(message)


def sort_by_price(screen: MainScreen) -> None:
    """Sort by the price of a call, the cheapest first; the second time as the files have it."""
    from tui.panes.models import CALL

    pane = screen.panes["models"]
    if pane.table.sorted_by == (CALL, False):
        pane.table.sort(None)
        message = "as the files have it"
    else:
        pane.table.sort(CALL)
        pane.table.to_first()
        message = "by the price of a call of {:,} input and {:,} output tokens, the cheapest first".format(
            *screen.session.tokens
        )
    pane.show_title()
    screen.show_status(message)


def set_tokens(screen: MainScreen | PageScreen[Any]) -> None:
    """Ask for the tokens of the call whose price is shown."""
    from tui.pages.token_prompt import ask_tokens
    from tui.screens.main import MainScreen

    def then() -> None:
        if isinstance(screen, MainScreen):
            show_models(screen)
            screen.show_status("a call: {:,} input and {:,} output tokens".format(*screen.session.tokens))
        else:
            screen.show(keep_place=True)

    ask_tokens(screen.main, then)


def mark(screen: MainScreen) -> None:
    """Mark the model under the cursor, or remove its mark."""
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
    hint = ": c compares them" if len(marked) > 1 else ", mark another to compare" if marked else ""
    screen.show_status(f"{len(marked)} marked{hint}")


def _filter(id_: str, key: str, label: str, help_: str, footer: int, name: str, on: str, off: str) -> Command:
    return Command(id_, (key,), label, help_, ("models",), footer, run=partial(toggle_filter, name, on, off))


COMMANDS = (
    _filter(
        "vision",
        "V",
        "vision",
        "only models with vision, or all",
        2,
        "vision",
        "only models with vision",
        "models with and without vision",
    ),
    _filter(
        "key-set",
        "K",
        "key set",
        "only models with a key, or all",
        2,
        "key",
        "only models with a key",
        "models with and without a key",
    ),
    _filter(
        "structured",
        "O",
        "objects",
        "only models with structured output, or all",
        0,
        "structured",
        "only models with structured output",
        "models with any output",
    ),
    _filter(
        "served-now",
        "N",
        "served",
        "only served models, or all",
        0,
        "served",
        "only served models",
        "served and other models",
    ),
    Command(
        "next-type",
        ("greater_than_sign",),
        "type",
        "only models of the next type; after the last all",
        ("models",),
        run=partial(next_type, 1),
    ),
    Command(
        "previous-type",
        ("less_than_sign",),
        "type",
        "of the type before",
        ("models",),
        run=partial(next_type, -1),
        listed_with="next-type",
    ),
    Command(
        "by-price",
        ("dollar_sign",),
        "price",
        "sort by the cost of a call, the cheapest first",
        ("models",),
        3,
        availability.rows,
        sort_by_price,
    ),
    Command(
        "tokens",
        ("number_sign",),
        "tokens",
        "the input and output tokens of that call",
        ("models", "page"),
        0,
        availability.priced,
        set_tokens,
    ),
    Command(
        "mark",
        ("space",),
        "mark",
        "mark the model for a comparison",
        ("models",),
        4,
        availability.rows,
        mark,
    ),
)
