"""`pipedeck review`: text, Markdown, JSON and exit statuses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.lives.index import packed_index
from core.review import review_change, without_index
from tests.core.rules.test_policy import INDEX
from tests.support.documents import parse_document
from tests.support.git import Repository
from tests.support.trees import DECK, KEYS, edited, g3_1, inspect, with_preset, write_tree
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


@pytest.fixture
def ending(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with a policy about the end of models, and in its work tree a model that ends in 19 days."""
    monkeypatch.setenv("PIPEDECK_TODAY", "2026-12-01")
    data = repository.root.parent / f"{repository.root.name}-data" / "pipedeck"
    data.mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(data.parent))
    (data / "index.json.gz").write_bytes(packed_index(INDEX))
    policy = '[policy]\nends_within_days = 30\nmodels = ["*"]\n'
    living = edited(g3_1(), "backends/openai.toml", '"gpt-4o-mini-id"', '"gpt-5"')
    write_tree(repository.root, {**living, "../pipedeck.toml": policy})
    repository.commit()
    write_tree(repository.root, edited(living, "backends/openai.toml", '"gpt-5"', '"gpt-4o-mini"'))
    return repository


def main_text(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints."""
    main(arguments)
    return capsys.readouterr().out


def test_the_end_of_models_is_judged_on_both_sides(ending: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    words = "`gpt-4o-mini` of openai: it ends in 19 days, and ends_within_days is 30"
    assert main(["review", "HEAD", "--format", "github"]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if words in line]
    assert line.startswith("::error file=.pipelex/inference/backends/openai.toml,line=")
    commit = ending.commit()
    assert main(["review", f"HEAD~1..{commit}", "--json"]) == 1
    added = parse_document("review", capsys.readouterr().out)["problems_added"]
    assert {item["code"] for item in added} == {"policy-violation", "model-ends-soon"}
    assert main(["review", f"{commit}..HEAD~1", "--fail"]) == 0
    assert words in capsys.readouterr().out
    assert "the policy changes" not in main_text(capsys, "review", "HEAD~1")
    path = ending.root / ".pipelex" / "pipedeck.toml"
    ignore = "[[ignore]]\ncode = 'policy-violation'\nsubject = 'gpt-4o-mini'\nuntil = {}\n"
    path.write_text(path.read_text() + ignore.format("2026-12-01"))
    text = main_text(capsys, "review", "HEAD~1")
    assert "ends_within_days" not in text
    assert "! the policy changes (pipedeck.toml): each side is judged by its own" in text
    assert "the policy changes" in main_text(capsys, "review", "HEAD~1", "--format", "markdown")
    assert main(["review", "HEAD~1", "--json"]) == 0
    assert parse_document("review", capsys.readouterr().out)["policy_changes"]
    path.write_text(path.read_text().replace("2026-12-01", "2026-11-30"))
    assert main(["review", "HEAD~1"]) == 1
    assert "the ignore of policy-violation of gpt-4o-mini was up to 2026-11-30" in capsys.readouterr().out


def test_an_index_that_cannot_be_read_holds_nothing(ending: Repository) -> None:
    review = review_change(inspect(ending.root, environ=dict(os.environ)), "HEAD")
    assert not review.errors
    (error,) = without_index(review).errors
    assert "so ends_within_days is not known to hold" in error.message


@pytest.mark.parametrize("name", ["sarif", "github", "gitlab", "junit"])
def test_every_format_has_the_added_problems(
    name: str, repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "HEAD", "--format", name]) == 1
    text = capsys.readouterr().out
    assert text.count("`gone`") >= 2
    if name == "junit":
        assert ElementTree.fromstring(text).get("failures") == "2"
    elif name != "github":
        assert json.loads(text)
    repository.git("checkout", "--quiet", ".")
    assert main(["review", "HEAD", "--format", name]) == 0
    assert "gone" not in capsys.readouterr().out
