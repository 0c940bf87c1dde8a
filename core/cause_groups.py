"""Groups of causes: many faults of one kind, reported as one cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.catalog import Catalog
from core.diagnostics import backend_codes
from core.dialects.backend_reader import INTERNAL
from core.formatting import counted
from core.problems import Problem
from core.variables import State

KEYS: Final = "keys"
"""The key of the cause of many backends that are on without their variables."""
_SEVERAL = "several "
"""Prefix of the key of a group of one diagnostic; its code follows."""
_FEWEST_BACKENDS = 3
_FEWEST_PROBLEMS = 4


def group_causes(catalog: Catalog, causes: Mapping[str, Sequence[Problem]], dead: frozenset[str]) -> dict[str, str]:
    """The key of the group of each cause that belongs to one. `dead`: dead references, not grouped."""
    alike: dict[str, list[str]] = {}
    keyless = without_keys(catalog)
    for key, problems in causes.items():
        first = problems[0]
        if len(keyless) >= _FEWEST_BACKENDS and all(_is_about_keys(problem, keyless) for problem in problems):
            alike.setdefault(KEYS, []).append(key)
        elif first.cause is None and key not in dead:
            alike.setdefault(f"{_SEVERAL}{first.code}", []).append(key)
    return {
        key: group
        for group, members in alike.items()
        if group == KEYS or len(members) >= _FEWEST_PROBLEMS
        for key in members
    }


def _is_about_keys(problem: Problem, keyless: Sequence[str]) -> bool:
    if problem.diagnostic is backend_codes.VARIABLE_MISSING:
        return True
    return problem.diagnostic is backend_codes.KEY_MISSING and problem.subject in keyless


def group_title(key: str, catalog: Catalog, problems: Sequence[Problem]) -> str | None:
    """The title of a group of causes; None for a cause that is no group."""
    if key == KEYS:
        return f"{counted(len(without_keys(catalog)), 'backend')} are on without their keys"
    if key.startswith(_SEVERAL):
        return f"{problems[0].message}, and {len(problems) - 1} more of the kind"
    return None


def group_fix(key: str, catalog: Catalog) -> str | None:
    """The fix of a group of causes, where that is not the fix of its first problem."""
    if key != KEYS:
        return None
    ready = with_keys(catalog)
    if not ready:
        return "set the keys you have (`keys --lines`), and turn the other backends off"
    if len(ready) > 1:
        return f"turn those {len(without_keys(catalog))} off, or set their keys (`keys`)"
    return f"use only `{ready[0]}`, turn those {len(without_keys(catalog))} off, or set their keys (`keys`)"


def without_keys(catalog: Catalog) -> tuple[str, ...]:
    """The backends that are on and need a variable that is not set."""
    return tuple(name for name in catalog.enabled if not _has_its_variables(catalog, name))


def with_keys(catalog: Catalog) -> tuple[str, ...]:
    """The backends that are on and have their key: all the variables they need, or one that is written in the file."""
    return tuple(
        name
        for name in catalog.enabled
        if name != INTERNAL
        and (catalog.variables_of(name) or catalog.backends[name].text("api_key"))
        and _has_its_variables(catalog, name)
    )


def _has_its_variables(catalog: Catalog, backend: str) -> bool:
    states = map(catalog.environment.state, catalog.placeholders_of(backend))
    return all(state in (State.SET, State.UNKNOWN) for state in states)
