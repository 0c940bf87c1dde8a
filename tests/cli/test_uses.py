"""`pipedeck uses`: the results of `core.usage` as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.usage import usage
from tests.support.documents import parse_document
from tests.support.stock import StockFactory
from tests.support.trees import KEYS, g3_1, inspect, with_preset, write_tree
from tui.cli.main import main

METHOD = """
[pipe.describe]
type = "PipeLLM"
output = "Text"
model = "$writing"
"""


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_tree(tmp_path, with_preset(g3_1(), "odd", "nobody"))
    (tmp_path / "shop.mthds").write_text(METHOD, encoding="utf-8")
    return tmp_path


def document(project: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["uses", *arguments, "--json", "--tree", str(project)])
    data = parse_document("uses", capsys.readouterr().out)
    return status, data


def test_document_equals_core_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(project, capsys, "claude-4-sonnet")
    assert status == 0
    expected = usage(inspect(project))
    (node,) = expected.find("claude-4-sonnet")
    (thing,) = data["names"]
    listed = [(use["user"]["label"], use["file"], use["line"], use["via"]) for use in thing["uses"]]
    assert listed == [
        (use.label, use.location.file, use.location.line, [expected.label(step) for step in use.via])
        for use in expected.of(node).all
    ]
    assert listed[-1] == ("pipe describe", "shop.mthds", 5, ["$writing", "@best-claude"])


def test_text_output_fits_80_columns(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uses", "claude-4-sonnet", "--tree", str(project)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
claude-4-sonnet  llm model
declared 1
  sonnet.handle  backends/anthropic.toml:5
named by 1
  @best-claude  claude-4-sonnet  deck/base_deck.toml:3
through other names 2
  $writing                @best-claude              deck/base_deck.toml:9
  llm/default/for_object  $writing -> @best-claude  deck/base_deck.toml:15
matched by routes 1
  profile all  claude-* -> anthropic  routing_profiles.toml:9
methods 1
  pipe describe  $writing -> @best-claude  shop.mthds:5
"""
    )


def test_unknown_name_exits_1(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uses", "@best-claude", "gibberish", "--tree", str(project)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("@best-claude")
    assert err == "pipedeck: nothing here is called 'gibberish': `pipedeck resolve` lists all references\n"


def test_without_name_lists_unresolved_method_references(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uses", "--tree", str(project)]) == 0
    assert "1 method file, 1 pipe that uses a model" in capsys.readouterr().out
    (project / "bad.mthds").write_text(METHOD.replace("writing", "nobody"), encoding="utf-8")
    (project / "broken.plx").write_text("[", encoding="utf-8")
    status, data = document(project, capsys)
    assert status == 1
    assert [(use["text"], use["file"]) for use in data["methods"]["dead"]] == [("$nobody", "bad.mthds")]
    assert [item["file"] for item in data["methods"]["unread"]] == ["broken.plx"]
    assert {node["label"] for node in data["unused"]} == {"$odd", "~chain"}
    assert main(["uses", "--tree", str(project)]) == 1
    assert "x $nobody  pipe describe  bad.mthds:5" in capsys.readouterr().out


def test_methods_can_be_excluded(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = document(project, capsys, "$writing", "--no-methods")
    assert data["methods"]["files"] == 0
    assert [use["user"]["kind"] for use in data["names"][0]["uses"]] == ["choice"]


def test_output_of_a_stock_tree_fits_80_columns(stock: StockFactory, capsys: pytest.CaptureFixture[str]) -> None:
    project = stock("0.92.2")
    for name in ("gpt-5.6-sol", "openai", "llm/default-premium", "OPENAI_API_KEY", "profile:all_openai"):
        assert main(["uses", name, "--tree", str(project.root)]) == 0
    assert main(["uses", "--tree", str(project.root)]) == 0
    lines = capsys.readouterr().out.replace(str(project.root), "~").splitlines()
    assert [line for line in lines if len(line) > 80] == []
