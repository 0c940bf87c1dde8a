"""Small faults of a tree with a server of one's own: each kind with siblings, the answer and the one fix of each.

The answers about endpoints and keys are those of the client of OpenAI (`tests/conformance/test_clients.py`), those
about settings and starts of the releases (`test_refused.py` and the boot cases there).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import inspect_tree
from core.edits.fixes import better_fixes, fixes
from core.problems import Severity
from core.verdict import Verdict
from tests.core.edits.scenes import Scene
from tests.support.trees import NOWHERE, Files, edited, extended, inspect

BACKENDS, SPECS, DECK = "backends.toml", "backends/openai.toml", "deck/a.toml"
LAB_URL = 'endpoint = "http://127.0.0.1:47111/v1"'
LAB_KEY = 'api_key = "${LAB_KEY}"'
QUICK = 'quick = { model = "@cheap", temperature = 0.5 }'
ENVIRON = {"LAB_KEY": "a-key-of-lab", "OPENAI_API_KEY": "a-key-of-openai"}


def tree() -> Files:
    """`gpt-4.1` at OpenAI, `small` at a server on this machine, and names for both."""
    model = 'inputs = ["text"]\noutputs = ["text", "structured"]\ncosts = { input = 2, output = 8 }\n'
    return {
        "backends.toml": f'[lab]\n{LAB_URL}\n{LAB_KEY}\n\n[openai]\napi_key = "${{OPENAI_API_KEY}}"\n',
        "backends/lab.toml": f'[defaults]\nsdk = "openai"\n\n[small]\nmodel_id = "llama3"\n{model}',
        "backends/openai.toml": f'[defaults]\nsdk = "openai_responses"\n\n["gpt-4.1"]\n{model}',
        "routing_profiles.toml": """
            active = "mine"
            [profiles.mine]
            description = "mine"
            default = "openai"
            [profiles.mine.routes]
            "small" = "lab"
            """,
        "deck/a.toml": f"""
            [llm.choice_defaults]
            default_temperature = 0.7
            for_text = "$writing"
            for_object = "$writing"
            [llm.aliases]
            best = "gpt-4.1"
            cheap = "small"
            [llm.presets]
            writing = {{ model = "@best", temperature = 0.5 }}
            {QUICK}
            """,
        "deck/b.toml": """
            [extract]
            choice_default = "none"
            [img_gen]
            default_quality = "low"
            choice_default = "none"
            [search]
            choice_default = "none"
            """,
    }


def quick(settings: str) -> str:
    return f'quick = {{ model = "@cheap", temperature = 0.5, {settings} }}'


FAULTS = (
    # settings that `small`, which does not reason, refuses; a budget, or through an inline choice
    (DECK, QUICK, quick('reasoning_effort = "high"'), "setting-refused", True),
    (DECK, QUICK, quick("reasoning_budget = 2000"), "setting-refused", True),
    (DECK, QUICK, quick('reasoning_effort = "none"'), "setting-refused", True),
    (DECK, 'for_text = "$writing"', 'for_text = { model = "small", temperature = 1, reasoning_effort = "low" }',
     "setting-refused", True),
    # names with a dot and without quotes
    (SPECS, '["gpt-4.1"]', "[gpt-4.1]", "key-unquoted", True),
    (SPECS, '["gpt-4.1"]', "[ gpt-4 . 1 ]", "key-unquoted", True),
    (SPECS, '["gpt-4.1"]', '["gpt-4".1]', "key-unquoted", True),
    (DECK, 'cheap = "small"', 'cheap = "small"\nfast.1 = "small"', "key-unquoted", True),
    # no key
    (BACKENDS, '[openai]\napi_key = "${OPENAI_API_KEY}"', "[openai]", "key-missing", True),
    (BACKENDS, 'api_key = "${OPENAI_API_KEY}"', 'api_key = ""', "key-missing", True),
    (BACKENDS, 'api_key = "${OPENAI_API_KEY}"', 'apikey = "${OPENAI_API_KEY}"', "backend-key-unknown", True),
    (BACKENDS, 'api_key = "${OPENAI_API_KEY}"', 'key = "${OPENAI_API_KEY}"', "key-missing", True),
    # endpoints that are too long
    (BACKENDS, "47111/v1", "47111/slash/v1/chat/completions", "endpoint-path", True),
    (BACKENDS, "47111/v1", "47111/v1/models", "endpoint-path", True),
    (BACKENDS, "47111/v1", "47111/v1/chat", "endpoint-path", True),
    (BACKENDS, "47111/v1", "47111/v1/images", "endpoint-path", True),
    (BACKENDS, "47111/v1", "47111/v1/responses/", "endpoint-path", True),
    (BACKENDS, "47111/v1", "47111/v1/v1", "endpoint-path", True),
    # endpoints that are none
    (BACKENDS, "http://127.0.0.1:47111/v1", "", "endpoint-invalid", False),
    (BACKENDS, "http://127.0.0.1:47111/v1", " ", "endpoint-invalid", False),
    (BACKENDS, "http://127.0.0.1:47111/v1", "127.0.0.1:47111/v1", "endpoint-invalid", True),
    (BACKENDS, "http://127.0.0.1:47111/v1", "lab.example.org/v1", "endpoint-invalid", True),
    (BACKENDS, "47111/v1", "47111/v1?version=1", "endpoint-invalid", True),
    (BACKENDS, "http://127.0.0.1:47111/v1", "ftp://lab.example.org/v1", "endpoint-invalid", False),
    (BACKENDS, "http://127.0.0.1:47111/v1", "http://127.0.0.1:47111/v1 ", "endpoint-invalid", True),
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        '[llm.presets.fast-4.1]\nmodel = "small"\ntemperature = 0.1\n',
        '[llm.presets]\nfast-4.1 = { model = "small", temperature = 0.1 }\n',
        '[llm.aliases]\nfast-4.1 = "small"\n',
        '[llm.waterfalls]\nfast-4.1 = ["small", "gpt-4.1"]\n',
    ],
)
def test_part_of_an_unquoted_name_is_no_entry_of_the_deck(text: str, tmp_path: Path) -> None:
    """The missing quotes are the one cause and the one fix; nothing is proposed for `fast-4`."""
    report = inspect(tmp_path, extended(tree(), "deck/c.toml", text), release="0.92.2", environ=ENVIRON)
    broken = inspect(tmp_path / "plain", tree(), release="0.92.2", environ=ENVIRON)
    (unquoted,) = [problem for problem in report.problems if problem.code == "key-unquoted"]
    assert (unquoted.subject, unquoted.fix) == ("fast-4.1", 'write `"fast-4.1"`')
    assert [item.name for item in report.resolutions if item.name.startswith("fast")] == []
    assert len(report.causes) == len(broken.causes) + 1
    about = [fix.sentence for fix in fixes(report) if "fast" in fix.sentence]
    assert about == ['write `"fast-4.1"`']


@pytest.mark.parametrize(("file", "old", "new", "code", "is_fixed"), FAULTS)
def test_fault_is_told_and_its_fix_solves_it(
    file: str, old: str, new: str, code: str, is_fixed: bool, tmp_path: Path
) -> None:
    report = inspect(tmp_path, edited(tree(), file, old, new), release="0.92.2", environ=ENVIRON)
    told = [problem for problem in report.problems if problem.code == code]
    assert told, [problem.message for problem in report.problems]
    assert report.verdict[0] not in (Verdict.OK, Verdict.WARNINGS)
    scene = Scene(report)
    fixes = [fix for problem in told for fix in better_fixes(report, scene.view, problem)]
    assert bool(fixes) is is_fixed
    if is_fixed:
        after = scene.after(scene.done(fixes[0].intent, fixes[0].layer))
        assert code not in {problem.code for problem in after.problems}
        assert after.verdict[0] in (Verdict.OK, Verdict.WARNINGS)


def test_tree_without_fault_can_run(tmp_path: Path) -> None:
    assert inspect(tmp_path, tree(), release="0.92.2", environ=ENVIRON).verdict[0] is Verdict.OK


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../backends.toml", "file-ignored"),
        ("../routing_profiles.toml", "file-ignored"),
        ("../deck/x.toml", "file-ignored"),
        ("backend_override.toml", "file-ignored"),
        ("backends-override.toml", "file-ignored"),
        ("routing_profiles_overrides.toml", "file-ignored"),
        ("routing_profile_override.toml", "file-ignored"),
        ("anthropic.toml", "file-ignored"),
        ("lab.toml", "file-ignored"),
        ("backends/lab_override.toml", "backend-file-orphan"),
        ("deck/backends_override.toml", "file-misplaced"),
        ("deck/routing_profiles.toml", "file-misplaced"),
    ],
)
def test_file_without_effect_is_told(path: str, code: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, {**tree(), path: ""}, release="0.92.2", environ=ENVIRON)
    [problem] = [problem for problem in report.problems if problem.severity.value != "info"]
    assert (problem.code, problem.severity.value) == (code, "warning")
    assert problem.location is not None
    assert problem.fix


@pytest.mark.parametrize("start", ["sub", "sub/deep", "other/../sub"])
def test_variables_of_the_project_are_not_those_of_another_start_folder(start: str, tmp_path: Path) -> None:
    text = "".join(f"{name}={value}\n" for name, value in ENVIRON.items())
    project = tmp_path / "p"
    report = inspect(project, {**tree(), "../../.env": text}, release="0.92.2", environ={})
    assert report.verdict[0] is Verdict.OK
    for folder in (start, start.replace("..", "")):
        (project / folder).mkdir(parents=True, exist_ok=True)
    named = inspect_tree(str(project), release="0.92.2", environ={"HOME": NOWHERE}, cwd=str(project / start))
    assert named.verdict[0] is Verdict.REFUSED
    [problem] = [problem for problem in named.problems if problem.code == "dotenv-not-read"]
    assert str(problem.location) == f"{project}/.env:1"
    assert f"start Pipelex in {project}" in (problem.fix or "")


@pytest.mark.parametrize(("written", "meant"), [("47111//v1", "47111/v1"), ("47111/v1//models", "47111/v1/models")])
def test_empty_part_of_an_endpoint_is_a_warning_with_a_fix(written: str, meant: str, tmp_path: Path) -> None:
    report = inspect(tmp_path, edited(tree(), BACKENDS, "47111/v1", written), release="0.92.2", environ=ENVIRON)
    (problem,) = [problem for problem in report.problems if problem.code == "endpoint-path"]
    assert (problem.severity, problem.fix) == (Severity.WARNING, f'write endpoint = "http://127.0.0.1:{meant}"')


@pytest.mark.parametrize("key", ["api-key", "apikey", "api_kye"])
def test_misspelled_key_is_one_fault(key: str, tmp_path: Path) -> None:
    files = edited(tree(), BACKENDS, 'api_key = "${OPENAI_API_KEY}"', f'{key} = "${{OPENAI_API_KEY}}"')
    report = inspect(tmp_path, files, release="0.92.2", environ=ENVIRON)
    about = [problem for problem in report.problems if "backend `openai`" in problem.message]
    assert [(problem.code, problem.severity) for problem in about] == [("backend-key-unknown", Severity.ERROR)]
