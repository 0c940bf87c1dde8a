"""`pipedeck releases`: the table of behaviours, and the differences between two releases for a tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.releases import TABLE
from tests.support.trees import KEYS, g2_1, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> str:
    """A tree whose default loses a model from 0.16 on: 0.15 tries the other backends."""
    files = g2_1()
    files["routing_profiles.toml"] = files["routing_profiles.toml"].replace('"claude-*" = "anthropic"', "")
    return str(write_tree(tmp_path, files))


def test_without_arguments_lists_every_behaviour(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases"]) == 0
    out = capsys.readouterr().out
    assert all(behaviour.title in out for behaviour in TABLE)
    assert main(["releases", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {behaviour.name for behaviour in TABLE}


def test_compares_two_releases_on_the_tree(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "0.15.7", "0.16.0", "--tree", project]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "a model that the default backend does not declare" in out
    assert "anthropic / claude-4-sonnet -> dead" in out


def test_comparison_as_json(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "0.15.7", "0.16.0", "--tree", project, "--json"]) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_invalid_release_exits_2(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["releases", "never", "--tree", project]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
