"""A canary planted anywhere in a document, broken ones too, is in no output of a command and in no stored file."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.lives.clock import VARIABLE
from tests.trust.canaries import run_project
from tests.trust.screen_canaries import run_screens, run_served_screens
from tests.trust.served_canaries import run_served
from tests.trust.trace_canaries import run_trace_commands, run_trace_screens


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_no_planted_canary_leaks(first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    found = [line for seed in range(first, first + 10) for line in run_project(seed, tmp_path, commands=2)]
    assert found == []


def test_no_canary_that_a_server_repeats_leaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert [line for seed in range(10) for line in run_served(seed, tmp_path, commands=2)] == []


@pytest.mark.parametrize("seed", range(4))
async def test_no_planted_canary_is_on_a_screen(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert await run_screens(seed, tmp_path, screens=5) == []


@pytest.mark.parametrize("seed", [3, 5])
async def test_no_canary_that_a_server_repeats_is_on_a_screen(seed: int, tmp_path: Path) -> None:
    assert await run_served_screens(seed, tmp_path) == []


def test_no_text_of_a_run_is_in_an_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE)
    assert [line for seed in range(15) for line in run_trace_commands(seed, tmp_path, commands=2)] == []


@pytest.mark.parametrize("seed", range(3))
async def test_no_text_of_a_run_is_on_a_screen(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE)
    assert await run_trace_screens(seed, tmp_path, screens=5) == []
