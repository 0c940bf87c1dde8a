"""Any failing system call leaves nothing half-written, and the message states what is on the disk."""

from __future__ import annotations

import errno
import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.files.store import (
    Clean,
    CommitResult,
    Committed,
    DiskState,
    Failed,
    Recovered,
    last,
    recover,
)
from tests.core.store.disks import FaultDisk, LyingDisk, ShortDisk, open_files
from tests.core.store.scenes import SCENES, Scene, Snapshot, build, visible, without_locks

CODES = {
    name: getattr(errno, name)
    for name in ("ENOSPC", "EACCES", "EIO", "EROFS", "EDQUOT", "EMFILE")
    if hasattr(errno, name)
}


def check(scene: Scene, result: CommitResult) -> DiskState:
    """The disk is what the result says; after the next opening it is all-old or all-new, and clean."""
    assert result.state.value in result.message or (isinstance(result, Committed) and not result.files)
    now = visible(scene.now())
    if result.state is DiskState.NOTHING:
        assert _without_new_folders(now, scene) == scene.old, result.message
    elif result.state is DiskState.ALL:
        assert now == scene.new, result.message
    if _without_traces(scene.now()) != now and result.state in (DiskState.NOTHING, DiskState.ALL):
        assert "temporary files are still there" in result.message
    opened = recover(scene.root, scene.state)
    assert isinstance(opened, Clean | Recovered), opened.message
    after = _without_traces(scene.now())
    assert after in (scene.old, scene.new)
    if result.state is DiskState.NOTHING:
        assert after == scene.old
    if result.state is DiskState.ALL:
        assert after == scene.new
    assert (last(scene.root, scene.state) is None) or after == scene.new or "other session" in result.message
    assert scene.settle() == ()
    assert scene.now() in (scene.old, scene.new)
    return result.state


def _without_traces(state: Snapshot) -> Snapshot:
    """A lock or a part that could not be removed blocks no commit, and the next one removes it."""
    return {name: content for name, content in without_locks(state).items() if not name.endswith("/.pipedeck/part")}


def _without_new_folders(now: Snapshot, scene: Scene) -> Snapshot:
    """Folders that were made and could not be removed yet are temporary, too."""
    return {name: content for name, content in now.items() if not name.endswith("/") or name in scene.old}


def fault(step: int, kind: str) -> FaultDisk:
    """The disk that fails in that way at that call."""
    code = list(CODES.values())[step % len(CODES)] if kind == IN_TURN else CODES[kind.split()[0]]
    return FaultDisk(step, code, on="from here on" in kind, late="late" in kind, only_changes="for changes" in kind)


def scenes(fast_path: Path, name: str) -> Iterator[Scene]:
    """One fresh scene after the other."""
    for number in itertools.count():
        base = fast_path / str(number)
        yield build(base, name)
        shutil.rmtree(base)


LASTING = ("EIO late", "EIO from here on", "EROFS for changes from here on")
KINDS = (*CODES, *LASTING)
IN_TURN = "each error in turn"
"""The errors differ only in their words. The campaign lets every call fail with each of them, in every scene."""
# The scenes with everything in them meet every kind of fault, the simple ones those that differ most.
CASES = [
    *((name, kind) for name in ("five", "hard link") for kind in (IN_TURN, *LASTING)),
    *((name, kind) for name in SCENES if name not in ("five", "hard link") for kind in ("ENOSPC", *LASTING[::2])),
]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_call_fails_once(fast_path: Path, name: str, kind: str) -> None:
    states: Counter[DiskState] = Counter()
    open_before = open_files()
    for step, scene in enumerate(scenes(fast_path, name), start=1):
        disk = fault(step, kind)
        result = scene.commit(disk)
        states[check(scene, result)] += 1
        assert open_files() == open_before
        if not disk.reached:
            assert isinstance(result, Committed)
            assert not result.notes or "in place" in result.message or "outside" in result.message
            break
    assert states[DiskState.ALL] >= 1
    assert states[DiskState.NOTHING] >= 5
    if "from here on" not in kind:
        assert not states[DiskState.UNKNOWN]
        assert not states[DiskState.UNFINISHED]


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("full", [False, True], ids=["short", "short, then full"])
def test_every_write_is_short_once(fast_path: Path, name: str, full: bool) -> None:
    for step, scene in enumerate(scenes(fast_path, name), start=1):
        disk = ShortDisk(step, full=full)
        result = scene.commit(disk)
        if not full:
            assert isinstance(result, Committed), result.message
        check(scene, result)
        if not disk.reached:
            break
    assert step > 3


def test_a_failure_names_the_file_and_the_reason(fast_path: Path) -> None:
    scene = build(fast_path / "scene", "one")
    disk = FaultDisk(0, 0)
    scene.commit(disk)
    step = [at for at, call in enumerate(disk.names, start=1) if call == "fsync"][1]  # the first is that of the key
    shutil.rmtree(scene.base)
    scene = build(fast_path / "scene", "one")
    result = scene.commit(FaultDisk(step, errno.ENOSPC))
    assert isinstance(result, Failed)
    assert result.message == "nothing was written: no space left on the disk"


@pytest.mark.parametrize("name", ["one", "hard link"])
def test_written_content_is_verified(fast_path: Path, name: str) -> None:
    scene = build(fast_path / "scene", name)
    content = scene.changes[0].content
    assert content is not None
    result = scene.commit(LyingDisk(content))
    assert isinstance(result, Failed)
    assert check(scene, result) is DiskState.NOTHING
