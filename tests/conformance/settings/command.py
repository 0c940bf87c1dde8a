"""`python -m tests.conformance.settings`: mutations of the stock `pipelex.toml`, started by each release and by us."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from ..boot.measure import BootOutcome, boot_outcomes
from ..environments import environment
from .mutations import mutated

RELEASES = ("0.10.2", "0.15.7", "0.18.6", "0.24.1", "0.43.1", "0.60.0", "0.77.0", "0.92.2")
CHUNK = 100


def stock_settings(release: str) -> str:
    """The settings that a release ships as its own defaults."""
    package = next(environment(release).python.parents[1].glob("lib/python3*/site-packages/pipelex"))
    return (package / "pipelex.toml").read_text(encoding="utf-8")


def outcomes(release: str, first: int, count: int) -> list[BootOutcome]:
    """The outcomes of some seeds for a release."""
    stock = stock_settings(release)
    return list(boot_outcomes(release, [mutated(release, stock, seed) for seed in range(first, first + count)]))


def differs(outcome: BootOutcome) -> bool:
    """Whether only one of the two starts."""
    return bool((outcome.theirs["status"] == "ok") != (outcome.ours["status"] == "ok"))


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a line for each release and each difference; 1 when anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.settings", description=__doc__)
    parser.add_argument("--releases", nargs="+", default=RELEASES)
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=10)
    args = parser.parse_args(argv)
    print(f"{'release':>8}  {'boots':>6}  {'agree':>6}  {'same error':>10}  {'starts':>6}  {'refuses':>7}", flush=True)
    agreed = True
    with ProcessPoolExecutor(args.jobs) as pool:
        last = args.first_seed + args.mutations
        pending = {
            release: [
                pool.submit(outcomes, release, first, min(CHUNK, last - first))
                for first in range(args.first_seed, last, CHUNK)
            ]
            for release in args.releases
        }
        for release, parts in pending.items():
            measured = [outcome for part in parts for outcome in part.result()]
            differing = [outcome for outcome in measured if differs(outcome)]
            starts = sum(outcome.theirs["status"] == "ok" for outcome in measured)
            refused = [one for one in measured if one.theirs["status"] != "ok" and not differs(one)]
            same = sum(one.theirs["error_type"] == one.ours["error_type"] for one in refused)
            counts = f"{len(measured):6}  {len(measured) - len(differing):6}  {f'{same}/{len(refused)}':>10}"
            print(f"{release:>8}  {counts}  {starts:6}  {len(measured) - starts:7}", flush=True)
            agreed = agreed and not differing
            for outcome in differing[: args.show]:
                print(f"    {outcome.case.kind}")
                for who, answer in (("theirs", outcome.theirs), ("ours", outcome.ours)):
                    text = " ".join(str(answer.get("message")).split())
                    print(f"        {who}: {answer['status']} {answer.get('error_type')} {text[:300]}")
    return 0 if agreed else 1
