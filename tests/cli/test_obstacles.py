"""Folders that may not be read, and files and links in the place of folders: the commands name the obstacle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.files.view import FORBIDDEN
from tests.support.trees import KEYS, g3_1, write_tree
from tui.cli.main import main

_CAPABILITIES = "-dac_override,-dac_read_search"
_ROOT = os.geteuid() == 0


def _as_user(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without the capabilities that let root read everything."""
    drop = ["setpriv", f"--bounding-set={_CAPABILITIES}", f"--inh-caps={_CAPABILITIES}"] if _ROOT else []
    command = [*drop, sys.executable, "-m", "tui", *words]
    environ = {**os.environ, **KEYS, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(_ROOT and shutil.which("setpriv") is None, reason="setpriv is not installed")
@pytest.mark.parametrize(
    ("folder", "denied"),
    [("backends", "does not exist"), ("deck", "no deck file"), (".", "`pipedeck init`"), ("..", "`pipedeck init`")],
)
def test_a_forbidden_folder_is_not_a_missing_one(tmp_path: Path, folder: str, denied: str) -> None:
    project = write_tree(tmp_path / "project", g3_1())
    path = (project / ".pipelex" / "inference" / folder).resolve()
    path.chmod(0)
    try:
        done = _as_user("validate", cwd=project)
    finally:
        path.chmod(0o700)
    said = done.stdout + done.stderr
    assert f"{path.relative_to(project)} {FORBIDDEN}" in said
    assert denied not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("place", [".pipelex", ".pipelex/inference"])
@pytest.mark.parametrize("link", [False, True])
def test_names_what_is_in_the_place_of_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, link: bool
) -> None:
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    if link:
        path.symlink_to(path.name)  # a loop
    else:
        path.write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    obstacle = f"{path} {'is a broken link' if link else 'is a file, not a folder'}"
    assert main(["validate"]) == 2
    error = capsys.readouterr().err
    assert error.endswith(f": {obstacle}\n")
    assert main(["init"]) == 1
    assert capsys.readouterr().err == f"pipedeck: the tree was not created, nothing was written: {obstacle}\n"


def test_init_takes_a_provider_for_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "anthropic"]) == 2
    assert "write `--backend anthropic` for the provider" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main(["init", "./anthropic"]) == 0
    assert main(["init", "anthropic"]) == 2  # there is a tree now: the words of existing files
    assert "existing files are never overwritten" in capsys.readouterr().err
