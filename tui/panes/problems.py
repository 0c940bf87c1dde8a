"""The pane of problems: causes first; filtered by a cause, its problems."""

from __future__ import annotations

from collections.abc import Sequence

from core.causes import Cause
from core.diagnostics.backend_codes import VARIABLE_MISSING
from core.problems import Problem, Severity
from tui.labels import SEVERITY_SYMBOLS, causes_label
from tui.live import age
from tui.panes.pane_spec import PaneSpec
from tui.selection import NO_FILTER, ItemRef, ListFilter
from tui.view_model import ViewModel
from tui.widgets.table_model import Column, Row

COLUMNS = (
    Column("", "sign", 1),
    Column("problem", "problem", 24, flex=4),
    Column("kills", "effect", 16, flex=1, max_width=34, priority=2),
    Column("at", "place", 34, flex=1, max_width=40, priority=1, cut="middle"),
)


def entries(view: ViewModel) -> Sequence[tuple[ItemRef, Cause | Problem]]:
    """The list without a filter: causes, or the only problem of a cause; then comments."""
    listed: list[tuple[ItemRef, Cause | Problem]] = []
    for ref, cause in view.causes.items():
        problems = view.problems_behind(cause)
        alone = len(problems) == 1 and view.problems[problems[0]].message == cause.title
        listed.append((problems[0], view.problems[problems[0]]) if alone else (ref, cause))
    listed.extend((ref, problem) for ref, problem in view.problems.items() if problem.severity is Severity.INFO)
    return listed


def rows(view: ViewModel, list_filter: ListFilter = NO_FILTER) -> Sequence[Row]:
    """Causes; or the problems behind one of them."""
    scope = list_filter.scope
    if scope is not None and scope in view.causes:
        problems = view.problems_behind(view.causes[scope])
        return [_row(view, ref, view.problems[ref], "", brief(view, view.problems[ref])) for ref in problems]
    return view.listed("problems", lambda: [_row(view, ref, item, _effect(item)) for ref, item in entries(view)])


def brief(view: ViewModel, problem: Problem) -> str:
    """The text of a problem under its cause: of a missing variable only the backend and its name."""
    if problem.diagnostic is VARIABLE_MISSING:
        return "  ".join(problem.message.split("`")[1::2])
    return view.sentence(problem.message)


def _effect(item: Cause | Problem) -> str:
    return item.effect if isinstance(item, Cause) else ""


def _row(view: ViewModel, ref: ItemRef, item: Cause | Problem, effect: str, short: str = "") -> Row:
    text = item.title if isinstance(item, Cause) else item.message
    result = view.live_results.of(item) if isinstance(item, Problem) else None
    if result is not None:
        effect = f"tried {age(result)}"
    return Row(
        ref.key,
        (
            SEVERITY_SYMBOLS[item.severity],
            short or view.sentence(text),
            (effect, "dim"),
            (view.location_text(item.location), "dim"),
        ),
    )


def counts(view: ViewModel, list_filter: ListFilter = NO_FILTER) -> str:
    """`2 errors`, without errors `3 warnings`; or that they are the problems of one cause."""
    scope = list_filter.scope
    if scope is not None and scope in view.causes:
        return "of one cause"
    errors, warnings = view.severities
    return causes_label(errors, 0 if errors else warnings) or "none"


PANE = PaneSpec("problems", 5, "Problems", COLUMNS, rows, counts, "no problems")
