"""The documents of `releases`: the table of behaviours, and the differences between two releases."""

from __future__ import annotations

from typing import TypedDict

from core.json.compare_document import DifferenceDocument, difference_document
from core.json.shared import fields_document
from core.release_diff import ReleaseDiff
from core.releases import TABLE
from core.verdict import Verdict


class StepDocument(TypedDict):
    """A behaviour from one release on: its value and meaning."""

    since: str
    value: str | bool | int
    meaning: str


class ReleaseDocument(TypedDict):
    """The verdict of one release."""

    release: str
    verdict: Verdict
    boots: bool


class EndChangeDocument(TypedDict):
    """A reference that ends elsewhere."""

    reference: str
    kind: str
    family: str
    before: str
    after: str


class ReleasesDocument(TypedDict):
    """Printed by `pipedeck releases FIRST SECOND --json`."""

    tree: str
    releases: list[ReleaseDocument]
    differences: list[DifferenceDocument]
    changes: list[EndChangeDocument]


def releases_document(comparison: ReleaseDiff) -> ReleasesDocument:
    """Build the document of two releases."""
    return {
        "tree": comparison.first.catalog.tree.paths.inference,
        "releases": [
            {"release": str(report.release), "verdict": report.verdict[0], "boots": report.boots}
            for report in (comparison.first, comparison.second)
        ],
        "differences": [difference_document(item) for item in comparison.differences],
        "changes": [fields_document(EndChangeDocument, change) for change in comparison.changes],
    }


def behaviours_document() -> dict[str, list[StepDocument]]:
    """Build the table of behaviours: the steps of each, by its name. Printed by `pipedeck releases --json`."""
    return {
        behaviour.name: [
            {"since": str(step.since), "value": step.value, "meaning": step.text} for step in behaviour.steps
        ]
        for behaviour in TABLE
    }
