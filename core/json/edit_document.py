"""The documents of the commands that edit: the edit itself, the available fixes, the log of written changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from core.api import Report
from core.edits.intent import EditLayer, EditRefused
from core.impact import Impact, StatusChange
from core.json.shared import EndDocument, ProblemDocument, end_document, problem_document
from core.problems import Severity
from core.references import Kind
from core.replacements import Replacement
from core.verdict import Verdict
from core.workspace.diffs import FileDiff, FileState

if TYPE_CHECKING:
    from core.files.store import LoggedCommit

EditResult = Literal["written", "would_write", "nothing", "refused", "not_written"]
MAX_CANDIDATES = 5
"""The number of candidates listed for an entry."""


class FileDocument(TypedDict):
    """A file that changes; `diff` is as `diff -u` writes it, secrets hidden."""

    file: str
    state: FileState
    added: int
    removed: int
    diff: str


class MovedDocument(TypedDict):
    """A reference that ends elsewhere than before; null where it does not exist."""

    reference: str
    kind: Kind
    family: str
    before: EndDocument | None
    after: EndDocument | None


class ReroutedDocument(TypedDict):
    """A handle whose backend changes; null where no backend serves it."""

    model_type: str | None
    handle: str
    before: str | None
    after: str | None


class PriceChangeDocument(TypedDict):
    """The mean change of the price of a million tokens, USD."""

    input: float
    output: float


class ImpactDocument(TypedDict):
    """The effects of an edit beside the files. `died`, `revived`, `refused` and `accepted` are references."""

    summary: str
    verdict_before: Verdict
    verdict_after: Verdict
    rerouted: list[ReroutedDocument]
    references: list[MovedDocument]
    died: list[str]
    revived: list[str]
    refused: list[str]
    accepted: list[str]
    price_change: PriceChangeDocument | None
    problems_added: list[ProblemDocument]
    problems_removed: list[ProblemDocument]
    errors_added: list[ProblemDocument]
    errors_removed: list[ProblemDocument]


class RefusalDocument(TypedDict):
    """An edit that is refused, with the reason. `layers`: where it would work; `others`: alternative edits."""

    reason: str
    instead: str
    file: str | None
    layers: list[EditLayer]
    others: list[str]


class CandidateDocument(TypedDict):
    """A served model that could replace one that is not, with reasons for it and against it."""

    name: str
    backend: str
    reasons: list[str]
    warnings: list[str]


class ReplacementDocument(TypedDict):
    """A dead entry of the deck: the names it uses, the name `chosen` for them, and the candidates."""

    kind: str
    family: str
    name: str
    names: list[str]
    revives: int
    chosen: str | None
    candidates: list[CandidateDocument]


class EditDocument(TypedDict):
    """Printed by the commands that edit with `--json`.

    `result`: `written`; `would_write` with --dry-run; `nothing` had to change; `refused`: impossible, or it would add
    errors; `not_written`: writing failed, and `message` says what is on the disk.
    """

    tree: str
    release: str
    label: str
    result: EditResult
    written: bool
    message: str
    files: list[FileDocument]
    notes: list[str]
    impact: ImpactDocument | None
    refusal: RefusalDocument | None
    replacements: list[ReplacementDocument]


def edit_document(
    report: Report,
    label: str,
    result: EditResult,
    message: str,
    *,
    files: Iterable[FileDiff] = (),
    notes: Iterable[str] = (),
    impact: Impact | None = None,
    refusal: EditRefused | None = None,
    replacements: Iterable[Replacement] = (),
    chosen: Iterable[tuple[object, str]] = (),
) -> EditDocument:
    """Build the document of an edit; `report` is the one of the tree on disk, `chosen` the name for each entry."""
    names = dict(chosen)
    return {
        "tree": report.catalog.tree.paths.inference,
        "release": str(report.release),
        "label": label,
        "result": result,
        "written": result == "written",
        "message": message,
        "files": [
            {
                "file": diff.shown,
                "state": diff.state,
                "added": diff.added,
                "removed": diff.removed,
                "diff": diff.unified(),
            }
            for diff in files
        ],
        "notes": list(notes),
        "impact": _impact(impact) if impact is not None else None,
        "refusal": _refusal(refusal) if refusal is not None else None,
        "replacements": [_replacement(item, names.get(item.node)) for item in replacements],
    }


def _impact(impact: Impact) -> ImpactDocument:
    before, after = impact.verdicts
    change = impact.price_change
    removed = impact.problems_removed
    return {
        "summary": impact.summary(),
        "verdict_before": before,
        "verdict_after": after,
        "rerouted": [
            {"model_type": item.model_type or None, "handle": item.handle, "before": item.before, "after": item.after}
            for item in impact.rerouted
        ],
        "references": [_moved(change) for change in impact.changed],
        "died": [change.shown.reference for change in impact.died],
        "revived": [change.shown.reference for change in impact.revived],
        "refused": [change.shown.reference for change in impact.refused],
        "accepted": [change.shown.reference for change in impact.accepted],
        "price_change": {"input": change[0], "output": change[1]} if change is not None else None,
        "problems_added": [problem_document(problem) for problem in impact.problems_added],
        "problems_removed": [problem_document(problem) for problem in removed],
        "errors_added": [problem_document(problem) for problem in impact.errors_added],
        "errors_removed": [problem_document(problem) for problem in removed if problem.severity is Severity.ERROR],
    }


def _moved(change: StatusChange) -> MovedDocument:
    shown = change.shown
    return {
        "reference": shown.reference,
        "kind": shown.kind,
        "family": shown.family,
        "before": end_document(change.before) if change.before is not None else None,
        "after": end_document(change.after) if change.after is not None else None,
    }


def _refusal(refused: EditRefused) -> RefusalDocument:
    return {
        "reason": refused.reason,
        "instead": refused.instead,
        "file": refused.file,
        "layers": list(refused.layers),
        "others": [intent.label for intent in refused.alternatives],
    }


def _replacement(item: Replacement, chosen: str | None) -> ReplacementDocument:
    return {
        "kind": item.node.kind,
        "family": item.node.family,
        "name": item.node.name,
        "names": list(item.cut.texts),
        "revives": len(item.revives),
        "chosen": chosen,
        "candidates": [
            {
                "name": candidate.text,
                "backend": candidate.spec.backend,
                "reasons": list(candidate.reasons),
                "warnings": list(candidate.warnings),
            }
            for candidate in item.candidates[:MAX_CANDIDATES]
        ],
    }


class FixDocument(TypedDict):
    """A problem that has a fix. Printed as a list by `pipedeck fix --json`."""

    code: str
    fix: str


def fixes_document(fixes: Iterable[tuple[str, str]]) -> list[FixDocument]:
    """Build the list of available fixes, from codes and sentences."""
    return [{"code": code, "fix": sentence} for code, sentence in fixes]


class ChangeDocument(TypedDict):
    """A written change; `reverts`: the id of the change that it undid. A list is printed by `undo --list --json`."""

    id: str
    time: str
    label: str
    files: list[str]
    reverts: str | None
    undone: bool


def changes_document(entries: Sequence[LoggedCommit], files: Iterable[list[str]]) -> list[ChangeDocument]:
    """Build the log of changes; `files` are the shown paths of each."""
    undone = {entry.reverts for entry in entries if entry.reverts}
    return [
        {
            "id": entry.id,
            "time": datetime.fromtimestamp(entry.seconds, UTC).isoformat(timespec="seconds"),
            "label": entry.label,
            "files": shown,
            "reverts": entry.reverts or None,
            "undone": entry.id in undone,
        }
        for entry, shown in zip(entries, files, strict=True)
    ]
