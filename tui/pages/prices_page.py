"""The page of prices that differ from every published source; the marked ones are taken over as one edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from textual import on

from core.edits.batch import Batch
from core.edits.intent import EditLayer
from core.edits.price_edits import take_prices
from core.formatting import counted, price_factor
from core.json.lives_document import PricesDocument
from core.lives.index import ListedPrice
from core.lives.index import names as source_names
from core.lives.price_check import PriceCheck
from core.prices import Price
from tui.labels import plain
from tui.messages import EditMade, EditRejected
from tui.pages.exports import Export
from tui.pages.page_screen import PageScreen
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.lives_text import price_pairs, print_prices
from tui.reports.text_output import TextOutput
from tui.selection import OVERVIEW, ItemRef
from tui.view_model import ViewModel
from tui.widgets.lines import Line
from tui.widgets.runs import Run, Tone, fit

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

PRICE = "price:"
"""The prefix of links of prices; backend and handle follow."""


class PricesScreen(PageScreen[None]):
    """The prices. Space marks one, `a` takes the published price of the marked ones, Enter goes to the model."""

    def __init__(self, main: MainScreen) -> None:
        self.marked: dict[str, None] = {}
        super().__init__(main, lambda view, width, _: prices_page(view, width, self.marked))

    @property
    def _checks(self) -> Mapping[str, PriceCheck]:
        view = self.main.session.view
        return {_link(check): check for check in differing(view)} if view is not None else {}

    @property
    def selected(self) -> ItemRef:
        """The model of the price under the cursor."""
        view, check = self.main.session.view, self._checks.get(self.link)
        return view.model_ref(check.spec) if view is not None and check is not None else OVERVIEW

    @property
    def kind(self) -> str:
        """The kind of the line under the cursor."""
        return "price" if self.link.startswith(PRICE) else super().kind

    @property
    def hints(self) -> Sequence[tuple[str, str]]:
        """The commands for a price, with their labels."""
        return [*super().hints, ("mark-price", "mark"), ("take-prices", "take")] if self.kind == "price" else ()

    def follow_link(self, link: str) -> None:
        """Go to the model."""
        super().follow_link(self.selected.key if link.startswith(PRICE) else link)

    def mark(self) -> None:
        """Mark the price under the cursor, or unmark it."""
        if self.link in self.marked:
            del self.marked[self.link]
        else:
            self.marked[self.link] = None
        self.show(keep_place=True)
        self.lines.step(1)

    def take(self) -> None:
        """Take the published price of the marked models, or of the one under the cursor, as one edit."""
        checks = self._checks
        chosen = [checks[link] for link in self.marked or (self.link,) if link in checks]
        intents = take_prices(chosen)
        label = f"take {counted(len(intents), 'published price')}"
        batch = Batch(label, tuple((intent, EditLayer.AUTO) for intent in intents), whole=True)
        self.main.editing.do(batch, sender=self)

    @on(EditMade)
    def show_taken(self, event: EditMade) -> None:
        """Show the prices that are left."""
        event.stop()
        self.marked.clear()
        self.show_edit(
            "; ".join(
                ("changed, u undoes it; on the main screen w reviews and writes", *map(plain, event.proposal.notes))
            )
        )

    @on(EditRejected)
    def show_refusal(self, event: EditRejected) -> None:
        """Show why the prices cannot be changed."""
        event.stop()
        self.show_status(plain(event.refusal.message))


def differing(view: ViewModel) -> tuple[PriceCheck, ...]:
    """The prices that agree with no source, the most different first."""
    lives = view.report.lives
    checks = (check for check in lives.price_checks() if not check.agrees) if lives is not None else ()
    return tuple(sorted(checks, key=lambda check: -check.factor))


def _link(check: PriceCheck) -> str:
    return f"{PRICE}{check.spec.backend}/{check.spec.handle}/{check.spec.model_type}"


_MODEL, _BY = 28, 26
"""The columns of models and sources from which the sources are shown."""


def prices_page(view: ViewModel, width: int, marked: Mapping[str, None]) -> Page:
    """A line for each price, with the prices of the sources."""
    sheet = PageSheet(view, width, "prices", "$ in / out per M tokens")
    lives = view.report.lives
    checks = differing(view)
    pairs = _pairs([check.price for check in checks]), _pairs([check.listed[0] for check in checks])
    columns = _Columns.of(checks, pairs, width)
    if checks:
        model, backend = f"{'model':<{columns.model}}", f"{'backend':<{columns.backend}}"
        here, published = f"{'here':<{columns.here}}", f"{'published':<{columns.published}}"
        sheet.text((f"  {'factor':<6} {model}  {backend}  {here}  {published}  {'by' if columns.by else ''}", "dim"))
    for check, *texts in zip(checks, *pairs, strict=True):
        sheet.lines.append(Line(_runs(check, texts, columns, marked=_link(check) in marked), _link(check), hang=-1))
    if lives is None:
        sheet.text(("there is no index of lives and prices", "dim"))
    elif not checks:
        sheet.text(("every compared price agrees with a source", "good"))
    sheet.blank()
    if checks:
        sheet.text(("space marks, a takes the price that most sources state; enter goes to the model", "dim"))
    if lives is not None:
        sheet.text((lives.age_text, "dim"))
    note: Run = (counted(len(checks), "price differs", "prices differ"), "warn" if checks else "good")
    return Page(sheet, (note,), _export(view, checks), {_link(check): check.spec.handle for check in checks})


class _Columns(NamedTuple):
    """The widths of the columns; `by`: whether there is room for the sources."""

    model: int
    backend: int
    here: int
    published: int
    by: bool

    @classmethod
    def of(cls, checks: Sequence[PriceCheck], pairs: tuple[Sequence[str], Sequence[str]], width: int) -> _Columns:
        """The columns that the prices need; the models get the rest."""
        backend = min(max((len(check.spec.backend) for check in checks), default=0), 12)
        here, published = (max(map(len, texts), default=0) for texts in pairs)
        room = width - backend - here - published - 15
        by = room >= _MODEL + _BY
        longest = max((len(check.spec.handle) for check in checks), default=0)
        return cls(min(longest, max(room - (_BY if by else 0), 12)), backend, here, published, by)


def _pairs(prices: Sequence[Price | ListedPrice]) -> Sequence[str]:
    return price_pairs([(price.input, price.output) for price in prices])


def _runs(check: PriceCheck, texts: Sequence[str], columns: _Columns, *, marked: bool) -> tuple[Run, ...]:
    tone: Tone = "bad" if check.factor >= 5 else "warn"
    said = check.listed[0]
    more = f" +{len(check.listed) - 1}" if len(check.listed) > 1 else ""
    return (
        ("* " if marked else "  ", "accent"),
        (f"{price_factor(check.factor):<6} ", tone),
        (fit(check.spec.handle, columns.model, cut="middle"), "accent"),
        (f"  {fit(check.spec.backend, columns.backend)}", "dim"),
        (f"  {texts[0]:<{columns.here}}  {texts[1]:<{columns.published}}", ""),
        (f"  {source_names(said.origins)}{more}" if columns.by else "", "dim"),
    )


def _export(view: ViewModel, checks: Sequence[PriceCheck]) -> Export:
    report = view.report
    compared = sum(1 for _ in report.lives.price_checks()) if report.lives is not None else 0

    def text(output: TextOutput) -> None:
        print_prices(report, checks, compared, output)

    return Export("prices", "pipedeck prices", text, partial(PricesDocument, report, checks, compared, ()))
