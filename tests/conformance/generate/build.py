"""Build the case of a release and a seed: the stock tree, cut down, under a working profile, then changed a little."""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import random
from pathlib import Path

from . import mutations
from .base import make_base
from .case import Case
from .registry import Mutation, applicable
from .scenario import Scenario

MAX_CHANGES = 5
SECOND_BREAK = 0.15
"""How often a case gets one more change that is meant to stop the load, besides the one its seed features."""

for _module in sorted(module.name for module in pkgutil.iter_modules(mutations.__path__)):
    importlib.import_module(f"{mutations.__name__}.{_module}")


def build(release: str, seed: int, stock: Path) -> Case:
    """The case of a release and a seed, the same bytes everywhere for the same stock tree.

    Each run of as many seeds as a release has mutations features every one of them once; the other changes are drawn.
    """
    rng = random.Random(f"{release}:{seed}")
    scenario = Scenario(release, stock, rng)
    make_base(scenario)
    chosen = choose(scenario.minor, release, seed, rng)
    notes = tuple(f"{one.name}: {one.change(scenario)}" for one in chosen)
    return scenario.finish(seed, notes)


def choose(minor: int, release: str, seed: int, rng: random.Random) -> list[Mutation]:
    """The changes of a case, in the order they are made."""
    every = applicable(minor)
    order = list(range(len(every)))
    random.Random(release).shuffle(order)
    featured = every[order[seed % len(order)]]
    harmless = [one for one in every if not one.breaks and one is not featured]
    breaking = [one for one in every if one.breaks and one is not featured]
    chosen = [featured, *rng.sample(harmless, k=rng.randint(0, MAX_CHANGES - 1))]
    if rng.random() < SECOND_BREAK:
        chosen.append(rng.choice(breaking))
    rng.shuffle(chosen)
    return chosen


def generator_hash() -> str:
    """A short hash of everything that decides a generated case or how the real package is asked about it."""
    digest = hashlib.sha256()
    here = Path(__file__).resolve().parent
    sources = [*here.rglob("*.py"), *(here.parent / "inside").glob("*.py"), here.parent / "large.py"]
    for path in sorted(sources):
        digest.update(path.relative_to(here.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
