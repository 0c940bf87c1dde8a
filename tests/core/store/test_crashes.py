"""Crashes at any call of a commit and of repeated recoveries that may change the disk: all-old or all-new, always."""

from __future__ import annotations

import errno
import itertools
import shutil
from collections import Counter
from pathlib import Path

import pytest

from core.files.store import Clean, Recovered, last, recover
from tests.core.store.disks import CRASHED, FaultDisk, StepDisk
from tests.core.store.forks import Forks, commit_and_crash, fail_and_crash, recover_and_crash
from tests.core.store.scenes import SCENES, Scene, build


def outcome(scene: Scene, *, logged_too: bool = True) -> str:
    """Open the tree as the next session would; "old" or "new", and nothing else is there."""
    opened = recover(scene.root, scene.state, disk=StepDisk())
    assert isinstance(opened, Clean | Recovered), opened.message
    assert not [one.message for one in scene.settle() if not isinstance(one, Recovered)]
    now = scene.now()
    assert now in (scene.old, scene.new)
    logged = last(scene.root, scene.state)
    if logged_too:
        assert (logged is not None) == (now == scene.new)
    return "new" if now == scene.new else "old"


@pytest.mark.parametrize("name", SCENES)
def test_a_crash_at_every_call(forks: Forks, fast_path: Path, name: str) -> None:
    outcomes: Counter[str] = Counter()
    order: list[str] = []
    for step in itertools.count(1):
        scene = build(fast_path / str(step), name)
        code = forks.run(commit_and_crash, scene, step)
        order.append(outcome(scene))
        outcomes[order[-1]] += 1
        shutil.rmtree(scene.base)
        if code == 0:
            break
        assert code == CRASHED
    # Once it has happened it stays so: there is one commit point.
    assert order == sorted(order, reverse=True)
    assert outcomes["old"] > 20
    assert outcomes["new"] > 5


@pytest.mark.parametrize(("name", "every"), [("five", 25), ("hard link", 12)])
def test_a_crash_at_every_call_of_the_recovery(forks: Forks, fast_path: Path, name: str, every: int) -> None:
    assert double_crashes(forks, fast_path, name, every=every) > 50


def double_crashes(forks: Forks, base: Path, name: str, *, every: int) -> int:
    """Crash a commit at every `every`-th change and its recovery at every change; how many pairs were tried."""
    pairs = 0
    for step in itertools.count(every, every):
        call = 0
        for call in itertools.count(1):
            scene = build(base / "scene", name)
            code = forks.run(commit_and_crash, scene, step)
            if code == 0:
                shutil.rmtree(scene.base)
                return pairs
            recovering = forks.run(recover_and_crash, scene, call)
            if call > 3 and recovering == CRASHED:
                forks.run(recover_and_crash, scene, call // 2)  # three deep
            outcome(scene)
            shutil.rmtree(scene.base)
            pairs += 1
            if recovering == 0:
                break
    return pairs


@pytest.mark.parametrize("name", ["five", "hard link"])
def test_crash_during_rollback(forks: Forks, fast_path: Path, name: str) -> None:
    """A call fails after the commit point, so it is rolled back, and that is interrupted at every call in turn."""

    count = StepDisk()
    build(fast_path / "count", name).commit(count)
    applying = [at for at, call in enumerate(count.names, start=1) if call == "rename"]
    # The last file of the scene is being put in place when it fails.
    fault = max(applying) if name == "five" else _overwriting(count.names)
    outcomes: Counter[str] = Counter()
    for step in itertools.count(1):
        scene = build(fast_path / str(step), name)
        code = forks.run(fail_and_crash, scene, fault, step)
        outcomes[outcome(scene)] += 1
        if code == 0:
            break
        assert code == CRASHED
    assert outcomes["old"] > 10


def _overwriting(names: list[str]) -> int:
    """The call that cuts the overwritten file to its new length: everything before it is written by then."""
    return max(at for at, call in enumerate(names, start=1) if call == "truncate")


@pytest.mark.parametrize("name", SCENES)
def test_failed_recovery_can_be_repeated(forks: Forks, fast_path: Path, name: str) -> None:
    count = StepDisk()
    build(fast_path / "count", name).commit(count)
    step = count.changes * 4 // 5
    for fault in itertools.count(1):
        scene = build(fast_path / str(fault), name)
        assert forks.run(commit_and_crash, scene, step) == CRASHED
        disk = FaultDisk(fault, errno.EIO)
        assert recover(scene.root, scene.state, disk=disk).message
        outcome(scene, logged_too=False)  # where the record in the log cannot be removed, it stays
        if not disk.reached:
            break
