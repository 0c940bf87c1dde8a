"""The grammar of the command line for shell completion, read from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from core.records import dataclass

FOLDER, FILE, NAMES = "folder", "file", "names"
NAMES_COMMAND = "__names"
"""The hidden command that prints the names of a kind: `pipedeck __names KIND WORD...`."""

_KINDS = {
    "PATH": FOLDER,
    "DIR": FOLDER,
    "FILE": FILE,
    "R": "releases",
    "FIRST": "releases",
    "SECOND": "releases",
    "P": "profiles",
    "PROFILE": "profiles",
    "B": "backends",
    "BACKEND": "backends",
    "REF": "references",
    "TARGET": "references",
    "ENTRY": "references",
    "M": "references",
    "MODEL": "models",
    "PRESET": "presets",
    "PATTERN": "patterns",
    "VAR": "variables",
    "VARIABLE": "variables",
    "CODE": "codes",
    "T": "types",
    "F": "families",
    "TOPIC": "topics",
}
"""The kinds of names by metavar."""
_NAMES_OF = {
    ("uses", "names"): "things",
    ("check", "model"): "models",
    ("routes", "test"): "models",
    ("init", "backend"): "providers",
    ("backend", "name"): "backends",
    ("profile", "name"): "profiles",
    ("alias", "name"): "aliases",
    ("waterfall", "name"): "waterfalls",
    ("preset", "name"): "presets",
    ("choice", "key"): "choices",
}
"""The kinds of names of arguments with a general metavar, by command and argument."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value to complete: `kind` is `folder`, `file`, a kind of names, or empty for free text.

    `words` are the values if they are fixed; `many`: any number of them.
    """

    kind: str
    words: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """An option: all its flags, and its value if it takes one."""

    flags: tuple[str, ...]
    help: str
    value: Value | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its help, its options, and its positional arguments in order."""

    name: str
    help: str
    options: tuple[Option, ...]
    places: tuple[Value, ...]


def commands(parser: argparse.ArgumentParser) -> tuple[Command, ...]:
    """Every command of the parser, in order."""
    group = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in group._choices_actions}
    return tuple(_command(name, helps.get(name, ""), sub) for name, sub in group.choices.items())


def options(parser: argparse.ArgumentParser, command: str = "") -> tuple[Option, ...]:
    """The options of a parser."""
    return tuple(_options(parser, command))


def _command(name: str, help_: str, parser: argparse.ArgumentParser) -> Command:
    places = tuple(_value(name, action) for action in parser._actions if not action.option_strings)
    return Command(name, help_, options(parser, name), places)


def _options(parser: argparse.ArgumentParser, command: str) -> Iterator[Option]:
    for action in parser._actions:
        if action.option_strings and action.help is not argparse.SUPPRESS:
            takes = action.nargs != 0
            yield Option(
                tuple(action.option_strings),
                _one_line(action),
                _value(command, action) if takes else None,
                isinstance(action, argparse._AppendAction),
            )


def _value(command: str, action: argparse.Action) -> Value:
    many = action.nargs in ("*", "+")
    if action.choices is not None:
        return Value(NAMES, tuple(map(str, action.choices)), many)
    kind = _NAMES_OF.get((command, action.dest)) or _KINDS.get(str(action.metavar), "")
    return Value(kind, _fixed(kind), many)


def _fixed(kind: str) -> tuple[str, ...]:
    """The names of the kinds that do not depend on a tree."""
    if kind == "releases":
        from core.releases import NEWEST_RELEASE, TABLE

        firsts = {step.since for behaviour in TABLE for step in behaviour.steps}
        return (*map(str, sorted(firsts)), NEWEST_RELEASE)
    if kind == "providers":
        from core.scaffold.templates import INTERNAL, TEMPLATE_NAMES

        return tuple(name for name in TEMPLATE_NAMES if name != INTERNAL)
    if kind == "types":
        from core.dialects.model_schema import MODEL_TYPES

        return tuple(name for name, _ in MODEL_TYPES)
    if kind == "families":
        from core.dialects.deck_schema import SECTIONS

        return tuple(section.family for section in SECTIONS)
    if kind == "topics":
        from tui.cli.commands import COMMANDS
        from tui.cli.help import topics

        return (*topics(), *COMMANDS)
    return ()


def _one_line(action: argparse.Action) -> str:
    text = (action.help or "").replace("%%", "%")
    return " ".join(text.replace("%(default)s", str(action.default)).split())
