"""Files change on disk while the app runs: it reports that in time, and no edit is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from core.files.store.disk import Disk
from core.files.store.lock import hold_lock
from core.workspace import FoundDraft, Workspace, find_draft, restore_draft
from tests.support.polling import until_in_loop
from tests.tui.app_driver import AppDriver, request_for
from tests.tui.idle import run_app
from tui.app import PipedeckApp
from tui.sample import copy_sample

TIMEOUT_S = 30.0
"""The limit under load (seconds)."""

KEYS = {f"{name}_API_KEY": "key-of-a-test" for name in ("ANTHROPIC", "OPENAI", "MISTRAL", "GOOGLE")}

Change = Callable[[Path], None]


def other_lines(path: Path) -> None:
    path.write_bytes(b"# from elsewhere\n" + path.read_bytes())


def same_key(path: Path) -> None:
    path.write_text(path.read_text().replace("enabled = false", "enabled = 0"))


def deleted(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def circle(path: Path) -> None:
    """A symlink loop, which not even root can read."""
    path.unlink()
    path.symlink_to(path.name)


def marks(path: Path) -> None:
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> other\n")


def branch(path: Path) -> None:
    git(path.parent, "checkout", "-q", "other")


CHANGES: tuple[Change, ...] = (other_lines, same_key, deleted, folder, pipe, circle, marks, branch)
KEPT = (other_lines, branch)
"""Changes that do not conflict with an edit of another line, which is replayed without a question."""


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


class Watched(AppDriver):
    """The app on a project, polling the disk."""

    root: Path
    home: Path

    @property
    def file(self) -> Path:
        """The file that is edited in the app and changed on disk."""
        return self.root / ".pipelex" / "inference" / "backends.toml"

    async def edit(self) -> None:
        """Make one edit: turn a backend on."""
        await self.press("1", "end", "up", "space")
        assert self.app.session.workspace.history.at == 1

    async def until(self, *texts: str) -> None:
        """Wait until one of these texts is on the screen."""
        try:
            await until_in_loop(lambda: any(text in self.text for text in texts), TIMEOUT_S)
        except TimeoutError as error:
            raise AssertionError(f"none of {texts}:\n{self.text}") from error


@asynccontextmanager
async def watched(root: Path, home: Path, change: Change) -> AsyncIterator[Watched]:
    """Run the app on a copy of the sample, in a git repository where the change needs one."""
    copy_sample(root)
    path = root / ".pipelex" / "inference" / "backends.toml"
    if change is branch:
        before = path.read_bytes()
        git(root, "init", "-q")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", "one")
        git(root, "checkout", "-q", "-b", "other")
        other_lines(path)
        git(root, "commit", "-q", "-a", "-m", "two")
        git(root, "checkout", "-q", "main")
        assert path.read_bytes() == before
    app = PipedeckApp(request_for(root, home, **KEYS))
    app.watch_every_s = 0.1
    async with run_app(app, (100, 30)) as pilot:
        driven = Watched(app, pilot)
        driven.root, driven.home = root, home
        yield driven


def restore_file(path: Path, content: bytes) -> None:
    """Restore the file."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    path.write_bytes(content)


def edits_of_the_draft(app: Watched, content: bytes) -> int:
    """The number of edits that the next session restores once the file is as before."""
    restore_file(app.file, content)
    workspace = Workspace.open(str(app.root), environ={"HOME": str(app.home)})
    # The owner of the draft still runs; the next session must see it as ended.
    draft = find_draft(workspace)
    if draft is None:
        workspace = app.app.session.workspace
        return len(workspace.history.entries) if workspace.dirty else 0
    assert isinstance(draft, FoundDraft)
    restored = restore_draft(workspace, draft)
    return getattr(restored, "edits", 0)


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
every_change = pytest.mark.parametrize(
    "change",
    [pytest.param(change, marks=needs_git) if change is branch else change for change in CHANGES],
    ids=lambda change: change.__name__,
)


@every_change
async def test_disk_change_without_edits(change: Change, tmp_path: Path, fenced_environment: Path) -> None:
    async with watched(tmp_path / "shop", fenced_environment, change) as app:
        change(app.file)
        await app.until("changed on disk: reloaded")
        if change is branch:
            assert "branch main -> other" in app.text
        if change is deleted:
            assert "unknown: the first start of Pipelex" in app.lines[1]
        if change in (folder, pipe, circle, marks):
            assert "does not start" in app.lines[1]
        await app.press("2", "down", "5", "0")
        restore_file(app.file, b"")
        await app.until("backends.toml changed on disk")


@every_change
async def test_disk_change_with_an_edit(change: Change, tmp_path: Path, fenced_environment: Path) -> None:
    async with watched(tmp_path / "shop", fenced_environment, change) as app:
        before = app.file.read_bytes()
        await app.edit()
        change(app.file)
        await app.until("your edits kept", "changed on disk meanwhile (1 of 1)")
        assert ("your edits kept" in app.text) is (change in KEPT)
        if change not in KEPT:
            await app.press("enter")
            assert "R repeats the question" in app.text
            await app.press("R")
            assert "changed on disk meanwhile (1 of 1)" in app.text
            await app.press("escape")
        assert app.app.session.unwritten
        assert app.app.session.workspace.history.at == 1
        assert edits_of_the_draft(app, before) == 1


@every_change
async def test_disk_change_during_review(change: Change, tmp_path: Path, fenced_environment: Path) -> None:
    async with watched(tmp_path / "shop", fenced_environment, change) as app:
        await app.edit()
        await app.press("w")
        change(app.file)
        await app.until("changed on disk meanwhile")
        there = content_of(app.file)
        await app.press("w")
        assert content_of(app.file) == there
        assert app.app.session.unwritten
        if change in KEPT:
            await app.until("w: write")
        else:
            await app.until("changed on disk meanwhile (1 of 1)", "nothing was written")


@pytest.mark.parametrize("change", [same_key, deleted, folder, marks], ids=lambda change: change.__name__)
async def test_disk_change_during_commit(change: Change, tmp_path: Path, fenced_environment: Path) -> None:
    async with watched(tmp_path / "shop", fenced_environment, change) as app:
        await app.edit()
        await app.press("w")
        disk = Disk()
        with hold_lock(disk, disk.realpath(app.app.session.workspace.root), wait=5) as lock:
            await Pilot.press(app.pilot, "w")  # Textual's pilot does not wait for the commit, which waits for the lock
            change(app.file)
            there = content_of(app.file)
            lock.unfinished = False
        answers = ("w: write", "changed on disk meanwhile (1 of 1)", "nothing was written")
        await app.until(*answers)
        await app.settle()
        assert any(answer in app.text for answer in answers)  # also when a disk change is reported there
        assert content_of(app.file) == there
        assert app.app.session.unwritten


async def test_choosing_my_side_restores_a_deleted_file(tmp_path: Path, fenced_environment: Path) -> None:
    async with watched(tmp_path / "shop", fenced_environment, deleted) as app:
        before = app.file.read_text()
        await app.edit()
        deleted(app.file)
        await app.until("changed on disk meanwhile (1 of 1)")
        await app.press("down", "down", "enter")
        await app.press("w", "w")
        await app.until("wrote")
        assert app.file.read_text() == before.replace("\nenabled = false", "\nenabled = true")


def content_of(path: Path) -> object:
    """The content of a path of any type."""
    if path.is_symlink():
        return path.readlink()
    if path.is_file():
        return path.read_bytes()
    return path.lstat().st_mode if path.exists() else None
