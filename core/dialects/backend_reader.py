"""Reader of `backends.toml` and of the backend files beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property
from types import MappingProxyType

from core.diagnostics import backend_codes, file_codes
from core.dialects.field_values import describe, fault_text
from core.dialects.file_problems import report_document, report_source
from core.dialects.model_schema import BACKEND, LITERAL_BACKEND_EXCEPTIONS
from core.dialects.placeholder_faults import PlaceholderFault, descriptive, unfilled
from core.dialects.spec_reader import SpecReader
from core.entities import Backend, Location, ModelSpec, Place
from core.errors import Condition, error_type
from core.files.source import Source
from core.files.tree_reader import Tree
from core.files.view import FORBIDDEN, GIVE_PERMISSION, IS_FILE
from core.problems import Check, Findings, Problem, Stage
from core.records import dataclass
from core.releases import Behaviours
from core.variables import Environment, Placeholder, placeholders_in

_LONGEST_NAME = 255
"""The most bytes of a file name."""
GATEWAY = "pipelex_gateway"
MANIFOLD = "pipelex_manifold"
SPECS_SECTION = "model_specs_section"
"""The key that named the models of a backend on the server of the gateway, up to 0.72."""
INTERNAL = "internal"
_PLACEHOLDER_CONDITIONS = {"descriptive": Condition.DESCRIPTIVE_PLACEHOLDER, "list": Condition.VARIABLE_LIST}


@dataclass(frozen=True, slots=True)
class ParsedBackends:
    """The backends and model specs of a tree, and their problems in the order Pipelex meets them."""

    backends: Mapping[str, Backend]
    specs: tuple[ModelSpec, ...]
    problems: tuple[Problem, ...]
    remote: frozenset[str]
    """The backends whose models are listed by their servers."""
    parts: Mapping[str, ParsedBackend] = field(default_factory=dict)
    """The same, backend by backend."""


@dataclass(frozen=True)
class ParsedBackend:
    """One backend's table and file: the backend, its specs, its problems and its placeholders in order."""

    backend: Backend
    source: Source | None
    specs: tuple[ModelSpec, ...]
    problems: tuple[Problem, ...]
    placeholders: tuple[Placeholder, ...]

    @cached_property
    def calls(self) -> frozenset[tuple[str, str, str]]:
        """The type, sdk and backend of its models."""
        return frozenset((spec.model_type, spec.sdk, spec.backend) for spec in self.specs if spec.sdk)


def read_backends(
    tree: Tree,
    environment: Environment,
    behaviours: Behaviours,
    parts: Mapping[str, ParsedBackend] = MappingProxyType({}),
    models: Mapping[str, Mapping[str, ModelSpec]] = MappingProxyType({}),
) -> ParsedBackends:
    """Read every backend and every model spec, collecting all problems.

    `parts` are backends to reuse; `models` are specs to reuse, by backend and table.
    """
    items: list[Problem] = []
    findings = Findings(behaviours.release, Stage.BACKENDS, Check.BACKENDS, items)
    reader = SpecReader(behaviours, environment, findings.within(Stage.SPECS, Check.MODELS))
    if not report_document(tree.backends, findings, "backends", "list of backends"):
        return ParsedBackends({}, (), tuple(items), frozenset())
    result: dict[str, ParsedBackend] = {}
    for position, (name, table) in enumerate(tree.backends.data.items()):
        place = Place(tree.backends.outline, (name,))
        if not isinstance(table, dict):
            findings.refuse(
                backend_codes.BACKEND_NOT_A_TABLE,
                Condition.BACKEND_NOT_A_TABLE,
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
            enabled = bool(table.get("enabled", True)) and not is_left_out(name, environment, behaviours)
            backend = Backend(name, enabled, table, place, position)
            part = _read_backend(backend, tree, reader, findings, models.get(name, {}))
        result[name] = part
    return ParsedBackends(
        {name: part.backend for name, part in result.items()},
        tuple(spec for part in result.values() for spec in part.specs),
        tuple(items),
        frozenset(name for name, part in result.items() if _is_remote(part.backend, behaviours)),
        result,
    )


def is_left_out(name: str, environment: Environment, behaviours: Behaviours) -> bool:
    """Whether the run mode leaves out a backend: in CI the release asks for no token of Vertex AI."""
    return name == "vertexai" and environment.filled("${env:RUN_MODE}") in behaviours.without_vertexai


def _is_remote(backend: Backend, behaviours: Behaviours) -> bool:
    """Whether a backend gets its models from a server: the gateway, or one that names a section of its list."""
    named = behaviours.remote_sections and isinstance(backend.fields.get(SPECS_SECTION), str)
    return (backend.name == GATEWAY or named) and behaviours.gateway == "remote" and backend.enabled


def _read_backend(
    backend: Backend, tree: Tree, reader: SpecReader, findings: Findings, models: Mapping[str, ModelSpec]
) -> ParsedBackend:
    before = len(findings.items)
    if backend.enabled:
        _check_table(backend, reader.environment, reader.behaviours, findings)
    specs = () if _is_remote(backend, reader.behaviours) else _read_specs(backend, tree, reader, models)
    source = tree.specs.get(backend.name)
    # Searching the values of a file takes time; a file without "${" has no placeholder.
    data = source.data if source is not None and "${" in (source.document.text or "") else None
    placeholders = placeholders_in((backend.fields, data))
    return ParsedBackend(backend, source, specs, tuple(findings.items[before:]), placeholders)


def _check_table(backend: Backend, environment: Environment, behaviours: Behaviours, findings: Findings) -> None:
    fields = backend.fields
    # From 0.79 on a check before any other refuses it, except in a manifold.
    former = behaviours.gateway == "retired" and backend.name != MANIFOLD
    if SPECS_SECTION in fields and error_type(Condition.SPECS_SECTION, behaviours.release) and not former:
        findings.refuse(
            backend_codes.GATEWAY_RETIRED,
            Condition.SPECS_SECTION,
            f"backend `{backend.name}`: `{SPECS_SECTION}` was removed in 0.73",
            backend.place.at(SPECS_SECTION),
            fix=f"list its models in backends/{backend.name}.toml and remove the key",
            subject=SPECS_SECTION,
        )
    schema_fields = BACKEND.fields_of(behaviours.release)
    if behaviours.descriptive_placeholders == "refused":
        for fault in descriptive(fields, lambda key: key not in schema_fields or key in LITERAL_BACKEND_EXCEPTIONS):
            _refuse_placeholder(backend, fault, findings)
    for fault in unfilled(fields, environment, behaviours):
        _refuse_placeholder(backend, fault, findings)
    filled = {key: environment.filled(value) if isinstance(value, str) else value for key, value in fields.items()}
    for wrong in BACKEND.validate(filled, behaviours.release):
        key = str(wrong.path[0])
        condition = Condition.BACKEND_SHAPE
        if wrong.kind == "table" and not isinstance(wrong.value, Mapping):
            condition = Condition.BACKEND_TABLE_EXPECTED
        elif wrong.kind == "list" and isinstance(wrong.value, int | float):
            condition = Condition.BACKEND_LIST_EXPECTED
        written = replace(wrong, value=fields.get(key))
        message, fix = fault_text(written, f"backend `{backend.name}`", BACKEND, behaviours.release)
        place = backend.place.at(*wrong.path)
        findings.refuse(backend_codes.BACKEND_INVALID, condition, message, place, fix=fix, subject=key)


def _refuse_placeholder(backend: Backend, fault: PlaceholderFault, findings: Findings) -> None:
    findings.refuse(
        fault.diagnostic,
        _PLACEHOLDER_CONDITIONS.get(fault.kind, Condition.VARIABLE),
        f"backend `{backend.name}`: {fault.message}",
        backend.place.at(*fault.path),
        fix=fault.fix,
        cause=fault.cause,
        subject=fault.name,
    )


def _no_file(name: str, tree: Tree) -> Condition:
    """Why a backend has no file."""
    if "\0" in name:
        return Condition.SPEC_NAME_NUL
    if max(len(os.fsencode(part)) for part in f"{name}.toml".split("/")) > _LONGEST_NAME:
        return Condition.SPEC_NAME_TOO_LONG
    if not tree.specs_fault:
        return Condition.SPEC_MISSING
    if tree.specs_fault == IS_FILE:
        return Condition.NOT_A_FOLDER
    return Condition.FILE_FORBIDDEN if tree.specs_fault == FORBIDDEN else Condition.FILE_UNREADABLE


def _read_specs(
    backend: Backend, tree: Tree, reader: SpecReader, models: Mapping[str, ModelSpec]
) -> tuple[ModelSpec, ...]:
    source = tree.specs.get(backend.name)
    if source is None:
        if backend.enabled:
            path = f"{tree.specs_folder}/{backend.name}.toml"
            why, cause, place = f"{path} does not exist", f"file {backend.name}.toml", backend.place.location
            fix = f"create {path} with its models, or turn `{backend.name}` off"
            if tree.specs_fault:
                why, cause = f"{tree.specs_folder} {tree.specs_fault}", f"folder {tree.specs_folder}"
                place = Location(tree.specs_folder, 1, 1, "", tree.specs_layer)
                fix = f"move it away, and create {path} with the models of `{backend.name}`"
                fix = GIVE_PERMISSION if tree.specs_fault == FORBIDDEN else fix
            reader.findings.refuse(
                file_codes.FILE_UNREADABLE if tree.specs_fault == FORBIDDEN else backend_codes.BACKEND_FILE_MISSING,
                _no_file(backend.name, tree),
                f"backend `{backend.name}` is on, but {why}",
                place,
                fix=fix,
                cause=cause,
                subject=backend.name,
            )
        return ()
    if backend.enabled and not report_source(source, reader.findings, "spec"):
        return ()
    specs = reader.read(backend, source, models)
    if backend.enabled and not specs and reader.behaviours.empty_backend_refused and backend.name != INTERNAL:
        reader.findings.refuse(
            backend_codes.BACKEND_WITHOUT_MODELS,
            Condition.NO_MODELS,
            f"backend `{backend.name}` is on, but {source.shown} declares no model",
            backend.place,
            fix=f"declare a model in {source.shown}, or turn `{backend.name}` off",
            subject=backend.name,
        )
    return specs
