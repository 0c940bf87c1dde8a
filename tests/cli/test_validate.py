"""`pipedeck validate`: verdict, causes, the five checks and the loading, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.core.store.between import between
from tests.core.test_seed_document import SEED
from tests.core.workspace.support import bytes_of
from tests.support.documents import parse_document
from tests.support.stock import copy_project, stock_tree_or_skip
from tests.support.trees import DECK, KEYS, Files, edited, extended, g1, g3_1, minimal, with_preset, without, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def validate(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Run the command; returns exit status and stdout; stderr must be empty."""
    project = write_tree(tmp_path, files)
    status = main(["validate", *options, "--tree", str(project)])
    out, err = capsys.readouterr()
    assert err == ""
    return status, out


def document(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str
) -> tuple[int, dict[str, Any]]:
    status, out = validate(files, tmp_path, capsys, "--json", *options)
    data = parse_document("validate", out)
    return status, data


def test_all_variables_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = validate(g3_1(), tmp_path, capsys)
    assert status == 0
    assert [line.split() for line in out.splitlines()] == [
        [str(tmp_path / ".pipelex" / "inference")],
        [
            *[
                "answers",
                "for",
                "Pipelex",
                "0.92.2,",
                "detected",
                "from",
                "the",
                "tree,",
                "profile",
                "all,",
                "keys",
                "2/2",
            ]
        ],
        ["ok", "can", "run"],
        [],
        ["checks"],
        ["ok", "Backend", "connectivity", "(offline", "part)"],
        ["ok", "Model", "availability"],
        ["ok", "Routing", "consistency"],
        ["ok", "Preset", "validity"],
        ["ok", "Alias", "resolution"],
    ]


def test_problem_is_listed_under_its_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = validate(with_preset(g3_1(), "odd", "nobody"), tmp_path, capsys, "--problems")
    after = out[out.index("Preset validity") :].splitlines()
    assert "preset `odd` is dead: no backend declares `nobody`" in after[1]
    assert after[1].endswith(f" [preset-dead]  .pipelex/inference/{DECK}:27")


def test_warnings_alone_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = edited(g3_1(), "backends.toml", "[openai]\n", '[openai]\ntoken = "0123456789"\n')
    status, out = validate(files, tmp_path, capsys)
    assert status == 0
    assert "can run, with 1 warning" in out


def test_document_of_a_valid_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(g3_1(), tmp_path, capsys)
    assert status == 0
    assert data["tree"] == str(tmp_path / ".pipelex" / "inference")
    assert (data["release"], data["dialect"], data["profile"]) == ("0.92.2", "G3.1", "all")
    assert (data["verdict"], data["boots"], data["stops_at"], data["problems"]) == ("ok", True, None, [])
    counts = data["counts"]
    assert (counts["fatal"], counts["error"], counts["warning"], counts["keys_set"]) == (0, 0, 0, 2)
    presets = counts["references"]["llm/preset"]
    assert presets == {"total": 2, "callable": 2, "served": 0, "refused": 0, "unknown": 0, "dead": 0}
    assert {check["status"] for check in data["checks"].values()} == {"ok"}


def test_document_of_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(with_preset(g3_1(), "odd", "gpt-4o-mni"), tmp_path, capsys)
    assert status == 1
    (problem,) = data["problems"]
    expected = {
        "code": "preset-dead",
        "severity": "error",
        "fatal": False,
        "error_type": "ModelNotFoundError",
        "message": "preset `odd` is dead: no backend declares `gpt-4o-mni`",
        "file": f".pipelex/inference/{DECK}",
        "line": 27,
        "column": 2,
        "key": "llm.presets.odd",
        "fix": "did you mean `gpt-4o-mini`?",
        "cause": "name gpt-4o-mni",
    }
    assert {key: problem[key] for key in expected} == expected | {"column": problem["column"]}
    assert problem["column"] >= 1
    assert data["checks"]["preset_validity"] == {"status": "error", "problems": 1, "codes": ["preset-dead"]}


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.17.6", "0.43.1", "0.92.2"])
def test_document_of_any_problem_matches_its_type(
    release: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = minimal(release)
    spoilt = (
        base,
        without(base, "backends.toml"),
        without(base, DECK),
        without(base, "routing_profiles.toml"),
        with_preset(base, "odd", ""),
        extended(base, "backends.toml", "[broken\n"),
        extended(base, "backends/openai.toml", "\n[odd]\ncosts = 5\n"),
    )
    for number, files in enumerate(spoilt):
        document(files, tmp_path / str(number), capsys, "--release", release)


def test_seed_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(SEED, tmp_path, capsys, "--assume-keys")
    assert status == 1
    assert (data["dialect"], data["release"], data["verdict"]) == ("seed", "0.10.2", "refused")
    assert data["stops_at"]["error_type"] == "InferenceBackendLibraryError"
    assert [stage["stage"] for stage in data["stages"]] == [
        "backends",
        "model specs",
        "routing profiles",
        "model deck",
        "finalization",
    ]
    assert "seed-models-table" in {problem["code"] for problem in data["problems"]}


def test_release_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(g1(), tmp_path, capsys, "--release", "0.14.3")
    assert (status, data["release"], data["dialect"], data["boots"]) == (1, "0.14.3", "G1", False)


TWO = """
[profiles.other]
description = "Everything to one"
default = "anthropic"
"""


def test_profile_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = extended(g3_1(), "routing_profiles.toml", TWO)
    status, data = document(files, tmp_path, capsys, "--profile", "other")
    assert (status, data["profile"], data["verdict"]) == (1, "other", "degraded")


def test_all_profiles_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = extended(g3_1(), "routing_profiles.toml", TWO)
    status, data = document(files, tmp_path, capsys, "all")
    assert status == 0
    assert {name: item["verdict"] for name, item in data["profiles"].items()} == {"all": "ok", "other": "degraded"}
    _, out = validate(files, tmp_path, capsys, "all")
    assert "other: runs in part: 1 of 2 LLM presets dead" in out


def test_assume_keys_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert validate(g3_1(), tmp_path, capsys)[0] == 1
    assert validate(g3_1(), tmp_path, capsys, "--assume-keys")[0] == 0


def test_problems_of_one_cause_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = g3_1()
    for number in range(6):
        files = with_preset(files, f"odd{number}", "nobody")
    _, out = validate(files, tmp_path, capsys)
    assert "nobody` is served: 6 presets dead [preset-dead]" in out
    assert "Preset validity  6 problems\n" in out
    _, out = validate(files, tmp_path, capsys, "--problems")
    assert out.count("is dead: no backend declares `nobody`") == 6
    _, data = document(files, tmp_path, capsys)
    assert len(data["problems"]) == 6
    (cause,) = data["causes"]
    assert (cause["cause"], cause["dead"]) == ("name nobody", {"preset": 6})


@pytest.mark.parametrize(
    ("held", "way_out"), [("ANTHROPIC_API_KEY", "use only `anthropic`"), (None, "set the keys you have")]
)
def test_stock_tree_without_most_keys_fits_24_lines_with_the_way_out(
    held: str | None,
    way_out: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = stock_tree_or_skip("0.92.2")
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    if held is not None:
        monkeypatch.setenv(held, "sk-ant-0")
    monkeypatch.setenv("COLUMNS", "80")
    project = copy_project(tree, tmp_path)
    assert main(["validate", "--tree", str(project.root), "--release", "0.92.2"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum(-(-len(line) // 80) or 1 for line in lines) <= 24
    assert any("backends are on without their keys" in line for line in lines)
    assert any(way_out in line for line in lines)


def test_more_than_five_causes_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = g3_1()
    for number in range(7):
        files = with_preset(files, f"odd{number}", f"nobody{number}")
    _, out = validate(files, tmp_path, capsys)
    assert out.count("is dead") == 5
    assert "2 more causes, and each problem with its line: validate --problems" in out


def test_syntax_error_shows_a_caret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = minimal("0.92.2")
    files["routing_profiles.toml"] = 'active = "p"\n[profiles.p.routes]\n"*": "openai"\n'
    write_tree(tmp_path, files)
    assert main(["validate", "--tree", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == '"*": "openai"')
    assert lines[at + 1].strip() == "^"
    assert lines[at + 1].index("^") == lines[at].index(":")
    assert main(["validate", "--json", "--tree", str(tmp_path)]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert next(item for item in problems if item["code"] == "syntax")["excerpt"] == ['"*": "openai"', "   ^"]


def test_interrupted_commit_is_reported_and_not_changed(
    tmp_path: Path, fenced_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = between(tmp_path, fenced_environment)
    before = bytes_of(tree)
    main(["validate", "--tree", str(tree)])
    assert "writing a change was interrupted" in capsys.readouterr().err
    assert bytes_of(tree) == before
