"""The page of the history of checks: a sparkline of latencies for each backend, and repeated checks on request."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.timer import Timer

from core.files.state_folder import state_folder
from core.formatting import age, counted, duration
from core.probes.history import History, added, load_history, sparkline
from tui.labels import plain
from tui.live import WORDS
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

_NAME = 22
_BLOCKS = (24, 40)
"""The width of sparklines in narrow and wide terminals."""


class WatchScreen(PageScreen[Mapping[str, History]]):
    """The history. Its command starts rounds of checks, which end by themselves, with esc, or with the page."""

    def __init__(self, main: MainScreen) -> None:
        super().__init__(main, self._page, self._load)
        self._histories: dict[str, History] = {}
        self._loaded: Mapping[str, History] | None = None
        self._timer: Timer | None = None
        self._started = 0.0
        self._ends_at = 0.0
        self._rounds = 0
        self._ended = ""
        self.watching = False

    def on_unmount(self) -> None:
        """End the rounds with the page."""
        self._stop("")

    # ---- commands

    def toggle(self) -> None:
        """Start the rounds, or end them."""
        if self.watching:
            self._stop("ended")
            return
        view = self.main.session.view
        if view is None or not view.catalog.enabled:
            self.show_status("no backend is enabled")
        elif self.main.checks.running:
            self.show_status("a check is running: wait for its end")
        else:
            self.watching, self._rounds, self._ended = True, 0, ""
            self._started = time.monotonic()
            self._ends_at = time.time() + self.app.settings.watch_for * 60
            self._ask()

    def leave(self) -> None:
        """End the rounds; without any, close the page."""
        if self.watching:
            self._stop("ended")
        else:
            super().leave()

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The first commands of the last line."""
        if self.watching:
            return [("watch", "end"), *super().hints]
        return [("watch", "start asking"), *super().hints]

    def show_status(self, message: str = "") -> None:
        """Show a message; during the rounds the page tells what a single check tells in the last line."""
        if message and (self.watching or not self.is_attached):
            self.main.session.log.add(message)
            message = ""
        if self.is_attached:
            super().show_status(message)

    # ---- rounds

    def _ask(self) -> None:
        view = self.main.session.view
        self._timer = None
        if self.watching and view is not None:
            self.main.checks.start(list(view.catalog.enabled), self._answered, asks=not self._rounds)
            self.show(keep_place=True)

    def _answered(self, finished: bool) -> None:
        """Take the results of a round, and plan the next one; a cancelled or failed round is the last."""
        view = self.main.session.view
        if view is None or not self.is_mounted:
            return
        self._histories = added(self._histories, view.live.results(view.catalog).values())
        if not finished:
            self._stop("ended")
        if not self.watching:
            return
        self._rounds += 1
        due = self._rounds * self.app.settings.watch_every
        if due >= self.app.settings.watch_for * 60:
            self._stop("ended by itself")
            return
        self._timer = self.set_timer(max(0.0, self._started + due - time.monotonic()), self._ask)
        self.show(keep_place=True)

    def _stop(self, reason: str) -> None:
        if not self.watching:
            return
        self.watching = False
        if self._timer is not None:
            self._timer.stop()
        self._ended = f"{reason} at {time.strftime('%H:%M:%S')} after {counted(self._rounds, 'round')}"
        self.main.checks.cancel()
        if self.is_mounted and reason:
            self.show(keep_place=True)

    # ---- the content

    def _load(self, view: ViewModel) -> Mapping[str, History]:
        return load_history(view.catalog.tree.paths.inference, state_folder(self.main.session.environ))

    def _page(self, view: ViewModel, width: int, loaded: Mapping[str, History] | None) -> Page:
        if loaded is not None and loaded is not self._loaded:
            self._loaded = loaded
            results = view.live.results(view.catalog).values()
            self._histories = added({**loaded, **self._histories}, results)
        settings = self.app.settings
        note: Run = (self._ended or "not asking", "dim")
        every = f"each {settings.watch_every} s"
        if self.watching:
            note = (f"{every} until {time.strftime('%H:%M:%S', time.localtime(self._ends_at))}", "accent")
        sheet = history_sheet(view, width, self._histories)
        sheet.blank()
        key = self.main.table.key_labels("watch")
        if self.watching:
            done = counted(self._rounds, "round")
            sheet.text((f"{done} done; esc or {key} ends it, as does leaving the page", "dim"))
        else:
            sheet.text((f"{key} asks all enabled backends {every} for {settings.watch_for} min", "dim"))
            sheet.text(("the settings watch_every and watch_for change that; nothing is asked before", "dim"))
        return Page(sheet, (note,))


def history_sheet(view: ViewModel, width: int, histories: Mapping[str, History]) -> PageSheet:
    """Two lines for each enabled backend, and for each other one with a history."""
    sheet = PageSheet(view, width, "watch", "latency of the backends")
    blocks = _BLOCKS[width >= 100]
    names = dict.fromkeys((*view.catalog.enabled, *(name for name in histories if name in view.catalog.backends)))
    for name in names:
        history = histories.get(name)
        link = ItemRef("backend", "", name)
        last = history.samples[-1] if history is not None and history.samples else None
        if history is None or last is None:
            result = view.live.result(view.catalog, name)
            reason = plain(result.texts[0]) if result is not None and not result.good else "not asked yet"
            sheet.text(("- ", "dim"), (fit(name, _NAME), "accent"), (f"  {reason}", "dim"), link=link, hang=4)
            continue
        mark: Run = ("+ ", "good") if last.good else ("x ", "bad")
        word = WORDS[last.status] if not last.good or last.latency is None else duration(last.latency)
        line = sparkline(history.samples, blocks)
        sheet.text(mark, (fit(name, _NAME), "accent"), (f"  {word:<12}  ", ""), (line, ""), link=link)
        sheet.text((f"  {history.text}, last {age(time.time() - last.at)}", "dim"), hang=2)
    return sheet
