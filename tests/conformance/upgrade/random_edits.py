"""Random edits of a person in a stock tree: values, entries, models, backends, profiles, comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from core.api import inspect_tree
from core.edits.edit_session import Applied, apply_intent
from core.edits.intent import EditLayer
from core.files.view import Snapshot
from core.toml.edit.editor import Edited, apply, read_data
from core.toml.edit.toml_commands import Command, DeleteKey, InsertKey, RawReplace, Refusal, SetValue
from tests.core.edits.intent_campaign import ask

_NAMES = ("mine", "team-draft", "my_llm", "v2.fast")
_WORDS = ("gpt-4o-mini", "gpt-4o", "claude-4.5-sonnet", "gemini-2.5-pro", "no-such-model")


def edit_tree(rng: Random, root: Path, release: str, count: int) -> list[str]:
    """Make so many random edits in the tree of a project, as files; return what was done."""
    done: list[str] = []
    tree = root / ".pipelex" / "inference"
    for _ in range(count * 3):
        if len(done) == count:
            break
        label = _intent(rng, root, release) if rng.random() < 0.3 else _command(rng, tree)
        if label:
            done.append(label)
    return done


def _intent(rng: Random, root: Path, release: str) -> str:
    """An edit of the deck as pipedeck makes it."""
    report = inspect_tree(str(root), release=release, assume_keys=True)
    edit = ask(rng, report)
    layer = rng.choice((EditLayer.AUTO, EditLayer.BASE))
    applied = apply_intent(report, Snapshot(), edit.intent, layer, follow_methods=False)
    if not isinstance(applied, Applied) or not applied.steps:
        return ""
    for path, content in applied.contents.items():
        if content is None:
            Path(path).unlink()
        else:
            Path(path).write_bytes(content)
    return applied.label


def _command(rng: Random, tree: Path) -> str:
    """One command on the text of a file."""
    files = sorted(tree.rglob("*.toml"))
    heavy = [tree / "backends.toml", tree / "routing_profiles.toml", *sorted((tree / "deck").glob("*.toml"))]
    path = rng.choice(heavy if rng.random() < 0.6 else files)
    text = path.read_text("utf-8")
    data = read_data(text)
    if isinstance(data, Refusal):
        return ""
    command = _any_command(rng, path, text, data)
    edited = apply(text, command) if command is not None else None
    if not isinstance(edited, Edited) or edited.text == text:
        return ""
    path.write_text(edited.text, "utf-8")
    keys = getattr(command, "path", ("a comment",))
    return f"{type(command).__name__} {path.name} {'.'.join(map(str, keys))}"


def _any_command(rng: Random, path: Path, text: str, data: Mapping[str, object]) -> Command | None:
    leaves = list(_leaves(data, ()))
    tables = [at for at, value in _tables(data, ()) if at]
    kind = rng.random()
    if kind < 0.12:
        at_line = rng.randrange(text.count("\n") + 1)
        lines = text.splitlines()
        lines.insert(at_line, f"# note {rng.randrange(1000)} of mine")
        return RawReplace("\n".join(lines) + "\n")
    if kind < 0.55 and leaves:
        at, value = rng.choice(leaves)
        return SetValue(at, _other(rng, value))
    if kind < 0.65 and leaves:
        return DeleteKey(rng.choice(leaves)[0])
    if kind < 0.75 and tables:
        return DeleteKey(rng.choice(tables))
    if tables:
        at = rng.choice(tables)
        value = dict(_tables(data, ())).get(at)
        if isinstance(value, Mapping) and path.parent.name != "deck":
            return InsertKey((*at, rng.choice(("max_tokens", "note", "endpoint", "costs"))), rng.choice((5, "x", True)))
        if isinstance(value, Mapping) and value:
            name = rng.choice(list(value))
            return InsertKey((*at, rng.choice(_NAMES)), value[name])
    return None


def _other(rng: Random, value: object) -> object:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((1, 2, 100))
    if isinstance(value, float):
        return round(min(value, 0.9) / 2 + 0.05, 3)
    if isinstance(value, list):
        return value[:-1] if len(value) > 1 and rng.random() < 0.5 else [*value, *value[:1]]
    return rng.choice(_WORDS) if rng.random() < 0.6 else f"{value}-mine"


def _leaves(value: object, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*at, key))
    elif isinstance(value, bool | int | float | str) or (isinstance(value, list) and value):
        yield at, value


def _tables(value: object, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    if isinstance(value, Mapping):
        yield at, value
        for key, item in value.items():
            yield from _tables(item, (*at, key))
