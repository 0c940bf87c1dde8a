"""The document of `check`: planned requests, and results of live checks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from core.probes.check_status import CheckStatus

if TYPE_CHECKING:
    # `validate` needs the types of this module, and not the machinery of live checks.
    from core.probes.availability import Comparison, Declared
    from core.probes.check_plan import CheckPlan
    from core.probes.check_result import CheckResult
    from core.probes.completion import CompletionPlan
    from core.probes.exchange import Exchange
    from core.probes.served_models import Served


class RequestDocument(TypedDict):
    """A planned request. `headers` are names only; `only_if` is the condition of sending it, if any."""

    method: str
    url: str
    headers: list[str]
    why: str
    only_if: str | None


class UnapprovedDocument(TypedDict):
    """A variable that would be sent to a host for the first time."""

    variable: str
    host: str


class PlanDocument(TypedDict):
    """The check of one backend. With a `verdict` nothing is sent."""

    backend: str
    provider: str | None
    called: str | None
    verdict: str | None
    reason: str | None
    variables: list[str]
    unapproved: list[UnapprovedDocument]
    notes: list[str]
    requests: list[RequestDocument]


class ExchangeDocument(TypedDict):
    """A request that was sent, and its response."""

    method: str
    url: str
    headers: list[str]
    http_status: int | None
    request_id: str | None
    seconds: float | None
    bytes: int
    message: str
    sent_body: str | None
    returned_headers: dict[str, str]
    models_listed: int | None
    excerpt: str | None


class DeclaredDocument(TypedDict):
    """A declared model. `used_by`: the references that end at it."""

    handle: str
    model_id: str
    comment: str | None
    used_by: list[str]


class ServedDocument(TypedDict):
    """A model as its provider lists it; null or empty where the provider does not say. `costs`: USD per M tokens."""

    id: str
    context_tokens: int | None
    max_output_tokens: int | None
    inputs: list[str]
    outputs: list[str]
    costs: dict[str, float]
    lifecycle: str | None
    until: str | None
    group: str | None


class AvailabilityDocument(TypedDict):
    """Declared against served. `undeclared`: models that the provider serves and the tree does not declare."""

    served: list[DeclaredDocument]
    not_served: list[DeclaredDocument]
    unknown: list[DeclaredDocument]
    undeclared: list[ServedDocument]
    why_unknown: str | None


class ResultDocument(TypedDict):
    """The result of checking one backend. `latency` (to the first byte) and `seconds` (in all) are seconds.

    `lists`, `key` and `answers` are `yes`, `no` or `not proven`: whether the provider lists its models, takes the key,
    and whether a model answered. `inconclusive`: only the list failed. `make`: the recognized make of the server.
    """

    backend: str
    provider: str | None
    status: CheckStatus
    reason: str | None
    message: str
    advice: str | None
    good: bool
    bad: bool
    inconclusive: bool
    lists: str
    key: str
    answers: str
    make: str | None
    host: str | None
    http_status: int | None
    request_id: str | None
    latency: float | None
    seconds: float | None
    tries: int
    checked_at: str
    cached: bool
    facts: dict[str, str]
    notes: list[str]
    exchanges: list[ExchangeDocument]
    models: AvailabilityDocument | None


class CheckCountsDocument(TypedDict):
    """Counts of backends by result, and of planned requests."""

    backends: int
    good: int
    bad: int
    inconclusive: int
    not_checkable: int
    models_in_use_not_served: int
    requests: int


class CompletionDocument(TypedDict):
    """A completion with one model (`--model`).

    `max_tokens` is null when no limit is sent, as Pipelex sends none; `estimated_usd` when its price is unknown.
    """

    model: str
    model_id: str
    max_tokens: int | None
    estimated_usd: float | None


class CheckDocument(TypedDict):
    """Printed by `pipedeck check --json`. In a dry run there are plans and no results."""

    tree: str
    dry_run: bool
    at: str
    counts: CheckCountsDocument
    completion: CompletionDocument | None
    plans: list[PlanDocument]
    results: list[ResultDocument]


def check_document(
    plans: Sequence[CheckPlan],
    results: Sequence[CheckResult],
    comparisons: Mapping[str, Comparison],
    *,
    tree: str,
    dry_run: bool,
    completion: CompletionPlan | None = None,
) -> CheckDocument:
    """Build the document of a live check, or of its plans; `comparisons` by backend."""
    from core.probes.check_counts import count_results

    counts = count_results(results, comparisons.values())
    return {
        "tree": tree,
        "dry_run": dry_run,
        "at": _utc(time.time()),
        "counts": {
            "backends": len(plans),
            "good": counts.good,
            "bad": counts.bad,
            "inconclusive": counts.inconclusive,
            "not_checkable": counts.not_checkable,
            "models_in_use_not_served": counts.unserved,
            "requests": sum(not request.fallback for plan in plans if plan.sends for request in plan.requests),
        },
        "completion": None
        if completion is None
        else {
            "model": completion.spec.handle,
            "model_id": completion.spec.model_id,
            "max_tokens": completion.max_tokens,
            "estimated_usd": completion.estimate,
        },
        "plans": [_plan(plan) for plan in plans],
        "results": [result_document(result, comparisons.get(result.backend)) for result in results],
    }


def _plan(plan: CheckPlan) -> PlanDocument:
    verdict = plan.verdict
    return {
        "backend": plan.backend,
        "provider": plan.provider.name if plan.provider is not None else None,
        "called": plan.called or None,
        "verdict": verdict.status if verdict is not None else None,
        "reason": verdict.reason if verdict is not None else None,
        "variables": list(plan.variables),
        "unapproved": [{"variable": pair.variable, "host": pair.origin} for pair in plan.unapproved],
        "notes": list(plan.notes),
        "requests": [
            {
                "method": ask.method,
                "url": ask.url,
                "headers": list(ask.header_names),
                "why": ask.purpose,
                "only_if": "the provider lists no models" if ask.fallback else None,
            }
            for ask in plan.requests
        ],
    }


def result_document(result: CheckResult, comparison: Comparison | None) -> ResultDocument:
    """Build the result of one backend, with the comparison of its models if there is one."""
    message, advice = result.texts
    return {
        "backend": result.backend,
        "provider": result.provider or None,
        "status": result.finding.status,
        "reason": result.finding.reason,
        "message": message,
        "advice": advice or None,
        "good": result.good,
        "bad": result.bad,
        "inconclusive": result.inconclusive,
        "lists": result.proofs.list.value,
        "key": result.proofs.key.value,
        "answers": result.proofs.answer.value,
        "make": result.listing.make or None,
        "host": result.host or None,
        "http_status": result.http_status,
        "request_id": result.request_id,
        "latency": _rounded(result.latency),
        "seconds": _rounded(result.seconds),
        "tries": result.tries,
        "checked_at": _utc(result.at),
        "cached": result.cached,
        "facts": dict(result.facts),
        "notes": list(result.notes),
        "exchanges": [_exchange(exchange) for exchange in result.exchanges],
        "models": None if comparison is None else _availability(comparison),
    }


def _exchange(exchange: Exchange) -> ExchangeDocument:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "headers": list(exchange.headers),
        "http_status": exchange.status,
        "request_id": exchange.request_id,
        "seconds": _rounded(exchange.seconds),
        "bytes": exchange.size,
        "message": exchange.message,
        "sent_body": exchange.body or None,
        "returned_headers": dict(exchange.returned),
        "models_listed": exchange.listed,
        "excerpt": exchange.excerpt or None,
    }


def _availability(comparison: Comparison) -> AvailabilityDocument:
    return {
        "served": [_declared(item) for item in comparison.served],
        "not_served": [_declared(item) for item in comparison.not_served],
        "unknown": [_declared(item) for item in comparison.unknown],
        "undeclared": [_served(model) for model in comparison.undeclared],
        "why_unknown": comparison.gap or None,
    }


def _declared(item: Declared) -> DeclaredDocument:
    return {
        "handle": item.spec.handle,
        "model_id": item.spec.model_id,
        "comment": item.note or None,
        "used_by": list(item.users),
    }


def _served(model: Served) -> ServedDocument:
    return {
        "id": model.id,
        "context_tokens": model.context,
        "max_output_tokens": model.max_output,
        "inputs": list(model.inputs),
        "outputs": list(model.outputs),
        "costs": dict(model.costs),
        "lifecycle": model.lifecycle,
        "until": model.until,
        "group": model.group or None,
    }


def _rounded(seconds: float | None) -> float | None:
    return round(seconds, 4) if seconds is not None else None


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
