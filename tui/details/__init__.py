"""What the inspector says of a thing: text lines made from facts, without any widget."""

from __future__ import annotations

from tui.details.backend import backend_sheet
from tui.details.model import model_sheet
from tui.details.overview import overview_sheet
from tui.details.problem import cause_sheet, problem_sheet
from tui.details.reference import reference_sheet
from tui.details.route import route_sheet
from tui.details.sheet import Sheet
from tui.facts import Facts
from tui.things import DECK_KINDS, Thing

_SHEETS = {
    "backend": backend_sheet,
    "model": model_sheet,
    "route": route_sheet,
    "cause": cause_sheet,
    "problem": problem_sheet,
}


def sheet_of(facts: Facts, thing: Thing, width: int) -> Sheet:
    """What the inspector says of a thing in lines of `width` cells; the overview when there is no such thing."""
    if thing.kind == "overview" or not facts.exists(thing):
        return overview_sheet(facts, width)
    if thing.kind in DECK_KINDS:
        return reference_sheet(facts, thing, width)
    return _SHEETS[thing.kind](facts, thing, width)


__all__ = ["Sheet", "sheet_of"]
