"""Driving the app in tests: real keys, and what is on the screen as text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tests.tui.stillness import StillPilot, still
from tui.app import PipedeckApp
from tui.sample import demo_request
from tui.screens.main import MainScreen
from tui.session import Request


class Driven:
    """An app that is running, and its keyboard."""

    def __init__(self, app: PipedeckApp, pilot: StillPilot) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until each has had all its effects."""
        await self.pilot.press(*keys)

    async def burst(self, *keys: str) -> None:
        """Send keys all at once, as they come over a slow link, and wait for their effects."""
        for key in keys:
            self.pilot.send(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        await self.press(*(KEY_NAMES.get(letter, letter) for letter in text))

    async def settle(self) -> None:
        """Wait for what runs in threads, and for the screen."""
        await self.pilot.pause()

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        screen = self.app.screen
        assert isinstance(screen, MainScreen)
        return screen

    @property
    def main_below(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, MainScreen))

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def left(self) -> str:
        """What stands left of the rule."""
        return "\n".join(line.partition("│")[0].rstrip() for line in self.lines[2:-1])

    @property
    def right(self) -> str:
        """What stands right of the rule."""
        return "\n".join(line.partition("│")[2] for line in self.lines[2:-1])

    @property
    def details(self) -> str:
        """All that the inspector says, in one line with single blanks, whether it is in view or not."""
        spans = (span for line in self.main.inspector.lines for span in (*line.spans, (" ", "")))
        return " ".join("".join(text for text, _ in spans).split())


KEY_NAMES: Mapping[str, str] = {
    "-": "minus",
    "$": "dollar_sign",
    "@": "at",
    ".": "full_stop",
    "/": "slash",
    " ": "space",
}


@asynccontextmanager
async def opened(request: Request, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driven]:
    """The app on a tree, in a terminal of that size."""
    app = PipedeckApp(request)
    app.watch_every_s = 0  # tests say themselves when the disk is looked at
    app.key_timeout_s = 20.0  # a busy machine is no reason to hand a key on early
    async with still(app, size) as pilot:
        driven = Driven(app, pilot)
        yield driven
    app.demo_folders.close()


@asynccontextmanager
async def demo(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Driven]:
    """The app on the sample."""
    with ExitStack() as folders:
        async with opened(demo_request(folders), size) as driven:
            yield driven


def request_for(root: Path, home: Path, **variables: str) -> Request:
    """A request for a project with nothing but these variables set."""
    return Request(str(root), environ={"HOME": str(home), **variables})
