"""Where items are written: the file and the line, for the view of the text and for editors."""

from __future__ import annotations

from typing import NamedTuple

from core.entities import Location
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel


class Written(NamedTuple):
    """A file by its path and as it is called, and a line of it, counted from 1."""

    path: str
    shown: str
    line: int


def written_at(view: ViewModel, ref: ItemRef) -> Written | None:
    """Where an item is written; None when it stands in no file that could be read."""
    location = _location(view, ref)
    if location is None:
        return None
    source = next((one for one in view.catalog.tree.sources if one.shown == location.file), None)
    return Written(source.path, source.shown, location.line) if source is not None else None


def written_there(view: ViewModel, place: str) -> Written | None:
    """The file and line of the tree that are shown as this place; None when they are of no file of the tree."""
    for source in view.catalog.tree.sources:
        before, _, after = view.where(Location(source.shown, 0, 1, "", source.layer)).rpartition(":0")
        line = place.removeprefix(before + ":").removesuffix(after)
        if place == f"{before}:{line}{after}" and line.isdecimal():
            return Written(source.path, source.shown, int(line))
    return None


def _location(view: ViewModel, ref: ItemRef) -> Location | None:
    if ref.kind in DECK_KINDS and ref in view.references:
        place = view.references[ref].place
        return place.location if place is not None else None
    if ref.kind == "backend" and ref.name in view.catalog.backends:
        return view.catalog.backends[ref.name].place.location
    if ref.kind == "model":
        spec = view.spec_of(ref)
        return spec.place.location if spec is not None else None
    if ref.kind == "route" and ref in view.routes:
        return view.routes[ref].place.location
    if ref.kind == "profile" and ref.name in view.catalog.profiles:
        return view.catalog.profiles[ref.name].place.location
    if ref.kind == "problem" and ref in view.problems:
        return view.problems[ref].location
    if ref.kind == "cause" and ref in view.causes:
        behind = view.problems_behind(view.causes[ref])
        return view.causes[ref].location or (view.problems[behind[0]].location if behind else None)
    return None
