"""The settings file with every setting and every key in it, explained and commented out."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from tui.actions import COMMANDS
from tui.keys import key_words
from tui.settings.schema import KEYS, SETTINGS, Setting, Value

_WIDTH = 100


def template(file: str) -> str:
    """A settings file that changes nothing. `file` is where to put it, as people call it."""
    return "\n".join((*_head(file), *_settings(), *_keys())) + "\n"


def _head(file: str) -> Iterator[str]:
    yield f"# Settings of pipedeck: {file}"
    yield "# Take the # away before a line to change it. A flag wins over a variable, a variable over this file."
    yield ""


def _settings() -> Iterator[str]:
    for setting in SETTINGS:
        yield from _comment(setting.help)
        yield from _comment(f"May be {setting.wanted}. Also: {_also(setting)}.")
        yield f"# {setting.key} = {written(setting.default)}"
        yield ""


def _also(setting: Setting) -> str:
    return f"{setting.flag}, {setting.variable}" if setting.flag else setting.variable


def _keys() -> Iterator[str]:
    yield from _comment(
        "The keys of what can be done: one key, or a list; [] for none. Keys are letters, digits, signs, and names such"
        " as enter, esc, tab, space, pgdn, f5, ctrl+x. A key that is given to one is taken from whoever has it there."
    )
    yield f"[{KEYS}]"
    for command in COMMANDS:
        if not command.told_with:
            yield from _comment(command.help)
        keys = [
            key_words(key).replace("^", "ctrl+") if key.startswith("ctrl+") else _plain(key) for key in command.keys
        ]
        yield f"# {command.id} = {written(keys[0]) if len(keys) == 1 else '[' + ', '.join(map(written, keys)) + ']'}"


def _plain(key: str) -> str:
    """A key as it is best written in a file: arrows by their names."""
    said = key_words(key)
    return said if said.isascii() else key


def written(value: Value) -> str:
    """A value as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(text, _WIDTH))
