"""The document of the commands that edit."""

from __future__ import annotations

from typing import Literal

from core.contract.checking import ProblemDocument
from core.contract.document import Document


class FileDocument(Document):
    """A file that changes; `diff` is as `diff -u` writes it, secrets hidden."""

    file: str
    state: Literal["changed", "created", "deleted"]
    added: int
    removed: int
    diff: str


class EndDocument(Document):
    """Where a reference ends."""

    status: Literal["callable", "served", "unknown", "dead"]
    backend: str | None
    handle: str | None


class TurnedDocument(Document):
    """A reference that ends otherwise than before; a side is null where it does not exist."""

    reference: str
    kind: str
    family: str
    before: EndDocument | None
    after: EndDocument | None


class ReroutedDocument(Document):
    """A handle that another backend serves, or none, or one again."""

    model_type: str | None
    handle: str
    before: str | None
    after: str | None


class PriceChangeDocument(Document):
    """By how much a million tokens cost more on average, in USD."""

    input: float
    output: float


class ImpactDocument(Document):
    """What an edit changes beside the files. `died` and `revived` are references as they are written."""

    summary: str
    verdict_before: str
    verdict_after: str
    rerouted: list[ReroutedDocument]
    references: list[TurnedDocument]
    died: list[str]
    revived: list[str]
    price_change: PriceChangeDocument | None
    problems_added: list[ProblemDocument]
    problems_removed: list[ProblemDocument]
    errors_added: list[ProblemDocument]
    errors_removed: list[ProblemDocument]


class RefusalDocument(Document):
    """Why nothing is done. `layers` are those in which the same edit would work, `others` edits that would do."""

    reason: str
    instead: str
    file: str | None
    layers: list[Literal["auto", "base", "override"]]
    others: list[str]


class CandidateDocument(Document):
    """A model that could stand in for one that is not served, with what speaks for it and what is lost."""

    name: str
    backend: str
    reasons: list[str]
    warnings: list[str]


class ReplacementDocument(Document):
    """An entry of the deck that would be dead: what it names, what it is to name, and what else it could."""

    kind: str
    family: str
    name: str
    names: list[str]
    revives: int
    taken: str | None
    candidates: list[CandidateDocument]


class EditDocument(Document):
    """What a command that edits prints with `--json`.

    `result`: `written`; `would_write` with --dry-run; `nothing` had to change; `refused`: it cannot be done, or would
    add errors; `not_written`: it could not be written, and `message` says what is on the disk.
    """

    tree: str
    release: str
    label: str
    result: Literal["written", "would_write", "nothing", "refused", "not_written"]
    written: bool
    message: str
    files: list[FileDocument]
    notes: list[str]
    impact: ImpactDocument | None
    refusal: RefusalDocument | None
    replacements: list[ReplacementDocument]
