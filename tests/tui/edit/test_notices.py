"""Changes on the disk are noticed without anybody looking: in files, new files, and folders made since."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.tui.edit.trees import sample
from tui.editing.disk_watch import Notices, Watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel gives notice on Linux only")


async def test_writing_creating_renaming_and_deleting_are_noticed(tmp_path: Path) -> None:
    file, below = tmp_path / "a.toml", tmp_path / "below"
    file.write_text("a = 1\n", encoding="utf-8")
    noticed = asyncio.Event()
    notices = Notices(noticed.set)
    changes = (
        lambda: file.write_text("a = 2\n", encoding="utf-8"),
        lambda: file.rename(tmp_path / "b.toml"),
        below.mkdir,
        lambda: (below / "c.toml").write_text("c = 1\n", encoding="utf-8"),
        (below / "c.toml").unlink,
    )
    for change in changes:
        assert notices.watch([str(tmp_path), str(below), str(tmp_path / "nowhere")])
        noticed.clear()
        change()
        await asyncio.wait_for(noticed.wait(), 10)
    notices.close()
    assert not notices.watch([str(tmp_path)])


async def test_what_others_write_is_shown_without_looking() -> None:
    async with sample() as app:
        watch = app.main.disk_watch = Watch(app.main.editing)
        watch.start(3600)
        await app.settle()
        path = app.tree / "backends.toml"
        path.write_text(app.read("backends.toml").replace("\nenabled = false", "\nenabled = true"), encoding="utf-8")
        async with asyncio.timeout(10):
            while "5 on" not in app.text:
                await app.settle()
        assert "changed on disk: reloaded" in app.lines[-1]
