"""Fixes of models: fields in another release's form, capabilities in the wrong list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.api import Report
from core.dialects.model_schema import FLAT_DEFAULTS, MODEL, SEED_TABLE, is_seed_dialect
from core.edits.edit_session import EditSession
from core.edits.fixes.fix import Fix, place_of
from core.edits.fixes.keys import key_or_value
from core.edits.prices import FixPerThousandPrices
from core.edits.seed_models import RewriteSeedModels
from core.problems import Problem
from core.records import dataclass
from core.rules.models import meant_per_thousand
from core.toml.edit.text_layout import Path

_FIXED = "temperature_must_be_1"


@dataclass(frozen=True, slots=True)
class DefaultToTable:
    """Write `default_sdk` of 0.10 as `sdk` of `[defaults]`, as later releases have it."""

    file: str
    key: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"write {self.key} into [defaults]"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        value = session.get(self.file, (self.key,))
        field = FLAT_DEFAULTS[self.key]
        session.drop(self.file, (self.key,), "keep")
        if session.has(self.file, ("defaults",)):
            if not session.has(self.file, ("defaults", field)):
                session.put(self.file, ("defaults", field), value)
            return
        first = next(iter(session.data(self.file)), None)
        session.put(self.file, ("defaults",), {field: value}, before=first, header=True)


def flat_default(report: Report, problem: Problem) -> Iterator[Fix]:
    """A default at the top of a backend file, from 0.11 on."""
    source, _ = place_of(report, problem) or (None, ())
    key = str(problem.subject)
    if source is None or key not in FLAT_DEFAULTS or not isinstance(source.value((key,)), str):
        return
    if FLAT_DEFAULTS[key] in MODEL.fields_of(report.release):
        intent = DefaultToTable(source.path, key)
        yield Fix(problem.code, intent, f"write it as {FLAT_DEFAULTS[key]} in [defaults]")


@dataclass(frozen=True, slots=True)
class RenewConstraints:
    """Write `constraints`, known up to 0.17, as `listed_constraints` and `valued_constraints`."""

    file: str
    table: Path

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"renew the constraints of {self.table[-1]}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        old = session.get(self.file, (*self.table, "constraints"))
        names = [name for name in old if isinstance(name, str)] if isinstance(old, list) else []
        session.drop(self.file, (*self.table, "constraints"), "keep")
        listed = [name for name in names if name != _FIXED]
        if listed:
            session.put(self.file, (*self.table, "listed_constraints"), listed)
        if _FIXED in names:
            session.put(self.file, (*self.table, "valued_constraints"), {"fixed_temperature": 1})


def spec(report: Report, problem: Problem) -> Iterator[Fix]:
    """What a model's table may not hold."""
    source, path = place_of(report, problem) or (None, ())
    table = source.value(path[:-1]) if source is not None else None
    known = MODEL.fields_of(report.release)
    if source is not None and isinstance(table, Mapping) and path[-1] == "constraints" and "constraints" not in known:
        if not {"listed_constraints", "valued_constraints"} & table.keys() and isinstance(table["constraints"], list):
            sentence = "write it as listed_constraints and valued_constraints"
            yield Fix(problem.code, RenewConstraints(source.path, path[:-1]), sentence)
        return
    yield from key_or_value(report, problem)


@dataclass(frozen=True, slots=True)
class MoveCapability:
    """Move `structured` from what a model takes to what it gives back."""

    file: str
    table: Path
    outputs: tuple[str, ...]

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"move `structured` of {self.table[-1]} to its outputs"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        inputs = session.get(self.file, (*self.table, "inputs"))
        names = list(inputs) if isinstance(inputs, list) else []
        session.put(self.file, (*self.table, "inputs"), [name for name in names if name != "structured"])
        if "structured" not in self.outputs:
            session.put(self.file, (*self.table, "outputs"), [*self.outputs, "structured"])


def capability(report: Report, problem: Problem) -> Iterator[Fix]:
    """A capability in the wrong list of a model's own table."""
    source, path = place_of(report, problem) or (None, ())
    found = next(
        (one for one in report.catalog.specs if one.place.path == path[:-1] and _in(report, one.backend, source)), None
    )
    if source is not None and found is not None and "inputs" in found.own:
        intent = MoveCapability(source.path, path[:-1], found.names("outputs"))
        yield Fix(problem.code, intent, "move `structured` to the outputs")


def per_thousand(report: Report, problem: Problem) -> Iterator[Fix]:
    """A price that was surely meant per thousand tokens; with it go the others of its file, which tell each other."""
    source, _ = place_of(report, problem) or (None, ())
    for spec, _categories in meant_per_thousand(report.catalog):
        if spec.handle == problem.subject and _in(report, spec.backend, source):
            intent = FixPerThousandPrices(spec.backend)
            yield Fix(problem.code, intent, f"multiply the prices of `{spec.backend}` by 1,000")
            return


def seed_tables(report: Report, problem: Problem) -> Iterator[Fix]:
    """`[models.NAME]` of the seed document, which no release reads."""
    source, _ = place_of(report, problem) or (None, ())
    backend = next((name for name, one in report.catalog.tree.specs.items() if one is source), None)
    if source is None or backend is None or not is_seed_dialect(source.data):
        return
    inner = source.data[SEED_TABLE]
    if isinstance(inner, Mapping) and not inner.keys() & {*source.data, "defaults", *FLAT_DEFAULTS}:
        yield Fix(problem.code, RewriteSeedModels(backend), "write [models.NAME] as [NAME]")


def _in(report: Report, backend: str, source: object) -> bool:
    return report.catalog.tree.specs.get(backend) is source
