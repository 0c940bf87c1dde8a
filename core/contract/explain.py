"""The document of `explain`."""

from __future__ import annotations

from typing import Literal

from core.contract.checking import ProblemDocument, ReferenceDocument
from core.contract.document import Document
from core.contract.models import OfferDocument, PriceDocument


class LostDocument(Document):
    """A route that takes the model's name too, and why it did not win."""

    pattern: str
    backend: str
    why: str
    file: str | None
    line: int | None


class VariableDocument(Document):
    """A variable: its state, the source that wins, the sources it hides. Never its value."""

    name: str
    state: Literal["set", "empty", "missing", "placeholder"]
    source: str | None
    hides: list[str]


class SettingDocument(Document):
    """One setting as asked for and as it reaches the model. `file` is null for a default of Pipelex's own."""

    key: str
    asked: str
    sent: str
    note: str | None
    file: str | None
    line: int | None


class LayerDocument(Document):
    """What one layer says. `layer` is null for a default of Pipelex's own."""

    origin: str
    layer: str | None
    value: str
    file: str | None
    line: int | None


class RestoredDocument(Document):
    """What a value becomes when its top layer is removed. `refused`: the release does not start without it."""

    value: str
    origin: str | None
    refused: bool


class ValueDocument(Document):
    """One value with its layers, the winning one last. `merged`: they add up. `hides`: a home file hidden whole."""

    key: str
    path: str
    value: str
    merged: bool
    layers: list[LayerDocument]
    restores: RestoredDocument | None
    hides: str | None


class ExplainedDocument(ReferenceDocument):
    """One reference, explained. `others`: the same model of other backends. `near`: what may have been meant."""

    lost: list[LostDocument]
    variables: list[VariableDocument]
    price: PriceDocument
    max_tokens: int | None
    settings: list[SettingDocument]
    values: list[ValueDocument]
    others: list[OfferDocument]
    near: list[str]
    problems: list[ProblemDocument]


class ExplainedThingDocument(Document):
    """A backend or a profile with its values."""

    kind: str
    name: str
    values: list[ValueDocument]


class DefaultDocument(Document):
    """What a pipe gets that names no model. `says` is null where the deck has nothing: a pipe must name one.

    `hides`: what it would be without the override.
    """

    work: str
    family: str
    says: str | None
    override: bool
    hides: str | None
    status: Literal["callable", "served", "unknown", "dead"] | None
    backend: str | None
    handle: str | None
    model_id: str | None
    price: PriceDocument
    settings: list[SettingDocument]
    file: str | None
    line: int | None


class ExplainDocument(Document):
    """What `pipedeck explain --json` prints. `defaults` is filled when no reference is named."""

    tree: str
    release: str
    profile: str | None
    references: list[ExplainedDocument]
    things: list[ExplainedThingDocument]
    defaults: list[DefaultDocument]
