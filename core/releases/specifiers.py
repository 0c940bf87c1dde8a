"""PEP 440 ranges of releases: whether one allows a version.

`packaging` reads them all, but its import takes 10 to 20 ms of CPU time, at each start with a range in `pyproject.toml`
(`python -m tests.benchmarks --only cli.installation`). Plain conditions on plain versions are compared here.
"""

from __future__ import annotations

import re
from typing import Final

_CONDITION: Final = r"(===?|!=|~=|<=?|>=?)\s*(\d+(?:\.\d+)*)(\.\*)?"
_PLAIN: Final = r"\d+(?:\.\d+)*"
_PARTS: Final = 8
"""Numbers are compared to this length, filled up with zeros."""


def allows(specifier: str, version: str) -> bool | None:
    """Whether a range allows a version, pre-releases too; None where the text is no range, or the version is none."""
    parts = [part.strip() for part in specifier.split(",") if part.strip()]
    conditions = [re.fullmatch(_CONDITION, part) for part in parts]
    plain = re.fullmatch(_PLAIN, version)
    if plain is None or any(match is None or not _is_plain(match) for match in conditions):
        return _as_packaging(specifier, version)
    return all(_holds(match, _numbers(version)) for match in conditions if match is not None)


def _is_plain(match: re.Match[str]) -> bool:
    operator, number, wildcard = match.groups()
    if operator == "===":
        return False
    return "." in number if operator == "~=" else wildcard is None or operator in ("==", "!=")


def _numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(map(int, text.split(".")))
    return numbers + (0,) * (_PARTS - len(numbers))


def _holds(match: re.Match[str], version: tuple[int, ...]) -> bool:
    operator, text, wildcard = match.groups()
    wanted, length = _numbers(text), text.count(".") + 1
    match operator:
        case "==":
            return version[:length] == wanted[:length] if wildcard else version == wanted
        case "!=":
            return version[:length] != wanted[:length] if wildcard else version != wanted
        case "~=":
            return version >= wanted and version[: length - 1] == wanted[: length - 1]
        case "<=":
            return version <= wanted
        case ">=":
            return version >= wanted
        case "<":
            return version < wanted
        case _:
            return version > wanted


def _as_packaging(specifier: str, version: str) -> bool | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None
