"""Links survive a commit, or it is refused with the reason and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.files.store import Change, Committed, Conflict, commit, content_hash
from tests.core.store.disks import HookDisk
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
