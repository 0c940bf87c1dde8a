"""Fixes of keys and values that a release refuses: near names, quoted numbers and flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from core.api import Report
from core.diagnostics import backend_codes, deck_codes, model_codes, routing_codes, settings_codes
from core.diagnostics.diagnostic import Diagnostic
from core.dialects.deck_schema import FLAT_SECTIONS
from core.dialects.model_schema import BACKEND, FLAT_DEFAULTS, MODEL
from core.dialects.routing_reader import PROFILE
from core.dialects.table_schema import Field, Validator, anything, table
from core.edits.deck_entries import TEXT_AND_OBJECT, DeckPaths
from core.edits.fixes.fix_base import DropInPlace, Fix, RenameInPlace, ReplaceText, SetInPlace, place_of
from core.entities import Path
from core.files.source import Source
from core.problems import Problem
from core.references import Kind
from core.settings.problems import MIGRATE
from core.settings.schema import FileKind, settings_schema
from core.settings.validation import value_fault
from core.suggest import near
from core.toml.toml_reader import read_toml
from core.variables import placeholders

Validators = Mapping[str, Validator]
"""The keys of a table, each with the validator of its value."""


def key_or_value(report: Report, problem: Problem) -> Iterator[Fix]:
    """A key that is not known gets the near name that is; a value in quotes loses them where it fits then."""
    source, path = place_of(report, problem) or (None, ())
    validators = _known(report, problem.diagnostic, source, path) if source is not None and path else None
    if source is None or validators is None or not source.holds(path):
        return
    key = str(path[-1])
    holder = source.value(path[:-1])
    if key not in validators:
        siblings = set(holder) if isinstance(holder, Mapping) else set()
        value = source.value(path)
        suggestions = [
            name for name in near(key, validators) if name not in siblings and validators[name](value) is None
        ]
        if suggestions:
            yield Fix(RenameInPlace(source.path, path, suggestions[0]), f"rename `{key}` to `{suggestions[0]}`")
        return
    value = source.value(path)
    for converted in _unquoted(value):
        if validators[key](value) is not None and validators[key](converted) is None:
            word = "true" if converted is True else "false" if converted is False else f"{converted!r}"
            intent = SetInPlace(source.path, path, converted, f"unquote {key}")
            yield Fix(intent, f"write {key} = {word}, without quotes")
            return


def setting(report: Report, problem: Problem) -> Iterator[Fix]:
    """A setting gets a near name or loses its quotes; one that the release does not know is removed.

    What `pipelex migrate` translates is left to it.
    """
    yield from key_or_value(report, problem)
    source, path = place_of(report, problem) or (None, ())
    if source is None or not path or not source.holds(path) or problem.fix == MIGRATE:
        return
    validators = _known(report, problem.diagnostic, source, path) or {}
    if not isinstance(path[-1], int) and path[-1] not in validators and not _is_open(report, source, path):
        yield Fix(DropInPlace(source.path, path), f"take `{'.'.join(map(str, path))}` out")


def _unquoted(value: object) -> Iterator[object]:
    """The values that a text or a number may have been meant for."""
    if isinstance(value, bool):
        return
    if isinstance(value, int) and value in (0, 1):
        yield bool(value)
    if not isinstance(value, str) or placeholders(value) or len(value) > 20:
        return
    text = value.strip()
    if text.lower() in ("true", "false"):
        yield text.lower() == "true"
    for kind in (int, float):
        try:
            yield kind(text)
        except ValueError:
            continue


def _known(report: Report, diagnostic: Diagnostic, source: Source, path: Path) -> Validators | None:
    """The keys known to the release in the table of a key path; None if that is unknown."""
    release = report.release
    if diagnostic is backend_codes.BACKEND_INVALID:
        return _tests(BACKEND.fields_of(release)) if len(path) == 2 else None
    if diagnostic is model_codes.SPEC_INVALID:
        return _model(report, path)
    if diagnostic is routing_codes.ROUTING_INVALID:
        if len(path) == 1:
            return {"active": anything, "profiles": anything}
        return _tests(PROFILE.fields_of(release)) if len(path) == 3 and path[0] == "profiles" else None
    if diagnostic is settings_codes.SETTINGS_INVALID:
        return _settings(report, source, path)
    return _deck(report, path) if diagnostic is deck_codes.DECK_INVALID else None


def _tests(fields: Mapping[str, Field]) -> Validators:
    return {name: rule.test for name, rule in fields.items()}


def _model(report: Report, path: Path) -> Validators | None:
    fields = _tests(MODEL.fields_of(report.release))
    if len(path) == 1 and str(path[0]) in FLAT_DEFAULTS:
        return {name: fields[field] for name, field in FLAT_DEFAULTS.items() if field in fields}
    return fields if len(path) == 2 or (len(path) == 3 and path[0] == "models") else None


def _kind(source: Source) -> FileKind:
    """The kind of a settings file, by its name."""
    name = source.path.rpartition("/")[2]
    if name.startswith("telemetry"):
        return "telemetry"
    return "service" if name.startswith("pipelex_service") else "pipelex"


def _is_open(report: Report, source: Source, path: Path) -> bool:
    """Whether the keys of the table of a key path are anybody's."""
    rows = settings_schema(_kind(source), report.release).rows
    return not rows.get(".".join(map(str, path[:-1])), "table").lstrip("!").startswith("table")


def _settings(report: Report, source: Source, path: Path) -> Validators:
    """The settings of the table of a key path, each with its test."""
    schema = settings_schema(_kind(source), report.release)
    table = ".".join(map(str, path[:-1]))
    tests: dict[str, Validator] = {}
    for name in schema.keys.get(table, ()):
        row = f"{table}.{name}" if table else name
        tests[name] = partial(value_fault, schema, row)
    return tests


def _deck(report: Report, path: Path) -> Validators | None:
    places = DeckPaths(report.catalog.behaviours)
    release = report.release
    for presets, family in places.tables(Kind.PRESET).items():
        if path[: len(presets)] == presets and len(path) == len(presets) + 2:
            return _tests(places.section(family).preset.fields_of(release))
    for family in places.families:
        settings = places.settings(family)
        for kind in ("default", "override") if places.has_overrides(family) else ("default",):
            keys = [places.choice(family, kind, key) for key in places.choice_keys(family)]
            if path[:-1] in keys:
                return _tests(places.section(family).preset.fields_of(release))
            if path[:-1] == keys[0][:-1]:
                validators: dict[str, Validator] = {str(item[-1]): anything for item in keys}
                return validators | {str(at[-1]): rule.test for at, rule in settings.items() if at[:-1] == keys[0][:-1]}
    if len(path) == 2 and path[0] in places.families:
        tables = ("presets", "aliases", "waterfalls", "choice_defaults", "choice_overrides")
        return {key: table if key in tables else anything for key in _section_keys(places, str(path[0]))}
    return dict.fromkeys(_tops(places), table) if len(path) == 1 else None


def _section_keys(places: DeckPaths, family: str) -> Iterable[str]:
    yield "presets"
    if places.behaviours.sigils:
        yield from ("aliases", "waterfalls")
    kinds = ("default", "override") if places.has_overrides(family) else ("default",)
    for kind in kinds:
        yield from (str(places.choice(family, kind, key)[1]) for key in places.choice_keys(family))
    yield from (str(keys[1]) for keys in places.settings(family))


def _tops(places: DeckPaths) -> Iterable[str]:
    if places.behaviours.deck_layout == "flat":
        yield from ("aliases", *FLAT_SECTIONS)
        return
    yield from places.families
    if not places.behaviours.sigils:
        yield "aliases"
        yield from ("waterfalls",) if places.behaviours.waterfalls else ()


def missing_choice(report: Report, problem: Problem) -> Iterator[Fix]:
    """The overrides need both their keys: the one that is missing is written as switched off."""
    source, path = place_of(report, problem) or (None, ())
    places = DeckPaths(report.catalog.behaviours)
    if source is None or problem.subject not in TEXT_AND_OBJECT:
        return
    if path == places.choice("llm", "override", str(problem.subject))[:-1]:
        intent = SetInPlace(source.path, (*path, str(problem.subject)), "disabled", f"write {problem.subject}")
        yield Fix(intent, f'write {problem.subject} = "disabled"')


def quote(report: Report, problem: Problem) -> Iterator[Fix]:
    """A name with dots that lacks its quotes, in the headers of its tables and in its keys; or its one fix."""
    source, path = place_of(report, problem) or (None, ())
    name = str(problem.subject)
    text = source.document.text if source is not None else None
    keys = [str(key) for key in path]
    parts = next((keys[index:] for index in range(len(keys)) if ".".join(keys[index:]) == name), [])
    if source is None or text is None or len(parts) < 2:
        return
    outer = keys[: len(keys) - len(parts)]
    dot = r"[ \t]*\.[ \t]*"
    before = f"(?:{''.join(_key_pattern(key) + dot for key in outer)})?"
    dotted = dot.join(map(_key_pattern, parts))
    pattern = re.compile(rf"^([ \t]*\[?[ \t]*{before}){dotted}(?=[ \t]*[.\]=])", re.MULTILINE)
    bare = (problem.fix or "").removeprefix("write `[").removesuffix("]`")
    if bare and name.endswith(f".{bare}"):
        moved = pattern.sub(lambda match: match[1] + bare, text)
        if _has(read_toml(moved.encode()).data, tuple(parts[1:])):
            yield Fix(ReplaceText(source.path, moved, f"write [{bare}]"), f"write `[{bare}]`")
        return
    written = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    quoted = pattern.sub(lambda match: match[1] + written, text)
    if _has(read_toml(quoted.encode()).data, (*outer, name)):
        yield Fix(ReplaceText(source.path, quoted, f"quote {name}"), f"write `{written}`")


def _key_pattern(key: str) -> str:
    return rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')"


def _has(data: object, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return False
        data = data[key]
    return True
