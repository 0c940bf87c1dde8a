"""Measures commands of pipedeck and of Pipelex on the same project, without the network."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.bench import RELEASE, Bench, pipedeck, ratio
from tests.benchmarks.goals import Figure
from tests.conformance.environments import EnvironmentUnavailable, environment

TIMEOUT_S: Final = 120


class ProcessTimes(NamedTuple):
    """The times of a finished process (milliseconds)."""

    wall_ms: float
    cpu_ms: float


def run_pipedeck(arguments: Sequence[str], environment: Mapping[str, str]) -> ProcessTimes:
    """Run `pipedeck` with these arguments. Raises RuntimeError when it fails."""
    return process(pipedeck(*arguments), environment)


def process(command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None) -> ProcessTimes:
    """Run a command. Raises RuntimeError when its exit code is neither 0 nor 1."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    took, after = (time.perf_counter() - start) * 1000, os.times()
    if done.returncode not in (0, 1) or not (done.stdout or done.stderr):
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-2000:].decode('utf-8', 'replace')}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return ProcessTimes(took, cpu * 1000)


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure `validate --json` and two commands of Pipelex alternately. Raises StockUnavailable."""
    try:
        bench.say(f"installing pipelex {RELEASE}")
        pipelex = environment(RELEASE).python.with_name("pipelex")
    except EnvironmentUnavailable as error:
        return {name: Figure(None, why=str(error)) for name in ("cli.backends", "cli.doctor", "cli.installation")}
    variables = bench.environment()
    theirs = {name: value for name, value in variables.items() if name != "PYTHONPATH"}
    _complete(bench, pipelex)
    runs: dict[str, list[float]] = {"ours": [], "backends": [], "doctor": []}
    for number in bench.round_numbers():
        bench.say(f"round {number} of {bench.rounds}: commands")
        runs["ours"].append(run_pipedeck(["validate", "--json", "--tree", str(bench.project.tree)], variables).wall_ms)
        for name, arguments in (("backends", ("show", "backends")), ("doctor", ("doctor",))):
            runs[name].append(process([str(pipelex), *arguments], theirs, bench.project.root).wall_ms)
    figures = {f"cli.{name}": ratio(runs["ours"], runs[name]) for name in ("backends", "doctor")}
    return figures | {"cli.installation": _installation(bench, pipelex.parents[1])}


_FIND = """\
import sys, time
from core.installation import find_installation
start = time.process_time()
found = find_installation(sys.argv[1], cwd=sys.argv[1], environ={"HOME": "/nonexistent", "PATH": "/usr/bin"})
print((time.process_time() - start) * 1000)
assert found is not None and found.environment is not None and found.plugins() is not None
"""


def _installation(bench: Bench, prefix: Path) -> Figure:
    """The CPU time of a first search in a project with a range in `pyproject.toml` and the release in `.venv`."""
    project = bench.folder / "installed"
    project.mkdir()
    (project / ".venv").symlink_to(prefix)
    (project / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["pipelex[fal]>=0.15"]\n')
    command = [sys.executable, "-c", _FIND, str(project)]
    times = []
    for _ in bench.round_numbers():
        done = subprocess.run(command, env=bench.environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        times.append(float(done.stdout))
    return Figure(statistics.median(times), spread=(min(times), max(times)))


def _complete(bench: Bench, pipelex: Path) -> None:
    """Add the other configuration files of Pipelex, without which its doctor checks no model."""
    for path in next(pipelex.parents[1].glob("lib/python*/site-packages/pipelex/kit/configs")).glob("*.toml"):
        shutil.copyfile(path, bench.project.root / ".pipelex" / path.name)
