"""Measure pipedeck against the real Pipelex: `python -m tests.conformance --releases 0.17.6 0.92.2 --trees 300`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from . import packages
from .boot import command as boot
from .compare import deliberate_names
from .environments import FULL, EnvironmentUnavailable, environment
from .large import LARGE_SEED, TIMEOUT_S, large_case
from .measure import Bench, Outcome, forget_old_answers, measure
from .shrink import kind_of, printed, shrink

CHUNK = 150
"""The number of trees per process, as the start of a release takes seconds."""


@dataclass(frozen=True)
class Row:
    """One line of the result."""

    release: str
    trees: int = 0
    agree: int = 0
    loads: int = 0

    def __add__(self, other: Row) -> Row:
        return Row(self.release, self.trees + other.trees, self.agree + other.agree, self.loads + other.loads)

    def __str__(self) -> str:
        differ, refuses = self.trees - self.agree, self.trees - self.loads
        return f"{self.release:>8}  {self.trees:6}  {self.agree:6}  {differ:6}  {self.loads:6}  {refuses:7}"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--releases", nargs="+", default=["all"], help="release numbers, or all")
    parser.add_argument("--trees", type=int, default=300, help="generated trees for each release")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--shrink", action="store_true", help="print small trees for the differences")
    parser.add_argument("--show", type=int, default=5, metavar="K", help="differing trees to print for each release")
    parser.add_argument("--large", action="store_true", help="also compare one tree of 10,000 models")
    parser.add_argument("--boot", action="store_true", help="measure the whole boot instead, on kinds of trees")
    parser.add_argument("--kind", default="", metavar="TEXT", help="with --boot: only kinds whose name contains it")
    parser.add_argument("--kinds", type=int, metavar="N", help="with --boot: only so many kinds, drawn by --first-seed")
    parser.add_argument("--packages", action="store_true", help="measure the first calls of the stock sdks instead")
    return parser.parse_args(argv)


def chunk(release: str, first: int, count: int) -> list[Outcome]:
    """The outcomes of some seeds; agreeing ones without their answers, which nobody will look at."""
    return [lighter(outcome) for outcome in measure(release, range(first, first + count))]


def lighter(outcome: Outcome) -> Outcome:
    """An outcome as small as its further use allows."""
    if outcome.differences:
        return outcome
    status = {"status": outcome.theirs["status"], "deliberate": deliberate_names(outcome.theirs, outcome.ours)}
    return Outcome(outcome.case, status, {}, ())


def large_outcome(release: str) -> Outcome:
    """The outcome of the release's large tree."""
    with Bench(release) as bench:
        case = large_case(release, bench.environment.stock)
        return bench.try_case(case, keep=True, timeout=TIMEOUT_S)


def show(outcomes: Sequence[Outcome], most: int) -> None:
    """Print differing trees, each kind of difference once before any kind twice."""
    seen: Counter[tuple[str, ...]] = Counter()
    ranked = []
    for outcome in outcomes:
        kind = kind_of(outcome.differences[0])
        ranked.append((seen[kind], outcome))
        seen[kind] += 1
    ranked.sort(key=lambda pair: pair[0])
    for _, outcome in ranked[:most]:
        print(f"\n  {outcome.case.release} seed {outcome.case.seed}: {len(outcome.differences)} differences")
        for note in outcome.case.mutations:
            print(f"    changed  {note}")
        for difference in outcome.differences[:4]:
            print(f"    {difference}")
    for kind, count in seen.most_common():
        print(f"  {count:4} trees  {' '.join(kind)}")


def show_shrunk(outcomes: Sequence[Outcome], most: int) -> None:
    """Print a small tree for each kind of difference."""
    kinds = {kind_of(outcome.differences[0]): outcome for outcome in reversed(outcomes)}
    for outcome in list(kinds.values())[:most]:
        with Bench(outcome.case.release) as bench:
            print("\n" + printed(shrink(bench, outcome)))


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, and return 1 when anything differs."""
    args = arguments(argv)
    every = boot.RELEASES if args.boot else packages.RELEASES if args.packages else FULL
    releases = list(every) if args.releases == ["all"] else args.releases
    try:
        for release in releases:
            environment(release)
    except EnvironmentUnavailable as exc:
        print(exc, file=sys.stderr)
        return 2
    if args.packages:
        return 0 if packages.run(releases) else 1
    if args.boot:
        drawn = {"containing": args.kind, "most": args.kinds, "seed": args.first_seed}
        return 0 if boot.run(releases, **drawn, jobs=args.jobs, show=args.show) else 1
    forget_old_answers()
    print(f"{'release':>8}  {'trees':>6}  {'agree':>6}  {'differ':>6}  {'loads':>6}  {'refuses':>7}", flush=True)
    total = Row("total")
    deliberate: Counter[str] = Counter()
    with ProcessPoolExecutor(max_workers=args.jobs) as executor:
        pending = {}
        last = args.first_seed + args.trees
        for release in releases:
            starts = range(args.first_seed, last, CHUNK)
            pending[release] = [executor.submit(chunk, release, start, min(CHUNK, last - start)) for start in starts]
        large = {release: executor.submit(large_outcome, release) for release in releases} if args.large else {}
        for release, parts in pending.items():
            outcomes = [outcome for part in parts for outcome in part.result()]
            if release in large:
                outcomes.append(large[release].result())
            differing = [outcome for outcome in outcomes if outcome.differences]
            row = Row(release, len(outcomes), len(outcomes) - len(differing), sum(o.loads for o in outcomes))
            total += row
            for outcome in outcomes:
                deliberate.update(outcome.theirs.get("deliberate", ()))
            print(row, flush=True)
            if args.show:
                show(differing, args.show)
            if args.shrink:
                show_shrunk([one for one in differing if one.case.seed != LARGE_SEED], max(1, args.show))
    print(total)
    for name, count in deliberate.most_common():
        print(f"  {count:6} trees agree but for the deliberate difference: {name}")
    return 0 if total.agree == total.trees else 1


if __name__ == "__main__":
    sys.exit(main())
