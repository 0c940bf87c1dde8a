"""Pasted text: keys within it are no keys, several lines are not cut in silence, keys of providers are not shown."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual import events

from tests.tui.edit.trees import sample
from tui.terminal.paste_parser import PasteParser

START, END = "\x1b[200~", "\x1b[201~"


def keys_and_texts(parts: Iterable[str]) -> list[str]:
    """The keys and, in angle brackets, the pasted texts of some input."""
    parser = PasteParser()
    messages = [message for part in parts for message in parser.feed(part)]
    assert all(isinstance(message, events.Key | events.Paste) for message in messages)
    return [f"<{one.text}>" if isinstance(one, events.Paste) else str(getattr(one, "key", "")) for one in messages]


@pytest.mark.parametrize(
    "pasted", ["", "plain", "\x1bq", "a\x1b]b", "\x1b[200~", "\x1b[A", "\x1b\x1b[20", "é\n2\r\n", "\x1b[201"]
)
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_a_paste_ends_at_its_end_mark_only(pasted: str, size: int) -> None:
    text = f"a{START}{pasted}{END}b{START}{END}c\x1b[A"
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    assert keys_and_texts(parts) == ["a", f"<{pasted}>", "b", "<>", "c", "up"]


def test_input_without_a_complete_character_is_no_end_of_input() -> None:
    assert keys_and_texts(["", "x", "", "y"]) == ["x", "y"]


async def test_several_lines_are_refused_in_words_on_each_kind_of_screen() -> None:
    async with sample() as app:
        for keys in (("4", "enter", "down", "enter"), ("4", "enter", "enter"), ("2", "a"), ("4", "r")):
            await app.press(*keys)
            app.app.post_message(events.Paste("one\ntwo\n"))
            await app.settle()
            assert "2 lines pasted" in app.text, keys
            assert "nothing was inserted" in app.text
            app.app.post_message(events.Paste("\nthree\n"))
            await app.settle()
            assert "three" in app.text
            assert "one" not in app.text.split("three")[0].rpartition("\n")[2]
            await app.press("escape", "escape", "escape", "escape")


async def test_lines_pasted_into_a_filter_are_words() -> None:
    async with sample() as app:
        await app.press("4", "/")
        app.app.post_message(events.Paste("writing\nlong\n"))
        await app.settle()
        assert "$writing-long" in app.text
        assert "$quick" not in app.left


async def test_a_literal_secret_is_typed_as_dots_and_a_variable_is_shown() -> None:
    async with sample() as app:
        await app.press("1", "enter")
        form = app.app.screen
        row = next(at for at, line in enumerate(app.lines) if "api_key" in line)
        first = next(at for at, line in enumerate(app.lines) if line.startswith("> "))
        await app.press(*["down"] * (row - first), "enter")
        assert app.app.screen is form
        await app.press("ctrl+u")
        await app.type("hunter2-hunter2")
        assert "hunter2" not in app.text
        assert "•" * 15 in app.text
        await app.press("ctrl+u")
        await app.type("${OTHER_KEY")
        assert "${OTHER_KEY" in app.text


async def test_a_key_of_a_provider_is_shown_in_no_input_line() -> None:
    async with sample() as app:
        await app.press("4", "/")
        await app.type("sk-ant-api03-abcdefghijklmnopqrstuvwxyz")
        assert "•" * 20 in app.text
        assert "abcdef" not in app.text
