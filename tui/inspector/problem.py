"""What the inspector says of a problem and of a cause: what is wrong, what follows from it, how to mend it."""

from __future__ import annotations

from core.formatting import counted
from core.problems import CHECK_TITLES, LIVE_TITLES, Severity
from tui.inspector.sheet import MOST_LISTED, Sheet
from tui.labels import SEVERITY_SYMBOLS
from tui.live import age
from tui.selection import ItemRef
from tui.view_model import ViewModel

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "for your information"}


def cause_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A cause with everything behind it."""
    cause = view.causes[ref]
    behind = view.problems_behind(cause)
    out = Sheet(view, width, (("cause  ", "dim"), (counted(len(behind), "problem"), "heading")))
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    out.text((f"{sign} ", tone), (view.sentence(cause.title), tone))
    if cause.effect:
        out.text((f"  {cause.effect}", ""))
    out.blank()
    if cause.fatal:
        out.field("weight", "the release does not start with it", tone="bad")
    if cause.fix:
        out.field("fix", view.sentence(cause.fix))
    if cause.location is not None:
        out.field("where", view.where(cause.location))
    if cause.key.startswith("off "):
        backend = ItemRef("backend", "", cause.key.removeprefix("off "))
        out.field("see", backend.name, tone="accent", link=backend)
    out.heading("problems behind it")
    for other in behind[:MOST_LISTED]:
        problem = view.problems[other]
        target = view.subject(problem)
        subject = target if problem.reference is not None else None
        name = view.title(subject) if subject is not None else view.sentence(problem.message)
        out.text((name, "accent"), link=target or other)
    return out


def _window(line: str, caret: str, width: int) -> tuple[str, str]:
    """As much of a line of a file, and of the caret below it, as there is room for: the caret is always in it."""
    first = max(0, len(caret) - width * 2 // 3)
    return line[first : first + width], caret[first:]


def problem_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """One problem."""
    problem = view.problems[ref]
    out = Sheet(view, width, (("problem  ", "dim"), (problem.code, "heading")))
    sign, tone = SEVERITY_SYMBOLS[problem.severity]
    out.text((f"{sign} ", tone), (view.sentence(problem.message), tone if tone != "dim" else ""))
    if problem.excerpt is not None:
        out.blank()
        for line in _window(*problem.excerpt, width):
            out.text((line, ""), hang=-1)
    out.blank()
    out.field("weight", _WORDS[problem.severity])
    if problem.fatal:
        stops = problem == view.report.stops_at
        out.field("", f"{view.report.release} {'stops' if stops else 'would stop'} here", tone="bad")
    result = view.live_results.of(problem)
    if result is not None:
        out.field("tried", age(result) + (", in an earlier session" if result.cached else ""))
    if problem.fix:
        out.field("fix", view.sentence(problem.fix))
    if problem.location is not None:
        out.field("where", f"{view.where(problem.location)}, column {problem.location.column}")
        if problem.location.key:
            out.field("key", problem.location.key)
    titles = CHECK_TITLES if result is None else LIVE_TITLES
    out.field("check", titles.get(problem.check, CHECK_TITLES[problem.check]))
    if problem.error_type:
        out.field("Pipelex says", problem.error_type)
    subject = view.subject(problem)
    if subject is not None:
        out.heading("about")
        out.text((view.title(subject), "accent"), link=subject)
    if result is not None and subject != ItemRef("backend", "", result.backend):
        out.text((f"{result.backend}, which was asked", "accent"), link=ItemRef("backend", "", result.backend))
    cause = next((cause for cause in view.causes if problem.cause and cause.name == problem.cause), None)
    if cause is not None:
        out.heading("because")
        out.text((view.sentence(view.causes[cause].title), "accent"), link=cause)
    return out
