"""The document of `models`."""

from __future__ import annotations

from typing import Literal

from core.contract.document import Document


class PriceDocument(Document):
    """USD per million tokens; null is unknown, which is not zero. `others`: further kinds of tokens."""

    input: float | None
    output: float | None
    others: dict[str, float]


class OfferDocument(Document):
    """One model as one backend offers it. `serves`: it is the one used. `cost`: of the call asked about, in USD."""

    handle: str
    backend: str
    type: str
    model_id: str
    on: bool
    serves: bool
    status: Literal["callable", "served", "on", "off"]
    key_state: Literal["none needed", "set", "placeholder", "empty", "missing"]
    inputs: list[str]
    outputs: list[str]
    vision: bool
    structured: bool
    max_tokens: int | None
    price: PriceDocument
    cost: float | None
    file: str | None
    line: int | None


class ModelDocument(Document):
    """One handle; the first offer leads. `elsewhere`: the same model under any name on other backends, if asked for."""

    handle: str
    family: str
    status: str
    offers: list[OfferDocument]
    elsewhere: list[OfferDocument]


class TokensDocument(Document):
    """The tokens of the call asked about."""

    given: int
    taken: int


class ComparedDocument(Document):
    """One property of several models. `best` counts from 0 and is null when none is better than all others."""

    property: str
    values: list[str]
    differs: bool
    best: int | None


class ModelsDocument(Document):
    """What `pipedeck models --json` prints. `compared` is filled by `--compare`."""

    tree: str
    release: str
    profile: str | None
    tokens: TokensDocument | None
    models: list[ModelDocument]
    compared: list[ComparedDocument]
