"""Makes the screenshots of the README from the app on the sample tree: `python screenshots/make.py [FOLDER]`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

SIZES = ((80, 24), (120, 36))
SCENES: dict[str, tuple[str, ...]] = {
    "first-screen": (),
    "trail": ("5", "enter", "enter"),
    "explain": ("4", "e"),
    "models": ("2", "z", "V", "dollar_sign"),
    # A route that is set to another backend: the last line shows the impact.
    "route": ("3", "enter", "j", "enter", *"mis", "enter"),
    "use-only": ("1", "o"),
    "review": ("1", "down", "space", "w"),
    "checks": ("1", "T", "answers", "j", "l"),
    "keys": ("6",),
    # A colon instead of the = of a route, then ^s, which accepts only valid TOML.
    "text": ("3", "v", "enter", "home", *["right"] * 11, "delete", "colon", "ctrl+s"),
    "form": ("4", "enter"),
    "help": ("question_mark",),
}
"""The keys that lead to each picture. `answers` is not a key: it waits for the demo's provider."""

_TIMEOUT_S = 30.0
_VARIABLE_TEXT = (
    (re.compile(r"terminal-\d+"), "terminal"),
    (re.compile(r"(127\.0\.0\.1:)\d{5}"), r"\g<1>50123"),
    (re.compile(r"\d\.\d\d(&#160;s\b)"), r"0.02\1"),
    # The reader's own fonts: a picture makes no request to a font server.
    (re.compile(r"\s*@font-face \{.*?\}", re.DOTALL), ""),
    (re.compile(r"font-family: Fira Code, monospace"), "font-family: Fira Code, Menlo, Consolas, monospace"),
)
"""Text that differs in every run, and its replacement, so that an unchanged picture is an unchanged file."""


async def shoot(size: tuple[int, int], keys: tuple[str, ...]) -> str:
    """A picture of the app on the sample, as SVG."""
    from tui.app import PipedeckApp
    from tui.sample import demo_request

    with ExitStack() as folders:
        app = PipedeckApp(demo_request(folders))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for key in keys:
                if key == "answers":
                    async with asyncio.timeout(_TIMEOUT_S):
                        while app.session.live.in_progress or not app.session.live.any:
                            await asyncio.sleep(0.01)
                else:
                    await pilot.press(key)
                await app.workers.wait_for_complete()
                await pilot.pause()
            while not app.is_idle:
                await pilot.pause()
            picture = app.export_screenshot(title="pipedeck")
    for pattern, replacement in _VARIABLE_TEXT:
        picture = pattern.sub(replacement, picture)
    return picture


async def main(folder: Path) -> None:
    """Write every picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, keys in SCENES.items():
        for size in SIZES:
            lines = (await shoot(size, keys)).splitlines()
            text = "\n".join(line.rstrip() for line in lines) + "\n"
            (folder / f"{name}-{size[0]}x{size[1]}.svg").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PIPEDECK_TODAY": "2026-12-01"}
    for variable in ("NO_COLOR", "PIPEDECK_THEME", "TEXTUAL_THEME", "COLORFGBG"):
        os.environ.pop(variable, None)
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE))
