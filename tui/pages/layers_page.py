"""The page of layers: for each value of an item the winning file, the hidden layers, the value after removal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from core.edits.address_edits import UnsetAt
from core.edits.intent import Intent
from core.edits.layer_edits import ResetToBase
from core.entities import Place
from core.files.outline import dotted
from core.layers import Layers, layers_at, settings_of
from core.mentions import Node
from tui.labels import plain
from tui.messages import EditMade, EditRejected
from tui.pages.exports import export_of, node_of, toml_of, values_export
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

VALUE = "value:"
"""The prefix of links of values; their number follows."""
_FILE_DEFAULTS = "the file's defaults"
"""The origin of values that a file has for all its models, as `core` names it."""


class LayersScreen(PageScreen[None]):
    """The layers of an item. `x` removes the value in force, `y` copies it, Enter opens its file."""

    def __init__(self, main: MainScreen, subject: ItemRef) -> None:
        super().__init__(main, partial(layers_page, subject), subject=subject)

    @property
    def selected(self) -> ItemRef:
        """The subject of the page: its lines name no other items."""
        return self.subject

    @property
    def kind(self) -> str:
        """The kind of the line under the cursor."""
        return "value" if self.link.startswith(VALUE) else super().kind

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The commands for the line under the cursor, with their labels."""
        hints = [("open", "its text")] if self.link else []
        return [*hints, ("drop", "remove"), ("copy", "copy")] if self.kind == "value" else hints

    def follow_link(self, link: str) -> None:
        """Open the file at the value."""
        self.open_text()

    def drop(self) -> None:
        """Remove the value under the cursor, if the release starts without it."""
        view = self.main.session.view
        if view is None:
            return
        layers = values_of(view, self.subject)[int(self.link.removeprefix(VALUE))]
        if layers.restores is not None and layers.restores.refused:
            self.show_status(f"Pipelex {view.report.release} does not start without {layers.key}: enter edits its text")
        elif layers.restores is None:
            self.show_status("no file sets it: nothing to remove")
        else:
            self.main.editing.do(_removal(view, self.subject, layers), sender=self)

    @on(EditMade)
    def show_removed(self, event: EditMade) -> None:
        """Show the layers without the removed value."""
        event.stop()
        self.show_edit("; ".join(("removed, u restores it", *map(plain, event.proposal.notes))))

    @on(EditRejected)
    def show_refusal(self, event: EditRejected) -> None:
        """Show why the value cannot be removed."""
        event.stop()
        self.show_status(plain(event.refusal.message))


def has_layers(ref: ItemRef) -> bool:
    """Whether files set values of it."""
    return _of_profile(ref) or ref.kind in (*DECK_KINDS, "backend", "model")


def values_of(view: ViewModel, ref: ItemRef) -> tuple[Layers, ...]:
    """The layers of all values of an item; of the active profile for the overview and routes."""
    if _of_profile(ref):
        active = layers_at(view.report, Place(view.catalog.tree.routing, ("active",)))
        return (active, *settings_of(view.report, _profile(view)))
    return settings_of(view.report, node_of(view, ref))


def _of_profile(ref: ItemRef) -> bool:
    return ref.kind in ("overview", "route", "profile")


def _profile(view: ViewModel) -> Node:
    return Node("profile", "", view.catalog.active or "")


def _removal(view: ViewModel, ref: ItemRef, layers: Layers) -> Intent:
    """The edit that removes the layer in force."""
    address = address_of_value(view, ref, layers)
    real = [layer for layer in layers.stack if layer.place is not None]
    is_own = layers.winner is not None and layers.winner.origin != _FILE_DEFAULTS
    return ResetToBase(address) if len(real) > 1 and is_own else UnsetAt(address)


def address_of_value(view: ViewModel, ref: ItemRef, layers: Layers) -> str:
    """The address of a value, as `pipedeck unset` takes it."""
    if _of_profile(ref):
        return layers.path
    if ref.kind == "backend":
        return f"backends.{layers.path}"
    spec = view.spec_of(ref) if ref.kind == "model" else None
    if spec is not None:
        shared = layers.winner is not None and layers.winner.origin == _FILE_DEFAULTS
        table = "defaults" if shared else spec.table
        return dotted(("models", spec.backend, table, layers.key))
    return f"deck.{layers.path}"


def layers_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """The layers of each value of an item, and the value after removing the top one."""
    of_profile = _of_profile(ref)
    title, kind = (view.catalog.active or "none", "profile") if of_profile else (view.title(ref), ref.kind)
    sheet = PageSheet(view, width, "layers", title, f"  {kind}")
    values = values_of(view, ref)
    if not values:
        sheet.text(("no file sets a value of it: all are defaults of Pipelex", "dim"))
    copies: dict[str, str] = {}
    for number, layers in enumerate(values):
        link, index = f"{VALUE}{number}", len(sheet.lines)
        sheet.layers(layers)
        sheet.set_link(index, link)
        copies[link] = layers.shown
        sheet.removal(layers)
    for name in dict.fromkeys(layers.hides for layers in values if layers.hides):
        sheet.blank()
        sheet.text((f"{name} is hidden entirely by the project's: none of its values counts", "warn"))
    export = values_export(view, _profile(view), toml_of(view, ref)) if of_profile else export_of(view, ref)
    return Page(sheet, (("the last layer wins", "dim"),), export, copies)
