"""Benchmarks of live checks: the end after a cancel, stated timeouts, healthy hosts behind dead ones, a key."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from core.probes.check_plan import CheckPlan
from core.probes.run_settings import Settings
from core.probes.runner import Event, Run, Stage
from tests.benchmarks.bench import Bench, new_folder
from tests.benchmarks.goals import Figure
from tests.core.probes.check_runs import backend, plans_for, tree
from tests.support.fake_servers import Server, black_hole, models
from tests.support.polling import until
from tests.support.trees import write_tree
from tests.tui.app_driver import open_app, request_for

BACKENDS: Final = 12
KEYS: Final = ("2", "j", "j", "k", "1", "j", "k", "j")
STATED_S: Final = 1.0


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure the group `checks`."""
    times: dict[str, list[float]] = defaultdict(list)
    for number in bench.round_numbers():
        bench.say(f"round {number} of {bench.rounds}: checks")
        with new_folder() as folder, ExitStack() as stack:
            dead = [stack.enter_context(Server({"*": black_hole})) for _ in range(BACKENDS)]
            healthy = stack.enter_context(Server({"*": models("m0")}))
            times["cancel"].append(1000 * _cancel(_plans(Path(folder, "a"), dead), dead))
            times["timeout"].append(1000 * _overrun(_plans(Path(folder, "b"), dead[:4])))
            times["healthy"].append(_first_answer(_plans(Path(folder, "c"), [*dead, healthy])))
            times["key"].append(1000 * asyncio.run(_key(Path(folder, "d"), dead)))
    return {
        f"checks.{name}": Figure(statistics.median(values), spread=(min(values), max(values)))
        for name, values in times.items()
    }


def _tree(servers: list[Server]) -> list[dict[str, str]]:
    return [backend(f"b{number}", "openai", endpoint=f"{it.url}/v1") for number, it in enumerate(servers)]


def _plans(folder: Path, servers: list[Server]) -> list[CheckPlan]:
    return plans_for(folder, *_tree(servers))


def _cancel(plans: list[CheckPlan], servers: list[Server]) -> float:
    """Seconds from the cancel of running checks to the end of their run."""
    seen = sum(len(server.requests) for server in servers)
    run = Run(plans, Settings(concurrency=BACKENDS), lambda _: None).start()
    until(lambda: sum(len(server.requests) for server in servers) - seen == len(plans))
    started = time.monotonic()
    run.cancel()
    run.wait(30)
    return time.monotonic() - started


def _overrun(plans: list[CheckPlan]) -> float:
    """The longest difference in seconds between the stated and the real timeout."""
    results = Run(plans, replace(Settings(), per_check=STATED_S), lambda _: None).start().wait(30) or []
    return max(abs(result.seconds - STATED_S) for result in results)


def _first_answer(plans: list[CheckPlan]) -> float:
    """Seconds until the only healthy host has answered, which is the last one behind dead ones."""
    started, ends = time.monotonic(), [0.0]

    def note(event: Event) -> None:
        if event.stage is Stage.DONE and event.result is not None and event.result.good:
            ends.append(time.monotonic() - started)

    Run(plans, Settings(per_check=5.0), note).start().wait(60)
    return ends[-1] or 60.0


async def _key(folder: Path, servers: list[Server]) -> float:
    """The median of seconds from a key to its effects while all backends are asked."""
    project = write_tree(folder / "project", tree(*_tree(servers)))
    seen = len(servers[0].requests)
    durations = []
    async with open_app(request_for(project, folder / "home")) as app:
        await app.press("1", "T")
        async with asyncio.timeout(30):
            while len(servers[0].requests) == seen:
                await app.settle()
        for key in KEYS:
            started = time.monotonic()
            await app.press(key)
            durations.append(time.monotonic() - started)
        await app.press("escape")
    return statistics.median(durations)
