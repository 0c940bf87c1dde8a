"""The concurrent execution of checks, with time limits, progress events and cancellation."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from core.probes import signing
from core.probes.check import Check
from core.probes.check_plan import CheckPlan
from core.probes.check_result import CheckResult, result_of
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.run_settings import Settings
from core.probes.transport import Transport
from core.records import dataclass

_CLOSE_TIMEOUT_S: Final = 0.15
"""The time for cancelled checks to close their connections."""


class Stage(StrEnum):
    """The stage of a check."""

    QUEUED = "queued"
    STARTED = "started"
    REQUESTING = "requesting"
    RETRYING = "retrying"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a check, with a text for the user; DONE has the result."""

    backend: str
    stage: Stage
    text: str = ""
    result: CheckResult | None = None


Listener = Callable[[Event], None]


async def run_checks(
    plans: Sequence[CheckPlan],
    settings: Settings | None = None,
    listen: Listener | None = None,
    cancelled: asyncio.Event | None = None,
) -> list[CheckResult]:
    """Run plans. Returns a result for every plan in order, whatever the servers do.

    `listen` is called in this loop at each step. Unfinished checks are CANCELLED once `cancelled` is set, and TIMEOUT
    after `settings.total` seconds. Cancelling the task itself raises CancelledError after that.
    Raises OSError when the certificate file is not usable.
    """
    settings = settings or Settings()
    notify: Listener = listen or (lambda _: None)
    stop = cancelled or asyncio.Event()
    requests = [request for plan in plans if plan.sends for request in plan.requests]
    transport = Transport(settings, secure=any(request.address.scheme == "https" for request in requests))
    if requests:
        signing.warm_up(
            amazon=any(request.signer for request in requests), google=any(request.grant for request in requests)
        )
        await transport.warm_up()
    results: dict[int, CheckResult] = {}
    slots = asyncio.Semaphore(settings.concurrency)
    hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(settings.per_host))
    ends_at = time.monotonic() + settings.total

    def store_result(number: int, result: CheckResult) -> None:
        results[number] = result
        notify(Event(result.backend, Stage.DONE, result=result))

    async def run_one(number: int, plan: CheckPlan) -> None:
        async with hosts[plan.host], _yielding(slots, settings.slow):
            notify(Event(plan.backend, Stage.STARTED))
            check = Check(plan, transport, settings, ends_at, lambda s, w: notify(Event(plan.backend, Stage(s), w)))
            store_result(number, await check.result())

    tasks: list[asyncio.Task[None]] = []
    for number, plan in enumerate(plans):
        if plan.sends:
            notify(Event(plan.backend, Stage.QUEUED))
            tasks.append(asyncio.create_task(run_one(number, plan)))
        else:
            store_result(number, skipped_result(plan))
    stopper = asyncio.create_task(stop.wait())
    status = Finding(CheckStatus.TIMEOUT, Reason.DEADLINE)
    try:
        if tasks:
            all_done = asyncio.create_task(asyncio.wait(tasks))
            pending: set[asyncio.Future[Any]] = {all_done, stopper}
            try:
                await asyncio.wait(pending, timeout=settings.total, return_when=asyncio.FIRST_COMPLETED)
            finally:
                all_done.cancel()
        if stop.is_set():
            status = Finding(CheckStatus.CANCELLED)
    except asyncio.CancelledError:
        status = Finding(CheckStatus.CANCELLED)
        raise
    finally:
        await _cancel_all([stopper, *tasks])
        for number, plan in enumerate(plans):
            if number not in results:
                store_result(number, skipped_result(plan, status))
    return [results[number] for number in range(len(plans))]


@contextlib.asynccontextmanager
async def _yielding(slots: asyncio.Semaphore, seconds: float) -> AsyncIterator[None]:
    """Hold a slot for at most some seconds, so that hosts that never answer do not hold back the other ones."""
    await slots.acquire()
    timer = asyncio.get_running_loop().call_later(seconds, slots.release)
    try:
        yield
    finally:
        if timer.when() > asyncio.get_running_loop().time():
            timer.cancel()
            slots.release()


async def _cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    cancelled = [task for task in tasks if task.cancel()]
    if cancelled:
        await asyncio.wait(cancelled, timeout=_CLOSE_TIMEOUT_S)


def skipped_result(plan: CheckPlan, finding: Finding | None = None) -> CheckResult:
    """The result of a plan that was not run, or not to its end."""
    verdict = finding or plan.verdict or Finding(CheckStatus.NOT_CHECKABLE)
    result = result_of(plan, Finding(verdict.status, verdict.reason, plan.scrub(verdict.detail)))
    if not plan.unapproved:
        return result
    first = plan.unapproved[0]
    return replace(result, host=first.origin, variable=first.variable or plan.key_variable)


class Run:
    """Checks in a daemon thread, so that neither a key press nor the exit of the process waits for a server."""

    def __init__(self, plans: Sequence[CheckPlan], settings: Settings | None, listen: Listener) -> None:
        """`listen` is called in the thread of the run at each step of each check."""
        self._plans = list(plans)
        self._settings = settings
        self._listen = listen
        self._loop: asyncio.AbstractEventLoop | None = None
        self._cancelled: asyncio.Event | None = None
        self._cancel_requested = False
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._results: list[CheckResult] = []
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._work, name="checks", daemon=True)

    def start(self) -> Run:
        """Start the thread. Returns the run itself."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Cancel the unfinished checks. May be called from any thread at any time."""
        with self._lock:
            self._cancel_requested = True
            if self._loop is not None and self._cancelled is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended already
                    self._loop.call_soon_threadsafe(self._cancelled.set)

    def wait(self, seconds: float | None = None) -> list[CheckResult] | None:
        """The results once all checks are done; None after `seconds`. Raises OSError as `run_checks` does."""
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
            if self._cancel_requested:
                cancelled.set()
        return await run_checks(self._plans, self._settings, self._listen, cancelled)
