"""The JSON of `pipedeck review`: the effects of a change between two revisions."""

from __future__ import annotations

from core.json.compare_document import CompareDocument
from core.json.document import Document, optional
from core.json.edit_document import CostChangeDocument
from core.json.shared import ProblemDocument
from core.review import Lost, Review


class LostDocument(Document):
    """A reference whose model no longer takes or gives kinds of content."""

    def __init__(self, item: Lost) -> None:
        self.reference: str = item.after.reference
        self.inputs: list[str] = list(item.inputs)
        self.outputs: list[str] = list(item.outputs)


class ReviewDocument(CompareDocument):
    """Printed by `pipedeck review --json`.

    `problems_added`, `problems_removed`: those without an equal on the other side. `lost`: references that lose
    capabilities; `dearer`: those that cost more; `cost_change`: the cost of past runs. `adds_errors`: whether the exit
    status is 1 for it. `policy_changes`: whether the sides are judged by different policies.
    """

    def __init__(self, review: Review) -> None:
        super().__init__(review.comparison)
        self.adds_errors: bool = bool(review.errors)
        self.policy_changes: bool = review.policy_changes
        self.problems_added: list[ProblemDocument] = [ProblemDocument(item.problem) for item in review.added]
        self.problems_removed: list[ProblemDocument] = [ProblemDocument(item.problem) for item in review.removed]
        self.lost: list[LostDocument] = [LostDocument(item) for item in review.lost]
        self.cost_change: CostChangeDocument | None = optional(CostChangeDocument, review.cost_change)
        self.dearer: list[str] = [item.shown.reference for item in review.dearer]
