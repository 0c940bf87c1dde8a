"""One answer: `resolve`, `validate`, `check`, the app and pipes agree on generated trees about what can be called."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
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
from core.resolution import Resolution, Status
from core.trail import CALL_FAILS
from core.verdict import Verdict
from tests.core.methods.test_pipes import pipe
from tests.support.trees import KEYS, Files, edited, inspect, llm, minimal, with_preset
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


_SITE_PACKAGES = "../../.venv/lib/python3.11/site-packages"
_PACKAGES = ("anthropic-1.dist-info", "mistralai-1.dist-info", "google_genai-1.dist-info", "aioboto3-1.dist-info")
_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE")
_SECRETS = (
    "${secret:LAB_KEY}",
    "${LAB_KEY}",
    "${env:LAB_KEY}",
    "${env:NOT_SET}",
    "${env:NOT_SET|secret:LAB_KEY}",
    "${secret:NOT_SET|env:LAB_KEY}",
)
HEADERS = ("[Lab]", '["lab "]', "[l-ab]", "[lba]", "[backends.lab]", "[l\u0430b]", "[other]")
Change = Callable[[random.Random, Files, dict[str, str]], Files]
"""Changes a generated tree of 0.92.2 and its variables."""


def _installed(pick: random.Random, files: Files) -> Files:
    """An environment of the project with Pipelex, and some of the packages that its clients need."""
    environment = {f"{_SITE_PACKAGES}/{name}/METADATA": "" for name in _PACKAGES if pick.random() < 0.6}
    pipelex = f"{_SITE_PACKAGES}/pipelex-0.92.2.dist-info/METADATA"
    return (
        files | environment | {"../../.venv/pyvenv.cfg": "home = /usr\n", pipelex: "Name: pipelex\nVersion: 0.92.2\n"}
    )


def _with_secrets(pick: random.Random, files: Files, environ: dict[str, str]) -> Files:
    """A plugin's provider of secrets, which only Pipelex can ask."""
    plugin = f"{_SITE_PACKAGES}/vault_plugin-1.0.dist-info"
    points = "[pipelex.plugins.kernel]\nvault = vault:P\n"
    metadata = {f"{plugin}/METADATA": "Name: vault_plugin\nVersion: 1\n", f"{plugin}/entry_points.txt": points}
    backends = files["backends.toml"].partition("[lab]")[0] + f'[lab]\napi_key = "{pick.choice(_SECRETS)}"\n'
    settings = '[runtime.secrets]\nmethod = "vault"\n'
    return _installed(pick, files) | metadata | {"backends.toml": backends, "../pipelex.toml": settings}


def _of_aws(pick: random.Random, files: Files, environ: dict[str, str]) -> Files:
    """A backend of Bedrock, with some of the variables that its clients read."""
    environ.update({name: f"a-{name.lower()}" for name in _AWS if pick.random() < 0.5})
    environ.update({"AWS_EC2_METADATA_DISABLED": "true"} if pick.random() < 0.3 else {})
    backends = files["backends.toml"].partition("[lab]")[0] + '[lab]\naws_region = "us-east-1"\n'
    sdk = pick.choice(("bedrock_aioboto", "bedrock_anthropic"))
    specs = {"backends.toml": backends, "backends/lab.toml": f'[defaults]\nsdk = "{sdk}"\n' + llm("small")}
    return files | specs


def _misnamed(pick: random.Random, files: Files, environ: dict[str, str]) -> Files:
    """A header of the backend under another name."""
    return edited(files, "backends.toml", "[lab]", pick.choice(HEADERS))


CHANGES: tuple[Change, ...] = (_with_secrets, _of_aws, lambda pick, files, _: _installed(pick, files), _misnamed)


def generated(number: int) -> tuple[str, Files, Mapping[str, str]]:
    """A release, a tree whose backend `lab` serves `small`, with a pipe that names it, and the variables."""
    pick = random.Random(number)
    change = CHANGES[number % 8] if number % 8 < len(CHANGES) else None
    release = pick.choice(RELEASES) if change is None else "0.92.2"
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
    key, ending = ("llm" if release == "0.11.0" else "model"), ("plx" if release < "0.18" else "mthds")
    files[f"../../a.{ending}"] = 'domain = "a"\n' + pipe(f'{key} = "tiny"\noutput = "Text"').replace(
        '"tiny"', _TINY[ending]
    )
    files = with_preset(files, "tiny", "small")
    return release, files if change is None else change(pick, files, environ), environ


_TINY = {"plx": '"tiny"', "mthds": '"$tiny"'}


WARNINGS_OF_CALLABLE = frozenset(
    ("endpoint-plain-http", "endpoint-path", "secret-literal", "variable-placeholder", "unused-by-client")
)


def disagreements(report: Report) -> Iterator[str]:
    """What is said of the preset of `small` in one place and not in another."""
    resolution = tiny(report)
    status = resolution.status
    callable_, unknown = status is Status.CALLABLE, status is Status.UNKNOWN
    document = ReferenceDocument(report, resolution)
    if document.status != status.value:
        yield "resolve"
    fails = any(step.note.startswith(CALL_FAILS) for step in document.trail)
    if fails is not (status is Status.SERVED) and not _unset(report):
        yield f"the trail of resolve: {[step.note for step in document.trail]}"
    codes = {problem.code for problem in ValidateDocument(report).problems if _about_lab(problem.message)}
    if callable_ and codes - WARNINGS_OF_CALLABLE:
        yield f"validate names {codes}"
    if not (callable_ or unknown) and not codes:
        yield "validate names nothing"
    for plan in plan_checks(report.catalog, ["lab"] if "lab" in report.catalog.backends else []):
        installed = resolution.spec is None or report.catalog.is_installed(resolution.spec)
        if _fails_before(plan) is callable_ and not unknown and installed:
            yield f"check says {plan.verdict}"
        if plan.verdict is not None:
            told = live_problems(report.catalog, report.resolutions, [skipped_result(plan, plan.verdict)])
            if told and (_fails_before(plan) or unknown):
                yield f"check repeats what is known: {told[0].message}"
    view = ViewModel(report, report.catalog.active)
    text = "\n".join("".join(run[0] for run in line.spans) for line in sheet_of(view, _ref(view), 100).lines)
    if status.value.upper() not in text and report.boots:
        yield f"the app shows {text[:80]}"
    (answer,) = report.pipes
    if answer.status is not status:
        yield f"the pipe is {answer.status}"


def tiny(report: Report) -> Resolution:
    """The preset of `small`."""
    return next(item for item in report.resolutions if item.kind is Kind.PRESET and item.name == "tiny")


def _ref(view: ViewModel) -> ItemRef:
    ref = view.reference("preset", "llm", "tiny")
    assert ref is not None
    return ref


def _about_lab(message: str) -> bool:
    return "`lab`" in message or "LAB_" in message or "small" in message


def _unset(report: Report) -> bool:
    return any(problem.code == "variable-missing" for problem in report.problems)


def _fails_before(plan: CheckPlan) -> bool:
    return plan.verdict is not None and plan.verdict.reason in KNOWN_BEFORE


def test_resolve_validate_check_app_and_pipes_agree(tmp_path: Path) -> None:
    found = []
    states: Counter[Status] = Counter()
    for number in range(300):
        release, files, environ = generated(number)
        report = inspect(tmp_path / str(number), files, release=release, environ=environ).read_methods()
        status = tiny(report).status
        states[status] += 1
        lab = files["backends.toml"].partition("ANTHROPIC_API_KEY}")[2].split()
        found += [
            f"{number} {release} {files['backends/lab.toml'][:30]!r} {lab}: {item}" for item in disagreements(report)
        ]
        if report.verdict[0] in (Verdict.OK, Verdict.WARNINGS):
            assert status in (Status.CALLABLE, Status.UNKNOWN), number
    assert found == []
    few = {Status.CALLABLE: 30, Status.SERVED: 150, Status.DEAD: 20, Status.UNKNOWN: 9}
    assert [status for status, count in few.items() if states[status] < count] == []
