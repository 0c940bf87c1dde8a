"""Four projects over one home: edits at once on slow storage, and kills between two renames.

`python -m tests.trust.shared_home [--edits N] [--delay MS] [--kills N] [--seed N]`: N edits by each project, and N
kills, each looked after by another project. Prints figures; ends with 1 when an edit was lost, refused or left mixed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from core.edits.intent import EditLayer
from core.files.store import Committed, Recovered, last, revert
from core.toml.edit import toml_commands as c
from core.workspace import NotSaved, Proposal, Saved, Workspace
from tests.core.store.disks import in_child
from tests.core.workspace.support import OneCommand
from tests.trust.storage import run_preloaded, set_storage
from tui.sample import copy_sample

PROJECTS = ("one", "two", "three", "four")
KILLED = -9


def lay(base: Path) -> Path:
    """Four projects with a routing file of their own; all else is in the home, whose tree is returned."""
    home = base / "home/.pipelex/inference"
    sample = copy_sample(base / "sample")
    home.parent.mkdir(parents=True)
    sample.rename(home)
    for project in PROJECTS:
        folder = base / project / ".pipelex/inference"
        folder.mkdir(parents=True)
        (folder / "routing_profiles.toml").write_bytes((home / "routing_profiles.toml").read_bytes())
    backends = home / "backends.toml"
    lines = "".join(f"count_{project} = 0\n" for project in PROJECTS)
    backends.write_text(backends.read_text().replace("[openai]\n", f"[openai]\n{lines}", 1))
    return home


def opened(base: Path, project: str) -> Workspace:
    """The workspace of a project."""
    workspace = Workspace.open(str(base / project), environ={"HOME": str(base / "home")}, cwd=str(base / project))
    workspace.follow_methods = False
    return workspace


def count(workspace: Workspace, home: Path, project: str, number: int) -> None:
    """Set the project's number in the home's file, in memory."""
    command = c.SetValue(("openai", f"count_{project}"), number)
    proposal = workspace.propose(OneCommand(str(home / "backends.toml"), command), EditLayer.BASE)
    assert isinstance(proposal, Proposal), proposal
    workspace.accept(proposal)


def number_of(home: Path, project: str) -> int:
    """The project's number on the disk."""
    text = (home / "backends.toml").read_text()
    return int(text.partition(f"count_{project} = ")[2].partition("\n")[0])


def edit_at_once(base: Path, *, edits: int, delay_ms: float) -> Counter[str]:
    """Let the projects edit the home at once; how many edits were saved, repeated and lost."""
    home = lay(base)
    children = []
    for project in PROJECTS:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                set_storage(base, delay_ms=delay_ms)
                (base / f"tally-{project}").write_text(repr(dict(_edit(base, home, project, edits))))
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * len(PROJECTS)
    tally: Counter[str] = Counter()
    for project in PROJECTS:
        tally.update(eval((base / f"tally-{project}").read_text()))
        tally["lost"] += number_of(home, project) != edits
    tally["litter"] += len([path for path in base.rglob("*pipedeck*") if ".local" not in path.parts])
    return tally


def _edit(base: Path, home: Path, project: str, edits: int) -> Counter[str]:
    tally: Counter[str] = Counter()
    workspace = opened(base, project)
    for number in range(1, edits + 1):
        tally["lost"] += number_of(home, project) != number - 1
        count(workspace, home, project, number)
        while not isinstance(result := workspace.save(accept_errors=True), Saved):
            assert isinstance(result, NotSaved), result
            tally["repeated" if result.moved else "waited"] += 1
            refreshed = workspace.refresh()
            assert not refreshed.conflicts, refreshed.conflicts
        tally["saved"] += 1
    return tally


def kill_between_renames(base: Path, *, kills: int, seed: int) -> Counter[str]:
    """Kill edits of the home at a rename; another project settles each, edits and undoes. Raises AssertionError."""
    home = lay(base)
    chance = random.Random(seed)
    tally: Counter[str] = Counter()
    names = ("backends.toml", "backends/mistral.toml", "deck/1_llm_deck.toml")
    while tally["kills"] < kills:
        project, *others = chance.sample(PROJECTS, 4)
        chosen = chance.sample(names, chance.randint(1, len(names)))
        before = {name: (home / name).read_bytes() for name in names}
        call = chance.randint(1, 5 + len(chosen))

        contents = {home / name: before[name].decode() + f"# {project} {tally['kills']}\n" for name in chosen}
        code = in_child(partial(_write_and_die, base, project, contents, call))
        if code != KILLED:
            assert code == 0
            tally["ended before"] += 1
            continue
        tally["kills"] += 1
        new = [(home / name).read_bytes() != before[name] for name in chosen]
        mixed = any(new) and not all(new)
        tally["mixed"] += mixed
        workspace = opened(base, others[0])
        outcomes = workspace.settle(tidy=True)
        assert all(isinstance(outcome, Recovered) for outcome in outcomes), outcomes
        assert outcomes or not mixed
        tally["settled"] += bool(outcomes)
        after = [(home / name).read_bytes() != before[name] for name in chosen]
        assert any(after) == all(after), "a mixed home"
        tally["finished" if all(after) else "undone"] += 1
        settled = (home / "backends.toml").read_bytes()
        count(workspace, home, others[0], number_of(home, others[0]) + 1)
        result = workspace.save(accept_errors=True)
        assert isinstance(result, Saved), result
        entry = last(workspace.root, workspace.state)
        assert entry is not None
        undone = revert(entry, root=workspace.root, state=workspace.state)
        assert isinstance(undone, Committed), undone.message
        assert (home / "backends.toml").read_bytes() == settled
        opened(base, project).settle(tidy=True)
        litter = [str(path) for path in base.rglob("*pipedeck*") if ".local" not in path.parts]
        assert not litter, litter
    return tally


def _write_and_die(base: Path, project: str, contents: Mapping[Path, str], call: int) -> None:
    workspace = opened(base, project)
    for path, text in contents.items():
        proposal = workspace.propose(OneCommand(str(path), c.RawReplace(text)), EditLayer.BASE)
        assert isinstance(proposal, Proposal), proposal
        workspace.accept(proposal)
    set_storage(base, call=call, renames_only=True)
    assert isinstance(workspace.save(accept_errors=True), Saved)


def main(arguments: list[str]) -> int:
    """Run what the options name, in a process with the library; one line of figures each."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust.shared_home")
    parser.add_argument("--edits", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.folder is None:
        with tempfile.TemporaryDirectory() as folder:
            return run_preloaded(__spec__.name, [*arguments, "--folder", folder], Path(folder))
    started = time.monotonic()
    failed = False
    if options.edits:
        tally = edit_at_once(Path(options.folder, "edits"), edits=options.edits, delay_ms=options.delay)
        failed = bool(tally["lost"] or tally["litter"] or tally["saved"] != options.edits * len(PROJECTS))
        print(f"{time.monotonic() - started:5.0f} s  {options.edits} edits each, {options.delay:g} ms: {dict(tally)}")
    if options.kills:
        tally = kill_between_renames(Path(options.folder, "kills"), kills=options.kills, seed=options.seed)
        print(f"{time.monotonic() - started:5.0f} s  {options.kills} kills: {dict(tally)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
