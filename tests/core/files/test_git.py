"""Which branch a folder is on, read from the files that git itself has written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from core.files.git import branch_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")


def git(folder: Path, *words: str) -> str:
    """Run git in a folder, without user settings."""
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=trunk")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A work tree with one commit on `trunk`."""
    folder = tmp_path / "work"
    (folder / "deep" / "er").mkdir(parents=True)
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def test_the_branch_is_found_from_any_folder_of_the_work_tree(checkout: Path) -> None:
    assert branch_of(str(checkout)) == "trunk"
    git(checkout, "checkout", "-q", "-b", "feature/one")
    assert branch_of(str(checkout / "deep" / "er")) == "feature/one"


def test_outside_of_git_there_is_none(tmp_path: Path) -> None:
    assert branch_of(str(tmp_path)) == ""
    (tmp_path / ".git").mkdir()
    assert branch_of(str(tmp_path)) == "", "a folder of that name with nothing in it"


def test_without_a_branch_it_is_the_commit(checkout: Path) -> None:
    git(checkout, "checkout", "-q", "--detach")
    assert branch_of(str(checkout)) == git(checkout, "rev-parse", "HEAD")[:10]


def test_a_second_work_tree_has_its_own(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "worktree", "add", "-q", str(tmp_path / "second"), "-b", "other")
    assert branch_of(str(tmp_path / "second")) == "other"
    assert branch_of(str(checkout)) == "trunk"


@pytest.mark.parametrize("empty", ["", "gitdir:"])
def test_dangling_git_file_is_skipped(checkout: Path, empty: str) -> None:
    (checkout / "deep" / ".git").write_text(empty)
    assert branch_of(str(checkout / "deep" / "er")) == "trunk"


@pytest.mark.parametrize(
    ("words", "operation"),
    [(("merge", "other"), "merging"), (("cherry-pick", "other"), "picking"), (("rebase", "other"), "")],
)
def test_operation_in_progress_is_shown(checkout: Path, words: tuple[str, ...], operation: str) -> None:
    git(checkout, "checkout", "-q", "-b", "other")
    for branch, text in (("other", "theirs"), ("trunk", "mine")):
        git(checkout, "checkout", "-q", branch)
        (checkout / "file").write_text(text)
        git(checkout, "add", "file")
        git(checkout, "commit", "-q", "-m", text)
    with pytest.raises(subprocess.CalledProcessError):
        git(checkout, *words)
    if operation:
        assert branch_of(str(checkout)) == f"trunk ({operation})"
    else:
        assert branch_of(str(checkout)).endswith("(rebasing)"), "which takes the branch away meanwhile"
