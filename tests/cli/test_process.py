"""The command in a new process: exit status, stdout and stderr, colours, broken pipes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.process import command, environment, run, run_on_a_terminal
from tests.support.trees import KEYS, edited, g3_1, with_preset, write_tree


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A project without problems when its keys are set."""
    return write_tree(tmp_path / "good", g3_1())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A project with a dead preset."""
    return write_tree(tmp_path / "bad", with_preset(g3_1(), "odd", "nobody"))


def test_validate_exits_0_without_errors(good: Path) -> None:
    done = run("validate", "--tree", str(good), environ=KEYS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "can run" in done.stdout


def test_validate_exits_1_on_errors(bad: Path) -> None:
    done = run("validate", "--tree", str(bad), environ=KEYS)
    assert (done.returncode, done.stderr) == (1, "")
    assert "preset `odd` is dead" in done.stdout


def test_validate_exits_1_when_the_release_refuses_to_start(good: Path) -> None:
    done = run("validate", "--tree", str(good))
    assert (done.returncode, done.stderr) == (1, "")
    assert "does not start: backend `openai`: variable `OPENAI_API_KEY` is not set" in done.stdout
    done = run("validate", "--problems", "--tree", str(good))
    assert "<- Pipelex 0.92.2 stops here: InferenceBackendCredentialsError" in done.stdout


@pytest.mark.parametrize("arguments", [["validate"], ["validate", "--json"], ["resolve"], ["resolve", "--json", "x"]])
def test_missing_tree_exits_2_with_one_line(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pipedeck: no .pipelex/inference found here, in the folders above, or in ")
    assert len(done.stderr.splitlines()) == 1


def test_missing_path_exits_2_with_one_line() -> None:
    done = run("validate", "--tree", "/nonexistent/place")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pipedeck: /nonexistent/place: no such file or directory\n"


def test_unknown_release_exits_2_with_one_line(good: Path) -> None:
    done = run("resolve", "--tree", str(good), "--release", "newest")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "'newest' is no Pipelex release" in done.stderr


@pytest.mark.parametrize("arguments", [["validate", "--nope"], ["validate", "something"], ["resolve", "--release"]])
def test_usage_error_exits_2_without_stdout(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pipedeck: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["validate", "--json"], ["resolve", "--json"], ["resolve", "writing", "--json"]])
def test_json_stdout_is_one_document(arguments: list[str], bad: Path) -> None:
    done = run(*arguments, "--tree", str(bad), environ=KEYS)
    assert done.stderr == ""
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stdout.isascii()
    assert done.stdout.count("\n") == 1


def test_broken_env_file_adds_nothing_to_json(good: Path) -> None:
    (good / ".env").write_text("this is = 'not closed\n", encoding="utf-8")
    done = run("validate", "--json", "--tree", str(good), environ=KEYS)
    assert (done.returncode, done.stderr) == (0, "")
    json.loads(done.stdout)


def test_piped_output_has_no_colours(bad: Path) -> None:
    for arguments in (["validate"], ["resolve"], ["resolve", "writing"]):
        assert "\x1b" not in run(*arguments, "--tree", str(bad), environ=KEYS).stdout


def test_terminal_output_has_colours(bad: Path) -> None:
    status, output = run_on_a_terminal("validate", "--tree", str(bad), environ=KEYS)
    assert status == 1
    assert "\x1b[31m" in output


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_terminal_output_respects_no_color(environ: dict[str, str], bad: Path) -> None:
    _, output = run_on_a_terminal("validate", "--tree", str(bad), environ={**KEYS, **environ})
    assert "\x1b" not in output
    assert "preset `odd` is dead" in output


def test_control_characters_are_escaped(tmp_path: Path) -> None:
    evil = "\\u001b]0;owned\\u0007\\u202e"
    files = edited(g3_1(), "deck/base_deck.toml", "chain = [", f'"{evil}" = ["x"]\n    chain = [')
    project = write_tree(tmp_path, with_preset(files, f'"{evil}"', evil))
    for arguments in (["validate"], ["resolve"], ["validate", "--json"], ["resolve", "--json"]):
        done = run(*arguments, "--tree", str(project), environ=KEYS)
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


def test_closed_pipe_is_no_error(good: Path) -> None:
    with subprocess.Popen(
        command("resolve", "--tree", str(good)),
        env=environment(KEYS),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
        process.wait(60)
    assert error == ""


def test_deleted_current_directory_is_reported_in_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", str(gone), *command("validate")],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("pipedeck: ")


def test_undecodable_file_name_does_not_crash(good: Path) -> None:
    folder = os.fsencode(good / ".pipelex" / "inference" / "deck")
    with open(folder + b"/z\xff.toml", "wb") as stream:  # noqa: PTH123 - a Path cannot hold these bytes
        stream.write(b"[broken")
    for arguments in (["validate"], ["validate", "--json"]):
        done = run(*arguments, "--tree", str(good), environ=KEYS)
        assert (done.returncode, done.stderr) == (1, "")
        assert "udcff" in done.stdout


def test_version_and_help_need_no_tree() -> None:
    version = run("--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("pipedeck ")
    help_ = run("--help")
    assert help_.returncode == 0
    for name in ("validate", "resolve", "demo"):
        assert name in help_.stdout


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "latin1"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_locale_without_utf_8_gets_ascii_lines(variables: dict[str, str], tmp_path: Path) -> None:
    text = "# \u2014 \u65e5\u672c\n[openai]\nenabled = true\napi_key = 'literal-secret'\ndisplay_name = '\u00fc'\n"
    project = write_tree(tmp_path, {**g3_1(), "backends.toml": text})
    done = run(
        "set", "backends.openai.enabled", "false", "--dry-run", "--anyway", "--tree", str(project), environ=variables
    )
    assert done.stdout.isascii()
    assert "# - \\u65e5\\u672c" in done.stdout
    assert "******" in done.stdout
    assert done.returncode == 0, done.stderr
