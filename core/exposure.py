"""Problems of `.env` files that others may read. Separate from the report, as finding them runs git."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from core.api import Report
from core.diagnostics import file_codes
from core.entities import Location
from core.files.environment import environment_files
from core.files.exposed import in_git, is_world_readable
from core.files.git import is_in_repository
from core.masking import KEYLESS_WORDS
from core.problems import Problem
from core.secret_texts import is_secret_key


def exposure_problems(report: Report, environ: Mapping[str, str]) -> tuple[Problem, ...]:
    """The `.env` files with a key that git has or will take, or that every user of this machine may read."""
    return tuple(_problems(report, environ))


def _problems(report: Report, environ: Mapping[str, str]) -> Iterator[Problem]:
    catalog = report.catalog
    for path, label in environment_files(catalog.tree.paths, catalog.behaviours, environ):
        values = next((values for name, values in catalog.environment.sources if name == label), {})
        keys = [name for name, value in values.items() if _is_key(name, value)]
        if not keys:
            continue
        file = catalog.environment.file(label)
        place = file.locate(keys[0]) if file is not None else None
        state = in_git(path, environ) if is_in_repository(str(Path(path).parent)) else ""
        if state == "tracked":
            message = f"{label} holds keys, and git tracks it"
            yield _problem(
                message, label, place, "git rm --cached .env, add .env to .gitignore, and have new keys issued"
            )
        elif state == "not ignored":
            message = f"{label} holds keys, and git does not ignore it: the next `git add .` takes them"
            yield _problem(message, label, place, "add .env to .gitignore")
        elif state:
            message = f"{label} holds keys, and is in the history of the git repository"
            yield _problem(message, label, place, "have new keys issued: the old ones stay in the history")
        if is_world_readable(path):
            message = f"{label} holds keys, and every user of this machine may read it"
            yield _problem(message, label, place, f"chmod 600 {label}")


def _is_key(name: str, value: str) -> bool:
    """Whether a variable holds a key: by its name, and because its value is no dummy."""
    dummy = value.lower().startswith("placeholder") or value.lower() in KEYLESS_WORDS
    return is_secret_key(name) and len(value) >= 8 and not dummy


def _problem(message: str, label: str, place: Location | None, fix: str) -> Problem:
    diagnostic = file_codes.DOTENV_EXPOSED
    severity, check = diagnostic.severity, diagnostic.check
    return Problem(diagnostic, severity, check, message, location=place, fix=fix, subject=label)
