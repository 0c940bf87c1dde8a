"""Findings: problems as programs for reviews take them, with a path in the repository and a stable fingerprint."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from core.api import Report
from core.entities import Location
from core.files.discover import home_directory
from core.files.git import repository_root
from core.files.source import Source
from core.masking import shown_in_file
from core.problems import Problem
from core.records import dataclass
from core.secret_texts import display_text


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place. `path` is relative to the repository with forward slashes, or absolute outside of it.

    A problem without a location is placed at the tree's folder. The fingerprint is made of the meaning: code, file, key
    without positions in lists, subject, reference, the value at the key as it is shown, and the names that the message
    quotes. Lines, counts and wording have no part in it. Equal ones are numbered in the order of the report.
    """

    problem: Problem
    path: str
    line: int
    column: int
    fingerprint: str

    @property
    def inside(self) -> bool:
        """Whether the file is in the repository."""
        return not self.path.startswith("/")

    @property
    def message(self) -> str:
        """The message, in one line that is safe to print."""
        return display_text(self.problem.message)

    @property
    def text(self) -> str:
        """The message with the fix."""
        fix = self.problem.fix
        return f"{self.message}; fix: {display_text(fix)}" if fix else self.message


def findings_of(report: Report, problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """The findings of problems, in their order."""
    return tuple(_findings(report, problems))


def _findings(report: Report, problems: Iterable[Problem]) -> Iterator[Finding]:
    paths, environ = report.catalog.tree.paths, report.catalog.environment.shell
    root = repository_root(paths.project) or paths.project
    sources = {source.shown: source for source in (*report.catalog.tree.sources, *_method_sources(report))}
    seen: Counter[str] = Counter()
    for problem in problems:
        location = problem.location
        file = location.file if location is not None else paths.root
        path = _in_repository(_absolute(file, paths.project, environ), root)
        meaning = _meaning(problem, path, sources.get(file))
        seen[meaning] += 1
        print_ = hashlib.sha256(f"{meaning}\n{seen[meaning]}".encode("utf-8", "surrogatepass")).hexdigest()
        line, column = (location.line, location.column) if location is not None else (1, 1)
        yield Finding(problem, path, max(line, 1), max(column, 1), print_)


def _method_sources(report: Report) -> tuple[Source, ...]:
    return tuple(file.source for file in report.methods.read) if report.methods is not None else ()


def _absolute(file: str, project: str, environ: Mapping[str, str]) -> str:
    if file.startswith("~/"):
        return os.path.join(home_directory(environ), file[2:])
    return os.path.normpath(os.path.join(project, file))


def _in_repository(path: str, root: str) -> str:
    """The path relative to the repository; as it is outside of it. Characters that are not printable are replaced."""
    inside = path.removeprefix(root.rstrip("/") + "/") if path != root else "."
    return "".join(item if item.isprintable() or item in "\r\n" else "\N{REPLACEMENT CHARACTER}" for item in inside)


def _meaning(problem: Problem, path: str, source: Source | None) -> str:
    location = problem.location
    keys = [key for key in location.path if isinstance(key, str)] if location is not None else []
    value = _value(location, source) if location is not None else ""
    excerpt = problem.excerpt[0].strip() if problem.excerpt is not None else ""
    names = [name for name in _QUOTED.findall(display_text(problem.message)) if name[1] not in "/~"]
    parts = [problem.code, path, keys, problem.subject, problem.reference, value, excerpt, names]
    return json.dumps(parts)


_QUOTED = re.compile(r"`[^`]+`|'[^']+'|\"[^\"]+\"")
"""The texts that a message quotes. Paths of this machine are left out."""


def _value(location: Location, source: Source | None) -> str:
    """The value at the key of a location as it is shown; empty for a table, whose other keys have no part in it.

    The items of a list have no key of their own, so of a table in a list all values count.
    """
    value = source.value(location.path) if source is not None and location.path else None
    listed = any(isinstance(key, int) for key in location.path)
    if value is None or (isinstance(value, dict) and not listed):
        return ""
    return shown_in_file(location.file, location.path, value)
