"""Models side by side: what each can do, what it costs, who offers it; a column for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from core.catalogue import Compared, Offer, compare_offers, elsewhere, offers_of
from core.views.models import compared_document
from tui.actions import Action
from tui.cli.models import print_sides
from tui.details.sheet import LABEL, Sheet
from tui.facts import Facts
from tui.pages.explain import quoted
from tui.pages.export import Export
from tui.pages.page import Page, PageScreen
from tui.things import Thing
from tui.widgets.runs import Run, Tone, fit, wrap
from tui.words import counted

if TYPE_CHECKING:
    from tui.faces.main import MainFace

_LEAST = 18
"""Cells that a model's column needs; when there are too many columns they go below each other."""


def marked_offers(facts: Facts, things: Iterable[Thing]) -> tuple[Offer, ...]:
    """For each model that is marked the offer that serves it, else the first."""
    found = []
    for thing in things:
        spec = facts.spec_of(thing)
        found += [offer for offer in offers_of(facts.report, thing.name) if offer.spec is spec]
    return tuple(found)


def same_model(facts: Facts, thing: Thing) -> tuple[Offer, ...]:
    """One model on every backend that offers it, be it under another handle."""
    mine = marked_offers(facts, [thing])
    return (*mine, *(elsewhere(facts.report, mine[0], facts.offers) if mine else ()))


class SidesScreen(PageScreen[None]):
    """Models side by side; `#` changes the call whose cost is told."""

    def __init__(self, main: MainFace, facts: Facts, found: Sequence[Offer]) -> None:
        super().__init__(main, lambda width, _: sides_page(facts, found, main.session.tokens, width))

    def act(self, action: Action) -> None:
        """Ask for the tokens of a call."""
        if action.id == "tokens":
            from tui.pages.tokens import ask_tokens

            ask_tokens(self.main, lambda: self.show(keep_place=True))


def sides_page(facts: Facts, found: Sequence[Offer], tokens: tuple[int, int], width: int) -> Page:
    """A block for as many models as there is room for side by side, then the next ones below."""
    out = Sheet(facts, width, (("compare  ", "dim"), (counted(len(found), "model"), "accent")))
    rows = compare_offers(facts.report, found, tokens)
    many = max((width - LABEL - 1) // (_LEAST + 2), 1)
    for first in range(0, len(found), many):
        _block(out, rows, range(first, min(first + many, len(found))))
    out.blank()
    out.text(("* the best of its line; prices in USD", "dim"))
    for offer in found:
        thing = facts.model_thing(offer.spec)
        out.with_place(
            ((offer.handle, "accent"), (f"  at {offer.backend}", "dim")),
            facts.where(offer.spec.place.location),
            link=thing if facts.exists(thing) else None,
        )
    handles = list(dict.fromkeys(offer.handle for offer in found))
    names = handles if len(handles) == 1 else [f"{offer.backend}/{offer.handle}" for offer in found]
    command = f"pipedeck models --compare {' '.join(map(quoted, names))} --cost {tokens[0]},{tokens[1]}"
    export = Export(
        "models", command, partial(print_sides, rows), partial(compared_document, facts.report, found, rows, tokens)
    )
    given, taken = tokens
    return Page(out, ((f"a call: {given:,} in, {taken:,} out", "dim"),), export, priced=True)


def _block(out: Sheet, rows: Sequence[Compared], columns: range) -> None:
    room = (out.width - LABEL - 1) // len(columns) - 2
    out.blank()
    for row in rows:
        values = [row.values[column] for column in columns]
        marked = [f"{value} *" if row.best == column else value for value, column in zip(values, columns, strict=True)]
        cells = [_wrapped(text, room) for text in marked]
        for line in range(max(map(len, cells))):
            name = ("a call" if row.name.startswith("call of") else row.name) if not line else ""
            runs: list[Run] = [(fit(name, LABEL) + " ", "dim")]
            for cell, column in zip(cells, columns, strict=True):
                tone: Tone = "good" if row.best == column else "" if row.differs else "dim"
                if row.name == "model":
                    tone = "accent"
                runs.append((fit(cell[line] if line < len(cell) else "", room) + "  ", tone))
            out.text(*runs, hang=-1)


def _wrapped(text: str, width: int) -> list[str]:
    return ["".join(part for part, _ in line) for line in wrap([(text, "")], width)]


__all__ = ["SidesScreen", "marked_offers", "same_model", "sides_page"]
