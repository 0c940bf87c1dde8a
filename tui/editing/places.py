"""Where things are written: the file and the line, for the view of the text and for editors."""

from __future__ import annotations

from typing import NamedTuple

from core.entities import Location
from tui.facts import Facts
from tui.things import DECK_KINDS, Thing


class Written(NamedTuple):
    """A file by its path and as it is called, and a line of it, counted from 1."""

    path: str
    shown: str
    line: int


def written_at(facts: Facts, thing: Thing) -> Written | None:
    """Where a thing is written; None when it stands in no file that could be read."""
    location = _location(facts, thing)
    if location is None:
        return None
    source = next((one for one in facts.catalog.tree.sources if one.shown == location.file), None)
    return Written(source.path, source.shown, location.line) if source is not None else None


def written_there(facts: Facts, place: str) -> Written | None:
    """The file and line of the tree that are shown as this place; None when they are of no file of the tree."""
    for source in facts.catalog.tree.sources:
        before, _, after = facts.where(Location(source.shown, 0, 1, "", source.layer)).rpartition(":0")
        line = place.removeprefix(before + ":").removesuffix(after)
        if place == f"{before}:{line}{after}" and line.isdecimal():
            return Written(source.path, source.shown, int(line))
    return None


def _location(facts: Facts, thing: Thing) -> Location | None:
    if thing.kind in DECK_KINDS and thing in facts.references:
        place = facts.references[thing].place
        return place.location if place is not None else None
    if thing.kind == "backend" and thing.name in facts.catalog.backends:
        return facts.catalog.backends[thing.name].place.location
    if thing.kind == "model":
        spec = facts.spec_of(thing)
        return spec.place.location if spec is not None else None
    if thing.kind == "route" and thing in facts.routes:
        return facts.routes[thing].place.location
    if thing.kind == "profile" and thing.name in facts.catalog.profiles:
        return facts.catalog.profiles[thing.name].place.location
    if thing.kind == "problem" and thing in facts.problems:
        return facts.problems[thing].location
    if thing.kind == "cause" and thing in facts.causes:
        behind = facts.problems_behind(facts.causes[thing])
        return facts.causes[thing].location or (facts.problems[behind[0]].location if behind else None)
    return None
