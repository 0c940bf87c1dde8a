"""`pipedeck check --watch`: repeated checks until a set time, one line for each round, and a summary."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

from core.api import Report
from core.formatting import counted, duration
from core.probes.check_plan import CheckPlan
from core.probes.check_result import CheckResult
from core.probes.history import History, added, sparkline
from core.probes.run_settings import Settings
from tui.cli.live_run import earlier_results, interrupts, run_plans, store_results
from tui.live import WORDS
from tui.reports.text_output import TextOutput
from tui.settings import read_settings

_MAX_S = 7 * 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_BLOCKS = 40
_AS_SET = -1.0
"""The interval of the settings."""


def seconds_of(text: str) -> float:
    """Seconds in `90`, `90s`, `15m`, `2h`. Raises ArgumentTypeError, also beyond a week."""
    number, unit = (text[:-1], text[-1:]) if text[-1:].isalpha() else (text, "s")
    try:
        seconds = float(number) * _UNITS[unit.lower()]
    except (ValueError, KeyError):
        seconds = 0.0
    if not 1 <= seconds <= _MAX_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time from 1s to 7d, such as 30, 15m or 2h")
    return seconds


def _seconds_or_backend(text: str) -> float | str:
    """Seconds, or the word itself: as the value is optional, argparse takes the backend after `--watch` for it."""
    return text if text[:1].isalpha() or text[:1] == "_" else seconds_of(text)


def add_watch_options(parser: argparse.ArgumentParser) -> None:
    """Add `--watch` and `--for`."""
    parser.add_argument(
        "--watch",
        metavar="SECONDS",
        nargs="?",
        const=_AS_SET,
        type=_seconds_or_backend,
        help="repeat the checks, by default each 30 s for 30 min; Ctrl+C ends it with a summary",
    )
    parser.add_argument(
        "--for", dest="duration", metavar="DURATION", type=seconds_of, help="with --watch: 90, 15m, 2h (at most 7d)"
    )


def return_backend(options: argparse.Namespace) -> None:
    """Put a backend that stands after `--watch` among the backends."""
    if isinstance(options.watch, str):
        options.backends, options.watch = [options.watch, *options.backends], _AS_SET


def watch(
    report: Report,
    plans: Sequence[CheckPlan],
    settings: Settings,
    output: TextOutput,
    options: argparse.Namespace,
) -> bool:
    """Repeat the checks until the set time, or Ctrl+C. Returns whether all checks were good."""
    values = read_settings(os.environ).values
    every = float(values.watch_every) if options.watch == _AS_SET else options.watch
    length = options.duration or values.watch_for * 60.0
    started = time.monotonic()
    end = time.strftime("%H:%M:%S", time.localtime(time.time() + length))
    sent = [plan for plan in plans if plan.sends]
    output.line((f"{counted(len(sent), 'backend')} each {every:g} s until {end}; Ctrl+C ends it", "dim"))
    histories: dict[str, History] = {}
    rounds = 0
    with interrupts() as ended:
        while not ended.is_set():
            results, interrupted = run_plans(sent, settings, lambda _: None, earlier_results(report, sent))
            store_results(report, sent, results)
            histories = added(histories, results)
            if interrupted:
                break
            _print_round(results, output)
            rounds += 1
            if rounds * every >= length:
                break
            ended.wait(max(0.0, started + rounds * every - time.monotonic()))
    _print_summary(histories, rounds, output)
    return all(sample.good for history in histories.values() for sample in history.samples)


def _print_round(results: Sequence[CheckResult], output: TextOutput) -> None:
    parts = [(time.strftime("%H:%M:%S"), "dim")]
    for result in results:
        took = f" {duration(result.latency)}" if result.latency is not None else ""
        word = "" if result.good else f" {WORDS[result.finding.status]}"
        tone = "good" if result.good else "warn" if result.inconclusive else "bad"
        mark = "ok" if result.good else "?" if result.inconclusive else "x"
        parts += [("  ", ""), (mark, tone), (f" {result.backend}{took}{word}", "")]
    output.line(*parts)
    output.stream.flush()


def _print_summary(histories: dict[str, History], rounds: int, output: TextOutput) -> None:
    output.line((counted(rounds, "round"), "bold"))
    width = max(map(len, histories), default=0)
    for name, history in histories.items():
        good = all(sample.good for sample in history.samples)
        output.wrapped(
            ("ok  " if good else "x   ", "good" if good else "bad"),
            f"{name.ljust(width)}  {history.text}  {sparkline(history.samples, _BLOCKS)}",
        )
