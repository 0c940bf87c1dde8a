"""Boot the real Pipelex of this environment once, run pipes, and print what its own cost report says of each run.

Argument: a JSON object `{"project", "home", "env", "timeout": seconds}`. Standard input: one run a line,
`{"pipe", "text"}`. Standard output: one line for the boot, `{"error": null | text}`, then one for each run:
`{"message": null | text, "cost", "input", "cached", "output", "calls"}`, the sums of its report.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from typing import Any

import ask_boot

COLUMNS = ("nb_tokens_input_joined", "nb_tokens_input_cached", "nb_tokens_output")


def report_of(usages: Any) -> dict[str, Any]:
    """The sums of the cost report over the usage of a run."""
    registry = importlib.import_module("pipelex.cogt.usage.cost_registry").CostRegistry
    total = registry.aggregate_costs(tokens_usages=usages)
    counts = [sum(int(record.get(column, 0)) for record in total.records) for column in COLUMNS]
    return {"cost": total.total_cost, "input": counts[0], "cached": counts[1], "output": counts[2]}


async def run(request: dict[str, Any], timeout: int) -> dict[str, Any]:
    """Run a pipe, as a program does, and return its report; the error where it fails."""
    try:
        runner = ask_boot.first_importable("pipelex.pipeline.runner:PipelexMTHDSProtocol")()
        made = runner.execute(pipe_code=request["pipe"], mthds_contents=[request["text"]])
        response = await asyncio.wait_for(made, timeout)
        usages = getattr(response, "pipe_output", response).tokens_usages
        return {"message": None, "calls": len(usages), **report_of(usages)}
    except Exception as exc:
        return {"message": f"{type(exc).__name__}: {exc}"[:400]}


async def run_all(stream: Any, timeout: int) -> None:
    """Run every line of standard input."""
    for line in sys.stdin:
        print(json.dumps(await run(json.loads(line), timeout)), file=stream, flush=True)


def main() -> int:
    """Boot, then answer every run of standard input."""
    request = json.loads(sys.argv[1])
    path = os.environ.get("PATH", os.defpath)
    os.environ.clear()
    os.environ.update({"PATH": path, "TZ": "UTC", "HOME": request["home"], "DO_NOT_TRACK": "1", **request["env"]})
    os.chdir(request["project"])
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        importlib.import_module("pipelex.pipelex").Pipelex.make()
        error = None
    except BaseException as exc:
        error = f"{type(exc).__name__}: {exc}"
    print(json.dumps({"error": error}), file=stream, flush=True)
    if error is None:
        asyncio.run(run_all(stream, int(request["timeout"])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
