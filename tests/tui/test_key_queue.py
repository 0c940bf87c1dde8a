"""Keys that come all at once, as over a slow link, mean what they mean one by one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget

from tests.tui.app_driver import demo
from tests.tui.idle import run_app
from tui.key_queue import KeyQueue


async def test_letters_after_a_filter_key_are_the_filter() -> None:
    async with demo() as app:
        await app.burst("4", "slash", *"pic", "enter")
        assert "2/21  /pic" in app.left
        assert "preset  img_gen / picture" in app.right


async def test_letters_after_the_go_to_key_are_the_name() -> None:
    async with demo() as app:
        await app.burst("colon", *"opus", "enter", "l")
        assert "model  claude-4.5-opus" in app.right
        assert app.main.focused is app.main.inspector


async def test_moves_after_the_key_of_a_list_move_in_that_list() -> None:
    async with demo() as app:
        await app.burst("4", "j", "j", "l", "h", "3", "j")
        assert "route  mistral-*" in app.right
        await app.burst("4")
        assert "preset  llm / extract-facts" in app.right


async def test_a_page_that_was_left_takes_no_further_keys() -> None:
    async with demo() as app:
        await app.burst("question_mark", "escape", "2", "G")
        assert "model  gemini-2.5-pro" in app.right


class Leaf(Widget, can_focus=True):
    """Far below its screen, which it leaves with its first key."""

    def on_key(self) -> None:
        self.screen.dismiss()


class Deep(Screen[None]):
    """So deep that it is gone before what follows a key has come up through it."""

    def compose(self) -> ComposeResult:
        inner: Widget = Leaf()
        for _ in range(30):
            inner = Container(inner)
        yield inner


class Waits(KeyQueue):
    """An app that counts keys, and would wait for ever for one that it has lost."""

    key_timeout_s = 1e9
    key_count = 0

    def on_key(self) -> None:
        self.key_count += 1


async def test_a_key_that_leaves_a_page_holds_up_none_behind_it() -> None:
    app = Waits()
    async with run_app(app) as pilot:
        await app.push_screen(Deep())
        await pilot.pause()
        for key in "abc":
            pilot.send(key)
        await pilot.pause()
        assert not isinstance(app.screen, Deep)
        assert app.handled_count == 3
        assert app.key_count >= 2
