"""`pipedeck map`: the lines, a picture, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.trees import g3_1, write_tree
from tui.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree, in the current folder."""
    root = write_tree(tmp_path / "shop", g3_1())
    monkeypatch.chdir(root)
    return root


def test_map_is_printed_and_drawn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(" openai  " in line and line[0] in "+ox" for line in lines)
    assert "backend" in lines[-1]
    assert all(len(line) <= 80 for line in lines)
    assert main(["map", "--svg", "map.svg"]) == 0
    assert capsys.readouterr().out.startswith("wrote map.svg: ")
    root = ElementTree.fromstring((project / "map.svg").read_text(encoding="utf-8"))
    assert len(root.findall("{*}path")) >= len(lines) - 1


def test_unknown_family_backend_and_file_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["--family", "llmm"], "there is no family 'llmm' here"),
        (["--backend", "opnai"], "there is no backend 'opnai' here"),
        (["--svg", "nowhere/map.svg"], "nowhere/map.svg cannot be written"),
    ):
        assert main(["map", *arguments]) == 2
        assert message in capsys.readouterr().err


def test_secrets_in_names_are_hidden_however_they_are_cut(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A part of an address no longer shows that it has a user."""
    deck = project / ".pipelex" / "inference" / "deck" / "zz.toml"
    names = [
        f'zz{size} = {{ model = "https://me:hunter2@{"h" * size}", temperature = 0.5 }}\n' for size in range(1, 60, 4)
    ]
    deck.write_text("[llm.presets]\n" + "".join(names))
    assert main(["map", "--svg", "map.svg"]) == 0
    assert main(["map"]) == 0
    for text in (capsys.readouterr().out, (project / "map.svg").read_text(encoding="utf-8")):
        assert "zz57" in text
        assert "hunter2" not in text
