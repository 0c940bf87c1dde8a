"""The registry of diagnostics: every code is emitted by a test tree, described in full and defined nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from core import diagnostics
from core.diagnostics import live_codes, registry
from core.diagnostics.diagnostic import Diagnostic
from core.diagnostics.registry import DIAGNOSTICS
from core.diagnostics.unresolved import UnresolvedCode
from core.probes.check_result import CheckResult, Listing
from core.probes.check_status import CheckStatus, Finding, Reason
from core.probes.served_models import Served
from tests.core.dialects import (
    test_backend_faults,
    test_deck_faults,
    test_file_faults,
    test_model_faults,
    test_profile_faults,
)
from tests.core.dialects.cases import Case
from tests.core.edits.test_fixes import CASES
from tests.core.files.test_start_folder import CODES as START_CODES
from tests.core.installation.test_find_installation import CODES as ENVIRONMENT_CODES
from tests.core.methods.test_pipes import CODES as METHOD_CODES
from tests.support.trees import (
    DECK,
    Files,
    codes,
    edited,
    extended,
    inspect,
    llm,
    minimal,
    with_preset,
    without,
)

MODELS, ROUTING = "backends/openai.toml", "routing_profiles.toml"
Edit = Callable[[Files], Mapping[str, str | bytes]]


def add(name: str, text: str) -> Edit:
    return lambda files: extended(files, name, text)


def change(name: str, old: str, new: str) -> Edit:
    return lambda files: edited(files, name, old, new)


def dotenv(line: str) -> Edit:
    return add("../../.env", line)


_SITE_PACKAGES = "../../.venv/lib/python3.11/site-packages"
INSTALLED = {
    "../../.venv/pyvenv.cfg": "home = /usr/bin\n",
    f"{_SITE_PACKAGES}/pipelex-0.92.2.dist-info/METADATA": "Name: pipelex\nVersion: 0.92.2\n",
}
"""An environment of the project with Pipelex and without its extras."""

BACKEND = "[openai]\n"
TREES: dict[str, tuple[str, Edit]] = {
    "file-unreadable": ("0.92.2", lambda files: {**files, f"{DECK}.toml/inner.toml": ""}),
    "file-bom": ("0.92.2", lambda files: {**files, ROUTING: b"\xef\xbb\xbf" + files[ROUTING].encode()}),
    "file-too-large": ("0.92.2", lambda files: {**files, DECK: b"#" * (8 * 1024 * 1024 + 1)}),
    "toml-lax": ("0.10.2", lambda files: {**files, "deck/zz.toml": '[aliases]\nodd = ["a",, "b"]\n'}),
    "override-ignored": ("0.43.1", add("backends_override.toml", "[openai]\nenabled = true\n")),
    "file-ignored": ("0.92.2", add("anthropic.toml", "[x]\n")),
    "file-misplaced": ("0.92.2", add("deck/backends_override.toml", '[llm.aliases]\nown = "gpt-4o-mini"\n')),
    "dotenv-line": ("0.92.2", dotenv("OPENAI_API_KEY: a\n")),
    "variable-elsewhere": (
        "0.92.2",
        lambda files: extended(
            edited(files, "backends.toml", "${OPENAI_API_KEY}", "${LAB_KEY}"), "../../.env.local", "LAB_KEY=a\n"
        ),
    ),
    "settings-invalid": (
        "0.92.2",
        add("../pipelex.toml", "[inference.model_deck]\nis_model_fallback_enabled = 'no'\n"),
    ),
    "settings-unregistered": (
        "0.92.2",
        lambda files: {**files, **INSTALLED, "../pipelex.toml": "[runtime.storage]\nmethod = 'azure'\n"},
    ),
    "settings-plugin-unknown": ("0.92.2", add("../pipelex.toml", "[runtime.storage]\nmethod = 'azure'\n")),
    "plugin-required": ("0.92.2", add("../pipelex.toml", "[runtime.plugins]\ndisabled = ['secrets']\n")),
    "plugin-disabled": (
        "0.92.2",
        add("../pipelex.toml", "[runtime.plugins]\ndisabled = ['anthropic']\n"),
    ),
    "execution-hosted": ("0.92.2", add("../pipelex.toml", "[run]\nexecution = 'hosted'\n")),
    "secrets-elsewhere": ("0.92.2", add("../pipelex.toml", "[runtime.secrets]\nmethod = 'vault'\n")),
    "gateway-terms": ("0.43.1", add("backends.toml", '\n[pipelex_gateway]\napi_key = "${OPENAI_API_KEY}"\n')),
    "settings-former": (
        "0.92.2",
        add("../pipelex.toml", "[cogt.model_deck_config]\nis_model_fallback_enabled = true\n"),
    ),
    "backend-file-orphan": ("0.92.2", add("backends/groq.toml", "# no table in backends.toml\n")),
    "endpoint-plain-http": (
        "0.92.2",
        change("backends.toml", BACKEND, f'{BACKEND}endpoint = "http://llm.example.com"\n'),
    ),
    "field-missing": (
        "0.92.2",
        lambda files: extended(
            edited(files, "backends.toml", BACKEND, f'{BACKEND}endpoint = "https://a.openai.azure.com"\n'),
            "backends/openai.toml",
            llm("deployed", 'sdk = "azure_openai"\n'),
        ),
    ),
    "key-invalid": ("0.92.2", dotenv("OPENAI_API_KEY=\u201cpasted\u201d\n")),
    "backend-remote": ("0.43.1", add("backends.toml", '\n[pipelex_gateway]\napi_key = "${OPENAI_API_KEY}"\n')),
    "backend-left-out": (
        "0.92.2",
        lambda files: extended(files, "backends.toml", "[vertexai]\n") | {"../../.env": "RUN_MODE=ci_test\n"},
    ),
    "variable-placeholder": ("0.92.2", dotenv("OPENAI_API_KEY=placeholder-for-openai\n")),
    "variable-spaced": ("0.92.2", dotenv('OPENAI_API_KEY="key "\n')),
    "variable-hidden": ("0.10.2", dotenv("OPENAI_API_KEY=\n")),
    "handle-duplicate": ("0.92.2", add(MODELS, '\n[twin]\nhandle = "gpt-4o-mini"\n')),
    "handle-unreachable": ("0.92.2", add(MODELS, '\n["blank "]\n')),
    "price-negative": ("0.10.2", change(MODELS, "input = 3.0", "input = -3.0")),
    "price-too-high": ("0.92.2", change(MODELS, "input = 3.0", "input = 3000.0")),
    "price-not-finite": ("0.43.1", change(MODELS, "input = 3.0", "input = inf")),
    "model-enabled-ignored": ("0.92.2", add(MODELS, llm("spare", "enabled = false\n"))),
    "route-drops-models": ("0.92.2", add(ROUTING, '"gpt*" = "anthropic"\n')),
    "optional-routes-ignored": ("0.17.6", add(ROUTING, '\n[profiles.all.optional_routes]\n"gpt*" = "openai"\n')),
    "empty-reference": ("0.92.2", lambda files: with_preset(files, "odd", "")),
    "preset-model-unknown": (
        "0.92.2",
        lambda files: extended(
            with_preset(files, "odd", "unknown"),
            "../pipelex.toml",
            '[inference.model_deck]\nmissing_presets_reaction = "raise"\n',
        ),
    ),
    "preset-cycle": (
        "0.92.2",
        lambda files: with_preset(extended(files, "deck/zz.toml", '[llm.aliases]\na = "b"\nb = "a"\n'), "odd", "@a"),
    ),
    "choice-cycle": (
        "0.92.2",
        lambda files: extended(
            edited(files, DECK, 'for_text = "$cheap"', 'for_text = "@a"'),
            "deck/zz.toml",
            '[llm.aliases]\na = "b"\nb = "a"\n',
        ),
    ),
    "waterfall-cycle": ("0.43.1", add("deck/zz.toml", '[llm.waterfalls]\na = ["~b"]\nb = ["~a"]\n')),
    "alias-hidden": ("0.92.2", add("deck/zz.toml", '[llm.aliases]\ngpt-4o-mini = "claude-4-sonnet"\n')),
    "waterfall-hidden": ("0.17.6", add("deck/zz.toml", '[waterfalls]\nbest-claude = ["gpt-4o-mini"]\n')),
    "list-concatenated": ("0.14.3", add("deck/overrides.toml", '[aliases]\nchain = ["claude-4-sonnet"]\n')),
    "run-variable": ("0.92.2", dotenv("PIPELEX_ENV=production\n")),
    "dotenv-refused": ("0.92.2", dotenv("NOTE=a\0b\n")),
    "first-start": (
        "0.92.2",
        lambda files: without(files, DECK) | INSTALLED | {f"{_SITE_PACKAGES}/pipelex/kit/configs/inference/a.toml": ""},
    ),
    "first-start-unknown": ("0.92.2", lambda files: without(files, DECK)),
    "package-missing": ("0.92.2", lambda files: files | INSTALLED),
    "release-contradiction": (
        "0.92.2",
        lambda files: files | INSTALLED | {"../../uv.lock": '[[package]]\nname = "pipelex"\nversion = "0.15.7"\n'},
    ),
    "unused-by-client": ("0.92.2", add("backends/openai.toml", llm("odd", 'sdk = "mistral"\nx-team = "a"\n'))),
    "sdk-unregistered": ("0.92.2", add("backends/openai.toml", llm("odd", 'sdk = "openai_respnses"\n'))),
}
"""A tree for each diagnostic that the cases of dialects and fixes do not emit."""


@pytest.mark.parametrize("code", TREES)
def test_tree_emits_code(code: str, tmp_path: Path) -> None:
    release, edit = TREES[code]
    assert code in codes(inspect(tmp_path, edit(minimal(release)), release=release))


def test_every_offline_code_is_emitted_by_a_tree() -> None:
    modules = (test_backend_faults, test_deck_faults, test_file_faults, test_model_faults, test_profile_faults)
    tables = [table for module in modules for table in vars(module).values() if isinstance(table, tuple)]
    cases = {case.code for table in tables for case in table if isinstance(case, Case)}
    elsewhere = {*START_CODES, *ENVIRONMENT_CODES, *METHOD_CODES}
    assert cases | {code for _, _, code, _ in CASES} | set(TREES) | elsewhere == {
        # Exposed files, published data, policies, traces and kits have tests of their own:
        # `tests/core/test_exposure.py`, `tests/core/lives`, `tests/core/rules/test_policy.py`, `tests/cli`.
        code
        for code in DIAGNOSTICS
        if not code.startswith(("live-", "policy-", "trace-", "kit-"))
        and code not in ("dotenv-exposed", "model-ended", "model-ends-soon", "model-runs-fail", "price-differs")
    }


@pytest.mark.parametrize("status", [status for status in CheckStatus if status not in ("ok", "cancelled")])
def test_every_failed_status_of_a_live_check_has_a_diagnostic(status: CheckStatus, tmp_path: Path) -> None:
    reason = Reason.CONSENT if status is CheckStatus.NOT_CHECKABLE else None
    result = CheckResult("openai", "openai", Finding(status, reason), "https://api.openai.com", at=1.0)
    report = inspect(tmp_path, minimal("0.92.2")).with_live([result])
    assert [problem.diagnostic for problem in report.problems] == [live_codes.BY_STATUS[status.value]]


def test_live_models_have_diagnostics(tmp_path: Path) -> None:
    served = Served("claude-4-sonnet-id", lifecycle="deprecated", until="2027-01-31")
    report = inspect(tmp_path, minimal("0.92.2"))
    for backend, code in (("openai", "live-model-not-served"), ("anthropic", "live-model-notice")):
        listing = Listing((served,), complete=True, gap="", groups=frozenset({""}))
        result = CheckResult(
            backend, "openai", Finding(CheckStatus.OK), "https://api.openai.com", at=1.0, listing=listing
        )
        assert code in codes(report.with_live([result]))


@pytest.mark.parametrize("diagnostic", DIAGNOSTICS.values(), ids=lambda diagnostic: diagnostic.code)
def test_record_is_complete(diagnostic: Diagnostic) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", diagnostic.code)
    for sentence in (diagnostic.meaning, diagnostic.why, diagnostic.fix):
        assert sentence.endswith(".")
        assert sentence[0] == "`" or sentence[0].isupper()
    assert diagnostic.example
    assert not diagnostic.no_fix.endswith(".")


@pytest.mark.parametrize("code", UnresolvedCode)
def test_record_of_an_unresolved_reference_is_complete(code: UnresolvedCode) -> None:
    assert code.name == code.value.replace("-", "_").upper()
    for sentence in (code.meaning, code.why):
        assert sentence.endswith(".")
        assert sentence[0].isupper()
    assert code.example
    assert code.fix[0].islower()
    assert not code.fix.endswith(".")


def test_constants_are_named_as_their_codes() -> None:
    folder = Path(diagnostics.__file__).parent
    for path in folder.glob("*_codes.py"):
        module = getattr(registry, path.stem)
        for name, value in vars(module).items():
            if isinstance(value, Diagnostic):
                assert name == value.code.replace("-", "_").upper()


def test_diagnostics_are_defined_in_the_registry_only() -> None:
    root = Path(diagnostics.__file__).parents[2]
    for package in ("core", "tui"):
        for path in (root / package).rglob("*.py"):
            if path.parent.name != "diagnostics":
                assert "Diagnostic(" not in path.read_text("utf-8"), path
