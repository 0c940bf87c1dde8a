"""The installation of a project: the first environment that has Pipelex, else the release that the project pins."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from core.installation.distributions import Packages, Plugin, installed_packages, plugins_of
from core.installation.environments import Origin, PythonEnvironment, python_environments, python_path
from core.installation.pins import DISK_FILES, ProjectFiles, project_pins
from core.installation.requirements import PACKAGE, Pin
from core.records import dataclass
from core.releases import FIRST_RELEASE, Release, parse_release
from core.releases.specifiers import allows, newest_allowed


class ReleaseSource(StrEnum):
    """The kind of evidence for a release."""

    ENVIRONMENT = "environment"
    LOCK = "lock"
    PIN = "pin"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Installation:
    """The Pipelex that will run a project, as far as its folders and files say.

    `version` is the text of the release; `where` names its source for display (`./.venv`, `uv.lock`). `environment` and
    `packages` are None where no environment with Pipelex was found: what is installed is then unknown.
    `contradictions` are sentences about sources that name another release.
    """

    version: str
    source: ReleaseSource
    where: str
    environment: PythonEnvironment | None = None
    packages: Packages | None = None
    contradictions: tuple[str, ...] = ()

    @property
    def release(self) -> Release | None:
        """The release number, or None when the version text is none."""
        return parse_release(self.version)

    @property
    def text(self) -> str:
        """The release and its source in one phrase: `0.92.2 in ./.venv`, `0.15.7 from uv.lock`."""
        match self.source:
            case ReleaseSource.ENVIRONMENT:
                return f"{self.version} in {self.where}"
            case ReleaseSource.RANGE:
                return f"{self.version}, newest allowed by {self.where}"
            case _:
                return f"{self.version} from {self.where}"

    @property
    def kit(self) -> str:
        """The folder of the kit in the environment, as the release ships it from 0.18 on; empty where it has none."""
        for folder in self.packages.searched if self.packages is not None else ():
            kit = os.path.join(folder, "pipelex", "kit", "configs")
            if os.path.isdir(kit):
                return kit
        return ""

    def plugins(self) -> tuple[Plugin, ...]:
        """The Pipelex plugins installed beside it."""
        return plugins_of(self.packages) if self.packages is not None else ()


def find_installation(
    project: str, *, cwd: str, environ: Mapping[str, str], python: str | None = None
) -> Installation | None:
    """The Pipelex that will run a project, as `search_installation` finds it."""
    return search_installation(project, cwd=cwd, environ=environ, python=python)[0]


def search_installation(
    project: str, *, cwd: str, environ: Mapping[str, str], python: str | None = None, files: ProjectFiles = DISK_FILES
) -> tuple[Installation | None, tuple[str, ...]]:
    """The Pipelex that will run a project, and sentences about environments that were passed over.

    It is None where neither an environment nor a pin names it. `python` is an interpreter or environment folder to use
    instead of a search. Nothing is executed: environments are read from the names of their `dist-info` folders, pins
    from the text of the project's `files`.
    """
    pins = project_pins(project, environ=environ, files=files)
    installation: Installation | None = None
    notes = []
    origins = set()
    precede = python_path(cwd, environ)
    for environment in python_environments(project, cwd=cwd, environ=environ, python=python):
        origins.add(environment.origin)
        packages = installed_packages((*precede, *environment.site_packages))
        version = packages.versions.get(PACKAGE)
        if version and (holder := os.path.dirname(packages.folders[PACKAGE])) in precede:
            environment = PythonEnvironment(holder, Origin.PYTHONPATH, packages.searched)
        location = _display_path(environment.prefix, project, environ)
        if version:
            installation = Installation(version, ReleaseSource.ENVIRONMENT, location, environment, packages)
            break
        if environment.origin not in (Origin.PROJECT, Origin.CONDA, Origin.PYTHONPATH):
            notes.append(f"{location} ({environment.origin.value}) has no pipelex")
    if python is not None and Origin.OPTION not in origins:
        notes.append(f"{python} (--python) is no Python environment")
    elif python is None and environ.get("VIRTUAL_ENV") and Origin.VIRTUAL_ENV not in origins:
        notes.append(f"{environ['VIRTUAL_ENV']} ($VIRTUAL_ENV) is no Python environment")
    if installation is None:
        pinned = (_from_pin(pin, pins, project) for pin in pins)
        installation = next((item for item in pinned if item is not None), None)
    if installation is None:
        return None, tuple(notes)
    contradictions = dict.fromkeys(_contradictions(installation, pins, project))
    release, first = installation.release, parse_release(FIRST_RELEASE)
    if release is None or (first is not None and release < first):
        notes.append(f"{installation.text} does not read .pipelex/inference, or has an unknown number")
    return replace(installation, contradictions=tuple(contradictions)), tuple(notes)


def _from_pin(pin: Pin, pins: Sequence[Pin], project: str) -> Installation | None:
    location = os.path.relpath(pin.file, project)
    if pin.exact is not None:
        source = ReleaseSource.LOCK if pin.locked else ReleaseSource.PIN
        return Installation(pin.exact, source, location)
    if not pin.specifier:
        return None
    # A resolver obeys all ranges of the folder, and of those above: constraints stand in files of their own.
    specifiers = [pin.specifier]
    for other in pins:
        if other.specifier not in ("", *specifiers) and _is_above(other.file, pin.file):
            specifiers += [] if newest_allowed(",".join((*specifiers, other.specifier))) is None else [other.specifier]
    specifier = ",".join(sorted({part.strip() for text in specifiers for part in text.split(",")}))
    newest = newest_allowed(specifier)
    return Installation(newest, ReleaseSource.RANGE, f"{location} ({specifier})") if newest is not None else None


def _is_above(file: str, other: str) -> bool:
    """Whether a file is in the folder of another one, or in one above."""
    folder = os.path.dirname(file)
    return os.path.dirname(other) == folder or other.startswith(folder.rstrip("/") + "/")


def _contradictions(installation: Installation, pins: tuple[Pin, ...], project: str) -> list[str]:
    """Sentences about the pins that do not allow the release of the installation."""
    others = installation.packages.others if installation.packages is not None else ()
    sentences = [f"{installation.where} has metadata of pipelex {other} too" for other in others]
    for pin in pins:
        location = os.path.relpath(pin.file, project)
        if pin.exact is not None and parse_release(pin.exact) != installation.release:
            sentences.append(f"{location} names {pin.exact}, but {installation.text}")
        elif pin.specifier and allows(pin.specifier, installation.version) is False:
            sentences.append(f"{location} requires {pin.specifier}, but {installation.text}")
    return sentences


def _display_path(path: str, project: str, environ: Mapping[str, str]) -> str:
    """A display path: relative to the project, or from `~`."""
    relative = os.path.relpath(path, project)
    if not relative.startswith(".."):
        return f"./{relative}"
    home = environ.get("HOME", "").rstrip("/")
    return f"~{path.removeprefix(home)}" if home and path.startswith(f"{home}/") else path
