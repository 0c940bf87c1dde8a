"""The map: where the names of the deck end, a section for each family; the way of the selected name is lit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.tree_map import map_families, tree_map
from tui.pages.exports import Export
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.map_text import map_lines, map_summary
from tui.reports.text_output import TextOutput
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class MapScreen(PageScreen[None]):
    """The map of the tree, of one backend where it was selected. `M` goes from family to family."""

    def __init__(self, main: MainScreen, ref: ItemRef) -> None:
        self._ref = ref
        self._family: str | None = ref.family if ref.kind in DECK_KINDS else None
        super().__init__(main, lambda view, width, _: map_page(view, width, self._family, self._ref))

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The first commands of the last line."""
        return [*super().hints, ("map", "next family")]

    def next_family(self) -> None:
        """Show the next family; after the last one all."""
        view = self.main.session.view
        if view is None:
            return
        families = (None, *map_families(view.report))
        at = families.index(self._family) if self._family in families else 0
        self._family = families[(at + 1) % len(families)]
        self.show()


def map_page(view: ViewModel, width: int, family: str | None, ref: ItemRef) -> Page:
    """The map of a family, or of all; only of a backend that is selected."""
    report = view.report
    only = ref.name if ref.kind == "backend" else None
    families = [family] if family is not None else list(map_families(report))
    everything = tree_map(report, family, only)
    title = f"{family or 'all families'}{f', {only}' if only else ''}"
    sheet = PageSheet(view, width, "map", title)
    for name in families:
        backends = tree_map(report, name, only)
        if not backends:
            continue
        sheet.heading(name, map_summary(backends))
        for row, runs in map_lines(backends, width - 1, view.references.get(ref)):
            link = view.reference(row.name.kind.value, row.name.family, row.name.name)
            sheet.text(*runs, link=link)
    if not everything:
        sheet.text(("no names of the deck end here", "dim"))

    def text(output: TextOutput) -> None:
        for _, runs in map_lines(everything, output.width):
            output.line(*runs)
        output.line((map_summary(everything), "dim"))

    options = "".join(f" --{key} {value}" for key, value in (("family", family), ("backend", only)) if value)
    document = [
        {
            "backend": backend.name or None,
            "models": [
                {"model": model.handle, "names": [item.reference for item in model.names]} for model in backend.models
            ],
        }
        for backend in everything
    ]
    export = Export("map", f"pipedeck map{options}", text, lambda: document)
    return Page(sheet, ((map_summary(everything), "dim"),), export)
