"""Paged lists: all pages, the limits, and failed pages."""

from __future__ import annotations

from pathlib import Path

from core.probes.availability import compare
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult
from core.probes.plan_options import PlanOptions
from tests.core.probes.check_runs import LONG_LIMITS, TrustAll, backend, outcome, report_on, run_plans
from tests.support.fake_servers import Behaviour, Server, Talk, answer


def page(number: int, *, more: bool) -> Behaviour:
    last = f"model-{number}"
    return answer({"data": [{"id": last}], "has_more": more, "last_id": last})


def paged(folder: Path, behaviour: Behaviour) -> tuple[CheckResult, list[str], str]:
    """The result, the requested pages, and the reason why the list is incomplete."""
    report = report_on(folder, backend("anthropic", "anthropic", "model-1", "gone", api_key="${KEY}"), KEY="key-0123")
    with Server({"/v1/models": behaviour}) as server:
        terms = PlanOptions(TrustAll(), {"https://api.anthropic.com": server.url})
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
        targets = [request.target for request in server.requests]
    comparison = compare(report.catalog, result)
    assert len(comparison.not_served) == (1 if result.listing.complete else 0)
    return result, targets, comparison.gap


def asked_after(talk: Talk) -> int:
    return int(talk.request.target.partition("after_id=model-")[2] or 0)


def test_all_pages_are_requested(tmp_path: Path) -> None:
    result, targets, why = paged(tmp_path, lambda talk: page(asked_after(talk) + 1, more=asked_after(talk) < 2)(talk))
    assert (outcome(result), why) == ("ok", "")
    assert [model.id for model in result.listing.models] == ["model-1", "model-2", "model-3"]
    assert targets == ["/v1/models?limit=1000", *(f"/v1/models?limit=1000&after_id=model-{n}" for n in (1, 2))]


def test_endless_list_is_limited(tmp_path: Path) -> None:
    result, targets, why = paged(tmp_path, lambda talk: page(asked_after(talk) + 1, more=True)(talk))
    assert (outcome(result), len(targets), why) == ("ok", 20, "the list has more than 20 pages")


def test_repeated_page_token_ends_the_list(tmp_path: Path) -> None:
    _, targets, _ = paged(tmp_path, page(1, more=True))
    assert len(targets) == 2


def test_failed_page_keeps_the_previous_pages(tmp_path: Path) -> None:
    broken = answer({"error": {"message": "no"}}, 500)
    result, _, why = paged(tmp_path, lambda talk: (broken if asked_after(talk) else page(1, more=True))(talk))
    assert (outcome(result), why) == ("ok", "only 1 page of the list received")
    assert [model.id for model in result.listing.models] == ["model-1"]


def test_too_many_models_make_the_list_incomplete(tmp_path: Path) -> None:
    many = answer({"data": [{"id": f"m{n}"} for n in range(15_000)], "has_more": True, "last_id": "model-1"})
    page = answer({"data": [{"id": f"x{n}"} for n in range(15_000)], "has_more": False})
    result, _, why = paged(tmp_path, lambda talk: (page if asked_after(talk) else many)(talk))
    assert (outcome(result), why) == ("ok", "the list has more than 20,000 models")
