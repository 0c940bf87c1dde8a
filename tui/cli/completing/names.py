"""The names that a tree holds, for the shell: the hidden command behind completion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from core.api import Report, inspect_tree
from core.references import Kind
from core.safe_text import safe


def names(kind: str, words: Sequence[str]) -> tuple[str, ...]:
    """The names of a kind in the tree that the words of a command line mean; sorted, each once.

    The kinds are those of `_FOUND`; another one has no names. Names that a shell could not put on one line are left
    output. Raises the errors of `inspect_tree`.
    """
    report = inspect_tree(_given("--tree", words), release=_given("--release", words))
    found = _FOUND.get(kind)
    matches = found(report) if found is not None else ()
    return tuple(sorted({name for name in matches if name and safe(name) == name}))


def _given(option: str, words: Sequence[str]) -> str | None:
    """The value that a command line gives an option."""
    for at, word in enumerate(words):
        if word == option and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def _references(report: Report) -> Iterator[str]:
    return (item.reference for item in report.resolutions)


def _models(report: Report) -> Iterator[str]:
    return (spec.handle for spec in report.catalog.specs)


def _variables(report: Report) -> Iterator[str]:
    return (name for backend in report.catalog.backends for name in report.catalog.variables_of(backend))


def _of_kind(kind: Kind) -> Callable[[Report], Iterator[str]]:
    return lambda report: (item.name for item in report.resolutions if item.kind is kind)


def _choices(report: Report) -> Iterator[str]:
    return (item.reference for item in report.resolutions if item.kind is Kind.CHOICE)


def _patterns(report: Report) -> Iterator[str]:
    profile = report.catalog.profile
    return (route.pattern for route in (profile.routes + profile.optional_routes if profile is not None else ()))


def _codes(report: Report) -> Iterator[str]:
    yield "all"
    yield from (problem.code for problem in report.problems)


def _things(report: Report) -> Iterable[str]:
    yield from _references(report)
    yield from report.catalog.backends
    yield from report.catalog.profiles
    yield from _variables(report)


_FOUND: Mapping[str, Callable[[Report], Iterable[str]]] = {
    "references": _references,
    "things": _things,
    "models": _models,
    "backends": lambda report: report.catalog.backends,
    "profiles": lambda report: report.catalog.profiles,
    "variables": _variables,
    "presets": _of_kind(Kind.PRESET),
    "aliases": _of_kind(Kind.ALIAS),
    "waterfalls": _of_kind(Kind.WATERFALL),
    "choices": _choices,
    "patterns": _patterns,
    "codes": _codes,
}
