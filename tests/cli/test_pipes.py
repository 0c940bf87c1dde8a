"""`pipedeck pipes`, and the methods in `validate` and `uses`: text, documents and exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.core.methods.test_pipes import BLIND, DEAD, FINE, with_pipes
from tests.support.trees import g3_1
from tui.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with_pipes(tmp_path, FINE, DEAD, BLIND)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(project: Path, *arguments: str) -> int:
    return main([*arguments, "--tree", str(project), "--release", "0.92.2"])


def test_list(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "broken.mthds").write_text("[", encoding="utf-8")
    assert run(project, "pipes") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:4] == [
        "1 method file for Pipelex 0.92.2, chosen by option or setting",
        "!   broken.mthds cannot be read: line 1: the [ that begins here is never closed: add ]",
        "1 of 3 pipes of this project can run",
    ]
    text = "\n".join(line.rstrip() for line in lines[5:])
    assert text == (
        "  ok fine  PipeLLM  shop.mthds:27\n"
        "       $cheap -> gpt-4o-mini of openai  $3 in / $15 out per M\n"
        "  x  dead  PipeLLM  shop.mthds:33\n"
        "       $wirting\n"
        "       there is no preset `wirting`\n"
        "  x  blind  PipeLLM  shop.mthds:39\n"
        "       $cheap -> gpt-4o-mini of openai  $3 in / $15 out per M\n"
        "       needs images (`photo`): the model reads no images"
    )


def test_dead_pipes_as_document(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "pipes", "--dead", "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"total": 3, "can_run": 1, "unknown": 0}
    assert [(pipe["pipe"], pipe["status"]) for pipe in document["pipes"]] == [("dead", "dead"), ("blind", "refused")]
    (call,) = document["pipes"][1]["calls"]
    assert (call["reference"], call["named"], call["status"], call["end"]["handle"]) == (
        "$cheap",
        True,
        "refused",
        "gpt-4o-mini",
    )
    (lack,) = call["lacks"]
    assert (lack["needs"], lack["source"], lack["line"], lack["certain"]) == ("images", "photo", 40, True)


def test_a_project_whose_pipes_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_pipes(project, FINE, files=g3_1())
    assert run(project, "pipes", "--dead") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 of 1 pipe of this project can run"
    (project / "shop.mthds").unlink()
    assert run(project, "pipes") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 method files")


def test_validate_counts_pipes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "validate") == 1
    out = capsys.readouterr().out
    assert "x runs in part: 1 of 3 pipes of this project can run" in out
    assert "pipe `dead` cannot run: there is no preset `wirting`; 1 pipe dead" in out
    assert run(project, "validate", "all", "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["pipes"] == {"total": 3, "can_run": 1, "unknown": 0}
    assert document["checks"]["method_validity"]["codes"] == ["pipe-capability", "pipe-dead"]
    assert {profile["summary"] for profile in document["profiles"].values()} == {document["summary"]}
    assert run(project, "validate", "--no-methods", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["pipes"], "method_validity" in document["checks"]) == (None, False)


def test_uses_names_files_that_it_could_not_read(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "broken.mthds").write_text("[", encoding="utf-8")
    assert run(project, "uses", "$cheap") == 0
    out = capsys.readouterr().out
    assert "pipe fine" in out
    assert "broken.mthds cannot be read: line 1" in out
