"""A tree that is loaded after the first screen: its draft is offered, and disk changes are detected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from textual import events

from tests.support.polling import until_in_loop
from tests.trust.terminal import Terminal
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.idle import IdleDetector, IdlePilot, run_app
from tui.app import PipedeckApp
from tui.loading import Loaded, Request, is_quick, load
from tui.sample import copy_sample
from tui.screens.main import MainScreen
from tui.screens.start import StartScreen

pytestmark = pytest.mark.pty


@pytest.fixture
def shop(tmp_path: Path, fenced_environment: Path) -> Path:
    """A project with a draft of one edit."""
    root = tmp_path / "shop"
    copy_sample(root)
    with Terminal(fenced_environment, [str(root)]) as terminal:
        terminal.wait_for("5 Problems")
        terminal.send("1", "down", "space")
        terminal.drop()
        terminal.wait(5)
    return root


async def offers_the_edit_and_sees_the_disk(app: AppDriver, root: Path) -> None:
    """Check that the draft is offered and restored, and that focus events detect a disk change."""
    assert "edits of a previous session" in app.text
    await app.press("enter")
    assert app.lines[-1] == " 1 edit restored"
    changed = root / ".pipelex" / "inference" / "backends.toml"
    changed.write_text(changed.read_text().replace("[google]\n", "[google]\n# somebody was here\n"))
    app.app.watch_every_s = 3600
    app.app.post_message(events.AppFocus())
    await app.settle()
    assert "backends.toml changed on disk: reloaded, your edits kept" in app.lines[-1]


async def test_tree_opened_from_the_start_screen(shop: Path, fenced_environment: Path) -> None:
    async with open_app(Request(None, environ={"HOME": str(fenced_environment)})) as app:
        assert isinstance(app.app.screen, StartScreen)
        await app.press("o")
        await app.type("shop")
        await app.press("enter")
        await offers_the_edit_and_sees_the_disk(app, shop)


class Late(PipedeckApp):
    """An app whose tree is loaded after its first screen."""

    def __init__(self, request: Request, *early: str) -> None:
        """`early`: keys that are pressed before the tree is loaded."""
        self.gate = Event()
        self.early = early
        self.early_lines: list[str] = []
        self.first = ""

        def wait_and_load() -> Loaded:
            assert self.gate.wait(30)
            return load(request)

        super().__init__(request, ThreadPoolExecutor(1).submit(wait_and_load))

    def on_ready(self) -> None:
        """Start loading after the app's own handler."""
        assert isinstance(self.screen, MainScreen)
        self.first = "nothing" if self.session.view is None else "the tree"
        if self.early:
            self.run_worker(self._press_early(), exit_on_error=False)
        else:
            self.gate.set()

    async def _press_early(self) -> None:
        for key in self.early:
            self.post_message(events.Key(key, key if len(key) == 1 else None))
        await until_in_loop(lambda: self.return_code is not None or len(self._queued_keys) == len(self.early))
        self.early_lines = AppDriver(self, IdlePilot(self, IdleDetector(self))).lines
        self.gate.set()


async def test_slowly_loaded_tree(shop: Path, fenced_environment: Path) -> None:
    app = Late(request_for(shop, fenced_environment))
    app.watch_every_s = 0
    async with run_app(app) as pilot:
        assert app.first == "nothing"
        await offers_the_edit_and_sees_the_disk(AppDriver(app, pilot), shop)


async def test_keys_wait_for_the_tree_and_the_panes_say_that_it_is_read(tmp_path: Path) -> None:
    copy_sample(tmp_path / "shop")
    app = Late(request_for(tmp_path / "shop", tmp_path / "home"), "1", "down", "space")
    app.watch_every_s = 0
    async with run_app(app) as pilot:
        text = "\n".join(app.early_lines)
        assert "no backends" not in text
        assert "no problems" not in text
        assert text.count(" reading ...") == 5
        assert "keys wait until the tree is read" in app.early_lines[-1]
        driver = AppDriver(app, pilot)
        await driver.settle()
        assert "turn openai off" in driver.lines[-1]


async def test_quit_does_not_wait_for_the_tree(tmp_path: Path) -> None:
    copy_sample(tmp_path / "shop")
    app = Late(request_for(tmp_path / "shop", tmp_path / "home"), "1", "q")
    app.watch_every_s = 0
    async with run_app(app):
        assert app.return_code == 0
        assert app.session.view is None


def test_small_tree_is_read_without_a_thread_and_no_other(shop: Path, tmp_path: Path) -> None:
    tree = shop / ".pipelex" / "inference"
    assert all(is_quick(Request(str(path), cwd=str(tmp_path))) for path in (shop, shop / ".pipelex", tree))
    assert is_quick(Request(None, cwd=str(shop)))
    assert not is_quick(Request(str(shop / "missing"), cwd=str(tmp_path)))
    inner = shop / "src"
    inner.mkdir()
    assert not is_quick(Request(None, cwd=str(inner)))  # the tree above may be of any size
    (tree / "backends" / "large.toml").write_text("#" * 600_000, encoding="utf-8")
    assert not is_quick(Request(str(shop), cwd=str(tmp_path)))
    (tree / "backends" / "large.toml").unlink()
    (tree / "deck" / "loop").symlink_to(tree, target_is_directory=True)
    assert not is_quick(Request(str(shop), cwd=str(tmp_path)))
