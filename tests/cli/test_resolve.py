"""`pipedeck resolve`: a table of all references, the trail of a reference, and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import parse_document
from tests.support.trees import DECK, KEYS, Files, extended, g3_1, llm, minimal, with_preset, write_tree
from tui.cli.main import main


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both keys set."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def resolve(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run the command; returns exit status and stdout; stderr must be empty."""
    status = main(["resolve", *arguments, "--tree", str(write_tree(tmp_path, files))])
    out, err = capsys.readouterr()
    assert err == ""
    return status, out


def document(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, dict[str, Any]]:
    status, out = resolve(files, tmp_path, capsys, *arguments, "--json")
    data = parse_document("resolve", out)
    return status, data


def test_without_name_lists_all_references(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = resolve(g3_1(), tmp_path, capsys)
    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert rows[0] == ["REFERENCE", "KIND", "FAMILY", "STATUS", "ENDS", "AT"]
    assert ["$writing", "preset", "llm", "ok", "anthropic", "/", "claude-4-sonnet"] in rows
    assert ["@best-claude", "alias", "llm", "ok", "anthropic", "/", "claude-4-sonnet"] in rows
    assert ["~chain", "waterfall", "llm", "ok", "openai", "/", "gpt-4o-mini"] in rows
    assert ["gpt-4o-mini", "model", "llm", "ok", "openai", "/", "gpt-4o-mini"] in rows
    assert ["llm/default/for_text", "choice", "llm", "ok", "openai", "/", "gpt-4o-mini"] in rows


def test_listed_dead_references_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = resolve(with_preset(g3_1(), "odd", "nobody"), tmp_path, capsys)
    assert status == 0
    assert "no backend declares `nobody`" in out


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("$writing", "preset"),
        ("preset:writing", "preset"),
        ("writing", "preset"),
        ("llm/writing", "preset"),
        ("@best-claude", "alias"),
        ("~chain", "waterfall"),
        ("gpt-4o-mini", "model"),
        ("handle:gpt-4o-mini", "model"),
        ("llm/default/for_text", "choice"),
    ],
)
def test_name_is_accepted_in_several_forms(
    reference: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, data = document(g3_1(), tmp_path, capsys, reference)
    assert status == 0
    assert [item["kind"] for item in data["references"]] == [kind]


def test_trail_is_printed_as_a_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = resolve(g3_1(), tmp_path, capsys, "$writing")
    lines = out.splitlines()
    assert lines[0] == "$writing  llm preset  callable"
    assert lines[1] == f"  `- preset writing  .pipelex/inference/{DECK}:9"
    assert lines[2] == f"     `- alias best-claude  .pipelex/inference/{DECK}:3"
    assert lines[4].strip().startswith("`- route claude-*  -> anthropic: first route that matches")


def test_dead_reference_exits_1_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out = resolve(with_preset(g3_1(), "odd", "nobody"), tmp_path, capsys, "$odd")
    assert status == 1
    assert out.splitlines()[-1] == "  dead: no backend declares `nobody`  [model-unknown] (ModelNotFoundError)"


def test_unknown_name_is_resolved_as_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, data = document(g3_1(), tmp_path, capsys, "gibberish")
    assert status == 1
    (item,) = data["references"]
    assert (item["reference"], item["status"]) == ("gibberish", "dead")
    assert item["problem"] == {
        "code": "model-unknown",
        "error_type": "ModelNotFoundError",
        "message": "no backend declares `gibberish`",
    }


def test_document_of_one_reference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, data = document(g3_1(), tmp_path, capsys, "$writing")
    assert (data["release"], data["dialect"], data["profile"]) == ("0.92.2", "G3.1", "all")
    assert data["enabled_backends"] == ["openai", "anthropic"]
    (item,) = data["references"]
    trail = item.pop("trail")
    assert item == {
        "reference": "$writing",
        "kind": "preset",
        "family": "llm",
        "name": "writing",
        "status": "callable",
        "handle": "claude-4-sonnet",
        "backend": "anthropic",
        "model_id": "claude-4-sonnet-id",
        "sdk": "anthropic",
        "route": {
            "method": "pattern",
            "pattern": "claude-*",
            "file": ".pipelex/inference/routing_profiles.toml",
            "line": 9,
        },
        "problem": None,
        "refusal": None,
        "ran": None,
        "tried": None,
    }
    assert [step["kind"] for step in trail] == ["preset", "alias", "model", "route", "backend", "spec", "call"]
    assert trail[0] == {
        "kind": "preset",
        "name": "writing",
        "file": f".pipelex/inference/{DECK}",
        "line": 9,
        "note": "",
    }


@pytest.mark.parametrize("release", ["0.10.2", "0.11.0", "0.14.3", "0.17.6", "0.43.1", "0.92.2"])
def test_document_of_all_references_matches_its_type(
    release: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = with_preset(minimal(release), "odd", "nobody")
    _, data = document(files, tmp_path, capsys, "--release", release)
    kinds = {item["kind"] for item in data["references"]}
    assert kinds >= {"model", "alias", "preset", "choice"}
    assert ("waterfall" in kinds) == (release in ("0.17.6", "0.43.1", "0.92.2"))


@pytest.mark.parametrize(
    ("reference", "method"), [("claude-4-sonnet", "pattern"), ("gpt-4o-mini", "default"), ("odd", "internal")]
)
def test_route_match_method(reference: str, method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = extended(g3_1(), "backends.toml", "\n[internal]\n") | {
        "backends/internal.toml": llm("odd").replace("[odd]", '[odd]\nsdk = "x"')
    }
    _, data = document(files, tmp_path, capsys, reference)
    assert data["references"][0]["route"]["method"] == method


def test_served_differs_from_callable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    _, data = document(g3_1(), tmp_path, capsys, "$writing", "$cheap")
    assert [item["status"] for item in data["references"]] == ["served", "callable"]


@pytest.mark.parametrize("command", ["validate", "resolve"])
def test_schema_is_printed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", command]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["type"] == "object"
    assert "release" in schema["required"]
