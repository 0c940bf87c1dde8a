"""Links survive a commit, or it is refused with the reason and nothing is written."""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path

import pytest

from core.files.store import (
    Change,
    CommitResult,
    Committed,
    Conflict,
    commit,
    content_hash,
    history,
    last,
    removal_notes,
    revert,
    settle,
)
from tests.core.store.disks import CRASHED, CrashDisk, HookDisk, in_child
from tests.core.store.scenes import NEW, OLD
from tests.core.store.writes import refused, write


def test_a_link_is_written_through(tree: Path) -> None:
    outside = tree.parent / "dotfiles" / "real.toml"
    outside.parent.mkdir()
    outside.write_bytes(OLD)
    outside.chmod(0o640)
    (tree / "chain.toml").symlink_to("../dotfiles/real.toml")
    (tree / "linked.toml").symlink_to("chain.toml")
    result = write(tree, "linked.toml")
    assert isinstance(result, Committed)
    assert "outside the tree" in result.message
    assert outside.read_bytes() == NEW
    assert outside.stat().st_mode & 0o7777 == 0o640
    assert str((tree / "linked.toml").readlink()) == "chain.toml"
    assert str((tree / "chain.toml").readlink()) == "../dotfiles/real.toml"


def test_link_to_a_folder_is_followed(tree: Path) -> None:
    outside = tree.parent / "shared-deck"
    outside.mkdir()
    (tree / "deck").symlink_to(outside)
    assert isinstance(write(tree, "deck/made.toml", None), Committed)
    assert (outside / "made.toml").read_bytes() == NEW
    assert (tree / "deck").is_symlink()


def test_a_tree_reached_through_a_link(tree: Path) -> None:
    (tree.parent / "by-link").symlink_to(tree)
    assert isinstance(write(tree.parent / "by-link"), Committed)
    assert (tree / "a.toml").read_bytes() == NEW


@pytest.mark.parametrize("base", [None, OLD])
def test_a_dangling_link_is_refused(tree: Path, base: bytes | None) -> None:
    (tree / "linked.toml").symlink_to("nowhere.toml")
    refused(write(tree, "linked.toml", base), "linked.toml", "does not exist")


def test_a_link_in_a_circle_is_refused(tree: Path) -> None:
    (tree / "one.toml").symlink_to("two.toml")
    (tree / "two.toml").symlink_to("one.toml")
    refused(write(tree, "one.toml"), "one.toml", "points back to itself")


def test_a_deleted_link_leaves_its_target(tree: Path) -> None:
    (tree / "linked.toml").symlink_to("a.toml")
    result = write(tree, "linked.toml", content=None)
    assert isinstance(result, Committed)
    assert "the link is removed" in result.message
    assert (tree / "a.toml").read_bytes() == OLD
    assert not (tree / "linked.toml").is_symlink()


def test_a_link_that_is_swapped_during_the_commit(tree: Path) -> None:
    (tree / "other.toml").write_bytes(OLD)
    (tree / "linked.toml").symlink_to("a.toml")

    def swap() -> None:
        (tree / "linked.toml").unlink()
        (tree / "linked.toml").symlink_to("other.toml")

    changes = [Change("linked.toml", content_hash(OLD), NEW)]
    staged = 3  # the third file to be forced to the platter, after the key and the journal
    result = commit(changes, root=str(tree), state=str(tree.parent / "state"), disk=HookDisk("fsync", staged, swap))
    assert isinstance(result, Conflict), result.message
    assert (tree / "a.toml").read_bytes() == OLD
    assert (tree / "other.toml").read_bytes() == OLD


def test_both_names_of_a_hard_link_stay_one_file(tree: Path) -> None:
    os.link(tree / "a.toml", tree / "b.toml")
    result = write(tree)
    assert isinstance(result, Committed)
    assert "written in place" in result.message
    assert (tree / "b.toml").read_bytes() == NEW
    assert (tree / "a.toml").stat().st_ino == (tree / "b.toml").stat().st_ino


def test_one_file_under_two_names_is_refused(tree: Path) -> None:
    os.link(tree / "a.toml", tree / "b.toml")
    changes = [Change(name, content_hash(OLD), NEW) for name in ("a.toml", "b.toml")]
    refused(commit(changes, root=str(tree), state=str(tree.parent / "state")), "a.toml and b.toml are the same file")
    assert (tree / "a.toml").read_bytes() == OLD


def undo(tree: Path) -> CommitResult:
    """Undo the last commit."""
    entry = last(str(tree), str(tree.parent / "state"))
    assert entry is not None
    return revert(entry, root=str(tree), state=str(tree.parent / "state"))


@pytest.mark.parametrize("name", ["linked.toml", "deck/linked.toml"])
def test_undo_makes_a_deleted_link_again(tree: Path, name: str) -> None:
    (tree / "deck").mkdir()
    shared = tree.parent / "shared.toml"
    shared.write_bytes(b'api_key = "sk-ant-0123456789abcdefgh"\n')
    target = os.path.relpath(shared, (tree / name).parent)
    (tree / name).symlink_to(target)
    notes = removal_notes(str(tree / name), name)
    assert notes == (f"{name} is a symbolic link: the link is removed, its target {target} stays",)
    assert isinstance(write(tree, name, shared.read_bytes(), content=None), Committed)
    assert not list((tree.parent / "state").rglob("*.0"))
    result = undo(tree)
    assert isinstance(result, Committed), result.message
    assert f"is a symbolic link to {target} again" in result.message
    assert str((tree / name).readlink()) == target
    assert isinstance(undo_again(tree), Committed)
    assert not os.path.lexists(tree / name)


def undo_again(tree: Path) -> CommitResult:
    """Undo the last undo."""
    entry = next(history(str(tree), str(tree.parent / "state")))
    return revert(entry, root=str(tree), state=str(tree.parent / "state"))


def test_undo_of_a_link_whose_target_has_changed(tree: Path) -> None:
    (tree / "linked.toml").symlink_to("a.toml")
    assert isinstance(write(tree, "linked.toml", content=None), Committed)
    (tree / "a.toml").write_bytes(NEW)
    refused(undo(tree), "linked.toml was a symbolic link to a.toml, which holds something else now")
    (tree / "a.toml").unlink()
    refused(undo(tree), "which holds something else now")


def test_a_crash_while_a_link_is_made_again(tree: Path) -> None:
    """With another file in the same undo, so that the journal decides; at every call all is old or all is new."""
    (tree / "linked.toml").symlink_to("a.toml")
    (tree / "b.toml").write_bytes(OLD)
    changes = [Change("linked.toml", content_hash(OLD), None), Change("b.toml", content_hash(OLD), NEW)]
    state = str(tree.parent / "state")
    assert isinstance(commit(changes, root=str(tree), state=state), Committed)
    aside = tree.parent / "aside"
    shutil.copytree(tree, aside, symlinks=True)
    entry = last(str(tree), state)
    assert entry is not None
    outcomes = set()
    for step in itertools.count(1):

        def work(step: int = step) -> None:
            revert(entry, root=str(tree), state=state, disk=CrashDisk(step))

        code = in_child(work)
        settle([str(tree)], state, tidy=True)
        made = (tree / "linked.toml").is_symlink()
        assert (tree / "b.toml").read_bytes() == (OLD if made else NEW)
        assert not list(tree.rglob("*pipedeck*"))
        outcomes.add(made)
        shutil.rmtree(tree)
        shutil.copytree(aside, tree, symlinks=True)
        if code == 0:
            break
        assert code == CRASHED
    assert outcomes == {True, False}


def test_what_an_undo_cannot_restore_is_said_before(tree: Path) -> None:
    os.link(tree / "a.toml", tree / "b.toml")
    [note] = removal_notes(str(tree / "a.toml"), "a.toml")
    assert note == "a.toml has 1 other name (hard links), which stay: an undo makes a separate file"
    (tree / "b.toml").unlink()
    assert removal_notes(str(tree / "a.toml"), "a.toml") == ()
    assert removal_notes(str(tree / "nowhere"), "nowhere") == ()
