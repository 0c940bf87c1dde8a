"""Going from thing to thing on the main screen: jumps, back and forward, Enter in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.facts import Facts
from tui.things import OVERVIEW, Thing

if TYPE_CHECKING:
    from tui.faces.main import MainFace


def go(screen: MainFace, thing: Thing) -> None:
    """Go to a thing in its pane, remembering where one was."""
    facts = screen.session.facts
    if facts is None or not facts.exists(thing):
        screen.tell("it is in no list")
        return
    screen.session.history.leave(screen.session.thing, thing)
    _arrive(screen, facts, thing)


def travel(screen: MainFace, by: int) -> None:
    """Back or forward along what was visited; what is no longer there is passed over."""
    facts = screen.session.facts
    while facts is not None and (thing := screen.session.history.step(screen.session.thing, by)) is not None:
        if facts.exists(thing):
            _arrive(screen, facts, thing)
            return


def _arrive(screen: MainFace, facts: Facts, thing: Thing) -> None:
    name = thing.pane
    if name is None:
        screen.show_thing(OVERVIEW)
        screen.enter(screen.inspector)
        screen.tell()
        return
    pane = screen.panes[name]
    if thing.kind == "cause":
        screen.narrow_to(name, thing)
        pane.narrow("")
    elif not pane.reveal(thing.key):
        screen.narrow_to(name, _scope_of(facts, thing))
        pane.reveal(thing.key)
    screen.enter(pane.table)
    screen.tell()


def _scope_of(facts: Facts, thing: Thing) -> Thing | None:
    """What the pane of a thing must be narrowed to so that the thing is in it: for a problem its cause."""
    if thing.kind != "problem":
        return None
    return next((found for found, cause in facts.causes.items() if thing in facts.problems_behind(cause)), None)


def open_row(screen: MainFace, thing: Thing) -> None:
    """Enter in a list: its form; a cause lists its problems, a problem leads to what it is about."""
    facts = screen.session.facts
    if facts is None:
        return
    if thing.kind == "cause":
        go(screen, thing)
    elif thing.kind == "problem":
        subject = facts.subject(facts.problems[thing])
        if subject is None:
            screen.tell("what it is about is in no list; the place is at the right")
        else:
            go(screen, subject)
    else:
        from tui.editing.deeds import edit

        edit(screen, thing)
