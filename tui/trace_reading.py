"""Reading the traces of past runs in the app: in a thread, with progress, until it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from tui.loading import build_view
from tui.messages import TracesProgressed, TracesRead

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.protocols import MainScreenProtocol

_STEP = 16 << 20
"""The bytes between two messages of progress."""


class TraceReading:
    """The reading of one main screen. `on_change` is called after each message, for a page over it."""

    def __init__(self, screen: MainScreenProtocol) -> None:
        self.screen = screen
        self.on_change: Callable[[], None] = lambda: None
        self._stopped = False

    @property
    def running(self) -> bool:
        """Whether traces are being read."""
        return self.screen.session.reading_traces is not None

    def start(self) -> None:
        """Read what was added to the traces, unless that is being done. The demo has none."""
        session = self.screen.session
        if self.running or session.view is None or session.request.label is not None:
            return
        session.reading_traces, self._stopped = 0, False
        self.screen.run_worker(self._read, thread=True, group="traces", exit_on_error=False)
        self.on_change()

    def start_if_any(self) -> None:
        """Read the traces where there are any; elsewhere the modules that read them are not imported."""
        from core.files.state_folder import state_folder
        from core.traces.location import has_traces

        session = self.screen.session
        if session.view is not None and has_traces(session.view.catalog, state_folder(session.environ)):
            self.start()

    def stop(self) -> None:
        """Stop the reading; the next one continues from there."""
        self._stopped = True

    def _read(self) -> None:
        from core.past_runs import read_traces, runs_of, stored_traces

        session, worker = self.screen.session, get_current_worker()
        view = session.view
        if view is None:
            return
        report, read, said = view.report, 0, 0

        def progress(size: int) -> bool:
            nonlocal read, said
            read += size
            if read - said >= _STEP:
                said = read
                self.screen.post_message(TracesProgressed(read))
            return not (self._stopped or worker.is_cancelled)

        if session.traces is None:  # the summary of the last reading, before what was added since
            stored = stored_traces(report, session.environ)
            if (runs := runs_of(report, stored.summary)) is not None:
                self.screen.post_message(TracesRead(stored, runs, build_view(report.with_runs(runs)), done=False))
        traces = read_traces(report, session.environ, progress)
        runs = runs_of(report, traces.summary)
        self.screen.post_message(TracesRead(traces, runs, build_view(report.with_runs(runs)), done=True))

    def show_progress(self, event: TracesProgressed) -> None:
        """Show how much is read."""
        if self.running:
            self.screen.session.reading_traces = event.size
            self.on_change()

    def show(self, event: TracesRead) -> None:
        """Show what past runs say."""
        session = self.screen.session
        if event.done:
            session.reading_traces = None
        session.take_runs(event.traces, event.runs, event.view)
        self.screen.show_live_results()
        self.on_change()

    def fail(self) -> None:
        """End a reading whose thread failed."""
        self.screen.session.reading_traces = None
        self.on_change()
