"""The content of a page: its title and lines, with the source location of each line, and its export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from core.records import dataclass
from tui.inspector.sheet import Sheet
from tui.pages.exports import Export
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Runs, Tone

PLACE = "place:"
"""Prefix of links to the text at a location."""


class PageSheet(Sheet):
    """A sheet that knows the places of its lines. `places` are those by the number of the line, as they are shown;
    `files` are the paths of those that are in no file of the tree.
    """

    def __init__(self, view: ViewModel, width: int, title: Runs) -> None:
        super().__init__(view, width, title)
        self.places: dict[int, str] = {}
        self.files: dict[str, str] = {}

    def with_place(
        self, runs: Sequence[Run], place: str, *, link: ItemRef | None = None, tone: Tone = "dim", hang: int = 2
    ) -> None:
        """Text at the left and a place at the right, which is where Enter leads when nothing else is named."""
        index = len(self.lines)
        super().with_place(runs, place, link=link, tone=tone, hang=hang)
        if place:
            self.places[index] = place
            self.lead(index, PLACE + place)

    def lead(self, index: int, link: str) -> None:
        """Let a line lead somewhere, unless it does already."""
        line = self.lines[index]
        if not line.link:
            self.lines[index] = type(line)(line.spans, link, line.hang)


MAX_COLUMNS = 118
"""Maximum line width: locations at the end of longer lines are too far from their text."""


@dataclass(frozen=True)
class Page:
    """What a page shows. `note` stands at the right of its title.

    `export` is what can be copied or written. `copies` are texts that `y` copies on lines with these links. `priced`
    says that it tells what a call costs.
    """

    sheet: PageSheet
    note: Runs = ()
    export: Export | None = None
    copies: Mapping[str, str] = field(default_factory=dict)
    priced: bool = False
