"""`python -m tests.conformance.fixes`: fixes in generated trees, judged by the pipeline and by whole boots."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes import better_fixes
from core.files.view import Snapshot
from tests.core.edits.fix_campaign import faults
from tests.support.trees import Files

from ..boot.case import BootCase, Entry
from ..boot.measure import boot_outcomes
from .broken_trees import CODES, ENVIRON, RELEASES, broken_trees


@dataclass
class Tally:
    """What came of the fixes of one diagnostic in one release."""

    trees: int = 0
    fixed: int = 0
    booted: int = 0
    faults: list[str] = field(default_factory=list)
    cases: list[BootCase] = field(default_factory=list)


def tally(code: str, release: str, count: int, folder: Path) -> Tally:
    """Apply the best fix of a diagnostic to so many trees, and judge it by the pipeline."""
    result = Tally()
    view = Snapshot()
    for files, report in broken_trees(code, release, count, folder):
        result.trees += 1
        found = ((one, fix) for one in report.problems if one.code == code for fix in better_fixes(report, view, one))
        problem, fix = next(found, (None, None))
        if problem is None or fix is None:
            continue
        result.fixed += 1
        result.faults += [f"{release} {code}: {fault}: {fix.sentence}" for fault in faults(report, view, problem, fix)]
        applied = apply_intent(report, view, fix.intent, fix.layer)
        assert isinstance(applied, Applied)
        inference = report.catalog.tree.paths.inference
        contents = {os.path.relpath(path, inference): text for path, text in applied.contents.items()}
        result.cases.append(boot_case(f"{code} {result.fixed}", release, files, contents))
    return result


def boot_case(kind: str, release: str, files: Files, changed: dict[str, bytes | None]) -> BootCase:
    """The tree after a fix, as the boot suite places it."""
    entries: dict[str, Entry] = {name: text for name, text in files.items() if name not in changed}
    entries |= {name: content for name, content in changed.items() if content is not None}
    placed = {str(PurePosixPath(".pipelex/inference") / name): entry for name, entry in entries.items()}
    return BootCase(kind, release, placed, {}, ENVIRON, ".")


def boot(release: str, tallies: Mapping[str, Tally], count: int) -> None:
    """Have one process of a release boot so many fixed trees of each diagnostic, and add where it disagrees."""
    # Round by round, so that a run that is stopped has asked about each diagnostic; answers are kept.
    rounds = [
        (code, tally.cases[number])
        for number in range(count)
        for code, tally in tallies.items()
        if number < len(tally.cases)
    ]
    outcomes = boot_outcomes(release, [case for _, case in rounds])
    for (code, _), outcome in zip(rounds, outcomes, strict=True):
        tallies[code].booted += 1
        tallies[code].faults += [f"{release} {outcome.case.kind}: {item}" for item in outcome.differences[:1]]


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each diagnostic and release, and each fault; 1 when there is any."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.fixes", description=__doc__)
    parser.add_argument("--releases", nargs="+", default=RELEASES)
    parser.add_argument("--codes", nargs="+", default=CODES)
    parser.add_argument("--trees", type=int, default=50, help="trees of each diagnostic and release")
    parser.add_argument("--boot", type=int, default=0, help="how many of them the release boots")
    args = parser.parse_args(argv)
    bad = 0
    print(f"{'release':>8}  {'trees':>5}  {'fixed':>5}  {'booted':>6}  {'faults':>6}  diagnostic", flush=True)
    for release in args.releases:
        tallies: dict[str, Tally] = {}
        for code in args.codes:
            with tempfile.TemporaryDirectory() as folder:
                tallies[code] = tally(code, release, args.trees, Path(folder))
        boot(release, tallies, args.boot)
        for code, found in tallies.items():
            row = f"{found.trees:5}  {found.fixed:5}  {found.booted:6}  {len(found.faults):6}"
            print(f"{release:>8}  {row}  {code}", flush=True)
            for fault in found.faults[:5]:
                print(f"    {fault[:400]}", flush=True)
            bad += len(found.faults)
    return 1 if bad else 0
