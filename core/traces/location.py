"""The folder of a project's traces, by the release and its settings."""

from __future__ import annotations

import os
from typing import Final

from core.catalog import Catalog
from core.files.discover import TreePaths
from core.files.state_folder import tree_folder
from core.records import dataclass
from core.settings.schema import settings_schema
from core.settings.start import value_at

_TABLES: Final = ("runtime.tracing", "pipelex.tracing_config")
"""The table of the settings, from 0.46 on and before."""
_DEFAULT: Final = ".pipelex/traces"
SUMMARY_FILE: Final = "traces.json"
"""The stored summary, in the folder of the tree's state."""


@dataclass(frozen=True, slots=True)
class TraceFolder:
    """The folder of the traces, and the reason why the release writes none there now; both may be empty."""

    path: str
    why_none: str = ""


def trace_folder(catalog: Catalog) -> TraceFolder:
    """The folder that a release writes traces to, relative to the folder that it is started in.

    Where there is none, that of a start in the project counts.
    """
    release, paths = catalog.release, catalog.tree.paths
    rows = settings_schema("pipelex", release).rows
    table = next((name for name in _TABLES if f"{name}.ndjson.traces_dir" in rows), "")
    if not table:
        return TraceFolder(_folder(paths, _DEFAULT), f"Pipelex {release} writes no traces")
    data = catalog.settings_in_force.data
    named = value_at(data, f"{table}.ndjson.traces_dir")
    folder = _folder(paths, named if isinstance(named, str) and named else _DEFAULT)
    if value_at(data, f"{table}.is_enabled") is False:
        return TraceFolder(folder, f"`{table}.is_enabled` is false")
    backend = value_at(data, f"{table}.backend")
    if isinstance(backend, str) and backend != "ndjson":
        return TraceFolder(folder, f"`{table}.backend` is {backend}: its traces are not read")
    return TraceFolder(folder)


def has_traces(catalog: Catalog, state: str) -> bool:
    """Whether a project has traces, or a stored summary of former ones in the folder `state`."""
    summary = os.path.join(tree_folder(state, catalog.tree.paths.inference), SUMMARY_FILE)
    return os.path.isdir(trace_folder(catalog).path) or os.path.exists(summary)


def _folder(paths: TreePaths, named: str) -> str:
    places = [os.path.normpath(os.path.join(start, named)) for start in (paths.start, paths.project)]
    return next((place for place in places if os.path.isdir(place)), places[0])
