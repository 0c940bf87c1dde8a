"""Measures the speed of pipedeck, as ratios to a floor that is measured in the same run.

    python -m tests.benchmarks [--only start,keys.page] [--rounds N] [--fast] [--out FILE]

Programs run alternately, so that load on the machine affects all of them; a ratio is the median of the ratios within
a round. Only stable figures (bytes, cells, writes, wake-ups, memory, and instructions where the kernel counts them) set
the exit status: 0 all limits hold, 1 a limit is missed, 2 the measurement failed. Other apps and Pipelex are installed
from the package index into a cache outside the checkout, and skipped without an index.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import app_sessions, check_times, command_times, core_times, loop_times, trace_times
from tests.benchmarks.bench import Bench, compile_packages, new_folder
from tests.benchmarks.goals import GOALS, GROUPS, Figure, Goal, verdict
from tests.support.stock import StockUnavailable

MEASURES = {
    app_sessions.measure: ("start", "peers", "keys", "idle", "exit"),
    command_times.measure: ("cli",),
    core_times.measure: ("core",),
    check_times.measure: ("checks",),
    loop_times.measure: ("loop",),
    trace_times.measure: ("traces",),
}
QUICK = ("start", "keys", "idle", "exit")


def main() -> int:
    """Measure and print the table."""
    options = _arguments()
    rows = selected_rows(options.only.split(",") if options.only else (QUICK if options.fast else GROUPS))
    if not rows:
        print(f"--only takes groups ({', '.join(GROUPS)}) and rows such as keys.page", file=sys.stderr)
        return 2
    rounds = options.rounds or (1 if options.fast else 7)
    try:
        figures = run(rows, rounds, fast=options.fast, verbose=not options.silent)
    except (StockUnavailable, TimeoutError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2
    print(table(rows, figures))
    if options.out:
        options.out.write_text(json.dumps(as_json(rows, figures, rounds), indent=2) + "\n", encoding="utf-8")
    return 1 if missed(rows, figures) else 0


def selected_rows(names: Collection[str]) -> Mapping[str, Goal]:
    """The goals of groups and rows."""
    return {row: goal for row, goal in GOALS.items() if goal.group in names or row in names}


def run(rows: Mapping[str, Goal], rounds: int, *, fast: bool = False, verbose: bool = False) -> dict[str, Figure]:
    """Measure the figures of these rows. Raises StockUnavailable, TimeoutError and RuntimeError."""

    def show_progress(message: str) -> None:
        if verbose:
            print(f"\r{message:<60}", end="", file=sys.stderr, flush=True)

    groups = {goal.group for goal in rows.values()}
    figures: dict[str, Figure] = {}
    compile_packages()
    with new_folder() as folder:
        bench = Bench(Path(folder), rounds, fast=fast, say=show_progress)
        for measure, of in MEASURES.items():
            if groups & set(of):
                figures |= measure(bench, groups)
        show_progress("")
        show_progress("\r")
    return figures


def missed(rows: Mapping[str, Goal], figures: Mapping[str, Figure]) -> list[str]:
    """The gating rows that exceed their limits."""
    return [
        row for row, goal in rows.items() if goal.gates and row in figures and verdict(goal, figures[row]) == "MISSED"
    ]


def table(rows: Mapping[str, Goal], figures: Mapping[str, Figure]) -> str:
    """A Markdown table: the limits of each row, its value, and the medians behind it."""
    lines = ["| row | measure | must | stretch | measured | is | from |", "|---|---|---|---|---|---|---|"]
    for row, goal in rows.items():
        figure = figures.get(row)
        if figure is None:
            continue
        cells = [row, goal.measure, _number(goal, goal.must), _number(goal, goal.stretch)]
        if figure.value is None:
            cells += ["-", "-", figure.why]
        else:
            cells += [_number(goal, figure.value), verdict(goal, figure), _from(goal, figure)]
        lines.append(f"| {' | '.join(cells)} |")
    for row, figure in figures.items():
        if row not in GOALS and figure.value is not None:
            lines.append(f"| {row} |  |  |  | {figure.value:.3g} |  | {figure.ours} / {figure.base} |")
    return "\n".join(lines)


def _number(goal: Goal, value: float) -> str:
    if goal.unit == "x":
        return f"{value:.2f} x" if value >= 0.1 or value < 0.001 else f"1/{1 / value:.0f}"
    text = f"{value:,.0f}" if goal.unit in ("B", "cells") or value >= 100 else f"{value:.3g}"
    return f"{text} {goal.unit}".rstrip()


def _from(goal: Goal, figure: Figure) -> str:
    texts = []
    if figure.base:
        texts.append(f"{figure.ours} / {figure.base} ({goal.base})")
    elif figure.ours:
        texts.append(figure.ours)
    if figure.spread is not None and figure.spread[0] != figure.spread[1]:
        texts.append(f"{figure.spread[0]:.3g} to {figure.spread[1]:.3g}")
    return "; ".join(texts)


def as_json(rows: Mapping[str, Goal], figures: Mapping[str, Figure], rounds: int) -> dict[str, object]:
    """The results as JSON, with a description of the machine."""
    return {
        "when": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "rounds": rounds,
        "rows": {
            row: {"goal": asdict(goal), "is": verdict(goal, figures[row]), **asdict(figures[row])}
            for row, goal in rows.items()
            if row in figures
        },
        "besides": {row: asdict(figure) for row, figure in figures.items() if row not in GOALS},
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="ROWS", help=f"groups ({','.join(GROUPS)}) or rows, comma-separated")
    parser.add_argument("--rounds", type=int, help="counted rounds (default: 7, with --fast 1)")
    parser.add_argument("--fast", action="store_true", help="stable figures only, one round: about 20 seconds")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write everything as JSON to this file")
    parser.add_argument("--silent", action="store_true", help="show no progress")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
