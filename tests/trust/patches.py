"""Random edits of stock trees, whose printed differences `git apply` and `patch` have to apply to the byte.

`python -m tests.trust.patches --edits 2000` runs a campaign.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from core.edits.edit_session import Applied, apply_intent
from core.edits.intent import EditLayer, Intent
from core.workspace.diffs import file_diff
from tests.core.edits.campaign import Chooser
from tests.core.edits.intent_campaign import ask
from tests.core.edits.stock_scene import Scene
from tests.support.stock import copy_project, stock_tree
from tests.trust.comments import RELEASES, replace_scene

EDITS_A_SCENE = 15
FORMS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    lambda text: text.rstrip("\r\n"),
    lambda text: text.replace(" = ", "\t=\t", 20),
    lambda text: text.replace("\n", "\r\n", 30) if "\r" not in text else text,
)
"""Texts of the same data: as they are, other ends of lines, none at the end, tabs, and both ends of lines."""
TOOLS: Mapping[str, list[str]] = {
    "git": ["git", "apply", "--whitespace=nowarn", "-"],
    "patch": ["patch", "-p1", "--binary", "--quiet", "--no-backup-if-mismatch", "--fuzz=0"],
}


@dataclass
class Tally:
    """What a campaign did; `hidden` are the edits whose differences are called no patch."""

    edits: int = 0
    hidden: int = 0
    applied: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        tools = ", ".join(f"{count} by {tool}" for tool, count in self.applied.items())
        return f"{self.edits} edits, {self.hidden} with hidden parts, applied {tools}, {len(self.faults)} faults"


def check(old: Mapping[str, bytes | None], new: Mapping[str, bytes | None], folder: Path, tally: Tally) -> list[str]:
    """Apply the difference between two states of files, by the name shown, with each tool; what is not as it should."""
    diffs = [diff for name in new if (diff := file_diff(name, name, old[name], new[name])) is not None]
    if not all(diff.exact for diff in diffs):
        tally.hidden += 1
        diffs = [diff for diff in diffs if diff.exact]
    text = "".join(diff.unified() for diff in diffs)
    found = []
    for tool, command in TOOLS.items() if diffs else ():
        if shutil.which(tool) is None:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for diff in diffs:
            path, content = folder / diff.shown, old[diff.shown]
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                path.write_bytes(content)
        done = subprocess.run(command, cwd=folder, input=text.encode(), capture_output=True, check=False)
        now = {path: path.read_bytes() if path.exists() else None for path in (folder / diff.shown for diff in diffs)}
        if done.returncode or any(now[folder / diff.shown] != new[diff.shown] for diff in diffs):
            found.append(f"{tool}: {(done.stdout + done.stderr).decode()}\n{text}")
        tally.applied[tool] = tally.applied.get(tool, 0) + 1
    return found


def run_tree(root: Path, release: str, edits: int, seed: int, folder: Path, tally: Tally) -> None:
    """Random edits of one stock tree, in another form of its texts every few edits."""
    rng = Random(f"{seed} {release}")
    start = here = Scene.of(root, release)
    until = tally.edits + edits
    tries = 0
    while tally.edits < until:
        if tries % EDITS_A_SCENE == 0:
            here = start.rewritten(lambda text: rng.choice(FORMS)(text))
        tries += 1
        intent: Intent = Chooser(rng, here).intent() if rng.random() < 0.6 else ask(rng, here.report).intent
        layer = rng.choice((EditLayer.AUTO, EditLayer.BASE, EditLayer.OVERRIDE))
        applied = apply_intent(here.report, here.view, intent, layer)
        if not isinstance(applied, Applied) or not applied.steps:
            continue
        tally.edits += 1
        names = {path: path.removeprefix(f"{root}/") for path in applied.contents}
        old = {
            name: here.view.content(path) if here.view.lexists(path) else None  # as bytes: it is a file
            for path, name in names.items()
        }
        new = {names[path]: content for path, content in applied.contents.items()}
        found = check(
            {name: content for name, content in old.items() if not isinstance(content, str)}, new, folder, tally
        )
        tally.faults += [f"{release} {tries}: {intent!r}: {one}" for one in found]
        here = replace_scene(here, applied)


def run(edits: int, seed: int, folder: Path, releases: tuple[str, ...] = RELEASES) -> Tally:
    """A campaign with this many edits in all."""
    tally = Tally()
    for release in releases:
        root = copy_project(stock_tree(release), folder / release).root
        run_tree(root, release, edits // len(releases), seed, folder / "work", tally)
    return tally


def main() -> int:
    """Run a campaign and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(options.edits, options.seed, Path(folder))
    print(tally)
    print("\n".join(tally.faults[:5]))
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
