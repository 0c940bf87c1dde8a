"""Canaries planted anywhere a file of a tree can hold text, broken files too, and all commands over each document.

`python -m tests.trust.canaries --documents 5000` runs a campaign and prints what leaked, `--screens 200` one over all
screens of the app, `--served 500` one over answers of servers, `--traces 500` one over the texts of traces, on screens
and in commands.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from core.masking import below_item, in_backend_file, masked
from core.toml.redaction import is_toml, redact
from core.toml.toml_reader import parse
from core.variables import texts
from tests.trust.failing import failing
from tests.trust.planted_canaries import DOCUMENTS, lay_project, leaked, leaks, plant_in_project
from tui.cli.main import main

COMMANDS = (
    "validate",
    "resolve",
    "keys",
    "models",
    "routes",
    "explain",
    "uses",
    "fix all --dry-run",
    "check --dry-run --all",
    "set backends.openai.enabled false --dry-run --anyway",
    "set backends.openai.enabled false --anyway",
    "undo --list",
    "undo",
    "keys --all",
    "repoint --dry-run",
    "unset backends.openai.api_key --dry-run --anyway",
    "settings",
)
ALSO = (
    *(f"validate --format {form}" for form in ("sarif", "github", "gitlab", "junit")),
    *(f"review HEAD{form}" for form in ("", " --format markdown", " --format junit")),
    "backend openai --delete --dry-run --anyway --base",
    "compare --without openai",
    "compare --releases 0.24.1 0.92.2",
    "drift",
    "upgrade --dry-run --to 0.92.2",
    "map",
    "lives",
    "prices",
    "pipes",
)
"""Commands of which each document gets some."""


def disagreements(path: Path, text: str) -> Iterator[str]:
    """Where the text view and the value view differ for a valid text."""
    strict = in_backend_file(str(path))
    shown = redact(text, strict=strict)
    if not is_toml(text) or not is_toml(shown):
        return
    values = dict(texts(parse(shown)))
    for at, value in texts(parse(text)):
        expected = masked(below_item(at, strict=strict), value, strict=strict)
        if at in values and values[at].split() != expected.split():
            yield f"{at}: {values[at]!r} in the text, {expected!r} as a value"


def run_command(words: list[str]) -> str:
    """All that a command prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), contextlib.suppress(SystemExit):
        main(words)
    return output.getvalue()


def commit(root: Path, kept: Path) -> None:
    """Make a project a repository with one commit, whose folder is kept for the next project."""
    if not kept.exists():
        for words in ("init -q --template=", "add -A", "-c user.name=a -c user.email=a@b.c commit -qm one"):
            subprocess.run(["git", "-C", str(root), *words.split()], check=True)
        shutil.copytree(root / ".git", kept)
    else:
        shutil.copytree(kept, root / ".git")


def run_project(seed: int, folder: Path, commands: int | None = None) -> list[str]:
    """Plant canaries in some files of a project and run commands over it; what leaked, in words."""
    source = random.Random(seed)
    root, home = lay_project(folder)
    commit(root, folder / "repository")
    planted = plant_in_project(source, root)
    found: list[str] = []
    for each in planted:
        found += [f"views differ at {line} ({each})" for line in disagreements(each.path, each.text)]
        shown = redact(each.text, strict=in_backend_file(str(each.path)))
        found += [f"text view: {line}" for line in leaked([each], shown)]
    also = source.sample(ALSO, 4 if commands is None else 1)
    chosen = (*also, *(COMMANDS if commands is None else source.sample(COMMANDS, commands)))
    with contextlib.chdir(root):
        for command in chosen:
            for form in ([], ["--json"]):
                printed = run_command([*command.split(" "), *form])
                found += [f"{command} {' '.join(form)}: {line}" for line in leaked(planted, printed)]
                if "had to stop" in printed or "Traceback" in printed:
                    found.append(f"{command} {' '.join(form)} fails: {printed[-200:]}")
        quoted = source.choice(planted)
        with failing(round(10 ** source.uniform(0.5, 4.5)), f"in {quoted.value}: {quoted.text}"):
            printed = run_command(source.choice(COMMANDS).split(" "))
        # It may have failed while it wrote, which leaves copies beside the files until the next edit.
        printed += run_command(["recover"])
    found += [f"crash report: {line}" for line in leaked(planted, printed)]
    found += [line for each in planted for line in stored(each.value, root, home)]
    return [f"seed {seed}: {line}" for line in found]


def stored(value: str, root: Path, home: Path) -> list[str]:
    """The files besides those of the tree that hold the canary, in words."""
    kept = [file for file in home.rglob("*") if file.is_file()]
    kept += [file for file in (root / ".pipelex").rglob("*") if file.is_file() and file.suffix != ".toml"]
    return [f"stored in {file.name}" for file in kept if leaks(value, file.read_bytes().decode("utf-8", "replace"))]


def campaign(seeds: range, show: Callable[[int, Path], list[str]], notify: Callable[[str], None]) -> int:
    """Run the projects of some seeds in one process; the number of those that leaked."""
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        home = str(Path(name) / "home")
        for variable in [key for key in os.environ if key.startswith(("XDG_", "PIPEDECK_"))]:
            del os.environ[variable]
        os.environ["HOME"] = home
        for seed in seeds:
            found = show(seed, Path(name))
            failed += bool(found)
            for line in found[:3]:
                notify(line)
    return failed


def run() -> int:
    """The campaign from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the seed of the first project")
    parser.add_argument("--commands", type=int, help="this many random commands a project instead of all")
    parser.add_argument("--screens", type=int, help="show this many documents in the app instead")
    parser.add_argument("--served", type=int, help="let servers repeat this many canaries instead")
    parser.add_argument("--traces", type=int, help="plant this many canaries in traces of runs instead")
    options = parser.parse_args()
    show: Callable[[int, Path], list[str]]
    if options.served:
        from tests.trust.screen_canaries import run_served_screens
        from tests.trust.served_canaries import run_served

        def served(seed: int, folder: Path) -> list[str]:
            return run_served(seed, folder) + asyncio.run(run_served_screens(seed, folder))

        count, show = options.served, served
    elif options.traces:
        from tests.trust.trace_canaries import run_trace_commands, run_trace_screens

        def both(seed: int, folder: Path) -> list[str]:
            return run_trace_commands(seed, folder) + asyncio.run(run_trace_screens(seed, folder))

        count, show = options.traces, both
    elif options.screens:
        from tests.trust.screen_canaries import run_screens

        count, show = -(-options.screens // DOCUMENTS), lambda seed, folder: asyncio.run(run_screens(seed, folder))
    else:
        count, show = -(-options.documents // DOCUMENTS), partial(run_project, commands=options.commands)
    failed = campaign(range(options.first, options.first + count), show, print)
    documents = "" if options.served or options.traces else f" with {count * DOCUMENTS} documents"
    print(f"{count} projects{documents}, {failed} leak")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run())
