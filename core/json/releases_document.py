"""The JSON of `pipedeck releases`: the table of behaviours, and the differences between two releases."""

from __future__ import annotations

from core.api import Report
from core.json.compare_document import DifferenceDocument
from core.json.document import Document
from core.release_diff import Change, ReleaseDiff
from core.releases import TABLE
from core.releases.table import Step
from core.verdict import Verdict


class StepDocument(Document):
    """A behaviour from one release on: its value and meaning."""

    def __init__(self, step: Step) -> None:
        self.since: str = str(step.since)
        self.value: str | bool | int | list[str] = list(step.value) if isinstance(step.value, tuple) else step.value
        self.meaning: str = step.text


class ReleaseDocument(Document):
    """The verdict of one release."""

    def __init__(self, report: Report) -> None:
        self.release: str = str(report.release)
        self.verdict: Verdict = report.verdict[0]
        self.boots: bool = report.boots


class EndChangeDocument(Document):
    """A reference that ends elsewhere."""

    def __init__(self, change: Change) -> None:
        self.reference: str = change.reference
        self.kind: str = change.kind
        self.family: str = change.family
        self.before: str = change.before
        self.after: str = change.after


class ReleasesDocument(Document):
    """Printed by `pipedeck releases FIRST SECOND --json`."""

    def __init__(self, comparison: ReleaseDiff) -> None:
        self.tree: str = comparison.first.catalog.tree.paths.inference
        self.releases: list[ReleaseDocument] = [
            ReleaseDocument(comparison.first),
            ReleaseDocument(comparison.second),
        ]
        self.differences: list[DifferenceDocument] = [DifferenceDocument(item) for item in comparison.differences]
        self.changes: list[EndChangeDocument] = [EndChangeDocument(change) for change in comparison.changes]


def behaviours_document() -> dict[str, list[StepDocument]]:
    """Build the table of behaviours: the steps of each, by its name. Printed by `pipedeck releases --json`."""
    return {behaviour.name: [StepDocument(step) for step in behaviour.steps] for behaviour in TABLE}
