"""Which form an item has."""

from __future__ import annotations

from tui.forms.deck import deck_form
from tui.forms.field import Form
from tui.forms.tree import backend_form, model_form, profile_form, route_form
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel


def form_of(view: ViewModel, ref: ItemRef) -> Form | None:
    """The form of an item; None when there is no such item, or nothing of it can be edited."""
    if ref.kind == "profile":
        return profile_form(view, ref.name) if ref.name in view.catalog.profiles else None
    if not view.exists(ref):
        return None
    if ref.kind in DECK_KINDS:
        return deck_form(view, ref)
    if ref.kind == "model" and view.spec_of(ref) is not None:
        return model_form(view, ref)
    if ref.kind == "backend":
        return backend_form(view, ref)
    return route_form(view, ref) if ref.kind == "route" else None
