"""The context of commands on the main screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.command import CommandContext

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol
    from tui.selection import ItemRef
    from tui.view_model import ViewModel


def context_of(screen: MainScreenProtocol, *, checking: bool) -> CommandContext:
    """The context that decides which commands can run; `checking`: whether live checks are running."""
    session, view = screen.session, screen.session.view
    inside = screen.focused is screen.inspector
    return CommandContext(
        where="inspector" if inside else "pane",
        pane=session.pane,
        rows=min(screen.pane.table.shown, 1),
        links=int(screen.inspector.cursor is not None),
        filtered=_is_filtered(screen),
        back=session.history.has(-1),
        forward=session.history.has(1),
        profiles=len(view.catalog.profiles) if view is not None else 0,
        colours=not screen.app.colourless,
        kind=session.selected.kind,
        fixable=view is not None and _has_problems(view, session.selected),
        locked=session.locked,
        checking=checking,
        live_problem=view is not None and view.is_live_problem(session.selected),
        unwritten=session.unwritten,
        undo=session.edited and session.workspace.history.to_undo is not None,
        redo=session.edited and session.workspace.history.to_redo is not None,
    )


def _is_filtered(screen: MainScreenProtocol) -> bool:
    session = screen.session
    name = session.pane
    scoped = name in session.scopes or (name == "backends" and "models" in session.scopes)
    condition = name == "models" and (session.catalogue_filter.any or bool(session.marked))
    return bool(screen.pane.table.filter_text) or scoped or condition


def _has_problems(view: ViewModel, ref: ItemRef) -> bool:
    return ref.kind in ("problem", "cause") or bool(view.problems_of(ref))
