"""`pipelex doctor` accepts a tree with dead presets, as the README claims."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from core.api import inspect_tree
from tests.conformance.environments import ReleaseEnvironment, environment
from tests.conformance.test_conformance import installed_or_skip
from tests.support.environment import fenced, of_release
from tui.cli.main import main

RELEASE = "0.92.2"
KEY = {"ANTHROPIC_API_KEY": "not-a-key"}
TIMEOUT_S = 120

pytestmark = pytest.mark.conformance


def doctor(installed: ReleaseEnvironment, home: Path) -> str:
    """The output of `pipelex doctor` in an empty folder, with the tree in the home. Needs no network."""
    folder = home / "elsewhere"
    folder.mkdir()
    done = subprocess.run(
        [str(installed.python.with_name("pipelex")), "doctor"],
        cwd=folder,
        env=of_release(fenced(home)) | KEY | {"DO_NOT_TRACK": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return done.stdout + done.stderr


def test_doctor_accepts_a_tree_whose_presets_are_all_dead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installed_or_skip(RELEASE)
    installed = environment(RELEASE)
    package = next(installed.python.parents[1].glob("lib/python*/site-packages/pipelex/kit/configs"))
    tree = tmp_path / ".pipelex"
    shutil.copytree(package, tree)
    (tree / "telemetry.project.toml").unlink(missing_ok=True)
    # What `pipelex init inference` writes when Anthropic is chosen: its backend, and the profile that sends all to it.
    assert main(["use", "anthropic", "--no-replace", "--anyway", "--tree", str(tree)]) == 0
    capsys.readouterr()
    report = inspect_tree(str(tree), environ={"HOME": str(tmp_path), **KEY})
    assert report.verdict[0].value == "cannot_run"
    assert "24 of 24 LLM presets dead" in report.verdict[1]
    output = doctor(installed, tmp_path)
    assert "All 1 enabled backend(s) have valid credentials" in output
    assert "✓ Models are valid" in output
