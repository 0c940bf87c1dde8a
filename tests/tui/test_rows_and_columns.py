"""The pure functions of the table: sorting, layout of columns, cutting and wrapping of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.safe_text import safe
from tui.widgets.runs import NumberCell, Tone, clip, fit, width_of, wrap
from tui.widgets.table_model import Column, Row, ordered, place

NUMBERS = (65_536.0, 8_000.0, 200_000.0, None, 1_050_000.0)


@pytest.mark.parametrize("reverse", [False, True])
def test_numbers_sort_by_value(reverse: bool) -> None:
    rows = [Row(f"{value}", (NumberCell("66k", value),)) for value in NUMBERS]
    expected = sorted((value for value in NUMBERS if value is not None), reverse=reverse)
    assert [rows[number].key for number in ordered(rows, range(len(rows)), 0, reverse)] == [*map(str, expected), "None"]


def test_texts_sort_by_letter_and_unknown_last() -> None:
    rows = [Row(text, (text,)) for text in ("beta", "?", "Alpha", "-", "10", "9")]
    assert [rows[number].key for number in ordered(rows, range(len(rows)), 0, False)] == [
        "10",
        "9",
        "Alpha",
        "beta",
        "?",
        "-",
    ]


COLUMNS = st.lists(
    st.builds(
        Column,
        title=st.text(max_size=8),
        key=st.uuids().map(str),
        width=st.integers(1, 30),
        flex=st.integers(0, 3),
        max_width=st.none() | st.integers(1, 60),
        priority=st.integers(0, 5),
    ),
    max_size=8,
)


@given(columns=COLUMNS, width=st.integers(0, 200), gap=st.integers(0, 3))
def test_columns_never_exceed_the_width(columns: list[Column], width: int, gap: int) -> None:
    placed = place(columns, width, gap)
    assert sum(one.width for one in placed) + gap * max(len(placed) - 1, 0) <= width
    assert bool(placed) == bool(columns and width)
    numbers = [one.number for one in placed]
    assert numbers == sorted(numbers)
    left_out = [column for number, column in enumerate(columns) if number not in numbers]
    if placed and left_out:
        assert max(one.column.priority for one in placed) <= min(column.priority for column in left_out)


def test_spare_width_is_shared_by_weight_up_to_the_maximum() -> None:
    columns = (Column("a", "a", 10, flex=1), Column("b", "b", 10, flex=3, max_width=20), Column("c", "c", 5))
    assert [one.width for one in place(columns, 47)] == [20, 20, 5]
    assert [one.width for one in place(columns, 28)] == [11, 10, 5]


RUNS = st.lists(st.tuples(st.text(max_size=30), st.sampled_from(["", "bad", "dim"])), max_size=5)


@given(text=st.text(), width=st.integers(0, 40))
def test_fitted_text_has_the_exact_width(text: str, width: int) -> None:
    assert width_of([(fit(text, width), "")]) == width
    assert width_of([(fit(text, width, "right"), "")]) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("模模", 2, "…"), ("模模", 3, "模…"), ("abc", 1, "…"), ("abc", 3, "abc")],
)
def test_clipped_text(text: str, width: int, shown: str) -> None:
    assert "".join(part for part, _ in clip([(text, "")], width)) == shown


@given(runs=RUNS, width=st.integers(0, 40))
def test_clipped_runs_do_not_exceed_the_width(runs: list[tuple[str, Tone]], width: int) -> None:
    assert width_of(clip(runs, width)) <= width


@given(runs=RUNS, width=st.integers(2, 40), hang=st.integers(0, 8))
def test_wrapped_runs_lose_only_blanks(runs: list[tuple[str, Tone]], width: int, hang: int) -> None:
    lines = wrap(runs, width, hang)
    assert lines
    assert all(width_of(line) <= width for line in lines)
    before = "".join(safe(text) for text, _ in runs).replace(" ", "")
    assert "".join(text for line in lines for text, _ in line).replace(" ", "") == before
