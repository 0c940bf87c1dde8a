"""Replays random edits on a concurrently edited text: `python -m tests.core.workspace.replay_campaign`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import tomli

from core.edits.steps import EditText
from core.files.view import Overlay, Snapshot
from core.toml.edit import toml_commands as c
from core.toml.edit.editor import apply
from core.toml.edit.plain_data import has, identical, renamed, value_at
from core.toml.edit.toml_commands import Command, Refusal
from core.workspace.preconditions import AppliedStep
from core.workspace.replay import replay
from tests.core.toml.edit import chance
from tests.core.toml.edit.campaign import stock_texts

FILE = "/nowhere/one.toml"


@dataclass
class Tally:
    """The results of the pairs. `asked`: conflicts although both orders are equal; `wrong`: wrong merges."""

    merged: int = 0
    conflicted: int = 0
    asked: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        return self.merged + self.conflicted + self.asked + len(self.wrong)

    def __str__(self) -> str:
        commuting = self.merged + self.asked
        share = 100 * self.asked / max(commuting, 1)
        return (
            f"pairs {self.pairs}: merged {self.merged}, rightly asked {self.conflicted}, needlessly asked {self.asked} "
            f"({share:.1f} % of those that commute), wrong {len(self.wrong)}"
        )


def run(texts: Sequence[tuple[str, str]], pairs: int, seed: int) -> Tally:
    """Make two random edits (mine, theirs) of each text, and replay mine on theirs."""
    rng = Random(seed)
    tally = Tally()
    while tally.pairs < pairs:
        name, text = rng.choice(texts)
        data = tomli.loads(text)
        mine, theirs = chance.command(rng, data), chance.command(rng, data)
        one, two = apply(text, mine), apply(text, theirs)
        if isinstance(one, Refusal) or isinstance(two, Refusal) or not one.changed or not two.changed:
            continue
        _judge(tally, name, text, mine, theirs, one.text, two.text)
    return tally


def _judge(tally: Tally, name: str, text: str, mine: Command, theirs: Command, one: str, two: str) -> None:
    found = replay(Overlay(Snapshot(), {FILE: two.encode()}), [[AppliedStep(EditText(FILE, mine), text.encode())]])
    other = apply(one, theirs)
    both = None if isinstance(other, Refusal) else _data(other.text)
    if found.conflicts:
        straight = apply(two, mine)
        commute = both is not None and not isinstance(straight, Refusal) and _data(straight.text) == both
        if commute:
            tally.asked += 1
        else:
            tally.conflicted += 1
        return
    content = found.contents[0].get(FILE, two.encode())  # nothing is left to do where both made the same edit
    assert content is not None
    result = _data(content.decode())
    if result == both or _keeps_theirs(text, mine, theirs, two, result):
        tally.merged += 1
    else:
        tally.wrong.append(f"{name}: mine {mine}, theirs {theirs}")


def _keeps_theirs(text: str, mine: Command, theirs: Command, two: str, result: Any) -> bool:
    """Whether a result has both changes although theirs cannot be asked for after mine, its path being another then.

    A name changed around what they did keeps it whole; what is deleted just as it was, comments included, loses
    nothing of theirs but its place.
    """
    path = getattr(mine, "path", ())
    if isinstance(mine, c.RenameKey):
        return bool(identical(result, renamed(_data(two), path, mine.name)))
    if isinstance(mine, c.DeleteKey):
        if not has(_data(two), path):
            return identical(result, _data(two)) and not isinstance(theirs, c.RenameKey)
        untouched = identical(value_at(_data(text), path), value_at(_data(two), path))
        return untouched and not has(result, path)
    if isinstance(mine, c.InsertKey | c.SetValue) and isinstance(theirs, c.SetValue) and theirs.path == path[:-1]:
        # Theirs changed the content of the table, and mine is in it too.
        return bool(identical(value_at(result, path), mine.value))
    if isinstance(mine, c.AddTable):
        # Theirs made or changed a table around mine, or the same one with other keys.
        return _holds(value_at(result, path), dict(mine.items)) and _holds(result, _data(two))
    return False


def _holds(whole: Any, part: Any) -> bool:
    """Whether all keys of a table are in another one, at any depth."""
    if not isinstance(whole, dict) or not isinstance(part, dict):
        return bool(identical(whole, part))
    return all(key in whole and _holds(whole[key], item) for key, item in part.items())


def _data(text: str) -> Any:
    return tomli.loads(text)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally = run(stock_texts(), options.pairs, options.seed)
    for line in tally.wrong[:20]:
        print(line)
    print(tally)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
