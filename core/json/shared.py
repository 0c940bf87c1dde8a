"""What several documents share: the tree they are about, locations, problems, prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

from core.api import Report
from core.entities import Location
from core.prices import Price
from core.problems import Check, Problem, Severity, Stage
from core.resolution import Resolution, Status

DocumentT = TypeVar("DocumentT")


def fields_document(kind: Callable[..., DocumentT], record: object) -> DocumentT:
    """Build a document whose keys are attributes of a record, with the same values. Tuples are printed as lists."""
    keys: Any = kind.__annotations__
    return kind(**{key: getattr(record, key) for key in keys})


class TreeDocument(TypedDict):
    """The tree that a document is about: its folder, the release answered for, its start folder, the active profile."""

    tree: str
    release: str
    release_source: str
    started_in: str
    profile: str | None


def tree_document(report: Report) -> TreeDocument:
    """Build the head of a document."""
    return {
        "tree": report.catalog.tree.paths.inference,
        "release": str(report.release),
        "release_source": report.release_source,
        "started_in": report.catalog.tree.paths.start,
        "profile": report.catalog.active,
    }


class LineDocument(TypedDict):
    """A file, relative to the project, and a line of it, counted from 1."""

    file: str | None
    line: int | None


class LocationDocument(LineDocument):
    """A location in a file. Columns count from 1; `key` is dotted."""

    column: int | None
    key: str | None


def line_document(location: Location | None) -> LineDocument:
    """Build a location without column and key; all null where there is none."""
    if location is None:
        return {"file": None, "line": None}
    return {"file": location.file, "line": location.line}


def location_document(location: Location | None) -> LocationDocument:
    """Build a location; all null where there is none."""
    if location is None:
        return {"file": None, "line": None, "column": None, "key": None}
    return {"file": location.file, "line": location.line, "column": location.column, "key": location.key or None}


class ProblemDocument(LocationDocument):
    """A diagnostic. `fatal`: the release refuses to start. `excerpt`: lines of the file, secrets hidden."""

    code: str
    severity: Severity
    fatal: bool
    error_type: str | None
    message: str
    check: Check
    stage: Stage
    fix: str | None
    cause: str | None
    excerpt: list[str] | None


def problem_document(problem: Problem) -> ProblemDocument:
    """Build a diagnostic."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "fatal": problem.fatal,
        "error_type": problem.error_type,
        "message": problem.message,
        "check": problem.check,
        "stage": problem.stage,
        **location_document(problem.location),
        "fix": problem.fix,
        "cause": problem.cause,
        "excerpt": list(problem.excerpt) if problem.excerpt is not None else None,
    }


class RefusalDocument(TypedDict):
    """Why a model refuses a call. `key`: the setting it refuses, null where the model itself lacks something.

    `structured`: only calls with structured output are refused.
    """

    key: str | None
    why: str
    structured: bool


def refusal_document(resolution: Resolution) -> RefusalDocument | None:
    """Build the refusal of a reference, if its status is `refused`."""
    refusal = resolution.refusal
    return fields_document(RefusalDocument, refusal) if refusal is not None else None


class EndDocument(TypedDict):
    """The end of a reference: its status, and the model that it ends at."""

    status: Status
    backend: str | None
    handle: str | None
    model_id: str | None


def end_document(resolution: Resolution) -> EndDocument:
    """Build the end of a reference; without a model where it is dead."""
    spec = resolution.spec
    if spec is None:
        return {"status": resolution.status, "backend": None, "handle": None, "model_id": None}
    return {
        "status": resolution.status,
        "backend": spec.backend,
        "handle": spec.handle,
        "model_id": spec.model_id,
    }


class PriceDocument(TypedDict):
    """A price in USD per million tokens; null is unknown, which is not zero. `others`: further kinds of tokens."""

    input: float | None
    output: float | None
    others: dict[str, float]


def price_document(price: Price) -> PriceDocument:
    """Build a price."""
    return {"input": price.input, "output": price.output, "others": dict(price.other_costs)}
