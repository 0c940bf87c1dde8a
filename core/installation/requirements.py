"""Requirements of Pipelex as texts: of PEP 508 and pip, constraints of Poetry, addresses of wheels and repositories."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from core.records import dataclass
from core.releases.specifiers import newest_allowed

PACKAGE = "pipelex"
VERSION_IN_TAG = r"(?:(?:refs/tags|releases?)/|pipelex-)?v?(\d+\.\d+(?:\.\d+)?(?:(?:a|b|rc)\d+)?)"
_WHEEL = r"(?i)/pipelex-([0-9][^-/]*)(?:-[^/]*\.(?:whl|conda|tar\.bz2)|\.tar\.gz)"
_ARCHIVE = r"(?i)/pipelex/archive/(?:refs/tags/)?v?(\d+\.\d+\.\d+(?:(?:a|b|rc)\d+)?)\.(?:zip|tar\.gz)"
EXACT = r"={2,3}\s*v?(\d[\w.!+-]*)"
_CONDITION = r"\s*(?:===?|!=|~=|<=?|>=?)\s*v?\d[\w.!+*-]*\s*"
_PLAIN = rf"(?i)\s*pipelex\s*(?:\[[\w\s,.-]*\])?\s*\(?((?:{_CONDITION}(?:,{_CONDITION})*,?)?)\)?\s*(?:;(.*))?"
"""A requirement of names, extras and conditions, with or without a marker."""
_PLATFORM = "platform|os_name"


@dataclass(frozen=True, slots=True)
class Pin:
    """A statement of a project's file about the Pipelex release it uses.

    `exact` is a version, or `specifier` a range such as `>=0.15,<0.16` (empty: any). `locked`: written by a resolver.
    `marker` is the condition of PEP 508 under which it counts; empty for none. `override`: it replaces the requirements
    of all other packages.
    """

    file: str
    exact: str | None = None
    specifier: str = ""
    locked: bool = False
    marker: str = ""
    override: bool = False


def holding(pins: Iterable[Pin], python: str = "") -> list[Pin]:
    """The pins of one file whose markers hold on this platform and in a Python (default: the running one).

    All of them where none does, and where there is nothing to choose from: importing `packaging` takes 20 ms.
    """
    found = list(pins)
    if len(found) < 2 or not any(pin.marker for pin in found):
        return found
    return [pin for pin in found if _holds(pin.marker, python)] or found


def _holds(marker: str, python: str) -> bool:
    if not marker or re.search(r"\bextras?\b|\bdependency_groups\b", marker):
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    short = ".".join(python.split(".")[:2])
    environment = {"python_version": short, "python_full_version": python} if python else {}
    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def pins_of_source(source: Mapping[str, object]) -> Iterator[Pin]:
    """A source of uv or poetry: a tag or branch of a repository may name a release, a commit names none."""
    tag = source.get("tag") or source.get("rev") or source.get("branch") or source.get("ref")
    match = re.fullmatch(VERSION_IN_TAG, tag) if isinstance(tag, str) else None
    marker = str(source.get("marker") or "")
    if match is not None:
        yield Pin("", exact=match[1], marker=marker)
    url = source.get("url") or source.get("path")
    wheel = re.search(_WHEEL, f"/{url}") if isinstance(url, str) else None
    if wheel is not None:
        yield Pin("", exact=wheel[1], marker=marker)


def pins_of_constraint(value: object) -> Iterator[Pin]:
    """A constraint of poetry or Pipenv: a text, or a table with `version` or with a source."""
    marker = ""
    if isinstance(value, Mapping):
        yield from pins_of_source(value)
        marker, value = _marker_of(value), value.get("version")
    if not isinstance(value, str):
        return
    if exact := re.fullmatch(r"=?\s*v?(\d[\w.!+-]*)", value.strip()):
        yield Pin("", exact=exact[1], marker=marker)
        return
    # Of alternatives (`^0.15 || ^0.24`) a resolver takes the one with the newest release.
    ranges = [_range(text) for text in re.split(r"\|\|?", value)]
    newest = max(ranges, key=lambda text: release_key(newest_allowed(text) or "")) if len(ranges) > 1 else ranges[0]
    yield from (replace(pin, marker=marker) for pin in _pins_of_specifier(newest))


def release_key(text: str) -> tuple[int, ...]:
    """The order of release numbers."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def _marker_of(table: Mapping[str, object]) -> str:
    """The condition of a constraint of poetry as a marker of PEP 508."""
    markers, python, platform = (table.get(key) for key in ("markers", "python", "platform"))
    parts = [f"({markers})"] if isinstance(markers, str) else []
    if isinstance(python, str) and "|" not in python:
        conditions = (re.fullmatch(r"([<>=!~]+)(.+)", part) for part in _range(python).split(","))
        parts += [f"python_full_version {found[1]} '{found[2]}'" for found in conditions if found is not None]
    if isinstance(platform, str):
        parts.append(f"sys_platform == '{platform}'")
    return " and ".join(parts)


def _range(text: str) -> str:
    """A range of poetry as a specifier of PEP 440; empty for any release."""
    written = re.sub(r"([<>=!~^])\s+", r"\1", text.strip())
    parts = [_caret(part) for part in re.split(r"[,\s]+", written) if part] if written != "*" else []
    return ",".join(part for part in parts if part)


def _caret(part: str) -> str:
    """A caret, tilde or wildcard constraint of poetry as a specifier of PEP 440."""
    match = re.fullmatch(r"([~^])\s*(\d+(?:\.\d+)*)(.*)", part)
    if match is None:
        return part if part[:1] in "=<>!~" else f"=={part}"
    operator, number, suffix = match.groups()
    if operator == "~" and part[1:2] == "=":
        return part
    numbers = [int(item) for item in number.split(".")]
    if operator == "~":
        at = 1 if len(numbers) > 1 else 0
    else:
        at = next((position for position, item in enumerate(numbers) if item), len(numbers) - 1)
    upper = [*numbers[:at], numbers[at] + 1]
    return f">={number}{suffix},<{'.'.join(map(str, upper))}"


def pins_of_lines(text: str) -> Iterator[Pin]:
    for line in text.replace("\\\n", " ").splitlines():
        line = re.split(r"(?:^|\s)#|\s--", line.strip(), maxsplit=1)[0].strip()
        line = re.sub(r"^(?:-e|--editable)[\s=]\s*", "", line)
        if re.match(r"pipelex\b(?!-)", line, re.IGNORECASE) and not re.search(_WHEEL, f"/{line}"):
            yield from pins_of_requirement(line)
        elif re.search(r"[/#=]pipelex\b|^pipelex-", line, re.IGNORECASE):
            yield from _pins_of_address(line)


def pins_of_requirement(line: str) -> Iterator[Pin]:
    """One requirement of PEP 508, if it holds on this platform."""
    if not re.match(r"\s*pipelex\s*(?:\[|[=<>~!@;,(]|$)", line, re.IGNORECASE):
        return
    plain = re.fullmatch(_PLAIN, line)
    if plain is not None and not re.search(_PLATFORM, plain[2] or ""):
        specifier, marker = (
            ",".join(sorted(re.sub(r"\s", "", plain[1]).strip(",").split(","))),
            (plain[2] or "").strip(),
        )
        yield from (replace(pin, marker=marker) for pin in _pins_of_specifier(specifier))
        return
    # Its import takes 20 ms: not for plain requirements, which most are.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return
    marker = requirement.marker
    if marker is not None and re.search(_PLATFORM, str(marker)) and not marker.evaluate():
        return
    if requirement.url:
        yield from _pins_of_address(requirement.url)
    else:
        yield from _pins_of_specifier(str(requirement.specifier))


def _pins_of_address(url: str) -> Iterator[Pin]:
    """The release that the address of a wheel, or a tag of a repository (`git+https://HOST/pipelex@v0.15.7`), names."""
    tag = url.partition("#")[0].partition(";")[0].rstrip().rpartition("@")[2]
    if version := re.search(_WHEEL, f"/{url}") or re.search(_ARCHIVE, url) or re.fullmatch(VERSION_IN_TAG, tag):
        yield Pin("", exact=version[1])


def _pins_of_specifier(specifier: str) -> Iterator[Pin]:
    """The exact version among the conditions of a specifier, or the range."""
    exact = next(filter(None, (re.fullmatch(EXACT, part.strip()) for part in specifier.split(","))), None)
    yield Pin("", exact=exact[1]) if exact is not None else Pin("", specifier=specifier)
