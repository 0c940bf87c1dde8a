"""The text of a settings file with every setting and every command, explained and commented out."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

from tui.command import Command
from tui.key_names import key_label
from tui.settings.schema import KEYS, SPECS, Value, help_texts

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
    return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in textwrap.wrap(text, _WIDTH))
