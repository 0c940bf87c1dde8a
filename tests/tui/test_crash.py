"""Crashes of pipedeck itself: the message, the exit code and the report, all without values."""

from __future__ import annotations

import stat
import sys
import time
from pathlib import Path

import pytest
import tomlkit
from tomlkit.exceptions import ParseError

from core import __version__
from core.errors import NoTreeError
from tests.cli.process import run
from tests.tui.app_driver import demo
from tui.cli.commands import COMMANDS
from tui.crash import crash_message, crash_report, redacted_command, save_report
from tui.messages import HistoryStepped

SECRET = "sk-secret-value"


def fail(secret: str) -> None:
    try:
        int(f"not {secret}")
    except ValueError as error:
        raise KeyError(f"cannot use {secret}") from error


@pytest.fixture
def error() -> Exception:
    with pytest.raises(KeyError) as caught:
        fail(SECRET)
    return caught.value


def test_message_contains_the_error_type_and_no_value(error: Exception) -> None:
    words = "\n".join(crash_message(error, "A report for an issue: /somewhere"))
    assert SECRET not in words
    assert "KeyError in tests/tui/test_crash.py:" in words
    assert words.endswith("A report for an issue: /somewhere")


def test_expected_errors_are_shown_as_they_are_without_report() -> None:
    assert crash_message(NoTreeError("no tree here")) == ("no tree here",)
    assert save_report(NoTreeError("no tree here"), {}, {}) == ""


def test_report_contains_versions_terminal_and_frames(error: Exception) -> None:
    hidden = {"TMUX": f"/tmp/{SECRET}", "LANG": f"{SECRET} {SECRET}", "HOME": f"/home/{SECRET}"}
    environ = {"TERM": "xterm-256color", **hidden}
    text = crash_report(error, {"command": "pipedeck validate", "answering for": "0.92.2"}, environ)
    assert SECRET not in text
    for part in (
        f"pipedeck       {__version__}",
        "textual 8",
        "TERM=xterm-256color, TMUX set",
        "answering for  0.92.2",
    ):
        assert part in text
    assert f"python         {sys.version.split()[0]}" in text
    assert "\nKeyError\n" in text
    assert "\nbecause of ValueError\n" in text
    assert "  tests/tui/test_crash.py:" in text
    assert "(fail)" in text
    assert str(Path(__file__).parents[2]) not in text  # nor the installation path, which may contain the user name


def test_library_frames_are_only_counted() -> None:
    with pytest.raises(ParseError) as caught:
        tomlkit.parse(f"x = [{SECRET}")
    text = crash_report(caught.value, {}, {})
    assert "in tomlkit" in text
    assert SECRET not in text
    assert "parser.py" not in text


def test_report_is_private_to_the_user(error: Exception, fenced_environment: Path) -> None:
    environ = {"HOME": str(fenced_environment)}
    message = save_report(error, {}, environ)
    folder = fenced_environment / ".local" / "state" / "pipedeck" / "crashes"
    (path,) = folder.iterdir()
    assert message == f"A report for an issue, with none of your values in it: {path}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert path.read_text().startswith("# pipedeck crash report\n")


def test_old_reports_are_removed(error: Exception, fenced_environment: Path) -> None:
    environ = {"XDG_STATE_HOME": str(fenced_environment / "state")}
    folder = fenced_environment / "state" / "pipedeck" / "crashes"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"2020010{number % 10}T0000{number:02}Z-1.txt").write_text("old")
    save_report(error, {}, environ)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 10
    assert names[-1].startswith(time.strftime("%Y%m%d", time.gmtime()))


def test_failed_save_is_reported(error: Exception, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    message = save_report(error, {}, {"XDG_STATE_HOME": str(tmp_path / "file")})
    assert message == "The crash report could not be saved (not a directory)."


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["validate", "--tree", f"/home/{SECRET}", "--json"], "pipedeck validate --tree ... --json"),
        (["resolve", f"${SECRET}", "--release=0.14.3"], "pipedeck resolve ... --release=..."),
        (["releases", "0.17.6", "0.92.2"], "pipedeck releases 0.17.6 0.92.2"),
        ([f"~/{SECRET}"], "pipedeck ..."),
    ],
)
def test_command_line_is_redacted(arguments: list[str], expected: str) -> None:
    assert redacted_command(arguments, COMMANDS) == expected


BROKEN = """
import sys
import tui.cli.validate
def run(options):
    raise ValueError(open(".env").read())
tui.cli.validate.run_validate = run
from tui.cli.main import main
sys.exit(main(["validate", "--tree", "."]))
"""


def test_crashed_command_exits_70_and_saves_a_report(fenced_environment: Path, tmp_path: Path) -> None:
    import os
    import subprocess

    from tests.cli.process import environment

    (tmp_path / ".env").write_text(f"KEY={SECRET}")
    done = subprocess.run(
        [sys.executable, "-c", BROKEN], env=environment(), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 70
    assert done.stdout == ""
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "pipedeck: pipedeck had to stop: something in it went wrong, not in your files."
    path = Path(lines[-1].rpartition(": ")[2])
    assert path.is_relative_to(fenced_environment)
    report = path.read_text()
    assert SECRET not in report
    assert "pipedeck validate --tree ..." in report
    assert os.environ["HOME"] not in report


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_unwritable_output_is_no_crash() -> None:
    import subprocess

    from tests.cli.process import command, environment

    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("releases"), env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 74
    assert done.stderr == "pipedeck: the output could not be written: no space left on device\n"


def test_refused_command_saves_no_report(fenced_environment: Path) -> None:
    assert run("validate").returncode == 2
    assert list(fenced_environment.iterdir()) == []


async def test_error_in_a_handler_ends_the_app_with_the_message(
    capfd: pytest.CaptureFixture[str], fenced_environment: Path
) -> None:
    async def use_a_pane_that_is_gone() -> None:
        async with demo() as app:
            app.main.panes.clear()
            app.main.session.pane = SECRET
            await app.pilot.press("1")
            await app.pilot.pause()

    with pytest.raises(KeyError, match=SECRET):
        await use_a_pane_that_is_gone()
    output = capfd.readouterr().err
    assert "pipedeck had to stop" in output
    assert "KeyError in tui/screens/main.py" in output
    assert SECRET not in output
    assert "Traceback" not in output
    (path,) = (fenced_environment / ".local" / "state" / "pipedeck" / "crashes").iterdir()
    assert str(path) in output.replace("\n", "")
    report = path.read_text()
    assert SECRET not in report
    assert "screens" in report
    assert "MainScreen" in report
    assert "tui/screens/main.py:" in report


async def test_failed_edit_is_reported(fenced_environment: Path) -> None:
    async with demo() as app:

        def task() -> HistoryStepped:
            raise ValueError(SECRET)

        app.main.editing.run_task("trying", task, slow=True)
        await app.settle()
        assert "internal error" in app.text
        assert SECRET not in app.text
        await app.press("escape")
        assert app.main.editing.busy == ""
