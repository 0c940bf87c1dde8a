"""The app as its screens know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.key_queue import KeyQueue
from tui.terminal.compositor import SpanApp

if TYPE_CHECKING:
    from core.scaffold import Scaffold
    from tui.session import Request, Session
    from tui.settings import AppSettings


class AppFace(SpanApp, KeyQueue):
    """What screens ask of the app; PipedeckApp does it."""

    session: Session
    settings: AppSettings
    colourless: bool
    misunderstood: int
    """How many of the user's settings and keys cannot be taken as they are written."""

    def load(self, request: Request, say: str = "") -> None:
        """Read a tree in a thread and then show it."""
        raise NotImplementedError

    def open_demo(self) -> None:
        """Open the sample in a throw-away copy."""
        raise NotImplementedError

    def open_path(self, path: str) -> str:
        """Open another folder. Returns what is wrong with it, or nothing."""
        raise NotImplementedError

    def scaffold(self, release: str | None = None) -> Scaffold:
        """What is known before a tree is made where one was looked for. Raises UnknownReleaseError and NoTreeError."""
        raise NotImplementedError

    def open_created(self, made: Scaffold) -> str:
        """Open the tree that was just made, for the release it is for. Returns what is wrong with it, or nothing."""
        raise NotImplementedError

    def say(self, words: str) -> None:
        """Say something where one is."""
        raise NotImplementedError

    def say_failure(self, error: BaseException) -> None:
        """Say on a page what went wrong in a thread."""
        raise NotImplementedError

    def copy(self, text: str) -> None:
        """Copy a text to the clipboard of the person in front of the terminal, and say which way it went."""
        raise NotImplementedError

    def next_theme(self) -> str:
        """Change to the next theme; returns its name."""
        raise NotImplementedError

    def pause(self) -> str:
        """Give the terminal to the shell until its `fg`; returns why not, or nothing."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Paint everything anew."""
        raise NotImplementedError
