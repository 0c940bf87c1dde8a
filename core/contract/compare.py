"""The document of `compare`."""

from __future__ import annotations

from typing import Literal

from core.contract.checking import ProblemDocument
from core.contract.document import Document
from core.contract.models import PriceDocument

OutcomeName = Literal["dies", "revives", "moves", "key", "price", "new", "gone"]


class StateDocument(Document):
    """One of the two states."""

    release: str
    profile: str | None
    verdict: Literal["refused", "cannot_run", "degraded", "warnings", "ok"]
    summary: str
    boots: bool
    stops_at: str | None


class EndDocument(Document):
    """Where a reference ends in one of the states; `why` it is dead."""

    status: Literal["callable", "served", "unknown", "dead"]
    backend: str | None
    handle: str | None
    model_id: str | None
    price: PriceDocument | None
    why: str | None


class ChangedDocument(Document):
    """One reference that ends otherwise. `saved_by`: what keeps it alive."""

    reference: str
    kind: str
    family: str
    name: str
    outcome: OutcomeName
    before: EndDocument | None
    after: EndDocument | None
    saved_by: str | None
    file: str | None
    line: int | None


class PriceChangeDocument(Document):
    """The mean change over presets and choices priced on both sides, USD per million tokens; null without any."""

    input: float | None
    output: float | None


class DifferenceDocument(Document):
    """One thing that two releases do differently, and what it alone changes for this tree."""

    behaviour: str
    title: str
    first: str
    second: str
    effect: str | None


class CompareDocument(Document):
    """What `pipedeck compare --json` prints.

    `hit`: the references that end now at what is taken away. `refuses`: over what the release would not start. `used`
    counts the changes of presets and choices, `counts` those of all references.
    """

    tree: str
    kind: Literal["profiles", "backend", "key", "releases"]
    first: str
    second: str
    before: StateDocument
    after: StateDocument
    taken: list[str]
    hit: list[str]
    refuses: ProblemDocument | None
    counts: dict[OutcomeName, int]
    used: dict[OutcomeName, int]
    price_change: PriceChangeDocument
    changes: list[ChangedDocument]
    differences: list[DifferenceDocument]


class ProfileDocument(Document):
    """What one profile makes of the tree. `used`, `callable`, `dead`, `dies`, `revives` count presets and choices."""

    name: str
    description: str
    active: bool
    boots: bool
    verdict: Literal["refused", "cannot_run", "degraded", "warnings", "ok"]
    summary: str
    used: int
    callable: int
    dead: int
    models: int
    dies: int
    revives: int


class ProfilesDocument(Document):
    """What `pipedeck compare --json` prints without a name to compare."""

    tree: str
    release: str
    profile: str | None
    profiles: list[ProfileDocument]
