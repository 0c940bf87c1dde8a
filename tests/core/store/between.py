"""The sample, left between old and new: the machine went off while the second of two files was to be written."""

from __future__ import annotations

from pathlib import Path

from core.files.store import Change, Committed, commit, content_hash
from tests.core.store.disks import CRASHED, CrashDisk, StepDisk, in_child
from tui.sample import copy_sample

NAMES = ("backends/mistral.toml", "backends.toml")
REMARK = b"# seen\n"


def _changes(tree: Path) -> list[Change]:
    contents = [(tree / name, (tree / name).read_bytes()) for name in NAMES]
    return [Change(str(path), content_hash(old), old + REMARK) for path, old in contents]


def with_comment(tree: Path) -> list[bool]:
    """Which of the two files have the comment that was to be added to both."""
    return [REMARK in (tree / name).read_bytes() for name in NAMES]


def between(folder: Path, home: Path) -> Path:
    """The tree of `folder/shop`, as the user of `home` left it."""
    count, trial, aside = StepDisk(), copy_sample(folder / "trial"), str(folder / "state")
    done = commit(_changes(trial), root=str(trial), state=aside, label="two comments", disk=count, wait=0.0)
    assert isinstance(done, Committed)
    second = [at for at, call in enumerate(count.names, start=1) if call == "rename"][-1]
    tree = copy_sample(folder / "shop")
    state = str(home / ".local" / "state" / "pipedeck")

    def task() -> None:
        commit(_changes(tree), root=str(tree), state=state, label="two comments", disk=CrashDisk(second), wait=0.0)

    assert in_child(task) == CRASHED
    assert sorted(with_comment(tree)) == [False, True]
    return tree
