"""The hang watchdog ends a hanging test, but not a test that waits for an installation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.environment import fenced

CHECKOUT = Path(__file__).resolve().parents[2]
RELEASE = "0.92.2"
TIMEOUT_S = 0.5
SLOW_PYTHON = f"#!/bin/sh\n'{sys.executable}' -c 'import threading; threading.Event().wait({3 * TIMEOUT_S})'\nexit 1\n"
"""A Python whose `-m venv` takes three times the watchdog's timeout, and fails."""
TESTS = f"""
import threading, pytest
from tests.conformance.environments import EnvironmentUnavailable, environment

def test_slow_installation():
    with pytest.raises(EnvironmentUnavailable, match="cannot be installed"):
        environment("{RELEASE}")

def test_hang_after_installation():
    with pytest.raises(EnvironmentUnavailable):
        environment("{RELEASE}")
    threading.Event().wait(60)
"""


def run(tmp_path: Path, test: str) -> subprocess.CompletedProcess[str]:
    """Run one of the tests above with a short watchdog and a slow installer."""
    (tmp_path / "cache" / "kit" / RELEASE / "inference").mkdir(parents=True)
    python = tmp_path / "slow-python"
    python.write_text(SLOW_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "test_slow.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nfaulthandler_timeout = {TIMEOUT_S}\nfaulthandler_exit_on_timeout = true\n", encoding="utf-8"
    )
    environ = fenced(tmp_path) | {"PIPEDECK_CACHE": str(tmp_path / "cache"), "PIPEDECK_PYTHON": str(python)}
    environ |= {"PYTHONPATH": str(CHECKOUT), "PYTEST_ADDOPTS": ""}
    environ.pop("PIPEDECK_ORACLE", None)
    plugins = ["-p", "no:cacheprovider", "-p", "no:llmock", "-p", "tests.support.watchdog"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-q", f"test_slow.py::{test}"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_watchdog_ignores_a_slow_installation(tmp_path: Path) -> None:
    result = run(tmp_path, "test_slow_installation")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


def test_watchdog_is_armed_again_after_an_installation(tmp_path: Path) -> None:
    result = run(tmp_path, "test_hang_after_installation")
    assert result.returncode == 1
    assert "Timeout (" in result.stderr
