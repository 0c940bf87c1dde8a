"""What each editing action does to the thing that is selected on the main screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.edits.backends import SwitchBackend
from tui.screens.ask import AskScreen, Option
from tui.screens.review import ReviewScreen
from tui.widgets.lines import Line
from tui.words import counted

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


def _toggle(screen: MainScreen) -> None:
    facts, name = screen.session.facts, screen.session.thing.name
    if facts is not None and name in facts.catalog.backends:
        screen.editing.do(SwitchBackend(name, not facts.catalog.backends[name].enabled))


def _undo(screen: MainScreen) -> None:
    screen.editing.undo()


def _redo(screen: MainScreen) -> None:
    screen.editing.redo()


def _review(screen: MainScreen) -> None:
    screen.app.push_screen(ReviewScreen(screen))


def _refresh(screen: MainScreen) -> None:
    screen.editing.refresh()


def _quit(screen: MainScreen) -> None:
    count = len(screen.session.workspace.pending)

    def answer(key: str | None) -> None:
        if key == "write":
            _review(screen)
        elif key == "leave":
            screen.session.forget()
            screen.app.exit(return_code=0)

    lines = [
        Line(((f"Your edits of {counted(count, 'file')} are not written.", "heading"),)),
        Line(((screen.session.workspace.impact.summary(), ""),)),
    ]
    options = [
        Option("", "stay here"),
        Option("write", "look at them and write them"),
        Option("leave", "leave, and lose them"),
    ]
    screen.app.push_screen(AskScreen("leave pipedeck?", lines, options), answer)


DEEDS: Mapping[str, Callable[[MainScreen], None]] = {
    "toggle": _toggle,
    "undo": _undo,
    "redo": _redo,
    "review": _review,
    "refresh": _refresh,
    "quit": _quit,
}
