"""Commands that review, undo and redo edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.command import Command
from tui.commands import availability

if TYPE_CHECKING:
    from typing import Any

    from tui.pages.page_screen import PageScreen
    from tui.screens.file_text import FileTextScreen
    from tui.screens.form import FormScreen
    from tui.screens.main import MainScreen
    from tui.screens.review import ReviewScreen

    HistoryScreen = MainScreen | PageScreen[Any] | FormScreen | ReviewScreen | FileTextScreen

PLACES = ("everywhere", "page", "form", "review", "file")


def review(screen: MainScreen) -> None:
    """Show all edits before they are written."""
    from tui.screens.review import ReviewScreen

    def show() -> None:
        screen.app.push_screen(ReviewScreen(screen))

    screen.editing.enqueue(show)


def undo(screen: HistoryScreen) -> None:
    """Undo the last edit."""
    screen.main.editing.undo(screen)


def redo(screen: HistoryScreen) -> None:
    """Redo the edit that was undone last."""
    screen.main.editing.redo(screen)


COMMANDS = (
    Command(
        "review",
        ("w",),
        "write",
        "review all edits, and write them",
        ("everywhere", "form", "served"),
        3,
        availability.unwritten,
        review,
        closes_pages=True,
        after_edits=True,
        dialog_footer=6,
    ),
    Command(
        "undo",
        ("u",),
        "undo",
        "undo the last edit, even a written one",
        PLACES,
        0,
        availability.undo,
        undo,
        after_edits=True,
        dialog_footer=5,
    ),
    Command(
        "redo",
        ("ctrl+r",),
        "redo",
        "redo the last undone edit",
        PLACES,
        0,
        availability.redo,
        redo,
        after_edits=True,
    ),
)
