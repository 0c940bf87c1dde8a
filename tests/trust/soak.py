"""Presses random keys in the app for a time: `python -m tests.trust.soak --minutes 30 --seed 1`.

Runs on copies of stock trees, of the sample and of broken trees. Each seed presses the same keys. The exit code is 1
when the app crashed, reported a failure, sent a foreign control sequence, leaked memory, or left a broken tree.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import tomli

from tests.support.stock import copy_project, stock_tree
from tests.trust.escapes import foreign
from tests.trust.hostile_tree import TEXTS, make_hostile_tree
from tests.trust.terminal import KEYS, Terminal

SIZES = ((80, 24), (120, 40), (60, 16), (200, 60))
LETTERS = "abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789/:?!=[]-+*.,$@"
NAMED = [key for key in KEYS if key not in ("ctrl+q", "ctrl+c")]
BROKEN = {
    "empty": {},
    "syntax": {"backends.toml": "[openai\nenabled = true\n", "routing_profiles.toml": 'active = "x"\n"*": "y"\n'},
    "bytes": {"backends.toml": "[openai]\n", "deck/1_llm_deck.toml": "\x00\x01"},
}
LEADING = "omdxrfvEwuVKON><$#zeIxc!=6Y/s:pR[yL?i2345"
"""Keys that open a page, a form or a picker, or edit: pressed now and then."""
LEADS_EVERY = 15
ASKING = "tT"
"""Keys that start live checks: only in the demo, which has its own provider."""
KEYS_A_SESSION = 300
START_S = 15.0
"""The maximum duration of a start (seconds)."""
MAX_GROWTH_MB = 60


@dataclass
class Tally:
    """The results of a run."""

    sessions: int = 0
    keys: int = 0
    peak_mb: float = 0.0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.sessions} sessions, {self.keys} keys, {len(self.faults)} faults, peak memory {self.peak_mb:.0f} MB"
        )


def projects(folder: Path, releases: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The trees by name, each with the arguments that open it."""
    trees: list[tuple[str, list[str]]] = [("demo", ["demo"])]
    for release in releases:
        root = folder / f"stock-{release}"
        copy_project(stock_tree(release), root)
        trees.append((release, [str(root)]))
    for name, files in BROKEN.items():
        root = folder / name
        tree = root / ".pipelex" / "inference"
        (tree / "deck").mkdir(parents=True)
        (tree / "backends").mkdir()
        for file, text in files.items():
            (tree / file).write_text(text)
        trees.append((name, [str(root)]))
    make_hostile_tree(folder / "hostile", TEXTS[:40])
    trees.append(("hostile", [str(folder / "hostile")]))
    return trees


def session(tally: Tally, name: str, arguments: list[str], seed: int, home: Path, deadline: float) -> None:
    """Start the app and press random keys until it ends, fails or the limit is reached."""
    rng = Random(seed)
    columns, rows = rng.choice(SIZES)
    where = f"{name}, seed {seed}, {columns}x{rows}"
    home.mkdir(parents=True, exist_ok=True)
    variables = {"OPENAI_API_KEY": "k", "EDITOR": "true", "VISUAL": "true"}
    tally.sessions += 1
    with Terminal(home, arguments, columns=columns, rows=rows, variables=variables) as terminal:
        if not terminal.settle(3.0, START_S) and terminal.ended is None:
            tally.faults.append(f"{where}: never came to rest\n{terminal.text}")
        first = terminal.memory_mb if terminal.ended is None else 0.0
        pressed: list[str] = []
        for number in range(KEYS_A_SESSION):
            if terminal.ended is not None or time.monotonic() > deadline:
                break
            if number % LEADS_EVERY == 0:
                terminal.send("esc", "esc", patience=0.02)
                key = rng.choice(LEADING)
            else:
                key = rng.choice(NAMED) if rng.random() < 0.5 else rng.choice(LETTERS)
            if key in ASKING and name != "demo":
                continue
            pressed.append(key)
            terminal.send(key, patience=0.02)
            tally.keys += 1
            if "had to stop" in terminal.text:
                last = " ".join(pressed[-30:])
                tally.faults.append(f"{where}: key {number}: reported a failure\n{last}\n{terminal.text}")
                return
        if terminal.ended is None:
            tally.peak_mb = max(tally.peak_mb, terminal.memory_mb)
            if terminal.memory_mb > first + MAX_GROWTH_MB:
                tally.faults.append(f"{where}: grew from {first:.0f} to {terminal.memory_mb:.0f} MB")
        elif terminal.ended not in (0, 1, 2):
            tally.faults.append(f"{where}: ended with {terminal.ended}\n{' '.join(pressed[-30:])}\n{terminal.text}")
        if "had to stop" in terminal.text or b"Traceback" in terminal.raw:
            tally.faults.append(f"{where}: failed\n{terminal.text}")
        strange = foreign(terminal.raw, copying=True)
        if strange:
            tally.faults.append(f"{where}: sent {strange[:3]}")


def broken_files(folder: Path, name: str) -> list[str]:
    """The files that no longer parse, in a tree that was valid at the start."""
    if name in BROKEN or name in ("demo", "hostile"):
        return []
    out = []
    for path in (folder / f"stock-{name}").rglob("*.toml"):
        try:
            tomli.loads(path.read_bytes().decode())
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
            out.append(f"{path.name}: {error}")
    return out


def run(minutes: float, seed: int, releases: Sequence[str]) -> Tally:
    """Run sessions until the time is over."""
    tally = Tally()
    deadline = time.monotonic() + 60 * minutes
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trees = projects(folder, releases)
        number = 0
        while time.monotonic() < deadline:
            tree, arguments = trees[number % len(trees)]
            count = len(tally.faults)
            session(tally, tree, arguments, seed + number, folder / "home", deadline)
            for fault in tally.faults[count:]:
                print(fault, file=sys.stderr, flush=True)
            tally.faults += [f"{tree}, seed {seed + number}: broken: {path}" for path in broken_files(folder, tree)]
            number += 1
    return tally


def main() -> int:
    """Run and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--releases", nargs="*", default=["0.10.2", "0.14.3", "0.18.6", "0.43.1", "0.92.2"])
    options = parser.parse_args()
    tally = run(options.minutes, options.seed, options.releases)
    for fault in tally.faults[:10]:
        print(fault)
    print(tally)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
