"""Make a differing case small: drop files, tables and keys as long as the same kind of difference stays."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .compare import Difference
from .generate import Case
from .generate.toml_text import document_text
from .measure import Bench, Outcome

MAX_TRIALS = 400
"""How many times both sides are asked, at most."""

Kind = tuple[str, ...]
Test = Callable[[Case], bool]


def kind_of(difference: Difference) -> Kind:
    """What must stay the same while a case shrinks: where it differs, and the two verdicts when whole trees differ."""
    root, _, remainder = difference.path.partition(".")
    if root in ("status", "error_type"):
        return (root, str(difference.theirs).partition(":")[0], str(difference.ours).partition(":")[0])
    return (root, remainder.rpartition(".")[2])


def shrink(bench: Bench, outcome: Outcome) -> Outcome:
    """The smallest case found that still shows the first difference's kind, with both answers."""
    kind = kind_of(outcome.differences[0])
    best = outcome
    left = MAX_TRIALS

    def still(case: Case) -> bool:
        nonlocal best, left
        if left <= 0:
            return False
        left -= 1
        tried = bench.try_case(case)
        if any(kind_of(one) == kind for one in tried.differences):
            best = tried
            return True
        return False

    case = drop_files(outcome.case, still)
    for name in list(case.files):
        case = drop_keys(case, name, still)
    return best


def drop_files(case: Case, still: Test) -> Case:
    """Drop the home, then every file, one at a time; twice, because some are needed only by others."""
    if case.home is not None:
        without_home = replace(case, home=None)
        case = without_home if still(without_home) else case
    for _ in range(2):
        for name in list(case.files):
            smaller = replace(case, files={key: data for key, data in case.files.items() if key != name})
            if still(smaller):
                case = smaller
    return case


def drop_keys(case: Case, name: str, still: Test) -> Case:
    """Drop tables and keys of one TOML file, the largest parts first; files that do not parse stay as they are."""
    try:
        document = tomllib.loads(case.files[name].decode())
        rendered = document_text(document)
        if tomllib.loads(rendered) != document:
            return case
    except (ValueError, TypeError, KeyError):
        return case
    plain = replace(case, files={**case.files, name: rendered.encode()})
    if not still(plain):
        return case
    case = plain
    gone: set[tuple[str, ...]] = set()
    for path in paths(document):
        if any(path[: len(one)] == one for one in gone):
            continue
        smaller_document = without(document, path)
        smaller = replace(case, files={**case.files, name: document_text(smaller_document).encode()})
        if still(smaller):
            case, document = smaller, smaller_document
            gone.add(path)
    return case


def paths(node: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key path of a document, level by level within each table."""
    if isinstance(node, dict):
        for key in list(node):
            yield (*above, key)
        for key, value in list(node.items()):
            yield from paths(value, (*above, key))


def without(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """A copy of a document without one key."""
    changed = copy.deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node.pop(path[-1], None)
    return changed


def printed(outcome: Outcome) -> str:
    """A case's files and its differences, for reading."""
    lines = [f"# release {outcome.case.release}, seed {outcome.case.seed}"]
    lines += [f"# env {name}={value}" for name, value in outcome.case.env.items() if name.startswith("CASE_")]
    for place, files in (("project", outcome.case.files), ("home", outcome.case.home or {})):
        for name, data in files.items():
            lines += [f"# ---- {place}: {name}", data.decode(errors="backslashreplace").rstrip()]
    lines += [f"! {one}" for one in outcome.differences]
    return "\n".join(lines)
