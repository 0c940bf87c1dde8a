"""Workflow commands of GitHub Actions, which show problems beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.diagnostics.diagnostic import Severity
from core.formats.finding import Finding

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(findings: Iterable[Finding]) -> str:
    """A command for each finding, one a line."""
    return "".join(_annotation(item) for item in findings)


def _annotation(item: Finding) -> str:
    place = {"file": item.path, "line": item.line, "col": item.column, "title": f"pipedeck {item.problem.code}"}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    return f"::{_COMMANDS[item.problem.severity]} {properties}::{_data(item.text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
