"""Changes on the disk since a report was made: the folders to watch, the changed files, and the new report."""

from __future__ import annotations

import os

from core.api import Report, inspect_paths
from core.files.environment import environment_files, read_environment
from core.files.view import Snapshot
from core.project_methods import project_methods


def read_folders(report: Report, snapshot: Snapshot) -> tuple[str, ...]:
    """The folders of every file that was read or looked for."""
    catalog, methods = report.catalog, report.methods
    files = environment_files(catalog.tree.paths, catalog.behaviours, catalog.environment.shell)
    paths = [path for path, _ in files] + [file.source.path for file in (methods.files if methods else ())]
    return tuple(dict.fromkeys([*snapshot.folders, *map(os.path.dirname, paths)]))


def moved_methods(report: Report) -> tuple[str, ...]:
    """The method files that changed on the disk."""
    methods = report.methods
    return project_methods(report.catalog, methods).changed_since(methods) if methods is not None else ()


def moved_variables(report: Report) -> tuple[str, ...]:
    """The files of variables that set others now than when they were read."""
    catalog, before = report.catalog, report.catalog.environment
    now = read_environment(catalog.tree.paths, catalog.behaviours, before.shell, assume_set=before.assume_set)
    previous, current = dict(before.sources), dict(now.sources)
    labels = dict.fromkeys((*previous, *current))
    return tuple(label for label in labels if previous.get(label) != current.get(label))


def reread(report: Report, view: Snapshot, profile: str | None) -> Report:
    """The report of the same tree as it is on the disk now, with the methods if they were read."""
    catalog, methods = report.catalog, report.methods
    fresh = inspect_paths(
        catalog.tree.paths,
        report.target,
        catalog.environment.shell,
        profile=profile,
        assume_keys=catalog.environment.assume_set,
        view=view,
    ).with_knowledge(report.knowledge)
    fresh = fresh.with_runs(report.recent_runs)
    return fresh.with_methods(project_methods(fresh.catalog, methods)) if methods is not None else fresh
