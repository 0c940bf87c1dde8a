"""Every row of the provider table over real sockets: requests, headers, valid and invalid keys, models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.probes.availability import Availability, compare
from core.probes.check_planner import plan_checks
from core.probes.plan_options import PlanOptions
from core.providers.table import PROVIDERS, provider_of_sdk
from tests.core.probes.check_runs import LONG_LIMITS, Spec, TrustAll, backend, outcome, report_on, run_plans
from tests.support.fake_servers import Behaviour, Server, answer, models, only_with
from tests.support.trees import NOWHERE

KEY = "key-0123456789"


@dataclass(frozen=True)
class Case:
    """One provider: its backend, where it really is, how it takes the key, what it answers, and what follows."""

    made: Mapping[str, str]
    origin: str
    header: str
    routes: Mapping[str, Behaviour]
    refuses: Behaviour
    served: frozenset[str]
    missing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    value: str = KEY
    environ: Mapping[str, str] = field(default_factory=dict)
    good: str = "ok"
    bad: str = "unauthorized"
    headers: Mapping[str, str] = field(default_factory=dict)


OPENAI_401 = answer({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, 401)
LIST = models("gpt-5", "gpt-5-mini")
SERVED, MISSING = frozenset({"gpt-5"}), frozenset({"gone"})


def openai_like(name: str, endpoint: str, origin: str, path: str, **more: str) -> Case:
    return Case(
        backend(name, "openai", "gpt-5", "gone", endpoint=endpoint, api_key="${KEY}", **more),
        origin,
        "authorization",
        {f"{path}/models": LIST},
        OPENAI_401,
        SERVED,
        MISSING,
        value=f"Bearer {KEY}",
    )


ANTHROPIC_LIST = answer(
    {
        "data": [
            {"id": "claude-sonnet-4-5", "display_name": "Claude", "max_tokens": 64000, "max_input_tokens": 200000},
            {"id": "claude-old", "lifecycle": "deprecated", "deprecated_at": "2026-12-01"},
        ],
        "has_more": False,
        "last_id": "claude-old",
    }
)
ANTHROPIC_401 = answer(
    {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}, 401
)

CASES = {
    "openai": Case(
        backend("openai", "openai_responses", "gpt-5", "gone", api_key="${KEY}"),
        "https://api.openai.com",
        "authorization",
        {"/v1/models": LIST},
        OPENAI_401,
        SERVED,
        MISSING,
        value=f"Bearer {KEY}",
        environ={"OPENAI_ORG_ID": "org-1"},
        headers={"openai-organization": "org-1"},
    ),
    "anthropic": Case(
        backend("anthropic", "anthropic", "claude-sonnet-4-5", "claude-old", "gone", api_key="${KEY}"),
        "https://api.anthropic.com",
        "x-api-key",
        {"/v1/models": ANTHROPIC_LIST},
        ANTHROPIC_401,
        frozenset({"claude-sonnet-4-5", "claude-old"}),
        MISSING,
        headers={"anthropic-version": "2023-06-01"},
    ),
    "minimax": Case(
        backend(
            "minimax", "anthropic", "MiniMax-M2", "gone", endpoint="https://api.minimax.io/anthropic", api_key="${KEY}"
        ),
        "https://api.minimax.io",
        "x-api-key",
        {"/anthropic/v1/models": answer({"data": [{"id": "MiniMax-M2"}], "has_more": False})},
        answer({"base_resp": {"status_code": 1004, "status_msg": "login fail"}}),
        frozenset({"MiniMax-M2"}),
        MISSING,
    ),
    "azure": Case(
        backend(
            "azure_openai",
            "azure_openai_responses",
            "my-deployment",
            endpoint="https://shop.openai.azure.com/",
            api_key="${KEY}",
            api_version="2025-04-01-preview",
        ),
        "https://shop.openai.azure.com",
        "api-key",
        {"/openai/models": LIST},
        answer({"error": {"code": "401", "message": "Access denied due to invalid subscription key"}}, 401),
        frozenset(),
        unknown=frozenset({"my-deployment"}),
    ),
    "mistral": Case(
        backend("mistral", "mistral", "mistral-large-latest", "gone", api_key="${KEY}"),
        "https://api.mistral.ai",
        "authorization",
        {"/v1/models": answer({"data": [{"id": "mistral-large-2512", "aliases": ["mistral-large-latest"]}]})},
        answer({"message": "Unauthorized"}, 401),
        frozenset({"mistral-large-latest"}),
        MISSING,
        value=f"Bearer {KEY}",
    ),
    "google": Case(
        backend("google", "google", "gemini-2.5-pro", "gone", api_key="${KEY}"),
        "https://generativelanguage.googleapis.com",
        "x-goog-api-key",
        {"/v1beta/models": answer({"models": [{"name": "models/gemini-2.5-pro", "outputTokenLimit": 65536}]})},
        answer(
            {
                "error": {
                    "code": 400,
                    "message": "API key not valid. Please pass a valid API key.",
                    "status": "INVALID_ARGUMENT",
                    "details": [{"reason": "API_KEY_INVALID"}],
                }
            },
            400,
        ),
        frozenset({"gemini-2.5-pro"}),
        MISSING,
    ),
    "xai": Case(
        backend("xai", "openai", "grok-4", "gone", endpoint="https://api.x.ai/v1", api_key="${KEY}"),
        "https://api.x.ai",
        "authorization",
        {
            "/v1/api-key": answer({"api_key_blocked": False, "name": "mine"}),
            "/v1/models": models("grok-4"),
            "/v1/language-models": answer({"models": [{"id": "grok-4", "prompt_text_token_price": 30000}]}),
            "/v1/image-generation-models": answer({"models": [{"id": "grok-2-image"}]}),
        },
        answer({"code": "Client specified an invalid argument", "error": "Incorrect API key provided: ke***89."}, 400),
        frozenset({"grok-4"}),
        MISSING,
        value=f"Bearer {KEY}",
    ),
    "groq": openai_like("groq", "https://api.groq.com/openai/v1", "https://api.groq.com", "/openai/v1"),
    "scaleway": openai_like("scaleway", "https://api.scaleway.ai/p-1/v1", "https://api.scaleway.ai", "/p-1/v1"),
    "perplexity": openai_like("perplexity", "https://api.perplexity.ai", "https://api.perplexity.ai", "/v1"),
    "pipelex-inference": openai_like(
        "pipelex_inference", "https://inference.pipelex.com/v1", "https://inference.pipelex.com", "/v1"
    ),
    "blackboxai": Case(
        backend("blackboxai", "openai", "blackboxai/a", endpoint="https://api.blackbox.ai/v1", api_key="${KEY}"),
        "https://api.blackbox.ai",
        "authorization",
        {"/v1/models": models("blackboxai/a")},
        OPENAI_401,
        frozenset({"blackboxai/a"}),
        value=f"Bearer {KEY}",
        good="ok/key_unproven",
    ),
    "openrouter": Case(
        backend(
            "openrouter",
            "openai",
            "openai/gpt-5",
            "openai/gpt-5:free",
            "openai/gpt-5:nitro",
            "gone/x",
            endpoint="https://openrouter.ai/api/v1",
            api_key="${KEY}",
        ),
        "https://openrouter.ai",
        "authorization",
        {
            "/api/v1/key": answer({"data": {"limit_remaining": 12.5, "is_free_tier": False}}),
            "/api/v1/models": models("openai/gpt-5"),
        },
        answer(
            {"error": {"code": 401, "message": "User not found.", "metadata": {"error_type": "authentication"}}}, 401
        ),
        frozenset({"openai/gpt-5", "openai/gpt-5:nitro"}),
        frozenset({"gone/x", "openai/gpt-5:free"}),
        value=f"Bearer {KEY}",
    ),
    "ollama": Case(
        backend("ollama", "openai", "llama4", "gone", endpoint="http://localhost:11434/v1", api_key="${KEY}"),
        "http://localhost:11434",
        "authorization",
        {"/api/version": answer({"version": "0.13.1"}), "/v1/models": models("llama4:latest")},
        answer({"error": "unauthorized"}, 401),
        frozenset({"llama4"}),
        MISSING,
        value=f"Bearer {KEY}",
        good="ok/key_unproven",
    ),
    "portkey": Case(
        backend(
            "portkey",
            "portkey_responses",
            Spec("gpt-5", 'x-portkey-provider = "@openai"'),
            Spec("claude-x", 'x-portkey-provider = "@anthropic"'),
            Spec("gone", 'x-portkey-provider = "@openai"'),
            endpoint="https://api.portkey.ai/v1",
            api_key="${KEY}",
        ),
        "https://api.portkey.ai",
        "x-portkey-api-key",
        {
            "/v1/models": lambda talk: {
                "@openai": models("@openai/gpt-5"),
                "@anthropic": models("claude-x"),
                None: models("@other/thing"),
            }[talk.request.headers.get("x-portkey-provider")](talk)
        },
        answer({"status": "failure", "message": "Invalid API Key"}, 401),
        frozenset({"gpt-5", "claude-x"}),
        MISSING,
    ),
    "pipelex-gateway": Case(
        backend(
            "pipelex_gateway_2", "gateway_completions", "gpt-5", endpoint="https://api.portkey.ai/v1", api_key="${KEY}"
        ),
        "https://api.portkey.ai",
        "x-portkey-api-key",
        {"/v1/models": LIST},
        answer({"status": "failure", "message": "Invalid API Key"}, 401),
        SERVED,
    ),
    "pipelex-manifold": Case(
        backend(
            "pipelex_manifold", "manifold_completions", "gpt-5", endpoint="https://manifold.example/x", api_key="${KEY}"
        ),
        "https://manifold.example",
        "x-pipelex-api-key",
        {"/v1/models": LIST},
        answer({"message": "no"}, 401),
        SERVED,
    ),
    "huggingface": Case(
        backend(
            "huggingface",
            "huggingface_img_gen",
            Spec("Qwen/Qwen-Image", 'variant = "fal-ai"'),
            Spec("Qwen/Asleep", 'variant = "fal-ai"'),
            Spec("Qwen/Gone"),
            api_key="${KEY}",
        ),
        "https://huggingface.co",
        "authorization",
        {
            "/api/whoami-v2": answer({"name": "me"}),
            "/api/models/Qwen/Qwen-Image": answer({"inferenceProviderMapping": {"fal-ai": {"status": "live"}}}),
            "/api/models/Qwen/Asleep": answer(
                {"inferenceProviderMapping": [{"provider": "fal-ai", "status": "staging"}]}
            ),
            "/api/models/Qwen/Gone": answer({"error": "Repository not found"}, 404),
        },
        answer({"error": "Invalid credentials in Authorization header"}, 401),
        frozenset({"Qwen/Qwen-Image"}),
        frozenset({"Qwen/Asleep", "Qwen/Gone"}),
        value=f"Bearer {KEY}",
    ),
    "fal": Case(
        backend("fal", "fal", "fal-ai/flux-pro/v1.1", "fal-ai/gone", api_key="${KEY}"),
        "https://api.fal.ai",
        "authorization",
        {
            "/v1/models/pricing": answer({"prices": [{"endpoint_id": "fal-ai/flux-pro/v1.1", "unit_price": 0.05}]}),
            "/v1/models": answer(
                {
                    "models": [{"endpoint_id": "fal-ai/flux-pro/v1.1", "metadata": {"status": "active"}}],
                    "has_more": False,
                }
            ),
        },
        answer({"detail": "Authentication is required"}, 401),
        frozenset({"fal-ai/flux-pro/v1.1"}),
        frozenset({"fal-ai/gone"}),
        value=f"Key {KEY}",
    ),
    "linkup": Case(
        backend("linkup", "linkup", "standard", "fetch", "odd", api_key="${KEY}"),
        "https://api.linkup.so",
        "authorization",
        {"/v1/credits/balance": answer({"balance": 4.2})},
        answer({"error": {"code": "UNAUTHORIZED", "message": "Unauthorized"}}, 401),
        frozenset({"standard", "fetch"}),
        unknown=frozenset({"odd"}),
        value=f"Bearer {KEY}",
    ),
    "typesafe": Case(
        backend("typesafe", "typesafe", "jev-1.13.0", "gone", api_key="${KEY}"),
        "https://api.typesafe.ai",
        "authorization",
        {"/v1/models": answer({"models": [{"name": "jev-1.13.0", "description": "Judge"}]})},
        answer({"detail": "no"}, 401),
        frozenset({"jev-1.13.0"}),
        MISSING,
        value=f"Bearer {KEY}",
    ),
    "openai-compatible": Case(
        backend("mine", "openai", "tiny", "gone", endpoint="https://llm.corp.example/v1", api_key="${KEY}"),
        "https://llm.corp.example",
        "authorization",
        # llama.cpp answers with both lists at once.
        {"/v1/models": answer({"models": [{"name": "tiny"}], "data": [{"id": "tiny"}], "object": "list"})},
        answer({"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}}, 401),
        frozenset({"tiny"}),
        unknown=MISSING,
        value=f"Bearer {KEY}",
        good="ok/key_unproven",
    ),
    "anthropic-compatible": Case(
        backend("mine", "anthropic", "claude-x", "gone", endpoint="https://llm.corp.example", api_key="${KEY}"),
        "https://llm.corp.example",
        "x-api-key",
        {"/v1/models": answer({"data": [{"id": "claude-x"}]})},
        ANTHROPIC_401,
        frozenset({"claude-x"}),
        unknown=MISSING,
        good="ok/key_unproven",
    ),
}


def behave(case: Case) -> dict[str, Behaviour]:
    """The provider's routes, each refusing any other key."""
    return {path: only_with(case.header, case.value, good, case.refuses) for path, good in case.routes.items()}


@pytest.mark.parametrize("name", CASES)
def test_valid_key(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with Server(behave(case)) as server:
        report = report_on(tmp_path, case.made, KEY=KEY, **case.environ)
        terms = PlanOptions(trust=TrustAll(), stand_ins={case.origin: server.url})
        plans = plan_checks(report.catalog, None, terms)
        result = run_plans(plans, LONG_LIMITS).only
        assert (result.provider, outcome(result)) == (name, case.good)
        assert result.latency is not None
        for header, value in case.headers.items():
            assert {request.headers.get(header) for request in server.requests} == {value}
        assert all(KEY not in request.target for request in server.requests)
        assert all(request.headers["host"].startswith("127.0.0.1") for request in server.requests)
        comparison = compare(report.catalog, result)
        by_state = {
            state: {item.spec.model_id for item in comparison.declared if item.state is state} for state in Availability
        }
        assert by_state[Availability.SERVED] == case.served
        assert by_state[Availability.NOT_SERVED] == case.missing
        assert by_state[Availability.UNKNOWN] == case.unknown


@pytest.mark.parametrize("name", CASES)
def test_invalid_key(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with Server(behave(case)) as server:
        report = report_on(tmp_path, case.made, KEY="key-of-somebody-else")
        terms = PlanOptions(trust=TrustAll(), stand_ins={case.origin: server.url})
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
        assert outcome(result) == case.bad
        # It is refused once and not retried.
        assert len(server.requests) == 1
        assert "key-of-somebody-else" not in repr(result) + json.dumps(result.texts)


def test_fal_list_is_requested_without_declared_models(tmp_path: Path) -> None:
    made = backend("fal", "fal", api_key="${KEY}")
    report = report_on(tmp_path, {**made, "backends/fal.toml": '[defaults]\nsdk = "fal"\n'}, KEY=KEY)
    with Server({"/v1/models": CASES["fal"].routes["/v1/models"]}) as server:
        terms = PlanOptions(trust=TrustAll(), stand_ins={"https://api.fal.ai": server.url})
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
    assert outcome(result).partition("/")[0] == "ok"
    assert [model.id for model in result.listing.models] == ["fal-ai/flux-pro/v1.1"]


def test_hugging_face_page_without_providers_leaves_the_model_unknown(tmp_path: Path) -> None:
    made = backend("huggingface", "huggingface_img_gen", "a/list", "a/odd", "a/down", api_key="${KEY}")
    report = report_on(tmp_path, made, KEY=KEY)
    routes: dict[str, Behaviour] = {
        "/api/whoami-v2": answer({"name": "me"}),
        "/api/models/a/list": answer({"inferenceProviderMapping": [{"provider": "x", "status": "live"}, 7]}),
        "/api/models/a/odd": answer([]),
        "/api/models/a/down": answer({"error": "no"}, 500),
    }
    with Server(routes) as server:
        terms = PlanOptions(trust=TrustAll(), stand_ins={"https://huggingface.co": server.url})
        result = run_plans(plan_checks(report.catalog, None, terms), LONG_LIMITS).only
    comparison = compare(report.catalog, result)
    assert [item.spec.model_id for item in comparison.served] == ["a/list"]
    assert {item.spec.model_id for item in comparison.unknown} == {"a/odd", "a/down"}


def test_portkey_group_with_an_unset_variable_is_not_requested(tmp_path: Path) -> None:
    made = backend(
        "portkey",
        "portkey_responses",
        Spec("gpt-5", 'x-portkey-provider = "@openai"'),
        Spec("other", 'x-portkey-provider = "${PROVIDER_OF_NOBODY}"'),
        endpoint="https://api.portkey.ai/v1",
        api_key="${KEY}",
    )
    plans = plan_checks(report_on(tmp_path, made, KEY=KEY).catalog, None, PlanOptions(trust=TrustAll()))
    assert [one.group for one in plans[0].requests if one.group] == ["@openai"]


def test_every_provider_row_has_a_test() -> None:
    elsewhere = {"bedrock", "vertex", "internal"}
    assert {provider.name for provider in PROVIDERS} == set(CASES) | elsewhere


@pytest.mark.stock
@pytest.mark.parametrize("release", ["0.10.2", "0.15.7", "0.18.6", "0.43.1", "0.92.2"])
def test_every_sdk_that_pipelex_ships_is_known(release: str, stock: object) -> None:
    from core.api import inspect_tree

    project = stock(release)  # type: ignore[operator]
    report = inspect_tree(str(project.root), environ={"HOME": NOWHERE}, assume_keys=True)
    sdks = {spec.sdk for spec in report.catalog.specs if spec.sdk}
    assert {sdk for sdk in sdks if provider_of_sdk(sdk) is None} == set()
