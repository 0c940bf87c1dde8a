"""The JSON of `pipedeck upgrade` and `pipedeck drift`: the plan of an upgrade, and differences from the kit."""

from __future__ import annotations

from core.impact import Impact
from core.json.document import Document, optional
from core.json.edit_document import EditResult, FileDocument, ImpactDocument
from core.upgrade.drift import Drift, DriftReport, DriftRow
from core.upgrade.plan import Decision, Plan
from core.upgrade.rows import Outcome, Row
from core.workspace.diffs import FileDiff


class PartDocument(Document):
    """A part of the tree that is the user's own: its values in the old kit, here, and in the new kit, masked."""

    def __init__(self, row: Row) -> None:
        self.file: str | None = row.file or None
        self.name: str = row.name
        self.outcome: Outcome = row.outcome
        self.then: str | None = row.then or None
        self.mine: str | None = row.mine or None
        self.new: str | None = row.new or None
        self.target: str | None = row.target or None
        self.note: str | None = row.note or None


class DecisionDocument(Document):
    """A question; `answer` is null while it is open."""

    def __init__(self, decision: Decision) -> None:
        self.id: str = decision.id
        self.question: str = decision.question
        self.proposal: str = decision.proposal
        self.uses: list[str] = list(decision.uses)
        self.answer: str | None = decision.answer or None


class UpgradeDocument(Document):
    """Printed by `pipedeck upgrade --json`. `result` is that of an edit; `refused` also while decisions are open."""

    def __init__(
        self,
        plan: Plan,
        result: EditResult,
        message: str,
        files: tuple[FileDiff, ...] = (),
        impact: Impact | None = None,
    ) -> None:
        """Build the document of a plan and of what came of it."""
        self.origin: str = str(plan.origin.release)
        self.origin_source: str = plan.origin.source
        self.release: str = str(plan.target)
        self.kit: str = plan.kit
        self.summary: str = plan.summary
        self.unchanged: int = plan.counts[Outcome.UNCHANGED]
        self.parts: list[PartDocument] = [
            PartDocument(row) for row in plan.rows if row.outcome is not Outcome.UNCHANGED
        ]
        self.decisions: list[DecisionDocument] = [DecisionDocument(decision) for decision in plan.decisions]
        self.gone: list[str] = list(plan.gone)
        self.notes: list[str] = list(plan.notes)
        self.result: EditResult = result
        self.written: bool = result == "written"
        self.message: str = message
        self.files: list[FileDocument] = [FileDocument(diff) for diff in files]
        self.impact: ImpactDocument | None = optional(ImpactDocument, impact)


class DriftRowDocument(Document):
    """A part that differs from a kit, with its value here and in the newer kit, masked."""

    def __init__(self, row: DriftRow) -> None:
        self.file: str = row.file
        self.name: str = row.name
        self.drift: Drift = row.drift
        self.mine: str = row.mine
        self.new: str | None = row.new or None


class DriftDocument(Document):
    """Printed by `pipedeck drift --json`."""

    def __init__(self, report: DriftReport) -> None:
        self.origin: str = str(report.origin.release)
        self.origin_source: str = report.origin.source
        self.release: str = str(report.target)
        self.kit: str = report.kit
        self.counts: dict[str, int] = {kind.value: report.counts[kind] for kind in Drift}
        self.rows: list[DriftRowDocument] = [DriftRowDocument(row) for row in report.rows]
