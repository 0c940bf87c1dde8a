"""The code quality report of GitLab, which merge requests show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from core.diagnostics.diagnostic import Severity
from core.formats.finding import Finding

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(findings: Iterable[Finding]) -> str:
    """A list of violations. A problem at which the release stops is critical."""
    rows = [
        {
            "description": item.text,
            "check_name": item.problem.code,
            "fingerprint": item.fingerprint,
            "severity": "critical" if item.problem.fatal else _SEVERITIES[item.problem.severity],
            "location": {"path": item.path, "lines": {"begin": item.line}},
        }
        for item in findings
    ]
    return json.dumps(rows) + "\n"
