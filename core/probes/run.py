"""A run of checks in a thread of its own, so that neither a key press nor leaving waits for a server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence

from core.probes.engine import Listener, run_checks
from core.probes.plan import CheckPlan
from core.probes.result import CheckResult
from core.probes.settings import Settings


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
