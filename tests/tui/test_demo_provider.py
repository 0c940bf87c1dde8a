"""The demo's provider: one check succeeds, one fails for its key, and models can be imported."""

from __future__ import annotations

import threading
from pathlib import Path

from core.api import Report, inspect_tree
from core.probes.availability import compare
from core.probes.check_planner import plan_checks
from core.probes.completion import plan_completion
from core.probes.model_proposals import propose_models
from core.probes.plan_options import PlanOptions
from tests.core.probes.check_runs import outcome, run_plans
from tui.sample import copy_sample, demo_environment
from tui.sample.provider import ORIGINS, DemoProvider


def demo_report(folder: Path) -> Report:
    copy_sample(folder / "shop")
    return inspect_tree(str(folder / "shop"), environ=demo_environment(folder / "home"))


def test_checks_of_the_demo_have_three_outcomes(tmp_path: Path) -> None:
    report = demo_report(tmp_path)
    with DemoProvider(delay=0) as provider:
        plans = plan_checks(report.catalog, None, PlanOptions(stand_ins=provider.start()))
        assert {ask.address.host for plan in plans for ask in plan.requests} == {"127.0.0.1"}
        results = {result.backend: result for result in run_plans(plans).results}
    assert {name: outcome(result) for name, result in results.items()} == {
        "anthropic": "ok",
        "openai": "unauthorized",
        "mistral": "ok",
        "internal": "not_checkable/in_process",
    }
    assert results["openai"].texts == (
        "the key is rejected: Incorrect API key provided: demo.",
        "set OPENAI_API_KEY to a valid key of this provider",
    )
    anthropic = compare(report.catalog, results["anthropic"], report.resolutions)
    assert (len(anthropic.served), [model.id for model in anthropic.undeclared]) == (3, ["claude-opus-4-1"])
    mistral = compare(report.catalog, results["mistral"], report.resolutions)
    assert [item.spec.handle for item in mistral.not_served] == ["mistral-ocr"]
    assert {proposal.handle for proposal in propose_models(report.catalog, "mistral", mistral.undeclared)} == {
        "mistral-medium-2508",
        "codestral-2508",
        "mistral-embed-2312",
    }


def test_completion_of_the_demo(tmp_path: Path) -> None:
    report = demo_report(tmp_path)
    spec = report.catalog.declared["claude-4.5-haiku"][0]
    with DemoProvider(delay=0) as provider:
        completion = plan_completion(report.catalog, spec, PlanOptions(stand_ins=provider.start()))
        result = run_plans([completion.plan]).only
    assert outcome(result) == "ok/answered"
    assert dict(result.facts)["it said"] == "pong"


def test_server_starts_once_and_stops(tmp_path: Path) -> None:
    before = threading.active_count()
    provider = DemoProvider(delay=0)
    provider.stop()
    assert provider.start() == provider.start()
    assert set(provider.start()) == set(ORIGINS)
    provider.stop()
    provider.stop()
    assert threading.active_count() <= before + 1  # its thread ends
    report = demo_report(tmp_path)
    plans = plan_checks(report.catalog, ["anthropic"], PlanOptions(stand_ins=provider.start()))
    assert outcome(run_plans(plans).only) == "ok"
    provider.stop()
