"""The hook of pre-commit and the workflow of the README run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.git import IDENTITY, Repository
from tests.support.trees import DECK, edited, g3_1, with_preset, write_tree

CHECKOUT = Path(__file__).resolve().parent.parent
HOOK = (CHECKOUT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
BLOCK = next(
    block
    for block in re.findall(r"```yaml\n(.*?)```", (CHECKOUT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    if "actions/checkout" in block
)


def shell(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a runner does, with the command of this environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, **IDENTITY, "PATH": path, "PYTHONPATH": str(CHECKOUT), **variables}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", line],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("good", [True, False])
def test_the_hook_of_pre_commit(good: bool, tmp_path: Path) -> None:
    write_tree(tmp_path, g3_1() if good else edited(g3_1(), DECK, '"@best-claude"', '"@gone"'))
    entry = re.search(r"^  entry: (.*)$", HOOK, re.MULTILINE)
    files = re.search(r"^  files: (.*)$", HOOK, re.MULTILINE)
    assert entry is not None
    assert files is not None
    done = shell(entry[1], tmp_path)
    assert (done.returncode, done.stderr) == (0 if good else 1, "")
    for name in (".pipelex/inference/backends.toml", "shop/.pipelex/inference/deck/a.toml", ".pipelex/pipedeck.toml"):
        assert re.search(files[1], name)
    assert not re.search(files[1], "src/inference/a.toml")


@pytest.mark.parametrize("good", [True, False])
def test_the_workflow_of_the_readme(good: bool, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin", g3_1())
    origin.git("clone", "--quiet", str(origin.root), str(tmp_path / "clone"))
    clone = tmp_path / "clone"
    broken = edited(g3_1(), DECK, '"@best-claude"', '"@gone"')
    write_tree(clone, with_preset(g3_1(), "mine", "gpt-4o-mini") if good else broken)
    for words in ("checkout -q -b feature", "add --all", "commit -q -m change"):
        subprocess.run(["git", *words.split()], cwd=clone, env={**os.environ, **IDENTITY}, check=True)
    lines = BLOCK.splitlines()
    assert len(lines) == 5
    runs = [line.removeprefix("- run: ") for line in lines if line.startswith("- run: pipedeck")]
    assert len(runs) == 3
    summary = tmp_path / "summary.md"
    done = [shell(line, clone, GITHUB_BASE_REF="main", GITHUB_STEP_SUMMARY=str(summary)) for line in runs]
    assert [item.stderr for item in done] == ["", "", ""]
    assert [item.returncode for item in done] == ([0, 0, 0] if good else [1, 1, 0])
    assert ("::error file=.pipelex/inference/deck/base_deck.toml,line=9,col=" in done[0].stdout) != good
    comment = summary.read_text(encoding="utf-8")
    assert ("$mine" if good else "dies") in comment
