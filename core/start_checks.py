"""Problems of the start of Pipelex: the folder it starts in, its `.env` files, the home that it fills."""

from __future__ import annotations

import os
from pathlib import Path

from core.catalog import Catalog
from core.diagnostics import file_codes, settings_codes, start_codes
from core.errors import Condition
from core.files.environment import process_variables
from core.files.start_folder import is_unreadable_path, unreadable_marker
from core.files.view import GIVE_PERMISSION
from core.problems import Check, Findings, Problem, Stage
from core.variables import State

_FAULTS = {
    "encoding": (Condition.ENCODING, "is not UTF-8", "save it as UTF-8"),
    "nul": (Condition.DOTENV_VALUE, "sets a variable whose text holds a NUL", "save it as UTF-8 text"),
    "name": (Condition.DOTENV_VALUE, "sets a variable with an impossible name", "write NAME=value"),
    "forbidden": (Condition.FILE_FORBIDDEN, "may not be read by you", GIVE_PERMISSION),
    "unreadable": (Condition.FILE_UNREADABLE, "cannot be read", "replace it with a readable file"),
}
_OF_ONE_FILE = (
    file_codes.FILE_BOM,
    file_codes.FILE_ENCODING,
    file_codes.FILE_UNREADABLE,
    settings_codes.SETTINGS_INVALID,
    file_codes.SYNTAX,
    file_codes.TOML_TOO_NEW,
    start_codes.DOTENV_REFUSED,
    start_codes.HOME_NO_FOLDER,
    start_codes.MARKER_UNREADABLE,
    start_codes.MARKER_UNREADABLE_AT_TIMES,
    start_codes.RUN_VARIABLE,
)
"""Faults that stop the start whatever the other files hold."""


RUN_ENVIRONMENTS = ("local", "dev", "staging", "prod")
"""The environments of a run that every release knows."""


def check_start(catalog: Catalog, findings: Findings) -> None:
    """Report what stops the start before any other file is read: a `.env`, a variable, a home that is none."""
    for fault in catalog.environment.faults:
        if fault.kind in _FAULTS:
            condition, what, fix = _FAULTS[fault.kind]
            file = fault.location.file
            findings.refuse(start_codes.DOTENV_REFUSED, condition, f"{file} {what}", fault.location, fix=fix)
    _check_run_variables(catalog, findings)
    if catalog.behaviours.home_layer:
        named = catalog.behaviours.pipelex_home and bool(catalog.environment.shell.get("PIPELEX_HOME"))
        _check_home(catalog.tree.home, findings, named=named)
    _check_markers(catalog, findings)


def _check_markers(catalog: Catalog, findings: Findings) -> None:
    """Report a marker of a project that the release cannot examine while it looks for the project."""
    paths = catalog.tree.paths
    unreadable = unreadable_marker(paths.start, catalog.behaviours, process_variables(catalog.environment, paths))
    if unreadable is None:
        return
    marker, always = unreadable
    fix = "remove it, or let it lead to a file or folder"
    if always:
        message = f"{marker} cannot be examined: it is a link to itself, or one that you may not follow"
        findings.refuse(start_codes.MARKER_UNREADABLE, Condition.FILE_UNREADABLE, message, None, fix=fix)
    else:
        message = f"{marker} is a link to itself, or one that you may not follow: some starts fail over it"
        findings.note(start_codes.MARKER_UNREADABLE_AT_TIMES, message, fix=fix)


def _check_home(home: str, findings: Findings, *, named: bool) -> None:
    """Report a home configuration directory that is none, or that cannot be created. `named`: by `$PIPELEX_HOME`."""
    nearest = Path(home)
    while not os.path.lexists(nearest):
        nearest = nearest.parent
    fix = "move it away"
    if not nearest.is_dir():
        condition = Condition.HOME_NO_FOLDER if nearest == Path(home) else Condition.NOT_A_FOLDER
        if named and is_unreadable_path(nearest):
            condition = Condition.HOME_LINK_LOOP
        message = f"{nearest} is no folder, and Pipelex cannot create its home configuration {home}"
    elif nearest != Path(home) and not os.access(nearest, os.W_OK | os.X_OK):
        condition, fix = Condition.FILE_FORBIDDEN, "name a home that you may write with HOME"
        message = f"you may not write in {nearest}, and Pipelex cannot create its home configuration {home}"
    else:
        return
    findings.refuse(start_codes.HOME_NO_FOLDER, condition, message, None, fix=fix)


def check_start_folder(catalog: Catalog, findings: Findings) -> None:
    """Report a start folder without a tree (to 0.17), which the release meets after the settings there."""
    paths = catalog.tree.paths
    if paths.skipped and not paths.named and not catalog.behaviours.home_layer:
        routing_first = catalog.behaviours.load_order == "routing first"
        condition = Condition.ROUTING_MISSING if routing_first else Condition.BACKENDS_MISSING
        folders = (Path(paths.start, ".pipelex"), Path(paths.start, ".pipelex", "inference"))
        if any(folder.exists() and not folder.is_dir() for folder in folders):
            condition = Condition.NOT_A_FOLDER
        if any(map(is_unreadable_path, folders)):
            condition = Condition.FILE_UNREADABLE
        findings.refuse(
            start_codes.TREE_NOT_READ,
            condition,
            f"Pipelex {catalog.release} reads .pipelex of the folder it is started in, and {paths.start} has no"
            f" .pipelex/inference/{'routing_profiles' if routing_first else 'backends'}.toml",
            None,
            fix=start_there(paths.skipped),
        )


def check_methods_folder(catalog: Catalog, findings: Findings) -> None:
    """Report folders of methods that the start folder lacks (to 0.11), which the release meets at the end."""
    paths, folder = catalog.tree.paths, catalog.behaviours.methods_folder
    if not folder or paths.named:
        return
    testing = catalog.environment.filled("${env:RUN_MODE}") in ("unit_test", "ci_test")
    for name in (folder, "tests/test_pipelines") if testing else (folder,):
        if not Path(paths.start, name).exists():
            message = f"Pipelex {catalog.release} does not start in {paths.start}, which has no folder {name}"
            code, condition = start_codes.METHODS_FOLDER_MISSING, Condition.METHODS_FOLDER
            findings.refuse(code, condition, message, None, fix=f"make the folder {name}", subject=name)


def _check_run_variables(catalog: Catalog, findings: Findings) -> None:
    """Check the variables that name the environment and the mode of a run, which `runtime.py` reads when imported."""
    behaviours = catalog.behaviours
    known = {behaviours.settings_environment_variable: RUN_ENVIRONMENTS, "RUN_MODE": behaviours.run_modes}
    for name, values in known.items():
        variable = catalog.environment.variable(name)
        if variable.source is None or variable.state is State.EMPTY:
            continue
        if catalog.environment.filled(f"${{env:{name}}}") not in values:
            message = f"the value of {name} in {variable.source} is none that Pipelex {catalog.release} knows"
            fix = f"write one of {', '.join(values)}, or unset it"
            place = catalog.environment.locate(name)
            findings.refuse(start_codes.RUN_VARIABLE, Condition.RUN_VARIABLE, message, place, fix=fix, subject=name)


def hidden_names(catalog: Catalog) -> dict[str, str]:
    """The missing variables that a `.env` of the project sets, which the start folder hides, with the path of it."""
    environment = catalog.environment
    if not environment.hidden:
        return {}
    needed = dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend))
    missing = (name for name in needed if environment.variable(name).state in (State.MISSING, State.EMPTY))
    return {name: environment.hidden[name] for name in missing if name in environment.hidden}


def start_there(folder: str) -> str:
    """The fix of a start in the wrong folder."""
    return f"start Pipelex in {folder}; `--cwd {folder}` answers for that"


def first_start(catalog: Catalog, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The problems of loading where the first start fills the home: with a note, and without those of unknown files."""
    tree = catalog.tree
    if not tree.filled:
        return problems
    findings = Findings(catalog.release, Stage.BACKENDS, Check.BACKENDS, [])
    entries = ", ".join(tree.filled)
    if not tree.incomplete:
        message = f"the first start of Pipelex {catalog.release} fills {tree.home} from its kit: {entries}"
        findings.note(start_codes.FIRST_START, message)
        return (*problems, *findings.items)
    message = (
        f"the first start of Pipelex {catalog.release} would fill {entries} from its kit, which is not available here"
    )
    findings.note(start_codes.FIRST_START_UNKNOWN, message, fix="name the environment that has it with --python")
    return (*(item for item in problems if item.diagnostic in _OF_ONE_FILE), *findings.items)
