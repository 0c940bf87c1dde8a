"""`pipedeck keys`: the rows of `core.keys` as a table, as lines for `.env`, and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.keys import keys
from tests.support.documents import parse_document
from tests.support.trees import g3_1, inspect, write_tree
from tui.cli.main import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_tree(tmp_path, {**g3_1(), "../../.env": "OPENAI_API_KEY=\n"})


def test_table_output(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-secret-value")
    assert main(["keys", "--tree", str(project)]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert (
        out
        == """\
VARIABLE           STATE    FROM    NEEDED BY
ANTHROPIC_API_KEY  missing  -       anthropic
OPENAI_API_KEY     empty    ./.env  openai
! OPENAI_API_KEY: an empty line in ./.env overrides the value of the shell
  fix: remove the line from ./.env, or give it the value
0 of 2 required variables set; sources, the last wins: shell < ./.env
"""
    )


def test_env_format_prints_only_assignments(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--lines", "--tree", str(project)]) == 1
    assert capsys.readouterr() == ("ANTHROPIC_API_KEY=\n", "")


def test_document_equals_core_result(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--json", "--tree", str(project)]) == 1
    data = parse_document("keys", capsys.readouterr().out)
    rows = keys(inspect(project, environ={}))
    assert [(item["name"], item["state"], item["finding"]) for item in data["variables"]] == [
        (row.name, row.state.value, row.finding or None) for row in rows
    ]
    assert data["sources"] == ["shell", "./.env"]


def test_all_variables_set(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".env").unlink()
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    assert main(["keys", "--tree", str(project)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 of 2 required variables set; sources, the last wins: shell"


def test_variables_of_disabled_backends_are_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tree(project, {"backends_override.toml": "[openai]\nenabled = false\n[anthropic]\nenabled = false\n"})
    assert main(["keys", "--tree", str(project)]) == 0
    assert "2 more are needed by disabled backends (--all)" in capsys.readouterr().out
    assert main(["keys", "--all", "--tree", str(project)]) == 0
    assert "openai (off)" in capsys.readouterr().out
