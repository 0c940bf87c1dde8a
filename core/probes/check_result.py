"""The result of a check: a frozen record without secrets."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import field, fields, replace
from typing import Any

from core.probes.check_plan import CheckPlan
from core.probes.check_status import CheckStatus, Finding, describe, is_bad, is_good
from core.probes.exchange import Exchange
from core.probes.secret import Scrubber
from core.probes.served_models import MAX_MODELS, Served
from core.records import dataclass


@dataclass(frozen=True)
class Listing:
    """The models that a provider lists. Only a complete list shows that a model is not served."""

    models: tuple[Served, ...] = field(default=(), repr=False)
    complete: bool = False
    gap: str = "no list was requested"
    """The reason why the list is incomplete; empty if it is complete."""
    groups: frozenset[str] = frozenset()
    """The gateway groups with complete lists."""
    items: tuple[tuple[str, bool | None], ...] = ()
    """The models requested individually, each with the outcome."""
    declared_only: bool = False
    """Whether only the declared models were requested, so that the list shows no others."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome for one backend. Times are in seconds, `at` is unix time.

    `latency` is the time to the first byte of the deciding answer. All texts of the provider are scrubbed, and go
    through `core.safe_text.safe` before display.
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
    """Labels and values about the account: credit left, free tier."""
    notes: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = field(default=(), repr=False)
    variable: str = ""
    wrong_field: str = ""
    extra: str = ""
    cached: bool = False
    """Whether it comes from a previous session."""

    @property
    def good(self) -> bool:
        """Whether the provider responded as expected."""
        return is_good(self.finding)

    @property
    def bad(self) -> bool:
        """Whether action is needed."""
        return is_bad(self.finding)

    @property
    def applicable(self) -> bool:
        """Whether the backend has anything to check."""
        return self.finding.status is not CheckStatus.NOT_CHECKABLE or self.bad

    @property
    def texts(self) -> tuple[str, str]:
        """The message and the hint."""
        message, hint = describe(
            self.finding, variable=self.variable, host=self.host, field=self.wrong_field, extra=self.extra
        )
        return (f"{message}: {self.finding.detail}" if self.finding.detail else message), hint


def result_of(plan: CheckPlan, finding: Finding, at: float | None = None) -> CheckResult:
    """A result with the values of its plan. `at` is unix time, by default now."""
    return CheckResult(
        plan.backend,
        plan.provider.name if plan.provider is not None else "",
        finding,
        plan.host,
        time.time() if at is None else at,
        notes=plan.notes,
        variable=plan.key_variable,
        wrong_field=plan.wrong_field,
        extra=plan.extra,
    )


def merge_models(merged: dict[tuple[str, str], Served], models: Iterable[Served]) -> bool:
    """Merge a list into models by group and id. False if there are too many models."""
    for model in models:
        key = (model.group, model.id)
        if key in merged:
            merged[key] = _filled_in(merged[key], model)
        elif len(merged) >= MAX_MODELS:
            return False
        else:
            merged[key] = model
    return True


def _filled_in(first: Served, second: Served) -> Served:
    changes = {item.name: getattr(second, item.name) for item in fields(Served) if not getattr(first, item.name)}
    return replace(first, **changes)


def scrub_models(models: tuple[Served, ...], scrub: Scrubber) -> tuple[Served, ...]:
    """The models without the secrets that a provider may repeat in their texts."""
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
    changes: dict[str, Any] = {}
    for item in fields(Served):
        value = getattr(model, item.name)
        if isinstance(value, str):
            changes[item.name] = scrub.exact(value)
        elif isinstance(value, tuple) and item.name != "costs":
            changes[item.name] = tuple(scrub.exact(text) for text in value)
    return replace(model, **changes)
