"""Folders that several trees write to: each tree sees and settles what another left there, and nothing is lost."""

from __future__ import annotations

import errno
import itertools
import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.files.state_folder import commit_folders
from core.files.store import (
    ABSENT,
    Busy,
    Change,
    Committed,
    Decision,
    Disk,
    Failed,
    InterruptedCommit,
    Recovered,
    commit,
    content_hash,
    is_pending,
    settle,
)
from core.files.store.lock import hold_lock
from core.files.store.process import this_process
from tests.core.store.disks import CRASHED, CrashDisk, FaultDisk, HookDisk, StepDisk, in_child
from tests.core.store.forks import Forks, commit_and_crash
from tests.core.store.scenes import NEW, OLD, Scene, snapshot, without_locks

FILES = ("home/backends.toml", "home/deck/base.toml", "shared/linked.toml")


def shared(base: Path) -> Scene:
    """A tree whose commit writes to a home and, through a link, to a folder that another tree uses too."""
    (base / "tree").mkdir(parents=True)
    (base / "other").mkdir()
    (base / "home/deck").mkdir(parents=True)
    (base / "shared").mkdir()
    for name in FILES:
        (base / name).write_bytes(OLD)
    (base / "tree/linked.toml").symlink_to(base / "shared/linked.toml")
    old = snapshot(base)
    paths = (base / FILES[0], base / FILES[1], Path("linked.toml"))
    changes = tuple(Change(str(path), content_hash(OLD), NEW) for path in paths)
    return Scene(base, changes, old, {name: NEW if name in FILES else value for name, value in old.items()})


def edit_from_other(base: Path) -> object:
    """An edit of the home by the other tree, of what is there now."""
    path = base / FILES[0]
    content = path.read_bytes()
    change = Change(str(path), content_hash(content), content + b"# other\n")
    return commit([change], root=str(base / "other"), state=f"{base}-state", wait=0.0)


@pytest.mark.parametrize("folder", ["home", "home/deck", "shared"])
def test_another_tree_settles_a_crash_at_every_call(forks: Forks, fast_path: Path, folder: str) -> None:
    """Whichever of the folders is opened, all files of the commit become old or new, and the next edit is written."""
    mixed = settled = 0
    for step in itertools.count({"home": 1, "home/deck": 2, "shared": 3}[folder], 3):
        scene = shared(fast_path / str(step))
        code = forks.run(commit_and_crash, scene, step)
        mixed += len({(scene.base / name).read_bytes() for name in FILES}) > 1
        outcomes = settle([str(scene.base / folder)], scene.state, tidy=True)
        assert all(isinstance(outcome, Recovered) for outcome in outcomes), outcomes
        settled += len(outcomes)
        left = {name for name in scene.now() if "pipedeck" in name}
        assert not [name for name in left if name.startswith(f"{folder}/.")], left
        if outcomes or code == 0:
            assert without_locks(scene.now()) in (scene.old, scene.new)
        result = edit_from_other(scene.base)
        assert isinstance(result, Committed), result
        scene.settle()
        assert not [name for name in scene.now() if "pipedeck" in name]
        assert len({(scene.base / name).read_bytes() for name in FILES[1:]}) == 1
        shutil.rmtree(scene.base)
        if code == 0:
            break
        assert code == CRASHED
    assert mixed > 0
    assert settled > 5


def test_commit_of_another_tree_settles_first_and_says_so(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    path = scene.base / "shared/linked.toml"
    # It is the last file of the interrupted commit, still as it was, so the base of this edit is the new content.
    change = Change(str(path), content_hash(NEW), b"mine\n")
    result = commit([change], root=str(scene.base / "other"), state=scene.state)
    assert isinstance(result, Committed)
    assert "an interrupted change (a change) was finished" in result.message
    assert path.read_bytes() == b"mine\n"
    assert not [name for name in scene.now() if "pipedeck" in name]


def interrupted(base: Path, call: str = "rename", number: int = -1) -> Scene:
    """The shared scene, interrupted ahead of its last rename, or of another call."""
    count = StepDisk()
    assert isinstance(shared(base).commit(count), Committed)
    shutil.rmtree(base)
    shutil.rmtree(f"{base}-state")
    scene = shared(base)
    step = [at for at, name in enumerate(count.names, start=1) if name == call][number]

    def task() -> None:
        scene.commit(CrashDisk(step))

    assert in_child(task) == CRASHED
    return scene


def test_a_shared_file_changed_since_needs_a_decision(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    (scene.base / FILES[0]).write_bytes(b"by hand\n")
    result = edit_from_other(scene.base)
    assert isinstance(result, Failed)
    assert "changed by another program" in result.message
    [outcome] = settle([str(scene.base / "home")], scene.state, tidy=True)
    assert isinstance(outcome, InterruptedCommit)
    [outcome] = settle([str(scene.base / "home")], scene.state, decision=Decision.UNDO)
    assert isinstance(outcome, Recovered)
    assert without_locks(scene.now()) == scene.old
    assert isinstance(edit_from_other(scene.base), Committed)


def test_a_file_changed_after_a_complete_commit_stays(tmp_path: Path) -> None:
    """Only temporary files were left to remove, so there is nothing to decide."""
    count = StepDisk()
    shared(tmp_path / "count").commit(count)
    renames = max(at for at, name in enumerate(count.names) if name == "rename")
    unlinks = [at for at, name in enumerate(count.names) if name == "unlink" and at > renames]
    scene = interrupted(tmp_path / "scene", "unlink", count.names[: unlinks[6]].count("unlink"))
    (scene.base / FILES[1]).write_bytes(b"by hand\n")
    result = edit_from_other(scene.base)
    assert isinstance(result, Committed), result
    assert (scene.base / FILES[1]).read_bytes() == b"by hand\n"
    scene.settle()
    assert not [name for name in scene.now() if "pipedeck" in name]


def test_a_part_of_a_tree_that_is_gone(tmp_path: Path) -> None:
    """Its journal went with it: the present files stay, and nothing is left of it."""
    scene = interrupted(tmp_path / "scene")
    shutil.rmtree(scene.root)
    assert is_pending(str(scene.base / "home"))
    assert settle([str(scene.base / "home")], scene.state) == ()  # opening writes nothing
    assert is_pending(str(scene.base / "home"))
    outcomes = settle([str(scene.base / name) for name in ("home", "home/deck", "shared")], scene.state, tidy=True)
    assert all("no longer exists" in outcome.message for outcome in outcomes)
    assert not [name for name in scene.now() if "pipedeck" in name]
    assert isinstance(edit_from_other(scene.base), Committed)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": 1}', b'{"id": "../x", "root": "/"}', b"\xff"])
def test_an_invalid_part_is_none(tmp_path: Path, content: bytes) -> None:
    scene = shared(tmp_path / "scene")
    (scene.base / "home/.pipedeck").mkdir()
    (scene.base / "home/.pipedeck/part").write_bytes(content)
    assert settle([str(scene.base / "home")], scene.state) == ()
    assert isinstance(edit_from_other(scene.base), Committed)
    assert not [name for name in scene.now() if "pipedeck" in name]


def test_locks_of_another_order_do_not_block_each_other(fast_path: Path) -> None:
    """While one session waits for a folder that another holds, it holds none itself."""
    scene = shared(fast_path / "scene")
    real = os.path.realpath(scene.base)
    with hold_lock(Disk(), f"{real}/other", others=[f"{real}/home", f"{real}/shared"], wait=0) as lock:
        result = scene.commit()
        assert isinstance(result, Failed)
        assert "another session is writing to" in result.message
        with hold_lock(Disk(), scene.root, wait=0) as mine:
            mine.unfinished = False
        assert isinstance(settle([f"{real}/home"], scene.state, tidy=True)[0], Busy)
        lock.unfinished = False
    assert isinstance(scene.commit(), Committed)


def test_a_link_moved_while_waiting_is_locked_anew(fast_path: Path) -> None:
    scene = shared(fast_path / "scene")
    link = scene.base / "tree/linked.toml"
    (scene.base / "other/linked.toml").write_bytes(OLD)

    def swap() -> None:
        link.unlink()
        link.symlink_to(scene.base / "other/linked.toml")

    disk = HookDisk("lock", 1, swap)
    result = commit(scene.changes, root=scene.root, state=scene.state, disk=disk)
    assert isinstance(result, Committed), result.message
    assert (scene.base / "other/linked.toml").read_bytes() == NEW
    assert (scene.base / "shared/linked.toml").read_bytes() == OLD
    assert not [name for name in scene.now() if "pipedeck" in name]


def test_new_folder_is_locked_from_its_parent(fast_path: Path) -> None:
    scene = shared(fast_path / "scene")
    change = Change(str(scene.base / "home/new/folder/x.toml"), ABSENT, NEW)
    with hold_lock(Disk(), os.path.realpath(scene.base / "home"), wait=0) as lock:
        assert isinstance(commit([change], root=scene.root, state=scene.state, wait=0.0), Failed)
        lock.unfinished = False
    assert isinstance(commit([change], root=scene.root, state=scene.state), Committed)


def test_a_decision_takes_the_lock_of_another_machine(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    lock = scene.base / "home/.pipedeck/lock"
    lock.write_text(json.dumps({**asdict(replace(this_process(), host="elsewhere", boot="another"))}))
    [outcome] = settle([str(scene.base / "home")], scene.state, tidy=True)
    assert isinstance(outcome, InterruptedCommit)
    assert "left on another machine" in outcome.message
    [outcome] = settle([str(scene.base / "home")], scene.state, decision=Decision.FINISH)
    assert isinstance(outcome, Recovered)
    assert without_locks(scene.now()) == scene.new


@pytest.mark.parametrize("damage", ["invalid", "unreadable"])
def test_a_damaged_journal_can_be_discarded(tmp_path: Path, damage: str) -> None:
    scene = interrupted(tmp_path / "scene")
    journal = Path(scene.root, ".pipedeck/journal")

    class Unreadable(StepDisk):
        def open(self, path: str, flags: int, mode: int = 0o600) -> int:
            if path == str(journal) and damage == "unreadable":
                raise PermissionError(errno.EACCES, "permission denied", path)
            return super().open(path, flags, mode)

    if damage == "invalid":
        journal.write_text("{")
    for decision in (None, Decision.UNDO):
        [outcome] = settle([scene.root], scene.state, decision=decision, disk=Unreadable())
        assert isinstance(outcome, InterruptedCommit)
    [outcome] = settle([scene.root], scene.state, decision=Decision.LEAVE, disk=Unreadable())
    assert isinstance(outcome, Recovered)
    assert not Path(scene.root, ".pipedeck").exists()


def test_lock_of_another_user_is_told_from_a_running_session(fast_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can become another user")
    scene = shared(fast_path / "scene")
    for path in (fast_path, *scene.base.rglob("*")):
        path.chmod(0o777)
    folder = Path(scene.root, ".pipedeck")
    folder.mkdir(mode=0o700)
    reading, writing = os.pipe()

    def task() -> None:
        os.setgroups([])
        os.setgid(1234)
        os.setuid(1234)
        result = commit([scene.changes[2]], root=scene.root, state="/nonexistent", wait=0.0)
        os.write(writing, result.message.encode() + b"\n")

    (folder / "lock").write_text(json.dumps(asdict(replace(this_process(), user="ada", pid=2**22 + 1))))
    (folder / "lock").chmod(0o644)
    assert in_child(task) == 0
    folder.chmod(0o755)
    assert in_child(task) == 0
    with (folder / "lock").open("r+") as lock, os.fdopen(reading) as messages:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)
        assert in_child(task) == 0
        os.close(writing)
        hidden, dead, running = messages
    assert "belongs to root, whose session is writing, or has ended" in hidden
    assert "was left by ada@" in dead
    assert "which has ended" in dead
    assert "another session is writing" not in hidden + dead
    assert "another session is writing" in running


def test_folders_of_a_commit_are_found_through_links(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    (scene.base / "other/linked.toml").symlink_to(scene.base / "shared/linked.toml")
    (scene.base / "other/dangling.toml").symlink_to("nowhere.toml")
    other, nowhere = str(scene.base / "other"), str(scene.base / "nowhere")
    assert commit_folders([other, nowhere]) == (os.path.realpath(scene.base / "shared"),)
    assert {*commit_folders([scene.root])} == {scene.root, os.path.realpath(scene.base / "shared")}


def test_discarding_waits_for_a_running_session(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    Path(scene.root, ".pipedeck/journal").write_text("{")
    with hold_lock(Disk(), os.path.realpath(scene.root), wait=0):
        [outcome] = settle([scene.root], scene.state, decision=Decision.LEAVE)
        assert isinstance(outcome, Busy)
    [outcome] = settle([scene.root], scene.state, decision=Decision.LEAVE, disk=FaultDisk(30, errno.EIO, on=True))
    assert isinstance(outcome, InterruptedCommit)
