"""Offering the edits that an earlier session left unwritten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.formatting import counted
from core.safe_text import safe
from core.workspace import DraftProblem, FoundDraft, find_draft, remove_draft, restore_draft
from tui.dialogs.ask import AskScreen, Option
from tui.editing.places import Written
from tui.screens.raw import open_text
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

_SHOWN = 8


def offer_draft(screen: MainScreen) -> None:
    """Ask what shall become of edits that were never written, if there are any. Nothing is decided by leaving."""
    session = screen.session
    if session.view is None or session.locked or session.edited:
        return
    found = find_draft(session.workspace)
    if isinstance(found, DraftProblem):
        screen.show_status(found.message)
    if not isinstance(found, FoundDraft):
        return
    if found.draft.alive is not False:
        screen.show_status(f"open elsewhere too, with unwritten edits: {safe(found.draft.process_label)}")
        return

    def answer(key: str | None) -> None:
        if key == "restore":
            _restore(screen, found)
        elif key == "discard":
            remove_draft(session.workspace)
            screen.show_status("the edits of the earlier session are dropped")

    options = [
        Option("restore", "take them up again", "nothing is written yet"),
        Option("", "decide at the next start"),
        Option("discard", "drop them"),
    ]
    screen.app.push_screen(AskScreen("edits of an earlier session", _lines(found), options), answer)


def _lines(found: FoundDraft) -> list[Line]:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(found.draft.seconds))
    said = f"{counted(len(found.labels), f'edit of {when} was', f'edits of {when} were')} never written:"
    if not found.labels:
        said = f"A text of {when} was never taken:"
    lines = [Line(((said, "heading"),))]
    lines += [Line(((f"  {safe(label)}", ""),)) for label in found.labels[:_SHOWN]]
    if len(found.labels) > _SHOWN:
        lines.append(Line(((f"  and {len(found.labels) - _SHOWN} more", "dim"),)))
    if found.typed:
        lines.append(Line(((f"  {safe(found.typed)}, which is not taken yet", ""),)))
    if found.withheld:
        lines.append(Line((("A value that may be a secret was not kept: " + safe(", ".join(found.withheld)), "warn"),)))
    return lines


def _restore(screen: MainScreen, found: FoundDraft) -> None:
    restored = restore_draft(screen.session.workspace, found)
    if isinstance(restored, DraftProblem):
        screen.show_status(restored.message)
        return
    screen.editing.show()
    said = f"{counted(restored.edits, 'edit')} taken up again"
    if restored.conflicts:
        keys = ", ".join(
            safe(conflict.key or screen.session.workspace.shown(conflict.path)) for conflict in restored.conflicts
        )
        said += f"; changed on disk since, so left out: {keys}"
    if restored.withheld:
        said += f"; to be entered anew: {safe(', '.join(restored.withheld))}"
    if restored.typed is None:
        screen.show_status("; ".join((said, *map(safe, restored.notes))))
        return
    typed = restored.typed
    place = Written(typed.path, screen.session.workspace.shown(typed.path), typed.line + 1)
    words = "; ".join(map(safe, restored.notes)) or "typed in an earlier session and not taken yet"
    if found.labels:
        words = f"{said}; this is {words}"
    open_text(screen, place, words, typed=typed.text)
