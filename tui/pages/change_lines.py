"""Lines of changes on pages of comparisons, in groups that fold."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.change_groups import ChangeGroup, change_groups
from core.compare import Changed, Comparison
from core.formatting import counted
from core.release_diff import Difference
from tui.labels import plain
from tui.pages.page_sheet import PageSheet
from tui.reports.comparison import OUTCOME_MARKS, REFUSED_MARK, route_change, way_out
from tui.selection import ItemRef
from tui.widgets.lines import Line
from tui.widgets.runs import Run, fit

FOLD = "fold:"
"""Prefix of the links of groups that fold; a number or a name of the group follows."""
_FEW = 12
"""Changes and causes that are not folded."""


def changed_lines(
    sheet: PageSheet, changes: Sequence[Changed], fold: str, unfolded: Collection[str], indent: str = ""
) -> None:
    """A line for each change, linked to its item. `fold` is the link of those after the first."""
    width = min(30, max(len(item.shown.reference) for item in changes))
    shown = changes if fold in unfolded else changes[:_FEW]
    for item in shown:
        ref, name = ItemRef(item.shown.kind.value, item.shown.family, item.shown.name), item.shown.reference
        sign, tone = OUTCOME_MARKS[item.outcome]
        saved = f"  by {plain(item.saved_by)}" if item.saved_by else ""
        sheet.text(
            (indent + sign, "" if tone == "accent" else tone),
            (fit(name, width) if len(name) <= width else name, "accent"),
            (f"  {route_change(item)}", ""),
            (saved, "dim"),
            link=ref if sheet.view.exists(ref) else None,
            hang=len(indent) + 4,
        )
    if len(changes) > _FEW:
        more = len(changes) - _FEW
        text = f"{indent}only the first {_FEW}" if fold in unfolded else f"{indent}and {more} more"
        _fold_line(sheet, text, fold, unfolded)


def release_sections(sheet: PageSheet, comparison: Comparison, unfolded: Collection[str]) -> None:
    """The causes of the changes between two releases, and the differences of the releases."""
    if advice := way_out(comparison):
        sheet.text((plain(advice), "dim"))
    groups = change_groups(comparison)
    if groups:
        sheet.heading("by cause", counted(len(groups), "cause"))
    for number, group in enumerate(groups):
        _group(sheet, group, f"{FOLD}{number}", unfolded)
    felt = [item for item in comparison.differences if item.effect]
    if comparison.differences:
        sheet.heading(
            "differences of the releases", f"{len(felt)} of {len(comparison.differences)} with an effect here"
        )
    for item in felt:
        _difference(sheet, item, comparison)
    if rest := [item for item in comparison.differences if not item.effect]:
        _fold_line(sheet, f"{counted(len(rest), 'difference')} without an effect here", f"{FOLD}rest", unfolded)
        for item in rest if f"{FOLD}rest" in unfolded else ():
            _difference(sheet, item, comparison)


def _group(sheet: PageSheet, group: ChangeGroup, fold: str, unfolded: Collection[str]) -> None:
    """The line of a group; below it, when it is unfolded, its fix and its members."""
    sign, tone = REFUSED_MARK if group.outcome is None else OUTCOME_MARKS[group.outcome]
    reason: tuple[Run, ...] = ((f": {sheet.view.sentence(group.title)}", ""),) if group.title else ()
    _fold_line(sheet, group.effect, fold, unfolded, (sign, tone), reason)
    if fold not in unfolded:
        return
    if group.fix:
        sheet.text((f"    fix: {sheet.view.sentence(group.fix)}", "dim"), hang=9)
    for file, problems in group.files.items():
        for problem in problems:
            place = sheet.view.location_text(problem.location) or file
            sheet.with_place((("    ", ""), (sheet.view.sentence(problem.message), "")), place, hang=6)
    if group.changes:
        changed_lines(sheet, group.changes, f"{fold} more", unfolded, "  ")


def _fold_line(
    sheet: PageSheet,
    text: str,
    link: str,
    unfolded: Collection[str],
    mark: Run = ("", ""),
    reason: Sequence[Run] = (),
) -> None:
    arrow: Run = ("▾ " if link in unfolded else "▸ ", "dim")
    sheet.lines.append(Line((arrow, *((mark,) if mark[0] else ()), (text, "accent"), *reason), link, hang=4))


def _difference(sheet: PageSheet, item: Difference, comparison: Comparison) -> None:
    sheet.text((plain(item.behaviour.title), ""))
    for release, text in ((comparison.first, item.first), (comparison.second, item.second)):
        sheet.text((f"  {release:<9} {plain(text)}", "dim"), hang=12)
    if item.effect:
        sheet.text((f"  here: {plain(item.effect)}", "warn"), hang=8)
