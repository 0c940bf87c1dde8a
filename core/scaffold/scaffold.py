"""The start of a new tree: its location, the providers to choose from, and the writing of its files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from core.errors import NoTreeError
from core.files.discover import TREE_ENTRIES, TreePaths, obstacle_in, pipelex_home
from core.files.environment import read_environment
from core.files.state_folder import commit_folders
from core.files.store import (
    ABSENT,
    Change,
    CommitResult,
    Committed,
    DiskState,
    Failed,
    Recovery,
    commit,
    settle,
    state_folder,
)
from core.files.view import DISK
from core.records import dataclass
from core.releases import Behaviours, Release
from core.safe_text import safe
from core.scaffold.scaffold_plan import KEYLESS, ScaffoldPlan, plan_tree
from core.scaffold.templates import INTERNAL, ProviderTemplate, templates
from core.variables import Environment, State, Variable

_ENTRIES = (*TREE_ENTRIES, "backends_override.toml", "routing_profiles_override.toml")


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider to choose, with the state of the variables it needs. `ready`: all of them are set."""

    name: str
    title: str
    offers: str
    variables: tuple[Variable, ...]
    ready: bool
    has_language_models: bool


@dataclass(frozen=True)
class Scaffold:
    """The location of a new tree, its target release, and the variables as that release reads them there."""

    location: TreePaths
    behaviours: Behaviours
    environment: Environment

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """The providers to choose from."""
        return list_offers(self.behaviours.release, self.environment)

    @property
    def preselected(self) -> tuple[str, ...]:
        """The providers chosen by default."""
        return preselect(self.offers)

    @property
    def existing_files(self) -> tuple[str, ...]:
        """The paths of a tree that exist at the location. They are never overwritten."""
        return existing_files(self.location)

    def settle(self) -> tuple[Recovery, ...]:
        """Finish or undo an interrupted creation of a tree at the location. Never raises."""
        inference = self.location.inference
        folders = commit_folders((inference, *(os.path.join(inference, name) for name in ("backends", "deck"))))
        return settle(folders, state_folder(self.environment.shell), tidy=True)

    def plan(self, names: Sequence[str]) -> ScaffoldPlan:
        """Plan the tree with these providers. Raises ScaffoldError."""
        return plan_tree(self.behaviours, names)

    def unset(self, plan: ScaffoldPlan) -> tuple[Variable, ...]:
        """The variables of a plan that are not set yet."""
        variables = (self.environment.variable(name) for name in plan.variables)
        return tuple(variable for variable in variables if variable.state is not State.SET)

    def holds(self, plan: ScaffoldPlan) -> bool:
        """Whether the files at the location are those of a plan, byte for byte. Never raises."""
        planned = {os.path.join(self.location.inference, file.path): file.text.encode() for file in plan.files}
        return {path: DISK.content(path) for path in self.existing_files} == planned

    def write(self, plan: ScaffoldPlan) -> CommitResult:
        """Write all files of a plan or none. Never raises OSError."""
        return write_plan(plan, self.location, state_folder(self.environment.shell))


def scaffold_at(path: str | None, behaviours: Behaviours, *, cwd: str, environ: Mapping[str, str]) -> Scaffold:
    """The scaffold for a new tree at `path` (a project, a `.pipelex` or an `inference` folder; default `cwd`).

    Raises NoTreeError when the path is a file. Writes nothing.
    """
    location = new_location(path, cwd=cwd, environ=environ)
    return Scaffold(location, behaviours, read_environment(location, behaviours, environ))


# ---- providers to choose from


def list_offers(release: Release, environment: Environment) -> tuple[Offer, ...]:
    """The providers that a release supports, with the state of their variables. `internal` is always added."""
    return tuple(_offer(template, environment) for template in templates(release) if template.name != INTERNAL)


def preselect(offers: Sequence[Offer]) -> tuple[str, ...]:
    """The providers whose variables are all set; also Ollama if none of them has language models."""
    chosen = [offer for offer in offers if offer.ready and offer.variables]
    if not any(offer.has_language_models for offer in chosen):
        chosen += [offer for offer in offers if offer.name == KEYLESS]
    return tuple(offer.name for offer in chosen)


def _offer(template: ProviderTemplate, environment: Environment) -> Offer:
    variables = tuple(environment.variable(name) for name in template.variables)
    confirmed = not template.confirmed_by or any(_is_set(environment.variable(n)) for n in template.confirmed_by)
    ready = confirmed and all(map(_is_set, variables))
    return Offer(template.name, template.title, template.offers, variables, ready, template.has_language_models)


def _is_set(variable: Variable) -> bool:
    return variable.state is State.SET


# ---- the location


def new_location(path: str | None, *, cwd: str, environ: Mapping[str, str]) -> TreePaths:
    """The location of a new tree for `path`: a project (default `cwd`), a `.pipelex` or an `inference` folder.

    None of them has to exist. Raises NoTreeError when the path is a file.
    """
    folder = os.path.abspath(os.path.join(cwd, os.path.expanduser(path or ".")))
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise NoTreeError(f"{path}: is a file; name the folder of a project")
    project, inference = folder, os.path.join(folder, ".pipelex", "inference")
    if os.path.basename(folder) == ".pipelex":
        project, inference = os.path.dirname(folder), os.path.join(folder, "inference")
    elif os.path.basename(folder) == "inference" and os.path.basename(os.path.dirname(folder)) == ".pipelex":
        project, inference = os.path.dirname(os.path.dirname(folder)), folder
    return TreePaths(project, inference, pipelex_home(environ, cwd=cwd))


def existing_files(location: TreePaths) -> tuple[str, ...]:
    """The paths of a tree that exist at a location, including anything that blocks one of its paths. Never raises."""
    return tuple(_existing(location.inference))


def _existing(inference: str) -> Iterator[str]:
    for name in _ENTRIES:
        path = os.path.join(inference, name)
        if os.path.isdir(path) and name in ("backends", "deck"):
            try:
                entries = sorted(os.listdir(path))
            except OSError:
                yield path
                continue
            yield from (os.path.join(path, entry) for entry in entries)
        elif os.path.lexists(path):
            yield path


# ---- writing


def write_plan(plan: ScaffoldPlan, location: TreePaths, state: str) -> CommitResult:
    """Write the files of a plan as one change; an existing file makes it a Conflict. Never raises OSError.

    `state` is the folder of `state_folder`. Created folders are removed if the commit fails.
    """
    created = _missing_folders(location.inference)
    try:
        os.makedirs(location.inference, exist_ok=True)
        _give_to_owner(created)
    except OSError as error:
        _remove(created)
        reason = (error.strerror or "an unknown error").lower()
        fault = obstacle_in(location.project) or f"{location.inference} cannot be created: {reason}"
        return Failed(DiskState.NOTHING, safe(fault))
    changes = [Change(file.path, ABSENT, file.text.encode()) for file in plan.files]
    result = commit(changes, root=location.inference, state=state, label="create the tree")
    if not isinstance(result, Committed):
        _remove(created)
    return result


def _missing_folders(folder: str) -> list[str]:
    """The missing folders of a path, innermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing


def _give_to_owner(created: list[str]) -> None:
    """A tree that root creates belongs to the owner of the folder that it is in. Raises OSError."""
    if os.geteuid() == 0 and created:
        parent = os.stat(os.path.dirname(created[-1]))
        for folder in created:
            os.chown(folder, parent.st_uid, parent.st_gid)


def _remove(folders: list[str]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
