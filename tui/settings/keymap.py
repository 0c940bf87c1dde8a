"""The keys of commands in the settings file, and the template of that file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from core.files.source import Source
from core.records import dataclass
from tui.command import Command, CommandTable
from tui.key_names import key_label, key_named
from tui.settings.reader import LoadedSettings, suggestion
from tui.settings.schema import KEYS, SPECS, Value, help_texts

_MAX_KEYS = 8


@dataclass(frozen=True)
class Keymap:
    """The commands with this user's keys. `changed` has the commands in the file, each with its place there."""

    table: CommandTable
    changed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_keymap(settings: LoadedSettings, default: CommandTable) -> Keymap:
    """The effective keys. A wrong entry is a problem with its place and the correct form. Never raises."""
    source = settings.source
    if KEYS not in source.data:
        return Keymap(default)
    problems: list[str] = []
    changes = _changes(source, source.data[KEYS], default, problems)
    table, conflicts = default.with_keys(changes)
    problems += [f"{source.locate((KEYS, id_))}: {message}" for id_, message in conflicts]
    return Keymap(table, {id_: str(source.locate((KEYS, id_))) for id_ in changes}, tuple(problems))


def _changes(source: Source, value: object, default: CommandTable, problems: list[str]) -> dict[str, tuple[str, ...]]:
    """The valid keys of the file's table by command; errors are added to `problems`."""
    if not isinstance(value, Mapping):
        problems.append(
            f'{source.locate((KEYS,))}: keys is a table; write [keys] and below it lines such as help = "?"'
        )
        return {}
    changes: dict[str, tuple[str, ...]] = {}
    for id_, entry in value.items():
        origin = source.locate((KEYS, id_))
        if id_ not in default.by_id:
            problems.append(f"{origin}: there is no command {id_}{suggestion(id_, default.by_id)}")
            continue
        texts = [entry] if isinstance(entry, str) else entry
        if not isinstance(texts, list) or len(texts) > _MAX_KEYS or not all(isinstance(text, str) for text in texts):
            problems.append(f'{origin}: the keys of {id_} are a text or a list of texts, such as "x" or ["x", "f5"]')
            continue
        keys = []
        for text in texts:
            try:
                keys.append(key_named(text))
            except ValueError as error:
                problems.append(f'{origin}: {id_} cannot have the key "{text}": {error}')
        if keys or not texts:
            changes[id_] = tuple(keys)
    return changes


_WIDTH = 100


def template(file: str, commands: Sequence[Command]) -> str:
    """A settings file that changes nothing. `file` is its path for display."""
    return "\n".join((*_head(file), *_settings(), *_keys(commands))) + "\n"


def _head(file: str) -> Iterator[str]:
    yield f"# Settings of pipedeck: {file}"
    yield "# Remove the # before a line to change it. Flags override variables, variables override this file."
    yield ""


def _settings() -> Iterator[str]:
    texts = help_texts()
    for spec in SPECS.values():
        yield from _comment(texts[spec.key])
        names = f"{spec.flag.option}, {spec.variable}" if spec.flag.option else spec.variable
        yield from _comment(f"Allowed: {spec.expected}. Also: {names}.")
        yield f"# {spec.key} = {toml_value(spec.default)}"
        yield ""


def _keys(commands: Sequence[Command]) -> Iterator[str]:
    yield from _comment(
        "The keys of commands: one key, or a list; [] for none. Keys are letters, digits, punctuation, and names such"
        " as enter, esc, tab, space, pgdn, f5, ctrl+x. A key that is assigned here is removed from its other commands."
    )
    yield f"[{KEYS}]"
    for command in commands:
        if not command.listed_with:
            yield from _comment(command.help)
        keys = [
            key_label(key).replace("^", "ctrl+") if key.startswith("ctrl+") else _ascii_key(key) for key in command.keys
        ]
        value = toml_value(keys[0]) if len(keys) == 1 else f"[{', '.join(map(toml_value, keys))}]"
        yield f"# {command.id} = {value}"


def _ascii_key(key: str) -> str:
    """The displayed name of a key, or its Textual name where that is not ASCII, as for arrows."""
    shown = key_label(key)
    return shown if shown.isascii() else key


def toml_value(value: Value) -> str:
    """A value in TOML syntax."""
    import json

    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(text, _WIDTH))
