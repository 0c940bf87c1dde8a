"""`pipedeck __names`: the names of a kind in the tree, one a line, for the completion of shells."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core.api import Report, inspect_tree
from core.errors import PipedeckError
from core.references import Kind
from core.safe_text import safe
from tui.cli.options import Commands


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("__names", add_help=False, prefix_chars="\0")
    parser.add_argument("kind")
    parser.add_argument("words", nargs="*")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the names; nothing where there is no tree, as an error would appear in the middle of a command line."""
    with contextlib.suppress(PipedeckError):
        sys.stdout.write("".join(f"{name}\n" for name in names(options.kind, options.words)))
    return 0


def names(kind: str, words: Sequence[str]) -> tuple[str, ...]:
    """The names of a kind (see `_NAMES`) in the tree of a command line, sorted; none for an unknown kind.

    Names that do not fit a line of a shell are left out. Raises the errors of `inspect_tree`.
    """
    if kind not in _NAMES:
        return ()
    report = inspect_tree(_value_of("--tree", words), release=_value_of("--release", words))
    return tuple(sorted({name for name in _NAMES[kind](report) if name and safe(name) == name}))


def _value_of(option: str, words: Sequence[str]) -> str | None:
    """The value of an option on a command line."""
    for index, word in enumerate(words):
        if word == option and index + 1 < len(words):
            return words[index + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


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
    "things": lambda report: (
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
