"""The two lines at the top: what is open, for which release and profile; can it run. Pure."""

from __future__ import annotations

from core.releases import NEWEST_RELEASE, is_beyond
from core.safe_text import safe
from core.verdict import count_keys
from tui.labels import VERDICT_SYMBOLS, causes_label
from tui.session import Session
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, width_of


def header_runs(session: Session, view: ViewModel, width: int) -> tuple[Runs, Runs]:
    """Left: the program and the tree, or as much of its end as there is room for. Right: release and profile,
    with a word when it is not the active one.
    """
    active = view.catalog.active or "none"
    right: list[Run] = [("release ", "dim"), (str(view.report.release), "")]
    if is_beyond(view.report.release):
        right.append((f" as {NEWEST_RELEASE}", "warn"))
    right += [("   profile ", "dim"), (active, "")]
    if session.looking:
        right.append((" (looking, not active)", "warn"))
    if session.locked:
        right.append(("  read only", "warn"))
    right.append((" ", ""))
    name: Run = (" pipedeck", "accent")
    room = width - width_of((name, *right)) - 3
    tree = safe(session.tree_label)
    if len(tree) > room:
        tree = "…" + tree[len(tree) - max(room - 1, 0) :]
    return (name, (f"  {tree}", "")), tuple(right)


def verdict_runs(view: ViewModel) -> tuple[Runs, Runs]:
    """Left: the verdict with its sign. Right: how many causes and warnings, how many keys are set of those needed."""
    verdict, sentence = view.live_results.report.verdict
    sign, tone = VERDICT_SYMBOLS[verdict]
    good, needed = count_keys(view.catalog)
    right: list[Run] = [
        (causes_label(*view.severities), ""),
        ("   keys ", "dim"),
        (f"{good}/{needed}", "" if good == needed else "bad"),
        (" ", ""),
    ]
    return ((f" {sign} ", tone), (view.sentence(sentence), tone)), tuple(right)
