"""The keys of commands as the settings file gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.files.source import Source
from core.records import dataclass
from tui.keys import DEFAULT, CommandTable, key_named, with_keys
from tui.settings.read import Settings, meant
from tui.settings.schema import KEYS

_MOST_KEYS = 8


@dataclass(frozen=True)
class Keymap:
    """The commands with the keys of this user. `changed` are those that the file names, each with its place there."""

    table: CommandTable = DEFAULT
    changed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_keymap(settings: Settings) -> Keymap:
    """The keys in force. What is wrong is a problem with its place and what to write; the rest counts. Never raises."""
    source = settings.source
    if KEYS not in source.data:
        return Keymap()
    problems: list[str] = []
    changes = _changes(source, source.data[KEYS], problems)
    table, conflicts = with_keys(changes)
    problems += [f"{source.locate((KEYS, id_))}: {words}" for id_, words in conflicts]
    return Keymap(table, {id_: str(source.locate((KEYS, id_))) for id_ in changes}, tuple(problems))


def _changes(source: Source, value: object, problems: list[str]) -> dict[str, tuple[str, ...]]:
    """The keys that the table of the file gives; what is wrong in it is added to `problems`."""
    if not isinstance(value, Mapping):
        problems.append(
            f'{source.locate((KEYS,))}: keys is a table; write [keys] and below it lines such as help = "?"'
        )
        return {}
    out: dict[str, tuple[str, ...]] = {}
    for id_, written in value.items():
        place = source.locate((KEYS, id_))
        if id_ not in DEFAULT.by_id:
            problems.append(f"{place}: there is no action {id_}{meant(id_, DEFAULT.by_id)}")
            continue
        texts = [written] if isinstance(written, str) else written
        if not isinstance(texts, list) or len(texts) > _MOST_KEYS or not all(isinstance(text, str) for text in texts):
            problems.append(f'{place}: the keys of {id_} are a text or a list of texts, such as "x" or ["x", "f5"]')
            continue
        keys = []
        for text in texts:
            try:
                keys.append(key_named(text))
            except ValueError as error:
                problems.append(f'{place}: {id_} cannot have the key "{text}": {error}')
        if keys or not texts:
            out[id_] = tuple(keys)
    return out
