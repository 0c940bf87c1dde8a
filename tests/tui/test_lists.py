"""The lists: moving, filtering, sorting, and the models of a backend."""

from __future__ import annotations

import re

from tests.tui.app_driver import AppDriver, demo
from tui.widgets.line_widget import palette_of
from tui.widgets.runs import NumberCell


async def test_cursor_shows_the_selected_item() -> None:
    async with demo() as app:
        await app.press("4", "down", "j")
        assert "preset  llm / extract-facts" in app.right
        await app.press("k")
        assert "preset  llm / writing-long" in app.right


async def test_current_pane_grows_and_shows_titles() -> None:
    async with demo() as app:
        assert "key     models" in app.left
        assert "$translate" not in app.left
        await app.press("4")
        assert "key     models" not in app.left
        assert "$translate" in app.left


async def test_backend_filters_models_and_esc_clears_it() -> None:
    async with demo() as app:
        await app.press("1", "down", "down")
        assert "2 Models  of mistral  3 served" in app.left
        await app.press("2")
        assert "mistral-large" in app.left
        assert "gpt-5" not in app.left
        await app.press("escape")
        assert "2 Models  12 served" in app.left
        assert "gpt-5" in app.left


async def test_filter_counts_and_is_kept_by_enter_and_cleared_by_esc() -> None:
    async with demo() as app:
        await app.press("2", "slash")
        await app.type("claude")
        assert "2 Models  of 14  /claude" in app.left
        assert " 1/3" in app.left
        await app.press("enter")
        assert app.main.panes["models"].table.has_focus
        assert "of 14  /claude" in app.left
        await app.press("escape")
        assert "12 served" in app.left


async def test_esc_while_typing_clears_the_filter() -> None:
    async with demo() as app:
        await app.press("2", "slash")
        await app.type("opus")
        assert "of 14  /opus" in app.left
        await app.press("escape")
        assert "12 served" in app.left
        assert " 1/14" in app.left
        assert "filter /" not in app.text


async def test_every_list_shows_the_position_of_its_cursor() -> None:
    async with demo() as app:
        await app.press("4", "j", "j")
        assert title_of(app, "4 Deck").endswith(" 3/21")
        assert title_of(app, "1 Backends").endswith(" 1/5")
        await app.press("5")
        assert title_of(app, "5 Problems").endswith(" 1/2")
        await app.press("2", "G")
        assert title_of(app, "2 Models").endswith(" 14/14")
        await app.press("s")
        assert title_of(app, "2 Models").endswith("/14")
        await app.press("colon")
        first = int(app.lines[2].rpartition("/")[2].removesuffix(" ━"))
        assert app.lines[2].endswith(f" 1/{first} ━")
        await app.press("down", "down")
        assert app.lines[2].endswith(f" 3/{first} ━")
        await app.press("escape", "6", "j")
        assert app.lines[0].endswith(" 2/4 ━")
        await app.press("escape", "4", "g", "enter", "j")
        assert " 2/7 ━" in app.text
        await app.press("escape", "question_mark")
        assert re.search(r" \d+/\d+ ━$", app.lines[2])


def title_of(app: AppDriver, title: str) -> str:
    """The line of the title of a list."""
    return next(line for line in app.left.splitlines() if title in line)


async def test_header_looks_unlike_the_cursor_without_focus() -> None:
    async with demo() as app:
        palette = palette_of(app.app)
        for focused in (False, True):
            assert palette.style("header", focused=focused).bgcolor != palette.style("cursor", focused=focused).bgcolor
        assert palette.style("header", focused=False).underline


async def test_filter_without_matches_is_reported() -> None:
    async with demo() as app:
        await app.press("4", "slash")
        await app.type("zzz")
        assert "no match for" in app.left


async def test_sort_key_cycles_through_columns() -> None:
    async with demo() as app:
        await app.press("2", "s", "s")
        assert "sorted by input" in app.lines[-1]
        table = app.main.panes["models"].table
        assert table.sorted_by == ("input", False)
        await app.press("S")
        assert table.sorted_by == ("input", True)
        assert table.selected is not None
        await app.press("g")
        assert table.selected is not None
        assert table.selected.cells[2] == NumberCell("5.00", 5.0)
        await app.press("s", "s")
        assert table.sorted_by[0] is None


async def test_refused_edit_shows_the_reason() -> None:
    async with demo() as app:
        await app.press("right_square_bracket")
        assert app.lines[-1] == " nothing to go forward to"
        await app.press("slash")
        assert app.lines[-1] == " works in a list: press 1 to 5"
        await app.press("4", "escape")
        assert app.lines[-1] == " no filter to clear"


async def test_states_are_shown_by_symbols_and_text() -> None:
    async with demo((140, 40)) as app:
        await app.press("2")
        assert "x gemini-2.5-pro" in app.left
        row = next(line for line in app.lines if "x gemini-2.5-pro" in line)
        assert "dead" in row
        assert "(google)" in row


async def test_backend_order_is_that_of_the_file() -> None:
    async with demo() as app:
        await app.press("1")
        rows = [row.cells[0] for row in app.main.panes["backends"].table.rows]
        assert rows == ["anthropic", "openai", "mistral", "google", "internal"]
