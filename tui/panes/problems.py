"""The pane of problems: what is behind them first; narrowed to one cause, its problems one by one."""

from __future__ import annotations

from collections.abc import Sequence

from core.causes import Cause
from core.problems import Problem, Severity
from tui.checks.live import age
from tui.facts import Facts
from tui.narrowing import WHOLE, Narrowed
from tui.panes.spec import PaneSpec
from tui.things import Thing
from tui.widgets.columns import Column
from tui.widgets.rows import Row
from tui.words import SEVERITY_SIGNS, causes_words

COLUMNS = (
    Column("", "sign", 1),
    Column("problem", "problem", 24, flex=4),
    Column("kills", "effect", 16, flex=1, most=34, priority=2),
    Column("at", "place", 24, flex=1, most=40, priority=1),
)


def entries(facts: Facts) -> Sequence[tuple[Thing, Cause | Problem]]:
    """What is listed when nothing is narrowed: causes, or a problem itself where it is all there is; then remarks."""
    out: list[tuple[Thing, Cause | Problem]] = []
    for thing, cause in facts.causes.items():
        behind = facts.problems_behind(cause)
        alone = len(behind) == 1 and facts.problems[behind[0]].message == cause.title
        out.append((behind[0], facts.problems[behind[0]]) if alone else (thing, cause))
    out.extend((thing, problem) for thing, problem in facts.problems.items() if problem.severity is Severity.INFO)
    return out


def rows(facts: Facts, narrowed: Narrowed = WHOLE) -> Sequence[Row]:
    """Causes; or the problems behind one of them."""
    scope = narrowed.scope
    if scope is not None and scope in facts.causes:
        behind = facts.problems_behind(facts.causes[scope])
        return [_row(facts, thing, facts.problems[thing], "") for thing in behind]
    return facts.listed("problems", lambda: [_row(facts, thing, item, _effect(item)) for thing, item in entries(facts)])


def _effect(item: Cause | Problem) -> str:
    return item.effect if isinstance(item, Cause) else ""


def _row(facts: Facts, thing: Thing, item: Cause | Problem, effect: str) -> Row:
    text = item.title if isinstance(item, Cause) else item.message
    result = facts.heard.of(item) if isinstance(item, Problem) else None
    if result is not None:
        effect = f"tried {age(result)}"
    return Row(
        thing.key,
        (SEVERITY_SIGNS[item.severity], facts.told(text), (effect, "dim"), (facts.where(item.location), "dim")),
    )


def counts(facts: Facts, narrowed: Narrowed = WHOLE) -> str:
    """`2 causes, 3 warnings`, or how many problems a cause has."""
    scope = narrowed.scope
    if scope is not None and scope in facts.causes:
        return f"of one cause  {len(facts.problems_behind(facts.causes[scope]))}"
    return causes_words(*facts.severities) or "none"


PANE = PaneSpec("problems", 5, "Problems", COLUMNS, rows, counts, "no problems")
