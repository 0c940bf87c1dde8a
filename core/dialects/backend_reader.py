"""Reading `backends.toml` and the files of its backends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType

from core.diagnostics import backend_codes, file_codes
from core.dialects.field_values import describe
from core.dialects.model_schema import BACKEND, LITERAL_BACKEND_EXCEPTIONS
from core.dialects.placeholder_faults import PlaceholderFault, descriptive, unfilled
from core.dialects.spec_reader import SpecReader
from core.entities import Backend, ModelSpec, Place
from core.files.source import LayeredDocument, Source
from core.files.tree import Tree
from core.files.view import FORBIDDEN, IS_FOLDER, MISSING
from core.problems import Check, Findings, Problem, Stage
from core.records import dataclass
from core.releases import Behaviours, Release
from core.toml import toml_0_5
from core.variables import Environment, Placeholder, placeholders_in

GATEWAY = "pipelex_gateway"
INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class ParsedBackends:
    """What `backends.toml` and the backend files hold, and the problems in the order Pipelex meets them."""

    backends: Mapping[str, Backend]
    specs: tuple[ModelSpec, ...]
    problems: tuple[Problem, ...]
    remote: frozenset[str]
    parts: Mapping[str, ParsedBackend] = field(default_factory=dict)
    """What each backend's table and file gave."""


@dataclass(frozen=True, slots=True)
class ParsedBackend:
    """The contents of one backend's table and file: the backend, its specs and its problems."""

    backend: Backend
    source: Source | None
    specs: tuple[ModelSpec, ...]
    problems: tuple[Problem, ...]
    placeholders: tuple[Placeholder, ...]
    """The placeholders in the table and in the file, in order."""


def read_backends(
    tree: Tree,
    environment: Environment,
    behaviours: Behaviours,
    parts: Mapping[str, ParsedBackend] = MappingProxyType({}),
    models: Mapping[str, Mapping[str, ModelSpec]] = MappingProxyType({}),
) -> ParsedBackends:
    """Read every backend and every model spec. Collects all problems and continues after each.

    `parts` are backends to take as they are. `models` are, by backend and table, specs to take as they are.
    """
    result: dict[str, ParsedBackend] = {}
    items: list[Problem] = []
    findings = Findings(behaviours.release, Stage.BACKENDS, Check.BACKENDS, items)
    spec_findings = findings.within(Stage.SPECS, Check.MODELS)
    reader = SpecReader(behaviours, environment, spec_findings)
    if not report_unreadable(tree.backends, findings, "backends", "a list of backends"):
        return ParsedBackends({}, (), tuple(items), frozenset())
    backends: dict[str, Backend] = {}
    specs: list[ModelSpec] = []
    remote: set[str] = set()
    for position, (name, table) in enumerate(tree.backends.data.items()):
        place = Place(tree.backends.outline, (name,))
        if not isinstance(table, dict):
            findings.refuse(
                backend_codes.BACKEND_NOT_A_TABLE,
                "backend not a table",
                f"`{name}` in backends.toml is {describe(table)}, not a table",
                place,
                fix=f"write [{name}] with enabled = {'false' if table is False else 'true'}",
                subject=name,
            )
            continue
        part = parts.get(name)
        if part is not None:
            items += part.problems
        else:
            backend = Backend(name, bool(table.get("enabled", True)), table, place, position)
            part = _read_backend(backend, tree, reader, findings, models.get(name, {}))
        result[name] = part
        backends[name] = part.backend
        specs += part.specs
        if _is_remote(part.backend, behaviours):
            remote.add(name)
    return ParsedBackends(backends, tuple(specs), tuple(items), frozenset(remote), result)


def _is_remote(backend: Backend, behaviours: Behaviours) -> bool:
    return backend.name == GATEWAY and behaviours.gateway == "remote" and backend.enabled


def _read_backend(
    backend: Backend, tree: Tree, reader: SpecReader, findings: Findings, models: Mapping[str, ModelSpec]
) -> ParsedBackend:
    before = len(findings.items)
    if backend.enabled:
        _check_table(backend, reader.environment, reader.behaviours, findings)
    remote = _is_remote(backend, reader.behaviours)
    specs = () if remote else _read_specs(backend, tree, reader, reader.behaviours, models)
    source = tree.specs.get(backend.name)
    # Scanning the values of a file costs; a text without "${" has no placeholder.
    data = source.data if source is not None and "${" in (source.document.text or "") else None
    placeholders = placeholders_in((backend.fields, data))
    return ParsedBackend(backend, source, specs, tuple(findings.items[before:]), placeholders)


def _check_table(backend: Backend, environment: Environment, behaviours: Behaviours, findings: Findings) -> None:
    fields = backend.fields
    known = BACKEND.fields_of(behaviours.release)

    def refuse(fault: PlaceholderFault) -> None:
        conditions = {"descriptive": "descriptive placeholder", "list": "variable list"}
        condition = conditions.get(fault.kind, "variable")
        findings.refuse(
            backend_codes.VARIABLE_MISSING if fault.kind in ("missing", "list") else backend_codes.PLACEHOLDER_INVALID,
            condition,
            f"backend `{backend.name}`: {fault.message}",
            backend.place.at(*fault.path),
            fix=fault.fix,
            cause=f"variable {fault.name}" if fault.kind == "missing" else None,
            subject=fault.name,
        )

    if behaviours.descriptive_placeholders == "refused":
        for fault in descriptive(fields, lambda key: key not in known or key in LITERAL_BACKEND_EXCEPTIONS):
            refuse(fault)
    for fault in unfilled(fields, environment, behaviours):
        refuse(fault)
    filled = {key: environment.filled(value) if isinstance(value, str) else value for key, value in fields.items()}
    for wrong in BACKEND.validate(filled, behaviours.release):
        key = str(wrong.path[0])
        condition = "backend shape"
        if wrong.kind == "table" and not isinstance(wrong.value, Mapping):
            condition = "backend table expected"
        elif wrong.kind == "list" and isinstance(wrong.value, int | float):
            condition = "backend list expected"
        findings.refuse(
            backend_codes.BACKEND_INVALID,
            condition,
            f"backend `{backend.name}`: `{key}` is {describe(fields.get(key), wrong.expected)},"
            f" expected {wrong.expected}",
            backend.place.at(*wrong.path),
            fix=f"write {wrong.expected}",
            subject=key,
        )


def _read_specs(
    backend: Backend, tree: Tree, reader: SpecReader, behaviours: Behaviours, models: Mapping[str, ModelSpec]
) -> tuple[ModelSpec, ...]:
    source = tree.specs.get(backend.name)
    if source is None:
        if backend.enabled:
            reader.findings.refuse(
                backend_codes.BACKEND_FILE_MISSING,
                "spec missing",
                f"backend `{backend.name}` is on, but {tree.specs_folder}/{backend.name}.toml does not exist",
                backend.place,
                fix=f"create {tree.specs_folder}/{backend.name}.toml with its models, or turn `{backend.name}` off",
                cause=f"file {backend.name}.toml",
                subject=backend.name,
            )
        return ()
    if backend.enabled and not report_source(source, reader.findings, "spec"):
        return ()
    specs = reader.read(backend, source, models)
    if backend.enabled and not specs and behaviours.empty_backend_refused and backend.name != INTERNAL:
        reader.findings.refuse(
            backend_codes.BACKEND_WITHOUT_MODELS,
            "no models",
            f"backend `{backend.name}` is on, but {source.shown} declares no model",
            backend.place,
            fix=f"declare a model in {source.shown}, or turn `{backend.name}` off",
            subject=backend.name,
        )
    return specs


def report_unreadable(document: LayeredDocument, findings: Findings, kind: str, what: str) -> bool:
    """Report what keeps a base file or its overrides from being read. True when there is data to go on with."""
    base = document.sources[0]
    if base.error == MISSING:
        findings.refuse(
            file_codes.BACKENDS_MISSING if kind == "backends" else file_codes.ROUTING_MISSING,
            f"{kind} missing",
            f"{base.shown} does not exist: there is no {what.removeprefix('a ')}",
            Place(base, ()),
            fix=f"create {base.shown}",
            cause=f"file {base.shown}",
            subject=base.shown,
        )
        return False
    for source in document.sources:
        report_source(source, findings, kind)
    return bool(document.data) or base.readable


def report_source(source: Source, findings: Findings, kind: str) -> bool:
    """Report what keeps one file from being read. True when there is data to go on with."""
    if source.error is not None:
        conditions = {MISSING: "spec missing", IS_FOLDER: "file is a folder", FORBIDDEN: "file forbidden"}
        findings.refuse(
            file_codes.FILE_UNREADABLE,
            conditions.get(source.error, "file unreadable"),
            f"{source.shown} {source.error}",
            Place(source, ()),
            fix="make it a file that can be read",
            cause=f"file {source.shown}",
            subject=source.shown,
        )
        return False
    fault = source.document.parse_error
    if fault is None:
        if findings.release < _TOMLI_SINCE:
            _old_reader(source, findings, kind)
        return True
    refuse_syntax(source, findings, kind)
    return bool(source.data)


_TOMLI_SINCE = Release(0, 12, 0)
_BOM_IN_KEY = {
    "routing": "routing shape",
    "backends": "backend not a table",
    "deck": "deck shape",
    "spec": "spec not a table",
}
"""Up to 0.11 the reader takes a byte order mark for a part of the first key, which is then unknown."""


def _old_reader(source: Source, findings: Findings, kind: str) -> None:
    """What the TOML 0.5 reader of 0.10 and 0.11 refuses and later ones take."""
    found = toml_0_5.refused(source.document, source.positions)
    if found is None:
        return
    what, path = found
    findings.refuse(
        file_codes.TOML_TOO_NEW,
        f"{kind} syntax",
        f"{source.shown}: {what}, which {findings.release} cannot read",
        Place(source, path),
        fix="write it as TOML 0.5: one kind of value in an array, inline tables on one line",
        cause=f"file {source.shown}",
        subject=source.shown,
    )


def _first_is_key(source: Source) -> bool:
    line = (source.document.text or "").removeprefix("\ufeff").split("\n", 1)[0].strip()
    return bool(line) and line[0] not in "#["


_FAULT_CODES = {
    "encoding": file_codes.FILE_ENCODING,
    "bom": file_codes.FILE_BOM,
    "too_large": file_codes.FILE_TOO_LARGE,
}


def refuse_syntax(source: Source, findings: Findings, kind: str) -> None:
    """Report a file's syntax error, at its line and column."""
    fault = source.document.parse_error
    assert fault is not None
    condition = "encoding" if fault.kind == "encoding" else f"{kind} syntax"
    if fault.kind == "bom" and findings.release < _TOMLI_SINCE and _first_is_key(source):
        condition = _BOM_IN_KEY[kind]
    before = len(findings.items)
    findings.refuse(
        _FAULT_CODES.get(fault.kind, file_codes.SYNTAX),
        condition,
        f"{source.shown}:{fault.line}:{fault.column}: {fault.message}",
        Place(source, ()),
        cause=f"file {source.shown}",
        subject=source.shown,
    )
    problem = findings.items[before]
    assert problem.location is not None
    text = source.document.text
    findings.items[before] = replace(
        problem,
        location=replace(problem.location, line=fault.line, column=fault.column, key="", path=()),
        excerpt=fault.caret(text) if text is not None else None,
    )
