"""A child process that commits without end, and a parent that reads the files, kills it and checks the result."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.files.store import Change, Clean, Committed, Recovered, commit, content_hash, recover

NAMES = ("backends/x.toml", "backends.toml", "linked.toml", "twin.toml")


@dataclass
class Tally:
    """What happened: commits of all children, reads between, kills, and kills that left files of two generations."""

    kills: int = 0
    commits: int = 0
    reads: int = 0
    mixed: int = 0
    recovered: int = 0


def _content(number: int) -> bytes:
    # Of a length that changes, so that a half-written file is seen as such.
    return b"generation = %d\n" % number + b"# filling\n" * (number * 37 % 400) + b"end = %d\n" % number


def _generation(content: bytes) -> int:
    """Which generation a file holds. Raises AssertionError when it is not a whole one."""
    first = content.partition(b"\n")[0]
    number = int(first.rpartition(b" ")[2])
    assert content == _content(number), "a torn file"
    return number


def lay(base: Path) -> Path:
    """A tree of generation 0: one file in a folder, one plain, one behind a link, one with two names."""
    tree = base / "tree"
    (tree / "backends").mkdir(parents=True)
    (base / "outside").mkdir()
    for path in (tree / "backends/x.toml", tree / "backends.toml", base / "outside/real.toml", tree / "twin.toml"):
        path.write_bytes(_content(0))
    (tree / "linked.toml").symlink_to(base / "outside/real.toml")
    os.link(tree / "twin.toml", tree / "other_name.toml")
    return tree


def _commit_for_ever(tree: Path, state: str, number: int) -> NoReturn:
    while True:
        base, content = content_hash(_content(number)), _content(number + 1)
        result = commit([Change(name, base, content) for name in NAMES], root=str(tree), state=state, label=str(number))
        if not isinstance(result, Committed):
            os._exit(3)
        number += 1


def kill_many(base: Path, *, kills: int, seed: int) -> Tally:
    """Kill that many children, each at a random moment, and check every time. Raises AssertionError."""
    chance = random.Random(seed)
    tree, state = lay(base), str(base / "state")
    tally = Tally()
    number = 0
    while tally.kills < kills:
        child = os.fork()
        if child == 0:
            _commit_for_ever(tree, state, number)
        seen = number
        # Every other one dies at a random moment, the rest soon after a commit was seen to begin.
        patience = time.monotonic() + (chance.uniform(0.005, 0.15) if tally.kills % 2 else 5)
        enough = number + chance.randint(1, 4)
        after = chance.uniform(0, 0.002)
        while time.monotonic() < patience:
            # A file that is replaced is whole at every moment. The one with two names is written in place: not this.
            now = _generation((tree / NAMES[tally.reads % 3]).read_bytes())
            assert now >= number
            seen = max(seen, now)
            tally.reads += 1
            if seen >= enough and not tally.kills % 2:
                patience, enough = time.monotonic() + after, sys.maxsize
        os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code == -signal.SIGKILL, f"the child ended by itself ({code})"
        tally.kills += 1
        tally.mixed += len({(tree / name).read_bytes() for name in NAMES}) > 1
        opened = recover(str(tree), state)
        assert isinstance(opened, Clean | Recovered), opened.message
        tally.recovered += isinstance(opened, Recovered)
        generations = {_generation((tree / name).read_bytes()) for name in (*NAMES, "other_name.toml")}
        assert len(generations) == 1, f"a mixed tree: {generations}"
        now = generations.pop()
        assert now >= seen, f"back from {seen} to {now}"
        tally.commits += now - number
        number = now
    assert not [path for path in base.rglob("*.pipedeck") if path.is_file()]
    return tally
