"""One answer: `resolve`, `validate`, `check` and the app agree on 300 generated trees about what can be called."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.api import Report
from core.json.resolve_document import ReferenceDocument
from core.json.validate_document import ValidateDocument
from core.probes.check_plan import CheckPlan
from core.probes.check_planner import plan_checks
from core.probes.check_status import Reason
from core.probes.live_problems import live_problems
from core.probes.runner import skipped_result
from core.references import Kind
from core.resolution import Status
from core.trail import CALL_FAILS
from core.verdict import Verdict
from tests.support.trees import KEYS, Files, edited, inspect, llm, minimal
from tui.inspector import sheet_of
from tui.selection import ItemRef
from tui.view_model import ViewModel

RELEASES = ("0.11.0", "0.14.3", "0.17.6", "0.43.1", "0.92.2")
SDKS = (
    "openai",
    "openai",
    "anthropic",
    "mistral",
    "google",
    "azure_openai",
    "portkey_completions",
)
ENDPOINTS = (
    None,
    "",
    " https://llm.example/v1",
    "https://llm.example/v1 ",
    "https://llm.example/v1",
    "https://llm.example/v1/",
    "https://llm.example/v1/chat/completions",
    "https://llm.example/v1/models",
    "https://llm.example/v1/v1",
    "https://llm.example/openai",
    "https://api.openai.com",
    "https://api.anthropic.com/v1",
    "https://api.groq.com/v1",
    "http://localhost:11434",
    "http://localhost:11434/v1",
    "llm.example/v1",
    "https://llm example/v1",
    "${LAB_URL}",
)
KEY_FIELDS = (None, "", "none", "${LAB_KEY}", "${LAB_KEY}", "${LAB_KEY}", "${OPENAI_API_KEY}", "a literal key")
VALUES = ("a-real-key-of-lab", "\u201cquoted\u201d", " blank", "blank ", "placeholder-lab", "line\nend", "k\u00e9y")
URLS = ("https://llm.example/v1", "", "https://llm.example/v1/models", "nowhere")

KNOWN_BEFORE = {
    Reason.NO_KEY,
    Reason.BAD_KEY_FORMAT,
    Reason.PLACEHOLDER,
    Reason.BAD_URL,
    Reason.NO_ENDPOINT,
    Reason.PATH,
    Reason.UNSET,
    Reason.NO_FIELD,
}
"""The reasons of a check that is not sent because the call itself would fail."""


def generated(number: int) -> tuple[str, Files, Mapping[str, str]]:
    """A release, a tree whose backend `lab` serves `small`, and the variables."""
    pick = random.Random(number)
    release = pick.choice(RELEASES)
    files = minimal(release)
    lines = ["", "[lab]"]
    for name, value in (("endpoint", pick.choice(ENDPOINTS)), ("api_key", pick.choice(KEY_FIELDS))):
        if value is not None:
            lines.append(f'{name} = "{value}"')
    lines += ['api_version = "1"'] if pick.random() < 0.7 else []
    files["backends.toml"] += "\n".join(lines) + "\n"
    sdk = pick.choice(SDKS if release in ("0.43.1", "0.92.2") else SDKS[:-1])
    files["backends/lab.toml"] = f'[defaults]\nsdk = "{sdk}"\n' + llm("small")
    files = edited(files, "routing_profiles.toml", '"claude-*"', '"small" = "lab"\n"claude-*"')
    environ = {**KEYS, "LAB_KEY": pick.choice(VALUES), "LAB_URL": pick.choice(URLS)}
    return release, files, environ


def disagreements(report: Report) -> Iterator[str]:
    """What is said of `small` in one place and not in another."""
    resolution = next(item for item in report.resolutions if item.kind is Kind.MODEL and item.name == "small")
    callable_ = resolution.status is Status.CALLABLE
    document = ReferenceDocument(report, resolution)
    if (document.status == "callable") is not callable_:
        yield "resolve"
    if callable_ is any(step.note.startswith(CALL_FAILS) for step in document.trail) and not _unset(report):
        yield "the trail of resolve"
    codes = {problem.code for problem in ValidateDocument(report).problems if _about_lab(problem.message)}
    if callable_ and codes - {"endpoint-plain-http", "endpoint-path", "secret-literal"} - {"variable-placeholder"}:
        yield f"validate names {codes}"
    if not callable_ and not codes:
        yield "validate names nothing"
    (plan,) = plan_checks(report.catalog, ["lab"])
    if _fails_before(plan) is callable_:
        yield f"check says {plan.verdict}"
    if plan.verdict is not None:
        told = live_problems(report.catalog, report.resolutions, [skipped_result(plan, plan.verdict)])
        if _fails_before(plan) and told:
            yield f"check repeats what is known: {told[0].message}"
    view = ViewModel(report, report.catalog.active)
    text = "\n".join("".join(run[0] for run in line.spans) for line in sheet_of(view, _ref(view), 100).lines)
    if (("CALLABLE" in text) is not callable_) and report.boots:
        yield f"the app shows {text[:80]}"


def _ref(view: ViewModel) -> ItemRef:
    ref = view.reference("model", "llm", "small") or view.reference("model", "", "small")
    assert ref is not None
    return ref


def _about_lab(message: str) -> bool:
    return "`lab`" in message or "LAB_" in message or "small" in message


def _unset(report: Report) -> bool:
    return any(problem.code == "variable-missing" for problem in report.problems)


def _fails_before(plan: CheckPlan) -> bool:
    return plan.verdict is not None and plan.verdict.reason in KNOWN_BEFORE


def test_resolve_validate_check_and_app_agree(tmp_path: Path) -> None:
    found = []
    states = {True: 0, False: 0}
    for number in range(300):
        release, files, environ = generated(number)
        report = inspect(tmp_path / str(number), files, release=release, environ=environ)
        resolution = next(item for item in report.resolutions if item.kind is Kind.MODEL and item.name == "small")
        states[resolution.status is Status.CALLABLE] += 1
        lab = files["backends.toml"].partition("[lab]")[2].split()
        found += [
            f"{number} {release} {files['backends/lab.toml'][:30]!r} {lab}: {item}" for item in disagreements(report)
        ]
        if report.verdict[0] in (Verdict.OK, Verdict.WARNINGS):
            assert resolution.status is Status.CALLABLE, number
    assert found == []
    assert min(states.values()) > 50
