"""`pipedeck models`: the rows of `core.catalogue` as a table, as JSON, and side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Filter, catalogue, sort_rows
from tests.cli.process import run_on_a_terminal
from tests.core.test_catalogue import shop
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
    status = main(["models", *arguments, "--json", "--tree", str(project)])
    data = parse_document("models", capsys.readouterr().out)
    return status, data


def test_document_has_the_rows_of_core(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "--structured", "--key", "--sort", "price", "--cost", "2000,500")
    assert status == 0
    rows = sort_rows(catalogue(inspect(project), Filter(structured=True, key=True)), "price", tokens=(2000, 500))
    assert [item["handle"] for item in data["models"]] == [row.handle for row in rows]
    costs = [item["offers"][0]["cost"] for item in data["models"]]
    assert costs == [row.lead.cost(2000, 500) for row in rows]
    assert costs[-1] is None  # unknown, and last
    assert data["tokens"] == {"input": 2000, "output": 500, "cached": 0}


def test_table_fits_80_columns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "claude", "--same", "--cost", "2_000,500", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
MODEL              BACKEND       CAN    $ IN  $ OUT     CALL  STATUS
claude-4-sonnet    anthropic +1  ----s    $3    $15  $0.0135  ok
= claude-4-sonnet  openai        ----s    $3    $15  $0.0135  unused
1 model; $ per million tokens, ? unknown
CAN: reads i images, p pdf, a audio, v video; s structured output
"""
    )


def test_one_row_per_backend(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = document(project, capsys, "claude", "--by-backend", "--reverse")
    assert [(item["handle"], [offer["backend"] for offer in item["offers"]]) for item in data["models"]] == [
        ("claude-4-sonnet", ["openai"]),
        ("claude-4-sonnet", ["anthropic"]),
    ]


def test_no_matching_model_exits_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "gibberish", "--tree", str(project)]) == 1
    assert capsys.readouterr().out == "no model matches these filters\n"
    (project / ".pipelex" / "inference" / "backends.toml").write_text("[x", encoding="utf-8")
    assert main(["models", "--tree", str(project)]) == 1
    assert capsys.readouterr().out == "no model is declared in a file that can be read\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--type", "gibberish"], "there is no type 'gibberish' here: there are llm, text_extractor"),
        (["--backend", "gibberish"], "there is no backend 'gibberish' here: there are openai, anthropic"),
        (["--sort", "gibberish"], "--sort: 'gibberish' is none of name, backend"),
        (["--cost", "many"], "write the numbers of input, output and"),
        (["--cost", "1,-2"], "write the numbers of input, output and"),
        (["--limit", "-1"], "'-1' is not a whole number"),
    ],
)
def test_usage_error_exits_2_with_one_line(
    arguments: list[str], words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(["models", *arguments, "--tree", str(project)])
    except SystemExit as stop:
        status = int(str(stop.code))
    assert status == 2
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert words in err


def test_compare_models(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--compare", "gpt-free", "anthropic/claude-4-sonnet", "--tree", str(project)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["model", "gpt-free", "claude-4-sonnet"]
    assert ["$", "in", "per", "M", "$0", "*", "$3"] in [line.split() for line in lines]
    _, data = document(project, capsys, "--compare", "claude-4-sonnet")
    assert [item["offers"][0]["backend"] for item in data["models"]] == ["anthropic", "openai"]
    assert {row["property"] for row in data["compared"]} >= {"model", "backend", "$ in per M"}


def test_comparing_an_unknown_model_exits_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "--compare", "gpt-free", "gibberish", "--tree", str(project)]) == 1
    assert capsys.readouterr().err == "pipedeck: no backend declares 'gibberish': `pipedeck models` lists all\n"


def test_long_names_are_cut_to_the_terminal_width(stock: StockFactory) -> None:
    root = str(stock("0.92.2").root)
    for columns, words in (("80", "CAN"), ("120", "INPUTS")):
        status, screen = run_on_a_terminal("models", "--tree", root, environ={"COLUMNS": columns, "NO_COLOR": "1"})
        assert status == 0
        lines = screen.splitlines()
        assert max(map(len, lines)) <= int(columns)
        assert words in lines[0]
        assert any("…" in line for line in lines)
