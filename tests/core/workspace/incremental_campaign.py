"""Random edit sessions on trees, each report compared with one from scratch.

python -m tests.core.workspace.incremental_campaign --steps 2000 [--seed 1] [--folder TREES] [--generated 40]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import tomli

from core.api import Report
from core.edits import backend_edits, model_edits, profile_edits, route_edits
from core.edits.edit_session import Intent
from core.toml.edit.toml_commands import SetValue
from core.workspace import Proposal, Workspace
from tests.conformance.generate.build import build
from tests.conformance.generate.case import write_case
from tests.core.edits.fix_campaign import RELEASES
from tests.core.edits.intent_campaign import ask
from tests.core.toml.edit import chance
from tests.core.workspace.report_contents import difference
from tests.core.workspace.support import OneCommand
from tests.support.stock import copy_project, stock_tree

KEYS = {"OPENAI_API_KEY": "set", "ANTHROPIC_API_KEY": "set", "AZURE_API_KEY": ""}


@dataclass
class Tally:
    """The results of a campaign: the count of each kind of step, and the differences."""

    compared: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"compared {self.compared}, differences {len(self.faults)}, steps {dict(self.kinds)}"


@dataclass
class Session:
    """A workspace with random edits."""

    rng: Random
    workspace: Workspace

    def step(self) -> str:
        """Do a random step; returns its kind."""
        action = self.rng.choice(
            [self._intent, self._intent, self._intent, self._value, self._value, self._command, self._back, self._other]
        )
        return action()

    def _paths(self) -> list[str]:
        sources = self.workspace.report.catalog.tree.sources
        return [source.path for source in sources if source.document.text and source.document.parse_error is None]

    def _data(self, path: str) -> dict[str, object]:
        content = self.workspace.view.content(path)
        return tomli.loads(content.decode()) if isinstance(content, bytes) else {}

    def _propose(self, intent: Intent) -> str:
        proposal = self.workspace.propose(intent)
        if not isinstance(proposal, Proposal):
            return "refused"
        if self.rng.random() < 0.8:
            self.workspace.accept(proposal)
        return type(intent).__name__

    def _intent(self) -> str:
        return self._propose(self.rng.choice(list(intents(self.rng, self.workspace.report))))

    def _command(self) -> str:
        path = self.rng.choice(self._paths())
        return self._propose(OneCommand(path, chance.command(self.rng, self._data(path))))

    def _value(self) -> str:
        """Change the value of a text, a number or a flag."""
        path = self.rng.choice(self._paths())
        values = [(keys, value) for keys, value in chance.nodes(self._data(path)) if type(value) in VALUES]
        if not values:
            return "nothing"
        keys, value = self.rng.choice(values)
        alternatives = [one for _, one in values if type(one) is type(value)]
        new = self.rng.choice([*VALUES[type(value)], *self.rng.sample(alternatives, min(3, len(alternatives)))])
        return self._propose(OneCommand(path, SetValue(keys, new)))

    def _back(self) -> str:
        kind = self.rng.choice(["undo", "undo", "redo", "save", "look"])
        if kind == "undo":
            for _ in range(self.rng.choice([1, 1, 3])):
                self.workspace.undo()
        elif kind == "redo":
            self.workspace.redo()
        elif kind == "save":
            self.workspace.save(accept_errors=True)
        else:
            self.workspace.look_at(self.rng.choice([None, *self.workspace.report.catalog.profiles]))
        return kind

    def _other(self) -> str:
        """Change a file on disk and merge it."""
        path = Path(self.rng.choice(self._paths()))
        lines = path.read_text().split("\n") if path.exists() else []
        if not lines:
            return "nothing"
        at = self.rng.randrange(len(lines))
        if self.rng.random() < 0.5:
            lines.insert(at, "# somebody else")
        else:
            lines[at] = lines[at].replace("true", "false").replace("1", "2").replace("claude", "gpt")
        path.write_text("\n".join(lines))
        self.workspace.refresh()
        return "disk"


VALUES: dict[type, list[object]] = {
    str: ["nobody", "@nobody", "", "openai", "anthropic", "llm", "disabled", "${OPENAI_API_KEY}"],
    int: [0, 1, 5, 10**6, -1],
    float: [0.0, 1.0, 0.0003, 2.5],
    bool: [True, False],
}


def intents(rng: Random, report: Report) -> Iterator[Intent]:
    """An edit of each kind."""
    catalog = report.catalog
    yield ask(rng, report).intent
    names = list(catalog.backends)
    if names:
        yield backend_edits.SwitchBackend(rng.choice(names), rng.random() < 0.5)
    if catalog.specs:
        spec = rng.choice(catalog.specs)
        key, value = rng.choice([("max_tokens", rng.randrange(9000)), ("model_id", "other"), ("max_tokens", None)])
        yield model_edits.ChangeModelField(spec.backend, spec.handle, str(key), value)
        yield model_edits.DuplicateModel(spec.backend, spec.handle, f"{spec.handle}-{rng.randrange(9)}")
    for profile in catalog.profiles.values():
        yield profile_edits.SwitchProfile(profile.name)
        if names:
            yield route_edits.AddRoute(
                profile.name, rng.choice(["gpt-*", "*", "*mini*", "claude-4.5-sonnet"]), rng.choice(names)
            )
        for route in profile.routes[:3]:
            yield route_edits.RetargetRoute(profile.name, route.pattern, rng.choice(names or ["x"]))
            yield route_edits.DeleteRoute(profile.name, route.pattern)


def generated(count: int, start: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Random trees, most of them broken, with their releases."""
    for number in range(start, start + count):
        release = RELEASES[number % len(RELEASES)]
        project, _ = write_case(build(release, number, stock_tree(release)), folder / f"{release}-{number}")
        tree = project / ".pipelex" / "inference"
        if tree.exists():  # some trees are in the home only
            yield release, tree


def run(trees: Sequence[tuple[str, Path]], steps: int, seed: int) -> Tally:
    """Run sessions of 25 steps on the trees in turn."""
    tally = Tally()
    rng = Random(seed)
    while sum(tally.kinds.values()) < steps:
        release, tree = rng.choice(trees)
        with tempfile.TemporaryDirectory() as folder:
            project = copy_project(tree, Path(folder) / "shop")
            environ = {**KEYS, "HOME": folder}
            workspace = Workspace.open(
                str(project.root), release=release or None, environ=environ, assume_keys=rng.random() < 0.3
            )
            session = Session(rng, workspace)
            done: list[str] = []
            for _ in range(25):
                done.append(session.step())
                tally.kinds[done[-1]] += 1
                if rng.random() < 0.2:
                    continue  # this report is not queried, so the next can reuse less
                tally.compared += 1
                report = session.workspace.report
                message = difference(report, session.workspace.view, report.catalog.assumed_profile)
                if message:
                    tally.faults.append(f"{message} in {tree} ({release}), seed {seed}, after {done}")
                    break
    return tally


def main() -> int:
    """Run a campaign and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="take the trees below this folder in place of the stock trees")
    parser.add_argument("--generated", type=int, help="take so many generated trees in their place")
    options = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        if options.folder:
            trees = [("", tree) for tree in sorted(options.folder.glob("*/.pipelex/inference"))]
        elif options.generated:
            trees = list(generated(options.generated, options.seed, Path(folder)))
        else:
            trees = [(release, stock_tree(release)) for release in RELEASES]
        tally = run(trees, options.steps, options.seed)
    for line in tally.faults[:20]:
        print(line)
    print(tally)
    print(f"{time.perf_counter() - start:.0f} s, seed {options.seed}")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
