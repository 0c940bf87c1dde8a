"""The long form of the tests of the store: every fault on every scene, 200 kills, 1,500 increments, with figures.

`python -m tests.core.store.campaign [KILLS]`, some minutes. Ends with 1 when anything was not as it must be.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from core.files.store import DiskState
from tests.core.store.conftest import MEMORY
from tests.core.store.counting import count_together
from tests.core.store.disks import CRASHED, FaultDisk, ShortDisk
from tests.core.store.forks import Forks, commit_and_crash
from tests.core.store.killing import kill_many
from tests.core.store.scenes import SCENES, build
from tests.core.store.test_crashes import double_crashes, outcome
from tests.core.store.test_faults import KINDS, check, fault


def faults(base: Path) -> Counter[str]:
    """Every system call of every scene fails in every way."""
    states: Counter[str] = Counter()
    for name, kind in itertools.product(SCENES, (*KINDS, "short", "short, then full")):
        for step in itertools.count(1):
            scene = build(base / "scene", name)
            disk: FaultDisk | ShortDisk
            disk = ShortDisk(step, full="full" in kind) if "short" in kind else fault(step, kind)
            states[check(scene, scene.commit(disk)).name] += 1
            shutil.rmtree(scene.base)
            if not disk.reached:
                break
    return states


def crashes(forks: Forks, base: Path) -> Counter[str]:
    """A crash ahead of every system call of every scene that may change something."""
    outcomes: Counter[str] = Counter()
    for name in SCENES:
        for step in itertools.count(1):
            scene = build(base / "scene", name)
            code = forks.run(commit_and_crash, scene, step)
            outcomes[outcome(scene)] += 1
            shutil.rmtree(scene.base)
            if code != CRASHED:
                break
    return outcomes


def main() -> int:
    """Run everything, one line of figures each. Raises AssertionError at the first finding."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    memory = MEMORY if MEMORY.is_dir() else None
    started = time.monotonic()

    def say(label: str, count: object) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {label}: {count}", flush=True)

    with (
        tempfile.TemporaryDirectory(dir=memory, prefix="pipedeck-") as fast,
        tempfile.TemporaryDirectory() as real,
        Forks() as forks,
    ):
        count = faults(Path(fast, "faults"))
        say("one call fails, by what was left on the disk", dict(count))
        assert count[DiskState.NOTHING.name] > 1000
        say("a crash at every call, by what the next opening finds", dict(crashes(forks, Path(fast, "crashes"))))
        pairs = sum(double_crashes(forks, Path(fast, "double"), name, every=4) for name in SCENES)
        say("crashes inside the recovery of a crash", pairs)
        say(f"{kills} kills, in memory", kill_many(Path(fast, "kills"), kills=kills, seed=2))
        say(f"{kills} kills, on a disk", kill_many(Path(real, "kills"), kills=kills, seed=3))
        number, conflicts = count_together(Path(fast, "writers"), writers=3, each=500)
        say("three writers, 500 increments each", f"{number} ({conflicts} conflicts met and repeated)")
        assert number == 1500
    say("done", "all as it must be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
