"""How long `pipedeck resolve` takes as a whole process, beside an empty Python and beside Pipelex on the same project.

    python -m tests.benchmarks.cli_startup [--rounds N] [--pipelex BIN] [--out FILE]

Commands run in turns, so that a busy moment of the machine falls on all of them; the ratios are medians of the
ratios within one round. Every variable of the tree is set to a dummy value, and nothing goes over the network.
"""

from __future__ import annotations

import argparse
import compileall
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import core
import tui
from tests.support.environment import fenced
from tests.support.stock import StockUnavailable, cache_dir, copy_project, stock_tree

RELEASE = "0.92.2"
PLACEHOLDER = re.compile(r"\$\{([^}\n\"'$]+)\}")
FLOOR, OURS, THEIRS = "python -c pass", "pipedeck resolve --json", "pipelex show backends"
RUN_TIMEOUT_S = 120


@dataclass
class Command:
    """One program to measure: its arguments, its environment, and the wall time of each run in milliseconds."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    milliseconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """What is reported of a command. `x_floor` and `x_ours` are medians of the ratios within a round."""

    command: str
    median_ms: float
    fastest_ms: float
    x_floor: float
    x_ours: float


def main() -> int:
    """Measure and print; 0 when every command ran, 2 when one could not."""
    options = _arguments()
    try:
        stock = stock_tree(RELEASE)
    except StockUnavailable as exc:
        print(exc, file=sys.stderr)
        return 2
    compile_packages()
    with tempfile.TemporaryDirectory(prefix="pipedeck-startup-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        project = copy_project(stock, Path(folder) / "project")
        environment = fenced(home) | dummy_values(project.tree)
        commands = {
            FLOOR: Command([sys.executable, "-c", "pass"], environment),
            OURS: pipedeck(["resolve", "--json", "--tree", str(project.tree)], environment),
        }
        if binary := options.pipelex or installed_pipelex():
            commands[THEIRS] = Command([str(binary.absolute()), "show", "backends"], environment)
        else:
            print(f"no pipelex {RELEASE}: give its path with --pipelex to compare with it", file=sys.stderr)
        failure = measure(commands, options.rounds, project.root)
    if failure:
        print(failure, file=sys.stderr)
        return 2
    rows = report(commands)
    print(table(rows, options.rounds))
    if options.out:
        options.out.write_text(json.dumps(as_json(rows, commands, options.rounds), indent=2) + "\n", encoding="utf-8")
    return 0


def compile_packages() -> None:
    """Write the bytecode of both packages: where Python is told to write none, each start would compile them again."""
    for package in (core, tui):
        for folder in package.__path__:
            compileall.compile_dir(folder, quiet=1)


def pipedeck(arguments: Sequence[str], environment: Mapping[str, str]) -> Command:
    """The installed command, as a user runs it, or the module of this checkout where it is not installed."""
    script = Path(sys.executable).with_name("pipedeck")
    if script.exists():
        return Command([str(script), *arguments], environment)
    checkout = Path(__file__).resolve().parents[2]
    return Command([sys.executable, "-m", "tui", *arguments], {**environment, "PYTHONPATH": str(checkout)})


def installed_pipelex() -> Path | None:
    """The command of the release in the cache, where the conformance tests installed it."""
    binary = cache_dir() / "venv" / RELEASE / "bin" / "pipelex"
    return binary if binary.exists() else None


def dummy_values(tree: Path) -> dict[str, str]:
    """A value for every variable the tree names, so that no backend is refused for want of a key."""
    texts = (path.read_text(encoding="utf-8") for path in tree.rglob("*.toml"))
    names = {name for text in texts for name in PLACEHOLDER.findall(text)}
    return dict.fromkeys(sorted(names), "dummy")


def measure(commands: Mapping[str, Command], rounds: int, folder: Path) -> str | None:
    """Run each command once unmeasured and then `rounds` times, in turns. Returns what went wrong, if anything did."""
    for turn in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(
                command.argv,
                cwd=folder,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=RUN_TIMEOUT_S,
                check=False,
            )
            took = (time.perf_counter() - start) * 1000
            # The first run fills the disk cache, and lets Pipelex set up its home.
            if turn:
                command.milliseconds.append(took)
            if done.returncode != 0:
                said = done.stderr or done.stdout
                return f"`{name}` ended with {done.returncode}:\n{said.decode('utf-8', 'replace')[-2000:]}"
    return None


def report(commands: Mapping[str, Command]) -> list[Row]:
    """The medians, and the ratios to the empty Python and to pipedeck."""
    floor, ours = commands[FLOOR].milliseconds, commands[OURS].milliseconds
    return [
        Row(
            command=name,
            median_ms=round(statistics.median(command.milliseconds), 1),
            fastest_ms=round(min(command.milliseconds), 1),
            x_floor=round(_ratio(command.milliseconds, floor), 2),
            x_ours=round(_ratio(command.milliseconds, ours), 2),
        )
        for name, command in commands.items()
    ]


def table(rows: Sequence[Row], rounds: int) -> str:
    """The rows as text."""
    title = f"whole process, {rounds} rounds"
    lines = [f"{title:<28}{'median ms':>11}{'fastest':>9}{'x floor':>9}{'x ours':>8}"]
    lines += [
        f"{row.command:<28}{row.median_ms:>11.1f}{row.fastest_ms:>9.1f}{row.x_floor:>9.2f}{row.x_ours:>8.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def as_json(rows: Sequence[Row], commands: Mapping[str, Command], rounds: int) -> dict[str, object]:
    """The rows and every single run, with what they were measured on; no path of the machine."""
    return {
        "benchmark": "cli_startup",
        "release": RELEASE,
        "pipedeck": core.__version__,
        "python": platform.python_version(),
        "rounds": rounds,
        "rows": [asdict(row) for row in rows],
        "milliseconds": {name: [round(took, 2) for took in command.milliseconds] for name, command in commands.items()},
    }


def _ratio(measured: Sequence[float], base: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(measured, base, strict=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cli_startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="measured runs of each command (default: 11)")
    parser.add_argument("--pipelex", type=Path, metavar="BIN", help=f"the `pipelex` command of release {RELEASE}")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write everything as JSON to this file")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
