"""Reads the keys of commands from the settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.files.source import Source
from core.records import dataclass
from tui.command import CommandTable
from tui.key_names import key_named
from tui.settings.reader import LoadedSettings, suggestion
from tui.settings.schema import KEYS

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
