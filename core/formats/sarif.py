"""SARIF 2.1.0, as GitHub's code scanning and editors read it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote

from core import __version__
from core.diagnostics.diagnostic import Diagnostic, Severity
from core.formats.finding import Finding

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT: Final = "pipedeck/v1"
"""The name of the fingerprints; another one when their making changes."""
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(findings: Iterable[Finding]) -> str:
    """The log of one run."""
    results = list(findings)
    rules = list(dict.fromkeys(item.problem.diagnostic for item in results))
    indexes = {rule.code: index for index, rule in enumerate(rules)}
    driver = {"name": "pipedeck", "version": __version__, "rules": [_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, indexes[item.problem.code]) for item in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(diagnostic: Diagnostic) -> dict[str, Any]:
    help_text = f"{diagnostic.why}\n\nExample: {diagnostic.example}\n\nFix: {diagnostic.fix}"
    return {
        "id": diagnostic.code,
        "shortDescription": {"text": diagnostic.meaning},
        "fullDescription": {"text": f"{diagnostic.meaning} {diagnostic.why}"},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": _LEVELS[diagnostic.severity]},
        "properties": {"tags": [diagnostic.check.value]},
    }


def _result(item: Finding, index: int) -> dict[str, Any]:
    artifact = {"uri": quote(item.path), "uriBaseId": _ROOT} if item.inside else {"uri": f"file://{quote(item.path)}"}
    region = {"startLine": item.line, "startColumn": item.column}
    return {
        "ruleId": item.problem.code,
        "ruleIndex": index,
        "level": _LEVELS[item.problem.severity],
        "message": {"text": item.text},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {FINGERPRINT: item.fingerprint},
    }
