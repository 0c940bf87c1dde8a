"""A review of a change in git: as text, and as Markdown for a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from core.files.discover import POLICY_FILE
from core.formats import Finding
from core.formatting import counted
from core.problems import Severity
from core.review import Review
from core.secret_texts import display_text
from core.verdict import Verdict
from tui.reports.comparison import change_sections, print_comparison, route_change
from tui.reports.text_output import TextOutput

if TYPE_CHECKING:
    from tui.widgets.runs import Run

_MAX_ROWS = 20
POLICY_CHANGES: Final = f"the policy changes ({POLICY_FILE}): each side is judged by its own"
SEVERITY_MARKS: Final[Mapping[Severity, Run]] = {
    Severity.ERROR: ("x ", "bad"),
    Severity.WARNING: ("! ", "warn"),
    Severity.INFO: ("- ", "dim"),
}
_VERDICTS = {Verdict.OK: "✅", Verdict.WARNINGS: "⚠️", Verdict.DEGRADED: "⚠️", Verdict.UNKNOWN: "❔"}


def print_review(review: Review, output: TextOutput) -> None:
    """Print a review: the comparison, lost capabilities, and the problems added and removed."""
    print_comparison(review.comparison, output)
    if review.policy_changes:
        output.line(("! ", "warn"), POLICY_CHANGES)
    if review.cost_change is not None:
        output.wrapped("", review.cost_change.text)
    if review.lost:
        output.line((f"capabilities lost {len(review.lost)}", "dim"))
        for lost in review.lost[:_MAX_ROWS]:
            output.line(("- ", "warn"), lost.after.reference, f"  {lost.text}")
        _more(len(review.lost), output)
    for title, items in (("problems added", review.added), ("problems removed", review.removed)):
        if items:
            output.line((f"{title} {len(items)}", "dim"))
        for item in items[:_MAX_ROWS]:
            mark = SEVERITY_MARKS[item.problem.severity] if items is review.added else ("+ ", "good")
            output.entry(0, [mark, item.message], f"{item.path}:{item.line}")
        _more(len(items), output)


def _more(count: int, output: TextOutput) -> None:
    if count > _MAX_ROWS:
        output.line((f"  and {count - _MAX_ROWS} more (--format json lists all)", "dim"))


def markdown(review: Review) -> str:
    """The review as a comment: a summary, and tables of what changes. Texts of files are inert in it."""
    comparison = review.comparison
    verdict, sentence = comparison.after.verdict
    lines = [
        f"### pipedeck: {_code(comparison.first)} → {_code(comparison.second)}",
        "",
        f"{_VERDICTS.get(verdict, '❌')} {_text(sentence)}",
        "",
        f"Before: {_text(comparison.before.verdict[1])}",
    ]
    if comparison.refuses is not None:
        lines += ["", f"❌ The release does not start: {_text(comparison.refuses.message)}"]
    if review.policy_changes:
        lines += ["", f"⚠️ {_text(POLICY_CHANGES)}"]
    if comparison.same and not review.added and not review.removed and not review.policy_changes:
        lines += ["", "Nothing changes."]
    if review.cost_change is not None:
        lines += ["", _text(review.cost_change.text[:1].upper() + review.cost_change.text[1:])]
    for title, changes in change_sections(comparison):
        rows = [
            (item.outcome.value, _code(item.shown.reference), _code(route_change(item))) for item in changes[:_MAX_ROWS]
        ]
        heads = ("", title, "before → after")
        lines += _table(f"{title}: {comparison.summed(changes)}", heads, rows, len(changes))
    lost = [(_code(item.after.reference), _text(item.text)) for item in review.lost[:_MAX_ROWS]]
    lines += _table("capabilities lost", ("name", "lost"), lost, len(review.lost))
    for title, items in (("problems added", review.added), ("problems removed", review.removed)):
        lines += _table(title, ("", "problem", "file"), list(_problem_rows(items[:_MAX_ROWS])), len(items))
    errors = len(review.errors)
    lines += ["", f"Adds {counted(errors, 'error')}." if errors else "Adds no error."]
    return "\n".join(lines) + "\n"


def _problem_rows(items: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    for item in items:
        severity = "fatal" if item.problem.fatal else item.problem.severity.value
        yield severity, _text(item.message), _code(f"{item.path}:{item.line}")


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], count: int) -> list[str]:
    if not rows:
        return []
    more = [f"and {count - len(rows)} more"] if count > len(rows) else []
    table = [f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows)]
    return ["", f"**{title[0].upper()}{title[1:]}**", "", *table, *(("", *more) if more else ())]


def _text(text: str) -> str:
    """A text whose characters have no meaning in Markdown, and that mentions nobody."""
    clean = display_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", clean)


_ACTIVE = re.compile(r"[\\`*_\[\]#|~@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""The characters of styles, links, tables, mentions, and of addresses that become links."""


def _code(text: str) -> str:
    """A text as code in a cell of a table."""
    clean = display_text(text)
    return f"<code>{_text(clean)}</code>"
