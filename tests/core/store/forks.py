"""A small process that forks for the tests: a fork of the one that runs all of them costs several times as much."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

from core.files.store import recover
from tests.core.store.disks import CrashDisk, FaultThenCrashDisk, in_child
from tests.core.store.scenes import Scene

CHECKOUT = Path(__file__).resolve().parents[3]
Arguments = ParamSpec("Arguments")


def commit_and_crash(scene: Scene, step: int) -> None:
    """Commit, and end ahead of the n-th call that may change something."""
    scene.commit(CrashDisk(step, only_changes=True))


def fail_and_crash(scene: Scene, fault: int, step: int) -> None:
    """Commit, fail at one call and end ahead of the n-th behind it that may change something."""
    scene.commit(FaultThenCrashDisk(fault, step))


def recover_and_crash(scene: Scene, step: int) -> None:
    """Recover, and end ahead of the n-th call that may change something."""
    recover(scene.root, scene.state, disk=CrashDisk(step, only_changes=True))


class Forks:
    """The process, with which a test talks through pipes. It ends when it is left."""

    def __enter__(self) -> Forks:
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, task: Callable[Arguments, None], *arguments: Arguments.args, **more: Arguments.kwargs) -> int:
        """Run a function of this module in a child of its own; its exit code, or minus the signal that ended it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((task, arguments, more), self._process.stdin)
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _serve() -> None:
    gc.freeze()  # collections of a fork would copy the memory that it shares
    gc.disable()
    while True:
        try:
            task, arguments, more = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        print(in_child(lambda: task(*arguments, **more)), flush=True)  # noqa: B023


if __name__ == "__main__":
    _serve()
