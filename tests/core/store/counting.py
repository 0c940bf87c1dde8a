"""Processes that count together in one file of a tree: an update that is lost shows in the sum."""

from __future__ import annotations

import os
from pathlib import Path

from core.files.store import Change, Committed, Conflict, commit, content_hash
from tests.core.store.disks import StepDisk


def count_together(base: Path, *, writers: int, each: int) -> tuple[int, int]:
    """Let `writers` processes add one, `each` times. The final number, and how often a writer met a conflict."""
    tree = base / "tree"
    tree.mkdir(parents=True)
    (tree / "count.toml").write_bytes(b"count = 0\n")
    children = []
    for writer in range(writers):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                conflicts = _count(tree, str(base / f"state-{writer}"), each)
                (base / f"conflicts-{writer}").write_text(str(conflicts))
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0] * writers
    number = int((tree / "count.toml").read_bytes().split()[-1])
    assert sorted(path.name for path in tree.iterdir()) == ["count.toml"]
    return number, sum(int((base / f"conflicts-{writer}").read_text()) for writer in range(writers))


def _count(tree: Path, state: str, each: int) -> int:
    conflicts = done = 0
    disk = StepDisk()
    while done < each:
        now = (tree / "count.toml").read_bytes()
        content = b"count = %d\n" % (int(now.split()[-1]) + 1)
        change = Change("count.toml", content_hash(now), content)
        result = commit([change], root=str(tree), state=state, wait=60, disk=disk)
        if isinstance(result, Committed):
            assert result.notes == ()
            done += 1
        else:
            assert isinstance(result, Conflict), result.message
            conflicts += 1
    return conflicts
