"""JUnit XML, as the test reports of most CI systems read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import quoteattr

from core.diagnostics.diagnostic import Severity
from core.formats.finding import Finding
from core.secret_texts import display_text

_PASSED: Final = '  <testcase classname="pipedeck" name="configuration"/>\n'


def render(findings: Iterable[Finding]) -> str:
    """A failed test for each error, a skipped one for each warning; without findings one test that passed."""
    items = list(findings)
    failures = sum(item.problem.severity is Severity.ERROR for item in items)
    cases = "".join(map(_case, items)) or _PASSED
    counts = f'tests="{max(len(items), 1)}" failures="{failures}" errors="0" skipped="{len(items) - failures}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites {counts}>\n<testsuite name="pipedeck" {counts}>\n{cases}</testsuite>\n</testsuites>\n'
    )


def _case(item: Finding) -> str:
    subject = f": {display_text(item.problem.subject)}" if item.problem.subject else ""
    name = _attribute(f"{item.path}:{item.line} {item.problem.code}{subject}")
    head = f'  <testcase classname="{item.problem.code}" name={name} file={_attribute(item.path)} line="{item.line}">'
    failed = item.problem.severity is Severity.ERROR
    kind = f'<failure type="{item.problem.code}"' if failed else "<skipped"
    return f"{head}{kind} message={_attribute(item.text)}/></testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr("".join(character if _is_xml(character) else "\N{REPLACEMENT CHARACTER}" for character in text))


def _is_xml(character: str) -> bool:
    """Whether XML 1.0 allows a character."""
    return (
        character in "\t\n\r"
        or " " <= character <= "\ud7ff"
        or "\ue000" <= character <= "\ufffd"
        or character > "\uffff"
    )
