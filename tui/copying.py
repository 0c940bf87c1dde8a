"""What of a thing is copied: its name as it is written in files."""

from __future__ import annotations

from core.safe_text import safe
from tui.facts import Facts
from tui.things import Thing
from tui.words import plain


def name_of(facts: Facts, thing: Thing) -> str:
    """One line: what a thing is called in files, `$preset`, `@alias`, a handle, a pattern; of a problem all it says."""
    if thing in facts.problems:
        problem = facts.problems[thing]
        place = facts.where(problem.location)
        return safe(
            ": ".join(part for part in (place, plain(problem.message), problem.fix and plain(problem.fix)) if part)
        )
    if thing.kind == "overview":
        return safe(plain(facts.heard.report.verdict[1]))
    return safe(facts.title(thing))
