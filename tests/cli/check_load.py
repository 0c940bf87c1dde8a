"""Runs of `check` on twelve backends while every processor is busy.

    python -m tests.cli.check_load [RUNS]

By default 200 runs. Each prints a row for every backend, and counts in its last line and its document that agree with
the rows and with the exit status. Exits with 1 and the first output that does not.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from tests.core.probes.check_runs import backend, tree
from tests.support.fake_servers import Behaviour, Server, Talk, answer, models, reset
from tests.support.trees import write_tree
from tui.cli.main import main

RUNS = 200


def _late(talk: Talk) -> None:
    """Serve the list after about the time between two looks at the queue of events."""
    if not talk.delay(0.05 + int.from_bytes(os.urandom(1), "big") / 1000):
        models("m0")(talk)


BEHAVIOURS: tuple[tuple[Behaviour, str], ...] = (
    *[(models("m0"), "good")] * 3,
    *[(_late, "good")] * 4,
    (models("m0", "m1"), "good"),
    (answer({"error": {"message": "Incorrect API key provided"}}, 401), "bad"),
    (answer({"error": {"message": "no"}}, 500), "bad"),
    (answer(b"<html>", 403), "bad"),
    (reset, "inconclusive"),
)
"""The behaviours of the twelve servers, and the count that their backend belongs to."""
EXPECTED = Counter(state for _, state in BEHAVIOURS)


@contextmanager
def project() -> Iterator[Path]:
    """A tree with the twelve backends, and their servers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pipedeck-load-")))
        servers = [stack.enter_context(Server({"/v1/models": behaviour})) for behaviour, _ in BEHAVIOURS]
        made = [backend(f"b{n:02}", "openai", "m0", endpoint=f"{it.url}/v1") for n, it in enumerate(servers)]
        yield write_tree(folder / "tree", tree(*made))


@contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep the processors busy."""
    context = multiprocessing.get_context("spawn")
    busy = [context.Process(target=_spin, daemon=True) for _ in range(processes)]
    for process in busy:
        process.start()
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.join()


def _spin() -> None:
    while True:
        pass


def faults_of(folder: Path) -> list[str]:
    """What is wrong with one run as text and one as a document."""
    good, bad, unproven = EXPECTED["good"], EXPECTED["bad"], EXPECTED["inconclusive"]
    status, text = _output("check", "--tree", str(folder))
    rows = Counter(re.findall(r"^(?:ok|x|!|\?|-) +(b\d\d) ", text, re.MULTILINE))
    faults = [f"{name} has {rows[name]} rows" for name in _names() if rows[name] != 1]
    if not text.rstrip().endswith(f"{good} good, {bad} not, {unproven} not proven"):
        faults.append("the last line does not agree with the rows")
    if status != 1:
        faults.append(f"the exit status is {status}")
    status, text = _output("check", "--tree", str(folder), "--json")
    document = json.loads(text)
    counts = document["counts"]
    if [result["backend"] for result in document["results"]] != _names():
        faults.append("the document lacks results")
    if (Counter({name: counts[name] for name in EXPECTED}), status) != (EXPECTED, 1):
        faults.append(f"the counts of the document are {counts}, with the exit status {status}")
    return [*faults, text] if faults else []


def _names() -> list[str]:
    return [f"b{number:02}" for number in range(len(BEHAVIOURS))]


def _output(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        status = main(list(arguments))
    return status, out.getvalue()


def run_campaign(runs: int, processes: int) -> list[str]:
    """The faults of the first run that has any."""
    with project() as folder, load(processes):
        return next((faults for _ in range(runs) if (faults := faults_of(folder))), [])


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    started = time.monotonic()
    found = run_campaign(count, 2 * (os.cpu_count() or 1))
    print("\n".join(found) or f"{count} runs without a fault in {time.monotonic() - started:.0f} s")
    sys.exit(1 if found else 0)
