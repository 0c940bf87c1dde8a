"""Further knowledge about a tree for commands: the index of lives and prices, previous checks, and past runs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from tui.cli.stored_checks import stored_check_results
from tui.reports.text_output import print_error

if TYPE_CHECKING:
    from core.lives.lives import Knowledge
    from core.probes.check_result import CheckResult
    from core.workspace import Workspace


def with_knowledge(
    report: Report, options: argparse.Namespace, results: Sequence[CheckResult] | None = None
) -> tuple[Report, tuple[str, ...]]:
    """The report with the index, and the notes about it, which are printed. Sends nothing."""
    knowledge, notes = _read(report, options, results)
    return report.with_knowledge(knowledge), notes


def know(workspace: Workspace, options: argparse.Namespace) -> None:
    """Take the index into account in a workspace."""
    knowledge, _ = _read(workspace.report, options, None)
    workspace.know(knowledge)


def with_runs(report: Report, options: argparse.Namespace) -> Report:
    """The report with the past runs of the project, as the app counts them, unless it is to be left out."""
    if getattr(options, "offline", False) or getattr(options, "assume_keys", False):
        return report
    from core.files.state_folder import state_folder
    from core.traces.location import has_traces

    if not has_traces(report.catalog, state_folder(os.environ)):
        return report
    from core.past_runs import with_recent_runs  # slow to import

    return with_recent_runs(report, os.environ)


def _read(
    report: Report, options: argparse.Namespace, results: Sequence[CheckResult] | None
) -> tuple[Knowledge | None, tuple[str, ...]]:
    from core.lives.lives import read_knowledge

    if results is None:
        results = stored_check_results(report, options)
    listed = {}
    if results:
        from core.probes.availability import listed_models

        listed = dict(listed_models(report.catalog, results))
    knowledge, notes = read_knowledge(os.environ, listed)
    for note in notes:
        print_error(note)
    return knowledge, notes
