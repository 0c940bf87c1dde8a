"""`python -m tests.conformance --boot`: measure the whole boot of releases on every kind of tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from ..compare import deliberate_names
from .case import BootCase
from .measure import BootOutcome, boot_outcomes
from .registry import sample

RELEASES = ("0.10.2", "0.14.3", "0.15.7", "0.18.6", "0.43.1", "0.77.0", "0.92.2")
"""The releases whose whole boot is measured: one for each way to find and read what a boot reads."""
CHUNK = 100


def chunk(release: str, chosen: Sequence[BootCase]) -> list[BootOutcome]:
    """The outcomes of some cases of a release."""
    return list(boot_outcomes(release, chosen))


def run(
    releases: Sequence[str],
    *,
    containing: str = "",
    most: int | None = None,
    seed: int = 0,
    jobs: int = 2,
    show: int = 10,
) -> bool:
    """Measure, print a line for each release and the differing cases; True when everything agrees.

    With `most`, only so many kinds of each release, drawn by the seed.
    """
    print(f"{'release':>8}  {'boots':>6}  {'agree':>6}  {'differ':>6}  {'starts':>6}  {'refuses':>7}", flush=True)
    deliberate: Counter[str] = Counter()
    agreed = True
    with ProcessPoolExecutor(max_workers=jobs) as executor:
        pending = {}
        for release in releases:
            chosen = sample(release, containing, most, seed)
            parts = [chosen[start : start + CHUNK] for start in range(0, len(chosen), CHUNK)]
            pending[release] = [executor.submit(chunk, release, part) for part in parts]
        for release, running in pending.items():
            outcomes = [outcome for part in running for outcome in part.result()]
            differing = [outcome for outcome in outcomes if outcome.differences]
            starts = sum(outcome.theirs["status"] == "ok" for outcome in outcomes)
            agree = len(outcomes) - len(differing)
            counts = f"{len(outcomes):6}  {agree:6}  {len(differing):6}  {starts:6}  {len(outcomes) - starts:7}"
            print(f"{release:>8}  {counts}", flush=True)
            agreed = agreed and not differing
            for outcome in outcomes:
                deliberate.update(deliberate_names(outcome.theirs, outcome.ours))
            for outcome in differing[:show]:
                print(f"    {outcome.case.title}")
                for difference in outcome.differences[:3]:
                    print(f"        {difference}")
    for name, count in deliberate.most_common():
        print(f"  {count:6} boots agree but for the deliberate difference: {name}")
    return agreed
