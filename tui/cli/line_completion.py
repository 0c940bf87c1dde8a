"""`pipedeck __complete`: the candidates for the last word of a command line, for the completion scripts of shells."""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.api import Report, inspect_tree
from core.errors import PipedeckError
from core.references import Kind
from core.secret_texts import display_text
from tui.cli.commands import COMMANDS as COMMAND_NAMES
from tui.cli.commands import command_at
from tui.cli.parsers import Commands

FOLDER, FILE = "folder", "file"
_KINDS = {
    "PATH": FOLDER,
    "DIR": FOLDER,
    "FOLDER": FOLDER,
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
"""The kinds of values by metavar."""
_KINDS_OF = {
    ("uses", "names"): "names",
    ("check", "model"): "models",
    ("check", "watch"): "backends",
    ("routes", "test"): "models",
    ("init", "backend"): "providers",
    ("spent", "instead"): "references",
    ("backend", "name"): "backends",
    ("profile", "name"): "profiles",
    ("alias", "name"): "aliases",
    ("waterfall", "name"): "waterfalls",
    ("preset", "name"): "presets",
    ("choice", "key"): "choices",
}
"""The kinds of values of arguments with a general metavar, by command and argument."""


class Candidates(NamedTuple):
    """The candidates for a word, with a description each; `kind`: `folder` or `file` if the shell adds such paths."""

    kind: str
    words: Mapping[str, str]


def add_complete(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("__complete", add_help=False, prefix_chars="\0")
    parser.add_argument("shell")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(run=run_complete)


def run_complete(options: argparse.Namespace) -> int:
    """Print the kind of paths to add, then a candidate a line. Bash passes the line and the characters it splits at."""
    bash = options.shell == "bash"
    line, breaks = options.words if bash else ("", "")
    raw = [*line.split(), *([""] if line[-1:].isspace() else [])]
    words = [re.sub(r"[\\'\"]", "", word) for word in raw[1:]] if bash else options.words
    kind, candidates = complete(words)
    lines: Iterable[str] = candidates
    if bash:
        lines = (_bash_reply(name, raw[-1], words[-1], breaks) for name in candidates if name.startswith(words[-1]))
    elif options.shell == "zsh":
        lines = (name.replace(":", "\\:") + (text and f":{text}") for name, text in candidates.items())
    elif options.shell == "fish":
        lines = (name + (text and f"\t{text}") for name, text in candidates.items())
    sys.stdout.write("".join(f"{line}\n" for line in (kind, *lines)))
    return 0


def _bash_reply(name: str, raw: str, word: str, breaks: str) -> str:
    """A candidate as bash inserts it: from the last character on at which bash split the word, and quoted."""
    cut = max((index + 1 for index, character in enumerate(word) if character in breaks.replace("@", "")), default=0)
    name = name[cut:]
    if raw.startswith("'"):
        return name
    return re.sub(r"([$`\"\\])" if raw.startswith('"') else r"([^\w@%+=:,./-])", r"\\\1", name)


def complete(words: Sequence[str]) -> Candidates:
    """The candidates for the last of the words that follow `pipedeck`."""
    from tui.cli.parsers import app_parser, build_parser

    *before, word = words
    at = command_at(before)
    command = before[at] if at is not None else ""
    parser = subparsers(build_parser((command,)))[command] if command else app_parser(full=True)
    options = {flag: action for action in parser._actions for flag in action.option_strings}
    places = [action for action in parser._actions if not action.option_strings]
    action: argparse.Action | None = None
    position = 0
    for text in before[:at] + before[at + 1 :] if at is not None else before:
        if text.startswith("-"):
            action = options.get(text)
            action = action if action is not None and action.nargs != 0 else None
        elif action is None:
            position += 1
        elif not _is_repeatable(action):
            action = None
    prefix = ""
    if word.startswith("--") and "=" in word:
        prefix = word.partition("=")[0]
        action, prefix = options.get(prefix), f"{prefix}="
    elif word.startswith("-"):
        return Candidates(
            "", {flag: one_line(item) for flag, item in options.items() if item.help != argparse.SUPPRESS}
        )
    elif action is None:
        if places and (position < len(places) or _is_repeatable(places[-1])):
            action = places[min(position, len(places) - 1)]
        if not command and not position:
            return Candidates(FOLDER, command_helps())
    kind = value_kind(command, action) if action is not None else ""
    values = tuple(map(str, action.choices)) if action is not None and action.choices else names(kind, words)
    return Candidates(kind if kind in (FOLDER, FILE) else "", {prefix + value: "" for value in values})


def _is_repeatable(action: argparse.Action) -> bool:
    return action.nargs in ("*", "+")


def subparsers(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """The parser of each command."""
    return next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction)).choices


def command_helps() -> Mapping[str, str]:
    """The help line of each command."""
    from tui.cli.parsers import build_parser

    group = next(item for item in build_parser()._actions if isinstance(item, argparse._SubParsersAction))
    return {choice.dest: choice.help or "" for choice in group._choices_actions if choice.dest in COMMAND_NAMES}


def one_line(action: argparse.Action) -> str:
    """The help of an option in one line."""
    text = (action.help or "").replace("%%", "%")
    return " ".join(text.replace("%(default)s", str(action.default)).split())


def value_kind(command: str, action: argparse.Action) -> str:
    """The kind of value of an argument: `folder`, `file`, a kind of names, or empty for free text."""
    return _KINDS_OF.get((command, action.dest)) or _KINDS.get(str(action.metavar), "")


def names(kind: str, words: Sequence[str]) -> tuple[str, ...]:
    """The names of a kind, those of the tree of a command line sorted; none for an unknown kind or without a tree.

    Names that do not fit a line of a shell are left out.
    """
    if kind in _FIXED:
        return tuple(_FIXED[kind]())
    if kind in _NAMES:
        with contextlib.suppress(PipedeckError):
            report = inspect_tree(
                _value_of("--tree", words), release=_value_of("--release", words), cwd=_value_of("--cwd", words)
            )
            return tuple(sorted({name for name in _NAMES[kind](report) if name and display_text(name) == name}))
    return ()


def _value_of(option: str, words: Sequence[str]) -> str | None:
    """The value of an option on a command line."""
    for index, word in enumerate(words):
        if word == option and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def _releases() -> Iterable[str]:
    from core.releases import NEWEST_RELEASE, TABLE

    return (*map(str, sorted({step.since for behaviour in TABLE for step in behaviour.steps})), NEWEST_RELEASE)


def _providers() -> Iterable[str]:
    from core.scaffold.templates import INTERNAL, TEMPLATE_NAMES

    return (name for name in TEMPLATE_NAMES if name != INTERNAL)


def _types() -> Iterable[str]:
    from core.dialects.model_schema import MODEL_TYPES

    return (name for name, _ in MODEL_TYPES)


def _families() -> Iterable[str]:
    from core.dialects.deck_schema import SECTIONS

    return (section.family for section in SECTIONS)


def _topics() -> Iterable[str]:
    from tui.cli.help import topics

    return (*topics(), *COMMAND_NAMES)


_FIXED: Mapping[str, Callable[[], Iterable[str]]] = {
    "releases": _releases,
    "providers": _providers,
    "types": _types,
    "families": _families,
    "topics": _topics,
}
"""The names that do not depend on a tree."""


def _references(report: Report) -> Iterator[str]:
    return (item.reference for item in report.resolutions)


def _variables(report: Report) -> Iterator[str]:
    return (name for backend in report.catalog.backends for name in report.catalog.variables_of(backend))


def _of_kind(kind: Kind) -> Callable[[Report], Iterator[str]]:
    return lambda report: (item.name for item in report.resolutions if item.kind is kind)


def _patterns(report: Report) -> Iterator[str]:
    profile = report.catalog.profile
    return (route.pattern for route in (profile.routes + profile.optional_routes if profile is not None else ()))


_NAMES: Mapping[str, Callable[[Report], Iterable[str]]] = {
    "references": _references,
    "names": lambda report: (
        *_references(report),
        *report.catalog.backends,
        *report.catalog.profiles,
        *_variables(report),
    ),
    "models": lambda report: (spec.handle for spec in report.catalog.specs),
    "backends": lambda report: report.catalog.backends,
    "profiles": lambda report: report.catalog.profiles,
    "variables": _variables,
    "presets": _of_kind(Kind.PRESET),
    "aliases": _of_kind(Kind.ALIAS),
    "waterfalls": _of_kind(Kind.WATERFALL),
    "choices": lambda report: (item.reference for item in report.resolutions if item.kind is Kind.CHOICE),
    "patterns": _patterns,
    "codes": lambda report: ("all", *(problem.code for problem in report.problems)),
}
