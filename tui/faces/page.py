"""A page as what its keys do knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.keyed import Keyed

if TYPE_CHECKING:
    from tui.faces.app import AppFace
    from tui.faces.main import MainFace
    from tui.pages.content import Page
    from tui.reasons import CommandContext
    from tui.selection import ItemRef
    from tui.view_model import ViewModel
    from tui.widgets.inspector import Inspector


class PageFace(Keyed):
    """What commands ask of a page; PageScreen does it."""

    app: AppFace
    main: MainFace
    view: ViewModel | None
    page: Page | None

    @property
    def lines(self) -> Inspector:
        """The lines."""
        raise NotImplementedError

    @property
    def link(self) -> str:
        """Where the line under the cursor leads; empty when it leads nowhere."""
        raise NotImplementedError

    @property
    def ref(self) -> ItemRef:
        """The item that the line under the cursor names, else what the page is about."""
        raise NotImplementedError

    def show(self, *, keep_place: bool = False) -> None:
        """Make the page and show it."""
        raise NotImplementedError

    def context(self) -> CommandContext:
        """What decides which commands can be done now."""
        raise NotImplementedError

    def say_of_edit(self, words: str) -> None:
        """Show what an edit made of the page, and say what it did."""
        raise NotImplementedError

    def explain(self) -> None:
        """Explain what is under the cursor."""
        raise NotImplementedError

    def what_if(self) -> None:
        """Show what becomes of everything without what is under the cursor."""
        raise NotImplementedError

    def drop(self) -> None:
        """Take away what is under the cursor, on pages where that is something to take away."""
        raise NotImplementedError
