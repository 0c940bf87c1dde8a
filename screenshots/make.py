"""Makes the screenshots of the README from the real app on the sample tree: `python screenshots/make.py [FOLDER]`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

SHOTS: dict[str, tuple[tuple[int, int], tuple[str, ...]]] = {
    "first-screen-80x24": ((80, 24), ()),
    "first-screen-120x36": ((120, 36), ()),
    "trail-80x24": ((80, 24), ("5", "enter", "enter")),
    "models-120x36": ((120, 36), ("2",)),
    "routes-80x24": ((80, 24), ("3",)),
    "use-only-80x24": ((80, 24), ("1", "o")),
    "form-80x24": ((80, 24), ("4", "enter")),
    "review-120x36": ((120, 36), ("1", "down", "space", "w")),
    "text-80x24": ((80, 24), ("4", "v")),
    "help-80x24": ((80, 24), ("question_mark",)),
}
"""Each picture's size and the keys that lead to it."""

_TERMINAL_ID = re.compile(r"terminal-\d+")


async def shoot(size: tuple[int, int], keys: tuple[str, ...]) -> str:
    """One picture of the app on the sample, as SVG."""
    from tui.app import PipedeckApp, demo_request

    with ExitStack() as folders:
        app = PipedeckApp(demo_request(folders))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
                await pilot.pause()
            await pilot.pause()
            # The identifier changes with every run, and a file that changes for nothing is noise.
            return _TERMINAL_ID.sub("terminal", app.export_screenshot(title="pipedeck"))


async def main(folder: Path) -> None:
    """Write every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, keys) in SHOTS.items():
        lines = (await shoot(size, keys)).splitlines()
        (folder / f"{name}.svg").write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for variable in ("NO_COLOR", "PIPEDECK_THEME", "TEXTUAL_THEME", "COLORFGBG"):
        os.environ.pop(variable, None)
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
