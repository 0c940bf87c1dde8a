"""The loading of a tree: from a request to a view model with its indexes built."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from core.api import Report, current_directory, inspect_tree
from core.files.state_folder import has_results, state_folder
from core.files.view import Snapshot
from core.records import dataclass
from core.releases import NEWEST_RELEASE, behaviours_of
from core.target import named_release
from tui.selection import NO_FILTER
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from core.lives.lives import Knowledge
    from core.scaffold import Scaffold
    from core.traces.run_index import RecentRuns
    from tui.credential_ids import StoredResults


@dataclass(frozen=True)
class Request:
    """The tree to open, and the release, profile and environment to use. `label` replaces its path on screen."""

    path: str | None = None
    release: str | None = None
    profile: str | None = None
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    label: str | None = None
    read_only: bool = False
    cwd: str | None = None
    """The folder that Pipelex is started in; None: the current one."""
    python: str | None = None
    """The interpreter or environment folder whose Pipelex counts; None: it is searched."""
    stand_ins: Callable[[], Mapping[str, str]] | None = None
    """Starts local servers in place of the providers, by origin; for the demo."""

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables: `environ`, else those of the process."""
        return os.environ if self.environ is None else self.environ


class Loaded(NamedTuple):
    """A tree that was read: its view model and the snapshot of its files."""

    view: ViewModel
    snapshot: Snapshot
    stored: StoredResults | None = None
    """The results of checks in previous sessions."""


_FEW_FILES, _FEW_BYTES, _PROBE_S = 100, 512 * 1024, 0.005
"""The most files and bytes of a small tree, and the time in seconds in which a fast disk names them."""


def is_quick(request: Request) -> bool:
    """Whether a tree is so small, and its disk so fast, that reading it needs no thread.

    A thread that runs beside the imports of the app moves to another processor and back: 5 % of the time until the
    first screen, `python -m tests.benchmarks --only start`.
    """
    end = time.perf_counter() + _PROBE_S
    folder = Path(request.cwd or current_directory(), request.path or "")
    below = (folder / ".pipelex" / "inference", folder / "inference", folder)
    pending = [str(path) for path in below if path.name == "inference" and path.is_dir()][:1]
    files = size = 0
    try:
        while pending:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir():
                        pending.append(entry.path)
                    files, size = files + 1, size + entry.stat().st_size
                    if files > _FEW_FILES or size > _FEW_BYTES or time.perf_counter() > end:
                        return False
    except OSError:
        return False
    return files > 0


def load(request: Request, knowledge: Knowledge | None = None, runs: RecentRuns | None = None) -> Loaded:
    """Read, resolve and check the tree of a request. Touches no widget: it may run in a thread.

    Raises NoTreeError and UnknownReleaseError, as `inspect_tree` does.
    """
    snapshot = Snapshot()
    report = inspect_tree(
        request.path,
        release=request.release,
        profile=request.profile,
        environ=request.environ,
        cwd=request.cwd,
        python=request.python,
        first_start=False,
        view=snapshot,
    ).with_knowledge(knowledge)
    report = report.with_runs(runs)
    return Loaded(build_view(report), snapshot, _stored_results(request, report))


def _stored_results(request: Request, report: Report) -> StoredResults | None:
    state = state_folder(request.variables)
    if request.stand_ins is not None or not has_results(report.catalog.tree.paths.inference, state):
        return None
    from tui.credential_ids import read_stored

    return read_stored(report.catalog, request.variables)


def scaffold(request: Request, release: str | None = None) -> Scaffold:
    """The scaffold for a new tree at the path of a request, for its release or another one.

    Raises NoTreeError when the path is a file, and UnknownReleaseError for an unknown release.
    """
    from core.scaffold import scaffold_at

    target = named_release(release or request.release or NEWEST_RELEASE)
    cwd = request.cwd or current_directory()
    return scaffold_at(request.path, behaviours_of(target), cwd=cwd, environ=request.variables)


def build_view(report: Report) -> ViewModel:
    """The view model of a report, with the indexes built that a key would wait for."""
    view = ViewModel(report, report.catalog.own_active)
    _ = (report.verdict, report.causes, view.references, view.routes, view.defaults)
    if view.large:
        from tui.panes import PANE_SPECS
        from tui.startup import collection_paused

        with collection_paused():
            view.build_indexes()
            for pane in PANE_SPECS:
                list(pane.rows(view, NO_FILTER))
                pane.counts(view, NO_FILTER)
    return view
