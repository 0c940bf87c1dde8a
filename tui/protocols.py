"""Interfaces of screens for the code below them: navigation, edits and live checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from textual.message import Message
    from textual.timer import Timer
    from textual.widget import Widget

    from tui.base_app import BaseApp
    from tui.command import CommandTable
    from tui.panes.pane import Pane, PaneTable
    from tui.selection import ItemRef
    from tui.session import Session
    from tui.widgets.lines import Inspector


@runtime_checkable
class StatusLine(Protocol):
    """A screen with a status line."""

    def show_status(self, message: str = "") -> None:
        """Show a message in the last line; without one, the keys that can be used now."""

    @property
    def can_notify(self) -> bool:
        """Whether the last line is free for notices."""


class MainScreenProtocol(Protocol):
    """The main screen as navigation, edits and live checks use it."""

    session: Session
    table: CommandTable
    panes: dict[str, Pane]
    inspector: Inspector

    @property
    def app(self) -> BaseApp:
        """The app."""

    @property
    def pane(self) -> Pane:
        """The current pane."""

    @property
    def focused(self) -> Widget | None:
        """The widget that has the focus."""

    def show_status(self, message: str = "") -> None:
        """Show a message in the last line; without one, the keys that can be used now."""

    def show_view(self) -> None:
        """Show the session's view model in every part of the screen."""

    def show_live_results(self, *, ages_only: bool = False) -> None:
        """Show the live results; with `ages_only` only their ages."""

    def fit_live(self) -> None:
        """Give the lists room for the column of live checks, or take it back."""

    def show_item(self, ref: ItemRef, *, keep_place: bool = False) -> None:
        """Show an item in the inspector."""

    def arrive(self, ref: ItemRef) -> None:
        """Go to an item that was just made or renamed."""

    def enter(self, widget: PaneTable | Inspector) -> None:
        """Focus a list or the inspector, at once."""

    def set_scope(self, name: str, scope: ItemRef | None) -> None:
        """Restrict a pane to the models of a backend or the problems of a cause; None lifts that."""

    def set_focus(self, widget: Widget | None) -> None:
        """Focus a widget."""

    def post_message(self, message: Message) -> bool:
        """See `textual.widget.Widget`."""

    def run_worker(self, work: Any, *, group: str = "", exit_on_error: bool = True, thread: bool = False) -> Any:
        """See `textual.widget.Widget`."""

    def set_timer(self, delay: float, callback: Callable[[], Any] | None = None) -> Timer:
        """See `textual.widget.Widget`."""

    def set_interval(self, interval: float, callback: Callable[[], Any] | None = None) -> Timer:
        """See `textual.widget.Widget`."""
