"""Working what checks said into what is shown: in a thread, not for each of many answers, and again as ages change."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from tui.checks.live import Heard, age, hear
from tui.editing.work import Worked
from tui.facts import Facts

if TYPE_CHECKING:
    from tui.faces.work import WorkFace

PAUSE_S: Final = 0.1
"""The least time from one picture to the next: over a slow line nobody sees more."""
_SHARE: Final = 4
"""How many times as long as a picture took is left to everything else before the next."""
_AGES_EVERY_S: Final = 15.0


class Hearing:
    """Keeps the lists and the verdict of a screen in step with what its providers said."""

    def __init__(self, screen: WorkFace) -> None:
        self._screen = screen
        self._under_way = False
        self._again = False
        self._pause = PAUSE_S
        self._ages: tuple[str, ...] = ()
        screen.set_interval(_AGES_EVERY_S, self._grow_old)

    def soon(self) -> None:
        """Take up what is new, in a moment."""
        if self._under_way:
            self._again = True
            return
        self._under_way, self._again = True, False
        self._screen.set_timer(self._pause, self._begin)

    def _begin(self) -> None:
        facts = self._screen.session.facts
        if facts is None:
            self._under_way = False
            return
        results = facts.live.results(facts.catalog)

        def work() -> None:
            started = time.monotonic()
            heard: Heard | Exception
            try:
                heard = hear(facts.report, results)
            except Exception as error:  # noqa: BLE001 - told by the screen
                heard = error
            took = time.monotonic() - started
            with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
                self._screen.post_message(Worked(partial(self._heard, facts, heard, took)))

        threading.Thread(target=work, name="hearing", daemon=True).start()

    def _heard(self, facts: Facts, heard: Heard | Exception, took: float) -> None:
        self._under_way = False
        started = time.monotonic()
        session = self._screen.session
        if isinstance(heard, Exception):
            self._screen.app.say_failure(heard)
            return
        if session.facts is not None and session.facts.report is facts.report:
            session.hear(heard)
            self._screen.show_heard()
            self._ages = self._now
        else:
            self._again = True
        self._pause = max(PAUSE_S, _SHARE * (took + time.monotonic() - started))
        if self._again:
            self.soon()

    @property
    def _now(self) -> tuple[str, ...]:
        facts = self._screen.session.facts
        return tuple(age(result) for result in facts.heard.results.values()) if facts is not None else ()

    def _grow_old(self) -> None:
        """Tell ages anew once one of them has other words."""
        ages = self._now
        if ages != self._ages:
            self._ages = ages
            self._screen.show_heard(again=True)
