"""Drives the app in tests: real keys in, the screen as text out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from tests.tui.idle import TIMEOUT_S, IdlePilot, run_app
from tui.app import PipedeckApp
from tui.loading import Request
from tui.sample import demo_request
from tui.screens.main import MainScreen


class AppDriver:
    """A running app, its keyboard and its screen as text."""

    def __init__(self, app: PipedeckApp, pilot: IdlePilot) -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys in turn and wait for all effects of each."""
        await self.pilot.press(*keys)

    async def burst(self, *keys: str) -> None:
        """Send keys at once, as over a slow link, and wait for their effects."""
        for key in keys:
            self.pilot.send(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        await self.press(*(KEY_NAMES.get(letter, letter) for letter in text))

    async def settle(self) -> None:
        """Wait until the app is idle."""
        await self.pilot.pause()

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        screen = self.app.screen
        assert isinstance(screen, MainScreen)
        return screen

    @property
    def main_below(self) -> MainScreen:
        """The main screen, also below other screens."""
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
        """The text left of the rule."""
        return "\n".join(line.partition("│")[0].rstrip() for line in self.lines[2:-1])

    @property
    def right(self) -> str:
        """The text right of the rule."""
        return "\n".join(line.partition("│")[2] for line in self.lines[2:-1])

    @property
    def details(self) -> str:
        """The whole text of the inspector in one line with single blanks."""
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
async def open_app(request: Request, size: tuple[int, int] = (80, 24)) -> AsyncIterator[AppDriver]:
    """Run the app on a tree, in a terminal of `size`."""
    app = PipedeckApp(request)
    app.watch_every_s = 0  # tests poll the disk themselves
    app.key_timeout_s = 2 * TIMEOUT_S  # a key that does not report its end fails its test
    async with run_app(app, size) as pilot:
        yield AppDriver(app, pilot)
    app.demo_folders.close()


@asynccontextmanager
async def demo(size: tuple[int, int] = (80, 24)) -> AsyncIterator[AppDriver]:
    """Run the app on the sample tree."""
    with ExitStack() as folders:
        async with open_app(demo_request(folders), size) as driver:
            yield driver


def request_for(root: Path, home: Path, **variables: str) -> Request:
    """A request for a project with only these variables set."""
    return Request(str(root), environ={"HOME": str(home), **variables}, cwd=str(root))
