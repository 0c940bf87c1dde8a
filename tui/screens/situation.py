"""Where one is on the main screen, as far as it decides which actions can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.reasons import Situation

if TYPE_CHECKING:
    from tui.faces.main import MainFace
    from tui.facts import Facts
    from tui.things import Thing


def situation_of(screen: MainFace, *, checking: bool) -> Situation:
    """What decides it; `checking`: whether providers are being asked."""
    session, facts = screen.session, screen.session.facts
    inside = screen.focused is screen.inspector
    return Situation(
        where="inspector" if inside else "pane",
        pane=session.pane,
        rows=min(screen.pane.table.shown, 1),
        links=int(screen.inspector.cursor is not None),
        narrowed=_narrowed(screen),
        back=session.history.has(-1),
        forward=session.history.has(1),
        profiles=len(facts.catalog.profiles) if facts is not None else 0,
        colours=not screen.app.colourless,
        kind=session.thing.kind,
        mendable=facts is not None and _has_problems(facts, session.thing),
        locked=session.locked,
        checking=checking,
        heard=facts is not None and facts.is_heard(session.thing),
        unwritten=session.unwritten,
        undo=session.edited and session.workspace.history.to_undo is not None,
        redo=session.edited and session.workspace.history.to_redo is not None,
    )


def _narrowed(screen: MainFace) -> bool:
    session = screen.session
    name = session.pane
    scoped = name in session.scopes or (name == "backends" and "models" in session.scopes)
    wanted = name == "models" and (session.wanted.any or bool(session.marked))
    return bool(screen.pane.table.filter_text) or scoped or wanted


def _has_problems(facts: Facts, thing: Thing) -> bool:
    return thing.kind in ("problem", "cause") or bool(facts.problems_of(thing))
