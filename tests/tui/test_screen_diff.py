"""The output of the screen diff shows the same screen as Textual's output."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from tests.support.screen import Screen
from tui.terminal.screen_diff import ScreenDiff
from tui.terminal.sgr import PLAIN, Style

COLUMNS, ROWS = 20, 6
STYLES = ("", "1", "38;5;107", "38;5;107;48;5;234", "7", "4;38;2;1;2;3", "48;5;23", "1;97;44", "2;3;31")

pieces = st.one_of(
    st.tuples(st.just("move"), st.integers(1, ROWS), st.integers(1, COLUMNS - 8)),
    st.tuples(st.just("text"), st.text(alphabet="ab  xé─▁", min_size=1, max_size=4), st.sampled_from(STYLES)),
    # Lines are written whole, so no half of a wide character remains.
    st.tuples(st.just("wide"), st.sampled_from(["日本", "a日 ", "é日 ", "four", "日  "]), st.sampled_from(STYLES)),
    st.tuples(st.just("line"), st.none(), st.none()),
    st.tuples(st.just("cut"), st.none(), st.none()),
)


def written(parts: list[tuple[str, object, object]]) -> list[str]:
    """Textual's output frame by frame: every text with its position, its full style and a reset."""
    frames, frame = [], ""
    row = 1
    for kind, first, second in parts:
        if kind == "move":
            row = int(str(first))
            frame += f"\x1b[{row};{second}H"
        elif kind == "text":
            frame += f"\x1b[{row};3H\x1b[{second}m{first}\x1b[0m"
        elif kind == "wide":
            frame += f"\x1b[{row};10H\x1b[{second}m{first}\x1b[0m"
        elif kind == "line" and row < ROWS:  # the terminal would scroll below the last row, which Textual avoids
            frame += "\n\x1b[1;1H"
            row = 1
        elif kind == "cut":
            frames.append(f"\x1b[?2026h{frame}\x1b[?2026l")
            frame = ""
    return [*frames, frame]


def picture(data: str) -> list[list[tuple[object, ...]]]:
    """The cells of a terminal after that output, ignoring the foreground of blanks."""
    screen = Screen(COLUMNS, ROWS)
    screen.reset_mode(7, private=True)  # no line wrap, as in the app
    pyte.Stream(screen).feed(data.replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))
    out = []
    for y in range(ROWS):
        cells: list[tuple[object, ...]] = []
        for x in range(COLUMNS):
            cell = screen.buffer[y][x]
            seen: tuple[object, ...] = (cell.bg, cell.underscore, cell.reverse)
            if cell.data.strip() or cell.reverse or cell.underscore:
                seen = (*seen, cell.fg, cell.bold, cell.italics)
            cells.append((cell.data, *seen))
        out.append(cells)
    return out


@given(st.lists(pieces, max_size=30))
def test_reduced_output_shows_the_same_screen(parts: list[tuple[str, object, object]]) -> None:
    frames = written(parts)
    screen_diff = ScreenDiff()
    assert picture("".join(screen_diff.reduce(frame) for frame in frames)) == picture("".join(frames))


words = st.text(alphabet="ab     ─é█", min_size=1, max_size=COLUMNS)
rich = st.one_of(words, words, words, st.sampled_from(["日本語", "a日 b", "e\u0301x", "👩‍🚀 ok", "\U000f0001", "  ✓ "]))


@st.composite
def screens(draw: st.DrawFn, text: st.SearchStrategy[str] = rich) -> str:
    """A full screen as Textual writes it: every row from edge to edge, each text with its style and a reset."""
    rows = []
    for number in range(1, ROWS + 1):
        row, left = f"\x1b[{number};1H", COLUMNS
        while left:
            style = draw(st.sampled_from(STYLES))
            piece = set_cell_size(draw(text), min(left, draw(st.integers(1, COLUMNS))))
            left -= cell_len(piece)
            row += f"\x1b[{style}m{piece}\x1b[0m" if style else piece
        rows.append(row)
    return "\n".join(rows)


@given(st.lists(screens(words), min_size=1, max_size=4), st.booleans(), st.booleans())
def test_full_screens_are_equal_after_any_other(pictures: list[str], erases: bool, framed: bool) -> None:
    screen_diff = ScreenDiff(erases=erases, width=COLUMNS)
    sent = screen_diff.reduce("\x1b[?1049h")
    for number, drawn in enumerate(pictures):
        sent += screen_diff.reduce(f"\x1b[?2026h{drawn}\x1b[1;1H\x1b[?2026l" if framed else drawn)
        assert picture(sent) == picture("".join(pictures[: number + 1]))
        assert screen_diff.reduce(drawn) == ""


@given(st.lists(screens(), min_size=1, max_size=4), st.booleans())
def test_wide_and_composed_characters_are_sent_unchanged(pictures: list[str], erases: bool) -> None:
    screen_diff = ScreenDiff(erases=erases, width=COLUMNS)
    sent = screen_diff.reduce("\x1b[?1049h")
    for drawn in pictures:
        sent += screen_diff.reduce(drawn)
    assert picture(sent) == picture("".join(pictures))


@given(st.lists(screens(words), min_size=2, max_size=6), st.data())
def test_held_frames_are_merged(pictures: list[str], data: st.DataObject) -> None:
    screen_diff = ScreenDiff(width=COLUMNS)
    sent = screen_diff.reduce("\x1b[?1049h") + screen_diff.reduce(f"\x1b[?2026h{pictures[0]}\x1b[?2026l")
    for drawn in pictures[1:]:
        screen_diff.hold = data.draw(st.booleans())
        got = screen_diff.reduce(f"\x1b[?2026h{drawn}\x1b[?2026l")
        assert got == "" or not screen_diff.hold
        sent += got
    screen_diff.hold = False
    sent += screen_diff.reduce("")
    assert picture(sent) == picture(pictures[-1])


@given(screens(words), screens(words), st.sampled_from(["\x1b[2J", "\x1b[?1049h"]))
def test_screen_is_sent_whole_after_foreign_output(one: str, other: str, between: str) -> None:
    screen_diff = ScreenDiff(width=COLUMNS)
    sent = "".join(map(screen_diff.reduce, ("\x1b[?1049h", one, between, other)))
    assert picture(sent) == picture(other)
    screen_diff.forget()
    assert picture(sent + "\x1b[1;1Hrubbish" + screen_diff.reduce(other)) == picture(other)


def test_unchanged_cell_is_not_sent() -> None:
    screen_diff = ScreenDiff()
    screen_diff.reduce("\x1b[1;1H\x1b[38;5;1mhello world\x1b[0m")
    assert screen_diff.reduce("\x1b[1;1H\x1b[38;5;1mhello there\x1b[0m") == "\x1b[1;7Hthere"


def test_queries_are_forwarded_and_erasing_resets_the_diff() -> None:
    screen_diff = ScreenDiff()
    screen_diff.reduce("\x1b[1;1Hsame")
    assert screen_diff.reduce("\x1b[?2026$p\x1b[>1u\x1b[?25l") == "\x1b[?2026$p\x1b[>1u\x1b[?25l"
    assert screen_diff.reduce("\x1b[1;1Hsame") == ""
    assert screen_diff.reduce("\x1b[2J\x1b[1;1Hsame") == "\x1b[2J\x1b[Hsame"
    screen_diff.forget()
    assert "same" in screen_diff.reduce("\x1b[1;1Hsame")


def test_leaving_the_screen_resets_the_style() -> None:
    screen_diff = ScreenDiff()
    assert screen_diff.reduce("\x1b[1;1H\x1b[31mred\x1b[0m") == "\x1b[H\x1b[31mred"
    assert screen_diff.reduce("\x1b[?1049l") == "\x1b[0m\x1b[?1049l"


def test_codes_between_styles_are_minimal() -> None:
    bold = Style.parse("1;38;5;107;48;5;234")
    plain = Style.parse("38;5;107;48;5;234")
    assert bold.after(PLAIN) == "\x1b[1;38;5;107;48;5;234m"
    assert plain.after(bold) == "\x1b[0;38;5;107;48;5;234m"
    assert bold.after(plain) == "\x1b[1m"
    assert Style.parse("31;48;5;234").after(plain) == "\x1b[31m"
    assert Style.parse("48;5;234").after(plain) == "\x1b[39m"
    assert PLAIN.after(plain) == "\x1b[0m"
