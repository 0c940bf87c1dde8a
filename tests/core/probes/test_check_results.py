"""Uses of check results: comparison of models, problems, tried states, the cache, model proposals."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from core.api import Report
from core.files.state_folder import results_file, state_folder
from core.formatting import age
from core.json.check_document import ResultDocument
from core.probes.availability import TriedIndex, TriedState, compare
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import plan_checks
from core.probes.check_result import CheckResult, Listing, scrub_models, with_previous
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.list_parsers import any_list, openrouter, xai
from core.probes.model_proposals import free_handle, propose_models
from core.probes.plan_options import PlanOptions
from core.probes.proofs import ModelProof, Proof
from core.probes.result_cache import MAX_AGE_S, cached_backends, load_results, save_results
from core.probes.secret import Scrubber, Secret
from core.probes.served_models import Served
from core.problems import Check, Severity
from core.releases import Behaviours
from core.secret_texts import HIDDEN
from tests.core.probes.check_runs import Spec, TrustAll, backend, report_on
from tests.support.trees import edited, g3_1, inspect, only, with_preset, write_tree

KEY = "sk-a-key-of-a-test"


def result(name: str, *served: str, status: CheckStatus = CheckStatus.OK, **more: object) -> CheckResult:
    listing = Listing(tuple(map(Served, served)), complete=True, gap="", groups=frozenset({""}))
    fields = {"at": 1000.0, "listing": listing, **more}
    return CheckResult(name, "openai", Finding(status), "https://api.openai.com", **fields)  # type: ignore[arg-type]


# ---- problems


def test_unserved_model_in_use_is_an_error_with_its_references(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    live = report.with_live([result("openai", "gpt-4o-mini-2024", "reader-id", "painter-id", "finder")])
    problem = only(live, "live-model-not-served")
    assert (problem.severity, problem.check) == (Severity.ERROR, Check.MODELS)
    assert problem.message.startswith("`openai` does not list `gpt-4o-mini-id`, and ")
    assert "$cheap" in problem.message
    assert problem.location is not None
    assert problem.location.file.endswith("backends/openai.toml")
    assert live.verdict[0].value == "degraded"
    assert report.verdict[0].value == "ok"


def test_unserved_model_without_references_is_a_warning_with_a_suggestion(tmp_path: Path) -> None:
    files = g3_1()
    files["backends/anthropic.toml"] += '\n[spare]\nmodel_id = "claude-spare-4"\n'
    report = inspect(tmp_path, files)
    live = report.with_live([result("anthropic", "claude-4-sonnet-id", "claude-spare-4-5")])
    problem = only(live, "live-model-not-served")
    assert (problem.severity, problem.fix) == (Severity.WARNING, "did you mean `claude-spare-4-5`?")


@pytest.mark.parametrize(
    ("status", "reason", "severity"),
    [
        (CheckStatus.UNAUTHORIZED, None, Severity.ERROR),
        (CheckStatus.DNS, None, Severity.ERROR),
        (CheckStatus.RATE_LIMITED, Reason.QUOTA, Severity.ERROR),
        (CheckStatus.RATE_LIMITED, None, Severity.WARNING),
        (CheckStatus.SERVER_ERROR, None, Severity.WARNING),
        (CheckStatus.TIMEOUT, Reason.CONNECT, Severity.WARNING),
        (CheckStatus.NOT_CHECKABLE, Reason.CONSENT, Severity.WARNING),
    ],
)
def test_severity_of_a_failed_check(
    status: CheckStatus, reason: Reason | None, severity: Severity, tmp_path: Path
) -> None:
    report = inspect(tmp_path, g3_1())
    failed = replace(result("openai"), finding=Finding(status, reason), listing=Listing())
    (problem,) = report.with_live([failed]).problems
    assert (problem.severity, problem.check) == (severity, Check.BACKENDS)
    assert problem.code == f"live-{status.value.replace('_', '-')}"


def test_problem_of_an_offline_rule_is_not_repeated(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1(), environ={"ANTHROPIC_API_KEY": KEY})
    unset = replace(
        result("openai"),
        finding=Finding(CheckStatus.MISSING_CREDENTIAL, Reason.UNSET),
        variable="OPENAI_API_KEY",
        listing=Listing(),
    )
    assert report.with_live([unset]).problems == report.problems


def test_retiring_model_is_reported_with_its_date(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    deprecated = Served("claude-4-sonnet-id", lifecycle="deprecated", until="2027-01-31")
    listing = Listing((deprecated,), True, "", frozenset({""}))
    problem = only(report.with_live([replace(result("anthropic"), listing=listing)]), "live-model-notice")
    assert problem.message.endswith("deprecated, 2027-01-31")
    assert problem.severity is Severity.WARNING


# ---- tried


def test_tried_index_covers_backends_models_and_references(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(g3_1(), "other", "@best-claude"))
    index = TriedIndex(
        report.catalog,
        report.resolutions,
        [result("openai", "gpt-4o-mini-id"), replace(result("anthropic"), finding=Finding(CheckStatus.DNS))],
    )
    openai = index.backend("openai")
    assert openai is not None
    assert (openai.state, openai.age(1000 + 7300)) == (TriedState.CONFIRMED, "2 h ago")
    states = {
        resolution.reference: tried.state
        for resolution in report.resolutions
        if (tried := index.reference(resolution)) is not None
    }
    assert states["$cheap"] is TriedState.CONFIRMED
    assert states["$other"] is TriedState.FAILED
    assert states["painter"] is TriedState.NOT_SERVED
    assert index.backend("nobody") is None
    assert index.spec(report.catalog.declared["gpt-4o-mini"][0]) is not None


def test_incomplete_list_and_missing_check_leave_models_unknown(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    part = replace(result("openai"), listing=Listing((), False, "the list was cut off", frozenset({""})))
    index = TriedIndex(report.catalog, report.resolutions, [part])
    index.prepare()
    mini, sonnet = (report.catalog.declared[name][0] for name in ("gpt-4o-mini", "claude-4-sonnet"))
    tried = index.spec(mini)
    assert tried is not None
    assert (tried.state, tried.text) == (TriedState.UNKNOWN, "the list was cut off")
    assert index.spec(sonnet) is None


def test_result_of_an_unknown_provider_leaves_models_unknown(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    comparison = compare(report.catalog, replace(result("openai", "gpt-4o-mini-id"), provider="gone"))
    assert {item.spec.handle for item in comparison.unknown} >= {"gpt-4o-mini", "reader"}
    assert not comparison.served


def test_disabled_missing_or_cancelled_backend_has_no_problems(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "[openai]\nenabled = true", "[openai]\nenabled = false")
    report = inspect(tmp_path, files)
    results = [
        result("openai", status=CheckStatus.UNAUTHORIZED),
        result("nobody", status=CheckStatus.UNAUTHORIZED),
        result("anthropic", status=CheckStatus.CANCELLED),
    ]
    assert report.with_live(results).problems == report.problems


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (90000, "1 day ago"),
    ],
)
def test_ages(seconds: float, words: str) -> None:
    assert age(seconds) == words


# ---- kept


def a_plan(folder: Path, endpoint: str = "https://gw.example/v1", key: str = KEY) -> tuple[Report, list[CheckPlan]]:
    report = report_on(folder, backend("mine", "openai", "a", endpoint=endpoint, api_key="${KEY}"), KEY=key)
    return report, plan_checks(report.catalog, None, PlanOptions(TrustAll()))


def cached(folder: Path, plans: list[CheckPlan], now: float = 1060.0) -> list[CheckResult]:
    return load_results(str(folder), state_folder({"HOME": str(folder)}), plans, now=now)


def keep(folder: Path, plans: list[CheckPlan], *results: CheckResult) -> None:
    assert save_results(str(folder), state_folder({"HOME": str(folder)}), plans, results) is None


FULL = CheckResult(
    "mine",
    "openai-compatible",
    Finding(CheckStatus.OK, Reason.KEY_UNPROVEN, "detail that is not kept"),
    "https://gw.example",
    1000.0,
    0.5,
    0.2,
    1,
    "req-1",
    200,
    Listing(
        (Served("a", aliases=("b",), context=5, costs=(("input", 1.5),), until="2027"), Served("c", group="g")),
        True,
        "",
        frozenset({"", "g"}),
        (("x", True), ("y", None)),
    ),
    (("credit", "5"),),
    (),
    (),
    "KEY",
)


def test_cached_result_equals_the_saved_one(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    (loaded,) = cached(tmp_path, plans)
    assert loaded == replace(FULL, finding=replace(FULL.finding, detail=""), request_id=None, cached=True)
    path = results_file(str(tmp_path), state_folder({"HOME": str(tmp_path)}))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KEY not in path.read_text()
    assert "detail that is not kept" not in path.read_text()


def test_cached_result_is_dropped_when_key_or_address_changes(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    assert cached(tmp_path, a_plan(tmp_path, key="sk-another-key")[1]) == []
    assert cached(tmp_path, a_plan(tmp_path, endpoint="https://gw.example/v2")[1]) == []
    assert len(cached(tmp_path, a_plan(tmp_path)[1])) == 1


def test_old_or_future_result_is_dropped(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    assert cached(tmp_path, plans, now=1000 + MAX_AGE_S + 1) == []
    assert cached(tmp_path, plans, now=500) == []


def test_unsent_check_does_not_replace_a_cached_result(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    keep(tmp_path, plans, replace(FULL, finding=Finding(CheckStatus.CANCELLED)))
    assert [item.finding.status for item in cached(tmp_path, plans)] == [CheckStatus.OK]
    keep(tmp_path, plans, replace(FULL, finding=Finding(CheckStatus.DNS)))
    assert [item.finding.status for item in cached(tmp_path, plans)] == [CheckStatus.DNS]


@pytest.mark.parametrize("inside", ["", "state"])
def test_missing_state_folder_is_reported(inside: str, tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    error = save_results(str(tmp_path), str(in_the_way / inside), plans, [FULL])
    assert error is not None
    assert error.startswith("the results could not be cached (")
    assert cached_backends(str(tmp_path), str(in_the_way / inside)) == []


def test_cached_backends_are_listed_valid_or_not(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    assert cached_backends(str(tmp_path), state_folder({"HOME": str(tmp_path)})) == ["mine"]


def test_full_disk_is_reported(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    state = state_folder({"HOME": str(tmp_path)})
    keep(tmp_path, plans, FULL)
    results_file(str(tmp_path), state).unlink()
    results_file(str(tmp_path), state).mkdir()
    error = save_results(str(tmp_path), state, plans, [FULL])
    assert error is not None
    assert error.startswith("the results could not be cached (")


def test_fingerprint_does_not_reveal_the_key(tmp_path: Path) -> None:
    """Who has the results, but not the local key, cannot try keys against them."""
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    state = Path(state_folder({"HOME": str(tmp_path)}))
    (state / "key").unlink()
    assert cached(tmp_path, plans) == []
    keep(tmp_path, plans)
    assert cached(tmp_path, plans) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 1}',
        b'{"format": 1, "results": {"mine": 5}}',
        b'{"format": 2, "results": {"mine": {"fingerprint": null}}}',
    ],
)
def test_damaged_cache_file_has_no_results(content: bytes, tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    path = results_file(str(tmp_path), state_folder({"HOME": str(tmp_path)}))
    path.write_bytes(content)
    assert cached(tmp_path, plans) == []
    keep(tmp_path, plans, FULL)
    assert len(cached(tmp_path, plans)) == 1


def test_changed_cache_entry_is_dropped_or_valid(tmp_path: Path) -> None:
    _, plans = a_plan(tmp_path)
    keep(tmp_path, plans, FULL)
    path = results_file(str(tmp_path), state_folder({"HOME": str(tmp_path)}))
    good = json.loads(path.read_text())
    for key in good["results"]["mine"]:
        for odd in (None, 5, "x", [], {}, [5], [None], {"id": 5}, 1e308, -1):
            changed = json.loads(json.dumps(good))
            changed["results"]["mine"][key] = odd
            path.write_text(json.dumps(changed))
            for loaded in cached(tmp_path, plans):
                json.dumps(ResultDocument(loaded, None), default=vars)
                repr(loaded.texts)


# ---- proposals


def served_by_openrouter(**entry: object) -> Served:
    (model,) = openrouter({"data": [{"id": "meta-llama/llama-4", **entry}]}).models
    return model


def test_proposal_contains_only_values_of_the_provider(tmp_path: Path) -> None:
    report, _ = a_plan(tmp_path)
    (bare,) = propose_models(report.catalog, "mine", [Served("new-model")])
    assert (bare.handle, dict(bare.fields), bare.notes) == ("new-model", {}, ("the provider states no price",))
    full = served_by_openrouter(
        context_length=131072,
        pricing={"prompt": "0.00000015", "completion": "0.0000006", "input_cache_read": "-1", "image": "0"},
        architecture={"input_modalities": ["text", "image", "file", "smell"], "output_modalities": ["text"]},
        top_provider={"max_completion_tokens": 16384},
        supported_parameters=["structured_outputs", "temperature"],
        expiration_date="2027-01-01",
    )
    (proposal,) = propose_models(report.catalog, "mine", [full])
    assert proposal.handle == "llama-4"
    assert dict(proposal.fields) == {
        "model_id": "meta-llama/llama-4",
        "max_tokens": 16384,
        "inputs": ["text", "images", "pdf"],
        "outputs": ["text", "structured"],
        "costs": {"input": 0.15, "output": 0.6},
    }
    assert proposal.notes == (
        "context of 131,072 tokens; Pipelex has no key for it",
        "lifecycle at the provider: ends 2027-01-01",
    )


@pytest.mark.parametrize("price", [None, "free", "nan", "inf", "-1", [], {}, True, "1e999"])
def test_invalid_price_is_omitted(price: object, tmp_path: Path) -> None:
    assert served_by_openrouter(pricing={"prompt": price, "completion": "0.000001"}).costs == (("output", 1.0),)


def test_xais_prices_are_usd_per_million_tokens() -> None:
    (model,) = xai(
        {"models": [{"id": "grok-4", "prompt_text_token_price": 30000, "completion_text_token_price": 150000}]}
    ).models
    assert dict(model.costs) == {"input": 3.0, "output": 15.0}


def test_values_equal_to_the_defaults_are_omitted(tmp_path: Path) -> None:
    made = backend("mine", "openai", "a", endpoint="https://gw.example/v1")
    made["backends/mine.toml"] = made["backends/mine.toml"].replace("[defaults]\n", "[defaults]\nmax_tokens = 500\n")
    report = report_on(tmp_path, made)
    same, other = propose_models(report.catalog, "mine", [Served("x", max_output=500), Served("y", max_output=600)])
    assert (dict(same.fields), dict(other.fields)) == ({}, {"max_tokens": 600})


def test_required_model_id_and_costs_are_proposed(tmp_path: Path) -> None:
    from tests.support.trees import g1

    report = inspect(tmp_path, g1())
    (proposal,) = propose_models(report.catalog, "openai", [Served("new")])
    assert dict(proposal.fields) == {"model_id": "new", "costs": {}}
    behaviours: Behaviours = report.catalog.behaviours
    assert behaviours.model_id_required


@pytest.mark.parametrize(
    ("served", "existing", "expected"),
    [
        ("gpt-5", (), "gpt-5"),
        ("a/b", (), "b"),
        ("a/b", ("b",), "a-b"),
        ("a/b", ("b", "a-b"), "a-b-2"),
        ("models/gemini-2.5", (), "gemini-2.5"),
        ("llama4:8b", (), "llama4-8b"),
        ("@slug/x", (), "x"),
        ("x[y]\n\x1b]", (), "x-y"),
        ("///", (), "model"),
        ("日本", (), "model"),
        ("x" * 400, (), "x" * 100),
    ],
)
def test_handles_are_plain_and_unused(served: str, existing: tuple[str, ...], expected: str) -> None:
    assert free_handle(served, set(existing)) == expected


def test_handles_of_a_proposal_are_unique(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    models = [Served("gpt-4o-mini"), Served("x/gpt-4o-mini"), Served("y/gpt-4o-mini"), Served("x:gpt-4o-mini")]
    handles = [proposal.handle for proposal in propose_models(report.catalog, "openai", models)]
    assert len({*handles, "gpt-4o-mini"}) == 5


def test_written_proposal_loads_and_is_served(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1())
    (proposal,) = propose_models(report.catalog, "openai", [served_by_openrouter(pricing={"prompt": "0.000001"})])
    lines = [f"{key} = {json.dumps(value)}" for key, value in proposal.fields.items() if key != "costs"]
    lines.append("costs = { " + ", ".join(f"{k} = {v}" for k, v in dict(proposal.served.costs).items()) + " }")
    files = g3_1()
    files["backends/openai.toml"] += f'\n["{proposal.handle}"]\n' + "\n".join(lines) + "\n"
    write_tree(tmp_path, files)
    imported = inspect(tmp_path)
    assert imported.problems == ()
    comparison = compare(imported.catalog, result("openai", "meta-llama/llama-4"))
    assert [item.spec.handle for item in comparison.served] == ["llama-4"]


def test_gateway_model_has_its_provider_header(tmp_path: Path) -> None:
    made = backend("portkey", "portkey_completions", Spec("a", 'x-portkey-provider = "@openai"'))
    report = report_on(tmp_path, made)
    (proposal,) = propose_models(report.catalog, "portkey", [Served("@openai/new", group="@openai")])
    assert dict(proposal.fields) == {"model_id": "@openai/new", "x-portkey-provider": "@openai"}


def test_import_keeps_the_kind_and_limits_that_a_server_states(tmp_path: Path) -> None:
    listed = any_list(
        {
            "data": [
                {"id": "chat", "mode": "chat", "max_input_tokens": 9000, "max_output_tokens": 700},
                {"id": "vectors", "mode": "embedding"},
                {"id": "picture", "task": "text-to-image"},
                {"id": "seen", "architecture": {"input_modalities": ["text", "IMAGE"], "output_modalities": ["text"]}},
            ]
        }
    ).models
    catalog = report_on(tmp_path, backend("mine", "openai", endpoint="http://localhost:1/v1")).catalog
    made = {item.handle: dict(item.fields) for item in propose_models(catalog, "mine", listed)}
    assert (listed[0].context, made["chat"]["max_tokens"]) == (9000, 700)
    assert "enabled" not in made["chat"]
    assert made["vectors"]["enabled"] is False, "it would count as a language model"
    assert made["picture"]["model_type"] == "img_gen"
    assert (made["seen"]["inputs"], made["seen"]["outputs"]) == (["text", "images"], ["text"])


def test_masked_and_repeated_keys_are_no_ids() -> None:
    key = Secret("sk-canary-7Hq2Zr9wLm4TkX0v")
    models = tuple(map(Served, ("m0", "sk-ca****X0v", f"m-{key.reveal()}", "openai/*", HIDDEN)))
    assert [model.id for model in scrub_models(models, Scrubber((key,)))] == ["m0", "openai/*"]


def test_an_answer_wins_over_a_failed_list_and_is_kept(tmp_path: Path) -> None:
    failed = replace(result("openai"), finding=Finding(CheckStatus.NOT_FOUND, Reason.NO_LIST_ENDPOINT), http_status=404)
    asked = replace(
        result("openai"),
        asked_model="m0",
        model_proofs=(ModelProof("m0", served=True, answered=True, at=failed.at),),
        at=failed.at + 60,
    )
    both = with_previous(asked, failed)
    assert (both.finding, both.proofs.answer, both.proofs.key) == (
        Finding(CheckStatus.OK, Reason.ANSWERED),
        Proof.YES,
        Proof.YES,
    )
    newer = replace(failed, at=failed.at + 120)
    assert with_previous(newer, both).good
    # After a day it no longer counts, and never beside a host that is out of reach.
    assert not with_previous(replace(failed, at=failed.at + 90_000), both).good
    unreachable = replace(newer, finding=Finding(CheckStatus.DNS), http_status=None)
    assert with_previous(unreachable, both).finding.status is CheckStatus.DNS
