"""Partial updates of the compositor equal full updates, for any overlap of widgets."""

from __future__ import annotations

from random import Random

import pyte
import pytest
from rich.segment import Segment
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.terminal.compositor import SpanApp, SpanCompositor, SpanUpdate

COLUMNS, ROWS = 40, 12


class Spot(Widget):
    """A widget whose lines each repeat one letter."""

    DEFAULT_CSS = "Spot { height: 1fr; width: 1fr; } Spot.bar { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.letters: dict[int, str] = {}

    def render_line(self, y: int) -> Strip:
        """Render a line."""
        return Strip([Segment(self.letters.get(y, ".") * self.size.width)], self.size.width)

    def change(self, y: int, letter: str) -> None:
        """Fill a line with another letter."""
        self.letters[y] = letter
        self.refresh(Region(0, y, self.size.width, 1))


class Spots(SpanApp):
    """Widgets side by side, nested, partly visible, and in front of others."""

    CSS = """
    Screen { layers: below over; }
    #over { layer: over; width: 9; height: 3; offset: 6 2; }
    #framed { border: solid red; height: 4; }
    #long { height: 30; }
    """

    def compose(self) -> ComposeResult:
        """All widgets."""
        yield Spot(classes="bar")
        with Horizontal():
            with Vertical():
                yield Spot(classes="bar")
                yield Spot()
                yield Spot(id="framed")
            with Vertical():
                yield Spot(classes="bar")
                yield Spot()
            with VerticalScroll():
                yield Spot(id="long")
        yield Spot(id="over")


def from_scratch(app: App[None]) -> list[str]:
    """The screen from a full update of Textual."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


@pytest.mark.parametrize("seed", range(8))
async def test_partial_updates_equal_a_full_update(seed: int) -> None:
    random, app = Random(seed), Spots()
    async with app.run_test(size=(COLUMNS, ROWS)):
        composer = app.screen._compositor
        assert isinstance(composer, SpanCompositor)
        terminal = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.Stream(terminal)
        spots = list(app.screen.query(Spot))
        ways: set[type] = set()
        for step in range(80):
            changed = random.sample(spots, random.randint(1, 3))
            for spot in changed:
                spot.change(random.randrange(spot.size.height), random.choice("abcdefgh"))
            composer.update_widgets({*changed})
            update = composer.render_update(full=step == 0)
            if update is not None:  # otherwise it was not visible
                assert isinstance(update, CompositorUpdate)
                ways.add(type(update))
                stream.feed(update.render_segments(app.console).replace("\n", "\r\n"))
            assert terminal.display == from_scratch(app)
        assert SpanUpdate in ways
        assert len(ways) == 3  # full, ours, and Textual's for overlaps


async def test_unchanged_screen_renders_nothing() -> None:
    app = Spots()
    async with app.run_test(size=(COLUMNS, ROWS)):
        app.screen._compositor.render_update(full=True)
        assert app.screen._compositor.render_update() is None
