"""Fixes of backends: literal secrets, mistyped keys, enabled backends that cannot work."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from core.api import Report
from core.catalog import misnamed
from core.dialects.backend_reader import INTERNAL
from core.dialects.model_schema import BACKEND
from core.edits.backend_edits import SwitchBackend
from core.edits.edit_session import EditSession
from core.edits.fixes.fix_base import DropInPlace, Fix, RenameInPlace, place_of
from core.edits.intent import Edit
from core.problems import Problem
from core.records import dataclass
from core.rules.context import mistyped
from core.secret_texts import is_secret_key
from core.toml.edit.layout_queries import NO_NOTATION, Notation
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import AddTable, SetValue
from core.variables import State


@dataclass(frozen=True, slots=True)
class PlaceholderSecret:
    """Put `${NAME}` in the place of a secret. What the secret is stays in the file's history, not in this edit."""

    file: str
    keys: Path
    variable: str

    @property
    def label(self) -> str:
        return f"replace the secret {self.keys[-1]} of {self.keys[0]} with a variable"

    def apply(self, session: EditSession) -> None:
        session.edit(self.file, SetValue(self.keys, f"${{{self.variable}}}"))
        environment = session.report.catalog.environment
        if environment.variable(self.variable).state is State.MISSING:
            session.note(f"first add this line to {environment.dotenv}, with the current key: {self.variable}=...")
        session.note("commits that contain the key still expose it: have the provider issue a new one")


def literal_secret(report: Report, problem: Problem) -> Iterator[Fix]:
    """A key that is written into the file."""
    source, path = place_of(report, problem) or (None, ())
    if source is None or len(path) < 2 or not is_secret_key(str(path[-1])):
        return
    if source not in report.catalog.tree.backends.sources:
        return  # in other files a placeholder is text, or the backend's name is not in the path
    name = variable_name(str(path[0]), str(path[-1]))
    file = report.catalog.environment.dotenv
    sentence = f'replace it with "${{{name}}}", and move the key to {file} as {name}=...'
    yield Fix(PlaceholderSecret(source.path, path, name), sentence)


def variable_name(backend: str, key: str) -> str:
    """The usual name of the variable for a backend's key."""
    base = f"{backend}_{key}" if key.lower() not in ("api_key", "apikey", "key") else f"{backend}_api_key"
    name = re.sub(r"[^A-Za-z0-9]+", "_", base).strip("_").upper()
    return name if name[:1].isalpha() else f"BACKEND_{name}"


def mistyped_key(report: Report, problem: Problem) -> Iterator[Fix]:
    """A key that is near to a known one, and has no effect as it is."""
    source, path = place_of(report, problem) or (None, ())
    if source is None or len(path) != 2:
        return
    meant = mistyped(report.catalog.backends[str(path[0])]).get(str(path[1]))
    if meant is not None:
        yield Fix(RenameInPlace(source.path, path, meant), f"rename `{path[1]}` to `{meant}`")


@dataclass(frozen=True, slots=True)
class HoistExtraConfig(Edit, label="move the keys of {0.backend} out of extra_config"):
    """Write the keys of `extra_config` directly into the backend's table, where they have an effect."""

    file: str
    backend: str

    def apply(self, session: EditSession) -> None:
        table = (self.backend, "extra_config")
        inside = session.get(self.file, table)
        line = session.notation(self.file, table)
        rows = [
            (key, value, session.notation(self.file, (*table, key)))
            for key, value in (inside.items() if isinstance(inside, dict) else ())
        ]
        # The comments of an inline table go to its first key; those above a header stay.
        session.drop(self.file, table, "keep" if line == NO_NOTATION else "attached")
        for key, value, notation in rows:
            above, behind = (*line.above, *notation.above), notation.behind or line.behind
            session.put(self.file, (self.backend, key), value, notation=Notation(above, behind, notation.value))
            line = NO_NOTATION


def extra_config(report: Report, problem: Problem) -> Iterator[Fix]:
    """Keys inside of `extra_config`, which have no effect there."""
    source, _ = place_of(report, problem) or (None, ())
    backend = report.catalog.backends.get(problem.subject or "")
    inside = backend.fields.get("extra_config") if backend is not None else None
    if source is None or backend is None or not isinstance(inside, dict):
        return
    used_names = set(backend.fields) | set(BACKEND.fields_of(report.release))
    if not used_names & set(inside):
        intent = HoistExtraConfig(source.path, backend.name)
        yield Fix(intent, "move its keys into the backend's table")


@dataclass(frozen=True, slots=True)
class FlagToTable(Edit, label="write [{0.name}] as a table"):
    """Write `[name]` with `enabled` in the place of `name = true`."""

    file: str
    name: str
    on: bool

    def apply(self, session: EditSession) -> None:
        notation = session.notation(self.file, (self.name,))
        session.drop(self.file, (self.name,))
        session.edit(self.file, AddTable((self.name,), {"enabled": self.on}))
        session.put(self.file, (self.name, "enabled"), self.on, notation=notation)


def not_a_table(report: Report, problem: Problem) -> Iterator[Fix]:
    """`name = false` where the backend's table should be."""
    source, path = place_of(report, problem) or (None, ())
    value = source.value(path) if source is not None and len(path) == 1 else None
    if source is not None and isinstance(value, bool):
        word = "true" if value else "false"
        intent = FlagToTable(source.path, str(path[0]), value)
        yield Fix(intent, f"write [{path[0]}] with enabled = {word}")


@dataclass(frozen=True, slots=True)
class CreateBackendFile(Edit, label="create the file of {0.backend}"):
    """Make the file of a backend that has none; it declares no model yet."""

    backend: str
    file: str

    def apply(self, session: EditSession) -> None:
        session.create(self.file, f"# Models of {self.backend}: one table per model, named as presets refer to it.\n")


def file_missing(report: Report, problem: Problem) -> Iterator[Fix]:
    """A backend that is on without a file: its header is renamed, it is turned off, or gets a file."""
    name = problem.subject or ""
    source, path = place_of(report, problem) or (None, ())
    if misnamed(report.catalog, name) is not None:
        right = report.catalog.misnamed.get(name)
        if right is not None and source is not None:
            yield Fix(RenameInPlace(source.path, path, right), f"rename [{name}] to [{right}]")
        return
    yield from off(report, problem)
    if not report.catalog.behaviours.empty_backend_refused or name == INTERNAL:
        file = os.path.join(report.catalog.tree.specs_path, f"{name}.toml")
        yield Fix(CreateBackendFile(name, file), f"create {name}.toml without models")


def off(report: Report, problem: Problem) -> Iterator[Fix]:
    """A backend that only costs: it is turned off, where nothing goes to it."""
    name = problem.subject or ""
    backend = report.catalog.backends.get(name)
    if backend is not None and backend.enabled and is_idle(report, name):
        yield Fix(SwitchBackend(name, False), f"turn `{name}` off: nothing is routed to it")


def is_idle(report: Report, backend: str) -> bool:
    """Whether no model is served by a backend and no route or default of the active profile names it."""
    profile = report.catalog.profile
    if any(spec.backend == backend for spec in report.serving.served.values()):
        return False
    return profile is None or backend not in (profile.default, *(route.backend for route in profile.routes))


def retired_gateway(report: Report, problem: Problem) -> Iterator[Fix]:
    """Keys that 0.79 and newer refuse as obsolete."""
    source, path = place_of(report, problem) or (None, ())
    if source is not None and path[-1:] == ("model_specs_section",):
        yield Fix(DropInPlace(source.path, path), "remove `model_specs_section`")
    else:
        yield from off(report, problem)
