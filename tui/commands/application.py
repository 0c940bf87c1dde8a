"""Commands of the app: reload, looks, the shell, the clipboard, log, help and quit; and those of the start screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PipedeckError
from tui.command import DIALOGS, TYPING, Command
from tui.commands import availability

if TYPE_CHECKING:
    from tui.base_app import CommandScreen
    from tui.pages.page_screen import PageScreen
    from tui.screens.main import MainScreen
    from tui.screens.start import StartScreen

    AnyScreen = MainScreen | PageScreen[Any] | StartScreen


def reload(screen: MainScreen) -> None:
    """Reload the files; with edits, merge what has changed on disk."""
    from tui.messages import ReloadRequested

    if screen.session.edited:
        screen.editing.refresh()
    else:
        screen.post_message(ReloadRequested())


def redraw(screen: AnyScreen) -> None:
    """Repaint the whole screen."""
    screen.app.redraw()


def pause(screen: AnyScreen) -> None:
    """Give the terminal to the shell."""
    screen.show_status(screen.app.pause())


def next_theme(screen: AnyScreen) -> None:
    """Change to the next theme."""
    screen.show_status(f"colours: {screen.app.next_theme()}")


def open_demo(screen: StartScreen) -> None:
    """Open the sample."""
    from tui.messages import DemoRequested

    screen.post_message(DemoRequested())


def ask_path(screen: StartScreen) -> None:
    """Type the path of another folder."""
    screen.ask_path()


def create_tree(screen: StartScreen) -> None:
    """Make a tree, and open it."""
    from tui.loading import scaffold
    from tui.messages import TreeCreated
    from tui.screens.create import CreateScreen

    try:
        dialog = CreateScreen(screen.table, screen.app.session.request, scaffold(screen.app.session.request))
    except PipedeckError as error:
        screen.show_status(str(error))
        return

    def then(made: bool | None) -> None:
        if made:
            screen.post_message(TreeCreated(dialog.scaffold))

    screen.app.push_screen(dialog, then)


def copy(screen: MainScreen | PageScreen[Any]) -> None:
    """Copy the name of the selected item."""
    if text := screen.copied_text():
        screen.app.copy(text)


def copy_install_command(screen: MainScreen) -> None:
    """Copy the shell command that installs what is missing for the selection, with the installer in use."""
    from tui.screens.main_layout import install_commands

    view = screen.session.view
    if view is not None and (commands := install_commands(view, screen.session.selected)):
        screen.app.copy(" && ".join(commands))


def show_log(screen: MainScreen) -> None:
    """Show the log of this session."""
    from tui.dialogs.ask import ReadScreen
    from tui.widgets.lines import Line

    lines = [Line(((f"{entry.at}  ", "dim"), (entry.message, "")), hang=10) for entry in screen.session.log.entries]
    screen.app.push_screen(ReadScreen("the log of pipedeck", lines))


def show_help(screen: CommandScreen[Any]) -> None:
    """Show the keys of the current screen."""
    from tui.commands.help import help_lines
    from tui.dialogs.ask import ReadScreen

    titles = {"main": "keys and symbols", "page": "keys of this page"}
    title = titles.get(screen.context().part, "keys")
    screen.app.push_screen(ReadScreen(title, help_lines(screen.context(), screen.table)))


def quit_app(screen: MainScreen | StartScreen) -> None:
    """Leave pipedeck, asking first when edits would be lost."""
    from tui.screens.main import MainScreen

    if not isinstance(screen, MainScreen):
        screen.app.exit(return_code=0)
    elif screen.busy:
        screen.editing.enqueue(lambda: quit_app(screen))  # the running task may be an edit
    elif screen.session.unwritten:
        _ask_to_quit(screen)
    else:
        screen.app.exit(return_code=0)


def _ask_to_quit(screen: MainScreen) -> None:
    from core.formatting import counted
    from tui.commands.history import review
    from tui.dialogs.ask import AskScreen, Option
    from tui.widgets.lines import Line

    def answer(key: str | None) -> None:
        if key == "write":
            review(screen)
        elif key == "leave":
            screen.session.forget()
            screen.app.exit(return_code=0)

    workspace = screen.session.workspace
    lines = [
        Line(((f"Your edits of {counted(len(workspace.pending), 'file')} are not written.", "heading"),)),
        Line(((workspace.impact.summary(), ""),)),
    ]
    options = [
        Option("", "stay"),
        Option("write", "review and write the edits"),
        Option("leave", "discard the edits and quit"),
    ]
    screen.app.push_screen(AskScreen("leave pipedeck?", lines, options, keys="enter choose  esc stay"), answer)


EVERYWHERE = ("everywhere", "page")
HELPED = (*EVERYWHERE, *(place for place in DIALOGS if place not in TYPING))

COMMANDS = (
    Command("reload", ("R",), "reload", "reload the files", footer=10, run=reload),
    Command(
        "redraw",
        ("ctrl+l",),
        "redraw",
        "redraw the screen, when another program wrote on it",
        EVERYWHERE,
        run=redraw,
        on_start=True,
    ),
    Command(
        "pause",
        ("ctrl+z",),
        "shell",
        "suspend to the shell; fg resumes",
        EVERYWHERE,
        run=pause,
        on_start=True,
    ),
    Command(
        "theme",
        ("ctrl+t",),
        "colours",
        "dark, light, high contrast, or your terminal's own colours",
        EVERYWHERE,
        0,
        availability.colours,
        next_theme,
        on_start=True,
    ),
    Command("demo", ("d",), "demo", "open a throw-away copy of the sample tree", ("start",), 1, run=open_demo),
    Command("path", ("o",), "another folder", "open a tree in another folder", ("start",), 2, run=ask_path),
    Command(
        "create",
        ("n",),
        "new",
        "create a tree here, with the providers you choose",
        ("start",),
        3,
        availability.create,
        create_tree,
    ),
    Command(
        "copy-install",
        ("P",),
        "copy install",
        "copy the shell command that installs the missing package",
        ("everywhere",),
        4,
        availability.installable,
        copy_install_command,
    ),
    Command("copy", ("y",), "copy", "copy the name of the selection, as written in files", EVERYWHERE, run=copy),
    Command("log", ("L",), "log", "the log of pipedeck since its start", run=show_log),
    Command("help", ("question_mark",), "help", "this page", HELPED, -2, run=show_help, on_start=True),
    Command("quit", ("q",), "quit", "leave pipedeck", footer=-1, run=quit_app, on_start=True),
)
