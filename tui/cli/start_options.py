"""The options that say which Pipelex is started, and in which folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PipedeckError
from core.start_checks import hidden_names
from tui.reports.text_output import print_error

if TYPE_CHECKING:
    from core.api import Report


def add_python_option(parser: argparse._ActionsContainer) -> None:
    """Add `--python`."""
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="an interpreter or environment folder whose Pipelex will run (default: $VIRTUAL_ENV, .venv, PATH)",
    )


def add_start_option(parser: argparse._ActionsContainer) -> None:
    """Add `--cwd`."""
    parser.add_argument(
        "--cwd",
        metavar="FOLDER",
        help="the folder that Pipelex is started in, whose .env it reads (default: the current one)",
    )


def tree_path(options: argparse.Namespace) -> str | None:
    """The path of the tree that the options name: relative to the current folder, whatever `--cwd` says."""
    path: str | None = options.tree
    return _absolute(path) if path is not None and options.cwd is not None else path


def start_folder(options: argparse.Namespace) -> str | None:
    """The folder of `--cwd`, None without it. Raises PipedeckError when there is no such folder."""
    if options.cwd is None:
        return None
    folder = _absolute(options.cwd)
    if not Path(folder).is_dir():
        raise PipedeckError(f"--cwd {options.cwd}: no such folder")
    return folder


def python_path(options: argparse.Namespace) -> str | None:
    """The interpreter or environment of `--python`: a path is relative to the current folder, a bare name is kept."""
    python: str | None = options.python
    return _absolute(python) if python is not None and os.sep in python else python


def _absolute(path: str) -> str:
    return os.path.normpath(Path.cwd() / Path(path).expanduser())


def warn_about_start(report: Report) -> None:
    """Warn about a start folder from which the release does not read the project's tree or `.env`."""
    paths, hidden = report.catalog.tree.paths, hidden_names(report.catalog)
    if not hidden and (paths.named or not paths.skipped):
        return
    project = paths.skipped or paths.project
    what = f"{next(iter(hidden.values()))} is not read" if hidden else f"the tree of {project} is not read"
    print_error(f"as started in {paths.start}: {what}; --cwd {project} answers for a start there")
