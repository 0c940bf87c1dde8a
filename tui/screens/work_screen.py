"""The base class of the main screen for edits and live checks, and the messages of their threads."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual import on
from textual.worker import Worker, WorkerState

from tui import messages
from tui.base_app import CommandScreen
from tui.command import CommandTable
from tui.live import merge_live_results
from tui.startup import collection_paused

if TYPE_CHECKING:
    from core.workspace import Workspace
    from tui.base_app import BaseApp
    from tui.checks.check_run import Checking
    from tui.editing.disk_watch import Watch
    from tui.editing.session_edits import Editing
    from tui.protocols import MainScreenProtocol
    from tui.trace_reading import TraceReading

READING_AFTER_S: Final = 1.0
"""Reading the methods longer than this is shown (seconds): most projects have few or none."""


class WorkScreen(CommandScreen[None]):
    """A screen with edits and live checks, whose modules are imported when they are first used."""

    app: BaseApp

    def __init__(self, table: CommandTable) -> None:
        super().__init__(table, "main")
        self._editing: Editing | None = None
        self._traces: TraceReading | None = None
        self.checking: Checking | None = None
        """Live checks, once one was started."""
        self.disk_watch: Watch | None = None
        """Watches the disk, once the modules for edits are imported."""

    @property
    def checks(self) -> Checking:
        """The live checks of this screen."""
        if self.checking is None:
            from tui.checks.check_run import Checking

            self.checking = Checking(cast("MainScreenProtocol", self))
        return self.checking

    @property
    def traces(self) -> TraceReading:
        """The reading of the traces of past runs."""
        if self._traces is None:
            from tui.trace_reading import TraceReading

            self._traces = TraceReading(cast("MainScreenProtocol", self))
        return self._traces

    @on(messages.TracesProgressed)
    def show_trace_progress(self, event: messages.TracesProgressed) -> None:
        """Show how much of the traces is read."""
        self.traces.show_progress(event)

    @on(messages.TracesRead)
    def show_traces(self, event: messages.TracesRead) -> None:
        """Show what past runs say."""
        self.traces.show(event)

    @property
    def editing(self) -> Editing:
        """The edits of this screen."""
        if self._editing is None:
            from tui.editing.session_edits import Editing

            self._editing = Editing(cast("MainScreenProtocol", self))
        return self._editing

    @property
    def busy(self) -> str:
        """The label of the running task; empty when there is none."""
        return self._editing.busy if self._editing is not None else ""

    @on(messages.TaskFinished)
    def finish_task(self, event: messages.TaskFinished) -> None:
        """Show the result of a task, and start the next."""
        self.editing.finish(event.result)

    @on(messages.EditMade)
    @on(messages.EditRejected)
    @on(messages.HistoryStepped)
    @on(messages.EditMoved)
    @on(messages.EditsSaved)
    @on(messages.FilesRefreshed)
    def show_edit_result(self, event: messages.EditResult) -> None:
        """Show the result of an edit that no dialog shows."""
        event.stop()
        if isinstance(event, messages.FilesRefreshed) and self.disk_watch is not None:
            self.disk_watch.merged()
            self._look_for_exposed()
        self.editing.show_result(event)

    @on(messages.ChecksPlanned)
    @on(messages.CheckProgressed)
    @on(messages.ChecksFinished)
    @on(messages.ChecksFailed)
    def advance_checks(self, event: messages.CheckMessage) -> None:
        """Show the progress of the checks."""
        self.checks.advance(event)

    @on(messages.LiveResultsMerged)
    def show_merged(self, event: messages.LiveResultsMerged) -> None:
        """Show the report with new live results."""
        self.checks.live_results.show(event)

    @on(messages.EditingImported)
    def start_editing(self) -> None:
        """Settle an interrupted commit, and watch the disk."""
        from tui.editing.disk_watch import Watch
        from tui.editing.interrupted_commits import settle_interrupted

        settle_interrupted(self.editing)
        self.read_methods()
        self.disk_watch = Watch(self.editing)
        self.disk_watch.start(self.app.watch_every_s)
        self.look_for_drift()
        self._look_for_exposed()

    def _look_for_exposed(self) -> None:
        """Look in a thread for `.env` files that others may read: git is asked, which takes time."""
        screen = cast("MainScreenProtocol", self)
        view, environ = screen.session.view, screen.session.request.environ
        if view is None:
            return

        def look() -> None:
            from core.exposure import exposure_problems

            problems = exposure_problems(view.report, os.environ if environ is None else environ)
            self.post_message(messages.ExposureFound(view, problems))

        self.run_worker(look, thread=True, exclusive=True, group="exposure", exit_on_error=False)

    @on(messages.ExposureFound)
    def show_exposed(self, event: messages.ExposureFound) -> None:
        """Show the problems of `.env` files that others may read, or that they are gone."""
        screen = cast("MainScreenProtocol", self)
        session = screen.session
        view = session.view
        if view is None or event.problems == session.live.exposed:
            return
        session.live.exposed = event.problems
        results = session.live.results(view.catalog)
        session.merge_live_results(merge_live_results(view.report, results, event.problems))
        screen.show_live_results()

    def look_for_drift(self) -> None:
        """Compare the tree with the kit of the installed Pipelex in a thread, unless its files are as before."""
        session = cast("MainScreenProtocol", self).session
        view, marks = session.view, session.marks
        if self.disk_watch is None or view is None or (marks is not None and marks.hold_for(view.report)):
            return
        files = session.workspace.view

        def look() -> None:
            from core.upgrade.marks import drift_marks

            self.post_message(messages.DriftFound(view, drift_marks(view.report, files)))

        if view.catalog.installation is not None and view.catalog.installation.environment is not None:
            self.run_worker(look, thread=True, exclusive=True, group="drift", exit_on_error=False)

    @on(messages.DriftFound)
    def show_drift(self, event: messages.DriftFound) -> None:
        """Show what differs from the kits, unless the tree was edited since."""
        screen = cast("MainScreenProtocol", self)
        view = screen.session.view
        if view is not None and view.catalog is event.view.catalog:
            screen.session.mark(event.marks)
            screen.show_live_results()

    def read_methods(self) -> None:
        """Read the method files of the project in a thread."""
        workspace = cast("MainScreenProtocol", self).session.workspace

        def run() -> None:
            with collection_paused():
                methods = workspace.read_methods()
            self.post_message(messages.MethodsRead(workspace, methods))

        self.run_worker(run, thread=True, exclusive=True, group="methods", exit_on_error=False)
        self.set_timer(READING_AFTER_S, partial(self._show_reading, workspace))

    def _show_reading(self, workspace: Workspace) -> None:
        session = cast("MainScreenProtocol", self).session
        if session.reading_methods and workspace is session.workspace:
            session.reading_long = True
            cast("MainScreenProtocol", self).show_live_results(ages_only=True)

    @on(messages.MethodsRead)
    def show_methods(self, event: messages.MethodsRead) -> None:
        """Show the tree with its methods, once no edit is being made."""
        session = cast("MainScreenProtocol", self).session
        if event.workspace is session.workspace:
            self.editing.enqueue(partial(self.editing.attach_methods, event))

    @on(messages.RecoveryFinished)
    def show_recovery(self, event: messages.RecoveryFinished) -> None:
        """Show the results of recovering interrupted commits."""
        from tui.editing.interrupted_commits import show_recoveries

        show_recoveries(self.editing, event.recoveries)

    @on(messages.DiskChecked)
    def take_disk(self, event: messages.DiskChecked) -> None:
        """Merge changes on disk."""
        if self.disk_watch is not None:
            self.disk_watch.checked(event)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the error of a failed thread, and end its task."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            if event.worker.group == "edit":
                self.editing.fail()
            if event.worker.group == "traces":
                self.traces.fail()
            self.app.say_failure(event.worker.error)

    @property
    def can_stop_checks(self) -> bool:
        """Whether live checks can be cancelled now."""
        return self.checking is not None and self.checking.can_cancel
