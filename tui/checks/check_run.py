"""Live checks from the main screen: plan, consent, run in a thread, results."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from textual.message import Message

from core.files.state_folder import state_folder
from core.formatting import counted
from core.probes import result_cache
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.completion import CompletionPlan
from core.probes.consent import questions
from core.probes.plan_options import PlanOptions
from core.probes.proxies import proxy_fault
from core.probes.runner import Event, Run, Stage, skipped_result
from core.probes.trust import Trust
from core.records import dataclass
from tui.checks.check_inputs import settings_from
from tui.checks.consent import agree, ask_about_hosts, ask_about_model, describe_answer
from tui.checks.live_results import PAUSE_S, LiveResultsUpdater
from tui.credential_ids import credential_ids, credential_ids_of
from tui.live import InProgress, Live, ModelAnswer
from tui.messages import CheckMessage, CheckProgressed, ChecksFailed, ChecksFinished, ChecksPlanned
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from core.entities import ModelSpec
    from tui.protocols import MainScreenProtocol

_MODEL_S: Final = 60.0
"""The timeout of the answer of a model, in seconds."""


@dataclass
class Job:
    """Some backends to ask, or one model for a word: from the key that wants it until everything has answered."""

    names: list[str]
    view: ViewModel
    terms: PlanOptions = field(default_factory=PlanOptions)
    spec: ModelSpec | None = None
    plans: list[CheckPlan] = field(default_factory=list)
    owners: Mapping[str, str] = field(default_factory=dict)
    """The identities of keys and addresses of the coming answers, by backend."""
    completion: CompletionPlan | None = None
    run: Run | None = None
    thinking: bool = True
    """Whether plans are being made in a thread."""
    answered: int = 0
    agreed: bool = False
    """Whether a key may go to a new host by now: the requests are planned again."""
    on_end: Callable[[bool], None] | None = None
    """Called once it has ended in any way, with whether all plans have a result."""
    asks: bool = True
    """Whether the user is asked about new hosts."""
    number: int = field(default_factory=count().__next__)


class Checking:
    """The checks of a screen: at most one job at a time."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        self._screen = screen
        self._trust: Trust | None = None
        self._job: Job | None = None
        self._changed: set[str] = set()
        self._painting = False
        self.live_results = LiveResultsUpdater(screen)

    # ---- asked for

    @property
    def running(self) -> bool:
        """Whether anything is asked, or about to be."""
        return self._job is not None

    @property
    def can_cancel(self) -> bool:
        """Whether there is anything that esc would stop: not while a question is shown, which esc leaves."""
        return self._job is not None and (self._job.run is not None or self._job.thinking)

    def start(self, names: Sequence[str], on_end: Callable[[bool], None] | None = None, *, asks: bool = True) -> None:
        """Ask these backends: first the requests are planned, then the user approves new hosts if he is asked."""
        view = self._screen.session.view
        if view is None or self.running:
            return
        job = self._job = Job(list(names), view, on_end=on_end, asks=asks)
        self._live.in_progress = dict.fromkeys(names, InProgress("waits", "queued"))
        self._show()
        self._think(job)

    def try_model(self, spec: ModelSpec) -> None:
        """Request one word from a model, after the user has seen request and cost."""
        view = self._screen.session.view
        if view is None or self.running:
            return
        job = self._job = Job([spec.backend], view, spec=spec)
        self._think(job)

    def cancel(self) -> None:
        """Stop asking; what has answered stays."""
        job = self._job
        if job is None:
            return
        if job.run is not None:
            job.run.cancel()
        left = [plan for plan in job.plans if plan.backend in self._live.in_progress]
        text = f"cancelled: {job.answered} of {len(job.names)} answered" if job.spec is None else "cancelled"
        self._end(job)
        self._live.take(job.view.catalog, [skipped_result(plan, Finding(CheckStatus.CANCELLED)) for plan in left])
        self.live_results.soon()
        self._show()
        self._screen.app.say(text)

    # ---- planning and consent

    def _plan(self, job: Job) -> None:
        """Plan in a thread: the table of providers is imported for the first one."""
        if self._trust is None:
            self._trust = Trust(state_folder(self._screen.session.environ))
        stand_ins = self._screen.session.request.stand_ins
        wish = self._screen.app.settings
        replaced = stand_ins() if stand_ins is not None else {}
        job.terms = PlanOptions(trust=self._trust, stand_ins=replaced, proxy=wish.proxy, ca_file=wish.ca_file)
        if job.spec is not None:
            from core.probes.completion import plan_completion

            job.completion = plan_completion(job.view.catalog, job.spec, job.terms)
            job.plans = [job.completion.plan]
            job.owners = credential_ids(job.terms, job.view.catalog, job.names)
        else:
            job.plans = plan_checks(job.view.catalog, job.names, job.terms)
            job.owners = credential_ids_of(job.plans)

    def _planned(self, job: Job) -> None:
        """Ask about each host that a key would be sent to for the first time, then about the cost."""
        job.thinking = False
        asked = questions(job.plans)

        def agreed(key: bool) -> None:
            if not key:
                self._consented(job)
                return
            job.thinking = job.agreed = True
            self._think(job)

        if asked and job.asks and self._trust is not None:
            ask_about_hosts(self._screen, asked, partial(agree, self._screen, self._trust), agreed)
        else:
            self._consented(job)

    def _consented(self, job: Job) -> None:
        job.thinking = False
        if job.completion is None:
            self._carry_out(job)
            return
        if not job.completion.plan.sends:
            message, advice = skipped_result(job.completion.plan).texts
            self._end(job)
            self._screen.show_status(f"not sent: {message}{f': {advice}' if advice else ''}")
            return

        def answered(key: str) -> None:
            if key == "send":
                self._carry_out(job)
                return
            self._end(job)
            self._screen.show_status("not sent")
            if key == "list":
                self.start([job.completion.spec.backend] if job.completion is not None else [])

        ask_about_model(self._screen, job.completion, answered)

    # ---- running

    def _carry_out(self, job: Job) -> None:
        live, wish = self._live, self._screen.app.settings
        if job.spec is not None:
            live.answering = (job.spec.backend, job.spec.handle)
        live.whose = partial(credential_ids, job.terms)
        live.set_credential_ids(job.view.catalog, job.owners)
        settings = settings_from(wish, job.view.catalog)
        if job.spec is not None:
            settings = replace(settings, per_check=_MODEL_S, total=_MODEL_S, retry=False)
        if proxy_fault(wish.proxy):
            self._end(job)
            self._screen.app.say(f"not checked: {proxy_fault(wish.proxy)}")
            return
        run = job.run = Run(job.plans, settings, lambda event: self._post(CheckProgressed(job.number, event)))
        run.start()

        def wait() -> None:
            failed = ""
            results: list[CheckResult] = []
            try:
                results = run.wait() or []
            except OSError:
                trusted = settings.certificates
                failed = f"no certificates can be read from {trusted.path} ({trusted.source})"
            # Results of stand-ins are not stored: their tree may be removed at this moment.
            if results and self._screen.session.request.stand_ins is None:
                root, state = job.view.catalog.tree.paths.inference, state_folder(self._screen.session.environ)
                failed = result_cache.save_results(root, state, job.plans, results) or ""
            self._post(ChecksFinished(job.number, results, failed))

        threading.Thread(target=wait, name="checks-end", daemon=True).start()
        self._say(job)
        self._show()

    def _step(self, job: Job, event: Event) -> None:
        if job.spec is not None:
            return
        live = self._live
        if event.stage is Stage.DONE and event.result is not None:
            live.in_progress.pop(event.backend, None)
            live.take(job.view.catalog, [event.result])
            job.answered += event.result.applicable
            self.live_results.soon()
        elif event.stage is Stage.RETRYING:
            live.in_progress[event.backend] = InProgress("retries", event.text)
        elif event.stage is not Stage.QUEUED:
            page = event.text.rpartition(", page ")[2] if ", page " in event.text else ""
            live.in_progress[event.backend] = InProgress(f"page {page}" if page else "asking", event.text)
        self._changed.add(event.backend)
        if not self._painting:
            self._painting = True
            self._screen.set_timer(PAUSE_S, self._paint)

    def _paint(self) -> None:
        """Render the changes of the last steps in one frame."""
        self._painting = False
        changed, self._changed = self._changed, set()
        if self._job is not None and self._job.run is not None:
            self._say(self._job)
        self._show(*changed)

    def _ended(self, job: Job, results: Sequence[CheckResult], failed: str) -> None:
        self._end(job, finished=bool(results))
        if job.spec is not None and job.completion is not None and results:
            answer = ModelAnswer(results[0], job.spec, job.completion.cost_of(results[0]))
            self._live.take_answer(job.view.catalog, answer)
            self.live_results.soon()
            self._show()
            self._screen.app.say(failed or describe_answer(answer))
            return
        good, bad = sum(result.good for result in results), sum(result.bad for result in results)
        other_count = len(results) - good - bad
        unproven = sum(result.inconclusive for result in results)
        parts = [f"{good} good", f"{bad} not", *([f"{unproven} not proven"] if unproven else [])]
        parts += [f"{other_count - unproven} not asked"] if other_count > unproven else []
        if len(results) == 1:
            message, advice = results[0].texts
            parts = [f"{results[0].backend}: {message}" + (f": {advice}" if advice and not results[0].good else "")]
        self._show(*job.names)
        self._screen.app.say(failed or ", ".join(parts))

    def _end(self, job: Job, *, finished: bool = False) -> None:
        """Finish the job: messages that still arrive are ignored."""
        if self._job is job:
            self._job = None
        self._live.in_progress.clear()
        self._live.answering = None
        if job.on_end is not None:
            job.on_end(finished)

    def _failed(self, job: Job, error: Exception) -> None:
        """A thread has failed: store an error as the result of each backend."""
        self._end(job)
        self._screen.session.log.add(f"checks could not be planned: {type(error).__name__}")
        if job.spec is None:
            finding = Finding(CheckStatus.NOT_CHECKABLE, Reason.INTERNAL)
            results = [CheckResult(name, "", finding, "", time.time()) for name in job.names]
            self._live.take(job.view.catalog, results)
            self.live_results.soon()
        self._show()
        self._screen.app.say("not checked: pipedeck failed; see the log, key L")

    # ---- showing

    @property
    def _live(self) -> Live:
        return self._screen.session.live

    def _say(self, job: Job) -> None:
        if job.spec is not None:
            self._screen.app.say(f"{job.spec.handle} is asked for one word ...   esc cancels")
            return
        sent = sum(plan.sends for plan in job.plans)
        self._screen.app.say(f"{job.answered} of {counted(sent, 'backend')} answered   esc cancels")

    def _show(self, *names: str) -> None:
        """Render the changes: the rows, and the details when they are of it."""
        screen = self._screen
        screen.fit_live()
        screen.panes["backends"].show_again()
        ref = screen.session.selected
        if ref.kind != "backend" or not names or ref.name in names:
            screen.show_item(ref, keep_place=True)

    # ---- threads

    def advance(self, event: CheckMessage) -> None:
        """Process the result of a thread, unless its job was cancelled."""
        job = self._job
        if job is None or job.number != event.job:
            return
        match event:
            case ChecksPlanned():
                (self._consented if job.agreed else self._planned)(job)
            case CheckProgressed():
                self._step(job, event.event)
            case ChecksFinished():
                self._ended(job, event.results, event.failure)
            case ChecksFailed():
                self._failed(job, event.error)

    def _post(self, message: Message) -> None:
        with contextlib.suppress(RuntimeError):  # the app has ended meanwhile
            self._screen.post_message(message)

    def _think(self, job: Job) -> None:
        def run() -> None:
            try:
                self._plan(job)
            except Exception as error:  # noqa: BLE001 - shown as a result, not by the end of the app
                self._post(ChecksFailed(job.number, error))
            else:
                self._post(ChecksPlanned(job.number))

        threading.Thread(target=run, name="checks-plan", daemon=True).start()
