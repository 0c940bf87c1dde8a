"""Merges check results into the shown report in a thread, several at a time, and updates their ages."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Final

from tui.live import LiveResults, age, merge_live_results
from tui.messages import LiveResultsMerged

if TYPE_CHECKING:
    from tui.protocols import MainScreenProtocol

PAUSE_S: Final = 0.1
"""The least time from one picture to the next: more is not visible over a slow line."""
_SHARE: Final = 4
"""The pause before the next update of the screen, as a multiple of the time that the last one took."""
_AGES_EVERY_S: Final = 15.0


class LiveResultsUpdater:
    """Updates the lists and the verdict of a screen with the results of live checks."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        self._screen = screen
        self._in_progress = False
        self._repeat = False
        self._pause = PAUSE_S
        self._ages: tuple[str, ...] = ()
        screen.set_interval(_AGES_EVERY_S, self._grow_old)

    def soon(self) -> None:
        """Schedule a merge of new results."""
        if self._in_progress:
            self._repeat = True
            return
        self._in_progress, self._repeat = True, False
        self._screen.set_timer(self._pause, self._begin)

    def _begin(self) -> None:
        view = self._screen.session.view
        if view is None:
            self._in_progress = False
            return
        results = view.live.results(view.catalog)

        def task() -> None:
            started = time.monotonic()
            live_results: LiveResults | Exception
            try:
                live_results = merge_live_results(view.report, results, view.live.exposed)
            except Exception as error:  # noqa: BLE001 - told by the screen
                live_results = error
            took = time.monotonic() - started
            with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
                self._screen.post_message(LiveResultsMerged(view, live_results, took))

        threading.Thread(target=task, name="live-results", daemon=True).start()

    def show(self, event: LiveResultsMerged) -> None:
        """Show merged results, unless there is another report by now."""
        self._in_progress = False
        started = time.monotonic()
        session = self._screen.session
        if isinstance(event.results, Exception):
            self._screen.app.say_failure(event.results)
            return
        if session.view is not None and session.view.report is event.view.report:
            session.merge_live_results(event.results)
            self._screen.show_live_results()
            self._ages = self._now
        else:
            self._repeat = True
        self._pause = max(PAUSE_S, _SHARE * (event.seconds + time.monotonic() - started))
        if self._repeat:
            self.soon()

    @property
    def _now(self) -> tuple[str, ...]:
        view = self._screen.session.view
        return tuple(age(result) for result in view.live_results.results.values()) if view is not None else ()

    def _grow_old(self) -> None:
        """Refresh the ages once the text of one of them changes."""
        ages = self._now
        if ages != self._ages:
            self._ages = ages
            self._screen.show_live_results(ages_only=True)
