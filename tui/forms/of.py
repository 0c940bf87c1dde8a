"""Which form a thing has."""

from __future__ import annotations

from tui.facts import Facts
from tui.forms.deck import deck_form
from tui.forms.field import Form
from tui.forms.tree import backend_form, model_form, profile_form, route_form
from tui.things import DECK_KINDS, Thing


def form_of(facts: Facts, thing: Thing) -> Form | None:
    """The form of a thing; None when there is no such thing, or nothing of it can be edited."""
    if thing.kind == "profile":
        return profile_form(facts, thing.name) if thing.name in facts.catalog.profiles else None
    if not facts.exists(thing):
        return None
    if thing.kind in DECK_KINDS:
        return deck_form(facts, thing)
    if thing.kind == "model" and facts.spec_of(thing) is not None:
        return model_form(facts, thing)
    if thing.kind == "backend":
        return backend_form(facts, thing)
    return route_form(facts, thing) if thing.kind == "route" else None
