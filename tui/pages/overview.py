"""What can be copied or written of the whole tree: can it run, and if not, why."""

from __future__ import annotations

from functools import partial

from core.json.validate_document import validate_document
from tui.pages.export import Export
from tui.reports.validation import print_report
from tui.view_model import ViewModel


def overview_export(view: ViewModel) -> Export:
    """The answer of `pipedeck validate`."""
    report = view.report
    return Export("validate", "pipedeck validate", partial(print_report, report), partial(validate_document, report))
