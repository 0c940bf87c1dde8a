"""Real users' trees, where they lie beside the checkout: which release each was written for, and their two answers."""

from __future__ import annotations

import re
from pathlib import Path

from .generate import Case
from .measure import Bench, Outcome

TREES = Path(__file__).resolve().parents[3] / "shared" / "trees"

RELEASES = {
    "azaj01__pipelex@v0.10.2": "0.10.2",
    "Pipelex__cocode@f67449f": "0.10.2",
    "Akshobhya-codes__moodmeal": "0.10.2",
    "0x090909__pipelex_api_flow": "0.17.6",
    "_adflow_documented": "0.14.3",
    "Pipelex__pipelex-starter@333a959": "0.18.6",
}
"""The release that each tree is read with: the nearest to its dialect that reads it without a word on its settings."""

PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def present() -> list[str]:
    """The names of the trees that are there and whose release is known."""
    return [name for name in RELEASES if (TREES / name / ".pipelex" / "inference").is_dir()]


def real_case(name: str, *, keys: bool) -> Case:
    """A real tree as a case, with every variable it names set to a dummy, or none set.

    Only the inference tree: its owner's `pipelex.toml` is refused by most releases for settings of another subject.
    """
    root = TREES / name
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / ".pipelex" / "inference").rglob("*"))
        if path.is_file()
    }
    files["pyproject.toml"] = b'[project]\nname = "case"\n'
    names = sorted({one for data in files.values() for one in PLACEHOLDER.findall(data.decode(errors="replace"))})
    env = {one: f"dummy-{one.lower()}" for one in names} if keys else {}
    return Case(RELEASES[name], 0, files, None, env, (name,))


def real_outcome(name: str, *, keys: bool) -> Outcome:
    """Both answers for a real tree."""
    with Bench(RELEASES[name]) as bench:
        return bench.try_case(real_case(name, keys=keys))
