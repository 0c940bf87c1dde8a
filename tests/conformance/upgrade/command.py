"""`python -m tests.conformance.upgrade`: trees of many releases upgraded, and started by the release they go to."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from core.api import Report, inspect_tree
from core.errors import PipedeckError
from core.releases import Release, behaviours_of, parse_release
from core.upgrade.kit import Kit, is_managed, read_kit
from core.upgrade.plan import Plan, Undecided, Upgrade
from core.upgrade.planner import plan_upgrade
from core.workspace import Proposal, Workspace
from tests.support.stock import stock_tree

from ..boot.case import BootCase, Entry, Folder
from ..boot.draft import METHODS
from ..boot.measure import boot_outcomes
from ..environments import FULL, environment
from ..oracle import ASK_WITH_GATEWAY
from ..real_trees import PLACEHOLDER
from .judge import dead_references, lost_changes
from .random_edits import edit_tree

STOCK = ("0.10.2", "0.11.0", "0.14.3", "0.15.7", "0.18.6", "0.32.1", "0.60.0")
NEWEST = "0.92.2"
LOWEST = "0.18.6"
"""The oldest release to which trees are taken down: older ones have no families in the deck."""
_CONSENT: Mapping[str, Entry] = {".pipelex/pipelex_service.toml": "[agreement]\nterms_accepted = true\n"}
"""What a home has where the terms of the gateway are accepted."""
_METHODS_UNTIL = Release(0, 12, 0)
"""Before it, a release does not start without its folders of methods."""


@dataclass
class Tally:
    """What came of the upgrades."""

    trees: int = 0
    started: int = 0
    changes: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)
    cases: dict[str, list[BootCase]] = field(default_factory=dict)


def kit_of(release: str) -> Kit:
    """The kit of an installed release."""
    return read_kit(str(environment(release).python.parent.parent))


def stock_kit(release: str) -> Kit:
    """The kit of a release from its stock tree, without its settings."""
    return read_kit(str(stock_tree(release).parent), release)


def project(folder: Path, source: Path, name: str) -> Path:
    """A project with a copy of a tree: an `inference` folder, or a `.pipelex` folder with settings."""
    root = folder / name
    target = root / ".pipelex" / "inference" if source.name == "inference" else root / ".pipelex"
    target.parent.mkdir(parents=True)
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    (root / "pyproject.toml").write_text('[project]\nname = "case"\n', encoding="utf-8")
    return root


def upgrade(tally: Tally, root: Path, kit: Kit, kind: str) -> tuple[Plan, Report, Report] | None:
    """Upgrade the tree of a project in memory, check that undo restores it, and add its boot."""
    environ = {"HOME": str(root.parent / "home")}
    release = str(kit.release)
    tally.trees += 1
    try:
        workspace = Workspace.open(str(root), release=release, environ=environ, cwd=str(root), assume_keys=True)
        start = time.perf_counter()
        plan = plan_upgrade(workspace.report, workspace.view, kit, undecided=Undecided.TAKE)
        tally.slowest = max(tally.slowest, time.perf_counter() - start)
        proposal = workspace.propose(Upgrade(plan))
        assert isinstance(proposal, Proposal), proposal
        workspace.accept(proposal)
        after = workspace.report
        changed = dict(workspace.pending)
        workspace.undo()
        if workspace.pending:
            tally.faults.append(f"{kind}: undo leaves changes")
    except (PipedeckError, AssertionError) as error:
        tally.faults.append(f"{kind}: {error}")
        return None
    before = inspect_tree(str(root), release=str(plan.origin.release), environ=environ, cwd=str(root), assume_keys=True)
    tally.faults += [f"{kind}: dead, and not listed: {name}" for name in dead_references(before, after, plan)]
    if after.stops_at is not None:
        tally.faults.append(f"{kind}: pipedeck says it stops: {after.stops_at.message}")
    tally.cases.setdefault(release, []).append(boot_case(kind, release, root, changed))
    return plan, before, after


def boot_case(kind: str, release: str, root: Path, changed: Mapping[str, bytes | None]) -> BootCase:
    """The upgraded tree with every variable set, as the boot suite places it."""
    files: dict[str, Entry] = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and str(path) not in changed
    }
    files |= {Path(path).relative_to(root).as_posix(): text for path, text in changed.items() if text is not None}
    texts = (entry.decode(errors="replace") for entry in files.values() if isinstance(entry, bytes))
    names = sorted({name for text in texts for name in PLACEHOLDER.findall(text)})
    env = {name: f"dummy-{name.lower()}" for name in names} | {"RUN_MODE": "ci_test"}
    number = parse_release(release)
    assert number is not None
    home: Mapping[str, Entry] = {}
    if behaviours_of(number).gateway == "remote":
        home = _CONSENT
        files |= _CONSENT  # up to 0.18 that of the project counts
    if number < _METHODS_UNTIL:
        files |= {METHODS: Folder(), "tests/test_pipelines": Folder()}
    return BootCase(kind, release, files, home, env, ".")


def boot(tally: Tally) -> None:
    """Have the releases start the upgraded trees."""
    for release, cases in tally.cases.items():
        for outcome in boot_outcomes(release, cases, ASK_WITH_GATEWAY):
            message = str(outcome.theirs.get("message"))[:300]
            if outcome.theirs.get("status") == "ok":
                tally.started += 1
            else:
                tally.faults.append(f"{outcome.case.kind}: {release} does not start: {message}")


def stock_trees(
    tally: Tally, folder: Path, releases: Sequence[str], target: str, kits: Callable[[str], Kit] = kit_of
) -> None:
    """Untouched stock trees: each becomes equal to the target's kit in the files that Pipelex manages."""
    kit = kits(target)
    for release in releases:
        root = project(folder, stock_tree(release), f"stock-{release}-{target}")
        result = upgrade(tally, root, kit, f"stock {release}")
        if result is None:
            continue
        for name, content in kit.files.items():
            path = str(root / ".pipelex" / name)
            now = result[0].contents.get(path) if path in result[0].contents else _read(Path(path))
            if is_managed(name, kit.release) and now != content:
                tally.faults.append(f"stock {release}: {name} differs from the kit")


def _is_down(release: str) -> bool:
    number, lowest = parse_release(release), parse_release(LOWEST)
    return number is not None and lowest is not None and number >= lowest


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def random_trees(
    tally: Tally,
    folder: Path,
    count: int,
    seed: int,
    releases: Sequence[str],
    kits: Callable[[str], Kit] = kit_of,
    *,
    down: bool = False,
) -> None:
    """Stock trees with random edits, each upgraded to a random later release, or taken down to an older one."""
    for number in range(seed, seed + count):
        rng = Random(number)
        old, new = sorted(rng.sample(range(len(releases)), 2), reverse=down)
        release, target = releases[old], releases[new]
        root = project(folder, stock_tree(release), f"random-{number}")
        stock = inspect_tree(str(root), release=release, environ={}, cwd=str(root), assume_keys=True)
        done = edit_tree(rng, root, release, rng.randint(1, 20))
        kind = f"{number}: {release} to {target}"
        result = upgrade(tally, root, kits(target), kind)
        if result is not None:
            plan, before, after = result
            tally.changes += len(done)
            if plan.origin.release != parse_release(release):
                stock = inspect_tree(str(stock_tree(release)), release=str(plan.origin.release), environ={})
            tally.faults += [f"{kind}: lost {change}" for change in lost_changes(stock, before, after, plan)]
        shutil.rmtree(root)


def main(argv: Sequence[str] | None = None) -> int:
    """Print what came of the trees, and each fault; 1 when there is any."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.upgrade", description=__doc__)
    parser.add_argument("--to", default=NEWEST, help="the release that stock and real trees go to")
    parser.add_argument("--stock", nargs="*", default=STOCK, help="releases of stock trees")
    parser.add_argument("--trees", type=Path, help="a folder of projects with real trees")
    parser.add_argument("--random", type=int, default=0, help="so many stock trees with random edits")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--releases", nargs="+", default=FULL, help="releases of the random trees")
    parser.add_argument(
        "--down", action="store_true", help=f"take random trees down to an older release, from {LOWEST} on"
    )
    parser.add_argument("--no-boot", action="store_true", help="do not start the trees with the releases")
    args = parser.parse_args(argv)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="pipedeck-upgrade-") as name:
        folder = Path(name).resolve()
        (folder / "home").mkdir()
        stock_trees(tally, folder, args.stock, args.to)
        for path in sorted(args.trees.iterdir()) if args.trees else ():
            if (path / ".pipelex" / "inference").is_dir():
                upgrade(tally, project(folder, path / ".pipelex", path.name), kit_of(args.to), path.name)
        releases = args.releases if not args.down else [release for release in args.releases if _is_down(release)]
        random_trees(tally, folder, args.random, args.seed, releases, down=args.down)
        if not args.no_boot:
            boot(tally)
    print(f"trees {tally.trees}, started {tally.started}, random edits {tally.changes}, faults {len(tally.faults)}")
    print(f"slowest plan {tally.slowest:.2f} s")
    for fault in tally.faults:
        print(f"    {fault[:400]}")
    return 1 if tally.faults else 0
