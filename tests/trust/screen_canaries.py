"""Canaries planted in the files of a project, and every screen of the app over each: `canaries --screens N`."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Sequence
from pathlib import Path

from textual.app import ScreenStackError

from tests.trust.canaries import stored
from tests.trust.failing import PlantedError, failing
from tests.trust.planted_canaries import empty_folders, lay_project, leaks, plant_in_project
from tests.trust.served_canaries import served_project
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import idle, until
from tui.loading import Request
from tui.sample import DEMO_VARIABLES
from tui.screens.file_text import FileTextScreen

SIZE = (120, 60)
"""A terminal in which most screens are whole."""
PANES = "123457"
ONCE = (
    "0", "L", "question_mark", "6", "6 down down enter", "D", "D I", "W", "p", "p down", "equals_sign g p t", "colon",
    "colon o p e n", "1 c",
    "2 space down space c", "2 c", "3 c", "4 c", "5 f", "5 f down", "5 end f", "w", "z end l end",
)  # fmt: skip
"""Screens that belong to no item, by their keys."""
OF_AN_ITEM = (
    "l", "l down down down enter", "e", "e end enter", "I", "exclamation_mark", "v", "v pagedown", "f", "enter",
    "enter enter", "enter down enter", "enter down down enter", "m", "x", "r", "d", "o", "a", "c", "y", "Y", "Y enter",
    "slash a", "space", "s", "J",
)  # fmt: skip
"""Screens of the selected item, by their keys; each is closed again."""


class Walk:
    """Presses keys, and looks for the canaries on each screen."""

    def __init__(self, driver: AppDriver, values: Sequence[str]) -> None:
        self.driver = driver
        self.values = values
        self.screens = 0
        self.found: list[str] = []

    async def press(self, keys: str) -> None:
        """Press keys, and look after each."""
        for key in keys.split():
            await self.driver.press(key)
            screen = self.driver.app.screen
            if isinstance(screen, FileTextScreen) and screen.editing:
                continue  # the editor shows the text as it is
            self.screens += 1
            for line in leaking(self.values, self.driver.lines):
                self.found.append(f"{keys} at {key} in {type(screen).__name__}: {line}")

    async def show(self, keys: str) -> None:
        """Show a screen, and close it."""
        await self.press(keys)
        for _ in range(8):
            if self.driver.app.screen is self.driver.main_below:
                break
            await self.driver.press("escape")
        await self.driver.press("escape", "escape")


async def run_screens(seed: int, folder: Path, screens: int | None = None) -> list[str]:
    """Plant canaries in a project, and show the items of its lists and every screen over them; what leaked, in words.

    `screens` is the number of screens of each kind, where not all are shown. The overview, the text of an item's file
    and the review are always among them.
    """
    source = random.Random(seed)
    root, home = lay_project(folder)
    planted = plant_in_project(source, root)
    values = [each.value for each in planted]
    request = request_for(root, home, **dict.fromkeys(DEMO_VARIABLES, "k"))
    async with open_app(request, SIZE) as driver:
        walk = Walk(driver, values)
        copied: list[str] = []
        driver.app.copy = lambda text: copied.append(text)  # type: ignore[method-assign]
        for name in source.choice(PANES) if screens else PANES:
            await walk.press(f"0 {name}")
            pane = driver.main.panes[driver.main.session.pane]
            await walk.press("home" + " down" * (len(pane.table.rows) - 1))
        for keys in source.sample(ONCE, screens or len(ONCE)):
            await walk.show(keys)
        for keys in ("v", *source.sample(OF_AN_ITEM, screens or len(OF_AN_ITEM))):
            await driver.press(source.choice(PANES), *source.choices(("home", "end", "down", "down"), k=4))
            await walk.show(keys)
        await walk.show("w")
        await walk.show("L")
    found = walk.found + [f"copied: {text[:100]}" for text in copied if any(leaks(value, text) for value in values)]
    found += await crash(source, request, values, source.choice(planted).text)
    found += [line for value in values for line in stored(value, root, home)]
    return [f"seed {seed}, {', '.join(map(str, planted))}: {line}" for line in found]


async def crash(source: random.Random, request: Request, values: Sequence[str], text: str) -> list[str]:
    """Let the app fail at some place, with an error that quotes a file; what leaked, in words."""
    keys = source.choice(("1 l", "v", "2 e", "e", "4 m", "w", "5 f", "l down"))
    printed, found = io.StringIO(), []
    with (
        contextlib.redirect_stderr(printed),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(PlantedError, ScreenStackError),
    ):
        async with open_app(request, SIZE) as driver:
            with failing(round(10 ** source.uniform(0.5, 4)), f"in {' '.join(values)}: {text}"):
                await driver.press(*keys.split())
            found = [f"{keys}, failed: {line}" for line in leaking(values, driver.lines)]
    return found + [f"crash report: {line}" for line in leaking(values, printed.getvalue().splitlines())]


def leaking(values: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The lines that hold a canary, cut."""
    return [line.strip()[:150] for line in lines if any(leaks(value, line) for value in values)]


async def run_served_screens(seed: int, folder: Path) -> list[str]:
    """Check a backend whose server repeats a canary, and show what it answered; what leaked, in words."""
    source = random.Random(seed)
    root, home = empty_folders(folder)
    with served_project(source, root) as value:
        async with open_app(request_for(root, home), SIZE) as driver:
            walk = Walk(driver, [value])
            await walk.press("1 home down t")
            await until(driver, idle(driver))
            for keys in (
                "l pagedown",
                "i slash m",
                "i down space",
                "i space a w",
                "0",
                "L",
                "2 l",
                "6",
                "W",
                "J",
                "5 end l",
            ):
                await walk.press("1 home down")
                await walk.show(keys)
    return [f"seed {seed}, served: {line}" for line in walk.found + stored(value, root, home)]
