"""`pipedeck explain`: the results of `core.explain` as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.defaults import defaults
from core.explain import explanations
from tests.support.documents import parse_document
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, g3_1, inspect, with_preset, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {**with_preset(g3_1(), "odd", "nobody"), "deck/z.toml": "[llm.presets.writing]\ntemperature = 0.1\n"}
    return write_tree(tmp_path, files)


def document(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["explain", *arguments, "--json", "--tree", str(project)])
    data = parse_document("explain", capsys.readouterr().out)
    return status, data


def test_text_output(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "$writing", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
$writing  llm preset  callable
  preset    writing  deck/z.toml:1
  alias     best-claude  deck/base_deck.toml:3
  model     claude-4-sonnet
  route     claude-*  -> anthropic: first route that matches
      routing_profiles.toml:9
  backend   anthropic  on, ANTHROPIC_API_KEY set  backends.toml:6
  spec      claude-4-sonnet-id  anthropic, $3 in / $15 out per M, max 8,192
                                tokens
      backends/anthropic.toml:4
  call      https://api.anthropic.com
model
  price    $3 in / $15 out per M
  inputs   text
  outputs  text, structured
  limit    8,192 tokens
  key      ANTHROPIC_API_KEY set in shell
settings
  temperature 0.1  deck/z.toml:2
values
  model        @best-claude  deck/base_deck.toml:9
  temperature  0.1  deck/z.toml:2
    over 0.5  deck file  deck/base_deck.toml:9
"""
    )


def test_document_equals_core_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "$writing", "llm/default/for_text")
    assert status == 0
    (core,) = explanations(inspect(project), "$writing")
    first, second = data["references"]
    assert [step["name"] for step in first["trail"]] == [step.name for step in core.steps]
    assert first["price"] == {"input": 3, "output": 15, "others": {}}
    temperature = next(value for value in first["values"] if value["key"] == "temperature")
    assert [(layer["value"], layer["file"].rsplit("/", 1)[-1], layer["line"]) for layer in temperature["layers"]] == [
        ("0.5", "base_deck.toml", 9),
        ("0.1", "z.toml", 2),
    ]
    assert temperature["restores"] == {"value": "0.5", "origin": "deck file", "refused": False}
    assert second["reference"] == "llm/default/for_text"


def test_dead_name_exits_1_with_suggestions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "$odd", "--tree", str(project)]) == 1
    assert "dead: no backend declares `nobody`" in capsys.readouterr().out
    assert main(["explain", "$writin", "--tree", str(project)]) == 1
    assert "did you mean writing?" in capsys.readouterr().out


def test_explains_backends_and_profiles(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "openai", "profile:all")
    assert status == 0
    assert data["references"] == []
    assert [(thing["kind"], [value["key"] for value in thing["values"]]) for thing in data["items"]] == [
        ("backend", ["enabled", "api_key"]),
        ("profile", ["description", "default", "claude-*"]),
    ]
    assert main(["explain", "openai", "--tree", str(project)]) == 0
    assert "  api_key  ${OPENAI_API_KEY}  backends.toml:4" in capsys.readouterr().out


def test_output_of_a_stock_tree_fits_80_columns(stock: StockFactory, capsys: pytest.CaptureFixture[str]) -> None:
    project = stock("0.92.2")
    main(["explain", "$writing-factual", "llm/default-premium", "gpt-5.6-sol", "openai", "--tree", str(project.root)])
    lines = capsys.readouterr().out.replace(str(project.root), "~").splitlines()
    assert len(lines) > 40
    assert [line for line in lines if len(line) > 80] == []


def test_without_name_explains_the_defaults(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--tree", str(project)]) == 0
    assert (
        capsys.readouterr().out
        == """\
FOR       SAYS      MODEL                 BACKEND    $ IN/OUT  STATUS
text      $cheap    gpt-4o-mini           openai     $3 / $15  ok
object    $writing  claude-4-sonnet       anthropic  $3 / $15  ok
extract   reader    reader                openai     ? / ?     ok
image     painter   painter               openai     ? / ?     ok
search    finder    finder                openai     ? / ?     ok
judgment  -         a pipe must name one  -
"""
    )
    status, data = document(project, capsys)
    assert status == 0
    rows = defaults(inspect(project))
    listed = [(item["purpose"], item["reference"], item["handle"], item["price"]["input"]) for item in data["defaults"]]
    assert listed == [
        (row.purpose, row.says or None, row.spec.handle if row.spec else None, row.price.input) for row in rows
    ]


def test_dead_default_exits_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(project, {"deck/zz.toml": '[search]\nchoice_default = "nobody"\n'})
    assert main(["explain", "--tree", str(project)]) == 1
    assert "x search: no backend declares `nobody`" in capsys.readouterr().out
