"""Random edits of trees and documents whose comments name their owners: `python -m tests.trust.comments --edits 2000`.

The reference reads lines: it knows nothing of the editor. A comment is lost when it is gone although its owner is still
there, and astray when it stands at something else.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import tomli

from core.edits.edit_session import Applied, apply_intent
from core.edits.intent import EditLayer, Intent
from core.toml.edit.editor import Edited, apply
from core.toml.edit.toml_commands import AddTable, DeleteKey, RawReplace, RenameKey
from tests.core.edits.campaign import Chooser
from tests.core.edits.intent_campaign import ask
from tests.core.edits.stock_scene import Scene
from tests.core.toml.edit import chance, nasty
from tests.support.stock import copy_project, stock_tree

RELEASES = (
    *("0.10.2", "0.12.0", "0.13.2", "0.14.3", "0.16.0", "0.17.6"),
    *("0.24.1", "0.43.1", "0.50.0", "0.72.0", "0.77.0", "0.92.2"),
)
_HEADER = re.compile(r"""\s*\[+\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#\n"'])*?)\s*\]+\s*(?:#.*)?\Z""")
_PAIR = re.compile(r"""\s*(?:[A-Za-z0-9_\-]+\s*\.\s*)*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_\-]+)\s*=\s*(.*)\Z""")
_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^.\s]+)""")
_ELEMENT = re.compile(r"""\s*("[^"\\]*"|'[^']*')\s*,?\s*(?:#.*)?\Z""")
_STRINGS = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""")
_SEED = re.compile(r"seed(\d+)\b")


class Line(NamedTuple):
    """A line of a text: `kind` is header, pair, element, comment, blank or other; `name` is what it sets."""

    kind: str
    name: str
    text: str


def lines_of(text: str) -> list[Line]:
    """The lines of a text without strings over several lines."""
    result: list[Line] = []
    depth = 0
    for raw in text.split("\n"):
        line, found = raw.rstrip("\r"), Line("other", "", raw)
        if not line.strip():
            found = Line("blank", "", raw)
        elif line.lstrip().startswith("#"):
            found = Line("comment", "", raw)
        elif depth:
            match = _ELEMENT.match(line)
            found = Line("element", match[1][1:-1], raw) if match and depth == 1 else found
            depth += _depth(line)
        elif (match := _HEADER.match(line)) is not None:
            found = Line("header", _name(_KEY.findall(match[1])[-1]), raw)
        elif (match := _PAIR.match(line)) is not None:
            found = Line("pair", _name(match[1]), raw)
            depth = _depth(line)
        result.append(found)
    return result


def _name(key: str) -> str:
    """The name that a key writes, without its quotes and escapes."""
    return str(tomli.loads(f"name = {key}")["name"]) if key[0] in "\"'" else key


def _depth(line: str) -> int:
    """How many lists and tables a line opens and does not close."""
    plain = _STRINGS.sub("", line)
    return plain.count("[") + plain.count("{") - plain.count("]") - plain.count("}")


def seeded(text: str, chance_: Random, share: float, first: int = 0) -> tuple[str, dict[int, str]]:
    """A text with comments added that name their owner, and the owners by number. Unchanged when it is too odd."""
    if '"""' in text or "'''" in text:
        return text, {}
    lines, owners = lines_of(text), dict[int, str]()
    result: list[str] = []
    for number, line in enumerate(lines):
        before = lines[number - 1].kind if number else "blank"
        after = lines[number + 1].kind if number + 1 < len(lines) else "blank"
        if not line.name or chance_.random() > share or not re.fullmatch(r"[\w.*-]+", line.name):
            result.append(line.text)
            continue
        seed = first + len(owners)
        end = "\r" if line.text.endswith("\r") else ""
        bare, indent = line.text.rstrip("\r"), line.text[: len(line.text) - len(line.text.lstrip())]
        note = f"# seed{seed} on {line.name}"
        place = chance_.choice(("above", "behind", "alternative"))
        opens = line.kind == "pair" and _depth(bare) > 0
        if place == "above" and before != "comment":
            result += [indent + note + end, line.text]
        elif place == "behind" and "#" not in bare and not opens:
            result.append(f"{bare}  {note}{end}")
        elif place == "alternative" and line.kind == "pair" and after in ("pair", "blank") and not opens:
            result += [line.text, f'{indent}# "{line.name}" = "seed{seed}"{end}']
        else:
            result.append(line.text)
            continue
        owners[seed] = line.name
    new = "\n".join(result)
    try:
        sound = tomli.loads(new) == tomli.loads(text) and places(new).keys() == owners.keys()
    except tomli.TOMLDecodeError:
        return text, {}
    return (new, owners) if sound and all(owners[seed] in at for seed, at in places(new).items()) else (text, {})


def places(text: str) -> dict[int, set[str]]:
    """The names that each seeded comment stands at: on its line, below it, or above an alternative."""
    lines = lines_of(text)
    found: dict[int, set[str]] = {}
    for number, line in enumerate(lines):
        match = _SEED.search(line.text)
        if match is None:
            continue
        names = {line.name} if line.kind != "comment" else set[str]()
        if line.kind == "comment":
            steps = (1, -1) if f'= "seed{match[1]}"' in line.text else (1,)
            for step in steps:
                at = number + step
                while 0 <= at < len(lines) and lines[at].kind == "comment":
                    at += step
                if 0 <= at < len(lines) and lines[at].name:
                    names.add(lines[at].name)
        found[int(match[1])] = names
    return found


def faults(
    old: Mapping[str, str], new: Mapping[str, str], owners: Mapping[int, str], renamed: str = ""
) -> Iterator[str]:
    """The comments that an edit loses or puts at something else; `renamed` is a new name that the edit gives."""
    names = [Counter(line.name for text in texts.values() for line in lines_of(text)) for texts in (old, new)]
    was = {seed: at for text in old.values() for seed, at in places(text).items()}
    now = {seed: at for text in new.values() for seed, at in places(text).items()}
    for seed, owner in owners.items():
        remains = names[1][owner] >= names[0][owner]
        if seed not in now:
            if seed in was and remains:
                yield f"lost: seed{seed} on {owner}"
        elif owner not in now[seed] and owner in was.get(seed, ()):
            strange = {name for name in now[seed] if names[0][name] and name not in ("", renamed)}
            alternative = any(f'= "seed{seed}"' in text for text in new.values())
            if remains or (strange and not alternative):
                yield f"astray: seed{seed} on {owner} stands at {sorted(now[seed])}"


@dataclass
class Tally:
    """What a campaign did."""

    edits: int = 0
    seeds: int = 0
    faults: list[str] = field(default_factory=list)


def texts_of(scene: Scene) -> dict[str, str]:
    """The texts of a scene by path."""
    return {
        source.path: source.document.text
        for source in scene.report.catalog.tree.sources
        if source.document.text is not None
    }


def run_tree(root: Path, release: str, edits: int, seed: int, tally: Tally) -> None:
    """Random intents on one stock tree, seeded anew every 25 edits."""
    rng = Random(f"{seed} {release}")
    start = Scene.of(root, release)
    here, owners = start, dict[int, str]()
    for number in range(edits):
        if number % 25 == 0:
            owners = {}

            def plant(text: str, owners: dict[int, str] = owners) -> str:
                planted, new = seeded(text, rng, 0.3, len(owners))
                owners |= new
                return planted

            here = start.rewritten(plant)
            tally.seeds += len(owners)
        intent: Intent = Chooser(rng, here).intent() if rng.random() < 0.6 else ask(rng, here.report).intent
        layer = rng.choice((EditLayer.AUTO, EditLayer.BASE, EditLayer.BASE, EditLayer.OVERRIDE))
        applied = apply_intent(here.report, here.view, intent, layer)
        if not isinstance(applied, Applied) or not applied.steps:
            continue
        tally.edits += 1
        old = texts_of(here)
        new = old | {path: (content or b"").decode() for path, content in applied.contents.items()}
        renamed = str(getattr(intent, "new", "") or getattr(intent, "name", ""))
        tally.faults += [
            f"{release} {number}: {intent!r} ({layer}): {one}" for one in faults(old, new, owners, renamed)
        ]
        at = {seed: names for text in new.values() for seed, names in places(text).items()}
        owners |= {
            seed: renamed for seed, owner in owners.items() if renamed in at.get(seed, ()) and owner not in at[seed]
        }
        here = replace_scene(here, applied)


def replace_scene(scene: Scene, applied: Applied) -> Scene:
    """The scene with an edit."""
    from core.api import update_report
    from core.files.view import Overlay

    view = Overlay(scene.view, dict(applied.contents))
    return Scene(update_report(scene.report, view), view)


def run_documents(edits: int, seed: int, tally: Tally) -> None:
    """Random commands on the documents that editors break on."""
    rng = Random(seed)
    documents = [text for each in nasty.DOCUMENTS.values() for _, text in nasty.variants(each) if text.strip()]
    for _ in range(edits):
        text, owners = seeded(rng.choice(documents), rng, 0.6)
        data = tomli.loads(text)
        if not owners or not data:
            continue
        command = chance.command(rng, data)
        if isinstance(command, RawReplace | AddTable):
            continue
        if isinstance(command, DeleteKey):
            command = replace(command, comments="attached")
        if isinstance(command, RenameKey):
            command = replace(command, name="renamed")  # a name that the reference can read
        edited = apply(text, command)
        if isinstance(edited, Edited) and edited.changed:
            tally.edits += 1
            tally.seeds += len(owners)
            found = faults({"": text}, {"": edited.text}, owners)
            tally.faults += [f"{command!r}: {one}\n{text}-->\n{edited.text}" for one in found]


def run(releases: tuple[str, ...], edits: int, documents: int, seed: int, folder: Path) -> Tally:
    """A campaign; `edits` for each release."""
    tally = Tally()
    for release in releases:
        run_tree(copy_project(stock_tree(release), folder / release).root, release, edits, seed, tally)
    run_documents(documents, seed, tally)
    return tally


def main() -> int:
    """Run a campaign and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=300, help="edits for each release")
    parser.add_argument("--documents", type=int, default=3000, help="edits of documents")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(RELEASES, options.edits, options.documents, options.seed, Path(folder))
    print(f"{tally.edits} edits, {tally.seeds} comments, {len(tally.faults)} faults")
    print("\n".join(tally.faults[:20]))
    return bool(tally.faults)


if __name__ == "__main__":
    sys.exit(main())
