"""Canaries planted in the files of a project, and every screen of the app over each: `canaries --screens N`."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
from pathlib import Path

from textual.app import ScreenStackError

from tests.trust.canaries import canary, document, leaks, plant, spots, stored
from tests.trust.failing import PlantedError, failing
from tests.trust.served_canaries import served_project
from tests.tui.app_driver import AppDriver, open_app, request_for
from tests.tui.checks.check_screens import idle, until
from tui.loading import Request
from tui.sample import DEMO_VARIABLES, copy_sample
from tui.screens.file_text import FileTextScreen

SIZE = (120, 60)
"""A terminal in which most screens are whole."""
PANES = "123457"
METHODS = '''domain = "shop"
main_pipe = "write"

[concept]
Note = "Any text"

[pipe.write]
type = "PipeLLM"
description = "Write a note"
output = "Note"
model = "$writing"
prompt = """
Write a note.
"""

[pipe.extract]
type = "PipeLLM"
description = "Take the parts"
inputs = { note = "Note" }
output = "Text"
model = { model = "@no-such-model", temperature = 0.1 }
prompt = "Take the parts of $note"
'''
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
    """Presses keys, and looks for the canary on each screen."""

    def __init__(self, driver: AppDriver, value: str) -> None:
        self.driver = driver
        self.value = value
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
            for line in self.driver.lines:
                if leaks(self.value, line):
                    self.found.append(f"{keys} at {key} in {type(screen).__name__}: {line.strip()[:150]}")

    async def show(self, keys: str) -> None:
        """Show a screen, and close it."""
        await self.press(keys)
        for _ in range(8):
            if self.driver.app.screen is self.driver.main_below:
                break
            await self.driver.press("escape")
        await self.driver.press("escape", "escape")


def plant_in_project(source: random.Random, root: Path) -> tuple[Path, str]:
    """Plant a canary in a file of the tree or a method file: the file and the canary."""
    tree = copy_sample(root)
    (root / "shop.mthds").write_text(METHODS)
    if source.random() < 0.25:
        path, value = root / "shop.mthds", canary(source)
        path.write_bytes(document(source, METHODS, spots(source, value)).encode())
        return path, value
    path, value, _ = plant(source, tree)
    return path, value


async def run_screens(seed: int, folder: Path, screens: int = 9) -> list[str]:
    """Plant one canary, and show the items of a list and some screens over it; what leaked, in words.

    `screens` is the number of screens of each kind. The overview, the text of an item's file and the review are among
    them for every canary.
    """
    source = random.Random(seed)
    root, home = folder / "shop", folder / "home"
    for old in (root, home):
        shutil.rmtree(old, ignore_errors=True)
    home.mkdir(parents=True)
    if source.random() < 0.2:
        return await run_served_screens(seed, source, root, home)
    path, value = plant_in_project(source, root)
    request = request_for(root, home, **dict.fromkeys(DEMO_VARIABLES, "k"))
    async with open_app(request, SIZE) as driver:
        walk = Walk(driver, value)
        copied: list[str] = []
        driver.app.copy = lambda text: copied.append(text)  # type: ignore[method-assign]
        await walk.press(f"0 {source.choice(PANES)}")
        pane = driver.main.panes[driver.main.session.pane]
        await walk.press("home" + " down" * (len(pane.table.rows) - 1))
        for keys in source.sample(ONCE, min(screens, len(ONCE))):
            await walk.show(keys)
        for keys in ("v", *source.choices(OF_AN_ITEM, k=screens)):
            await driver.press(source.choice(PANES), *source.choices(("home", "end", "down", "down"), k=4))
            await walk.show(keys)
        await walk.show("w")
        await walk.show("L")
    found = walk.found + [f"copied: {text[:100]}" for text in copied if leaks(value, text)]
    found += await crash(source, request, value, path.read_text()) + stored(value, root, home)
    return [f"seed {seed}, {path.name}: {line}" for line in found]


async def crash(source: random.Random, request: Request, value: str, text: str) -> list[str]:
    """Let the app fail at some place, with an error that quotes a file; what leaked, in words."""
    keys = source.choice(("1 l", "v", "2 e", "e", "4 m", "w", "5 f", "l down"))
    printed, found = io.StringIO(), []
    with (
        contextlib.redirect_stderr(printed),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(PlantedError, ScreenStackError),
    ):
        async with open_app(request, SIZE) as driver:
            with failing(round(10 ** source.uniform(0.5, 4)), f"in {value}: {text}"):
                await driver.press(*keys.split())
            found = [f"{keys}, failed: {line.strip()[:150]}" for line in driver.lines if leaks(value, line)]
    return [*found, "crash report"] if leaks(value, printed.getvalue()) else found


async def run_served_screens(seed: int, source: random.Random, root: Path, home: Path) -> list[str]:
    """Check a backend whose server repeats a canary, and show what it answered; what leaked, in words."""
    with served_project(source, root) as value:
        async with open_app(request_for(root, home), SIZE) as driver:
            walk = Walk(driver, value)
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
