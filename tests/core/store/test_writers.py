"""Concurrent writers of one tree: no lost update, messages about the lock holder, locks of dead processes."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from core.files.store import Change, Committed, Conflict, Disk, DiskState, Failed, commit, content_hash
from core.files.store.lock import RUNNING, hold_lock
from core.files.store.process import this_process
from tests.core.store.counting import count_together
from tests.core.store.disks import HookDisk, StepDisk
from tests.core.store.scenes import NEW, OLD, build


def test_three_writers_lose_nothing(fast_path: Path) -> None:
    number, conflicts = count_together(fast_path, writers=3, each=100)
    assert number == 300
    assert conflicts > 0


def test_lock_holder_is_named(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    with hold_lock(Disk(), os.path.realpath(scene.root), wait=0) as lock:
        result = scene.commit()
        lock.unfinished = False
    assert isinstance(result, Failed)
    assert result.state is DiskState.NOTHING
    assert f"process {os.getpid()}" in result.message
    assert this_process().user in result.message
    assert scene.now() == scene.old
    assert isinstance(scene.commit(), Committed)


def test_lock_of_a_dead_process_is_replaced_with_a_note(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    child = os.fork()
    if child == 0:
        with hold_lock(Disk(), os.path.realpath(scene.root), wait=0):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    result = scene.commit()
    assert isinstance(result, Committed)
    assert f"took over the lock of {this_process().user}@" in result.message
    assert f"process {child}" in result.message
    assert scene.now() == scene.new


def test_lock_of_another_machine_is_kept(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    elsewhere = replace(this_process(), host="elsewhere", boot="another", user="ada")
    folder = Path(scene.root, ".pipedeck")
    folder.mkdir()
    (folder / "lock").write_text(json.dumps(asdict(elsewhere)))
    result = scene.commit()
    assert isinstance(result, Failed)
    assert "ada@elsewhere" in result.message
    assert "remove" in result.message
    assert (folder / "lock").exists()
    (folder / "lock").unlink()
    assert isinstance(scene.commit(), Committed)
    assert scene.now() == scene.new


def test_readers_never_wait(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "three")
    seen: list[bytes] = []

    def read() -> None:
        seen.append(Path(scene.root, "backends.toml").read_bytes())

    for number in range(1, 9):
        scene.commit(HookDisk("rename", number, read))
    assert set(seen) <= {OLD, NEW}
    assert OLD in seen


def test_a_change_during_the_commit_is_noticed(fast_path: Path) -> None:
    """Another editor, which knows nothing of our lock, writes while everything is laid ready: its bytes stay."""
    count = StepDisk()
    build(fast_path / "count", "two").commit(count)
    foreign = 0
    for number in range(1, count.names.count("fsync") + 1):
        scene = build(fast_path / str(number), "two")
        mine = Path(scene.root, "backends.toml")

        def edit(mine: Path = mine) -> None:
            mine.write_bytes(b"somebody else's\n")

        result = scene.commit(HookDisk("fsync", number, edit))
        if isinstance(result, Conflict):
            foreign += 1
            assert result.changed[0].path == "backends.toml"
            assert result.message.startswith("nothing was written: backends.toml has changed on disk")
            assert mine.read_bytes() == b"somebody else's\n"
            assert Path(scene.root, "backends/x.toml").read_bytes() == OLD
            assert not list(Path(scene.root).rglob("*.pipedeck"))
    assert foreign >= 8


def test_every_changed_base_is_named(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "two")
    Path(scene.root, "backends.toml").write_bytes(b"other\n")
    Path(scene.root, "backends/x.toml").unlink()
    result = scene.commit()
    assert isinstance(result, Conflict)
    assert [moved.path for moved in result.changed] == ["backends/x.toml", "backends.toml"]
    assert "backends/x.toml no longer exists, backends.toml has changed on disk" in result.message


def test_changed_dependency_is_a_conflict(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    changes = [Change("backends.toml", content_hash(OLD), NEW)]
    result = commit(changes, root=scene.root, state=scene.state, unchanged=[("untouched.toml", content_hash(b"else"))])
    assert isinstance(result, Conflict)
    assert result.changed[0].path == "untouched.toml"
    assert scene.now() == scene.old


def test_a_file_in_the_place_of_the_lock_folder_is_refused(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    Path(scene.root, ".pipedeck").write_text("mine")
    result = scene.commit()
    assert isinstance(result, Failed)
    assert ".pipedeck is not a folder" in result.message
    assert Path(scene.root, ".pipedeck").read_text() == "mine"


def test_a_lock_without_a_name_in_it(tmp_path: Path) -> None:
    """Whoever held it ended before writing who it was, or it holds something else."""
    for number, content in enumerate((b"", b"{", b"[]", b'{"user": 1}', b"\xff")):
        scene = build(tmp_path / str(number), "one")
        folder = Path(scene.root, ".pipedeck")
        folder.mkdir()
        (folder / "lock").write_bytes(content)
        assert isinstance(scene.commit(), Committed)
        assert scene.now() == scene.new


def test_released_lock_is_acquired(fast_path: Path) -> None:
    """The lock file loses its name between opening and locking it, so it is reopened."""
    scene = build(fast_path / "scene", "one")
    stack = ExitStack()
    stack.enter_context(hold_lock(Disk(), str(Path(scene.root).resolve()), wait=0)).unfinished = False
    disk = HookDisk("lock", 1, stack.close)
    result = commit(scene.changes, root=scene.root, state=scene.state, disk=disk)
    assert isinstance(result, Committed)
    assert disk.names.count("lock") == 2
    assert scene.now() == scene.new


class LeavingDisk(StepDisk):
    """Looks, ahead of each call that changes something, whether another thread could end the process now."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        super().__init__()
        self._pool = executor
        self.free: list[str] = []

    def before(self, name: str) -> None:
        if self.changing and self._pool.submit(self._take).result():
            self.free.append(name)

    def _take(self) -> bool:
        acquired = RUNNING.acquire(blocking=False)
        if acquired:
            RUNNING.release()
        return acquired


def test_process_cannot_end_between_steps_of_a_commit(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    with ThreadPoolExecutor(1) as executor:
        disk = LeavingDisk(executor)
        assert isinstance(commit(scene.changes, root=scene.root, state=scene.state, disk=disk), Committed)
        assert {"mkdir", "open", "rename", "unlink", "rmdir"} <= set(disk.names)
        assert disk.free == []
        assert executor.submit(disk._take).result()


def test_process_waiting_for_a_lock_may_end(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "one")
    folder = Path(scene.root, ".pipedeck")
    folder.mkdir()
    with ThreadPoolExecutor(1) as executor, (folder / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        committing = executor.submit(commit, scene.changes, root=scene.root, state=scene.state, wait=60)
        assert RUNNING.acquire(timeout=30)
        RUNNING.release()
        assert not committing.done()
        fcntl.flock(other, fcntl.LOCK_UN)
        assert isinstance(committing.result(), Committed)
