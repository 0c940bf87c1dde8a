"""The JSON of the commands that edit: the edit itself, the available fixes, the log of written changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from core.api import Report
from core.candidates import Candidate
from core.edits.intent import EditLayer, EditRefused
from core.impact import Impact, Rerouted, StatusChange
from core.json.document import Document, optional
from core.json.shared import EndDocument, ProblemDocument
from core.problems import Problem, Severity
from core.references import Kind
from core.replacements import Replacement
from core.repricing import CostChange
from core.verdict import Verdict
from core.workspace.diffs import FileDiff, FileState

if TYPE_CHECKING:
    from core.files.store import LoggedCommit

EditResult = Literal["written", "would_write", "nothing", "refused", "not_written"]
MAX_CANDIDATES = 5
"""The number of candidates listed for an entry."""


class FileDocument(Document):
    """A file that changes; `diff` is a patch for `git apply`, or says that parts are hidden."""

    def __init__(self, diff: FileDiff) -> None:
        self.file: str = diff.shown
        self.state: FileState = diff.state
        self.added: int = diff.added
        self.removed: int = diff.removed
        self.diff: str = diff.unified()


class MovedDocument(Document):
    """A reference that ends elsewhere than before; null where it does not exist."""

    def __init__(self, change: StatusChange) -> None:
        shown = change.shown
        self.reference: str = shown.reference
        self.kind: Kind = shown.kind
        self.family: str = shown.family
        self.before: EndDocument | None = optional(EndDocument, change.before)
        self.after: EndDocument | None = optional(EndDocument, change.after)


class ReroutedDocument(Document):
    """A handle whose backend changes; null where no backend serves it."""

    def __init__(self, item: Rerouted) -> None:
        self.model_type: str | None = item.model_type or None
        self.handle: str = item.handle
        self.before: str | None = item.before
        self.after: str | None = item.after


class PriceChangeDocument(Document):
    """The mean change of the price of a million tokens, USD."""

    def __init__(self, input: float, output: float) -> None:
        self.input: float = input
        self.output: float = output


class CostChangeDocument(Document):
    """The cost of the last 30 days in USD by the traces of the project, and after the edit, from `low` to `high`.

    `moved`: the calls that go to another model or price; `unpriced` and `dead`: those of them whose new model has no
    price, and those that end at no model. They are not part of `low` and `high`.
    """

    def __init__(self, change: CostChange) -> None:
        self.before: float = change.before
        self.low: float = change.low
        self.high: float = change.high
        self.moved: int = change.moved
        self.unpriced: int = change.unpriced
        self.dead: int = change.dead


class ImpactDocument(Document):
    """The effects of an edit beside the files.

    `died`, `revived`, `refused`, `accepted`, `callable` and `uncallable` are references: the last two are served before
    and after, and become callable or stop being so.
    """

    def __init__(self, impact: Impact) -> None:
        before, after = impact.verdicts
        change = impact.price_change
        removed = impact.problems_removed
        self.summary: str = impact.summary()
        self.verdict_before: Verdict = before
        self.verdict_after: Verdict = after
        self.rerouted: list[ReroutedDocument] = [ReroutedDocument(item) for item in impact.rerouted]
        self.references: list[MovedDocument] = [MovedDocument(change) for change in impact.changed]
        self.died: list[str] = [change.shown.reference for change in impact.died]
        self.revived: list[str] = [change.shown.reference for change in impact.revived]
        self.refused: list[str] = [change.shown.reference for change in impact.refused]
        self.accepted: list[str] = [change.shown.reference for change in impact.accepted]
        self.callable: list[str] = [change.shown.reference for change in impact.callable]
        self.uncallable: list[str] = [change.shown.reference for change in impact.uncallable]
        self.price_change: PriceChangeDocument | None = PriceChangeDocument(*change) if change is not None else None
        self.cost_change: CostChangeDocument | None = optional(CostChangeDocument, impact.cost_change)
        self.problems_added: list[ProblemDocument] = _problems(impact.problems_added)
        self.problems_removed: list[ProblemDocument] = _problems(removed)
        self.errors_added: list[ProblemDocument] = _problems(impact.errors_added)
        self.errors_removed: list[ProblemDocument] = _problems(
            problem for problem in removed if problem.severity is Severity.ERROR
        )


def _problems(problems: Iterable[Problem]) -> list[ProblemDocument]:
    return [ProblemDocument(problem) for problem in problems]


class RefusalDocument(Document):
    """An edit that is refused, with the reason. `layers`: where it would work; `others`: alternative edits."""

    def __init__(self, refused: EditRefused) -> None:
        self.reason: str = refused.reason
        self.instead: str = refused.instead
        self.file: str | None = refused.file
        self.layers: list[EditLayer] = list(refused.layers)
        self.others: list[str] = [intent.label for intent in refused.alternatives]


class CandidateDocument(Document):
    """A served model that could replace one that is not, with reasons for it and against it."""

    def __init__(self, candidate: Candidate) -> None:
        self.name: str = candidate.text
        self.backend: str = candidate.spec.backend
        self.reasons: list[str] = list(candidate.reasons)
        self.warnings: list[str] = list(candidate.warnings)


class ReplacementDocument(Document):
    """A dead entry of the deck: the names it uses, the name `chosen` for them, and the candidates.

    `revives`: the references that were dead because of it, and live after the edit.
    """

    def __init__(self, item: Replacement, chosen: str | None, after: Report | None) -> None:
        self.kind: str = item.node.kind
        self.family: str = item.node.family
        self.name: str = item.node.name
        self.names: list[str] = list(item.cut.texts)
        self.revives: int = item.living(after) if after is not None else 0
        self.chosen: str | None = chosen
        self.candidates: list[CandidateDocument] = [
            CandidateDocument(candidate) for candidate in item.candidates[:MAX_CANDIDATES]
        ]


class EditDocument(Document):
    """Printed by the commands that edit with `--json`.

    `result`: `written`; `would_write` with --dry-run; `nothing` had to change; `refused`: impossible, or it would add
    errors; `not_written`: writing failed, and `message` says what is on the disk.
    """

    def __init__(
        self,
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
    ) -> None:
        """Build the document of an edit; `report` is the one of the tree on disk, `chosen` the name for each entry."""
        names = dict(chosen)
        self.tree: str = report.catalog.tree.paths.inference
        self.release: str = str(report.release)
        self.label: str = label
        self.result: EditResult = result
        self.written: bool = result == "written"
        self.message: str = message
        self.files: list[FileDocument] = [FileDocument(diff) for diff in files]
        self.notes: list[str] = list(notes)
        self.impact: ImpactDocument | None = optional(ImpactDocument, impact)
        self.refusal: RefusalDocument | None = optional(RefusalDocument, refusal)
        self.replacements: list[ReplacementDocument] = [
            ReplacementDocument(item, names.get(item.node), impact.after if impact is not None else None)
            for item in replacements
        ]


class FixDocument(Document):
    """A problem that has a fix. Printed as a list by `pipedeck fix --json`."""

    def __init__(self, code: str, fix: str) -> None:
        self.code: str = code
        self.fix: str = fix


def fixes_document(fixes: Iterable[tuple[str, str]]) -> list[FixDocument]:
    """Build the list of available fixes, from codes and sentences."""
    return [FixDocument(code, sentence) for code, sentence in fixes]


class ChangeDocument(Document):
    """A written change; `reverts`: the id of the change that it undid. A list is printed by `undo --list --json`."""

    def __init__(self, entry: LoggedCommit, files: list[str], *, undone: bool) -> None:
        self.id: str = entry.shown_id
        self.time: str = datetime.fromtimestamp(entry.seconds, UTC).isoformat(timespec="seconds")
        self.label: str = entry.label
        self.files: list[str] = files
        self.reverts: str | None = entry.shown_reverts or None
        self.undone: bool = undone


def changes_document(entries: Sequence[LoggedCommit], files: Iterable[list[str]]) -> list[ChangeDocument]:
    """Build the log of changes; `files` are the shown paths of each."""
    from core.files.store import undone_ids  # slow to import

    undone = undone_ids(entries)
    return [
        ChangeDocument(entry, shown, undone=entry.id in undone) for entry, shown in zip(entries, files, strict=True)
    ]
