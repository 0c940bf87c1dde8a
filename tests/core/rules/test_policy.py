"""The policy of a team: judged at the end of every reference, unknown counts against it, and it is never proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.api import Report
from core.lives.index import packed_index
from core.problems import Severity
from core.replacements import replacements
from core.rules.policy import index_problem, policy_check
from tests.support.trees import (
    DECK,
    Files,
    codes,
    edited,
    extended,
    g3_1,
    inspect,
    llm,
    minimal,
    only,
    place,
    with_preset,
    write_tree,
)
from tui.cli.main import main

POLICY = "../pipedeck.toml"


def with_policy(text: str, files: Files | None = None) -> Files:
    return {**(files if files is not None else g3_1()), POLICY: text}


def subjects(report: Report, code: str = "policy-violation") -> set[str | None]:
    return {problem.subject for problem in report.problems if problem.code == code}


MODELS = {"gpt-4o-mini", "claude-4-sonnet", "reader", "painter", "finder"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("", set()),
        ("[policy]", set()),
        ('[policy]\nbackends = ["open*", "anthropic"]', set()),
        ('[policy]\nbackends = ["openai"]', {"claude-4-sonnet"}),
        ("[policy]\nbackends = []", MODELS),
        ('[policy]\nfamilies = ["llm", "search"]', {"reader", "painter"}),
        ('[policy]\nmodels = ["gpt-*", "claude-*"]', {"reader", "painter", "finder"}),
        ("[policy]\nmax_price_in = 3\nfamilies = ['*']", {"reader", "painter", "finder"}),
        ("[policy]\nmax_price_out = 14.5", MODELS),
        ("[policy]\nliteral_keys = false", set()),
    ],
)
def test_what_is_against_it(policy: str, expected: set[str], tmp_path: Path) -> None:
    report = inspect(tmp_path, with_policy(policy))
    assert subjects(report) == expected
    assert "file-unread" not in codes(report)
    errors = [item for item in report.problems if item.severity is Severity.ERROR]
    assert bool(errors) == bool(expected)
    against = policy_check(report.catalog, report.lives)
    assert {spec.handle for spec in report.catalog.specs if against(spec)} == expected


def test_a_problem_names_the_model_its_users_and_the_rule(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_policy('[policy]\nbackends = ["openai"]\nmax_price_out = 10'))
    problem = next(item for item in report.problems if item.subject == "claude-4-sonnet")
    assert problem.message == (
        "`claude-4-sonnet` of anthropic: backend `anthropic` is none of openai; its output price is $15 per M, and"
        " max_price_out is $10; used by @best-claude, $writing, llm/default/for_object"
    )
    assert place(problem) == ("backends/anthropic.toml", 4, "sonnet")
    unknown = next(item for item in report.problems if item.subject == "painter")
    assert "its output price is unknown, and max_price_out is $10" in unknown.message


def test_literal_keys(tmp_path: Path) -> None:
    key = "sk-proj-abcdefghijklmnop1234567890ABCDEF"
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", key)
    report = inspect(tmp_path, with_policy("[policy]\nliteral_keys = false", files))
    assert place(only(report, "policy-violation")) == ("backends.toml", 4, "openai.api_key")
    assert not any(key in problem.message for problem in report.problems)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[policy\n", "add ]", 1),
        ("[polisy]\n", "unknown key `polisy`: did you mean `policy`?", 1),
        ("policy = 1", "`policy` is no table: write [policy]", 1),
        ("\n[policy]\nmax_price = 3", "unknown key `max_price`", 3),
        ('[policy]\nbackends = "openai"', "`backends` is a list of names or patterns", 2),
        ("[policy]\nmodels = [1]", "`models` is a list of names", 2),
        ("[policy]\nmax_price_in = -1", "`max_price_in` is an amount", 2),
        ("[policy]\nmax_price_in = nan", "`max_price_in` is an amount", 2),
        ("[policy]\nmax_price_in = true", "`max_price_in` is an amount", 2),
        ("[policy]\nends_within_days = 1.5", "`ends_within_days` is a number of days", 2),
        ("[policy]\nliteral_keys = 0", "`literal_keys` is true or false", 2),
        ("ignore = 1", "`ignore` is no list of tables", 1),
        ("[[ignore]]\ncode = 'x'\nsubject = 'y'\nuntil = '2027-02-31'", "an ignore has a last day", 1),
        ("[[ignore]]\ncode = 'x'\nuntil = 2027-01-01", "an ignore has a code and a subject", 1),
        ("[[ignore]]\ncode = 'x'\nsubject = 'y'\nwhy = 'z'", "unknown key `why`", 4),
    ],
)
def test_faults_of_the_file_are_errors(text: str, message: str, line: int, tmp_path: Path) -> None:
    problem = only(inspect(tmp_path, with_policy(text)), "policy-invalid")
    assert message in problem.message
    assert problem.severity is Severity.ERROR
    assert problem.location is not None
    assert (problem.location.file, problem.location.line) == (".pipelex/pipedeck.toml", line)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".pipelex" / "pipedeck.toml").mkdir(parents=True)
    assert "is a folder" in only(inspect(tmp_path, g3_1()), "policy-invalid").message


def test_what_only_a_server_knows_is_against_it(tmp_path: Path) -> None:
    gateway = '\n[pipelex_gateway]\nenabled = true\napi_key = "${OPENAI_API_KEY}"\n'
    files = extended(minimal("0.43.1"), "backends.toml", gateway)
    files = with_preset(extended(files, "routing_profiles.toml", '"gemini-*" = "pipelex_gateway"\n'), "odd", "gemini-9")
    report = inspect(tmp_path, with_policy("[policy]\nbackends = ['*']", files), release="0.43.1")
    problem = only(report, "policy-violation")
    assert problem.subject == "$odd"
    assert "the model at its end is unknown" in problem.message


def test_what_is_against_it_is_never_proposed(tmp_path: Path) -> None:
    files = extended(edited(g3_1(), DECK, '"@best-claude"', '"nobody"'), "backends/openai.toml", llm("gpt-5"))
    for policy, expected in (("", {"gpt-4o-mini", "gpt-5", "claude-4-sonnet"}), ('models = ["gpt-5"]', {"gpt-5"})):
        report = inspect(tmp_path, with_policy(f"[policy]\n{policy}\n", files))
        (replacement,) = replacements(report, report)
        assert {candidate.text for candidate in replacement.candidates} == expected


# ---- in commands

INDEX = {
    "format": 1,
    "built": "2100-01-01",
    "sources": [["genai-prices", "1", "2026-11-09"]],
    "services": {
        "openai": {
            "gpt-4o-mini": [[["0", "", 3, 15]], [], "", [["0", "", "2026-12-20"]]],
            "gpt-5": [[["0", "", 3, 15]], [], "", []],
        }
    },
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a tree, and an index of the user's own by which a model ends in 19 days."""
    monkeypatch.setenv("PIPEDECK_TODAY", "2026-12-01")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "pipedeck").mkdir(parents=True)
    (tmp_path / "data" / "pipedeck" / "index.json.gz").write_bytes(packed_index(INDEX))
    return tmp_path / "project"


def run(project: Path, policy: str, capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, str]:
    files = edited(with_policy(policy), "backends/openai.toml", '"gpt-4o-mini-id"', '"gpt-4o-mini"')
    files = extended(files, "backends/openai.toml", llm("gpt-5").replace("-id", ""))
    write_tree(project, files)
    status = main([*line, "--assume-keys", "--tree", str(project)])
    return status, capsys.readouterr().out


def test_the_end_of_a_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = run(project, "[policy]\nends_within_days = 30", capsys, "validate", "--format", "github")
    assert status == 1
    assert "`gpt-4o-mini` of openai: it ends in 19 days, and ends_within_days is 30" in text
    assert "`claude-4-sonnet` of anthropic: its end is unknown, and ends_within_days is 30" in text
    assert "`gpt-5` of openai" not in text
    assert "gpt-4o-mini` of" not in run(project, "[policy]\nends_within_days = 5", capsys, "validate", "--problems")[1]


IGNORES = """
[policy]
backends = ["openai"]

[[ignore]]
code = "policy-violation"
subject = "claude-4-sonnet"
until = {until}
"""


@pytest.mark.parametrize(
    ("until", "status", "words"),
    [
        ("2026-12-01", 0, "1 problem ignored by pipedeck.toml"),
        ('"2027-01-31"', 0, "1 problem ignored by pipedeck.toml"),
        ("2026-11-30", 1, "the ignore of policy-violation of claude-4-sonnet was up to 2026-11-30"),
    ],
)
def test_an_ignore_has_a_last_day(
    until: str, status: int, words: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = IGNORES.format(until=until)
    found, text = run(project, policy, capsys, "validate", "--problems")
    assert (found, words in " ".join(text.split())) == (status, True)
    found, text = run(project, policy, capsys, "validate", "--format", "github")
    assert found == status
    assert ("title=pipedeck policy-violation" in text) == bool(status)


def test_an_ignore_holds_back_neither_the_release_nor_the_file_itself(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = "more = 1\n[[ignore]]\ncode = 'policy-invalid'\nsubject = '*'\nuntil = 2999-01-01"
    assert run(project, policy, capsys, "validate")[0] == 1
    fatal = "[[ignore]]\ncode = 'spec-invalid'\nsubject = '*'\nuntil = 2999-01-01"
    write_tree(project, with_policy(fatal, edited(g3_1(), "backends/openai.toml", "8192", "'many'")))
    assert main(["validate", "--assume-keys", "--tree", str(project)]) == 1


def test_lives_accepts_what_is_ignored(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "", capsys, "lives", "--fail")[0] == 1
    policy = "[[ignore]]\ncode = 'model-ends-soon'\nsubject = 'gpt-4o-mini'\nuntil = 2026-12-24"
    assert run(project, policy, capsys, "lives", "--fail")[0] == 0
    assert run(project, policy.replace("2026-12", "2026-11"), capsys, "lives", "--fail")[0] == 1
    assert run(project, policy.replace("gpt-4o-mini", "*"), capsys, "lives", "--fail")[0] == 0


def test_an_index_that_cannot_be_read(tmp_path: Path) -> None:
    report = inspect(tmp_path, with_policy("[policy]\nends_within_days = 30"))
    (problem,) = index_problem(report.catalog)
    assert problem.severity is Severity.ERROR
    assert tuple(index_problem(inspect(tmp_path / "b", with_policy("[policy]")).catalog)) == ()
