"""The inspector: the lines about an item, made from the view model without widgets."""

from __future__ import annotations

from tui.inspector.item_sheets import backend_sheet, cause_sheet, model_sheet, problem_sheet, route_sheet
from tui.inspector.overview import overview_sheet
from tui.inspector.reference import reference_sheet
from tui.inspector.sheet import Sheet
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel


def _pipe_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    from tui.inspector.pipe_sheet import pipe_sheet  # only in a project with methods

    return pipe_sheet(view, ref, width)


_SHEETS = {
    "backend": backend_sheet,
    "model": model_sheet,
    "route": route_sheet,
    "cause": cause_sheet,
    "problem": problem_sheet,
    "pipe": _pipe_sheet,
}


def sheet_of(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """The sheet of an item in lines of `width` cells; the overview when there is no such item."""
    if ref.kind == "overview" or not view.exists(ref):
        return overview_sheet(view, width)
    if ref.kind in DECK_KINDS:
        return reference_sheet(view, ref, width)
    return _SHEETS[ref.kind](view, ref, width)


__all__ = ["Sheet", "sheet_of"]
