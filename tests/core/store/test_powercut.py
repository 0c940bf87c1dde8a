"""The power goes at any moment: after the next opening the tree is all-old or all-new, and keeps what was promised."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.files.store import Clean, Committed, Recovered, recover
from tests.core.store.powercut import PowerDisk
from tests.core.store.scenes import SCENES, build, snapshot, visible


@pytest.mark.parametrize("name", SCENES)
def test_every_moment_of_a_commit(fast_path: Path, name: str) -> None:
    scene = build(fast_path / "scene", name)
    disk = PowerDisk(scene.base)
    assert isinstance(scene.commit(disk), Committed)
    certain = list(disk.after_a_cut())
    outcomes: Counter[str] = Counter()
    for tree in [*disk.moments, *certain]:
        tree.lay(scene.base)
        opened = recover(scene.root, scene.state)
        assert isinstance(opened, Clean | Recovered), opened.message
        now = visible(snapshot(scene.base))
        made = {key: value for key, value in now.items() if not key.endswith("/") or key in scene.old}
        assert made in (scene.old, scene.new), opened.message
        outcomes["new" if made == scene.new else "old"] += 1
        if tree in certain:
            assert made == scene.new, "it was said to be written"
    assert outcomes["old"] > 10
    assert outcomes["new"] > 5
    print(f"{name}: {dict(outcomes)}")
