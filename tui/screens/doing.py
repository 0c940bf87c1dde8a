"""What each command of the table does on the main screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tui.copying import copied_text
from tui.dialogs.pick import Choice, PickScreen
from tui.dialogs.read import ReadScreen, help_lines, log_lines
from tui.filtering import Wanted
from tui.keys import CommandTable
from tui.reasons import CommandContext
from tui.screens.catalogue import CATALOGUE, show_models
from tui.screens.going import go, travel
from tui.selection import OVERVIEW, ItemRef, parse_ref
from tui.view_model import ViewModel
from tui.words import plain

if TYPE_CHECKING:
    from tui.faces.main import MainFace

ACTION, COMPARE = "action:", "compare:"
"""What the keys of commands and of comparisons begin with in the go-anywhere list."""


def _inspect(screen: MainFace) -> None:
    screen.enter(screen.inspector)


def _leave(screen: MainFace) -> None:
    screen.enter(screen.pane.table)


def _filter(screen: MainFace) -> None:
    screen.filter.start(screen.pane)


def _clear(screen: MainFace) -> None:
    pane = screen.pane
    if pane.table.filter_text:
        pane.narrow("")
    elif pane.id == "models" and "models" in screen.session.scopes:
        screen.narrow_to("models", None)
    elif pane.id == "models":
        screen.session.wanted, screen.session.marked = Wanted(), {}
        show_models(screen)
    else:
        screen.narrow_to("models" if pane.id == "backends" else str(pane.id), None)
    screen.tell()


def _sort(screen: MainFace) -> None:
    screen.pane.table.next_sort()
    screen.pane.show_title()
    column = screen.pane.table.sorted_by[0]
    screen.tell(f"sorted by {column}" if column else "as the files have it")


def _reverse(screen: MainFace) -> None:
    table = screen.pane.table
    column, reverse = table.sorted_by
    if column is None:
        screen.tell("press s first: it is not sorted")
        return
    table.sort(column, not reverse)
    screen.tell(f"sorted by {column}, {'the other way round' if not reverse else 'from the smallest'}")


def _overview(screen: MainFace) -> None:
    go(screen, OVERVIEW)


def _back(screen: MainFace) -> None:
    travel(screen, -1)


def _forward(screen: MainFace) -> None:
    travel(screen, 1)


def _help(screen: MainFace) -> None:
    screen.app.push_screen(ReadScreen("keys and signs", help_lines(screen.context(), screen.table)))


def _goto(screen: MainFace) -> None:
    view = screen.session.view
    if view is None:
        return

    def take(key: str | None) -> None:
        if key is None:
            return
        if key.startswith(ACTION):
            screen.do(screen.table.by_id[key.removeprefix(ACTION)])
        elif key.startswith(COMPARE):
            from tui.pages.opening import compare_by_key

            compare_by_key(screen, key.removeprefix(COMPARE))
        else:
            go(screen, parse_ref(key))

    found = [*places(view), *command_choices(screen.context(), screen.table)]
    screen.app.push_screen(PickScreen("go to", found), take)


def places(view: ViewModel) -> list[Choice]:
    """Every name of the tree, and what it can be compared with."""
    found = [Choice(ref.key, item.reference, f"{ref.kind}, {item.status}") for ref, item in view.deck.items()]
    found += [
        Choice(ItemRef("backend", "", name).key, name, f"backend, {'on' if backend.enabled else 'off'}")
        for name, backend in view.catalog.backends.items()
    ]
    found += [Choice(ref.key, ref.name, f"model, {item.status}") for ref, item in view.models.items()]
    found += [Choice(ref.key, fact.pattern, f"route to {fact.backend}") for ref, fact in view.routes.items()]
    found += [Choice(ref.key, plain(cause.title), "cause") for ref, cause in view.causes.items()]
    found += [
        Choice(f"{COMPARE}profile:{name}", name, "profile: what it would change")
        for name in view.catalog.profiles
        if name != view.catalog.active
    ]
    return found


def command_choices(now: CommandContext, table: CommandTable) -> list[Choice]:
    """Every command of the main screen, with its keys, and the reason why it cannot be done where one is."""
    found = []
    for command in table.for_part("main"):
        if not command.by_widget and command.id != "goto":
            reason = command.disabled_reason(now)
            key = f"key {table.told_alone(command.id)}" if command.keys else "no key"
            words = f"{command.label}: {command.help}"
            found.append(Choice(ACTION + command.id, words, f"not now: {reason}" if reason else key))
    return found


def _reload(screen: MainFace) -> None:
    if screen.session.edited:
        _deed("refresh")(screen)
        return
    screen.app.load(screen.session.request, say="read again")


def _copy(screen: MainFace) -> None:
    view = screen.session.view
    if view is not None:
        screen.app.copy(copied_text(view, screen.session.selected))


def _log(screen: MainFace) -> None:
    screen.app.push_screen(ReadScreen("what pipedeck did", log_lines(screen.session.log)))


def _theme(screen: MainFace) -> None:
    screen.tell(f"colours: {screen.app.next_theme()}")


def _zoom(screen: MainFace) -> None:
    zoomed = not screen.session.zoomed
    if zoomed and screen.focused is screen.inspector:
        screen.enter(screen.pane.table)
    screen.zoom(zoomed)


def _redraw(screen: MainFace) -> None:
    screen.app.redraw()


def _pause(screen: MainFace) -> None:
    screen.tell(screen.app.pause())


def _quit(screen: MainFace) -> None:
    if screen.busy:
        screen.editing.turn(lambda: _quit(screen))  # what is being worked out may be an edit
    elif screen.session.unwritten:
        _deed("quit")(screen)
    else:
        screen.app.exit(return_code=0)


def _deed(name: str) -> Callable[[MainFace], None]:
    """One of the items that edit. What they need is imported when the first of them is done."""

    def do(screen: MainFace) -> None:
        from tui.editing.deeds import DEEDS

        DEEDS[name](screen)

    return do


def _check(name: str) -> Callable[[MainFace], None]:
    """One of the items that ask providers. What they need is imported when the first of them is done."""

    def do(screen: MainFace) -> None:
        from tui.checks import keys

        {"one": keys.check_one, "all": keys.check_all, "served": keys.browse}[name](screen)

    return do


def _page(name: str) -> Callable[[MainFace], None]:
    """One of the pages. What they need is imported when the first of them is opened."""

    def do(screen: MainFace) -> None:
        from tui.pages.opening import OPENING

        OPENING[name](screen)

    return do


PAGES = ("explain", "layers", "compare", "what-if", "route-test", "keys", "export")
"""The commands that open pages."""

EDITING = (
    "toggle",
    "repoint",
    "duplicate",
    "delete",
    "rename",
    "profile",
    "move-down",
    "move-up",
    "review",
    "undo",
    "redo",
    "raw",
    "editor",
    "fix",
    "use-only",
    "add",
)
"""The commands that edit."""

DOING: Mapping[str, Callable[[MainFace], None]] = {
    "inspect": _inspect,
    "leave": _leave,
    "filter": _filter,
    "clear": _clear,
    "sort": _sort,
    "reverse": _reverse,
    "overview": _overview,
    "goto": _goto,
    "back": _back,
    "forward": _forward,
    "reload": _reload,
    "theme": _theme,
    "copy": _copy,
    "log": _log,
    "redraw": _redraw,
    "pause": _pause,
    "zoom": _zoom,
    **CATALOGUE,
    **{name: _page(name) for name in PAGES},
    **{name: _deed(name) for name in EDITING},
    "check": _check("one"),
    "check-model": _check("one"),
    "check-all": _check("all"),
    "served": _check("served"),
    "help": _help,
    "quit": _quit,
}
