"""The map: where the names of the deck end, a section for each family; the way of the selected name is lit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from core.resolution import Resolution
from core.tree_map import map_families, tree_map
from tui.command import CommandContext
from tui.pages.exports import Export, quoted
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.panes.pane_spec import status_of
from tui.reports.map_text import map_lines, map_summary
from tui.reports.text_output import TextOutput
from tui.selection import DECK_KINDS, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Bar
from tui.widgets.runs import Run, Runs
from tui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from tui.screens.main import MainScreen


class MapScreen(PageScreen[None]):
    """The map of the tree, of one backend where it was selected. `M` goes from family to family."""

    def __init__(self, main: MainScreen, ref: ItemRef) -> None:
        self._ref = ref
        self._family: str | None = ref.family if ref.kind in DECK_KINDS else None
        self._words = ""
        super().__init__(main, lambda view, width, _: map_page(view, width, self._family, self._ref, self._words))

    def compose(self) -> ComposeResult:
        """The page, with the input of the filter below it."""
        *page, foot = super().compose()
        words = SafeInput(placeholder="words that a line must contain", id="words")
        words.display = False
        yield from (*page, words, foot)

    @property
    def _input(self) -> Input:
        return self.query_one("#words", Input)

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The first commands of the last line."""
        return [*super().hints, ("map", "next family"), ("map-filter", "filter")]

    def context(self) -> CommandContext:
        """The context of the page, which can be filtered."""
        return replace(super().context(), narrowable=True)

    def show_status(self, message: str = "") -> None:
        """Show a message or the keys; while the filter is typed, its own."""
        super().show_status(message)
        if not message and self.focused is self._input:
            keys: Runs = ((" enter", "accent"), (" keep  ", ""), ("esc", "accent"), (" clear", ""))
            self.query_one("#page-foot", Bar).show(keys)

    def start_filter(self) -> None:
        """Edit the filter."""
        self._input.display = True
        self.set_focus(self._input)
        self.show_status()

    @on(Input.Changed, "#words")
    def filter(self, event: Input.Changed) -> None:
        """Show the lines with the words, with each letter."""
        event.stop()
        self._words = event.value
        self.show()

    @on(Input.Submitted, "#words")
    def keep_filter(self, event: Input.Submitted) -> None:
        """Keep the filter, and go back to the lines."""
        event.stop()
        self._end_filter()

    def _end_filter(self) -> None:
        self._input.display = bool(self._words.strip())
        self.set_focus(self.lines)
        self.show_status()

    def leave(self) -> None:
        """Clear the filter; without one, close the page."""
        if not self._words and self.focused is not self._input:
            super().leave()
            return
        self._input.value = ""
        self._words = ""
        self._end_filter()
        self.show()

    def next_family(self) -> None:
        """Show the next family; after the last one all."""
        view = self.main.session.view
        if view is None:
            return
        families = (None, *map_families(view.report))
        at = families.index(self._family) if self._family in families else 0
        self._family = families[(at + 1) % len(families)]
        self.show()


def live_mark(view: ViewModel, name: Resolution) -> Run:
    """The symbol of a name, after live checks and runs too."""
    sign, _, tone = status_of(view, name)
    return sign, tone


def map_page(view: ViewModel, width: int, family: str | None, ref: ItemRef, words: str = "") -> Page:
    """The map of a family, or of all; only of a backend that is selected, and of lines with these words."""
    report = view.report
    only = ref.name if ref.kind == "backend" else None
    families = [family] if family is not None else list(map_families(report))
    everything = tree_map(report, family, only, words)
    title = f"{family or 'all families'}{f', {only}' if only else ''}"
    sheet = PageSheet(view, width, "map", title)
    for name in families:
        backends = tree_map(report, name, only, words)
        if not backends:
            continue
        sheet.heading(name, map_summary(backends))
        for row, runs in map_lines(backends, width - 1, view.references.get(ref), lambda name: live_mark(view, name)):
            link = view.reference(row.name.kind.value, row.name.family, row.name.name)
            sheet.text(*runs, link=link)
    if not everything:
        sheet.text((f"no line has {words.strip()}" if words.strip() else "no names of the deck end here", "dim"))

    def text(output: TextOutput) -> None:
        for _, runs in map_lines(everything, output.width):
            output.line(*runs)
        output.line((map_summary(everything), "dim"))

    given = (("family", family), ("backend", only), ("filter", words.strip()))
    options = "".join(f" --{key} {quoted(value)}" for key, value in given if value)
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
