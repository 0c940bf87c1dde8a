"""Output that cannot be written: commands say on stderr what they wrote, and exit with a status of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.core.store.disks import in_child
from tui.cli.main import main
from tui.sample import copy_sample

EDIT = "set backends.mistral.enabled false --anyway"


def run(line: str, errors: Path, stdout: str, stderr: str = "") -> tuple[int, str]:
    """Run a command line in a child with a closed or full stdout; its exit status, and stderr."""

    def work() -> None:
        target = os.open(stderr or errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, 2)
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        os.close(1)
        sys.stdout = None
        if stdout != "closed":
            assert os.open(stdout, os.O_WRONLY) == 1
            sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        try:
            status = main(line.split())
        except SystemExit as left:
            status = int(str(left.code))
        assert sys.stdout is not None
        sys.stdout.flush()  # as at the end of the process
        sys.stderr.flush()
        os._exit(status)

    return in_child(work), errors.read_text() if not stderr else ""


@pytest.mark.parametrize("stdout", ["closed", "/dev/full"])
@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        (EDIT, "; the change was written"),
        (f"{EDIT} --json", "; the change was written"),
        (f"{EDIT} --dry-run", "; nothing was written"),
        ("undo", "; the change was written"),
        ("undo --list", "; nothing was written"),
        ("init new --backend openai --json", "; the tree was created"),
        ("recover", "; nothing was written"),
        ("validate", ""),
        ("set --help", ""),
    ],
)
def test_what_was_written_is_said(tmp_path: Path, line: str, outcome: str, stdout: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full device here")
    backends = copy_sample(tmp_path) / "backends.toml"
    if line.startswith("undo"):
        assert run(EDIT, tmp_path / "errors", os.devnull)[0] == 0
    before = backends.read_bytes()
    status, errors = run(line, tmp_path / "errors", stdout)
    reason = "stdout is closed" if stdout == "closed" else "no space left on device"
    assert errors == f"pipedeck: the output could not be written: {reason}{outcome}\n"
    assert status == 74
    assert (backends.read_bytes() != before) == ("the change was written" in outcome)
    assert (tmp_path / "new/.pipelex").exists() == ("created" in outcome)


def test_refusal_is_said_without_stdout(tmp_path: Path) -> None:
    copy_sample(tmp_path)
    status, errors = run("set backends.nowhere.enabled false", tmp_path / "errors", "closed")
    assert status == 1
    assert "nowhere" in errors


def test_full_stderr_does_not_change_the_status(tmp_path: Path) -> None:
    copy_sample(tmp_path)
    assert run("set backends.nowhere.enabled false", tmp_path / "errors", os.devnull, "/dev/full")[0] == 1
