"""Commands that move: in lists, between a list and the inspector, to any item and back; and that filter and sort."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.command import Command, CommandContext, Reason, always
from tui.commands import availability
from tui.commands.editing import open_file
from tui.screens.navigation import go, travel
from tui.selection import OVERVIEW, ItemRef, parse_ref

if TYPE_CHECKING:
    from tui.screens.main import MainScreen
    from tui.view_model import ViewModel


def open_selected(screen: MainScreen) -> None:
    """Open the form of the selected item; go to the problems of a cause; of a problem to its subject or file."""
    view, ref = screen.session.view, screen.session.selected
    if view is None:
        return
    if ref.kind == "cause":
        go(screen, ref)
    elif ref.kind == "pipe":
        open_file(False, screen)
    elif ref.kind == "problem":
        subject = view.subject(view.problems[ref])
        if subject is not None and _is_in_tree(view, ref):
            go(screen, subject)
        else:
            open_file(False, screen)
    else:
        _open_form(screen, view, ref)


def open_label(now: CommandContext) -> str:
    """Enter: in the inspector it follows the link under the cursor."""
    if now.where == "inspector" or now.kind == "problem":
        return "jump"
    return {"cause": "list", "pipe": "its text"}.get(now.kind, "edit")


def _is_in_tree(view: ViewModel, ref: ItemRef) -> bool:
    from tui.editing.file_editing import written_at

    place = written_at(view, ref)
    return place is None or place.in_tree


def _open_form(screen: MainScreen, view: ViewModel, ref: ItemRef) -> None:
    from tui.forms.item_forms import form_of
    from tui.screens.form import FormScreen

    if form_of(view, ref) is None:
        screen.show_status("nothing to edit here")
    else:
        screen.app.push_screen(FormScreen(screen, lambda view: form_of(view, ref)))


def enter_inspector(screen: MainScreen) -> None:
    """Focus the inspector."""
    screen.enter(screen.inspector)


def leave_inspector(screen: MainScreen) -> None:
    """Focus the current list."""
    screen.enter(screen.pane.table)


def zoom(screen: MainScreen) -> None:
    """Give the current list the whole width, or restore the inspector."""
    zoomed = not screen.session.zoomed
    if zoomed and screen.focused is screen.inspector:
        screen.enter(screen.pane.table)
    screen.zoom(zoomed)


def start_filter(screen: MainScreen) -> None:
    """Type a filter for the current list."""
    screen.filter.start(screen.pane)


def clear_filter(screen: MainScreen) -> None:
    """Clear the typed filter of the current list; when there is none, its scope; then the filter of the catalogue."""
    from tui.commands import catalogue

    pane = screen.pane
    if pane.table.filter_text:
        pane.set_filter("")
    elif pane.id == "models" and "models" not in screen.session.scopes:
        catalogue.clear_filter(screen)
    else:
        screen.set_scope("models" if pane.id == "backends" else str(pane.id), None)
    screen.show_status()


def next_sort(screen: MainScreen) -> None:
    """Sort the current list by its next column."""
    table = screen.pane.table
    table.next_sort()
    screen.pane.show_title()
    column = table.sorted_by[0]
    screen.show_status(f"sorted by {column}" if column else "as the files have it")


def reverse_sort(screen: MainScreen) -> None:
    """Sort the current list the other way round."""
    table = screen.pane.table
    column, reverse = table.sorted_by
    if column is None:
        screen.show_status("press s first: it is not sorted")
        return
    table.sort(column, not reverse)
    screen.show_status(f"sorted by {column}, {'the other way round' if not reverse else 'from the smallest'}")


def enter_list(name: str, screen: MainScreen) -> None:
    """Focus a list."""
    screen.enter(screen.panes[name].table)


def show_overview(screen: MainScreen) -> None:
    """Go to the overview."""
    go(screen, OVERVIEW)


def go_to(screen: MainScreen) -> None:
    """Pick an item to go to, a profile to compare with, or a command to run."""
    from tui.commands.go_to_choices import COMMAND, COMPARE, command_choices, item_choices
    from tui.dialogs.pick import PickScreen

    view = screen.session.view
    if view is None:
        return

    def take(key: str | None) -> None:
        if key is None:
            return
        if key.startswith(COMMAND):
            screen.run_command(screen.table.by_id[key.removeprefix(COMMAND)])
        elif key.startswith(COMPARE):
            from tui.pages.comparison_pages import compare_by_key

            compare_by_key(screen, key.removeprefix(COMPARE))
        else:
            go(screen, parse_ref(key))

    ready, disabled = command_choices(screen.context(), screen.table)
    screen.app.push_screen(PickScreen("go to a name, or run a command", [*ready, *item_choices(view), *disabled]), take)


def _cursor(
    id_: str, keys: tuple[str, ...], label: str, help_: str, binding: str, *, beside: str = "", on_start: bool = False
) -> Command:
    """A command that the list widgets run themselves."""
    binding = f"list.{binding}"
    return Command(id_, keys, label, help_, widget_binding=binding, listed_with=beside, on_start=on_start)


def _list(name: str, key: str, help_: str, disabled_reason: Reason = always) -> Command:
    run = partial(enter_list, name)
    return Command(name, (key,), name, help_, ("everywhere", "page"), 0, disabled_reason, run=run, closes_pages=True)


CURSOR = (
    _cursor("down", ("down", "j"), "down", "move to the next or previous line", "down", on_start=True),
    _cursor("up", ("up", "k"), "up", "move to the previous line", "up", beside="down", on_start=True),
    _cursor("page-down", ("pagedown",), "page", "move by a screen, or by half of one", "page_down"),
    _cursor("page-up", ("pageup",), "page back", "back by a screen", "page_up", beside="page-down"),
    _cursor("half-down", ("ctrl+d",), "half", "move by half a screen", "half_down", beside="page-down"),
    _cursor("half-up", ("ctrl+u",), "half back", "back by half", "half_up", beside="page-down"),
    _cursor("first", ("g", "home"), "first", "go to the first or the last line", "first"),
    _cursor("last", ("G", "end"), "last", "go to the last line", "last", beside="first"),
    Command(
        "open",
        ("enter",),
        "edit",
        "edit the selection; follow a step of a trail, a cause, a problem",
        ("pane", "inspector"),
        1,
        availability.links,
        open_selected,
        "list.choose",
        footer_label=open_label,
    ),
    Command(
        "inspect",
        ("l", "right", "tab"),
        "details",
        "focus the inspector",
        ("pane",),
        5,
        availability.in_pane,
        enter_inspector,
    ),
    Command(
        "leave",
        ("h", "left", "escape", "tab"),
        "list",
        "go back to the list",
        ("inspector",),
        2,
        run=leave_inspector,
    ),
)

LIST_COMMANDS = (
    Command(
        "zoom",
        ("z",),
        "zoom",
        "the list over the whole width, with more columns; and back",
        ("pane", "inspector"),
        run=zoom,
    ),
    Command(
        "filter",
        ("slash",),
        "filter",
        "filter the list by words; esc clears",
        ("pane",),
        3,
        availability.in_pane,
        start_filter,
    ),
    Command(
        "clear",
        ("escape",),
        "clear",
        "clear the filter, then the scope of the list",
        ("pane",),
        4,
        availability.filtered,
        clear_filter,
    ),
    Command("sort", ("s",), "sort", "sort by the next column", ("pane",), 5, availability.rows, next_sort),
    Command("reverse", ("S",), "reverse", "sort in reverse order", ("pane",), 0, availability.rows, reverse_sort),
)

GO_TO = (
    _list("backends", "1", "the backends, with the state of their keys"),
    _list("models", "2", "the models, with their backends and prices"),
    _list("routes", "3", "the routes, which choose the backend of each model"),
    _list("deck", "4", "the deck: presets, aliases, waterfalls and choices"),
    _list("problems", "5", "the problems, grouped by cause"),
    _list("methods", "7", "the pipes of the project's methods", availability.methods),
    Command(
        "overview",
        ("0",),
        "overview",
        "can it run, and if not, why",
        ("everywhere", "page"),
        8,
        run=show_overview,
        closes_pages=True,
    ),
    Command(
        "goto",
        ("colon", "ctrl+p"),
        "go to",
        "go to any name, or run any command",
        ("everywhere", "page"),
        5,
        run=go_to,
        closes_pages=True,
    ),
)

BACK = (
    Command(
        "back",
        ("left_square_bracket",),
        "back",
        "back to the previous item",
        footer=9,
        disabled_reason=availability.back,
        run=lambda screen: travel(screen, -1),
    ),
    Command(
        "forward",
        ("right_square_bracket",),
        "forward",
        "forward to the next item",
        disabled_reason=availability.forward,
        run=lambda screen: travel(screen, 1),
    ),
)
