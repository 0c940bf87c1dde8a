"""Interrupted changes on the command line: settled before an edit, decided by `recover`, and those of `init`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.store.between import NAMES, between, with_comment
from tests.core.store.disks import CRASHED, in_child
from tests.support.documents import parse_document
from tui.cli.main import main
from tui.sample import copy_sample

Run = Callable[[str], tuple[int, str, str]]
EDIT = "set backends.mistral.enabled false --anyway"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A function that runs a command line; returns exit status, stdout and stderr."""

    def call(line: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(shlex.split(line))
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def tree(tmp_path: Path, fenced_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample with a commit interrupted between two files, in the current folder."""
    tree = between(tmp_path, fenced_environment)
    monkeypatch.chdir(tmp_path / "shop")
    return tree


def traces(folder: Path) -> list[str]:
    """The files of pipedeck below a folder."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if "pipedeck" in path.name]


def kill_at_rename(words: list[str], number: int) -> int:
    """Run a command in a child that ends ahead of a rename; its exit status."""

    def task() -> None:
        rename, count = os.rename, iter(range(1, 1000))

        def counted(*arguments: str) -> None:
            if next(count) == number:
                os._exit(CRASHED)
            rename(*arguments)

        os.rename = counted  # type: ignore[assignment]
        os._exit(main(words))

    return in_child(task)


def test_edit_finishes_the_interrupted_change_and_goes_on(tree: Path, run: Run) -> None:
    for line in (f"{EDIT} --dry-run", "undo --list"):
        _, _, err = run(line)
        assert "writing a change was interrupted" in err
        assert sorted(with_comment(tree)) == [False, True]
    status, out, err = run(f"{EDIT} --json")
    assert status == 0
    assert err == "pipedeck: an interrupted change (two comments) was finished\n"
    assert parse_document("edit", out)["result"] == "written"
    assert with_comment(tree) == [True, True]
    assert traces(tree) == []
    assert run("undo")[0] == 0
    assert run("undo")[0] == 0
    assert with_comment(tree) == [False, False]


@pytest.mark.parametrize(
    ("option", "status", "result", "seen"),
    [
        ("", 1, "undecided", None),
        ("--finish", 0, "finished", [True, True]),
        ("--undo", 0, "undone", [False, False]),
        ("--leave", 0, "left", None),
    ],
)
def test_recover_takes_a_decision(
    tree: Path, run: Run, option: str, status: int, result: str, seen: list[bool] | None
) -> None:
    path = tree / NAMES[1]
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    before = [(tree / name).read_bytes() for name in NAMES]
    _, _, err = run(EDIT)
    assert "changed by another program; see `pipedeck recover`" in err
    found, out, _ = run(f"recover {option} --json")
    assert found == status
    [document] = parse_document("recover", out)
    assert document["result"] == result
    assert [file["holds"] for file in document["files"]] == (
        ["the new content", "something else"] if not option else []
    )
    if seen is None:
        assert [(tree / name).read_bytes() for name in NAMES] == before
    else:
        assert with_comment(tree) == seen
        assert "is kept in" in document["message"]
    found, out, _ = run("recover")
    assert found == (3 if option else 1)
    assert ("no change was interrupted here" if option else "decide with --finish, --undo or --leave") in out
    assert (traces(tree) == []) == bool(option)


def test_edit_removes_the_lock_of_a_dead_session(tree: Path, run: Run) -> None:
    assert run("recover")[0] == 0
    for folder in (tree, tree / "backends", tree / "deck"):
        (folder / ".pipedeck").mkdir()
        (folder / ".pipedeck/lock").write_text("{}")
    status, _, err = run(EDIT)
    assert (status, err) == (0, "")
    assert traces(tree) == []


def test_home_left_by_another_project_is_settled(
    tmp_path: Path, fenced_environment: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One project's edit of the home is cut off between two files; the next edit is made in another project."""
    home = fenced_environment / ".pipelex"
    (copy_sample(tmp_path / "sample")).parent.rename(home)
    for project in ("one", "two"):
        inference = tmp_path / project / ".pipelex/inference"
        inference.mkdir(parents=True)
        (inference / "routing_profiles.toml").write_bytes((home / "inference/routing_profiles.toml").read_bytes())
    monkeypatch.chdir(tmp_path / "one")
    before = {path: path.read_bytes() for path in home.rglob("*.toml")}
    words = ["backend", "mistral", "--delete", "--anyway", "--base"]
    outcomes = []
    for number in range(1, 9):
        if kill_at_rename(words, number) != CRASHED:
            break
        monkeypatch.chdir(tmp_path / "two")
        status, _, err = run("set backends.openai.enabled false --anyway")
        assert status == 0, err
        assert "has changed on disk" not in err
        outcomes.append("finished" in err)
        assert traces(home) == []
        assert run("undo")[0] == 0
        if outcomes[-1]:
            break
        assert {path: path.read_bytes() for path in home.rglob("*.toml")} == before
        monkeypatch.chdir(tmp_path / "one")
        assert run("recover")[0] in (0, 3)
    assert outcomes[-1]
    assert "mistral" not in (home / "inference/backends.toml").read_text()
    assert not (home / "inference/backends/mistral.toml").exists()


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_init_after_an_interrupted_init(tmp_path: Path, run: Run, number: int) -> None:
    code = kill_at_rename(["init", "--backend", "openai"], number)
    assert code == CRASHED
    status, _, err = run("init --backend openai")
    finished = "an interrupted change (create the tree) was finished" in err
    assert status == 0, err
    assert traces(tmp_path) == []
    assert run("validate --assume-keys")[0] == 0
    assert run("init --backend openai")[0] == 2
    assert finished == (number > 3)


def test_recover_without_a_tree(tmp_path: Path, run: Run) -> None:
    (tmp_path / ".pipelex/inference/.pipedeck").mkdir(parents=True)
    assert run("recover")[0] == 3
    (tmp_path / ".pipelex/inference/.pipedeck").mkdir()
    (tmp_path / ".pipelex/inference/.pipedeck/journal").write_text("{")
    status, out, _ = run("recover")
    assert status == 1
    assert "its journal is invalid" in out
    assert run("recover --leave")[0] == 0
    status, _, err = run("recover")
    assert status == 2
    assert "no .pipelex/inference found" in err
