"""A fix: the edit that fixes a problem, and what it does, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.api import Report
from core.edits.intent import Intent
from core.edits.refused import EditLayer
from core.entities import Path
from core.files.source import Source
from core.problems import Problem
from core.records import dataclass


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to fix a problem of a code. The sentence tells a person what is done, and holds no secret.

    `where` is the layer that the edit is to be made in: a fault inside of a file is fixed in that very file. `about`
    is what speaks for it and against it, where there are several: `keeps vision; $3 in / $15 out per M`.
    """

    code: str
    intent: Intent
    sentence: str
    where: EditLayer = EditLayer.AUTO
    about: str = ""


Fixer = Callable[[Report, Problem], Iterator[Fix]]
"""Finds the fixes of one code of problems, the best first."""


def place_of(report: Report, problem: Problem) -> tuple[Source, Path] | None:
    """The file that a problem is in, and the key path in that file; None when it is in none."""
    if problem.location is None:
        return None
    sources = report.catalog.tree.sources
    source = next((one for one in sources if one.shown == problem.location.file), None)
    return (source, problem.location.path) if source is not None else None
