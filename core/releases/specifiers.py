"""PEP 440 ranges of releases: whether one allows a version, and the newest published release that it allows.

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
PUBLISHED = """
0.10.0 0.10.1 0.10.2 0.11.0 0.12.0 0.13.0 0.13.1 0.13.2 0.14.0 0.14.1 0.14.2 0.14.3 0.15.1 0.15.2 0.15.3 0.15.4 0.15.6
0.15.7 0.16.0 0.17.1 0.17.2 0.17.3 0.17.4 0.17.5 0.17.6 0.18.0b1 0.18.0b2 0.18.0b3 0.18.0 0.18.1 0.18.2 0.18.3 0.18.4
0.18.5 0.18.6 0.19.0 0.20.0 0.20.1 0.20.2 0.20.3 0.20.4 0.20.5 0.20.6 0.20.7 0.20.8 0.20.9 0.20.10 0.20.11 0.20.12
0.20.13 0.21.0 0.22.0 0.23.0 0.23.1 0.23.2 0.23.3 0.23.4 0.23.5 0.23.6 0.23.7 0.23.8 0.23.9 0.24.0 0.24.1 0.25.0 0.25.1
0.25.2 0.26.0 0.26.1 0.26.2 0.26.3 0.26.4 0.27.0 0.28.0 0.29.0 0.29.1 0.30.0 0.30.1 0.30.2 0.30.3 0.31.0 0.32.0 0.32.1
0.33.0 0.34.0 0.35.0 0.35.1 0.36.0 0.37.0 0.38.0 0.39.0 0.39.1 0.39.2 0.40.0 0.41.0 0.42.0 0.43.0 0.43.1 0.44.0 0.45.0
0.46.0 0.46.1 0.46.2 0.46.3 0.46.4 0.47.0 0.48.0 0.49.0 0.50.0 0.51.0 0.52.0 0.53.0 0.54.0 0.55.0 0.56.0 0.57.0 0.58.0
0.59.0 0.60.0 0.61.0 0.62.0 0.63.0 0.64.0 0.64.1 0.64.2 0.65.0 0.66.0 0.66.1 0.67.0 0.67.1 0.68.0 0.69.0 0.70.0 0.71.0
0.71.1 0.72.0 0.73.0 0.74.0 0.74.1 0.75.0 0.76.0 0.77.0 0.78.0 0.79.0 0.79.1 0.80.0 0.81.0 0.81.1 0.82.0 0.83.0 0.84.0
0.85.0 0.85.1 0.86.0 0.86.1 0.87.0 0.88.0 0.89.0 0.90.0 0.91.0 0.92.0 0.92.1 0.92.2
""".split()  # noqa: SIM905 - a list literal would be a line each
"""Oldest first, from the first that reads `.pipelex/inference` on; as of 2026-11-30."""


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


def newest_allowed(specifier: str) -> str | None:
    """The newest published release that a PEP 440 range allows, a pre-release only where nothing else is allowed.

    None for no release, and for a text that is no range.
    """
    final = (version for version in reversed(PUBLISHED) if version.replace(".", "").isdecimal())
    # `allows` imports `packaging` for a pre-release, which takes 5 ms of the start.
    newest = next((version for version in final if allows(specifier, version)), None)
    return newest or next((version for version in reversed(PUBLISHED) if allows(specifier, version)), None)
