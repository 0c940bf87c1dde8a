"""What a page shows, apart from the screen that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.records import dataclass
from tui.pages.export import Export
from tui.pages.sheet import PageSheet
from tui.widgets.runs import Runs

MOST_COLUMNS = 118
"""Lines are no longer: the places at their ends would be too far from what they are the places of."""


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
