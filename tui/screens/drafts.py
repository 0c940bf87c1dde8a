"""The question whether to restore unwritten edits of a previous session."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from core.formatting import counted
from core.safe_text import safe
from core.workspace import DraftProblem, FoundDraft, find_draft, remove_draft, restore_draft
from tui.dialogs.ask import AskScreen, Option
from tui.editing.file_editing import Written
from tui.widgets.lines import Line

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

_MAX_LABELS = 8


def offer_draft(screen: MainScreen) -> None:
    """Ask whether to restore or to discard unwritten edits, if there are any; Esc leaves the draft as it is."""
    session = screen.session
    if session.view is None or session.locked or session.edited:
        return
    draft = find_draft(session.workspace)
    if isinstance(draft, DraftProblem):
        screen.show_status(draft.message)
    if not isinstance(draft, FoundDraft):
        return
    if draft.draft.alive is not False:
        screen.show_status(f"open in another process too, with unwritten edits: {safe(draft.draft.process_label)}")
        return

    def answer(key: str | None) -> None:
        if key == "restore":
            _restore(screen, draft)
        elif key == "discard":
            remove_draft(session.workspace)
            screen.show_status("edits of the previous session discarded")

    options = [
        Option("restore", "restore them", "nothing is written to disk yet"),
        Option("", "ask at the next start"),
        Option("discard", "discard them"),
    ]
    screen.app.push_screen(AskScreen("edits of a previous session", _lines(draft), options), answer)


def _lines(draft: FoundDraft) -> list[Line]:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(draft.draft.seconds))
    heading = (
        f"{counted(len(draft.labels), 'unwritten edit')} of {when}:" if draft.labels else f"Unapplied text of {when}:"
    )
    lines = [Line(((heading, "heading"),))]
    lines += [Line(((f"  {safe(label)}", ""),)) for label in draft.labels[:_MAX_LABELS]]
    if len(draft.labels) > _MAX_LABELS:
        lines.append(Line(((f"  and {len(draft.labels) - _MAX_LABELS} more", "dim"),)))
    if draft.typed:
        lines.append(Line(((f"  {safe(draft.typed)}, not applied yet", ""),)))
    if draft.withheld:
        lines.append(Line((("Not in the draft, as they may be secrets: " + safe(", ".join(draft.withheld)), "warn"),)))
    return lines


def _restore(screen: MainScreen, draft: FoundDraft) -> None:
    restored = restore_draft(screen.session.workspace, draft)
    if isinstance(restored, DraftProblem):
        screen.show_status(restored.message)
        return
    screen.editing.show()
    result = f"{counted(restored.edits, 'edit')} restored"
    if restored.conflicts:
        keys = ", ".join(
            safe(conflict.key or screen.session.workspace.shown(conflict.path)) for conflict in restored.conflicts
        )
        result += f"; not restored, as changed on disk since: {keys}"
    if restored.withheld:
        result += f"; to be re-entered: {safe(', '.join(restored.withheld))}"
    if restored.typed is None:
        screen.show_status("; ".join((result, *map(safe, restored.notes))))
        return
    from tui.screens.file_text import open_text  # rare, and it has Textual's editor

    typed = restored.typed
    place = Written(typed.path, screen.session.workspace.shown(typed.path), typed.line + 1)
    message = "; ".join(map(safe, restored.notes)) or "text of a previous session, not applied yet"
    if draft.labels:
        message = f"{result}; {message}"
    open_text(screen, place, message, typed=typed.text)
