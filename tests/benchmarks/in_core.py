"""Measures core on very large trees: the whole of it read and checked, one edit of it, and how that grows.

The times are of the machine that they were measured on; the growth is a ratio. `python -m tests.benchmarks.in_core
PROJECT` measures the edits in a process of its own, and prints them as JSON.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import tomli

from core.edits.alias_edits import SetTarget
from core.edits.intent import Intent
from core.edits.model_edits import ChangeModelField
from core.edits.route_edits import RetargetRoute
from core.workspace import Proposal, Workspace
from tests.benchmarks.bench import RELEASE, Bench, counted, ratio
from tests.benchmarks.commands import whole
from tests.benchmarks.goals import Figure
from tests.conformance.generate import write_case
from tests.conformance.large import Size, large_case
from tests.support.stock import stock_tree
from tui.startup import resume_collection

LARGE: Final = Size(presets=2_000)
EDITS: Final = 9


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure all of it. Raises StockUnavailable and RuntimeError."""
    large, few, many = (_tree(bench, size) for size in (LARGE, _share(0.5), _share(2)))
    # CPU time, which is the time on a machine that has nothing else to do.
    took: dict[str, list[float]] = {"large": [], "few": [], "many": []}
    for turn in bench.task_queue():
        for name, project in (("large", large), ("few", few), ("many", many)):
            bench.say(f"round {turn} of {bench.rounds}: validate --json, {name}")
            took[name].append(whole(["validate", "--json", "--tree", str(project)], bench.environment()).cpu_ms)
    figures = {
        "core.large": _told([one / 1000 for one in took["large"]]),
        "core.growth": ratio(took["many"], took["few"]),
    }
    bench.say("edits")
    command = [sys.executable, "-m", "tests.benchmarks.in_core", str(large)]
    done = subprocess.run(command, env=bench.environment(), capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout)
    return figures | {
        f"core.{name}": _edit(found[name], found[f"{name} parsed"]) for name in ("backend", "deck", "routes")
    }


def _edit(took: Sequence[float], parsed: Sequence[float]) -> Figure:
    """Milliseconds, and beside it how often the edited file could be parsed in that time: the same on any machine."""
    figure, parsing = _told(took), statistics.median(counted(parsed))
    assert figure.value is not None
    return replace(figure, ours=f"{figure.value / parsing:.1f} times parsing the edited file, {parsing:.1f} ms")


def _share(share: float) -> Size:
    return Size(*(int(number * share) for number in LARGE))


def _tree(bench: Bench, size: Size) -> Path:
    folder = bench.folder / f"models-{size.models}"
    project, _ = write_case(large_case(RELEASE, stock_tree(RELEASE), size), folder)
    return project


def _told(values: Sequence[float]) -> Figure:
    values = counted(values)
    return Figure(statistics.median(values), spread=(min(values), max(values)))


def _intents(workspace: Workspace) -> dict[str, Iterator[Intent]]:
    """Edits of each kind, every one of them another."""
    catalog = workspace.report.catalog
    spec = next(spec for spec in catalog.specs if spec.backend == "cloud-07")
    profile = catalog.profiles["large"]
    route = profile.routes[len(profile.routes) // 2]
    alias = catalog.families["llm"].aliases["alias-2500"]
    names = [spec.handle for spec in catalog.specs if spec.backend == "cloud-03"]
    backends = itertools.cycle(["cloud-04", "cloud-05"])
    return {
        "backend": (ChangeModelField(spec.backend, spec.handle, "max_tokens", n) for n in itertools.count(1000)),
        "deck": (SetTarget(alias.family, alias.name, name) for name in names),
        "routes": (RetargetRoute(profile.name, route.pattern, next(backends)) for _ in itertools.count()),
    }


def _time(do: Callable[[], object]) -> float:
    begun = time.process_time()
    do()
    return (time.process_time() - begun) * 1000


def main(project: str) -> None:
    """Print milliseconds of CPU time from an intent to the new report with its problems, causes, verdict and impact."""
    gc.disable()
    workspace = Workspace.open(project, environ=os.environ)
    assert workspace.report.verdict
    resume_collection()  # as the app does when its first screen is there
    tree = workspace.report.catalog.tree
    texts = {
        "backend": tree.specs["cloud-07"].document.text,
        "deck": next(source for source in tree.deck.sources if source.path.endswith("zz_large.toml")).document.text,
        "routes": tree.routing.sources[0].document.text,
    }
    found: dict[str, list[float]] = {}
    for name, text in texts.items():
        found[f"{name} parsed"] = [_time(partial(tomli.loads, text or "")) for _ in range(EDITS + 1)]
    for name, intents in _intents(workspace).items():
        found[name] = []
        for intent in itertools.islice(intents, EDITS + 1):

            def edit(intent: Intent = intent) -> None:
                proposal = workspace.propose(intent)
                assert isinstance(proposal, Proposal), proposal
                workspace.accept(proposal)
                _ = (workspace.report.verdict, workspace.report.causes, proposal.impact)

            found[name].append(_time(edit))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
