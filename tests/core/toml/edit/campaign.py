"""Random edits over the stock trees of releases: `python -m tests.core.toml.edit.campaign --edits 10000`."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import tomli

from core.toml.edit import editor
from core.toml.edit.text_layout import build_layout, scan
from core.toml.edit.toml_commands import Refusal
from tests.core.toml.edit import chance, judge
from tests.support.stock import stock_tree
from tests.support.toml_test import valid_texts

RELEASES = ("0.10.2", "0.14.3", "0.18.6", "0.43.1", "0.77.0", "0.92.2")


@dataclass
class Tally:
    """The result of a campaign. `messages` has the first edits that show each fault."""

    edits: int = 0
    corruptions: int = 0
    untouched: int = 0
    misplaced: int = 0
    blank: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    messages: list[str] = field(default_factory=list)

    @property
    def unsafe(self) -> int:
        """Refusals that the planner should not need: by the gate, or for a way of writing it does not know."""
        return self.refused["unsafe"] + self.refused["shape"]

    @property
    def faults(self) -> int:
        return self.corruptions + self.untouched + self.misplaced + self.blank

    def __str__(self) -> str:
        share = 100 * self.unsafe / max(self.edits, 1)
        return (
            f"edits {self.edits}, corruptions {self.corruptions}, untouched lines changed {self.untouched}, comments "
            f"misplaced {self.misplaced}, stray blank lines {self.blank}, refusals {share:.2f} % "
            f"({dict(self.refused)} of all asked)"
        )


def stock_texts(releases: Sequence[str] = RELEASES) -> list[tuple[str, str]]:
    """Name and text of every TOML file of the stock trees of these releases."""
    found = []
    for release in releases:
        tree = stock_tree(release)
        for path in sorted(tree.rglob("*.toml")):
            found.append((f"{release}/{path.relative_to(tree)}", path.read_bytes().decode()))
    return found


def run(texts: Sequence[tuple[str, str]], edits: int, seed: int) -> Tally:
    """Make and judge so many edits, each on a text as shipped, or with CRLF, or without the end of its last line."""
    rng = Random(seed)
    tally = Tally()
    while tally.edits < edits:
        name, text = rng.choice(texts)
        crlf = text.replace("\r\n", "\n").replace("\n", "\r\n")
        text = rng.choice([text, text, crlf, text.rstrip("\r\n")])
        command = chance.command(rng, tomli.loads(text))
        done = editor.apply(text, command)
        if isinstance(done, Refusal):
            tally.refused[done.code] += 1
            # What cannot be asked for is no edit; what could be and is not made is one that failed.
            if done.code not in ("unsafe", "shape"):
                continue
            tally.messages.append(f"{done.code}: {done.reason} {name} {command}")
        tally.edits += 1
        tally.kinds[type(command).__name__] += 1
        if isinstance(done, Refusal):
            continue
        found = judge.faults(text, command, done.text)
        if scan(done.text) != build_layout(done.text):
            found.insert(0, "corrupt: the layout that was foreseen is not that of the text")
        kinds = {fault.partition(":")[0] for fault in found}
        tally.corruptions += "corrupt" in kinds
        tally.untouched += "untouched" in kinds
        tally.misplaced += "misplaced" in kinds
        tally.blank += "blank" in kinds
        tally.messages += [f"{fault}: {name} {command}" for fault in found[:1]]
    return tally


def main() -> int:
    """Run a campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="how many faults to print")
    parser.add_argument("--folder", type=Path, help="take the TOML files below this folder in place of the stock trees")
    parser.add_argument("--toml-test", action="store_true", help="take the documents of toml-test in their place")
    options = parser.parse_args()
    if options.folder:
        texts = [(str(path), path.read_bytes().decode()) for path in sorted(options.folder.rglob("*.toml"))]
    else:
        texts = list(valid_texts().items()) if options.toml_test else stock_texts()
    start = time.perf_counter()
    tally = run(texts, options.edits, options.seed)
    for line in tally.messages[: options.show]:
        print(line)
    print(tally)
    print(dict(tally.kinds))
    print(f"{time.perf_counter() - start:.0f} s over {len(texts)} files, seed {options.seed}")
    # toml-test has ways of writing that no tree has, of which some are left to a person.
    refused = tally.refused["unsafe"] if options.toml_test else tally.unsafe * 500 > tally.edits
    return 1 if tally.faults or refused else 0


if __name__ == "__main__":
    sys.exit(main())
