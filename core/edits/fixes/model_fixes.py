"""Fixes of model specs: fields of other releases, misplaced capabilities, the seed dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.api import Report
from core.dialects.model_schema import FLAT_DEFAULTS, MODEL, SEED_TABLE, is_seed_dialect
from core.edits.edit_session import EditSession
from core.edits.fixes.fix_base import Fix, place_of
from core.edits.fixes.key_fixes import key_or_value
from core.edits.intent import Edit, EditRefusedError
from core.edits.model_edits import FixPerThousandPrices
from core.edits.model_tables import ModelTables
from core.problems import Problem
from core.records import dataclass
from core.rules.models import meant_per_thousand
from core.toml.edit.editor import read_data
from core.toml.edit.plain_data import identical
from core.toml.edit.text_layout import Layout, Path, Statement, scan
from core.toml.edit.toml_commands import BY_HAND, DeleteKey, RawReplace, RenameKey, Splice, apply_splices

_FIXED = "temperature_must_be_1"


@dataclass(frozen=True, slots=True)
class DefaultToTable(Edit, label="move {0.key} to [defaults]"):
    """Write `default_sdk` of 0.10 as `sdk` of `[defaults]`, as newer releases have it."""

    file: str
    key: str

    def apply(self, session: EditSession) -> None:
        value = session.get(self.file, (self.key,))
        field = FLAT_DEFAULTS[self.key]
        notation = replace(session.notation(self.file, (self.key,)), above=())
        session.drop(self.file, (self.key,), "keep")
        if not session.has(self.file, ("defaults",)):
            first = next(iter(session.data(self.file)), None)
            session.put(self.file, ("defaults",), {field: value}, before=first, header=True)
        elif session.has(self.file, ("defaults", field)):
            return
        session.put(self.file, ("defaults", field), value, notation=notation)


def flat_default(report: Report, problem: Problem) -> Iterator[Fix]:
    """A default at the top of a backend file, from 0.11 on."""
    source, _ = place_of(report, problem) or (None, ())
    key = str(problem.subject)
    if source is None or key not in FLAT_DEFAULTS or not isinstance(source.value((key,)), str):
        return
    if FLAT_DEFAULTS[key] in MODEL.fields_of(report.release):
        intent = DefaultToTable(source.path, key)
        yield Fix(intent, f"write it as {FLAT_DEFAULTS[key]} in [defaults]")


@dataclass(frozen=True, slots=True)
class RenewConstraints:
    """Write `constraints`, known up to 0.17, as `listed_constraints` and `valued_constraints`."""

    file: str
    table: Path

    @property
    def label(self) -> str:
        return f"convert the constraints of {self.table[-1]}"

    def apply(self, session: EditSession) -> None:
        old = session.get(self.file, (*self.table, "constraints"))
        names = [name for name in old if isinstance(name, str)] if isinstance(old, list) else []
        listed = [name for name in names if name != _FIXED]
        new: dict[str, object] = {"listed_constraints": listed} if listed else {}
        new |= {"valued_constraints": {"fixed_temperature": 1}} if _FIXED in names else {}
        if not new:
            session.drop(self.file, (*self.table, "constraints"), "keep")
            return
        first, *others = new
        session.edit(self.file, RenameKey((*self.table, "constraints"), first))
        session.put(self.file, (*self.table, first), new[first])
        for key in others:
            session.put(self.file, (*self.table, key), new[key], after=first)


def spec(report: Report, problem: Problem) -> Iterator[Fix]:
    """Fixes of what a model's table may not contain."""
    source, path = place_of(report, problem) or (None, ())
    table = source.value(path[:-1]) if source is not None else None
    schema_fields = MODEL.fields_of(report.release)
    if (
        source is not None
        and isinstance(table, Mapping)
        and path[-1] == "constraints"
        and "constraints" not in schema_fields
    ):
        if not {"listed_constraints", "valued_constraints"} & table.keys() and isinstance(table["constraints"], list):
            sentence = "write it as listed_constraints and valued_constraints"
            yield Fix(RenewConstraints(source.path, path[:-1]), sentence)
        return
    yield from key_or_value(report, problem)


@dataclass(frozen=True, slots=True)
class MoveCapability:
    """Move `structured` from the inputs of a model to its outputs."""

    file: str
    table: Path
    outputs: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"move `structured` of {self.table[-1]} to its outputs"

    def apply(self, session: EditSession) -> None:
        inputs = session.get(self.file, (*self.table, "inputs"))
        names = list(inputs) if isinstance(inputs, list) else []
        session.put(self.file, (*self.table, "inputs"), [name for name in names if name != "structured"])
        if "structured" not in self.outputs:
            session.put(self.file, (*self.table, "outputs"), [*self.outputs, "structured"])


def capability(report: Report, problem: Problem) -> Iterator[Fix]:
    """A capability in the wrong list of a model's own table."""
    source, path = place_of(report, problem) or (None, ())
    result = next(
        (item for item in report.catalog.specs if item.place.path == path[:-1] and _in(report, item.backend, source)),
        None,
    )
    if source is not None and result is not None and "inputs" in result.own:
        intent = MoveCapability(source.path, path[:-1], result.names("outputs"))
        yield Fix(intent, "move `structured` to the outputs")


def per_thousand(report: Report, problem: Problem) -> Iterator[Fix]:
    """Convert prices per thousand tokens to prices per million, for the whole file."""
    source, _ = place_of(report, problem) or (None, ())
    for spec, _categories in meant_per_thousand(report.catalog):
        if spec.handle == problem.subject and _in(report, spec.backend, source):
            intent = FixPerThousandPrices(spec.backend)
            yield Fix(intent, f"multiply the prices of `{spec.backend}` by 1,000")
            return


def seed_tables(report: Report, problem: Problem) -> Iterator[Fix]:
    """`[models.NAME]` of the seed document, which no release reads."""
    source, _ = place_of(report, problem) or (None, ())
    backend = next((name for name, item in report.catalog.tree.specs.items() if item is source), None)
    if source is None or backend is None or not is_seed_dialect(source.data):
        return
    inner = source.data[SEED_TABLE]
    if isinstance(inner, Mapping) and not inner.keys() & {*source.data, "defaults", *FLAT_DEFAULTS}:
        yield Fix(RewriteSeedModels(backend), "write [models.NAME] as [NAME]")


def _in(report: Report, backend: str, source: object) -> bool:
    return report.catalog.tree.specs.get(backend) is source


_DOT = re.compile(r"[ \t]*\.[ \t]*")


@dataclass(frozen=True, slots=True)
class RewriteSeedModels:
    """Write `[models.X]` as `[X]`, and shared defaults as the release has them; comments and order stay."""

    backend: str | None = None

    @property
    def label(self) -> str:
        return f"rewrite [models.X] of {self.backend or 'all backends'}"

    def apply(self, session: EditSession) -> None:
        specs = session.report.catalog.tree.specs
        names = [
            name for name, source in specs.items() if self.backend in (None, name) and is_seed_dialect(source.data)
        ]
        if not names:
            file = specs[self.backend].shown if self.backend is not None and self.backend in specs else None
            raise EditRefusedError("There are no [models.X] tables here.", "Nothing has to be done.", file=file)
        for name in names:
            _rewrite(ModelTables(session, name))


def _rewrite(tables: ModelTables) -> None:
    session, path = tables.session, tables.open()
    data = session.data(path)
    inner = data[SEED_TABLE]
    assert isinstance(inner, dict)
    conflict = next((name for name in inner if name in data or name in ("defaults", *FLAT_DEFAULTS)), None)
    if conflict is not None:
        raise EditRefusedError(
            f"`{conflict}` is a reserved name at the top of the file.",
            "Rename the model first.",
            file=session.shown(path),
        )
    text = session.text(path)
    lifted = apply_splices(text, _splices(scan(text)))
    expected: dict[str, object] = {}
    for key, value in data.items():
        expected.update(inner if key == SEED_TABLE else {key: value})
    result = read_data(lifted)
    if not isinstance(result, dict) or not identical(result, expected):
        raise EditRefusedError("Its tables cannot be rewritten automatically.", BY_HAND, file=session.shown(path))
    session.edit(path, RawReplace(lifted))
    _rewrite_defaults(tables)


def _splices(layout: Layout) -> list[Splice]:
    """Remove `models.` from headers and keys, and `[models]` lines."""
    result: list[Splice] = []
    in_seed_table = False
    for statement in layout.statements:
        if statement.kind in ("table", "tables"):
            in_seed_table = statement.names == (SEED_TABLE,)
        if not statement.parts or statement.parts[0].name != SEED_TABLE:
            continue
        if statement.kind == "pair" and (in_seed_table or _in_table(layout, statement)):
            continue
        if len(statement.parts) > 1:
            result.append(Splice(statement.parts[0].start, _behind_dot(layout, statement), ""))
        elif statement.kind == "table":
            end = statement.comment if statement.comment >= 0 else statement.end
            result.append(Splice(statement.start, end, ""))
    return result


def _in_table(layout: Layout, statement: Statement) -> bool:
    root = layout.sections[0]
    last = layout.statements[root.stop - 1].end if root.stop > root.first else 0
    return statement.start >= last


def _behind_dot(layout: Layout, statement: Statement) -> int:
    match = _DOT.match(layout.text, statement.parts[0].end)
    assert match is not None
    return match.end()


def _rewrite_defaults(tables: ModelTables) -> None:
    """Convert defaults in the form of another release to that of this release."""
    session, path = tables.session, tables.path
    data = session.data(path)
    table = data.get("defaults")
    if tables.flat and isinstance(table, dict):
        names = {field: key for key, field in FLAT_DEFAULTS.items()}
        if any(field not in names for field in table):
            session.note(f"{session.shown(path)}: [defaults] has keys without a default in this release; it is kept")
            return
        for field, value in table.items():
            if names[field] not in data:
                session.put(path, (names[field],), value, notation=session.notation(path, ("defaults", field)))
        session.drop(path, ("defaults",), "keep")
    elif not tables.flat and any(key in data for key in FLAT_DEFAULTS):
        result = {field: data[key] for key, field in FLAT_DEFAULTS.items() if key in data}
        keys = {field: key for key, field in FLAT_DEFAULTS.items() if key in data}
        notations = {field: replace(session.notation(path, (key,)), above=()) for field, key in keys.items()}
        for key in keys.values():
            session.edit(path, DeleteKey((key,)))
        if not isinstance(table, dict):
            first = next((key for key, value in session.data(path).items() if isinstance(value, dict)), None)
            session.add_table(path, ("defaults",), result, before=first)
            table = {}
        for field, value in result.items():
            if field not in table:
                session.put(path, ("defaults", field), value, notation=notations[field])
