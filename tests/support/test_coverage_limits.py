"""The coverage plugin prints both figures, and each of them can fail the run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

# Forty covered lines; the code below has two branches per line.
MANY = "\n".join(f"x{number} = {number}" for number in range(40))
HALF = "\n\ndef f(x):\n    if x:\n        return 1\n    return 2\n"


@pytest.mark.parametrize("processes", [[], ["-p", "xdist", "-n", "2"]], ids=["one process", "several"])
@pytest.mark.parametrize(
    ("calls", "status", "messages"),
    [
        (
            "f(0), f(1)",
            0,
            ["lines of core reached by the tests: 100.0 %", "branches of core reached by the tests: 100.0 %"],
        ),
        (
            "f(0)",
            1,
            [
                "lines of core reached by the tests: 97.7 %",
                "branches of core reached by the tests: 50.0 %, which is less than 95 %",
            ],
        ),
    ],
)
def test_lines_and_branches_have_separate_limits(
    calls: str, status: int, messages: list[str], processes: list[str], tmp_path: Path
) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text(MANY + HALF)
    (tmp_path / "test_it.py").write_text(f"from core import f\n\ndef test_it():\n    assert ({calls})\n")
    words = [
        "-p",
        "pytest_cov",
        "--cov=core",
        "--cov-branch",
        "--cov-report=json:found.json",
        "-p",
        "tests.support.coverage_limits",
        "-q",
        *processes,
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path}:{CHECKOUT}",
            "COVERAGE_FILE": str(tmp_path / "found"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",  # `.ci/run` sets it
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    lines = done.stdout.splitlines()
    assert done.returncode == status, done.stdout + done.stderr
    assert lines[-3:-1] == messages
    assert lines[-1].startswith("1 passed")
