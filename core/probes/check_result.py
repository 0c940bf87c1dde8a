"""The result of a check: a frozen record without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, fields, replace
from typing import Any

from core.probes.check_status import CheckStatus, Finding, describe, is_bad, is_good
from core.probes.exchange import Exchange
from core.probes.secret import Scrubber
from core.probes.served_models import MAX_MODELS, Served
from core.records import dataclass


@dataclass(frozen=True)
class Listing:
    """What a provider says it serves. Nothing is known of a model that is absent from a list that is not `whole`."""

    models: tuple[Served, ...] = field(default=(), repr=False)
    whole: bool = False
    why: str = "it was not asked"
    """Why it is not whole, or says nothing; empty when it is."""
    groups: frozenset[str] = frozenset()
    """The groups of a gateway whose lists are whole."""
    items: tuple[tuple[str, bool | None], ...] = ()
    """What was found for models that were asked for one by one."""
    only_asked: bool = False
    """Whether only the declared models were asked for: then the list is no catalogue."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome for one backend. Times are in seconds, `at` is unix time.

    `latency` is the time to the first byte of the answer that settled it. All texts of the provider are scrubbed, and
    go through `core.safe_text.safe` before they are shown.
    """

    backend: str
    provider: str
    finding: Finding
    host: str
    at: float
    seconds: float = 0.0
    latency: float | None = None
    tries: int = 0
    request_id: str | None = None
    http_status: int | None = None
    listing: Listing = Listing()
    facts: tuple[tuple[str, str], ...] = ()
    """What else the provider tells of the account: credit left, whether it is a free tier."""
    notes: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    variable: str = ""
    wrong_field: str = ""
    extra: str = ""
    cached: bool = False
    """Whether it is of an earlier session."""

    @property
    def good(self) -> bool:
        """Whether the provider answered as it should."""
        return is_good(self.finding)

    @property
    def bad(self) -> bool:
        """Whether somebody has to do something about it."""
        return is_bad(self.finding)

    @property
    def asked(self) -> bool:
        """Whether there was anything to ask, and it was asked or should have been."""
        return self.finding.status is not CheckStatus.NOT_CHECKABLE or self.bad

    @property
    def words(self) -> tuple[str, str]:
        """What was found, and what to do about it."""
        said, advice = describe(
            self.finding, variable=self.variable, host=self.host, field=self.wrong_field, extra=self.extra
        )
        return (f"{said}: {self.finding.detail}" if self.finding.detail else said), advice


def merge_models(known: dict[tuple[str, str], Served], models: Iterable[Served]) -> bool:
    """Lay a list over what is known: it adds models, and fills in what was left open. False when there are too many."""
    for model in models:
        key = (model.group, model.id)
        before = known.get(key)
        if before is not None:
            known[key] = _filled_in(before, model)
        elif len(known) >= MAX_MODELS:
            return False
        else:
            known[key] = model
    return True


def _filled_in(first: Served, second: Served) -> Served:
    changes = {item.name: getattr(second, item.name) for item in fields(Served) if not getattr(first, item.name)}
    return replace(first, **changes)


def scrub_models(models: tuple[Served, ...], scrub: Scrubber) -> tuple[Served, ...]:
    """The models, should the provider repeat a secret in one of their texts, without it."""
    texts = "\n".join(text for model in models for text in _texts(model))
    if not scrub.known(texts):
        return models
    return tuple(_clean(model, scrub) for model in models)


def _texts(model: Served) -> Iterable[str]:
    for item in fields(Served):
        value = getattr(model, item.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (text for text in value if isinstance(text, str))


def _clean(model: Served, scrub: Scrubber) -> Served:
    out: dict[str, Any] = {}
    for item in fields(Served):
        value = getattr(model, item.name)
        if isinstance(value, str):
            out[item.name] = scrub.exact(value)
        elif isinstance(value, tuple) and item.name != "costs":
            out[item.name] = tuple(scrub.exact(text) for text in value)
    return replace(model, **out)
