"""Secrets of a plugin (`runtime.secrets.method`): every answer calls them unknown, never set, missing or ok."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api import Report, inspect_tree, update_report
from core.catalogue import Key, offers
from core.files.view import DISK
from core.json.document import dump_json
from core.json.keys_document import KeysDocument
from core.json.validate_document import ValidateDocument
from core.keys import keys, missing_lines
from core.probes.check_planner import plan_checks
from core.probes.check_status import Reason
from core.problems import Check
from core.resolution import Status
from core.variables import State
from core.verdict import Verdict, checks, count_keys, count_unknown_keys
from tests.support.trees import NOWHERE, codes, edited, minimal, resolved, write_tree

RELEASE = "0.92.2"
VAULT = '[runtime.secrets]\nmethod = "vault"\n'
OPENAI = 'api_key = "${OPENAI_API_KEY}"'


def environment_with_plugin(folder: Path) -> Path:
    """An environment with Pipelex and a plugin of another distribution."""
    site = folder / "lib" / "python3.11" / "site-packages"
    for name, version in (("pipelex", RELEASE), ("vault_plugin", "1.0")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    (site / "vault_plugin-1.0.dist-info" / "entry_points.txt").write_text("[pipelex.plugins.kernel]\nvault = vault:P\n")
    for package in ("anthropic-1", "mistralai-1", "fal_client-1", "linkup_sdk-1"):
        (site / f"{package}.dist-info").mkdir()
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return folder


def inspected(folder: Path, api_key: str, environ: dict[str, str], settings: str = VAULT) -> Report:
    files = edited(minimal(RELEASE), "backends.toml", OPENAI, f'api_key = "{api_key}"')
    project = write_tree(folder / "shop", {**files, "../pipelex.toml": settings})
    python = environment_with_plugin(folder / "venv")
    return inspect_tree(str(project), environ={"HOME": NOWHERE, **environ}, cwd=str(project), python=str(python))


@pytest.mark.parametrize(
    ("api_key", "environ", "state", "status"),
    [
        ("${secret:OPENAI_API_KEY}", {}, State.UNKNOWN, Status.UNKNOWN),
        ("${OPENAI_API_KEY}", {}, State.UNKNOWN, Status.UNKNOWN),
        ("${OPENAI_API_KEY}", {"OPENAI_API_KEY": "a-real-key"}, State.UNKNOWN, Status.UNKNOWN),
        ("${env:OPENAI_API_KEY|secret:OPENAI_API_KEY}", {}, State.UNKNOWN, Status.UNKNOWN),
        ("${env:OPENAI_API_KEY|secret:OPENAI_API_KEY}", {"OPENAI_API_KEY": "a-real-key"}, State.SET, Status.CALLABLE),
        ("${secret:VAULT_KEY|env:OPENAI_API_KEY}", {"OPENAI_API_KEY": "a-real-key"}, State.SET, Status.CALLABLE),
        ("${env:OPENAI_API_KEY}", {}, State.MISSING, Status.SERVED),
        ("${env:OPENAI_API_KEY}", {"OPENAI_API_KEY": "a-real-key"}, State.SET, Status.CALLABLE),
    ],
)
def test_state_of_a_key(api_key: str, environ: dict[str, str], state: State, status: Status, tmp_path: Path) -> None:
    report = inspected(tmp_path, api_key, {"ANTHROPIC_API_KEY": "another-key", **environ})
    assert report.catalog.key_state("openai") is state
    assert resolved(report, "gpt-4o-mini", "model").status is status
    (offer,) = (item for item in offers(report) if item.handle == "gpt-4o-mini")
    assert offer.key.value == state.value
    assert offer.status == status.value
    row = next(row for row in keys(report) if row.name == "OPENAI_API_KEY")
    assert (row.fails, row.unknown) == (state is State.MISSING, state is State.UNKNOWN)
    assert ("variable-missing" in codes(report)) is (state is State.MISSING)
    assert report.boots is (state is not State.MISSING)


def test_nothing_unknown_is_summed_up_as_ok_or_as_missing(tmp_path: Path) -> None:
    report = inspected(tmp_path, "${OPENAI_API_KEY}", {})
    assert {item.status for item in report.resolutions if item.family == "llm"} == {Status.UNKNOWN}
    verdict, sentence = report.verdict
    assert (verdict, sentence.partition(" of ")[0]) == (Verdict.WARNINGS, "unknown: the keys")
    states = {check: state for check, (state, _) in checks(report.problems, report.resolutions).items()}
    assert (states[Check.ALIASES], states[Check.PRESETS]) == ("unknown", "unknown")
    assert (count_keys(report.catalog), count_unknown_keys(report.catalog)) == ((0, 2), 2)
    assert missing_lines(report) == ()
    assert "secrets-elsewhere" in codes(report)
    steps = report.trail(resolved(report, "gpt-4o-mini", "model"))
    assert [step.note for step in steps if step.kind == "backend"] == ["on, OPENAI_API_KEY unknown"]
    assert {plan.verdict.reason for plan in plan_checks(report.catalog) if plan.verdict} == {Reason.SECRETS_ELSEWHERE}
    counts = json.loads(dump_json(ValidateDocument(report)))["counts"]
    assert (counts["keys_set"], counts["keys_needed"], counts["keys_unknown"]) == (0, 2, 2)
    document = json.loads(dump_json(KeysDocument(report)))
    assert document["fails"] == 0
    assert {row["state"] for row in document["variables"]} == {"unknown"}


def test_an_endpoint_of_a_plugin_is_not_judged(tmp_path: Path) -> None:
    report = inspected(tmp_path, 'x"\nendpoint = "${secret:LAB_URL}', {})
    assert resolved(report, "gpt-4o-mini", "model").status is Status.UNKNOWN
    assert not {"endpoint-invalid", "endpoint-path", "variable-missing"} & set(codes(report))


def test_an_edit_of_the_method_changes_the_answer(tmp_path: Path) -> None:
    report = inspected(tmp_path, "${OPENAI_API_KEY}", {"OPENAI_API_KEY": "a-real-key", "ANTHROPIC_API_KEY": "another"})
    settings = tmp_path / "shop" / ".pipelex" / "pipelex.toml"
    settings.write_text("")
    plain = update_report(report, DISK)
    assert {item.status for item in plain.resolutions if item.family == "llm"} == {Status.CALLABLE}
    settings.write_text(VAULT)
    updated = update_report(plain, DISK)
    assert {item.status for item in updated.resolutions if item.family == "llm"} == {
        item.status for item in report.resolutions if item.family == "llm"
    }
    assert {Key.UNKNOWN} == {offer.key for offer in offers(updated)}


def test_without_an_installation_it_is_unknown_whether_a_plugin_brings_the_method(tmp_path: Path) -> None:
    files = {**minimal(RELEASE), "../pipelex.toml": VAULT}
    project = write_tree(tmp_path / "shop", files)
    environ = {"HOME": NOWHERE, "PATH": "", "OPENAI_API_KEY": "a-real-key", "ANTHROPIC_API_KEY": "another"}
    report = inspect_tree(str(project), environ=environ, cwd=str(project))
    assert report.boots
    assert report.verdict[0] is Verdict.UNKNOWN
    assert "whether a plugin registers it is unknown here" in report.verdict[1]
    assert {item.status for item in report.resolutions if item.family == "llm"} == {Status.UNKNOWN}
    # An installation without plugins tells that nobody brings it.
    site = tmp_path / "shop" / ".venv" / "lib" / "python3.11" / "site-packages" / f"pipelex-{RELEASE}.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Name: pipelex\n")
    (tmp_path / "shop" / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    report = inspect_tree(str(project), environ=environ, cwd=str(project))
    assert (report.boots, report.verdict[0]) == (False, Verdict.REFUSED)
