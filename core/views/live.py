"""Plans and results as plain data for scripts: the JSON document of `check`. Keys are stable; new ones may be added."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from core.probes.answer import Exchange
from core.probes.availability import Comparison, Declared
from core.probes.completion import CompletionPlan
from core.probes.plan import CheckPlan
from core.probes.result import CheckResult
from core.probes.served import Served

Json = dict[str, object]


def check_document(
    plans: Sequence[CheckPlan],
    results: Sequence[CheckResult],
    comparisons: Mapping[str, Comparison],
    *,
    tree: str,
    dry_run: bool,
    completion: CompletionPlan | None = None,
) -> Json:
    """Everything that `check --json` says. In a dry run there are plans and no results."""
    return {
        "tree": tree,
        "dry_run": dry_run,
        "at": _utc(time.time()),
        "counts": {
            "backends": len(plans),
            "good": sum(1 for result in results if result.good),
            "bad": sum(1 for result in results if result.bad),
            "not_checkable": sum(1 for result in results if not result.asked),
            "requests": sum(len(plan.asks) for plan in plans if plan.sends),
        },
        "completion": None
        if completion is None
        else {
            "model": completion.spec.handle,
            "model_id": completion.spec.model_id,
            "most_tokens": completion.most_tokens,
            "estimated_usd": completion.estimate,
        },
        "plans": [plan_document(plan) for plan in plans],
        "results": [result_document(result, comparisons.get(result.backend)) for result in results],
    }


def plan_document(plan: CheckPlan) -> Json:
    """One plan: what would be sent, without any value of a header."""
    return {
        "backend": plan.backend,
        "provider": plan.provider.name if plan.provider is not None else None,
        "called": plan.called or None,
        "verdict": plan.verdict.status.value if plan.verdict is not None else None,
        "reason": plan.verdict.reason.value if plan.verdict is not None and plan.verdict.reason is not None else None,
        "variables": list(plan.variables),
        "unapproved": [{"variable": pair.variable, "host": pair.origin} for pair in plan.unapproved],
        "notes": list(plan.notes),
        "requests": [
            {
                "method": ask.method,
                "url": ask.url,
                "headers": list(ask.header_names),
                "why": ask.why,
                "only_if": "the provider lists no models" if ask.fallback else None,
            }
            for ask in plan.asks
        ],
    }


def result_document(result: CheckResult, comparison: Comparison | None) -> Json:
    """One result. `latency` and `seconds` are seconds."""
    said, advice = result.words
    return {
        "backend": result.backend,
        "provider": result.provider or None,
        "status": result.finding.status.value,
        "reason": result.finding.reason.value if result.finding.reason is not None else None,
        "message": said,
        "advice": advice or None,
        "good": result.good,
        "bad": result.bad,
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
        "models": None if comparison is None else _comparison(comparison),
    }


def _exchange(exchange: Exchange) -> Json:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "headers": list(exchange.headers),
        "http_status": exchange.status,
        "request_id": exchange.request_id,
        "seconds": _rounded(exchange.seconds),
        "bytes": exchange.size,
        "said": exchange.said,
        "sent_body": exchange.body or None,
        "returned_headers": dict(exchange.returned),
        "models_listed": exchange.listed,
        "excerpt": exchange.excerpt or None,
    }


def _comparison(comparison: Comparison) -> Json:
    return {
        "served": [_declared(item) for item in comparison.served],
        "not_served": [_declared(item) for item in comparison.not_served],
        "unknown": [_declared(item) for item in comparison.unknown],
        "undeclared": [_served(model) for model in comparison.undeclared],
        "why_unknown": comparison.why or None,
    }


def _declared(item: Declared) -> Json:
    return {
        "handle": item.spec.handle,
        "model_id": item.spec.model_id,
        "remark": item.remark or None,
        "used_by": list(item.users),
    }


def _served(model: Served) -> Json:
    stated: Iterable[tuple[str, object]] = (
        ("id", model.id),
        ("context_tokens", model.context),
        ("max_output_tokens", model.max_output),
        ("inputs", list(model.inputs)),
        ("outputs", list(model.outputs)),
        ("costs", dict(model.costs)),
        ("lifecycle", model.lifecycle),
        ("until", model.until),
        ("group", model.group),
    )
    return {key: value for key, value in stated if value}


def _rounded(seconds: float | None) -> float | None:
    return round(seconds, 4) if seconds is not None else None


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
