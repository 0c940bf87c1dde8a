"""What of an item is copied: its name as it is written in files."""

from __future__ import annotations

from core.safe_text import safe
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.words import plain


def copied_text(view: ViewModel, ref: ItemRef) -> str:
    """One line: what an item is called in files, `$preset`, `@alias`, a handle, a pattern; of a problem all it says."""
    if ref in view.problems:
        problem = view.problems[ref]
        place = view.where(problem.location)
        return safe(
            ": ".join(part for part in (place, plain(problem.message), problem.fix and plain(problem.fix)) if part)
        )
    if ref.kind == "overview":
        return safe(plain(view.live_results.report.verdict[1]))
    return safe(view.title(ref))
