"""Benchmarks of the event loop: its longest iteration on huge trees, as a ratio to that of the floor at a page key.

`python -m tests.benchmarks.loop_times KIND [--stacks]` measures both in a process of its own and prints them as JSON,
with `--stacks` also where each part of the walk blocked longest.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Final

from tests.benchmarks.bench import Bench, new_folder, ratio
from tests.benchmarks.floor import Floor
from tests.benchmarks.goals import Figure
from tests.trust.huge_trees import HUGE
from tests.trust.huge_walk import WALK, open_huge
from tests.trust.loop_watch import Blocked, watching
from tests.tui.idle import run_app

MAX_ROUNDS: Final = 3
"""A round takes half a minute."""


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure the group `loop`. Raises RuntimeError."""
    ours: dict[str, list[float]] = defaultdict(list)
    floor: dict[str, list[float]] = defaultdict(list)
    parts: dict[str, str] = {}
    for number in bench.round_numbers()[: MAX_ROUNDS + 1]:
        for kind in HUGE:
            bench.say(f"round {number} of {min(bench.rounds, MAX_ROUNDS)}: {kind}")
            command = [sys.executable, "-m", "tests.benchmarks.loop_times", kind]
            environment = bench.environment()
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=600)
            if done.returncode != 0:
                raise RuntimeError(done.stderr)
            times = json.loads(done.stdout)
            parts[kind], longest = max(times["walk"].items(), key=lambda item: item[1])
            ours[kind].append(longest)
            floor[kind].append(times["floor"])
    figures = {kind: ratio(ours[kind], floor[kind]) for kind in HUGE}
    return {
        f"loop.{kind}": Figure(figure.value, f"{figure.ours} at {parts[kind]}", figure.base, figure.spread)
        for kind, figure in figures.items()
    }


async def _floor() -> float:
    """The longest iteration of the loop of the floor while it shows other pages of its list (seconds)."""
    async with run_app(Floor(), (120, 40)) as pilot, watching() as blocked:
        await pilot.press(*["pagedown", "pageup"] * 5)
    return max(blocked.longest.values())


async def _walk(kind: str, folder: Path) -> Blocked:
    """The longest iteration of the loop in each part of the walk on a huge tree."""
    (folder / "home").mkdir()
    async with open_huge(kind, folder / "project", folder / "home") as app, watching() as blocked:
        for part, keys in WALK:
            blocked.part = part
            await app.press(*keys.split())
    return blocked


def main(kind: str, *options: str) -> None:
    """Print the longest iterations in CPU milliseconds."""
    floor = asyncio.run(_floor())
    with new_folder() as folder:
        blocked = asyncio.run(_walk(kind, Path(folder)))
    walk = {part: seconds * 1000 for part, seconds in blocked.longest.items()}
    stacks = {"stacks": blocked.stacks} if "--stacks" in options else {}
    json.dump({"floor": floor * 1000, "walk": walk, **stacks}, sys.stdout, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
