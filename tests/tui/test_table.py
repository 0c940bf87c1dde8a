"""The table at 80x24: keys, mouse, filter, sorting, columns, hostile text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.events import MouseScrollDown

from tests.tui.idle import IdlePilot, run_app
from tests.tui.table_demo import COLUMNS, MODELS, Demo, many
from tui.widgets.table import Table
from tui.widgets.table_model import Column, Row


def lines_of(table: Table) -> list[str]:
    """The widget's lines as text, without trailing blanks."""
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


def names_of(table: Table) -> list[str]:
    """The first words of the rows on screen, with `>` before that of the cursor."""
    return [" ".join(line.split()[: 1 + line.startswith(">")]) for line in lines_of(table)[1:] if line]


def style_of(table: Table, y: int, text: str) -> Style:
    """The style of the segment that contains `text` on line `y`."""
    return next(segment.style for segment in table.render_line(y) if text in segment.text and segment.style)


async def test_header_rows_and_cursor_at_80_columns() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)):
        assert lines_of(demo.table)[:7] == [
            "  model                           backend          in $ source",
            "> claude-4.6-opus                 anthropic           5 anthropic.toml:12",
            "  claude-4.5-sonnet               anthropic           3 anthropic.toml:40",
            "  gpt-5.6-sol                     openai           1.25 openai.toml:7",
            "  mistral-large                   mistral          0.50 mistral.toml:3",
            "  llama-4-scout                   internal            ? internal.toml:1",
            "  gemini-3-pro                    google             10 google.toml:5",
        ]
        assert demo.told == [("highlighted", "opus")]
        assert demo.table.position == "1/6"


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        (["down"], "key-1"),
        (["j", "j", "k"], "key-1"),
        (["down", "up", "up"], "key-0"),
        (["end"], "key-299"),
        (["G", "down"], "key-299"),
        (["G", "home"], "key-0"),
        (["G", "g"], "key-0"),
        (["pagedown"], "key-22"),
        (["pagedown", "pagedown", "pageup"], "key-22"),
        (["ctrl+d"], "key-11"),
        (["ctrl+d", "ctrl+d", "ctrl+u"], "key-11"),
        (["pageup"], "key-0"),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: list[str], key: str) -> None:
    demo = Demo(many(300))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press(*keys)
        assert demo.table.selected_key == key
        assert demo.told[-1] == ("highlighted", key)
        marked = [line for line in lines_of(demo.table) if line.startswith(">")]
        assert [line.split()[1] for line in marked] == [key.replace("key", "model")]


async def test_every_row_is_reachable() -> None:
    demo = Demo(many(60))
    async with run_app(demo, (80, 24)) as pilot:
        for number in range(60):
            assert f"> model-{number}" in names_of(demo.table)
            await pilot.press("down")
        for number in reversed(range(60)):
            assert f"> model-{number}" in names_of(demo.table)
            await pilot.press("up")


async def test_enter_opens_the_row() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("down", "enter")
        assert demo.told[-1] == ("opened", "sonnet")


async def test_filter_requires_every_word_and_ignores_case() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)):
        assert demo.table.filter("CLAUDE  opus") == 1
        assert (demo.table.shown, demo.table.total) == (1, 6)
        assert names_of(demo.table) == ["> claude-4.6-opus"]
        assert demo.table.filter("toml") == 5, "a row with a search text of its own is found by that alone"
        assert demo.table.filter(" ") == 6


async def test_cursor_stays_when_the_filter_keeps_its_row() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("end")
        demo.table.filter("g")
        assert demo.table.selected_key == "gemini"
        assert demo.table.position == f"{demo.table.shown}/{demo.table.shown}"


async def test_cursor_returns_to_a_filtered_row() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("down", "down", "down")
        demo.table.filter("claude-4.5")
        assert demo.table.selected_key == "sonnet"
        demo.table.filter("")
        assert demo.table.selected_key == "mistral"


async def test_cursor_stays_where_moved_during_a_filter() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        demo.table.filter("anthropic")
        await pilot.press("down")
        demo.table.filter("")
        assert demo.table.selected_key == "sonnet"


async def test_cursor_follows_its_key_after_a_reload() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("down", "down")
        demo.table.set_rows((Row("new", ("new-model",)), *MODELS))
        await pilot.pause()
        assert demo.table.selected_key == "gpt"
        assert demo.told[-1] == ("highlighted", "gpt")
        assert names_of(demo.table)[:2] == ["new-model", "claude-4.6-opus"]


async def test_reload_without_the_selected_row_keeps_the_index() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("end")
        demo.table.set_rows(MODELS[:3])
        await pilot.pause()
        assert demo.told[-1] == ("highlighted", "gpt")
        demo.table.set_rows(MODELS[1:])
        assert demo.table.selected_key == "gpt"


async def test_reload_keeps_the_filter() -> None:
    demo = Demo(MODELS[:2])
    async with run_app(demo, (80, 24)):
        demo.table.filter("mistral")
        assert demo.table.shown == 0
        demo.table.set_rows(MODELS)
        assert names_of(demo.table) == ["> mistral-large"]


async def test_numbers_sort_by_value_and_unknown_last() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)):
        demo.table.sort("input")
        assert [line.split()[-2] for line in lines_of(demo.table)[1:7]] == ["0.50", "1.25", "3", "5", "10", "?"]
        demo.table.sort("input", reverse=True)
        assert [line.split()[-2] for line in lines_of(demo.table)[1:7]] == ["10", "5", "3", "1.25", "0.50", "?"]
        assert "in $ v" in lines_of(demo.table)[0]
        demo.table.sort(None)
        assert names_of(demo.table)[0] == "> claude-4.6-opus"
        assert demo.table.sorted_by == (None, False)


async def test_sorting_keeps_the_cursor_on_its_row() -> None:
    demo = Demo(many(300))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("down")
        demo.table.sort("input", reverse=True)
        assert demo.table.selected_key == "key-1"
        assert demo.table.position == "299/300"
        assert "> model-1" in names_of(demo.table)


async def test_sorting_by_an_unknown_column_raises() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)):
        with pytest.raises(KeyError):
            demo.table.sort("price")


async def test_text_sorting_ignores_case() -> None:
    rows = [Row(name, (name,)) for name in ("beta", "Alpha", "alpine", "-", "Gamma")]
    demo = Demo(rows)
    async with run_app(demo, (80, 24)):
        demo.table.sort("model")
        assert names_of(demo.table) == ["Alpha", "alpine", "> beta", "Gamma", "-"]


async def test_empty_table_and_filter_without_matches() -> None:
    demo = Demo(())
    async with run_app(demo, (80, 24)) as pilot:
        assert lines_of(demo.table)[1] == "  no models yet"
        assert demo.table.position == "0/0"
        await pilot.press("down", "end", "pageup", "enter")
        assert demo.told == []
        demo.table.set_rows(MODELS)
        await pilot.pause()
        demo.table.filter("[b]zzz")
        await pilot.pause()
        assert lines_of(demo.table)[1] == '  no match for "[b]zzz"'
        assert demo.table.selected is None
        assert demo.told == [("highlighted", "opus"), ("highlighted", None)]


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (120, ("model", "backend", "input", "source")),
        (80, ("model", "backend", "input", "source")),
        (61, ("model", "backend", "input", "source")),
        (60, ("model", "backend", "input")),
        (40, ("model", "backend", "input")),
        (39, ("model", "backend")),
        (31, ("model", "backend")),
        (30, ("model",)),
        (10, ("model",)),
    ],
)
async def test_least_important_columns_are_hidden_first(width: int, shown: tuple[str, ...]) -> None:
    demo = Demo()
    async with run_app(demo, (width, 24)):
        assert demo.table.shown_columns == shown
        assert all(cell_len(line) <= width for line in lines_of(demo.table))
        assert demo.table.max_scroll_x == 0


async def test_columns_follow_a_resize() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.resize_terminal(39, 24)
        assert lines_of(demo.table)[1] == "> claude-4.6-opus          anthropic"
        await pilot.resize_terminal(20, 24)
        assert lines_of(demo.table)[1:3] == ["> claude-4.6-opus", "  claude-4.5-sonnet"]
        await pilot.resize_terminal(12, 24)
        assert lines_of(demo.table)[1:3] == ["> claude-4.…", "  claude-4.…"]


async def test_cursor_stays_in_view_after_shrinking() -> None:
    demo = Demo(many(100))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press(*["down"] * 20)
        await pilot.resize_terminal(80, 8)
        assert "> model-20" in names_of(demo.table)


HOSTILE = (
    ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
    ("[bold red]markup[/]", "[bold red]markup[/]"),
    ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ("user\u202etxt", "user\\u202etxt"),
    ("gpt\u200b-4", "gpt\\u200b-4"),
    ("two\nlines\tand tab", "two\\nlines\\tand tab"),
    ("lone \udc80", "lone \\udc80"),
    ("模型名称" * 3, "模型名称模型名称模型名称"),
    ("🚀 emoji", "🚀 emoji"),
    ("e\u0301te\u0301", "e\u0301te\u0301"),
)


@pytest.mark.parametrize(("text", "shown"), HOSTILE)
async def test_text_is_not_interpreted(text: str, shown: str) -> None:
    demo = Demo([Row("one", (text, "backend")), Row("two", ("plain", "backend"))])
    async with run_app(demo, (80, 24)):
        first, second = (demo.table.render_line(y) for y in (1, 2))
        assert first.text.startswith(f"> {shown} ")
        assert first.cell_length == second.cell_length == 80
        before = first.text.index("backend"), second.text.index("backend")
        assert cell_len(first.text[: before[0]]) == cell_len(second.text[: before[1]]), "columns stand under each other"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("abc-" * 25_000, "abc-abc-abc-abc…"), ("模" * 100, "模" * 7 + " …"), ("\x1b" * 50, "\\x1b" * 3 + "\\x1…")],
)
async def test_long_text_is_cut_to_its_column(text: str, shown: str) -> None:
    columns = (Column("model", "model", 16), Column("backend", "backend", 8))
    demo = Demo([Row("one", (text, "backend"))], columns=columns)
    async with run_app(demo, (80, 24)):
        assert lines_of(demo.table)[1] == f"> {shown} backend"


async def test_missing_cells_are_blank_and_extra_cells_hidden() -> None:
    demo = Demo([Row("one", ("a",)), Row("two", ("b", "c", "d", "e", "beyond"))])
    async with run_app(demo, (80, 24)):
        assert lines_of(demo.table)[1] == "> a"
        assert lines_of(demo.table)[2].split() == ["b", "c", "d", "e"]


async def test_tones_apply_to_cells_and_rows_except_the_cursor() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        plain = style_of(demo.table, 3, "gpt")
        assert style_of(demo.table, 2, "sonnet").color != plain.color
        assert style_of(demo.table, 3, "1.25").color != plain.color
        assert style_of(demo.table, 4, "mistral ").color not in (plain.color, style_of(demo.table, 3, "1.25").color)
        await pilot.press("down")
        assert len(list(demo.table.render_line(2))) == 1


async def test_cursor_style_depends_on_the_focus() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        focused = style_of(demo.table, 1, "opus")
        assert focused.bgcolor != style_of(demo.table, 3, "gpt").bgcolor
        demo.set_focus(None)
        await pilot.pause()
        blurred = style_of(demo.table, 1, "opus")
        assert blurred.bgcolor not in (focused.bgcolor, style_of(demo.table, 3, "gpt").bgcolor)
        assert lines_of(demo.table)[1].startswith(">")


async def test_cursor_line_is_reversed_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    demo = Demo()
    async with run_app(demo, (80, 24)):
        assert style_of(demo.table, 1, "opus").reverse
        assert not style_of(demo.table, 3, "gpt").reverse


async def test_theme_change_recolours_every_line() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        before = [style_of(demo.table, y, text) for y, text in ((0, "model"), (1, "opus"), (3, "gpt"))]
        demo.theme = "textual-light"
        await pilot.pause()
        after = [style_of(demo.table, y, text) for y, text in ((0, "model"), (1, "opus"), (3, "gpt"))]
        assert not [one for one, other in zip(before, after, strict=True) if one == other]


async def click(pilot: IdlePilot, table: Table, row: int) -> None:
    """Click on a row of the screen; 0 is the header."""
    await pilot.click(table, offset=(5, row))
    await pilot.pause()


async def test_click_selects_and_second_click_opens() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        await click(pilot, demo.table, 3)
        assert demo.told == [("highlighted", "opus"), ("highlighted", "gpt")]
        await click(pilot, demo.table, 3)
        assert demo.told[-1] == ("opened", "gpt")
        await click(pilot, demo.table, 0)
        await click(pilot, demo.table, 15)
        assert demo.told[-1] == ("opened", "gpt")


async def test_focusing_click_opens_nothing() -> None:
    demo = Demo()
    async with run_app(demo, (80, 24)) as pilot:
        demo.set_focus(None)
        await pilot.pause()
        await click(pilot, demo.table, 1)
        assert demo.table.has_focus
        assert demo.told == [("highlighted", "opus")]
        await click(pilot, demo.table, 1)
        assert demo.told[-1] == ("opened", "opus")


async def test_wheel_scrolls_without_moving_the_cursor() -> None:
    demo = Demo(many(300))
    async with run_app(demo, (80, 24)) as pilot:
        for _ in range(3):
            demo.table.post_message(MouseScrollDown(demo.table, 5, 5, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert demo.table.scroll_offset.y > 0
        assert demo.table.selected_key == "key-0"
        await pilot.press("down")
        assert "> model-1" in names_of(demo.table)


async def test_select_moves_the_cursor_to_a_key() -> None:
    demo = Demo(many(300))
    async with run_app(demo, (80, 24)):
        assert demo.table.select("key-150")
        assert "> model-150" in names_of(demo.table)
        assert not demo.table.select("key-300")
        demo.table.filter("model-7")
        assert not demo.table.select("key-150")


async def test_first_row_is_on_top_without_header() -> None:
    demo = Demo()
    demo.table = Table(COLUMNS, MODELS, header=False)
    async with run_app(demo, (80, 24)):
        assert lines_of(demo.table)[0].startswith("> claude-4.6-opus")


async def test_header_can_be_toggled() -> None:
    demo = Demo(many(300))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("end")
        demo.table.show_header(False)
        assert lines_of(demo.table)[-1].startswith("> model-299")
        demo.table.show_header(True)
        assert lines_of(demo.table)[0].startswith("  model ")
        assert lines_of(demo.table)[-1].startswith("> model-299")


async def test_follow_is_called_before_the_message() -> None:
    demo = Demo(MODELS)
    demo.table.follow = lambda key: demo.told.append(("followed", key))
    async with run_app(demo, (80, 24)) as pilot:
        await pilot.press("down")
        opus, sonnet = "opus", "sonnet"
        assert demo.told == [
            ("followed", opus),
            ("highlighted", opus),
            ("followed", sonnet),
            ("highlighted", sonnet),
        ]
