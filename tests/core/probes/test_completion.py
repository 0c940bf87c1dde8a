"""The completion of one model: the request in each provider's format, its cost, the responding model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.probes.completion import PROMPT, plan_completion
from core.probes.completion_answers import completion_facts
from core.probes.plan_options import PlanOptions
from core.probes.proofs import Proof, Proofs
from tests.core.probes.check_runs import LONG_LIMITS, Spec, TrustAll, backend, outcome, report_on, run_plans
from tests.support.fake_servers import Behaviour, Server, answer, only_with

KEY = "key-0123456789"
CHAT = answer(
    {
        "model": "tiny-2025",
        "choices": [{"message": {"content": "pong"}}],
        "usage": {"prompt_tokens": 15, "completion_tokens": 2},
    }
)
COSTS = "costs = { input = 3.0, output = 15.0 }"


@dataclass(frozen=True)
class Case:
    made: dict[str, str]
    origin: str
    path: str
    answers: Behaviour
    sent: dict[str, object]
    header: tuple[str, str] = ("authorization", f"Bearer {KEY}")


CASES = {
    "openai": Case(
        backend("openai", "openai", Spec("gpt-4o", COSTS), api_key="${KEY}"),
        "https://api.openai.com",
        "/v1/chat/completions",
        CHAT,
        {"model": "gpt-4o"},
    ),
    "responses": Case(
        backend("openai", "openai_responses", "gpt-5", api_key="${KEY}"),
        "https://api.openai.com",
        "/v1/responses",
        answer(
            {
                "model": "gpt-5-2025",
                "output": [{"type": "message", "content": [{"type": "output_text", "text": "pong"}]}],
                "usage": {"input_tokens": 15, "output_tokens": 2},
            }
        ),
        {"model": "gpt-5"},
    ),
    "mistral": Case(
        backend("mistral", "mistral", "mistral-small", api_key="${KEY}"),
        "https://api.mistral.ai",
        "/v1/chat/completions",
        CHAT,
        {"model": "mistral-small", "max_tokens": 16},
    ),
    "anthropic": Case(
        backend("anthropic", "anthropic", Spec("claude-x", 'thinking_mode = "manual"'), api_key="${KEY}"),
        "https://api.anthropic.com",
        "/v1/messages",
        answer(
            {
                "model": "claude-x",
                "content": [{"type": "text", "text": "pong"}],
                "usage": {"input_tokens": 15, "output_tokens": 2},
            }
        ),
        {"model": "claude-x", "max_tokens": 256},
        ("x-api-key", KEY),
    ),
    "google": Case(
        backend("google", "google", "gemini-x", api_key="${KEY}"),
        "https://generativelanguage.googleapis.com",
        "/v1beta/models/gemini-x:generateContent",
        answer(
            {
                "modelVersion": "gemini-x-001",
                "candidates": [{"content": {"parts": [{"text": "pong"}]}}],
                "usageMetadata": {"promptTokenCount": 15, "candidatesTokenCount": 2},
            }
        ),
        {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]},
        ("x-goog-api-key", KEY),
    ),
    "azure": Case(
        backend(
            "azure_openai",
            "azure_openai",
            "my-deployment",
            endpoint="https://shop.openai.azure.com",
            api_key="${KEY}",
            api_version="2024-10-21",
        ),
        "https://shop.openai.azure.com",
        "/openai/deployments/my-deployment/chat/completions",
        CHAT,
        {"model": "my-deployment"},
        ("api-key", KEY),
    ),
    "portkey": Case(
        backend(
            "portkey",
            "portkey_completions",
            Spec("gpt-4o", 'x-portkey-provider = "@openai"'),
            endpoint="https://api.portkey.ai/v1",
            api_key="${KEY}",
        ),
        "https://api.portkey.ai",
        "/v1/chat/completions",
        only_with("x-portkey-provider", "@openai", CHAT, answer({}, 400)),
        {"model": "gpt-4o"},
        ("x-portkey-api-key", KEY),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_completion_of_each_provider(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    report = report_on(tmp_path, case.made, KEY=KEY)
    spec = report.catalog.specs[0]
    with Server({case.path: only_with(*case.header, case.answers, answer({}, 401))}) as server:
        completion = plan_completion(report.catalog, spec, PlanOptions(TrustAll(), {case.origin: server.url}))
        result = run_plans([completion.plan], LONG_LIMITS).only
        (request,) = server.requests
    assert outcome(result) == "ok/answered"
    assert result.proofs == Proofs(key=Proof.YES, answer=Proof.YES)
    details = dict(result.facts)
    assert (details["it said"], details["input tokens"], details["output tokens"]) == ("pong", "15", "2")
    assert details["answered by"]
    assert (completion.cost_of(result) is None) is (completion.estimate is None), "only what has a price did cost"
    body = json.loads(request.body)
    assert {key: body[key] for key in case.sent} == case.sent
    assert "temperature" not in body


def test_bedrock_completion_is_signed(tmp_path: Path) -> None:
    made = backend("bedrock", "bedrock_aioboto", "eu.anthropic.claude-x-v1:0", aws_region="eu-west-3")
    report = report_on(tmp_path, made, AWS_ACCESS_KEY_ID="AKIAEXAMPLE0EXAMPLE0", AWS_SECRET_ACCESS_KEY="s" * 20)
    converse = answer(
        {"output": {"message": {"content": [{"text": "pong"}]}}, "usage": {"inputTokens": 15, "outputTokens": 2}}
    )
    with Server({"/model/eu.anthropic.claude-x-v1%3A0/converse": converse}) as server:
        stand_ins = {"https://bedrock-runtime.eu-west-3.amazonaws.com": server.url}
        completion = plan_completion(report.catalog, report.catalog.specs[0], PlanOptions((), stand_ins))
        result = run_plans([completion.plan], LONG_LIMITS).only
        assert outcome(result) == "ok/answered"
        assert dict(result.facts)["it said"] == "pong"
        assert "/bedrock/aws4_request" in server.requests[0].headers["authorization"]


@pytest.mark.parametrize(
    ("more", "most", "estimate"),
    [
        (COSTS, 16, (15 * 3 + 16 * 15) / 1e6),
        ("costs = { input = 0.0, output = 0.0 }", 16, 0.0),
        ("", 16, None),
        ("costs = { input = 1.0 }", 16, None),
        (COSTS + '\nthinking_mode = "adaptive"', 256, (15 * 3 + 256 * 15) / 1e6),
        (COSTS + "\nvalued_constraints = { fixed_temperature = 1 }", 256, (15 * 3 + 256 * 15) / 1e6),
        (COSTS + "\nmax_tokens = 8", 8, (15 * 3 + 8 * 15) / 1e6),
    ],
)
def test_expected_cost(more: str, most: int, estimate: float | None, tmp_path: Path) -> None:
    report = report_on(tmp_path, backend("openai", "openai", Spec("plain", more), api_key="${KEY}"), KEY=KEY)
    completion = plan_completion(report.catalog, report.catalog.specs[0])
    # Pipelex sends no limit, and neither does the test: the number is an expectation.
    assert (completion.max_tokens, completion.expected_tokens) == (None, most)
    assert "max_" not in completion.plan.requests[0].body.decode()
    assert completion.estimate == (pytest.approx(estimate) if estimate is not None else None)
    assert completion.cost_text


def test_actual_cost_follows_from_the_token_counts(tmp_path: Path) -> None:
    report = report_on(tmp_path, backend("openai", "openai", Spec("plain", COSTS), api_key="${KEY}"), KEY=KEY)
    with Server({"/v1/chat/completions": CHAT}) as server:
        terms = PlanOptions(TrustAll(), {"https://api.openai.com": server.url})
        completion = plan_completion(report.catalog, report.catalog.specs[0], terms)
        result = run_plans([completion.plan], LONG_LIMITS).only
    assert completion.cost_of(result) == pytest.approx((15 * 3 + 2 * 15) / 1e6)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (backend("openai", "openai", "${MODEL_OF_NOBODY}", api_key="${KEY}"), "not_found/model"),
        (backend("openai", "openai", "x" * 3000, api_key="${KEY}"), "not_found/model"),
        (backend("fal", "fal", "x", api_key="${KEY}"), "not_checkable/not_a_language_model"),
        (
            backend("azure_openai", "azure_openai", "x", api_key="${KEY}", endpoint="https://a.openai.azure.com"),
            "not_checkable/no_field",
        ),
        (backend("bedrock", "bedrock_aioboto", "x", aws_region=""), "not_checkable/no_field"),
    ],
    ids=["no variable", "too long", "no language models", "no version", "no region"],
)
def test_untestable_model_is_reported(made: dict[str, str], expected: str, tmp_path: Path) -> None:
    report = report_on(tmp_path, made, KEY=KEY)
    assert outcome(run_plans([plan_completion(report.catalog, report.catalog.specs[0]).plan]).only) == expected


@pytest.mark.parametrize("kind", ["img_gen", "search", "text_extractor"])
def test_only_language_models_are_tested(kind: str, tmp_path: Path) -> None:
    report = report_on(
        tmp_path, backend("openai", "openai", Spec("x", f'model_type = "{kind}"'), api_key="${KEY}"), KEY=KEY
    )
    result = run_plans([plan_completion(report.catalog, report.catalog.specs[0]).plan]).only
    assert outcome(result) == "not_checkable/not_a_language_model"


def test_completion_requires_approval_of_a_new_destination(tmp_path: Path) -> None:
    report = report_on(tmp_path, backend("mistral", "mistral", "x", api_key="${KEY}"), KEY=KEY)
    plan = plan_completion(report.catalog, report.catalog.specs[0]).plan
    assert (plan.sends, plan.unapproved[0].origin) == (False, "https://api.mistral.ai")


def test_unexpected_answers_have_no_facts() -> None:
    deep: object = "x"
    for _ in range(50):
        deep = [{"content": deep}]
    odd: tuple[object, ...] = (
        None,
        [],
        {},
        {"usage": 5, "model": 5},
        {"choices": [None, 5, {"message": None}]},
        {"content": deep},
    )
    for data in odd:
        assert list(completion_facts(data)) == []


# ---- nothing but an empty request


def test_deep_check_requests_each_azure_deployment(tmp_path: Path) -> None:
    from core.probes.availability import compare
    from core.probes.check_planner import plan_checks

    made = backend(
        "azure_openai",
        "azure_openai",
        "here",
        "gone",
        Spec("picture", 'model_type = "img_gen"\nsdk = "azure_rest_img_gen"'),
        endpoint="https://shop.openai.azure.com",
        api_key="${KEY}",
        api_version="2024-10-21",
    )
    report = report_on(tmp_path, made, KEY=KEY)
    empty = answer({"error": {"message": "[] is too short - 'messages'", "code": None}}, 400)
    missing = answer({"error": {"code": "DeploymentNotFound", "message": "no"}}, 404)
    routes: dict[str, Behaviour] = {
        "/openai/models": answer({"data": [{"id": "gpt-4o"}]}),
        "/openai/deployments/here/chat/completions": empty,
        "/openai/deployments/gone/chat/completions": missing,
        "/openai/deployments/picture/images/generations": empty,
    }
    with Server(routes) as server:
        terms = PlanOptions(TrustAll(), {"https://shop.openai.azure.com": server.url}, deep=True)
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
    assert outcome(result) == "ok"
    comparison = compare(report.catalog, result)
    assert [item.spec.model_id for item in comparison.served] == ["here", "picture"]
    assert [item.spec.model_id for item in comparison.not_served] == ["gone"]


@pytest.mark.parametrize(
    ("empty", "expected", "served"),
    [
        (answer({"error": {"message": "messages: too short"}}, 400), "ok/key_unproven", True),
        (answer({"detail": "validation"}, 422), "ok/key_unproven", True),
        (answer({"choices": []}), "ok/key_unproven", True),
        (answer({"error": {"code": "model_not_found"}}, 404), "ok/key_unproven", False),
        (answer({"error": {"message": "Invalid model name"}}, 400), "ok/key_unproven", False),
        (answer({"error": {"code": "invalid_api_key"}}, 401), "unauthorized", None),
        (answer({"error": "no such path"}, 404), "not_found/no_list_endpoint", None),
    ],
)
def test_deep_check_requests_models_of_servers_without_a_list(
    empty: Behaviour, expected: str, served: bool | None, tmp_path: Path
) -> None:
    from core.probes.check_planner import plan_checks

    made = backend("mine", "openai", "tiny", endpoint="https://gw.example/v1", api_key="${KEY}")
    report = report_on(tmp_path, made, KEY=KEY)
    with Server({"/v1/chat/completions": empty}) as server:
        terms = PlanOptions(TrustAll(), {"https://gw.example": server.url}, deep=True)
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
        assert [request.method for request in server.requests] == ["GET", "POST"]
        assert json.loads(server.requests[1].body) == {"model": "tiny", "messages": []}
        shallow = run_plans(
            plan_checks(report.catalog, None, PlanOptions(TrustAll(), terms.stand_ins)), LONG_LIMITS
        ).only
    assert outcome(result) == expected
    assert dict(result.listing.items).get("tiny") is served
    assert outcome(shallow) == "not_found/no_list_endpoint"
