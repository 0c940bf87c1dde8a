"""Formats in which other programs read problems: SARIF, GitHub, GitLab and JUnit; one module for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from core.api import Report
from core.formats import github, gitlab, junit, sarif
from core.formats.finding import Finding, findings_of
from core.problems import Problem

__all__ = ["FORMATS", "Finding", "findings_of", "formatted"]

FORMATS: Final[Mapping[str, Callable[[Iterable[Finding]], str]]] = {
    "sarif": sarif.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
}
"""The text of findings by the name of its format."""


def formatted(name: str, report: Report, problems: Iterable[Problem]) -> str:
    """The problems of a report in a format, with a line end."""
    return FORMATS[name](findings_of(report, problems))
