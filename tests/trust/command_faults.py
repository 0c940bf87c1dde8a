"""Commands that are killed, or whose disk fails, at a random system call: the next edit and its undo go on as ever.

`python -m tests.trust.command_faults [--cases N] [--seed N]`: a command line that writes, in a process that ends or
meets ENOSPC or EIO at a random call below the tree or the state folder; then an edit and its undo from the command
line. After a cut-off `init` the next command is `init` again. Prints figures; ends with 1 when one was refused, a file
is neither old nor new, or something was left over.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import io
import os
import pkgutil
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import core
import tui.cli
import tui.reports
from tests.core.store.disks import in_child
from tests.trust.storage import KILL, run_preloaded, set_storage
from tui.cli.main import main as pipedeck
from tui.sample import copy_sample

COMMANDS = (
    "set backends.openai.enabled false --anyway",
    "alias best gpt-4o-mini --anyway",
    "backend mistral --delete --anyway --base",
    "fix all --anyway",
    "use openai --anyway",
    "undo",
)
INIT = "init --backend openai"
EDIT = "set deck.llm.presets.writing.temperature 0.123 --anyway"
TREE = Path("shop/.pipelex/inference")


def run(base: Path, line: str, output: Path | None = None, **storage: int) -> int:
    """Run a command line in a child, on storage that fails as `set_storage` says; its exit status."""

    def work() -> None:
        os.chdir(base / "shop")
        os.environ |= {"HOME": str(base / "home"), "PIPEDECK_TEST": "1"}
        os.environ.pop("XDG_STATE_HOME", None)
        left = set_storage(base, call=storage["call"], error=storage["error"]) if storage else None
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            status = pipedeck(line.split())
        if left is not None:
            reached = left() <= 0
            set_storage(base)
            (base / "reached").write_text("yes" if reached else "")
        if output is not None:
            output.write_text(text.getvalue())
        os._exit(status)

    return in_child(work)


def load_modules() -> None:
    """Import what commands import, so that not every child does."""
    for package in (core, tui.cli, tui.reports):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def contents(tree: Path) -> dict[str, bytes]:
    """Every file of the tree, those of pipedeck included."""
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def litter(base: Path) -> list[str]:
    """Locks, temporary files and empty folders of pipedeck, in the tree and in the state folder."""
    state = base / "home/.local/state/pipedeck"
    found = [*(base / "shop").rglob("*pipedeck*"), *state.rglob("*.new")]
    logged = {path.stem for path in state.rglob("log/*.json")}
    found += [path for path in state.rglob("log/*") if path.name.partition(".")[0] not in logged]
    return [str(path.relative_to(base)) for path in found]


@dataclass(frozen=True)
class Case:
    """A command line, and the tree before and after it."""

    line: str
    template: Path
    old: dict[str, bytes]
    new: dict[str, bytes]


def prepare(folder: Path, number: int) -> Case:
    """Run a command on a copy of the sample without any fault."""
    line, template, base = COMMANDS[number], folder / f"before-{number}", folder / "case"
    shutil.rmtree(base, ignore_errors=True)
    copy_sample(base / "shop")
    (base / "home").mkdir()
    # The log is found by the path of the tree, so all happens in one place.
    if line == "undo":
        assert run(base, COMMANDS[0]) == 0
    shutil.copytree(base, template, symlinks=True)
    assert run(base, line) == 0
    return Case(line, template, contents(template / TREE), contents(base / TREE))


def lay(folder: Path, template: Path) -> Path:
    """A fresh copy of a prepared folder, always in the same place."""
    base = folder / "case"
    shutil.rmtree(base, ignore_errors=True)
    shutil.copytree(template, base, symlinks=True)
    return base


FAULTS = (KILL, KILL, errno.ENOSPC, errno.EIO)
Faults: TypeAlias = tuple[int, ...]


def fail(base: Path, line: str, chance: random.Random, tally: Counter[str], faults: Faults) -> int:
    """Run a command line that is killed or meets an error at a random call; its exit status, which is counted."""
    error = chance.choice(faults)
    status = run(base, line, base / "output", call=chance.randint(1, 150), error=error)
    if status < 0:
        tally["kills"] += 1
    elif (base / "reached").read_text():
        tally["errors"] += 1
        tally[f"{errno.errorcode[error]}, status {status}"] += 1
    else:
        tally["ended before"] += 1
    return status


def try_case(folder: Path, case: Case, chance: random.Random, tally: Counter[str], faults: Faults) -> None:
    """One case. Raises AssertionError at a finding."""
    line, old, new = case.line, case.old, case.new
    base = lay(folder, case.template)
    tree, output = base / TREE, base / "output"
    status = fail(base, line, chance, tally, faults)
    if status not in (0, -9):
        assert output.read_text().strip(), "a failure without words"
        assert status != 70, output.read_text()
    before_edit = contents(tree)
    assert run(base, EDIT, output) == 0, output.read_text()
    assert litter(base) == [], litter(base)
    assert run(base, "undo", output) == 0, output.read_text()
    after = contents(tree)
    assert after in (old, new), sorted(name for name in after if after[name] not in (old.get(name), new.get(name)))
    assert status != 0 or after == new or line == "fix all --anyway"
    tally["new" if after == new else "old"] += 1
    tally["mixed until the edit"] += before_edit not in (old, new)
    assert litter(base) == [], litter(base)


def try_init(folder: Path, chance: random.Random, tally: Counter[str], faults: Faults) -> None:
    """One `init` that is cut off, `init` again, and its undo. Raises AssertionError at a finding."""
    base = folder / "case"
    shutil.rmtree(base, ignore_errors=True)
    for name in ("shop", "home"):
        (base / name).mkdir(parents=True)
    output = base / "output"
    status = fail(base, INIT, chance, tally, faults)
    assert status in (0, 1, -9), output.read_text()
    first = output.read_text() if status >= 0 else ""
    written = status == 0 or (status == 1 and "all was written" in first)
    whole = len(list((base / "shop").rglob("*.toml")))
    again = run(base, INIT, output)
    assert again == 0 or (written and again == 2), output.read_text()
    tally["new" if "was finished" in output.read_text() or status == 0 else "old"] += 1
    assert litter(base) == [], litter(base)
    assert status != 0 or whole == len(list((base / "shop").rglob("*.toml")))
    assert run(base, "validate --assume-keys", output) == 0, output.read_text()
    undone = run(base, "undo", output)
    assert undone == 0 or (undone == 3 and "cannot be undone in another session" in first), output.read_text()
    left = [path for path in (base / "shop").rglob("*") if path.is_file() and not undone]
    assert left == [], left


def main(arguments: list[str]) -> int:
    """Run the cases in a process with the library; one line of figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust.command_faults")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", action="store_true", help="kills only, no errors")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.folder is None:
        with tempfile.TemporaryDirectory() as temporary:
            return run_preloaded(__spec__.name, [*arguments, "--folder", temporary], Path(temporary))
    load_modules()
    started, chance, tally, findings = time.monotonic(), random.Random(options.seed), Counter[str](), 0
    folder, faults = Path(options.folder), (KILL,) if options.kills else FAULTS
    cases = [prepare(folder, number) for number in range(min(len(COMMANDS), options.cases))]
    for number in range(options.cases):
        kind = number % (len(COMMANDS) + 1)
        line = (*COMMANDS, INIT)[kind]
        try:
            if line == INIT:
                try_init(folder, chance, tally, faults)
            else:
                try_case(folder, cases[kind], chance, tally, faults)
        except AssertionError as error:
            findings += 1
            print(f"case {number} ({line}): {str(error)[:500]}", flush=True)
    print(f"{time.monotonic() - started:5.0f} s  {options.cases} cases, {findings} findings: {dict(tally)}")
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
