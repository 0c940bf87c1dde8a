"""The two lines at the top: what is open, for which release and profile; can it run. Pure."""

from __future__ import annotations

from core.verdict import keys
from tui.facts import Facts
from tui.session import Session
from tui.widgets.runs import Run, Runs
from tui.words import VERDICT_SIGNS, counted, plain


def header_runs(session: Session, facts: Facts) -> tuple[Runs, Runs]:
    """Left: the program and the tree. Right: release and profile, with a word when it is not the active one."""
    left: Runs = ((" pipedeck", "heading"), (f"  {session.tree_label}", ""))
    active = facts.catalog.active or "none"
    right: list[Run] = [("release ", "dim"), (str(facts.report.release), ""), ("   profile ", "dim"), (active, "")]
    if session.looking:
        right.append((" (looking, not active)", "warn"))
    right.append((" ", ""))
    return left, tuple(right)


def verdict_runs(facts: Facts) -> tuple[Runs, Runs]:
    """Left: the verdict with its sign. Right: how many causes and warnings, how many keys are set of those needed."""
    verdict, sentence = facts.report.verdict
    sign, tone = VERDICT_SIGNS[verdict]
    good, needed = keys(facts.catalog)
    errors, warnings = facts.severities
    counts = ", ".join(
        words for count, words in ((errors, counted(errors, "cause")), (warnings, counted(warnings, "warning"))) if count
    )
    right: list[Run] = [(counts, ""), ("   keys ", "dim"), (f"{good}/{needed}", "" if good == needed else "bad"), (" ", "")]
    return ((f" {sign} ", tone), (plain(sentence), tone)), tuple(right)
