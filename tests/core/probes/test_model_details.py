"""What servers of known makes state of their models besides the list: kinds, limits, prices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.probes.check_result import CheckResult
from core.probes.model_proposals import propose_models
from tests.core.probes.check_runs import MEDIUM_LIMITS, backend, outcome, plans_for, report_on, run_plans
from tests.support.fake_servers import Behaviour, Server, answer, black_hole

KEY = "sk-canary-of-the-details"
IDS = ("chat", "embedder", "painter", "unknown")


def listed(owner: str, headers: Mapping[str, str] | None = None) -> Behaviour:
    return answer({"data": [{"id": name, "owned_by": owner} for name in IDS]}, headers=headers)


LITELLM = {
    "/v1/models": listed("openai", {"x-litellm-version": "1.106.2"}),
    "/v1/model/info": answer(
        {
            "data": [
                {
                    "model_name": "chat",
                    "litellm_params": {"api_key": "sk-****ails"},
                    "model_info": {
                        "mode": "chat",
                        "max_input_tokens": 128_000,
                        "max_output_tokens": 4096,
                        "supports_vision": True,
                        "input_cost_per_token": 1e-6,
                        "output_cost_per_token": 2e-6,
                    },
                },
                {"model_name": "embedder", "model_info": {"mode": "embedding", "max_tokens": 512}},
                {"model_name": "painter", "model_info": {"mode": "image_generation"}},
                {"model_name": "not listed", "model_info": {"mode": "chat"}},
                {"model_name": KEY, "model_info": {}},
            ]
        }
    ),
}
LM_STUDIO = {
    "/v1/models": listed("organization_owner"),
    "/api/v0/models": answer(
        {
            "data": [
                {"id": "chat", "type": "vlm", "max_context_length": 128_000, "state": "loaded"},
                {"id": "embedder", "type": "embeddings", "max_context_length": 512},
            ]
        }
    ),
}


def asked(folder: Path, routes: Mapping[str, Behaviour]) -> tuple[CheckResult, list[str]]:
    """The result of a check, and the paths that were asked."""
    with Server(routes) as server:
        mine = backend("mine", "openai", endpoint=f"{server.url}/v1", api_key="${KEY}")
        result = run_plans(plans_for(folder, mine, KEY=KEY), MEDIUM_LIMITS).only
        return result, [request.path for request in server.requests]


def proposed(folder: Path, result: CheckResult) -> dict[str, dict[str, object]]:
    """The fields of the tables that an import writes, by handle."""
    catalog = report_on(folder, backend("mine", "openai", endpoint="http://127.0.0.1:1/v1"), KEY=KEY).catalog
    proposals = propose_models(catalog, "mine", result.listing.models)
    return {item.handle: dict(item.fields) for item in proposals}


def test_litellm_states_kinds_limits_and_prices(tmp_path: Path) -> None:
    result, paths = asked(tmp_path / "a", LITELLM)
    assert (outcome(result), paths) == ("ok/key_unproven", ["/v1/models", "/v1/model/info"])
    assert [model.id for model in result.listing.models] == list(IDS)
    assert result.listing.models[0].context == 128_000
    fields = proposed(tmp_path / "b", result)
    assert fields["chat"]["max_tokens"] == 4096
    assert fields["chat"]["inputs"] == ["text", "images"]
    assert fields["chat"]["costs"] == {"input": 1.0, "output": 2.0}
    assert fields["embedder"]["enabled"] is False
    assert fields["painter"]["model_type"] == "img_gen"
    assert "enabled" not in fields["unknown"]


def test_lm_studio_states_kinds_and_limits(tmp_path: Path) -> None:
    result, paths = asked(tmp_path / "a", LM_STUDIO)
    assert (outcome(result), paths) == ("ok/key_unproven", ["/v1/models", "/api/v0/models"])
    assert result.listing.models[0].context == 128_000
    assert proposed(tmp_path / "b", result)["embedder"]["enabled"] is False


@pytest.mark.parametrize(
    "details", [answer({"detail": "no"}, 403), answer(b"nothing"), black_hole], ids=["refused", "no JSON", "no answer"]
)
def test_failed_details_leave_the_list_as_it_is(details: Behaviour, tmp_path: Path) -> None:
    result, _ = asked(tmp_path, {**LITELLM, "/v1/model/info": details})
    assert (outcome(result), len(result.listing.models)) == ("ok/key_unproven", len(IDS))


def test_servers_of_other_makes_are_not_asked_for_details(tmp_path: Path) -> None:
    for owner in ("vllm", "somebody"):
        result, paths = asked(tmp_path / owner, {**LM_STUDIO, "/v1/models": listed(owner)})
        assert (outcome(result), paths) == ("ok/key_unproven", ["/v1/models"])
