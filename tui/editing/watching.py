"""Watching the disk: what changed there is taken in quietly, and asked about only where it clashes with an edit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.workspace import Workspace
from tui.editing.work import Worked

if TYPE_CHECKING:
    from tui.faces.main import MainFace


class Watch:
    """Looks at the disk now and then, in a thread; as long as nothing changed nobody notices."""

    def __init__(self, screen: MainFace) -> None:
        self._screen = screen
        self._looking = False
        self._told: tuple[str, ...] = ()

    def start(self, every: float) -> None:
        """Look every so many seconds from now on."""
        self._screen.set_interval(every, self.look)

    def look(self) -> None:
        """Look now, unless one is looking already or something is being worked out."""
        session, editing = self._screen.session, self._screen.editing
        if self._looking or editing.busy or session.facts is None:
            return
        workspace = session.workspace
        self._looking = True

        def run() -> None:
            try:
                moved = workspace.moved()
            except OSError:
                moved = ()
            self._screen.post_message(Worked(partial(self._looked, workspace, moved)))

        self._screen.run_worker(run, thread=True, group="watch", exit_on_error=False)

    def _looked(self, workspace: Workspace, moved: tuple[str, ...]) -> None:
        self._looking = False
        screen = self._screen
        if not moved:
            self._told = ()
            return
        # A question over a form or a review would be in the way; writing looks at the disk anyway.
        if screen.app.screen is not screen or screen.editing.busy or workspace is not screen.session.workspace:
            return
        if moved != self._told:
            # What clashes is asked once, and again when more files have changed.
            self._told = () if screen.editing.refresh() else moved
