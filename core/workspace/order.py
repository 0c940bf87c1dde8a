"""The order in which the files of one edit are written, so that a reader in between never meets a tree that fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, permutations

from core.api import Report, inspect_again
from core.files.view import Overlay, View

MAX_TRIED = 24
"""Of the orders of many files only so many are tried: each costs a reading of the tree."""


def write_order(
    before: Report, view: View, after: Report, contents: Mapping[str, bytes | None]
) -> tuple[list[str], bool]:
    """The paths in writing order, and whether every tree in between loads as well as the one before or after.

    Additions go before what names them and removals behind it: backend files, `backends.toml`, routing, deck; a
    removal the other way round. Another order is taken when that one would show a reader a worse tree.
    """
    usual = sorted(contents, key=lambda path: _rank(before, path, contents[path]))
    if len(usual) < 2:
        return usual, True
    allowed = _fatal(before) | _fatal(after)
    for order in islice(_orders(usual), MAX_TRIED):
        if all(_fatal(_partly(before, view, contents, order[:size])) <= allowed for size in range(1, len(order))):
            return list(order), True
    return usual, False


def _orders(usual: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield tuple(usual)
    yield tuple(reversed(usual))
    yield from permutations(usual)


def _partly(before: Report, view: View, contents: Mapping[str, bytes | None], paths: Sequence[str]) -> Report:
    return inspect_again(before, Overlay(view, {path: contents[path] for path in paths}))


def _fatal(report: Report) -> set[tuple[str, str]]:
    return {(problem.code, problem.message) for problem in report.boot_problems if problem.fatal}


def _rank(report: Report, path: str, content: bytes | None) -> tuple[int, str]:
    tree = report.catalog.tree
    if path.startswith(tree.specs_path + "/"):
        return (9 if content is None else 0), path
    if path.startswith(tree.deck_path + "/"):
        return 3, path
    return (1 if os.path.basename(path).startswith("backends") else 2), path
