"""Benchmarks of traces: 1 GB in 106,000 runs read for the first time, with keys meanwhile, and from the cache."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Collection, Mapping
from itertools import cycle
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.bench import Bench, pipedeck, plain
from tests.benchmarks.goals import Figure
from tests.benchmarks.meter import Meter
from tests.support.traces import event, pipe_start, text_of, usage
from tests.support.trees import KEYS, minimal, write_tree

RUNS: Final = 106_000
RUN_BYTES: Final = 10_200
DAYS: Final = 30
PRESSED: Final = ("2", "4", "e", "q", "3", "5", "z", "z", "1")


class Done(NamedTuple):
    """A finished command: CPU time in seconds, and peak memory in MB."""

    cpu: float
    memory: float


def measure(bench: Bench, groups: Collection[str]) -> dict[str, Figure]:
    """Measure the group `traces`. Raises RuntimeError."""
    project = write_tree(bench.folder / "traced", minimal("0.92.2"))
    runs = RUNS // 20 if bench.fast else RUNS
    bench.say(f"writing {runs:,} traces")
    write_runs(project / ".pipelex" / "traces", runs)
    bench.say("keys while they are read")
    key = _longest_key(project, _environment(bench, "keys"))
    environment = _environment(bench, "spent")
    bench.say("the first reading")
    first = _spent(project, environment)
    answers = []
    for number in bench.round_numbers():
        bench.say(f"round {number} of {bench.rounds}: spent")
        answers.append(_spent(project, environment).cpu)
    return {
        "traces.answer": plain(answers),
        "traces.memory": Figure(first.memory),
        "traces.key": Figure(key),
    }


def _environment(bench: Bench, name: str) -> dict[str, str]:
    return bench.environment() | KEYS | {"XDG_STATE_HOME": str(bench.folder / f"state-{name}")}


def write_runs(folder: Path, count: int) -> None:
    """Write the traces of runs of the last 30 days, each with a call and a long prompt."""
    prompt = "word " * ((RUN_BYTES - 3500) // 5)
    now = time.time()
    for number in range(count):
        at = now - 300 - number % DAYS * 86_400
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        pipe = f"pipe{number % 7}"
        events = [
            pipe_start(0, "0.92.2", "run:node_0", pipe, choices="$cheap"),
            usage(1, node="run:node_0", pipe=pipe),
            event("execution_data", 2, "0.92.2", stamp, execution_data={"rendered_user_prompt": prompt}),
            event("pipe_end_success", 3, "0.92.2", stamp, "run:node_0"),
        ]
        run = folder / str(uuid.UUID(int=number + (1 << 100)))
        run.mkdir(parents=True)
        path = run / "wf_direct.ndjson"
        path.write_text(text_of(item | {"timestamp": stamp, "pipeline_run_id": run.name} for item in events))
        os.utime(path, (at, at))


_SPENT: Final = """\
import contextlib, io, os, sys
from tests.benchmarks.counters import peak_mib
from tui.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    status = main(["spent", "--json", "--tree", sys.argv[1]])
print(status, sum(os.times()[:2]), peak_mib(os.getpid()))
"""


def _spent(project: Path, environment: Mapping[str, str]) -> Done:
    """Run `pipedeck spent` in a process of its own. Raises RuntimeError when it fails."""
    command = [sys.executable, "-c", _SPENT, str(project)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not done.stdout.startswith("0 "):
        raise RuntimeError(done.stderr or done.stdout)
    cpu, memory = map(float, done.stdout.split()[1:])
    return Done(cpu, memory)


def _longest_key(project: Path, environment: Mapping[str, str]) -> float:
    """The longest time from a key to its effect while traces are read for the first time, in milliseconds."""
    state = Path(environment["XDG_STATE_HOME"])
    longest = 0.0
    with Meter(pipedeck(str(project)), environment, 120, 40) as meter:
        meter.wait_busy(["gpt-4o-mini", "1 Backends"])
        for key in cycle(PRESSED):
            taken = meter.answer_ms(key)
            if any(state.rglob("traces.json")):
                break
            longest = max(longest, taken)
        meter.leave()
    return longest
