"""`Lines` at 80x24: wrapping, scrolling, links, and hostile text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.color import Color

from tests.tui.idle import run_app
from tests.tui.table_demo import Demo
from tui.widgets.lines import Line, Lines

TRAIL = (
    Line((("claude-4.6-opus", "heading"),)),
    Line((("$writing", "accent"), (" is a preset", "")), link="preset:writing"),
    Line((("  DEAD  ", "bad"), ("no enabled backend serves it", "")), hang=0),
    Line((("@best", "accent"),), link="alias:best"),
    Line((("deck/1_llm_deck.toml:91 and further text", "dim"),), hang=-1),
)


def view(lines: list[Line] | tuple[Line, ...]) -> tuple[Demo, Lines]:
    """An app whose inspector is 26 cells wide at 80 columns, 24 of them for text."""
    demo = Demo(lines=lines)
    assert demo.lines is not None
    return demo, demo.lines


def lines_of(lines: Lines) -> list[str]:
    """The widget's lines as text, without trailing blanks."""
    return [lines.render_line(y).text.rstrip() for y in range(lines.size.height)]


def background_of(lines: Lines, y: int) -> Color | None:
    """The background at the start of a line."""
    style = next(iter(lines.render_line(y))).style
    return style.bgcolor if style else None


def filler(count: int) -> list[Line]:
    """Lines without links."""
    return [Line(((f"line {number}", ""),)) for number in range(count)]


async def test_long_lines_are_wrapped_or_cut() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)):
        assert lines_of(lines)[:7] == [
            " claude-4.6-opus",
            " $writing is a preset",
            "   DEAD  no enabled",
            "   backend serves it",
            " @best",
            " deck/1_llm_deck.toml:91…",
            "",
        ]


async def test_resize_wraps_again() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)) as pilot:
        lines.styles.width = 60
        await pilot.pause()
        assert lines_of(lines)[2:4] == ["   DEAD  no enabled backend serves it", " @best"]


async def test_enter_follows_the_link() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("tab", "enter", "down", "enter", "down", "j", "enter", "up", "k", "enter")
        followed = [link for kind, link in demo.told if kind == "followed"]
        first, second = (1, "preset:writing"), (3, "alias:best")
        assert followed == [first, second, second, first]
        assert lines.cursor == 1


async def test_cursor_is_visible_with_focus_only() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)) as pilot:
        assert background_of(lines, 1) == background_of(lines, 0)
        await pilot.press("tab")
        assert background_of(lines, 1) != background_of(lines, 0)


async def test_distant_links_are_scrolled_to() -> None:
    demo, lines = view([Line((("first", ""),), link="a"), *filler(100), Line((("last", ""),), link="b")])
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("tab", *["down"] * 12)
        assert lines.cursor == 101
        assert ">last" in lines_of(lines)
        await pilot.press(*["up"] * 12)
        assert lines.cursor == 0
        assert lines_of(lines)[0] == ">first"


async def test_keys_scroll_without_links() -> None:
    demo, lines = view(filler(100))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("tab", "enter")
        assert lines.cursor is None
        for keys, top in (("down", 1), ("pagedown", 24), ("ctrl+u", 12), ("end", 76), ("down", 76), ("home", 0)):
            await pilot.press(keys)
            assert lines_of(lines)[0] == f" line {top}", keys
        assert not [kind for kind, _ in demo.told if kind == "followed"]


async def test_set_lines_scrolls_to_the_top_by_default() -> None:
    demo, lines = view(filler(100))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("tab", "pagedown")
        lines.set_lines(filler(90), keep_place=True)
        assert lines_of(lines)[0] == " line 23"
        lines.set_lines(filler(30), keep_place=True)
        assert lines_of(lines)[0] == " line 6"
        lines.set_lines(filler(90))
        assert lines_of(lines)[0] == " line 0"


async def test_keep_place_keeps_the_cursor() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("tab", "down")
        lines.set_lines(TRAIL, keep_place=True)
        assert lines.cursor == 3
        lines.set_lines(TRAIL[:3], keep_place=True)
        assert lines.cursor == 1
        lines.set_lines(TRAIL)
        assert lines.cursor == 1


async def test_click_follows_a_link() -> None:
    demo, lines = view(TRAIL)
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.click(lines, offset=(3, 4))
        await pilot.click(lines, offset=(3, 0))
        await pilot.click(lines, offset=(3, 20))
        await pilot.pause()
        assert [link for kind, link in demo.told if kind == "followed"] == [(3, "alias:best")]


@pytest.mark.parametrize("hang", [2, -1])
@pytest.mark.parametrize(
    "text",
    [
        "\x1b]52;c;cHduZWQ=\x07",
        "[@click=app.quit]x[/]",
        "模型" * 40,
        "abc-" * 100,
        "a\nb\tc",
        "\u202e" * 9,
        "",
        " " * 99,
    ],
)
async def test_text_is_not_interpreted(text: str, hang: int) -> None:
    demo, lines = view([Line(((text, "bad"), (" then", "")), hang=hang), Line((("next", ""),))])
    async with run_app(demo, (80, 24)):
        shown = lines_of(lines)
        assert " next" in shown
        assert all(cell_len(line) <= 25 and line.isprintable() for line in shown)
        if hang >= 0:
            flat = "".join(line.strip() for line in shown)
            assert flat.startswith(("\\x1b]52", "[@click", "模型", "abc-abc-", "a\\nb\\tc", "\\u202e", "then"))
