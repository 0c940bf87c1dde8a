"""The JSON of `pipedeck compare`: two states, or every profile beside the active one."""

from __future__ import annotations

from collections.abc import Iterable

from core.api import Report
from core.change_groups import ChangeGroup, change_groups, headline
from core.compare import Changed, Comparison, ComparisonKind, Outcome
from core.json.document import Document, optional
from core.json.shared import EndDocument, LocationDocument, PriceDocument, ProblemDocument, TreeDocument
from core.prices import price_of
from core.references import Kind
from core.release_diff import Difference
from core.resolution import Resolution
from core.verdict import Verdict
from core.what_if import ProfileSummary


class StateDocument(Document):
    """One of the two states."""

    def __init__(self, report: Report) -> None:
        verdict, summary = report.verdict
        stop = report.stops_at
        self.release: str = str(report.release)
        self.profile: str | None = report.catalog.active
        self.verdict: Verdict = verdict
        self.summary: str = summary
        self.boots: bool = report.boots
        self.stops_at: str | None = stop.message if stop is not None else None


class PricedEndDocument(EndDocument):
    """The end of a reference in one of the states; `why` it is dead."""

    def __init__(self, resolution: Resolution) -> None:
        super().__init__(resolution)
        spec, unresolved = resolution.spec, resolution.unresolved
        self.price: PriceDocument | None = PriceDocument(price_of(spec)) if spec is not None else None
        self.why: str | None = unresolved.message if unresolved is not None else None


class ChangedDocument(LocationDocument):
    """A reference that ends elsewhere. `saved_by`: the waterfall or route that keeps it alive."""

    def __init__(self, item: Changed) -> None:
        shown = item.shown
        self.reference: str = shown.reference
        self.kind: Kind = shown.kind
        self.family: str = shown.family
        self.name: str = shown.name
        self.outcome: Outcome = item.outcome
        self.before: PricedEndDocument | None = optional(PricedEndDocument, item.before)
        self.after: PricedEndDocument | None = optional(PricedEndDocument, item.after)
        self.saved_by: str | None = item.saved_by or None
        super().__init__(item.place.location if item.place is not None else None)


class MeanChangeDocument(Document):
    """The mean change over presets and choices priced on both sides, USD per million tokens; null without any."""

    def __init__(self, input: float | None, output: float | None) -> None:
        self.input: float | None = input
        self.output: float | None = output


class DifferenceDocument(Document):
    """A behaviour that differs between two releases; `effect`: its effect alone on this tree."""

    def __init__(self, difference: Difference) -> None:
        self.behaviour: str = difference.behaviour.name
        self.title: str = difference.behaviour.title
        self.first: str = difference.first
        self.second: str = difference.second
        self.effect: str | None = difference.effect or None


class ChangeGroupDocument(Document):
    """Changes with one cause: `references` with their common outcome, or `files` that the second state refuses."""

    def __init__(self, group: ChangeGroup) -> None:
        self.outcome: Outcome | None = group.outcome
        self.effect: str = group.effect
        self.cause: str | None = group.title or None
        self.references: list[str] = [item.shown.reference for item in group.changes]
        self.files: list[str] = list(group.files)
        self.fix: str | None = group.fix


class CompareDocument(Document):
    """Printed by `pipedeck compare --json`.

    `removed`: the removed backends. `affected`: the references that end there now. `refuses`: the problem over which
    the release would not start. `headline` sums the effects up, `groups` has them by cause. `used` counts the
    changes of presets and choices, `counts` those of all references.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.tree: str = comparison.before.catalog.tree.paths.inference
        self.kind: ComparisonKind = comparison.kind
        self.first: str = comparison.first
        self.second: str = comparison.second
        self.before: StateDocument = StateDocument(comparison.before)
        self.after: StateDocument = StateDocument(comparison.after)
        self.removed: list[str] = list(comparison.removed)
        self.affected: list[str] = [item.reference for item in comparison.hit]
        self.refuses: ProblemDocument | None = optional(ProblemDocument, comparison.refuses)
        self.counts: dict[Outcome, int] = {outcome: comparison.count(outcome) for outcome in Outcome}
        self.used: dict[Outcome, int] = {outcome: comparison.count(outcome, comparison.used) for outcome in Outcome}
        self.price_change: MeanChangeDocument = MeanChangeDocument(*comparison.price_change)
        self.headline: str = headline(comparison)
        self.groups: list[ChangeGroupDocument] = [ChangeGroupDocument(group) for group in change_groups(comparison)]
        self.changes: list[ChangedDocument] = [ChangedDocument(item) for item in comparison.changes]
        self.differences: list[DifferenceDocument] = [DifferenceDocument(item) for item in comparison.differences]


class ProfileDocument(Document):
    """The effect of one profile. `used`, `callable`, `dead`, `dies`, `revives` count presets and choices."""

    def __init__(self, item: ProfileSummary) -> None:
        self.name: str = item.name
        self.description: str = item.description
        self.active: bool = item.active
        self.boots: bool = item.boots
        self.verdict: Verdict = item.verdict
        self.summary: str = item.summary
        self.used: int = item.used
        self.callable: int = item.callable
        self.dead: int = item.dead
        self.models: int = item.models
        self.dies: int = item.dies
        self.revives: int = item.revives


class ProfilesDocument(TreeDocument):
    """Printed by `pipedeck compare --json` without a name to compare."""

    def __init__(self, report: Report, summaries: Iterable[ProfileSummary]) -> None:
        super().__init__(report)
        self.profiles: list[ProfileDocument] = [ProfileDocument(item) for item in summaries]
