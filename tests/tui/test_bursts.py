"""Keys that come all at once, as over a slow link, mean what they mean one by one."""

from __future__ import annotations

from tests.tui.driving import demo


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
