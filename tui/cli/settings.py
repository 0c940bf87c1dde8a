"""`pipedeck settings`: the settings in force and where each comes from, and a file to begin with."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict

from core.json.document import Document
from core.masking import masked
from tui.cli.parsers import Commands, epilog
from tui.commands import COMMANDS as KEY_COMMANDS
from tui.commands import DEFAULT
from tui.key_names import key_label
from tui.reports.text_output import TextOutput, print_error
from tui.settings import LoadedSettings, read_settings
from tui.settings.keymap import Keymap, read_keymap, template, toml_value
from tui.settings.schema import SPECS


def add_settings(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "settings",
        help="the settings in force, and a file to begin with",
        description="Print every setting with its value and where that comes from: a flag, a variable, the settings"
        " file or the default; and the keys that the file changes.",
        epilog=epilog(
            ("pipedeck settings", "the effective settings and their origins"),
            ("pipedeck settings --template", "a file to begin with, explained"),
            status="0, 1 when something in the settings is not understood",
        ),
    )
    parser.add_argument("--template", action="store_true", help="print a settings file with everything explained")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.operations, parser.bare = {"": (), "--template": (), "--json": ()}, True
    parser.set_defaults(run=run_settings)


def run_settings(options: argparse.Namespace) -> int:
    """Print the settings in force, or the template."""
    settings = read_settings(os.environ)
    keymap = read_keymap(settings, DEFAULT)
    problems = (*settings.problems, *keymap.problems)
    output = TextOutput(sys.stdout)
    if options.template:
        sys.stdout.write(template(settings.file, KEY_COMMANDS))
        return 0
    if options.json:
        output.json(SettingsDocument(settings, keymap))
    else:
        _print(settings, keymap, output)
        for problem in problems:
            print_error(problem)
    return 1 if problems else 0


class SettingDocument(Document):
    """A setting: its value, its origin, and the variable that sets it."""

    def __init__(self, key: str, value: str | bool | int | float, origin: str) -> None:
        self.key: str = key
        self.value: str | bool | int | float = value
        self.origin: str = origin
        self.variable: str = SPECS[key].variable


class KeysDocument(Document):
    """A command of the app whose keys the settings file changes."""

    def __init__(self, action: str, keys: Iterable[str], origin: str) -> None:
        self.action: str = action
        self.keys: list[str] = [key_label(key) for key in keys]
        self.origin: str = origin


class SettingsDocument(Document):
    """Printed by `pipedeck settings --json`."""

    def __init__(self, settings: LoadedSettings, keymap: Keymap) -> None:
        self.file: str = settings.file
        self.settings: list[SettingDocument] = [
            SettingDocument(key, _shown(key, value), _origin(settings, key))
            for key, value in asdict(settings.values).items()
        ]
        self.keys: list[KeysDocument] = [
            KeysDocument(action, keymap.table.by_id[action].keys, origin) for action, origin in keymap.changed.items()
        ]
        self.problems: list[str] = [*settings.problems, *keymap.problems]


def _shown(key: str, value: str | bool | int) -> str | bool | int:
    """The value of a setting; of an address only scheme, host, port and the words of its path."""
    if not isinstance(value, str):
        return value
    return masked("endpoint", value, strict=True) if key == "proxy" else masked(key, value)


def _origin(settings: LoadedSettings, key: str) -> str:
    return settings.origins.get(key, "default")


def _print(settings: LoadedSettings, keymap: Keymap, output: TextOutput) -> None:
    output.line(("settings file  ", "dim"), settings.file)
    output.line()
    values = asdict(settings.values)
    rows = [(key, toml_value(_shown(key, value)), _origin(settings, key)) for key, value in values.items()]
    tones = [("", "", "dim" if row[2] == "default" else "accent") for row in rows]
    output.table(("SETTING", "VALUE", "FROM"), rows, tones)
    if keymap.changed:
        output.line()
        keys = [(id_, keymap.table.key_labels(id_), place) for id_, place in keymap.changed.items()]
        output.table(("ACTION", "KEYS", "FROM"), keys)
    output.line()
    output.line(("a file to begin with: pipedeck settings --template", "dim"))
