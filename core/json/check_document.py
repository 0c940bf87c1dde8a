"""The JSON of `pipedeck check`: planned requests, and results of live checks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.json.document import Document, optional
from core.json.shared import utc
from core.probes.check_status import CheckStatus

if TYPE_CHECKING:
    # `validate` needs the types of this module, and not the machinery of live checks.
    from core.probes.availability import Comparison, Declared
    from core.probes.check_plan import CheckPlan, KeyDestination, Request
    from core.probes.check_result import CheckResult
    from core.probes.completion import CompletionPlan
    from core.probes.exchange import Exchange
    from core.probes.served_models import Served


class RequestDocument(Document):
    """A planned request. `headers` are names only, `proxy` has no password; `only_if`: the condition of sending it."""

    def __init__(self, request: Request, plan: CheckPlan) -> None:
        self.method: str = request.method
        self.url: str = plan.shown(request.url)
        self.headers: list[str] = list(request.header_names)
        self.proxy: str | None = request.route.proxy.shown if request.route.proxy is not None else None
        self.why: str = request.purpose
        self.only_if: str | None = request.condition or None


class UnapprovedDocument(Document):
    """A variable that would be sent to a host for the first time; null: anything without encryption."""

    def __init__(self, destination: KeyDestination) -> None:
        self.variable: str | None = destination.variable or None
        self.host: str = destination.origin


class PlanDocument(Document):
    """The check of one backend. With a `verdict` nothing is sent."""

    def __init__(self, plan: CheckPlan) -> None:
        verdict = plan.verdict
        self.backend: str = plan.backend
        self.provider: str | None = plan.provider.name if plan.provider is not None else None
        self.called: str | None = plan.shown(plan.called) or None
        self.verdict: str | None = verdict.status if verdict is not None else None
        self.reason: str | None = verdict.reason if verdict is not None else None
        self.variables: list[str] = list(plan.variables)
        self.unapproved: list[UnapprovedDocument] = [UnapprovedDocument(item) for item in plan.unapproved]
        self.notes: list[str] = list(plan.notes)
        self.requests: list[RequestDocument] = [RequestDocument(request, plan) for request in plan.requests]


class ExchangeDocument(Document):
    """A request that was sent, and its response."""

    def __init__(self, exchange: Exchange) -> None:
        self.method: str = exchange.method
        self.url: str = exchange.url
        self.headers: list[str] = list(exchange.headers)
        self.http_status: int | None = exchange.status
        self.request_id: str | None = exchange.request_id
        self.seconds: float | None = _rounded(exchange.seconds)
        self.bytes: int = exchange.size
        self.message: str = exchange.message
        self.sent_body: str | None = exchange.body or None
        self.returned_headers: dict[str, str] = dict(exchange.returned)
        self.models_listed: int | None = exchange.listed
        self.excerpt: str | None = exchange.excerpt or None


class DeclaredDocument(Document):
    """A declared model. `used_by`: the references that end at it."""

    def __init__(self, item: Declared) -> None:
        self.handle: str = item.spec.handle
        self.model_id: str = item.spec.model_id
        self.comment: str | None = item.note or None
        self.used_by: list[str] = list(item.users)


class ServedDocument(Document):
    """A model as its provider lists it; null or empty where the provider does not say. `costs`: USD per M tokens."""

    def __init__(self, model: Served) -> None:
        self.id: str = model.id
        self.context_tokens: int | None = model.context
        self.max_output_tokens: int | None = model.max_output
        self.inputs: list[str] = list(model.inputs)
        self.outputs: list[str] = list(model.outputs)
        self.costs: dict[str, float] = dict(model.costs)
        self.lifecycle: str | None = model.lifecycle
        self.until: str | None = model.until
        self.group: str | None = model.group or None


class AvailabilityDocument(Document):
    """Declared against served. `undeclared`: models that the provider serves and the tree does not declare."""

    def __init__(self, comparison: Comparison) -> None:
        self.served: list[DeclaredDocument] = [DeclaredDocument(item) for item in comparison.served]
        self.not_served: list[DeclaredDocument] = [DeclaredDocument(item) for item in comparison.not_served]
        self.unknown: list[DeclaredDocument] = [DeclaredDocument(item) for item in comparison.unknown]
        self.undeclared: list[ServedDocument] = [ServedDocument(model) for model in comparison.undeclared]
        self.why_unknown: str | None = comparison.gap or None


class ResultDocument(Document):
    """The result of checking one backend. `latency` (to the first byte) and `seconds` (in all) are seconds.

    `lists`, `key` and `answers` are `yes`, `no` or `not proven`: whether the provider lists its models, takes the key,
    and whether a model answered. `inconclusive`: only the list failed. `make`: the recognized make of the server.
    """

    def __init__(self, result: CheckResult, comparison: Comparison | None) -> None:
        message, advice = result.texts
        self.backend: str = result.backend
        self.provider: str | None = result.provider or None
        self.status: CheckStatus = result.finding.status
        self.reason: str | None = result.finding.reason
        self.message: str = message
        self.advice: str | None = advice or None
        self.good: bool = result.good
        self.bad: bool = result.bad
        self.inconclusive: bool = result.inconclusive
        self.lists: str = result.proofs.list.value
        self.key: str = result.proofs.key.value
        self.answers: str = result.proofs.answer.value
        self.make: str | None = result.listing.make or None
        self.host: str | None = result.host or None
        self.http_status: int | None = result.http_status
        self.request_id: str | None = result.request_id
        self.latency: float | None = _rounded(result.latency)
        self.seconds: float | None = _rounded(result.seconds)
        self.tries: int = result.tries
        self.checked_at: str = utc(result.at)
        self.cached: bool = result.cached
        self.facts: dict[str, str] = dict(result.facts)
        self.notes: list[str] = list(result.notes)
        self.exchanges: list[ExchangeDocument] = [ExchangeDocument(exchange) for exchange in result.exchanges]
        self.models: AvailabilityDocument | None = optional(AvailabilityDocument, comparison)


class CheckCountsDocument(Document):
    """Counts of backends by result, and of planned requests."""

    def __init__(
        self, plans: Sequence[CheckPlan], results: Sequence[CheckResult], comparisons: Mapping[str, Comparison]
    ) -> None:
        from core.probes.check_counts import count_results

        counts = count_results(results, comparisons.values())
        self.backends: int = len(plans)
        self.good: int = counts.good
        self.bad: int = counts.bad
        self.inconclusive: int = counts.inconclusive
        self.not_checkable: int = counts.not_checkable
        self.models_in_use_not_served: int = counts.unserved
        self.requests: int = sum(not request.fallback for plan in plans if plan.sends for request in plan.requests)


class CompletionDocument(Document):
    """A completion with one model (`--model`).

    `max_tokens` is null when no limit is sent, as Pipelex sends none; `estimated_usd` when its price is unknown.
    """

    def __init__(self, plan: CompletionPlan) -> None:
        self.model: str = plan.spec.handle
        self.model_id: str = plan.spec.model_id
        self.max_tokens: int | None = plan.max_tokens
        self.estimated_usd: float | None = plan.estimate


class CheckDocument(Document):
    """Printed by `pipedeck check --json`. In a dry run there are plans and no results."""

    def __init__(
        self,
        plans: Sequence[CheckPlan],
        results: Sequence[CheckResult],
        comparisons: Mapping[str, Comparison],
        *,
        tree: str,
        dry_run: bool,
        completion: CompletionPlan | None = None,
    ) -> None:
        """Build the document of a live check, or of its plans; `comparisons` by backend."""
        self.tree: str = tree
        self.dry_run: bool = dry_run
        self.at: str = utc(time.time())
        self.counts: CheckCountsDocument = CheckCountsDocument(plans, results, comparisons)
        self.completion: CompletionDocument | None = optional(CompletionDocument, completion)
        self.plans: list[PlanDocument] = [PlanDocument(plan) for plan in plans]
        self.results: list[ResultDocument] = [
            ResultDocument(result, comparisons.get(result.backend)) for result in results
        ]


def _rounded(seconds: float | None) -> float | None:
    return round(seconds, 4) if seconds is not None else None
