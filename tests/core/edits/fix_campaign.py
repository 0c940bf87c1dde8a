"""Random broken trees, every fix of every problem tried: `python -m tests.core.edits.fix_campaign --trees 500`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.api import Report, inspect_tree, update_report
from core.edits.edit_session import Applied, apply_intent
from core.edits.fixes import Fix, fixes_for
from core.files.view import Overlay, Snapshot
from core.problems import Problem, Severity
from tests.conformance.generate.build import build
from tests.conformance.generate.case import write_case
from tests.support.stock import stock_tree

RELEASES = ("0.10.2", "0.11.0", "0.14.3", "0.15.7", "0.17.6", "0.18.6", "0.43.1", "0.92.2")
REVEALING = ("syntax", "file-bom", "profile-unknown", "toml-too-new", "backend-not-a-table", "seed-models-table")
"""What cannot be seen before these are fixed may well be wrong too."""
NEEDED = ("secret-literal",)
"""Codes whose fix needs a variable to be set."""

Key = tuple[str, str | None, str]


@dataclass
class Tally:
    """What came of a campaign."""

    trees: int = 0
    problems: int = 0
    tried: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        fixed = sum(self.tried.values())
        return f"trees {self.trees}, problems {self.problems}, fixes tried {fixed}, faults {len(self.faults)}"


def key(problem: Problem) -> Key:
    """What tells problems apart whose lines have moved."""
    return (problem.code, problem.subject, problem.message)


def faults(report: Report, view: Snapshot, problem: Problem, fix: Fix) -> Iterator[str]:
    """The faults of a fix: it must solve its problem, add no error, and change only its target."""
    applied = apply_intent(report, view, fix.intent, fix.layer)
    if not isinstance(applied, Applied):
        yield f"not done: {applied.message}"
        return
    if not applied.steps:
        yield "changes nothing"
        return
    after = update_report(report, Overlay(view, applied.contents))
    if key(problem) in {key(one) for one in after.problems}:
        yield "the problem is still there"
    if problem.code in REVEALING:
        return
    errors = Counter(key(one) for one in report.problems if one.severity is Severity.ERROR)
    for one in after.problems:
        needed = one.code == "variable-missing" and problem.code in NEEDED
        if one.severity is Severity.ERROR and not needed:
            if not errors[key(one)] and not _same(report, one):
                yield f"a new error: {one.code} {one.message}"
                return
            errors[key(one)] -= 1


def _same(report: Report, one: Problem) -> bool:
    """Whether an error was there before in other words: a reference that was dead already.

    That is a warning as long as nothing of its family is served at all, and an error once something is. Of presets that
    name nothing only the first of a family is told.
    """
    if any(key(was) == key(one) for was in report.problems):
        return True  # a warning, as long as no reference went to the backend
    if one.code == "preset-model-unknown":
        return any(was.code == one.code for was in report.problems)
    return one.reference is not None and any(was.reference == one.reference for was in report.problems)


def reports(releases: Sequence[str], trees: int, start: int, folder: Path) -> Iterator[tuple[str, Report]]:
    """Generated trees, each of a release, with the changes that were made to it."""
    for number in range(start, start + trees):
        release = releases[number % len(releases)]
        case = build(release, number, stock_tree(release))
        project, home = write_case(case, folder / f"{release}-{number}")
        environ: Mapping[str, str] = {**case.env, "HOME": str(home or folder / "nobody")}
        report = inspect_tree(str(project), release=release, environ=environ)
        yield f"{release} {number} {'; '.join(case.mutations)}", report


def run(releases: Sequence[str], trees: int, start: int, folder: Path, most: int = 3) -> Tally:
    """Try the fixes of every problem of so many trees, of each code at most so many in one tree."""
    tally = Tally()
    for name, report in reports(releases, trees, start, folder):
        tally.trees += 1
        seen: Counter[str] = Counter()
        view = Snapshot()
        for problem in report.problems:
            tally.problems += 1
            if seen[problem.code] >= most:
                continue
            available = fixes_for(report, problem)
            if not available:
                tally.without[problem.code] += 1
            seen[problem.code] += bool(available)
            for fix in available[:3]:
                tally.tried[problem.code] += 1
                tally.faults += [
                    f"{fault} | {problem.code}: {problem.message} | {fix.sentence} | {name}"
                    for fault in faults(report, view, problem, fix)
                ]
    return tally


def main() -> int:
    """Run a campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=400)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--show", type=int, default=30)
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(RELEASES, options.trees, options.start, Path(folder))
    for line in tally.faults[: options.show]:
        print(line)
    print(tally)
    print("tried:", dict(tally.tried.most_common()))
    print("without a fix:", dict(tally.without.most_common()))
    print(f"{time.perf_counter() - start:.0f} s")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
