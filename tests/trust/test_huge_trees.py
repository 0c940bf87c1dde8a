"""Commands on huge trees: limited time and memory, or a clear refusal."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.api import inspect_tree
from core.edits.edit_session import apply_intent
from core.edits.intent import EditRefused
from core.edits.steps import MAX_STATEMENTS
from core.files.view import Snapshot
from core.toml.edit.toml_commands import SetValue
from tests.core.workspace.support import OneCommand
from tests.support.environment import fenced
from tests.trust.huge_trees import ROUTES, make, make_huge
from tests.trust.terminal import CHECKOUT

MAX_MB = 300
MAX_S = 60
"""The limit under load (seconds); an algorithm of wrong complexity takes hours."""


def validate(root: Path) -> tuple[int, str, float]:
    """The exit status, the output and the peak memory (MB) of `validate`."""
    script = (
        "import sys\nfrom tui.cli.main import main\ncode = 0\n"
        "try:\n    code = main(['validate', '--tree', sys.argv[1]]) or 0\nexcept SystemExit as end:\n"
        "    code = int(end.code or 0)\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM:'))\n"
        "print('MB', int(peak.split()[1]) / 1024, file=sys.stderr)\nsys.exit(code)\n"
    )
    environment = fenced(root) | {"PYTHONPATH": str(CHECKOUT), "OPENAI_API_KEY": "k"}
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)], env=environment, capture_output=True, timeout=180, check=False
    )
    assert time.monotonic() - start < MAX_S
    return done.returncode, done.stdout.decode(), float(done.stderr.decode().rpartition("MB ")[2])


def test_ten_thousand_deck_files(tmp_path: Path) -> None:
    make_huge(tmp_path, "files")
    code, output, memory = validate(tmp_path)
    assert code in (0, 1), output
    assert memory < MAX_MB


def test_hundred_thousand_routes_are_read_but_not_edited(tmp_path: Path) -> None:
    path = make_huge(tmp_path, ROUTES) / "routing_profiles.toml"
    code, output, memory = validate(tmp_path)
    assert code in (0, 1), output
    assert memory < MAX_MB
    report = inspect_tree(str(tmp_path), environ={"HOME": str(tmp_path)})
    applied = apply_intent(report, Snapshot(), OneCommand(str(path), SetValue(("active",), "none")))
    assert isinstance(applied, EditRefused)
    assert f"more than {MAX_STATEMENTS:,}" in applied.message


def test_file_of_more_than_eight_mebibytes(tmp_path: Path) -> None:
    path = make(tmp_path) / "backends" / "openai.toml"
    path.write_text(path.read_text() + "# filled up\n" * 900_000)
    code, output, memory = validate(tmp_path)
    assert code == 1
    assert "larger than 8 MiB" in output
    assert memory < MAX_MB


def test_ten_thousand_models_and_five_thousand_aliases(tmp_path: Path) -> None:
    make_huge(tmp_path, "models")
    code, output, memory = validate(tmp_path)
    assert code in (0, 1), output
    assert memory < MAX_MB


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits are of POSIX")
def test_too_few_file_descriptors_are_reported(tmp_path: Path) -> None:
    make(tmp_path)
    environment = fenced(tmp_path) | {"PYTHONPATH": str(CHECKOUT)}

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))

    done = subprocess.run(
        [sys.executable, "-m", "tui", "validate", "--tree", str(tmp_path)],
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=limit,
    )
    assert b"Traceback" not in done.stderr
