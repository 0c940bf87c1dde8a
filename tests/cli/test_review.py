"""`pipedeck review`: text, Markdown, JSON and exit statuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.documents import parse_document
from tests.support.git import Repository
from tests.support.trees import DECK, KEYS, edited, g3_1, with_preset, write_tree
from tui.cli.main import main


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with a name that will die, and a price that will rise, in the work tree."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    repository = Repository(tmp_path, g3_1())
    files = edited(g3_1(), DECK, '"@best-claude"', '"@gone"')
    files = edited(files, "backends/anthropic.toml", '["text", "structured"]', '["text"]')
    write_tree(tmp_path, edited(files, "backends/openai.toml", "output = 15.0", "output = 30.0"))
    monkeypatch.chdir(tmp_path)
    return repository


def test_text_and_json(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review"]) == 1
    text, messages = capsys.readouterr()
    assert messages == ""
    first = repository.git("rev-parse", "HEAD")[:10]
    assert text.splitlines()[:4] == [
        f"{first} -> work tree",
        "  was   can run",
        "  now   runs in part: 1 of 2 LLM presets dead",
        "  presets and choices: 2 die, 2 change their price",
    ]
    assert "- claude-4-sonnet  structured output" in text
    assert "x preset `writing` is dead: there is no llm alias `gone`" in text
    assert main(["review", "HEAD", "--json"]) == 1
    data = parse_document("review", capsys.readouterr().out)
    assert data["adds_errors"]
    assert {item["code"] for item in data["problems_added"]} == {"preset-dead", "choice-dead"}
    assert "$cheap" in data["dearer"]
    assert data["refuses"] is None
    assert main(["review", "HEAD", "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == data


def test_fail_counts_losses_too(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(repository.root, edited(g3_1(), "backends/openai.toml", "output = 15.0", "output = 30.0"))
    assert main(["review"]) == 0
    assert main(["review", "--fail"]) == 1
    repository.commit()
    assert main(["review", "HEAD", "--fail"]) == 0
    assert main(["review", "HEAD~1..HEAD~1"]) == 0
    assert "nothing changes" in capsys.readouterr().out
    assert main(["review", "nothing"]) == 2


def test_markdown_is_a_table_in_which_names_are_inert(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = '"<img src=x> [a](http://b) | @everyone `x` #1 www.evil.com"'
    write_tree(repository.root, with_preset(g3_1(), odd, "nothing"))
    assert main(["review", "--format", "markdown"]) == 1
    text = capsys.readouterr().out
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 6
    assert {row.count("|") for row in rows} == {4}
    names = [row for row in rows if "img" in row]
    assert names
    for row in names:
        assert not re.search(r"<img|\]\(|://|@everyone|`|(?<!&)#1|www\.evil", row)
    assert "Adds 1 error." in text
    write_tree(repository.root, {"backends.toml": "[openai\n"})
    assert main(["review", "--format", "markdown"]) == 1
    assert "The release does not start" in capsys.readouterr().out
    repository.git("checkout", "--quiet", ".")
    assert main(["review", "--format", "markdown"]) == 0
    assert "Nothing changes." in capsys.readouterr().out
