"""Asking providers from the main screen: the plan, the consent, the run in its own thread, and what comes of it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.files.store.state import state_folder
from core.probes.cache import keep_results, kept_results
from core.probes.engine import Event, Stage
from core.probes.plan import CheckPlan, Pair
from core.probes.planning import Terms, ask_again, plan_checks
from core.probes.result import CheckResult
from core.probes.run import Run
from core.probes.settings import Settings
from core.probes.trust import Trust
from tui.checks.live import Live
from tui.editing.work import Worked
from tui.facts import Facts
from tui.screens.ask import AskScreen, Option
from tui.widgets.lines import Line
from tui.words import counted

if TYPE_CHECKING:
    from tui.faces.main import MainFace
    from tui.faces.work import WorkFace


class Checking:
    """The checks of a screen: at most one run at a time."""

    def __init__(self, screen: WorkFace) -> None:
        self._screen = screen
        self._live: Live | None = None
        self._trust: Trust | None = None
        self._run: Run | None = None
        self._names: list[str] = []
        self._answered = 0
        self._sent = 0

    # ---- asking

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return self._live is not None

    def start(self, names: Sequence[str]) -> None:
        """Ask these backends: first what would be sent is worked out, then a person is asked about new hosts."""
        facts = self._screen.session.facts
        if facts is None or self.running:
            return
        self._names, self._answered, self._sent = list(names), 0, len(names)
        self._live = self._screen.session.live
        self._live.under_way = dict.fromkeys(names, "waits")
        self._show()
        self._work(self._plan, facts, self._planned)

    def cancel(self) -> None:
        """Stop asking; what has answered stays."""
        if self._run is not None:
            self._run.cancel()
        self._screen.tell("cancelled: what has answered stays")

    def _plan(self, facts: Facts) -> list[CheckPlan]:
        """Plan in a thread: the table of providers is imported for the first one."""
        if self._trust is None:
            self._trust = Trust(state_folder(environ_of(self._screen)))
        return plan_checks(facts.catalog, self._names, self._terms())

    def _terms(self) -> Terms:
        stand_ins = self._screen.session.request.stand_ins
        return Terms(trust=self._trust or (), stand_ins=stand_ins() if stand_ins is not None else {})

    def _planned(self, facts: Facts, plans: list[CheckPlan]) -> None:
        self._consent(facts, plans, ask_again(plans), agreed=False)

    def _consent(self, facts: Facts, plans: list[CheckPlan], pairs: list[Pair], *, agreed: bool) -> None:
        """Ask about each variable that would go to a host where it never went; leaving means no."""
        if not pairs:
            if agreed:
                plans = plan_checks(facts.catalog, self._names, self._terms())
            self._carry_out(facts, plans)
            return
        pair, *others = pairs

        def answer(key: str | None) -> None:
            failed = self._trust.approve(pair) if key and self._trust is not None else None
            if failed:
                self._screen.tell(failed)
            self._consent(facts, plans, others, agreed=agreed or bool(key))

        lines = [
            Line(((pair.variable, "heading"), (" was never sent to ", ""), (pair.origin, "heading"), (".", ""))),
            Line((("A tree that somebody else wrote can name any variable and any host.", "dim"),)),
        ]
        options = [Option("", "do not send it"), Option("send", "send it, now and from now on")]
        self._screen.app.push_screen(AskScreen("send a key to a new host?", lines, options), answer)

    # ---- running

    def _carry_out(self, facts: Facts, plans: list[CheckPlan]) -> None:
        self._sent = sum(plan.sends for plan in plans)
        ca_file = environ_of(self._screen).get("SSL_CERT_FILE") or None
        run = self._run = Run(plans, Settings(ca_file=ca_file), lambda event: self._post(partial(self._step, event)))
        run.start()

        def wait() -> None:
            failed = ""
            results: list[CheckResult] = []
            try:
                results = run.wait() or []
            except OSError:
                failed = "SSL_CERT_FILE: no certificates can be read from it"
            root = facts.catalog.tree.found.inference
            failed = failed or keep_results(root, state_folder(environ_of(self._screen)), plans, results) or ""
            self._post(partial(self._ended, facts, results, failed))

        threading.Thread(target=wait, name="checks-end", daemon=True).start()
        self._say()

    def _step(self, event: Event) -> None:
        live, facts = self._live, self._screen.session.facts
        if live is None or facts is None:
            return
        if event.stage is Stage.DONE and event.result is not None:
            live.under_way.pop(event.backend, None)
            live.take(facts.catalog, [event.result])
            self._answered += event.result.asked
            self._say()
        elif event.stage is not Stage.QUEUED:
            live.under_way[event.backend] = "asking"
        self._show(event.backend)

    def _ended(self, facts: Facts, results: list[CheckResult], failed: str) -> None:
        live, self._live, self._run = self._live, None, None
        if live is None:
            return
        live.under_way.clear()
        good, bad = sum(result.good for result in results), sum(result.bad for result in results)
        unasked = len(results) - good - bad
        parts = [f"{good} good", f"{bad} not"] + ([f"{unasked} not asked"] if unasked else [])
        if len(results) == 1:
            said, advice = results[0].words
            parts = [f"{results[0].backend}: {said}" + (f": {advice}" if advice and not results[0].good else "")]
        self._show(*self._names)
        self._screen.tell(failed or ", ".join(parts))

    def _say(self) -> None:
        self._screen.tell(f"{self._answered} of {counted(self._sent, 'backend')} answered   esc cancels")

    def _show(self, *names: str) -> None:
        """Paint what has changed: the rows, and the details when they are of it."""
        screen = self._screen
        screen.panes["backends"].show_again()
        thing = screen.session.thing
        if thing.kind != "backend" or not names or thing.name in names:
            screen.show_thing(thing, keep_place=True)

    # ---- threads

    def _post(self, then: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self._screen.post_message(Worked(then))

    def _work(
        self, work: Callable[[Facts], list[CheckPlan]], facts: Facts, then: Callable[[Facts, list[CheckPlan]], None]
    ) -> None:
        def run() -> None:
            plans = work(facts)
            self._post(partial(then, facts, plans))

        threading.Thread(target=run, name="checks-plan", daemon=True).start()


def environ_of(screen: WorkFace) -> Mapping[str, str]:
    """The environment that the session answers for."""
    given = screen.session.request.environ
    return os.environ if given is None else given


def remembered(screen: WorkFace, facts: Facts) -> list[CheckResult]:
    """The results of earlier sessions that still hold. Sends nothing; to be called in a thread."""
    terms = Terms(trust=Trust(state_folder(environ_of(screen))))
    plans = plan_checks(facts.catalog, list(facts.catalog.backends), terms)
    return kept_results(facts.catalog.tree.found.inference, state_folder(environ_of(screen)), plans)


def show_remembered(screen: WorkFace, results: list[CheckResult]) -> None:
    """Show results of earlier sessions, beside those of this one."""
    facts, live = screen.session.facts, screen.session.live
    if facts is None or not results:
        return
    live.take(facts.catalog, [result for result in results if live.result(facts, result.backend) is None])
    screen.panes["backends"].show_again()
    screen.show_thing(screen.session.thing, keep_place=True)


def checking_of(screen: MainFace) -> Checking:
    """The checks of a screen."""
    if screen.checking is None:
        screen.checking = Checking(screen)
    return screen.checking


def check_one(screen: MainFace) -> None:
    """`t`: ask the selected backend; while one is asked, stop that."""
    checks = checking_of(screen)
    if checks.running:
        checks.cancel()
    else:
        checks.start([screen.session.thing.name])


def check_all(screen: MainFace) -> None:
    """`T`: ask all that are on; while they are asked, stop that."""
    checks, facts = checking_of(screen), screen.session.facts
    if checks.running:
        checks.cancel()
    elif facts is not None and facts.catalog.enabled:
        checks.start(list(facts.catalog.enabled))
    else:
        screen.tell("no backend is on")


def browse(screen: MainFace) -> None:
    """Look through what a backend's provider serves, as it was told when it was last asked."""
    from tui.screens.served import ServedScreen

    facts, name = screen.session.facts, screen.session.thing.name
    result = screen.session.live.result(facts, name) if facts is not None else None
    if facts is None or result is None:
        screen.tell("what it serves is not known yet: t asks it")
    elif not result.listing.models:
        screen.tell(f"it listed no models{': ' + result.listing.why if result.listing.why else ''}")
    else:
        screen.app.push_screen(ServedScreen(screen, name))
