"""The page of models side by side: capabilities, prices and backends, a column for each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.catalogue import Compared, Offer, compare_offers, elsewhere, offers_of
from core.formatting import counted
from core.json.models_document import compared_document
from tui.pages.exports import Export, quoted
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.tables import print_sides
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run, Tone, fit, wrap

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

_LABEL, _MAX_WIDTH = 14, 30
"""Cells for the names of lines where there is no room for the longest, and those that a model's column has use for."""
_MIN_WIDTH = 18
"""Cells that a model's column needs; when there are too many columns they go below each other."""


def marked_offers(view: ViewModel, refs: Iterable[ItemRef]) -> tuple[Offer, ...]:
    """For each model that is marked the offer that serves it, else the first."""
    offers: list[Offer] = []
    for ref in refs:
        spec = view.spec_of(ref)
        offers += [offer for offer in offers_of(view.report, ref.name) if offer.spec is spec]
    return tuple(offers)


def same_model(view: ViewModel, ref: ItemRef) -> tuple[Offer, ...]:
    """One model on every backend that offers it, be it under another handle."""
    offers = marked_offers(view, [ref])
    return (*offers, *(elsewhere(view.report, offers[0], view.offers) if offers else ()))


class ModelComparisonScreen(PageScreen[None]):
    """Models side by side; `#` changes the call whose cost is shown."""

    def __init__(self, main: MainScreen, offers: Sequence[Offer]) -> None:
        super().__init__(main, lambda view, width, _: model_comparison_page(view, offers, main.session.tokens, width))


def model_comparison_page(view: ViewModel, offers: Sequence[Offer], tokens: tuple[int, int], width: int) -> Page:
    """A block for as many models as there is room for side by side, then the next ones below."""
    sheet = PageSheet(view, width, "compare", counted(len(offers), "model"))
    rows = compare_offers(view.report, offers, tokens)
    widest = min(max(len(_name(row)) for row in rows), width // 4)
    label = widest if _room(width, widest) >= len(offers) else _LABEL
    column_count = max(_room(width, label), 1)
    for first in range(0, len(offers), column_count):
        _block(sheet, rows, range(first, min(first + column_count, len(offers))), label)
    sheet.blank()
    sheet.text(("* the best of its line; prices in USD", "dim"))
    for offer in offers:
        ref = view.model_ref(offer.spec)
        sheet.with_place(
            ((offer.handle, "accent"), (f"  at {offer.backend}", "dim")),
            view.location_text(offer.spec.place.location),
            link=ref if view.exists(ref) else None,
        )
    handles = list(dict.fromkeys(offer.handle for offer in offers))
    names = handles if len(handles) == 1 else [f"{offer.backend}/{offer.handle}" for offer in offers]
    command = f"pipedeck models --compare {' '.join(map(quoted, names))} --cost {tokens[0]},{tokens[1]}"
    export = Export(
        "models", command, partial(print_sides, rows), partial(compared_document, view.report, offers, rows, tokens)
    )
    input_tokens, output_tokens = tokens
    return Page(
        sheet, ((f"a call: {input_tokens:,} input, {output_tokens:,} output tokens", "dim"),), export, priced=True
    )


def _room(width: int, label: int) -> int:
    """The number of models that fit side by side."""
    return (width - label - 1) // (_MIN_WIDTH + 2)


def _name(row: Compared) -> str:
    if row.name.startswith("call of"):
        return "a call"
    return row.name if len(row.name) <= _LABEL else row.name.removesuffix(" per M")


def _block(sheet: PageSheet, rows: Sequence[Compared], columns: range, label: int) -> None:
    room = min((sheet.width - label - 1) // len(columns) - 2, _MAX_WIDTH)
    sheet.blank()
    for row in rows:
        values = [row.values[column] for column in columns]
        marked = [f"{value} *" if row.best == column else value for value, column in zip(values, columns, strict=True)]
        cells = [_wrapped(text, room) for text in marked]
        for line in range(max(map(len, cells))):
            runs: list[Run] = [(fit(_name(row) if not line else "", label) + " ", "dim")]
            for cell, column in zip(cells, columns, strict=True):
                tone: Tone = "good" if row.best == column else "" if row.differs else "dim"
                if row.name == "model":
                    tone = "accent"
                runs.append((fit(cell[line] if line < len(cell) else "", room) + "  ", tone))
            sheet.text(*runs, hang=-1)


def _wrapped(text: str, width: int) -> list[str]:
    return ["".join(part for part, _ in line) for line in wrap([(text, "")], width)]
