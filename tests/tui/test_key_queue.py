"""Keys that arrive at once, as over a slow link, have the same effect as single keys."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from tests.tui.app_driver import demo
from tests.tui.idle import run_app
from tui.key_queue import KeyQueue


async def test_letters_after_the_filter_key_are_filter_text() -> None:
    async with demo() as app:
        await app.burst("4", "slash", *"pic", "enter")
        assert "of 21  /pic" in app.left
        assert "preset  img_gen / picture" in app.right


async def test_letters_after_the_go_to_key_are_its_query() -> None:
    async with demo() as app:
        await app.burst("colon", *"opus", "enter", "l")
        assert "model  claude-4.5-opus" in app.right
        assert app.main.focused is app.main.inspector


async def test_moves_after_a_pane_key_apply_to_that_pane() -> None:
    async with demo() as app:
        await app.burst("4", "j", "j", "l", "h", "3", "j")
        assert "route  mistral-*" in app.right
        await app.burst("4")
        assert "preset  llm / extract-facts" in app.right


async def test_closed_page_gets_no_keys() -> None:
    async with demo() as app:
        await app.burst("question_mark", "escape", "2", "G")
        assert "model  gemini-2.5-pro" in app.right


class Leaf(Widget, can_focus=True):
    """A deeply nested widget that closes its screen on the first key."""

    def on_key(self) -> None:
        self.screen.dismiss()


class Deep(Screen[None]):
    """A screen so deep that it is closed before the message after a key has bubbled up."""

    def compose(self) -> ComposeResult:
        inner: Widget = Leaf()
        for _ in range(30):
            inner = Container(inner)
        yield inner


class Waits(KeyQueue):
    """An app that counts keys and would wait forever for a lost one."""

    key_timeout_s = 1e9
    key_count = 0

    def on_key(self) -> None:
        self.key_count += 1


async def test_key_that_closes_a_page_does_not_block_the_queue() -> None:
    app = Waits()
    async with run_app(app) as pilot:
        await app.push_screen(Deep())
        await pilot.pause()
        for key in "abc":
            pilot.send(key)
        await pilot.pause()
        assert not isinstance(app.screen, Deep)
        assert app.is_idle
        assert app.key_count >= 2
