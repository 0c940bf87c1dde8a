"""The document of `keys`."""

from __future__ import annotations

from typing import TypedDict

from core.api import Report
from core.keys import KeyRow, keys
from core.masking import shown_name
from core.variables import State


class SourceDocument(TypedDict):
    """A variable in one source. `spaced`: blanks around its value."""

    source: str
    state: State
    spaced: bool
    wins: bool


class NeedDocument(TypedDict):
    """A backend that refers to a variable. `others` do as well; `filled`: it has all it needs."""

    name: str
    enabled: bool
    filled: bool
    others: list[str]


class KeyDocument(TypedDict):
    """A variable, never its value. `line` is the line for `.env`, without the value."""

    name: str
    state: State
    spaced: bool
    source: str | None
    sources: list[SourceDocument]
    needed: bool
    fails: bool
    backends: list[NeedDocument]
    line: str | None
    finding: str | None
    fix: str | None


class KeysDocument(TypedDict):
    """Printed by `pipedeck keys --json`. `sources`: the last one with a value wins."""

    tree: str
    release: str
    sources: list[str]
    fails: int
    variables: list[KeyDocument]


def keys_document(report: Report) -> KeysDocument:
    """Build the document of the variables of a tree."""
    rows = keys(report)
    return {
        "tree": report.catalog.tree.paths.inference,
        "release": str(report.release),
        "sources": [label for label, _ in report.catalog.environment.sources],
        "fails": sum(row.fails for row in rows),
        "variables": [_key(row) for row in rows],
    }


def _key(row: KeyRow) -> KeyDocument:
    return {
        "name": row.shown,
        "state": row.state,
        "spaced": row.spaced,
        "source": row.source,
        "sources": [
            {"source": item.source, "state": item.state, "spaced": item.spaced, "wins": item is row.sources[-1]}
            for item in row.sources
        ],
        "needed": row.needed,
        "fails": row.fails,
        "backends": [
            {
                "name": need.backend,
                "enabled": need.on,
                "filled": need.filled,
                "others": [shown_name(name) for name in need.others],
            }
            for need in row.needs
        ],
        "line": row.line or None,
        "finding": row.finding or None,
        "fix": row.fix or None,
    }
