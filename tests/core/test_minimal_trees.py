"""Minimal trees of the other tests: each loads in its release without a problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.verdict import Verdict
from tests.support.trees import MINIMAL, codes, end, inspect, minimal, resolved


@pytest.mark.parametrize("release", MINIMAL)
def test_a_minimal_tree_boots_without_a_problem(release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal(release), release=release)
    assert codes(report) == []
    assert report.boots
    assert report.verdict == (Verdict.OK, "can run")


@pytest.mark.parametrize("release", MINIMAL)
def test_every_reference_of_a_minimal_tree_is_served(release: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal(release), release=release)
    assert end(resolved(report, "writing")) == "anthropic/claude-4-sonnet"
    assert end(resolved(report, "chain")) == "openai/gpt-4o-mini"
    assert end(resolved(report, "llm/default/for_text")) == "openai/gpt-4o-mini"
    assert end(resolved(report, "llm/default/for_object")) == "anthropic/claude-4-sonnet"
    assert {item.status.value for item in report.resolutions} == {"callable"}


@pytest.mark.parametrize(
    ("release", "dialect", "detected"),
    [
        ("0.10.2", "G1", "0.10.2"),
        ("0.11.0", "G1.1", "0.11.0"),
        ("0.14.3", "G2", "0.14.3"),
        ("0.17.6", "G2.1", "0.17.6"),
        ("0.43.1", "G3.1", "0.92.2"),
        ("0.92.2", "G3.1", "0.92.2"),
    ],
)
def test_the_dialect_of_a_minimal_tree_is_detected(release: str, dialect: str, detected: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, minimal(release))
    assert (report.detected.dialect, str(report.release)) == (dialect, detected)
