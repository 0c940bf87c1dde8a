"""`pipedeck init`: the created tree, the output, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api import inspect_tree
from core.releases import NEWEST_RELEASE
from tests.support.documents import parse_document
from tui.cli.main import main

SECRET = "sk-not-to-be-shown"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)


@pytest.mark.usefixtures("key")
def test_init_creates_a_runnable_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    output = capsys.readouterr()
    assert output.err == ""
    assert SECRET not in output.out
    assert "anthropic  ANTHROPIC_API_KEY set (shell)" in output.out
    assert "ok can run: 28 of 30 references live" in output.out
    report = inspect_tree()
    assert str(report.release) == NEWEST_RELEASE
    assert report.catalog.enabled == ("anthropic", "internal")
    assert main(["validate"]) == 0


def test_without_keys_ollama_is_selected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    assert "ollama    needs no key" in capsys.readouterr().out
    assert main(["validate"]) == 0


def test_remaining_steps_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "my shop", "--backend", "openai,linkup", "--release", "0.24.1"]) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "ok can run, once OPENAI_API_KEY, LINKUP_API_KEY are set" in output
    assert f"write OPENAI_API_KEY=... LINKUP_API_KEY=... into {tmp_path}/my shop/.env" in output
    # The release cannot be detected from the tree, so the listed commands contain it.
    assert "pipedeck validate --tree 'my shop' --cwd 'my shop' --release 0.24.1" in output
    (tmp_path / "my shop" / ".env").write_text("OPENAI_API_KEY=a\nLINKUP_API_KEY=b\n")
    assert main(["validate", "--tree", "my shop", "--cwd", "my shop", "--release", "0.24.1"]) == 0


def test_existing_files_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backends = tmp_path / ".pipelex" / "inference" / "backends.toml"
    backends.parent.mkdir(parents=True)
    backends.write_text("# mine\n")
    assert main(["init"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err == (
        f"pipedeck: {backends} exists, and existing files are never overwritten: open that tree with"
        f" `pipedeck {tmp_path}`, or create the new one in another folder\n"
    )
    assert [path.name for path in backends.parent.iterdir()] == ["backends.toml"]
    assert backends.read_text() == "# mine\n"


def test_unwritable_folder_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".pipelex").write_text("a file in the way")
    assert main(["init"]) == 1
    obstacle = f"{tmp_path / '.pipelex'} is a file, not a folder"
    assert capsys.readouterr().err == f"pipedeck: the tree was not created, nothing was written: {obstacle}\n"


def test_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--dry-run", "--release", "0.10.2"]) == 0
    output = capsys.readouterr().out
    assert f"# ---- {tmp_path}/.pipelex/inference/deck/base_deck.toml\n" in output
    assert "[llm_presets]" in output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("dry", [True, False])
def test_document_matches_its_type(dry: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--json", *(["--dry-run"] if dry else [])]) == 0
    text = capsys.readouterr().out
    assert SECRET not in text
    document = parse_document("init", text)
    assert document["written"] is not dry
    assert document["verdict"] == (None if dry else "ok")
    assert [(backend["name"], [key["state"] for key in backend["variables"]]) for backend in document["backends"]] == [
        ("anthropic", ["set"]),
        ("internal", []),
    ]
    assert document["gaps"] == ["img_gen", "search"]
    on_disk = {str(path.relative_to(document["tree"])) for path in Path(document["tree"]).rglob("*.toml")}
    assert on_disk == (set() if dry else {file["path"] for file in document["files"]})


@pytest.mark.usefixtures("key")
def test_list_marks_the_default_selection(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    chosen = [line.split()[1] for line in lines if line.startswith("*  ")]
    assert chosen == ["anthropic"]
    assert any("OPENAI_API_KEY not set" in line for line in lines)
    assert main(["init", "--list", "--json"]) == 0
    offered = json.loads(capsys.readouterr().out)
    assert [offer["name"] for offer in offered if offer["chosen"]] == ["anthropic"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--backend", "opnai"], "unknown provider `opnai`: did you mean `openai`"),
        (["--backend", "fal"], "fal serves no language models, and a tree needs one"),
        (["--release", "0.10.2", "--backend", "google"], "`google` needs Pipelex 0.11.0 or newer"),
        (["--release", "banana"], "'banana' is no Pipelex release"),
    ],
)
def test_usage_errors_are_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", *arguments]) == 2
    output = capsys.readouterr().err
    assert output.startswith(f"pipedeck: {message}")
    assert output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
