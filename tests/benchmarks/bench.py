"""Common parts of the benchmarks: working folder, empty homes, the stock tree, compiled bytecode, medians."""

from __future__ import annotations

import compileall
import re
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.benchmarks.goals import Figure
from tests.support.environment import fenced
from tests.support.stock import Project, copy_project, stock_tree

CHECKOUT: Final = Path(__file__).resolve().parents[2]
RELEASE: Final = "0.92.2"
_PLACEHOLDER: Final = re.compile(r"\$\{([^}\n\"'$]+)\}")
_ON_SCREEN: Final = ("core", "tui", "textual", "rich", "tomli", "dotenv", "pygments", "markdown_it", "platformdirs")


@dataclass
class Bench:
    """The options of a benchmark run, with its folder and project."""

    folder: Path
    rounds: int
    fast: bool = False
    say: Callable[[str], None] = field(default=lambda message: None)
    _homes: int = 0
    _project: Project | None = None

    @property
    def project(self) -> Project:
        """A project with the stock tree. Raises StockUnavailable."""
        if self._project is None:
            self._project = copy_project(stock_tree(RELEASE), self.folder / "shop")
        return self._project

    def environment(self) -> dict[str, str]:
        """An environment with a new empty home, true colour, and a value for every variable in the tree."""
        self._homes += 1
        home = self.folder / f"home-{self._homes}"
        home.mkdir()
        return fenced(home) | {"COLORTERM": "truecolor", "PYTHONPATH": str(CHECKOUT)} | self._values()

    def _values(self) -> dict[str, str]:
        texts = (path.read_text(encoding="utf-8") for path in self.project.tree.rglob("*.toml"))
        names = {name for text in texts for name in _PLACEHOLDER.findall(text)}
        return dict.fromkeys(sorted(names), "dummy")

    def round_numbers(self) -> Sequence[int]:
        """The numbers of the rounds; round 0 is a warm-up unless it is the only one."""
        return range(self.rounds + 1 if self.rounds > 1 else 1)


def new_folder() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder for a run."""
    return tempfile.TemporaryDirectory(prefix="pipedeck-bench-")


def compile_packages() -> None:
    """Compile the packages that a start imports, as Python may not be allowed to write bytecode at each start."""
    for package in _ON_SCREEN:
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec is not None else ():
            compileall.compile_dir(folder, quiet=2, workers=1)
    compileall.compile_dir(CHECKOUT / "tests" / "benchmarks", quiet=2)


def pipedeck(*arguments: str) -> list[str]:
    """The command line of pipedeck: the installed script, else the module of this checkout."""
    script = Path(sys.executable).with_name("pipedeck")
    return [str(script), *arguments] if script.exists() else [sys.executable, "-m", "tui", *arguments]


def counted(rounds: Sequence[float]) -> Sequence[float]:
    """The rounds without the warm-up."""
    return rounds[1:] if len(rounds) > 1 else rounds


def ratio(ours: Sequence[float], base: Sequence[float], unit: str = "ms") -> Figure:
    """The median of the ratios within each round, so that load on the machine affects both."""
    ours, base = counted(ours), counted(base)
    ratios = [value / floor for value, floor in zip(ours, base, strict=True)]
    medians = [f"{statistics.median(values):,.4g} {unit}" for values in (ours, base)]
    return Figure(statistics.median(ratios), medians[0], medians[1], (min(ratios), max(ratios)))


def plain(values: Sequence[float]) -> Figure:
    """The median over the rounds."""
    values = counted(values)
    return Figure(statistics.median(values), spread=(min(values), max(values)))
