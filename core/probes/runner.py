"""The concurrent execution of checks, with time limits, progress events and cancellation."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

from core.probes import signing
from core.probes.check import Check
from core.probes.check_plan import CheckPlan
from core.probes.check_result import CheckResult
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.transport import Settings, Transport
from core.records import dataclass

_LEAVING_S: Final = 0.15
"""How long a check that was told to stop may take to close its connections."""


class Stage(StrEnum):
    """What has just happened to a check."""

    QUEUED = "queued"
    STARTED = "started"
    ASKING = "asking"
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a check. `words` say what is asked for or waited for; `result` comes with DONE."""

    backend: str
    stage: Stage
    words: str = ""
    result: CheckResult | None = None


Listener = Callable[[Event], None]


async def run_checks(
    plans: Sequence[CheckPlan],
    settings: Settings | None = None,
    listen: Listener | None = None,
    cancelled: asyncio.Event | None = None,
) -> list[CheckResult]:
    """Carry out plans. Every plan gets a result, in the order of the plans; nothing is raised for what a server does.

    `listen` is called in this loop at each step. Once `cancelled` is set, what is not done is CANCELLED; at the end of
    `settings.in_all` it is TIMEOUT. Cancelling the task itself does the same and then raises CancelledError.
    Raises OSError when the file of certificates cannot be used.
    """
    settings = settings or Settings()
    tell: Listener = listen or (lambda _: None)
    stop = cancelled or asyncio.Event()
    sent = [ask for plan in plans if plan.sends for ask in plan.requests]
    wire = Transport(settings, secure=any(ask.address.scheme == "https" for ask in sent))
    if sent:
        signing.warm_up(amazon=any(ask.signer for ask in sent), google=any(ask.grant for ask in sent))
        await wire.warm_up()
    results: dict[int, CheckResult] = {}
    places = asyncio.Semaphore(settings.at_once)
    hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(settings.per_host))
    ends_at = time.monotonic() + settings.in_all

    def done(number: int, result: CheckResult) -> None:
        results[number] = result
        tell(Event(result.backend, Stage.DONE, result=result))

    async def one(number: int, plan: CheckPlan) -> None:
        async with hosts[plan.host], places:
            tell(Event(plan.backend, Stage.STARTED))
            check = Check(plan, wire, settings, ends_at, lambda s, w: tell(Event(plan.backend, Stage(s), w)))
            done(number, await check.result())

    tasks: list[asyncio.Task[None]] = []
    for number, plan in enumerate(plans):
        if plan.sends:
            tell(Event(plan.backend, Stage.QUEUED))
            tasks.append(asyncio.create_task(one(number, plan)))
        else:
            done(number, skipped_result(plan))
    stopper = asyncio.create_task(stop.wait())
    status = Finding(CheckStatus.TIMEOUT, Reason.DEADLINE)
    try:
        if tasks:
            everything = asyncio.create_task(asyncio.wait(tasks))
            waiting: set[asyncio.Future[Any]] = {everything, stopper}
            try:
                await asyncio.wait(waiting, timeout=settings.in_all, return_when=asyncio.FIRST_COMPLETED)
            finally:
                everything.cancel()
        if stop.is_set():
            status = Finding(CheckStatus.CANCELLED)
    except asyncio.CancelledError:
        status = Finding(CheckStatus.CANCELLED)
        raise
    finally:
        await _leave([stopper, *tasks])
        for number, plan in enumerate(plans):
            if number not in results:
                done(number, skipped_result(plan, status))
    return [results[number] for number in range(len(plans))]


async def _leave(tasks: Iterable[asyncio.Task[Any]]) -> None:
    waiting = [task for task in tasks if task.cancel()]
    if waiting:
        await asyncio.wait(waiting, timeout=_LEAVING_S)


def skipped_result(plan: CheckPlan, finding: Finding | None = None) -> CheckResult:
    """The result of a plan that was not carried out, or not to its end."""
    verdict = finding or plan.verdict or Finding(CheckStatus.NOT_CHECKABLE)
    host = plan.unapproved[0].origin if plan.unapproved else plan.host
    return CheckResult(
        plan.backend,
        plan.provider.name if plan.provider is not None else "",
        Finding(verdict.status, verdict.reason, plan.scrub(verdict.detail)),
        host,
        time.time(),
        variable=plan.unapproved[0].variable if plan.unapproved else plan.key_variable,
        wrong_field=plan.wrong_field,
        extra=plan.extra,
        notes=plan.notes,
    )


class Run:
    """Checks under way. The thread is left behind when the process ends: a look-up that hangs holds nobody up."""

    def __init__(self, plans: Sequence[CheckPlan], settings: Settings | None, listen: Listener) -> None:
        """`listen` is called in the thread of the run, for each step of each check."""
        self._plans = list(plans)
        self._settings = settings
        self._listen = listen
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cancelled: asyncio.Event | None = None
        self._cancel_asked = False
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._results: list[CheckResult] = []
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._work, name="checks", daemon=True)

    def start(self) -> Run:
        """Begin. Returns itself."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Stop: what is done stays, the rest is CANCELLED. May be called from any thread, at any time."""
        with self._lock:
            self._cancel_asked = True
            if self._loop is not None and self._cancelled is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended already
                    self._loop.call_soon_threadsafe(self._cancelled.set)

    def wait(self, seconds: float | None = None) -> list[CheckResult] | None:
        """The results once all is done; None when that takes longer. Raises OSError as `run_checks` does."""
        if not self._done.wait(seconds):
            return None
        if self._error is not None:
            raise self._error
        return self._results

    def _work(self) -> None:
        try:
            self._results = asyncio.run(self._go())
        except OSError as error:
            self._error = error
        finally:
            self._done.set()

    async def _go(self) -> list[CheckResult]:
        cancelled = asyncio.Event()
        with self._lock:
            self._loop, self._cancelled = asyncio.get_running_loop(), cancelled
            if self._cancel_asked:
                cancelled.set()
        return await run_checks(self._plans, self._settings, self._listen, cancelled)
