"""A cause explained, with all that it kills and why each is dead; and a problem that is about nothing in the lists."""

from __future__ import annotations

from tui.inspector.problem import problem_sheet
from tui.labels import SEVERITY_SYMBOLS
from tui.pages.content import Page
from tui.pages.overview import overview_export
from tui.pages.sheet import PageSheet
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run


def cause_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """What is wrong, how to mend it, and every problem that comes of it."""
    cause = view.causes[ref]
    behind = view.problems_behind(cause)
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    out = PageSheet(view, width, (("explain  ", "dim"), (view.sentence(cause.title), "accent")))
    place = view.where(cause.location) if cause.location is not None else ""
    backend = ItemRef("backend", "", cause.key.removeprefix("off ")) if cause.key.startswith("off ") else None
    out.with_place(((f"{sign} ", tone), (view.sentence(cause.title), "")), place, link=backend)
    if cause.fatal:
        out.text(("  the release does not start with it", "bad"))
    if cause.fix:
        out.text((f"  fix: {view.sentence(cause.fix)}", "dim"), hang=5)
    out.heading("what comes of it", cause.effect)
    for other in behind:
        problem = view.problems[other]
        target = view.subject(problem) if problem.reference is not None else None
        where = view.where(problem.location) if problem.location is not None else ""
        if target is None:
            out.with_place(((view.sentence(problem.message), ""),), where, link=other)
        else:
            out.with_place(((view.title(target), "accent"),), where, link=target)
            out.text((f"  {_reason(view.sentence(problem.message))}", "dim"))
    note: Run = ("stops the release", "bad") if cause.fatal else (cause.effect, "bad" if tone == "bad" else "warn")
    return Page(out, (note,) if note[0] else (), overview_export(view))


def _reason(message: str) -> str:
    """Why something is dead, without its name again in front."""
    _, dead, reason = message.partition(" is dead: ")
    return reason if dead else message


def problem_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """All that is known of a problem."""
    found = problem_sheet(view, ref, width)
    out = PageSheet(view, width, (("explain  ", "dim"), *found.title))
    out.lines = found.lines
    return Page(out, (), overview_export(view))
