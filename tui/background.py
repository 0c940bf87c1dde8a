"""The work after the first screen, in a thread: imports for edits, and the index of lives and prices."""

from __future__ import annotations

import tui.editing.disk_watch
import tui.editing.interrupted_commits
import tui.screens.drafts  # noqa: F401 - not in the event loop
from tui.loading import build_view
from tui.messages import EditingImported, IndexRead
from tui.screens.main import MainScreen


def prepare(main: MainScreen) -> None:
    """Tell the main screen that the editing modules are imported, then what the index says about the tree."""
    main.post_message(EditingImported())
    from core.lives.lives import read_knowledge  # edits do not wait for it

    view = main.session.view
    if view is not None:
        knowledge, notes = read_knowledge(main.session.environ)
        main.post_message(IndexRead(knowledge, notes, build_view(view.report.with_knowledge(knowledge))))
