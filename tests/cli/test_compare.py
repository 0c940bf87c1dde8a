"""`pipedeck compare`: the results of `core.compare` as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.compare import compare_profiles
from tests.core.test_compare import shop
from tests.support.documents import parse_document
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, inspect, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path, shop())


def document(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["compare", *arguments, "--json", "--tree", str(project)])
    data = parse_document("compare", capsys.readouterr().out)
    return status, data


def test_comparison_of_two_profiles(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "dear", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
all -> dear
  now   can run
  then  can run, with 1 warning
  presets and choices: 2 go elsewhere
  mean price change per M: +$3 input, -$5 output
presets and choices 2
> $writing                anthropic -> openai, in +100%, out -33%
    by route claude-*
> llm/default/for_object  anthropic -> openai, in +100%, out -33%
    by route claude-*
aliases and waterfalls 1
> @best-claude  anthropic -> openai, in +100%, out -33%  by route claude-*
models 1
> claude-4-sonnet  anthropic -> openai, in +100%, out -33%  by route claude-*
"""
    )


def test_document_equals_core_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "all", "dear")
    assert status == 0
    core = compare_profiles(inspect(project), "dear")
    listed = [(item["reference"], item["outcome"], item["saved_by"]) for item in data["changes"]]
    assert listed == [(item.shown.reference, item.outcome.value, item.saved_by or None) for item in core.changes]
    assert data["price_change"] == {"input": 3, "output": -5}


def test_comparison_without_a_backend(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "--without", "openai", "--profile", "other")
    assert (status, data["removed"]) == (1, ["openai"])
    assert "$cheap" in data["affected"]
    assert data["used"]["dies"] > 0
    assert main(["compare", "--without", "openai", "--profile", "other", "--tree", str(project)]) == 1
    out = capsys.readouterr().out
    assert "end there and fail" in out
    assert "with openai off:" in out


def test_comparison_without_a_key(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "--without-key", "ANTHROPIC_API_KEY", "--profile", "other")
    assert (status, data["removed"], data["kind"]) == (1, ["anthropic"], "key")
    assert data["refuses"]["code"] == "variable-missing"
    main(["compare", "--without-key", "ANTHROPIC_API_KEY", "--profile", "other", "--tree", str(project)])
    assert "the release does not start" in capsys.readouterr().out


def test_comparison_of_two_releases(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "--releases", "0.77.0")
    assert status in (0, 1)
    assert (data["first"], data["second"]) == ("0.77.0", "0.92.2")
    assert data["differences"]
    assert main(["compare", "--releases", "0.77.0", "0.92.2", "--tree", str(project)]) == status


def test_without_name_lists_every_profile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--tree", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["PROFILE", "ALIVE", "READY", "MODELS", "CHANGE", "VERDICT"]
    assert lines[1].split()[:3] == ["*all", "7", "7"]
    assert main(["compare", "--json", "--tree", str(project)]) == 0
    parse_document("profiles", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["al"], "there is no profile 'al'"),
        (["--without", "opena"], "there is no backend 'opena': did you mean `openai`?"),
        (["--without-key", "X"], "there is no variable in backends.toml called 'X'"),
        (["all", "--without", "openai"], "compare one thing at a time"),
        (["a", "b", "c"], "at most two profiles or releases can be compared"),
        (["--releases", "never"], "is no Pipelex release"),
    ],
)
def test_usage_error_exits_2_with_one_line(
    arguments: list[str], words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *arguments, "--tree", str(project)]) == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert words in err


def test_output_of_a_stock_tree_fits_80_columns(stock: StockFactory, capsys: pytest.CaptureFixture[str]) -> None:
    root = str(stock("0.92.2").root)
    for arguments in (["all_openai"], ["--without", "openai"], ["--without-key", "OPENAI_API_KEY"], []):
        main(["compare", *arguments, "--assume-keys", "--tree", root])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 80] == []
