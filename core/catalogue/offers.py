"""Offers: every model as a backend offers it, with its price, its usability, and the same model on other backends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.api import Report
from core.candidates import ENDED
from core.dialects.deck_schema import family_of
from core.entities import ModelSpec
from core.prices import CACHED, Price, price_of
from core.records import dataclass
from core.refusals import NO_SETTINGS, refusal_of
from core.resolution import Status
from core.variables import State

if TYPE_CHECKING:
    from core.lives.lives import Lives

_IMAGES = frozenset({"images", "image"})


OfferStatus: TypeAlias = Literal["callable", "unknown", "served", "refused", "on", "off"]


class Key(StrEnum):
    """The state of the variables that a backend needs."""

    NONE = "none needed"
    SET = "set"
    PLACEHOLDER = "placeholder"
    EMPTY = "empty"
    MISSING = "missing"
    UNKNOWN = "unknown"

    @property
    def usable(self) -> bool:
        """Whether a call can be made."""
        return self in (Key.NONE, Key.SET)


@dataclass(frozen=True, slots=True)
class Offer:
    """One model of one backend.

    `on`: the backend is enabled. `serves`: the active profile sends the handle to this offer. `max_tokens`: the output
    limit in tokens; None is unknown. `refuses`: its worker refuses every call, as the model
    lacks something. `reach`: whether the call of a serving model has what it needs here.
    """

    spec: ModelSpec = field(repr=False)
    handle: str
    backend: str
    model_type: str
    model_id: str
    on: bool
    serves: bool
    key: Key
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    max_tokens: int | None
    price: Price
    refuses: bool = False
    lives: Lives | None = field(default=None, repr=False, compare=False)
    reach: Status = Status.SERVED

    @property
    def vision(self) -> bool:
        """Whether this is a language model that reads images."""
        return self.model_type == "llm" and not _IMAGES.isdisjoint(self.inputs)

    @property
    def structured(self) -> bool:
        """Whether the model supports structured output."""
        return "structured" in self.outputs

    @property
    def callable(self) -> bool:
        """Whether the offer serves its handle, refuses no call, and all that a call needs is here."""
        return self.status == "callable"

    @property
    def status(self) -> OfferStatus:
        """`callable`, `served` (a key or package is missing), `unknown` (these cannot be checked here), `refused`.

        `on` is an enabled backend that does not serve the handle, `off` a disabled one.
        """
        if self.serves and self.refuses:
            return "refused"
        if not self.serves:
            return "on" if self.on else "off"
        match self.reach:
            case Status.CALLABLE:
                return "callable"
            case Status.UNKNOWN:
                return "unknown"
            case _:
                return "served"

    def cost(self, tokens_in: int, tokens_out: int, tokens_cached: int = 0) -> float | None:
        """The cost of a call in USD; None if a required price is unknown. `tokens_cached`: of the input tokens.

        Where the file has no price of cached tokens, the published one counts.
        """
        price = self.price
        if tokens_cached and CACHED not in price.other_costs and self.lives is not None:
            published = self.lives.cached_price(self.spec)
            if published is not None:
                price = Price(price.input, price.output, {**price.other_costs, CACHED: published})
        return price.cost(tokens_in, tokens_out, tokens_cached)

    @property
    def ends(self) -> str:
        """The end of the model for a column: its day, `ended`, `deprecated`, or empty."""
        end = self.lives.end(self.spec) if self.lives is not None else None
        return end.short if end is not None else ""

    @property
    def has_ended(self) -> bool:
        """Whether the model has ended by published data, and no live check lists it."""
        return self.lives is not None and self.lives.rank(self.spec) == ENDED

    @property
    def context(self) -> int | None:
        """The context window in tokens, as `Lives.context` has it; None is unknown."""
        found = self.lives.context(self.spec) if self.lives is not None else None
        return found[0] if found is not None else None


def key_of(report: Report, backend: str) -> Key:
    """The state of the variables that a backend needs."""
    state = report.catalog.key_state(backend)
    return {
        None: Key.NONE,
        State.SET: Key.SET,
        State.PLACEHOLDER: Key.PLACEHOLDER,
        State.EMPTY: Key.EMPTY,
        State.MISSING: Key.MISSING,
        State.UNKNOWN: Key.UNKNOWN,
    }[state]


def offers(report: Report) -> tuple[Offer, ...]:
    """Every model of every backend, in file order."""
    keys = {name: key_of(report, name) for name in report.catalog.backends}
    on = frozenset(report.catalog.enabled)
    return tuple(_offer(report, spec, spec.backend in on, keys[spec.backend]) for spec in report.catalog.specs)


def offers_of(report: Report, handle: str, family: str | None = None) -> tuple[Offer, ...]:
    """The offers of a handle (of a family's type): the serving one first, then those of enabled backends."""
    on = frozenset(report.catalog.enabled)
    behaviours = report.catalog.behaviours
    matches = [
        _offer(report, spec, spec.backend in on, key_of(report, spec.backend))
        for spec in report.catalog.declared.get(handle, ())
        if family is None or not report.serving.typed or family_of(spec.model_type, behaviours) == family
    ]
    return tuple(sorted(matches, key=lambda offer: (not offer.serves, not offer.on)))


def _offer(report: Report, spec: ModelSpec, on: bool, key: Key) -> Offer:
    return Offer(
        spec=spec,
        handle=spec.handle,
        backend=spec.backend,
        model_type=spec.model_type,
        model_id=spec.model_id,
        on=on,
        serves=report.serving.spec(spec.model_type, spec.handle) is spec,
        key=key,
        inputs=spec.names("inputs"),
        outputs=spec.names("outputs"),
        max_tokens=spec.max_tokens,
        price=price_of(spec),
        lives=report.lives,
        refuses=refusal_of(report.release, spec, report.catalog.backends.get(spec.backend), NO_SETTINGS) is not None,
        reach=report.resolver.reach(spec) if on else Status.SERVED,
    )


_DATE = re.compile(r"[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})(?=$|[-:])")
_REVISION = re.compile(r"(?:-v\d+:\d+|:[a-z]\w*)$")
_VENDOR = re.compile(r"^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai|google|qwen|ai21)\.")


@lru_cache(maxsize=4096)
def plain_model(model_id: str) -> str:
    """A model id without vendor, date and revision, to recognize the same model at several providers.

    `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `anthropic/claude-sonnet-4.5` and `claude-sonnet-4-5-20250929` are
    all `claude-sonnet-4-5`.
    """
    name = model_id.strip().lower().rsplit("/", 1)[-1]
    name = _VENDOR.sub("", name)
    name = _REVISION.sub("", name)
    name = _DATE.sub("", name)
    return name.replace(".", "-").replace("_", "-")


def elsewhere(report: Report, offer: Offer, known_offers: Sequence[Offer] | None = None) -> tuple[Offer, ...]:
    """The offers of the same model by other backends: of the same handle first, then of the same plain id.

    `known_offers`: the report's offers, to save a second pass.
    """
    same_handle, same_model = [], []
    plain = plain_model(offer.model_id)
    for candidate in known_offers if known_offers is not None else offers(report):
        if candidate.spec is offer.spec or candidate.model_type != offer.model_type:
            continue
        if candidate.handle == offer.handle:
            same_handle.append(candidate)
        elif plain and plain == plain_model(candidate.model_id):
            same_model.append(candidate)
    return (*same_handle, *same_model)
