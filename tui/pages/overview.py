"""What can be copied or written of the whole tree: can it run, and if not, why."""

from __future__ import annotations

from functools import partial

from core.views.checking import validate_document
from tui.facts import Facts
from tui.pages.export import Export
from tui.reports.validation import print_report


def overview_export(facts: Facts) -> Export:
    """The answer of `pipedeck validate`."""
    report = facts.report
    return Export("validate", "pipedeck validate", partial(print_report, report), partial(validate_document, report))
