"""The state of every variable, its users, the winning and the hidden sources; never a value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.api import Report
from core.json.keys_document import KeysDocument
from core.keys import KeyRow, keys, missing_lines
from core.variables import State
from tests.support.stock import StockFactory
from tests.support.trees import edited, g3_1, inspect, only

SECRET = "the-secret-value"


def row(report: Report, name: str) -> KeyRow:
    (row_,) = [item for item in keys(report) if item.name == name]
    return row_


def dotenv(tmp_path: Path, text: str, **environ: str) -> Report:
    return inspect(tmp_path, {**g3_1(), "../../.env": text}, environ=environ)


def test_state_source_and_users_of_variables(tmp_path: Path) -> None:
    variable = row(dotenv(tmp_path, f"OPENAI_API_KEY={SECRET}\n"), "OPENAI_API_KEY")
    assert (variable.state, variable.source, variable.needed, variable.fails, variable.finding) == (
        State.SET,
        "./.env",
        True,
        False,
        "",
    )
    assert [(need.backend, need.on, need.filled) for need in variable.needs] == [("openai", True, True)]
    assert variable.line == "OPENAI_API_KEY="


@pytest.mark.parametrize(
    ("text", "shell", "state", "finding", "fails"),
    [
        ("OPENAI_API_KEY=\n", SECRET, State.EMPTY, "an empty line in ./.env overrides the value of the shell", True),
        ("OPENAI_API_KEY=\n", None, State.EMPTY, "empty in ./.env", True),
        ("OPENAI_API_KEY=\n", "", State.EMPTY, "empty in ./.env", True),
        ("OPENAI_API_KEY=placeholder-x\n", None, State.PLACEHOLDER, "a placeholder in ./.env, not a key", True),
        ('OPENAI_API_KEY=" x "\n', None, State.SET, "blanks or a line end around the value in ./.env", True),
        ("", "x\n", State.SET, "blanks or a line end around the value in the shell", True),
        ("OPENAI_API_KEY=mine\n", SECRET, State.SET, "./.env hides another value in the shell", False),
        (f"OPENAI_API_KEY={SECRET}\n", SECRET, State.SET, "", False),
        ("", None, State.MISSING, "", True),
    ],
)
def test_findings(text: str, shell: str | None, state: State, finding: str, fails: bool, tmp_path: Path) -> None:
    environ = {} if shell is None else {"OPENAI_API_KEY": shell}
    variable = row(dotenv(tmp_path, text, **environ), "OPENAI_API_KEY")
    assert (variable.state, variable.fails) == (state, fails)
    assert variable.finding.startswith(finding)
    assert bool(variable.fix) == bool(finding)


def test_home_file_ranks_between_shell_and_project(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".pipelex").mkdir(parents=True)
    (home / ".pipelex" / ".env").write_text("OPENAI_API_KEY=home\n", encoding="utf-8")
    files = {**g3_1(), "../../.env": "OPENAI_API_KEY=\n"}
    report = inspect(tmp_path / "project", files, environ={"OPENAI_API_KEY": "shell"}, home=home)
    variable = row(report, "OPENAI_API_KEY")
    assert [(item.source, item.state) for item in variable.sources] == [
        ("shell", State.SET),
        ("~/.pipelex/.env", State.SET),
        ("./.env", State.EMPTY),
    ]
    assert variable.finding == "an empty line in ./.env overrides the value of ~/.pipelex/.env"


def test_one_of_several_variables_is_enough(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", "${env:FIRST|secret:SECOND}")
    report = inspect(tmp_path, files, environ={"SECOND": "x", "ANTHROPIC_API_KEY": "x"})
    first = row(report, "FIRST")
    assert (first.state, first.fails, first.needs[0].others) == (State.MISSING, False, ("SECOND",))
    assert missing_lines(report) == ()
    report = inspect(tmp_path, environ={"ANTHROPIC_API_KEY": "x"})
    assert missing_lines(report) == ("FIRST=", "SECOND=")


def test_variables_of_disabled_backends_do_not_fail(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "[openai]\nenabled = true", "[openai]\nenabled = false")
    report = inspect(tmp_path, files, environ={"ANTHROPIC_API_KEY": "x"})
    variable = row(report, "OPENAI_API_KEY")
    assert (variable.needed, variable.fails) == (False, False)
    assert [item.name for item in keys(report)] == ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]


def test_failing_variables_come_first(stock: StockFactory) -> None:
    report = inspect(stock("0.92.2").root, environ={"OPENAI_API_KEY": "x"})
    variable = keys(report)
    fails = [item.fails for item in variable]
    assert fails == sorted(fails, reverse=True)
    assert {item.name for item in variable if item.needed and not item.fails} == {"OPENAI_API_KEY"}


def test_literal_key_in_place_of_a_name_is_masked_and_has_no_line(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", "${sk-ant-0123456789abcdef}")
    report = inspect(tmp_path, files)
    (row,) = [item for item in keys(report) if item.shown != item.name]
    assert (row.line, row.finding) == ("", "this is not a variable name: is it the key itself?")
    assert "sk-ant" not in json.dumps(KeysDocument(report), default=vars)


def test_no_value_is_shown(tmp_path: Path) -> None:
    report = dotenv(tmp_path, f'OPENAI_API_KEY="{SECRET} "\n', ANTHROPIC_API_KEY=SECRET)
    assert SECRET not in json.dumps(KeysDocument(report), default=vars)
    assert SECRET not in repr(keys(report))


def test_blanks_around_a_value_are_a_problem(tmp_path: Path) -> None:
    report = dotenv(tmp_path, "", OPENAI_API_KEY=f"{SECRET}\n", ANTHROPIC_API_KEY="x")
    problem = only(report, "variable-spaced")
    assert problem.subject == "OPENAI_API_KEY"
    assert SECRET not in problem.message


def test_blanks_in_the_name_of_a_variable_are_reported(tmp_path: Path) -> None:
    files = edited(g3_1(), "backends.toml", "${OPENAI_API_KEY}", "${ OPENAI_API_KEY }")
    report = inspect(tmp_path, files)
    assert {item.finding for item in keys(report)} >= {"the name has blanks in it"}
