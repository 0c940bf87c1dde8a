"""The pipeline of the library: parse -> catalog -> resolve -> check -> causes -> verdict.

`inspect_tree` reads a tree and returns its `Report`; `update_report` returns that of the edited tree, with the cache of
`core/incremental` between the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from core.calls import Calls
from core.catalog import Catalog, read_catalog
from core.dialects.detect import Detection
from core.errors import NoTreeError, NoTreeYetError, PipedeckError
from core.files.discover import TreePaths
from core.files.environment import process_variables, read_environment
from core.files.start_folder import as_started, find_tree, untouched_paths
from core.files.tree_reader import read_tree
from core.files.view import DISK, View
from core.incremental import Cache
from core.installation import find_installation
from core.load_checks import load_problems
from core.report import Report
from core.resolution import Resolver, Status
from core.serving import Serving, serve
from core.target import Target, UnknownReleaseError, target_release
from core.variables import Environment, State

if TYPE_CHECKING:
    pass


def inspect_tree(
    path: str | None = None,
    *,
    release: str | None = None,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: str | None = None,
    assume_keys: bool = False,
    view: View = DISK,
    python: str | None = None,
    first_start: bool = True,
    methods: bool = False,
) -> Report:
    """Read, resolve and check a tree.

    `path` is a project, a `.pipelex` or an `inference` folder; without it the tree is the one that the release finds
    from `cwd`, the folder that Pipelex is started in (default: the current one). `release` is the target release
    (default: that of the installation, of a pin, or detected), `python` an interpreter or environment folder whose
    Pipelex counts, `profile` is assumed active, `assume_keys` treats every variable as set, `view` is the source of
    the files. `first_start`: where neither the project nor the home has a tree, answer for the kit that the installed
    release will copy there. `methods`: read the method files of the project too. Raises NoTreeError when there is no
    tree and UnknownReleaseError when `release` names none; faults inside the tree are problems of the report.
    """
    variables = os.environ if environ is None else environ
    start = cwd or current_directory()
    try:
        paths = find_tree(path, cwd=start, environ=variables)
    except NoTreeYetError:
        installation = find_installation(start, cwd=start, environ=variables, python=python)
        if path is not None or not first_start or installation is None or installation.environment is None:
            raise
        paths = untouched_paths(start, variables, installation.kit)
    target = target_release(paths, release, variables, python)
    report = inspect_paths(paths, target, variables, profile=profile, assume_keys=assume_keys, view=view)
    return report.read_methods() if methods else report


def current_directory() -> str:
    """The current directory. Raises NoTreeError when it was removed."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        raise NoTreeError("the current directory no longer exists") from None


def inspect_paths(
    paths: TreePaths,
    target: Target,
    environ: Mapping[str, str],
    *,
    profile: str | None = None,
    assume_keys: bool = False,
    view: View = DISK,
    environment: Environment | None = None,
) -> Report:
    """Read, resolve and check the tree that a target reads when it is started as these paths say.

    `view` is the source of the files; `environment` is read from the disk where it is None.
    """
    kit = target.installation.kit if target.installation is not None else ""
    paths = as_started(paths, target.behaviours, environ, kit)
    read = environment or read_environment(paths, target.behaviours, environ, assume_set=assume_keys)
    process = process_variables(read, paths)
    if process.get("HOME") != environ.get("HOME"):
        # The project ends at the home directory, and so where it is depends on a `.env` that sets HOME.
        paths = as_started(paths, target.behaviours, process, kit)
        read = environment or read_environment(paths, target.behaviours, environ, assume_set=assume_keys)
    tree = read_tree(paths, target.behaviours, environ, view, process=process)
    catalog = read_catalog(
        tree,
        target.behaviours,
        read,
        dialect=target.detected.dialect,
        profile=profile,
        installation=target.installation,
    )
    return report_on(catalog, target.detected)


def update_report(report: Report, view: View, *, profile: str | None = None) -> Report:
    """The report of the same tree in another view: as edited, or as it is on disk now.

    Release, dialect and variables are those of `report`; `profile` is assumed active. Unchanged parts are reused.
    """
    from core.incremental.update_catalog import update_catalog, update_serving  # not needed before the first edit

    previous = report.catalog
    paths, environment = previous.tree.paths, previous.environment
    process = process_variables(environment, paths)
    tree = read_tree(paths, previous.behaviours, environment.shell, view, process=process)
    catalog = update_catalog(tree, previous, profile)
    serving = update_serving(catalog, previous, report.serving)
    updated = report_on(catalog, report.detected, serving, Cache(report.cache)).with_knowledge(report.knowledge)
    updated = updated.with_runs(report.recent_runs)
    return updated.with_methods(report.methods.reread(view)) if report.methods is not None else updated


def without_assumption(report: Report, view: View) -> Report:
    """The report of the same tree with its own active profile, where another one is assumed."""
    return update_report(report, view) if report.catalog.assumed_profile is not None else report


def report_on(
    catalog: Catalog, detected: Detection, serving: Serving | None = None, cache: Cache | None = None
) -> Report:
    """The report of a catalog. `serving` is computed where it is None; `cache` holds results of previous reports."""
    serving, cache = serving or serve(catalog), cache or Cache()
    resolver = Resolver(catalog, serving, *ready_backends(catalog), _calls(catalog, cache))
    problems = load_problems(catalog, serving, resolver, cache)
    return Report(catalog, serving, resolver, detected, problems, cache)


def _calls(catalog: Catalog, cache: Cache) -> Calls:
    """The calls of the enabled backends."""
    from core.probes.client_call import backend_calls  # not before the tree is read, beside other imports of the start

    rows = [(name, (catalog.parts[name], catalog.environment)) for name in catalog.enabled if name in catalog.parts]
    found = cache.reuse_each("calls", rows, lambda part, _: backend_calls(catalog, part))
    return dict(pair for pairs in found for pair in pairs)


def ready_backends(catalog: Catalog) -> tuple[frozenset[str], frozenset[str]]:
    """The enabled backends whose placeholders can all be filled here, and those of which this is unknown."""
    states = {name: catalog.key_state(name) for name in catalog.enabled}
    ready = (None, State.SET, State.PLACEHOLDER)
    return (
        frozenset(name for name, state in states.items() if state in ready),
        frozenset(name for name, state in states.items() if state is State.UNKNOWN),
    )


__all__ = ["PipedeckError", "Report", "Status", "UnknownReleaseError", "inspect_tree"]
