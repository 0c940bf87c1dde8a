"""Variables of the shell, the home `.env` and `./.env`: precedence, empty values, placeholders."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.resolution import Status
from core.variables import State
from core.verdict import count_keys
from tests.support.trees import KEYS, Files, codes, g3_1, inspect, minimal, only, resolved, write_tree

NAME = "OPENAI_API_KEY"
OTHER = {"ANTHROPIC_API_KEY": "x"}


def dotenv(text: str) -> Files:
    """A tree with a `./.env`."""
    return {**g3_1(), "../../.env": text}


@pytest.mark.parametrize(
    ("shell", "home_env", "project_env", "state", "source", "hidden"),
    [
        (None, None, None, State.MISSING, None, ()),
        ("a", None, None, State.SET, "shell", ()),
        (None, None, "a", State.SET, "./.env", ()),
        (None, "a", None, State.SET, "~/.pipelex/.env", ()),
        ("a", None, "b", State.SET, "./.env", ("shell",)),
        ("a", "b", "c", State.SET, "./.env", ("shell", "~/.pipelex/.env")),
        ("a", "b", None, State.SET, "~/.pipelex/.env", ("shell",)),
        ("", None, None, State.EMPTY, "shell", ()),
        ("a", None, "", State.EMPTY, "./.env", ("shell",)),
        (None, None, "placeholder-of-a-key", State.PLACEHOLDER, "./.env", ()),
    ],
)
def test_the_last_source_wins(
    shell: str | None,
    home_env: str | None,
    project_env: str | None,
    state: State,
    source: str | None,
    hidden: tuple[str, ...],
    tmp_path: Path,
) -> None:
    home = write_tree(tmp_path / "home", {} if home_env is None else {"../.env": f"{NAME}={home_env}\n"})
    files = g3_1() if project_env is None else dotenv(f"{NAME}={project_env}\n")
    environ = OTHER if shell is None else {**OTHER, NAME: shell}
    report = inspect(tmp_path / "shop", files, home=home, environ=environ)
    variable = report.catalog.environment.variable(NAME)
    assert (variable.state, variable.source, variable.hidden) == (state, source, hidden)
    assert report.boots == (state in (State.SET, State.PLACEHOLDER))


def test_up_to_0_17_the_home_env_is_not_read(tmp_path: Path) -> None:
    home = write_tree(tmp_path / "home", {"../.env": f"{NAME}=a\n"})
    report = inspect(tmp_path / "shop", minimal("0.17.6"), release="0.17.6", home=home, environ=OTHER)
    assert report.catalog.environment.variable(NAME).state is State.MISSING


def test_empty_env_line_hiding_the_shell_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, dotenv(f"{NAME}=\n"))
    problem = only(report, "variable-missing")
    assert "`OPENAI_API_KEY` is empty in ./.env, which hides the one of the shell" in problem.message
    assert problem.fix == f"give `{NAME}` a value in ./.env, or remove the empty line"
    assert only(report, "variable-hidden").cause == problem.cause == f"variable {NAME}"


def test_placeholder_value_loads_and_is_reported(tmp_path: Path) -> None:
    report = inspect(tmp_path, dotenv(f"{NAME}=placeholder-openai\n"))
    assert report.boots
    assert codes(report) == ["variable-placeholder"]


def test_a_line_of_the_env_without_a_value_sets_nothing(tmp_path: Path) -> None:
    report = inspect(tmp_path, dotenv(f"{NAME}\n"))
    assert report.catalog.environment.variable(NAME).source == "shell"


def test_quotes_comments_and_exports_are_read_as_pipelex_reads_them(tmp_path: Path) -> None:
    report = inspect(tmp_path, dotenv(f'# keys\nexport {NAME}="a b" # mine\n'), environ=OTHER)
    assert report.catalog.environment.variable(NAME).state is State.SET


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"=\x00=\n", b"'" * 99, b"\n" * 9])
def test_invalid_env_file_is_no_error(raw: bytes, tmp_path: Path) -> None:
    report = inspect(tmp_path, {**g3_1(), "../../.env": raw})
    assert report.catalog.environment.variable(NAME).state is State.SET


def test_a_broken_line_of_the_env_leaves_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    report = inspect(tmp_path, dotenv(f"this is = 'not closed\n{NAME}=a\n"), environ=OTHER)
    assert report.catalog.environment.variable(NAME).state is State.SET
    assert [record for record in caplog.records if record.name.startswith("dotenv")] == []


def test_an_env_that_is_a_folder_is_none(tmp_path: Path) -> None:
    project = write_tree(tmp_path, g3_1())
    (project / ".env").mkdir()
    assert inspect(project).boots


def test_keys_may_be_assumed_set(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1(), environ={}, assume_keys=True)
    assert report.boots
    assert count_keys(report.catalog) == (2, 2)
    assert resolved(report, "writing").status is Status.CALLABLE


def test_served_is_not_callable(tmp_path: Path) -> None:
    report = inspect(tmp_path, g3_1(), environ={NAME: "x"})
    assert resolved(report, "writing").status is Status.SERVED
    assert resolved(report, "cheap").status is Status.CALLABLE
    assert count_keys(report.catalog) == (1, 2)


def test_only_backends_that_are_on_need_their_variables(tmp_path: Path) -> None:
    files = g3_1()
    files["backends.toml"] = files["backends.toml"] + '\n[mistral]\nenabled = false\napi_key = "${MISTRAL_API_KEY}"\n'
    report = inspect(tmp_path, files)
    assert count_keys(report.catalog) == (2, 2)
    assert report.catalog.variables_of("mistral") == ("MISTRAL_API_KEY",)
    assert KEYS.keys() == {NAME, "ANTHROPIC_API_KEY"}
