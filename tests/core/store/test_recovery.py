"""Recovery of an interrupted commit, automatic or by the user's decision."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from core.files.store import (
    Busy,
    Clean,
    Committed,
    ContentState,
    Decision,
    Disk,
    DiskState,
    Failed,
    InterruptedCommit,
    Recovered,
    is_pending,
    recover,
)
from core.files.store.lock import hold_lock
from core.files.store.staging import is_torn
from tests.core.store.disks import CRASHED, CrashDisk, StepDisk, in_child
from tests.core.store.scenes import NEW, OLD, Scene, build, snapshot, without_locks

FOREIGN = b"somebody else's\n"


def interrupted(base: Path, name: str = "two", *, renames: int = 1) -> Scene:
    """A scene whose commit was interrupted after so many files were put in place."""
    count = StepDisk()
    first = build(base, name)
    assert isinstance(first.commit(count), Committed)
    shutil.rmtree(base)
    scene = build(base, name)
    calls = [at for at, call in enumerate(count.names, start=1) if call == "rename"]
    # The files of the scene are the last renames of a commit.
    step = calls[-len(scene.changes) + renames] if renames < len(scene.changes) else calls[-1] + 1

    def task() -> None:
        scene.commit(CrashDisk(step))

    assert in_child(task) == CRASHED
    return scene


def test_a_clean_tree_is_left_alone(tmp_path: Path) -> None:
    scene = build(tmp_path / "scene", "two")
    disk = StepDisk()
    assert recover(scene.root, scene.state, disk=disk) == Clean()
    assert not set(disk.names) & {"mkdir", "write", "rename", "unlink", "rmdir", "lock"}
    assert not Path(scene.state).exists()
    assert not is_pending(scene.root)


def test_missing_tree_is_clean(tmp_path: Path) -> None:
    assert recover(str(tmp_path / "nowhere"), str(tmp_path / "state")) == Clean()


def test_recorded_commit_is_finished(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    assert is_pending(scene.root)
    assert scene.now() not in (scene.old, scene.new)
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, Recovered)
    assert outcome.outcome == "finished"
    assert outcome.files == ("backends/x.toml", "backends.toml")
    assert outcome.message.startswith("an interrupted change (a change) was finished")
    assert scene.now() == scene.new
    assert recover(scene.root, scene.state) == Clean()


def test_the_next_commit_recovers_first(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    result = scene.commit()
    # Its bases are those from before the change that was interrupted, and that one was finished now.
    assert result.state is DiskState.NOTHING
    assert "an interrupted change (a change) was finished" in result.message
    assert scene.now() == scene.new


def test_commit_without_new_content_is_undone(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    for path in Path(scene.root).glob(".*.pipedeck"):
        if path.is_file():
            path.unlink()
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, Recovered)
    assert outcome.outcome == "undone"
    assert scene.now() == scene.old


@pytest.mark.parametrize("file", ["backends/x.toml", "backends.toml"])
def test_a_foreign_change_is_never_overwritten(tmp_path: Path, file: str) -> None:
    scene = interrupted(tmp_path / "scene")
    Path(scene.root, file).write_bytes(FOREIGN)
    before = scene.now()
    outcome = recover(scene.root, scene.state)
    for result in (outcome, recover(scene.root, scene.state)):
        assert isinstance(result, InterruptedCommit)
        assert result == outcome
        assert "changed by another program" in result.message
        assert without_locks(scene.now()) == without_locks(before)
    assert isinstance(outcome, InterruptedCommit)
    left = {one.path: one for one in outcome.files}
    assert left[file].holds is ContentState.FOREIGN
    assert left["backends.toml"].old is not None
    assert Path(left["backends.toml"].old).read_bytes() == OLD
    assert left["backends.toml"].new is not None
    assert Path(left["backends.toml"].new).read_bytes() == NEW
    refused = scene.commit()
    assert isinstance(refused, Failed)
    assert refused.state is DiskState.NOTHING
    assert "unfinished change" in refused.message


@pytest.mark.parametrize(("decision", "outcome"), [("FINISH", "finished"), ("UNDO", "undone"), ("LEAVE", "left")])
def test_user_decision_is_executed(tmp_path: Path, decision: str, outcome: str) -> None:
    scene = interrupted(tmp_path / "scene")
    mine = Path(scene.root, "backends.toml")
    mine.write_bytes(FOREIGN)
    result = recover(scene.root, scene.state, decision=Decision[decision])
    assert isinstance(result, Recovered), result.message
    assert result.outcome == outcome
    if decision == "LEAVE":
        assert mine.read_bytes() == FOREIGN
        assert Path(scene.root, "backends/x.toml").read_bytes() == NEW
    else:
        assert scene.now() == (scene.new if decision == "FINISH" else scene.old)
        rescued = list(Path(scene.state).rglob("rescued/*"))
        assert [path.read_bytes() for path in rescued] == [FOREIGN]
        assert str(rescued[0]) in result.message
    assert not Path(scene.root, ".pipedeck").exists()


def test_a_running_commit_is_not_disturbed(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    with hold_lock(Disk(), os.path.realpath(scene.root), wait=0):
        before = scene.now()
        assert isinstance(recover(scene.root, scene.state), Busy)
        assert scene.now() == before
    assert isinstance(recover(scene.root, scene.state), Recovered)


def test_foreign_journal_is_not_executed(tmp_path: Path) -> None:
    """Somebody else's unfinished commit, as a clone or an archive may bring it: opening writes nothing at all."""
    scene = interrupted(tmp_path / "scene")
    shutil.rmtree(scene.state)
    victim = tmp_path / "victim"
    victim.write_bytes(OLD)
    path = Path(scene.root, ".pipedeck/journal")
    forged = json.loads(path.read_text())
    forged["entries"][1]["real"] = str(victim)
    path.write_text(json.dumps(forged))
    before = snapshot(tmp_path)
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert "recorded by another user or machine" in outcome.message
    assert snapshot(tmp_path) == before
    assert isinstance(scene.commit(), Failed)
    assert victim.read_bytes() == OLD
    confirmed = recover(scene.root, scene.state, decision=Decision.LEAVE)
    assert isinstance(confirmed, Recovered)
    assert victim.read_bytes() == OLD


def test_tampered_journal_is_not_executed(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    path = Path(scene.root, ".pipedeck/journal")
    path.write_text(path.read_text().replace('"backends.toml"', '"untouched.toml"'))
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert "recorded by another user or machine" in outcome.message


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"mac": 1}', b"\xff", b"[" * 100_000, b"null", b'{"format": 9}']
)
def test_invalid_journal_is_left_alone(tmp_path: Path, content: bytes) -> None:
    scene = build(tmp_path / "scene", "two")
    folder = Path(scene.root, ".pipedeck")
    folder.mkdir()
    (folder / "journal").write_bytes(content)
    before = scene.now()
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert "journal is invalid" in outcome.message
    assert scene.now() == before
    refused = scene.commit()
    assert isinstance(refused, Failed)
    assert refused.state is DiskState.NOTHING


def test_moved_tree_is_recovered_in_place(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    (scene.base).rename(tmp_path / "moved")
    outcome = recover(str(tmp_path / "moved/tree"), scene.state)
    assert isinstance(outcome, Recovered)
    assert snapshot(tmp_path / "moved") == scene.new


def test_copied_tree_leaves_the_original_unchanged(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene", "five", renames=2)
    shutil.copytree(scene.root, tmp_path / "copy", symlinks=True)
    before = snapshot(scene.base)
    outcome = recover(str(tmp_path / "copy"), scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert snapshot(scene.base) == before
    assert isinstance(recover(scene.root, scene.state), Recovered)
    assert scene.now() in (scene.old, scene.new)


def test_commit_files_are_private_and_ignored_by_git(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        scene = interrupted(tmp_path / "scene")
    finally:
        os.umask(before)
    folder = Path(scene.root, ".pipedeck")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} >= {"journal", "old.0", "old.1", "lock", ".gitignore"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert (folder / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize(
    ("content", "torn"),
    [
        (b"NEW-old-ol", True),
        (b"old", False),
        (b"", False),
        (b"NEW-NEW-NEW-", True),
        (b"oldNEWold", False),
        (b"something!", False),
        (b"old-old-olNEW", False),
    ],
)
def test_interrupted_overwrite_is_recovered(content: bytes, torn: bool) -> None:
    assert is_torn(content, b"old-old-old"[:10], b"NEW-NEW-NEW-NEW") is torn


def test_every_state_of_an_overwrite_is_recognised() -> None:
    old, new = b"aaaa-bbbb-cccc", b"aaXX-bbbb-YYYYYY-ZZ"
    for one, other in ((old, new), (new, old), (old, b""), (old, old[:5] + b"!")):
        for at in range(len(other) + 1):
            assert is_torn(other[:at] + one[at:], one, other)
            for back in range(min(at, len(one)) + 1):
                assert is_torn(one[:back] + other[back:at] + one[at:], one, other)


def test_commit_of_another_machine_is_left_alone(tmp_path: Path) -> None:
    scene = interrupted(tmp_path / "scene")
    lock = Path(scene.root, ".pipedeck/lock")
    lock.write_text(json.dumps({**json.loads(lock.read_text()), "host": "elsewhere", "boot": "another"}))
    before = scene.now()
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert "left on another machine" in outcome.message
    assert scene.now() == before
    lock.unlink()
    assert isinstance(recover(scene.root, scene.state), Recovered)
    assert scene.now() == scene.new


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("format", 99, "another version of pipedeck"),
        ("who", {}, "its writer is missing"),
        ("id", "../elsewhere", "its name is invalid"),
        ("stamp", "../elsewhere", "its name is invalid"),
        ("label", 7, "incomplete"),
        ("folders", [7], "incomplete"),
        ("phase", "future", "future"),
        ("entries", [{}], "incomplete"),
    ],
)
def test_journal_with_an_invalid_field_is_left_alone(tmp_path: Path, field: str, value: object, reason: str) -> None:
    scene = interrupted(tmp_path / "scene")
    path = Path(scene.root, ".pipedeck/journal")
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    before = scene.now()
    outcome = recover(scene.root, scene.state)
    assert isinstance(outcome, InterruptedCommit)
    assert reason in outcome.message
    assert scene.now() == before


@pytest.mark.parametrize(
    ("decision", "lost", "reason"),
    [
        (Decision.FINISH, ".*.pipedeck", "a new content is no longer there"),
        (Decision.UNDO, ".pipedeck/old.*", "an old content is no longer there"),
    ],
)
def test_decision_is_executed_completely(tmp_path: Path, decision: Decision, lost: str, reason: str) -> None:
    scene = interrupted(tmp_path / "scene")
    for path in Path(scene.root).glob(lost):
        if path.is_file():
            path.unlink()
    before = without_locks(scene.now())
    outcome = recover(scene.root, scene.state, decision=decision)
    assert isinstance(outcome, InterruptedCommit)
    assert reason in outcome.message
    assert without_locks(scene.now()) == before
