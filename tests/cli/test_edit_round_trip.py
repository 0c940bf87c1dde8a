"""Typical edits from the command line: preview, write, undo, refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api import inspect_tree
from tests.core.workspace.support import bytes_of
from tui.cli.main import main
from tui.sample import copy_sample

DONE, REFUSED, USAGE, NOTHING = 0, 1, 2, 3


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with the sample tree."""
    copy_sample(tmp_path / "shop")
    return tmp_path / "shop"


def pipedeck(shop: Path, *arguments: str) -> int:
    """Run a command on the project."""
    try:
        return main([*arguments, "--tree", str(shop)])
    except SystemExit as end:
        return int(str(end.code or 0))


EDITS = (
    ["set", "backends.openai.endpoint", "https://proxy.example/v1"],
    ["set", "models.openai.gpt-5.costs.input", "2.5"],
    ["unset", "backends.openai.display_name"],
    ["use", "anthropic", "--anyway"],
    ["profile", "all_anthropic", "--anyway"],
    ["profile", "mine", "--copy", "own_keys"],
    ["profile", "own_keys", "--description", "Other words"],
    ["route", "claude-x", "anthropic"],
    ["route", "gpt-5-*", "--first"],
    ["route", "gpt-5-*", "--delete"],
    ["alias", "finest", "gpt-5"],
    ["alias", "cheap", "gpt-5"],
    ["waterfall", "tried", "gpt-5", "gpt-4o-mini"],
    ["preset", "drafts", "--copy", "writing-long", "--set", "temperature=1"],
    ["preset", "writing-long", "--set", "temperature=0.3"],
    ["choice", "llm/default/for_text", "gpt-5"],
    ["backend", "mistral", "off", "--anyway"],
    ["backend", "local", "--new", "--endpoint", "http://localhost:11434/v1", "--model", "qwen3:4b"],
    ["model", "openai", "gpt-6", "--set", "model_id=gpt-6", "--price", "1.5,9"],
    ["model", "openai", "gpt-5", "--price", "1,2"],
    ["fix", "all"],
)


@pytest.mark.parametrize("arguments", EDITS, ids=" ".join)
def test_edit_is_previewed_written_and_undone(
    arguments: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bytes_of(shop)
    assert pipedeck(shop, *arguments, "--dry-run") == DONE
    shown = capsys.readouterr().out
    assert "would be written" in shown
    assert "+++ b/.pipelex/inference/" in shown
    assert bytes_of(shop) == before
    assert pipedeck(shop, *arguments) == DONE
    assert bytes_of(shop) != before
    assert inspect_tree(str(shop)).catalog.backends
    status = pipedeck(shop, *arguments)
    assert status in (DONE, REFUSED, NOTHING)
    if status != DONE:
        assert pipedeck(shop, "undo") == DONE
        assert bytes_of(shop) == before
        assert pipedeck(shop, "undo") == NOTHING


def test_edit_that_adds_errors_needs_an_option(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = bytes_of(shop)
    assert pipedeck(shop, "backend", "openai", "off") == REFUSED
    output = capsys.readouterr()
    assert "--anyway" in output.err
    assert "names die" in output.out
    assert bytes_of(shop) == before
    assert pipedeck(shop, "backend", "openai", "off", "--anyway") == DONE
    assert not inspect_tree(str(shop)).catalog.backends["openai"].enabled


REFUSALS = (
    (["set", "nonsense", "1"], REFUSED),
    (["set", "backends.open_ai.enabled", "true"], REFUSED),
    (["set", "deck.llm.presets.writing-long.temperature", "7"], REFUSED),
    (["profile", "nosuch"], REFUSED),
    (["alias", "nosuch", "--delete"], REFUSED),
    (["backend", "nosuch", "on"], REFUSED),
    (["alias", "nosuch"], USAGE),
    (["route", "x"], USAGE),
    (["choice", "llm", "gpt-5"], USAGE),
    (["model", "openai", "gpt-5", "--price", "cheap"], USAGE),
    (["backend", "openai", "on"], NOTHING),
    (["undo"], NOTHING),
    (["undo", "--list"], NOTHING),
)


@pytest.mark.parametrize(
    ("arguments", "status"), REFUSALS, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_refused_edit_is_reported_and_changes_nothing(
    arguments: list[str], status: int, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = bytes_of(shop)
    assert pipedeck(shop, *arguments) == status
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    assert output.err or status == NOTHING
    assert bytes_of(shop) == before


def test_json_describes_the_edit(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pipedeck(shop, "alias", "finest", "gpt-5", "--json") == DONE
    output = json.loads(capsys.readouterr().out)
    assert output["written"] is True
    assert output["files"][0]["state"] == "created"
    assert output["impact"]["errors_added"] == []
    assert pipedeck(shop, "undo", "--list", "--json") == DONE
    assert json.loads(capsys.readouterr().out)[0]["label"] == "add alias finest"


def test_override_is_written_to_the_override_file(shop: Path) -> None:
    assert (
        pipedeck(shop, "set", "backends.openai.endpoint", "https://x.example", "--override", "--release", "0.92.2")
        == DONE
    )
    override = shop / ".pipelex" / "inference" / "backends_override.toml"
    assert 'endpoint = "https://x.example"' in override.read_text()


def test_no_diff_contains_a_secret(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "sk-canary-of-a-command-0123456789"
    pipedeck(shop, "set", "backends.openai.api_key", secret, "--dry-run")
    output = capsys.readouterr()
    assert secret not in output.out + output.err
