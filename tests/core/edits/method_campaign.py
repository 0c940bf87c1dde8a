"""Random renames and deletions over trees with methods: no name is left behind unsaid, and no other byte changes.

`python -m tests.core.edits.method_campaign [--edits 2000] [--seed 1]` prints the counts, and every fault.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.diagnostics.method_codes import PIPE_DEAD
from core.edits.alias_edits import DeleteAlias, DeleteWaterfall
from core.edits.intent import EditLayer, Intent
from core.edits.model_edits import DeleteModel
from core.edits.preset_edits import DeletePreset
from core.edits.rename_edits import RenameAlias, RenameModel, RenamePreset, RenameWaterfall
from core.pipes import PipeAnswer
from core.resolution import Status
from core.workspace import Proposal, Workspace
from tests.support.trees import KEYS, minimal, write_tree

RELEASES = ("0.10.2", "0.14.3", "0.17.6", "0.43.1", "0.92.2")
_NAMES = {"preset": ("writing", "cheap"), "alias": ("best-claude",), "model": ("gpt-4o-mini", "claude-4-sonnet")}
_SIGILS = {"preset": "$", "alias": "@", "waterfall": "~", "model": ""}


@dataclass
class Outcome:
    """The number of edits by result, and the faults."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def _reference(random_: random.Random, release: str) -> str:
    kinds = ["preset"] if release == "0.10.2" else ["preset", "alias", "model", "waterfall"]
    if release in ("0.10.2", "0.14.3"):
        kinds = kinds[:3]
    kind = random_.choice(kinds)
    name = random_.choice(_NAMES.get(kind, ("chain",)))
    if release < "0.18":
        return name
    forms = [_SIGILS[kind] + name]
    if kind != "model":
        forms.append(f"{kind}:{name}")
    return random_.choice(forms)


def _value(random_: random.Random, release: str) -> str:
    text = _reference(random_, release)
    if random_.random() < 0.25 and not text.startswith(("$", "preset:")) and (release > "0.18" or "/" not in text):
        key = "llm_handle" if release == "0.10.2" else "model"
        if release > "0.18" or text in _NAMES["model"]:
            return f'{{ {key} = "{text}", temperature = 0.5 }}'
    quote = random_.choice("\"'")
    return f"{quote}{text}{quote}"


def method_text(random_: random.Random, release: str) -> str:
    """A method file with comments, odd spaces and any line ends."""
    keys = ("llm", "llm_to_structure") if release == "0.10.2" else ("model", "model_to_structure")
    lines = ['domain = "shop"', "", "# the pipes: writing, cheap, gpt-4o-mini"]
    for number in range(random_.randint(1, 5)):
        lines += [f"[pipe.p{number}]", 'type   =  "PipeLLM"', 'description = "cheap writing"']
        lines.append(random_.choice(('output = "Text"', 'output = "Number"')))
        for key in keys[: random_.randint(0, 2)]:
            equals, comment = random_.choice((" = ", "=", "   =  ")), random_.choice(("", "  # $writing"))
            lines.append(f"{key}{equals}{_value(random_, release)}{comment}")
        lines += ['prompt = """', "  $writing, @best-claude", '"""', ""]
    return random_.choice(("\n", "\r\n")).join(lines)


def _intents(random_: random.Random, release: str) -> Iterator[Intent]:
    new = random_.choice(("other", "my-own", "a.b", "gpt-4o"))
    instead = random_.choice((None, "$cheap" if release > "0.18" else "cheap", "claude-4-sonnet"))
    yield RenamePreset("llm", random_.choice(_NAMES["preset"]), new)
    yield RenameAlias("llm", "best-claude", new)
    yield RenameWaterfall("llm", "chain", new)
    yield RenameModel(random_.choice(_NAMES["model"]), new)
    yield DeletePreset("llm", random_.choice(_NAMES["preset"]), instead)
    yield DeleteAlias("llm", "best-claude", instead)
    yield DeleteWaterfall("llm", "chain", instead)
    yield DeleteModel("openai", "gpt-4o-mini", instead)


def run(edits: int, seed: int, folder: Path) -> Outcome:
    """Make edits, each on a new method, in one tree a release."""
    random_, outcome = random.Random(seed), Outcome()
    for number in range(edits):
        release = RELEASES[number % len(RELEASES)]
        project = folder / release
        if not project.exists():
            write_tree(project, minimal(release))
        path = project / f"shop.{'plx' if release < '0.18' else 'mthds'}"
        path.write_bytes(method_text(random_, release).encode())
        intent = random_.choice(list(_intents(random_, release)))
        found = list(_faults(project, path, release, intent, outcome))
        outcome.faults += [f"{release} {intent}: {fault}\n{path.read_text()}" for fault in found]
    return outcome


def _faults(project: Path, path: Path, release: str, intent: Intent, outcome: Outcome) -> Iterator[str]:
    workspace = Workspace.open(str(project), environ={**KEYS, "HOME": str(project.parent)}, release=release)
    proposal = workspace.propose(intent, EditLayer.BASE)
    if not isinstance(proposal, Proposal):
        outcome.counts["refused"] += 1
        return
    before, content = workspace.report.pipes, path.read_bytes()
    workspace.accept(proposal)
    outcome.counts["followed" if str(path) in proposal.contents else "no pipe"] += 1
    yield from _other_bytes(content, proposal.contents.get(str(path), content))
    said = {problem.subject for problem in proposal.impact.errors_added if problem.diagnostic is PIPE_DEAD}
    for old, new in zip(before, workspace.report.pipes, strict=True):
        if new.status is Status.DEAD and old.status is not Status.DEAD and new.pipe.code not in said:
            yield f"pipe {new.pipe.code} dies unsaid: {proposal.notes}"
        if "Rename" in type(intent).__name__ and _ends(old) != _ends(new):
            yield f"pipe {new.pipe.code} ends elsewhere: {_ends(old)} {_ends(new)}"
    workspace.undo()
    if workspace.dirty or path.read_bytes() != content:
        yield "undo leaves a change"
    if [item.status for item in workspace.report.pipes] != [item.status for item in before]:
        yield "undo leaves another answer"


def _ends(answer: PipeAnswer) -> list[str | None]:
    return [call.spec.model_id if call.spec is not None else None for call in answer.calls]


def _other_bytes(before: bytes, after: bytes | None) -> Iterator[str]:
    """Every changed line, unless only one quoted text in it changed."""
    assert after is not None
    old, new = before.split(b"\n"), after.split(b"\n")
    if len(old) != len(new):
        yield "lines come or go"
        return
    for left, right in zip(old, new, strict=True):
        start = next(
            (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
        )
        end = next(
            (i for i, (a, b) in enumerate(zip(left[::-1], right[::-1], strict=False)) if a != b),
            min(len(left), len(right)),
        )
        changed = left[start : len(left) - end]
        if left != right and (b"#" in changed or b"=" in changed or b'"""' in left):
            yield f"other bytes: {left!r} {right!r}"


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(options.edits, options.seed, Path(folder))
    print(dict(outcome.counts), f"{len(outcome.faults)} faults")
    for fault in outcome.faults[:10]:
        print(fault)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
