"""The past runs of a project: its traces, read up to now, and what they say for its report."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.api import Report
from core.files.state_folder import state_folder
from core.records import dataclass
from core.traces.location import TraceFolder, trace_folder
from core.traces.run_index import RecentRuns, RowModels, RunIndex, recent_runs, with_models_of_errors
from core.traces.summary import Summary
from core.traces.trace_cache import load_cache, save_cache
from core.traces.trace_file import Progress
from core.traces.update import Updated, update

MAX_QUICK_BYTES: Final = 64 << 20
"""The bytes that are read for an answer which is not about the traces: less than a second."""


@dataclass(frozen=True, slots=True)
class ReadTraces:
    """The traces of a project as read now. `error`: why their summary could not be stored, or empty."""

    folder: TraceFolder
    updated: Updated
    error: str = ""

    @property
    def summary(self) -> Summary:
        """The summary of the traces read so far."""
        return self.updated.cache.summary


def stored_traces(report: Report, environ: Mapping[str, str]) -> ReadTraces:
    """The traces of a project as they were read last. Reads one file of the state folder."""
    folder = trace_folder(report.catalog)
    root, state = report.catalog.tree.paths.inference, state_folder(environ)
    return ReadTraces(folder, Updated(load_cache(root, state, folder.path)))


def read_traces(report: Report, environ: Mapping[str, str], progress: Progress = lambda _: True) -> ReadTraces:
    """Update the cached summary of a project, and store it. `progress` may stop the reading, which continues later."""
    stored = stored_traces(report, environ)
    folder, cache = stored.folder, stored.updated.cache
    if not Path(folder.path).is_dir() and not cache.summary.rows:
        return stored
    updated = update(cache, progress=progress)
    if updated.cache is cache:
        return ReadTraces(folder, updated)
    root, state = report.catalog.tree.paths.inference, state_folder(environ)
    return ReadTraces(folder, updated, save_cache(root, state, updated.cache) or "")


def with_recent_runs(report: Report, environ: Mapping[str, str]) -> Report:
    """The report with the runs of the last 30 days. Where much is unread, only the newest of it is read."""
    left = MAX_QUICK_BYTES

    def progress(size: int) -> bool:
        nonlocal left
        left -= size
        return left > 0

    return report.with_runs(runs_of(report, read_traces(report, environ, progress).summary))


def runs_of(report: Report, summary: Summary) -> RecentRuns | None:
    """The recent runs of a summary, for the report of the tree on the disk; None without any."""
    runs = recent_runs(summary, time.time())
    if runs is None:
        return None
    index = RunIndex(RowModels(report.catalog, report.serving, report.resolver, report.resolutions), runs)
    return with_models_of_errors(index, _changed(report))


def _changed(report: Report) -> float:
    """The unix time of the last change of a file of the tree."""
    times = [0.0]
    for source in report.catalog.tree.sources:
        with contextlib.suppress(OSError, ValueError):
            times.append(Path(source.path).stat().st_mtime)
    return max(times)
