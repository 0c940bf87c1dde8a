"""Text of spending: a table with bars, a sparkline of the days, and what the sums leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from core.formatting import bar, block, counted, plural_of, point_aligned, tokens, usd_range, usd_sum
from core.past_runs import ReadTraces
from core.repricing import Cost
from core.spent import By, Spending, Spent
from core.traces.summary import MAX_DAYS, Gap
from tui.reports.text_output import TextOutput

_BAR: Final = 8
MAX_DAYS_SHOWN: Final = 46
"""The days of a sparkline that fit 80 columns."""
_GAPS: Final[Mapping[Gap, tuple[str, str]]] = {
    Gap.UNREADABLE: ("line", "without an event, skipped"),
    Gap.TOO_LONG: ("line", "too long to read, skipped"),
    Gap.UNKNOWN_KIND: ("event", "of an unknown kind, skipped"),
    Gap.UNKNOWN_SHAPE: ("event", "of an unknown form, skipped"),
    Gap.CLOCK: ("event", "later than its file: dated by the file"),
    Gap.DRY: ("call", "of dry runs, not counted"),
    Gap.REPEATED: ("event", "written twice, counted once"),
    Gap.RESTARTED: ("file", "replaced or shortened since the last reading"),
    Gap.TOO_OLD: ("event", f"older than {MAX_DAYS} days, not counted"),
}


def print_spent(spent: Spent, traces: ReadTraces, output: TextOutput) -> None:
    """Print the spending of a period."""
    total = spent.total
    if not total.calls and not total.errors:
        output.line(f"no call from {spent.since} to {spent.until} in {traces.folder.path}")
    else:
        output.table(*spent_table(spent), right=range(1, 8), flexible=(0,))
        output.line("by day  ", days_text(spent, MAX_DAYS_SHOWN))
    for note in notes(spent, traces):
        output.wrapped(("  ", "dim"), note, "dim")


def spent_table(spent: Spent, bars: int = _BAR) -> tuple[list[str], list[list[str]], list[list[str]]]:
    """Heads, rows and tones; the total is the last row, a bar of up to `bars` cells the last column."""
    last = "BY FILE" if spent.total.instead is None else "INSTEAD"
    heads = [spent.by.value.upper(), "CALLS", "ERRORS", "IN", "CACHED", "OUT", "SPENT", last]
    most = max((group.recorded.usd for group in spent.groups), default=0.0)
    rows = [_cells(group, group.name, most, bars) for group in spent.groups]
    rows.append(_cells(spent.total, "total", 0.0, bars))
    for column in (6, 7) if spent.total.instead is None else (6,):
        for row, text in zip(rows, point_aligned([each[column] for each in rows]), strict=True):
            row[column] = text
    tones = [[""] * len(row) for row in rows]
    for row_tones, group in zip(tones, spent.groups, strict=False):
        row_tones[2] = "bad" if group.errors else ""
    tones[-1] = ["bold"] * len(rows[-1])
    return [*heads, ""], rows, tones


def _cells(group: Spending, name: str, most: float, bars: int) -> list[str]:
    cells = [name, f"{group.calls:,}", f"{group.errors:,}" if group.errors else ""]
    cells += [tokens(count) for count in (group.input, group.cached, group.output)]
    cells.append(_cost(group.recorded, group.calls))
    cells.append(_cost(group.file, group.calls) if group.instead is None else usd_range(*group.instead))
    return [*cells, bar(group.recorded.usd / most, bars) if most else ""]


def _cost(cost: Cost, calls: int) -> str:
    """A cost; `?` where no call has a price, `>` before one that leaves some out."""
    if cost.unrated >= calls:
        return "?" if calls else ""
    return f"{'>' if cost.unrated else ''}{usd_sum(cost.usd)}"


def days_text(spent: Spent, most_days: int) -> str:
    """A sparkline with a block for each day of the period, the last ones that fit; a dot for a day without calls."""
    first, last = date.fromisoformat(spent.since), date.fromisoformat(spent.until)
    count = min(most_days, (last - first).days + 1)
    by_day = {day.name: day for day in spent.days}
    priced = any(day.recorded.usd for day in spent.days)
    shown = [by_day.get((last - timedelta(days=back)).isoformat()) for back in range(count - 1, -1, -1)]
    sizes = [0.0 if day is None else day.recorded.usd if priced else float(day.calls) for day in shown]
    most = max(sizes, default=0.0)
    line = "".join(
        "." if day is None or not day.calls else block(size / most if most else 0.0)
        for day, size in zip(shown, sizes, strict=True)
    )
    unit = f"up to {usd_sum(most)} a day" if priced else f"up to {counted(int(most), 'call')} a day"
    return f"{line}  {unit}"


def notes(spent: Spent, traces: ReadTraces) -> Iterator[str]:
    """The scope of the sums: their traces, and what they leave out."""
    updated, total = traces.updated, spent.total
    if traces.folder.why_none:
        yield f"no new traces here: {traces.folder.why_none}"
    if total.calls:
        yield f"{spent.since} to {spent.until} (UTC), {traces.folder.path}"
        yield _index(total)
    if total.recorded.unrated:
        yield f"{counted(total.recorded.unrated, 'call')} of models without a price when they ran"
    if total.file.unrated:
        yield f"{counted(total.file.unrated, 'call')} of models without a price in the tree, or not in it any more"
    if total.units:
        yield f"{counted(total.units, 'page or request', 'pages or requests')} billed by the piece, not by tokens"
    if spent.by_routes and spent.by is By.BACKEND:
        yield f"{counted(spent.by_routes, 'call')} without a recorded backend: by the routes of the tree"
    yield from _unread(updated.stopped, updated.unread, updated.cut)
    for gap, count in traces.summary.gaps.items():
        noun, text = _GAPS[gap]
        yield f"{count:,} {noun if count == 1 else plural_of(noun)} {text}"
    if traces.error:
        yield traces.error


def _index(total: Spending) -> str:
    if total.listed.unrated >= total.calls:
        return "by the index: no published price for these models"
    rest = f"; {counted(total.listed.unrated, 'call')} without a published price" if total.listed.unrated else ""
    return f"by the index: {usd_sum(total.listed.usd)}{rest}"


def _unread(stopped: bool, unread: int, cut: int) -> Iterator[str]:
    if stopped:
        yield "reading was stopped: older traces are missing; the next `pipedeck spent` continues"
    if unread:
        yield f"{counted(unread, 'file')} cannot be read"
    if cut:
        yield f"{counted(cut, 'file')} with an incomplete last line, left for the next reading"
