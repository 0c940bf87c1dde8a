"""The document of `routes`."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document
from core.contract.explain import LostDocument


class ShadowedDocument(Document):
    """A handle that a later rule would send to another backend."""

    handle: str
    pattern: str
    backend: str


class RuleDocument(Document):
    """One rule of the profile. `served`: how much of its catch its backend declares. `never`: why it cannot win."""

    kind: Literal["route", "optional", "default", "fallback", "others", "internal"]
    pattern: str
    backend: str
    what: str
    live: bool
    file: str | None
    line: int | None
    catches: list[str]
    served: int
    missed: list[str]
    shadows: list[ShadowedDocument]
    loses: list[str]
    never: str | None


class MatchDocument(Document):
    """The rule that takes a name; `pattern` is null for the default."""

    method: str
    pattern: str | None
    backend: str
    file: str | None
    line: int | None


class OutcomeDocument(Document):
    """What comes of a name, for models of one type (null: of any). `backend` is null when nobody serves it."""

    type: str | None
    backend: str | None
    method: str | None
    reason: str | None


class NameTestDocument(Document):
    """Where a profile sends a name, declared or not."""

    name: str
    profile: str
    backend: str | None
    match: MatchDocument | None
    lost: list[LostDocument]
    outcomes: list[OutcomeDocument]
    declared_on: list[str]
    declared_off: list[str]


class RoutesDocument(Document):
    """What `pipedeck routes --json` prints."""

    tree: str
    release: str
    profile: str | None
    rules: list[RuleDocument]
    tests: list[NameTestDocument]
