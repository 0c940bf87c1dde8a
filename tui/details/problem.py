"""What the inspector says of a problem and of a cause: what is wrong, what follows from it, how to mend it."""

from __future__ import annotations

from core.problems import CHECK_TITLES, LIVE_TITLES, Severity
from tui.checks.live import age
from tui.details.sheet import MOST_LISTED, Sheet
from tui.facts import Facts
from tui.things import Thing
from tui.words import SEVERITY_SIGNS, counted

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "for your information"}


def cause_sheet(facts: Facts, thing: Thing, width: int) -> Sheet:
    """A cause with everything behind it."""
    cause = facts.causes[thing]
    behind = facts.problems_behind(cause)
    out = Sheet(facts, width, (("cause  ", "dim"), (counted(len(behind), "problem"), "heading")))
    sign, tone = SEVERITY_SIGNS[cause.severity]
    out.text((f"{sign} ", tone), (facts.told(cause.title), tone))
    if cause.effect:
        out.text((f"  {cause.effect}", ""))
    out.blank()
    if cause.fatal:
        out.field("weight", "the release does not start with it", tone="bad")
    if cause.fix:
        out.field("fix", facts.told(cause.fix))
    if cause.location is not None:
        out.field("where", facts.where(cause.location))
    if cause.key.startswith("off "):
        backend = Thing("backend", "", cause.key.removeprefix("off "))
        out.field("see", backend.name, tone="accent", link=backend)
    out.heading("problems behind it")
    for other in behind[:MOST_LISTED]:
        problem = facts.problems[other]
        target = facts.subject(problem)
        subject = target if problem.reference is not None else None
        name = facts.title(subject) if subject is not None else facts.told(problem.message)
        out.text((name, "accent"), link=target or other)
    return out


def _window(line: str, caret: str, width: int) -> tuple[str, str]:
    """As much of a line of a file, and of the caret below it, as there is room for: the caret is always in it."""
    first = max(0, len(caret) - width * 2 // 3)
    return line[first : first + width], caret[first:]


def problem_sheet(facts: Facts, thing: Thing, width: int) -> Sheet:
    """One problem."""
    problem = facts.problems[thing]
    out = Sheet(facts, width, (("problem  ", "dim"), (problem.code, "heading")))
    sign, tone = SEVERITY_SIGNS[problem.severity]
    out.text((f"{sign} ", tone), (facts.told(problem.message), tone if tone != "dim" else ""))
    if problem.excerpt is not None:
        out.blank()
        for line in _window(*problem.excerpt, width):
            out.text((line, ""), hang=-1)
    out.blank()
    out.field("weight", _WORDS[problem.severity])
    if problem.fatal:
        stops = problem == facts.report.stops_at
        out.field("", f"{facts.report.release} {'stops' if stops else 'would stop'} here", tone="bad")
    result = facts.heard.of(problem)
    if result is not None:
        out.field("tried", age(result) + (", in an earlier session" if result.cached else ""))
    if problem.fix:
        out.field("fix", facts.told(problem.fix))
    if problem.location is not None:
        out.field("where", f"{facts.where(problem.location)}, column {problem.location.column}")
        if problem.location.key:
            out.field("key", problem.location.key)
    titles = CHECK_TITLES if result is None else LIVE_TITLES
    out.field("check", titles.get(problem.check, CHECK_TITLES[problem.check]))
    if problem.error_type:
        out.field("Pipelex says", problem.error_type)
    subject = facts.subject(problem)
    if subject is not None:
        out.heading("about")
        out.text((facts.title(subject), "accent"), link=subject)
    if result is not None and subject != Thing("backend", "", result.backend):
        out.text((f"{result.backend}, which was asked", "accent"), link=Thing("backend", "", result.backend))
    cause = next((cause for cause in facts.causes if problem.cause and cause.name == problem.cause), None)
    if cause is not None:
        out.heading("because")
        out.text((facts.told(facts.causes[cause].title), "accent"), link=cause)
    return out
