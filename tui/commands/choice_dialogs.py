"""Commands of served models, of a new tree and of the route tester; and those of all dialogs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tui.command import DIALOGS, TYPING, Command
from tui.commands import availability
from tui.commands.application import show_help

if TYPE_CHECKING:
    from tui.base_app import CommandScreen
    from tui.pages.route_tester import RouteTesterScreen
    from tui.screens.command_dialog import CommandDialog
    from tui.screens.create import CreateScreen
    from tui.screens.served import ServedScreen


def close(screen: CommandDialog[Any] | RouteTesterScreen) -> None:
    """Close the dialog, or cancel what is typed."""
    screen.action_leave()


# ---- the models that a provider lists


def import_models(screen: ServedScreen) -> None:
    """Declare the marked models, or the one under the cursor, as one edit."""
    screen.import_models()


def mark_served(screen: ServedScreen) -> None:
    """Toggle the mark of the model under the cursor, and move to the next."""
    screen.mark()


def check_served(screen: ServedScreen) -> None:
    """Check the provider; the list is updated with its answer."""
    checks = screen.main.checks
    if not checks.running:
        checks.start([screen.backend])
        screen.show_status(f"checking {screen.backend} ...   esc cancel")


def filter_served(screen: ServedScreen) -> None:
    """Type a filter for the list."""
    screen.query_input.focus()


SERVED = (
    Command("mark-served", ("space",), "mark", "mark it for import", ("served",), 1, run=mark_served),
    Command(
        "import",
        ("a", "enter"),
        "import",
        "declare the marked models, or this one, in the backend's file",
        ("served",),
        3,
        availability.edit,
        import_models,
    ),
    Command(
        "filter-served", ("slash",), "filter", "only models that hold some words", ("served",), 5, run=filter_served
    ),
    Command("check-served", ("t",), "check", "ask the provider again", ("served",), 6, run=check_served),
)


# ---- a new tree


def choose_provider(screen: CreateScreen) -> None:
    """Toggle the choice of the provider under the cursor."""
    screen.choose()


def view_files(screen: CreateScreen) -> None:
    """Show the files before they are written."""
    screen.view_files()


def pick_release(screen: CreateScreen) -> None:
    """Choose another release of Pipelex."""
    screen.pick_release()


def write_tree(screen: CreateScreen) -> None:
    """Write all files, or show why that is not possible."""
    screen.write()


CREATE = (
    Command("choose", ("space", "enter"), "choose", "select the provider or not", ("create",), 1, run=choose_provider),
    Command(
        "view-files",
        ("v",),
        "view files",
        "read the files before they are written",
        ("create",),
        3,
        availability.viewable,
        view_files,
    ),
    Command("release", ("r",), "release", "make it for another release of Pipelex", ("create",), 4, run=pick_release),
    Command("write-tree", ("w",), "write", "write the files", ("create",), 2, availability.writable, write_tree),
)


# ---- the route tester


def go_to_rule(screen: RouteTesterScreen) -> None:
    """Go to the rule that wins the name."""
    screen.go_to_rule()


def export_test(screen: RouteTesterScreen) -> None:
    """Copy or write the answer."""
    screen.export()


def scroll_test(by: int, pages: int, screen: RouteTesterScreen) -> None:
    """Scroll by lines and by screens."""
    screen.scroll_by(by, pages)


TESTER = ("route-tester",)
ROUTE_TESTER = (
    Command("test-close", ("escape",), "back", "back to the previous screen", TESTER, 2, run=close),
    Command("go-to-rule", ("enter",), "go to the rule", "go to the rule that wins", TESTER, 1, run=go_to_rule),
    Command("export-test", ("ctrl+o",), "copy all", "copy or write the answer", TESTER, 3, run=export_test),
    Command("test-down", ("down",), "down", "scroll by a line", TESTER, run=partial(scroll_test, 1, 0)),
    Command("test-up", ("up",), "up", "up", TESTER, run=partial(scroll_test, -1, 0), listed_with="test-down"),
    Command(
        "test-page-down",
        ("pagedown", "ctrl+d"),
        "further down",
        "scroll by a screen",
        TESTER,
        4,
        run=partial(scroll_test, 0, 1),
    ),
    Command(
        "test-page-up",
        ("pageup", "ctrl+u"),
        "page back",
        "up by a screen",
        TESTER,
        run=partial(scroll_test, 0, -1),
        listed_with="test-page-down",
    ),
)


# ---- all dialogs


def list_commands(screen: CommandScreen[Any]) -> None:
    """Pick a command of the dialog."""
    from tui.commands.go_to_choices import COMMAND, command_choices
    from tui.dialogs.pick import PickScreen

    def run(key: str | None) -> None:
        if key is not None:
            screen.run_command(screen.table.by_id[key.removeprefix(COMMAND)])

    ready, disabled = command_choices(screen.context(), screen.table)
    screen.app.push_screen(PickScreen("commands", [*ready, *disabled]), run)


TEXTS = tuple(place for place in TYPING if place not in TESTER)
LISTS = tuple(place for place in DIALOGS if place not in TYPING)
SHARED = (
    Command("close", ("escape", "q"), "back", "back to the previous screen", LISTS, 2, run=close),
    Command("form-close", ("h", "left"), "back", "back to the list", ("form",), run=close),
    Command("text-close", ("v", "h"), "back", "back to the list", ("file",), run=close),
    Command("cancel", ("escape",), "cancel", "drop what is typed", TEXTS, 2, run=close),
    Command("commands", ("colon", "ctrl+p"), "commands", "pick a command of this dialog", LISTS, 9, run=list_commands),
    Command("commands-beside", ("ctrl+p",), "commands", "pick a command", TYPING, 9, run=list_commands),
    Command("help-beside", ("f2",), "help", "this page", TYPING, -2, run=show_help),
)

COMMANDS = (*SERVED, *CREATE, *ROUTE_TESTER, *SHARED)
