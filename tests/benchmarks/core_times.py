"""Benchmarks of core on very large trees: a full report, the report of one edit, and the growth with the size.

Times are in CPU milliseconds of this machine; the growth is a ratio. `python -m tests.benchmarks.core_times PROJECT`
measures the edits in a separate process and prints them as JSON, `--methods PROJECT` those of a project with methods.
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
from core.edits.preset_edits import SetPresetModel
from core.edits.route_edits import RetargetRoute
from core.workspace import Proposal, Workspace
from tests.benchmarks.bench import RELEASE, Bench, counted, ratio
from tests.benchmarks.command_times import run_pipedeck
from tests.benchmarks.goals import Figure
from tests.conformance.generate import write_case
from tests.conformance.large import Size, large_case
from tests.support.stock import stock_tree
from tests.support.trees import KEYS, g3_1, write_tree
from tui.startup import collection_paused, resume_collection

LARGE: Final = Size(presets=2_000)
EDITS: Final = 9


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure the group `core`. Raises StockUnavailable and RuntimeError."""
    large, few, many = (_tree(bench, size) for size in (LARGE, _share(0.5), _share(2)))
    # CPU time: it equals the wall time of an idle machine.
    times: dict[str, list[float]] = {"large": [], "few": [], "many": []}
    for number in bench.round_numbers():
        for name, project in (("large", large), ("few", few), ("many", many)):
            bench.say(f"round {number} of {bench.rounds}: validate --json, {name}")
            times[name].append(run_pipedeck(["validate", "--json", "--tree", str(project)], bench.environment()).cpu_ms)
    figures = {
        "core.large": _figure([milliseconds / 1000 for milliseconds in times["large"]]),
        "core.growth": ratio(times["many"], times["few"]),
    }
    bench.say("edits")
    edits = json.loads(_measured(bench, str(large)))
    method_times = json.loads(_measured(bench, "--methods", str(_methods(bench))))
    figures["core.methods"] = _figure([method_times["read"][0] / 1000])
    figures["core.methods_edit"] = _figure(method_times["edit"])
    return figures | {
        f"core.{name}": _edit(edits[name], edits[f"{name} parsed"]) for name in ("backend", "deck", "routes")
    }


def _measured(bench: Bench, *arguments: str) -> str:
    """What this module prints for some arguments in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.core_times", *arguments]
    process = subprocess.run(command, env=bench.environment(), capture_output=True, text=True, check=False, timeout=600)
    if process.returncode != 0:
        raise RuntimeError(process.stderr)
    return process.stdout


METHOD_FILES, PIPES = 1_000, 16
_PIPE = """[pipe.{name}]
type = "PipeLLM"
description = "x"
inputs = {{ brief = "Brief" }}
output = "{output}"
model = "{model}"
prompt = \"\"\"
Write about
@brief
\"\"\"

"""


def _methods(bench: Bench) -> Path:
    """A project of the stock tree with many method files of 200 lines, whose pipes name what a small deck has."""
    project = bench.folder / "methods"
    write_tree(project, g3_1())
    names, outputs = ("$writing", "$cheap", "@best-claude", "gpt-4o-mini", "$cheap", "$gone"), ("Text", "Number")
    for number in range(METHOD_FILES):
        pipes = (
            _PIPE.format(
                name=f"p{number}_{index}",
                output=outputs[index % len(outputs)],
                model=names[(number + index) % len(names)],
            )
            for index in range(PIPES)
        )
        text = f'domain = "d{number}"\n\n[concept]\nBrief = "A brief"\n\n' + "".join(pipes)
        (project / f"m{number}.mthds").write_text(text, encoding="utf-8")
    return project


def time_methods(project: str) -> None:
    """Print CPU milliseconds for reading the methods of a project, and for edits of a preset that many pipes use."""
    gc.disable()
    workspace = Workspace.open(project, environ={**KEYS, "HOME": project})
    assert workspace.report.verdict
    resume_collection()  # here and below: collections as in the app

    def read() -> None:
        workspace.attach_methods(workspace.read_methods())
        _ = (workspace.report.verdict, workspace.report.causes)

    with collection_paused():
        times: dict[str, list[float]] = {"read": [_time(read)], "edit": []}
    for _, model in zip(range(EDITS + 1), itertools.cycle(("claude-4-sonnet", "gpt-4o-mini")), strict=False):

        def edit(model: str = model) -> None:
            proposal = workspace.propose(SetPresetModel("llm", "cheap", model))
            assert isinstance(proposal, Proposal), proposal
            workspace.accept(proposal)
            _ = (workspace.report.verdict, workspace.report.causes, proposal.impact)

        times["edit"].append(_time(edit))
    json.dump(times, sys.stdout)


def _edit(times: Sequence[float], parsed: Sequence[float]) -> Figure:
    """The time of an edit, in milliseconds and as a multiple of the time to parse the edited file."""
    figure, parsing = _figure(times), statistics.median(counted(parsed))
    assert figure.value is not None
    return replace(figure, ours=f"{figure.value / parsing:.1f} times parsing the edited file, {parsing:.1f} ms")


def _share(share: float) -> Size:
    return Size(*(int(number * share) for number in LARGE))


def _tree(bench: Bench, size: Size) -> Path:
    folder = bench.folder / f"models-{size.models}"
    project, _ = write_case(large_case(RELEASE, stock_tree(RELEASE), size), folder)
    return project


def _figure(values: Sequence[float]) -> Figure:
    values = counted(values)
    return Figure(statistics.median(values), spread=(min(values), max(values)))


def _intents(workspace: Workspace) -> dict[str, Iterator[Intent]]:
    """Different edits of each kind."""
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
    start = time.process_time()
    do()
    return (time.process_time() - start) * 1000


def main(project: str) -> None:
    """Print CPU milliseconds from an intent to the new report with its problems, causes, verdict and impact."""
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
    times: dict[str, list[float]] = {}
    for name, text in texts.items():
        times[f"{name} parsed"] = [_time(partial(tomli.loads, text or "")) for _ in range(EDITS + 1)]
    for name, intents in _intents(workspace).items():
        times[name] = []
        for intent in itertools.islice(intents, EDITS + 1):

            def edit(intent: Intent = intent) -> None:
                proposal = workspace.propose(intent)
                assert isinstance(proposal, Proposal), proposal
                workspace.accept(proposal)
                _ = (workspace.report.verdict, workspace.report.causes, proposal.impact)

            times[name].append(_time(edit))
    json.dump(times, sys.stdout)


if __name__ == "__main__":
    if sys.argv[1] == "--methods":
        time_methods(sys.argv[2])
    else:
        main(sys.argv[1])
