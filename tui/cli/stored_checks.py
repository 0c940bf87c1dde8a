"""The results of previous checks in commands that check nothing: the option `--offline`, and reading them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.api import Report
from core.files.state_folder import has_results, state_folder

if TYPE_CHECKING:
    from core.probes.check_result import CheckResult


def add_offline_option(parser: argparse.ArgumentParser) -> None:
    """Add `--offline`."""
    parser.add_argument(
        "--offline",
        action="store_true",
        help="leave out past runs, and previous checks, which count while key and address are the same",
    )


def stored_check_results(report: Report, options: argparse.Namespace) -> Sequence[CheckResult]:
    """The results of previous checks, as the app counts them. Sends nothing."""
    if getattr(options, "offline", False) or getattr(options, "assume_keys", False):
        return ()
    if not has_results(report.catalog.tree.paths.inference, state_folder(os.environ)):
        return ()
    from core.probes.result_cache import stored_results  # slow to import

    return stored_results(report.catalog, os.environ)[0]
