"""The result of a check: a frozen record without secrets."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import field, fields, replace
from typing import Any, Final

from core.probes.check_plan import CheckPlan
from core.probes.check_status import CheckStatus, Finding, Reason, describe, is_bad, is_good
from core.probes.exchange import Exchange
from core.probes.proofs import ModelProof, Proof, Proofs, latest, refuses_key
from core.probes.secret import Scrubber
from core.probes.served_models import MAX_MODELS, Served
from core.providers.table import BY_NAME
from core.records import dataclass
from core.secret_texts import HIDDEN


@dataclass(frozen=True)
class Listing:
    """The models that a provider lists. Only a complete list shows that a model is not served."""

    models: tuple[Served, ...] = field(default=(), repr=False)
    complete: bool = False
    """Whether it shows that a model that is not in it is not served."""
    gap: str = "no list was requested"
    """The reason why the list is incomplete; empty if it is complete."""
    groups: frozenset[str] = frozenset()
    """The gateway groups with complete lists."""
    items: tuple[tuple[str, bool | None], ...] = ()
    """The models requested individually, each with the outcome."""
    declared_only: bool = False
    """Whether only the declared models were requested, so that the list shows no others."""
    whole: bool = False
    """Whether all pages of it were received. A server of unknown make may serve more than its whole list."""
    make: str = ""
    """The make of the server, as in `core.probes.server_make.MAKES`; empty if it is unknown."""


_UNREADABLE = (None, Reason.SHAPE, Reason.NOT_JSON, Reason.TOO_LARGE, Reason.ENCODING, Reason.RESET)
_TEMPORARY: Final = frozenset({CheckStatus.RATE_LIMITED, CheckStatus.SERVER_ERROR, CheckStatus.TIMEOUT})
"""Statuses that may change within a minute, except for an exhausted quota."""
_OF_EVERY_LIST: Final = frozenset({(CheckStatus.FORBIDDEN, Reason.MISSING_SCOPE)})
"""Findings that concern the list alone, at every provider."""
_OF_UNKNOWN_LISTS: Final = frozenset(
    {
        (CheckStatus.NOT_FOUND, None),
        (CheckStatus.NOT_FOUND, Reason.NO_LIST_ENDPOINT),
        (CheckStatus.FORBIDDEN, None),
        *((CheckStatus.BAD_RESPONSE, reason) for reason in _UNREADABLE),
    }
)
"""Findings that concern the list alone where a server need not have one."""


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
    dotenv: str = "./.env"
    asked_model: str = ""
    """The id of the model that a completion asked for; empty for a check."""
    own_proofs: Proofs = Proofs()
    """The proofs of the requests of this check alone."""
    model_proofs: tuple[ModelProof, ...] = ()
    """The proofs of requests to models, also of previous ones that still count."""
    cached: bool = False
    """Whether it comes from a previous session."""

    @property
    def good(self) -> bool:
        """Whether the provider responded as expected."""
        return is_good(self.finding)

    @property
    def bad(self) -> bool:
        """Whether action is needed."""
        return is_bad(self.finding) and not self.inconclusive

    @property
    def inconclusive(self) -> bool:
        """Whether only the list failed, which shows neither that the models answer nor that they do not."""
        finding = (self.finding.status, self.finding.reason)
        if self.asked_model:
            return False
        return finding in _OF_EVERY_LIST or (self._may_lack_list and finding in _OF_UNKNOWN_LISTS)

    @property
    def temporary(self) -> bool:
        """Whether the finding is no more than a warning: it may change within a minute, or concerns only the list."""
        if self.inconclusive or (self.finding.status in _TEMPORARY and self.finding.reason is not Reason.QUOTA):
            return True
        redirected = self.finding.reason is Reason.REDIRECT
        quota = self.finding.status is CheckStatus.RATE_LIMITED
        return not self.asked_model and self._may_lack_list and (redirected or quota)

    @property
    def _may_lack_list(self) -> bool:
        provider = BY_NAME.get(self.provider)
        return provider is not None and not provider.lists_all

    @property
    def proofs(self) -> Proofs:
        """The answers to the three questions. An answer of a model proves everything behind it."""
        if any(proof.answered and proof.served for proof in self.model_proofs):
            return Proofs(self.own_proofs.list, Proof.YES, Proof.YES)
        if self.model_proofs and self.own_proofs.answer is Proof.UNPROVEN:
            refused = any(proof.answered and not proof.served for proof in self.model_proofs)
            return replace(self.own_proofs, answer=Proof.NO) if refused else self.own_proofs
        return self.own_proofs

    @property
    def applicable(self) -> bool:
        """Whether the backend has anything to check."""
        return self.finding.status is not CheckStatus.NOT_CHECKABLE or self.bad

    @property
    def texts(self) -> tuple[str, str]:
        """The message and the hint."""
        message, hint = describe(
            self.finding,
            variable=self.variable,
            host=self.host,
            field=self.wrong_field,
            extra=self.extra,
            dotenv=self.dotenv,
        )
        detail = self.finding.detail
        return (f"{message}: {detail}" if detail and detail not in message else message), hint


def result_of(plan: CheckPlan, finding: Finding, at: float | None = None) -> CheckResult:
    """A result with the values of its plan. `at` is unix time, by default now."""
    return CheckResult(
        plan.backend,
        plan.provider.name if plan.provider is not None else "",
        finding,
        plan.host,
        time.time() if at is None else at,
        notes=plan.notes,
        asked_model=plan.asked_model,
        variable=plan.key_variable,
        wrong_field=plan.wrong_field,
        extra=plan.extra,
        dotenv=plan.dotenv,
    )


def with_previous(result: CheckResult, previous: CheckResult | None) -> CheckResult:
    """A result with what previous requests to models proved, which wins over a failed list.

    `previous` is the last result for the same key and address. An answer does not win over a host that is now out of
    reach.
    """
    if previous is None or result.finding.status is CheckStatus.CANCELLED:
        return result
    items = tuple(
        ModelProof(name, served, answered=False, at=previous.at)
        for name, served in previous.listing.items
        if served is not None and name not in dict(result.listing.items)
    )
    if result.asked_model:
        # A completion: the lists of the previous result remain.
        if refuses_key(result.finding):
            return replace(result, listing=previous.listing)
        own = latest((*previous.model_proofs, *result.model_proofs), result.at)
        return _answered(replace(previous, model_proofs=own, cached=False))
    return _answered(replace(result, model_proofs=latest((*previous.model_proofs, *items), result.at)))


def of_backend(result: CheckResult) -> CheckResult | None:
    """The result of a completion as one of its backend; None where it says nothing about the backend."""
    if result.finding.reason is Reason.MODEL and result.http_status is not None:
        return replace(result, finding=Finding(CheckStatus.OK, Reason.KEY_UNPROVEN))
    return result if result.good or refuses_key(result.finding) else None


def _answered(result: CheckResult) -> CheckResult:
    """The result with its finding decided by the answer of a model, if one answered."""
    answered = any(proof.answered and proof.served for proof in result.model_proofs)
    if not answered or result.http_status is None or (result.good and result.finding.reason is None):
        return result
    return replace(result, finding=Finding(CheckStatus.OK, Reason.ANSWERED))


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


_MASKED: Final = re.compile(r"\*{3,}|[\u2022\u25cf]{3,}|" + re.escape(HIDDEN))
"""A masked text in an id. A single `*` is a wildcard."""


def scrub_models(models: tuple[Served, ...], scrub: Scrubber) -> tuple[Served, ...]:
    """The models without the secrets that a provider may repeat in their texts, and without masked texts as ids."""
    shown = tuple(model for model in models if not _MASKED.search(model.id))
    texts = "\n".join(text for model in shown for text in _texts(model))
    if not scrub.known(texts):
        return shown
    # An id that repeats a secret is no id.
    return tuple(_clean(model, scrub) for model in shown if not scrub.known(model.id))


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
