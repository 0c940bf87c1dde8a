"""One generated case: the files of a project, of a home folder, and the environment to read them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

INFERENCE = ".pipelex/inference"


@dataclass(frozen=True)
class Case:
    """A project as bytes. Paths are relative, with forward slashes; `home` is None when the case has no home folder."""

    release: str
    seed: int
    files: Mapping[str, bytes]
    home: Mapping[str, bytes] | None
    env: Mapping[str, str]
    mutations: tuple[str, ...]


def write_case(case: Case, folder: Path) -> tuple[Path, Path | None]:
    """Write a case below a folder and return its project and its home folder."""
    project = folder / "project"
    _write(case.files, project)
    if case.home is None:
        return project, None
    home = folder / "home"
    _write(case.home, home)
    return project, home


def _write(files: Mapping[str, bytes], root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts:
            raise ValueError(f"{name!r} would leave the case's folder")
        target = root / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
