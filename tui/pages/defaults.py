"""What a pipe gets that names no model, for each kind of work."""

from __future__ import annotations

from functools import partial

from core.defaults import Default, defaults
from core.json.explain_document import explain_document
from tui.labels import STATUS_SYMBOLS, STATUS_TONES, plain
from tui.pages import parts
from tui.pages.content import Page
from tui.pages.export import Export
from tui.pages.sheet import PageSheet
from tui.reports.explanation import print_defaults
from tui.view_model import ViewModel
from tui.widgets.runs import Run


def defaults_page(view: ViewModel, tokens: tuple[int, int], width: int, _: None = None) -> Page:
    """A part for each kind of work: what the deck says, the model it ends at, its price and settings."""
    out = PageSheet(view, width, (("defaults  ", "dim"), ("what a pipe gets that names no model", "accent")))
    rows = defaults(view.report)
    for row in rows:
        _row(out, row, tokens)
    export = Export(
        "defaults",
        "pipedeck explain",
        partial(print_defaults, rows),
        partial(explain_document, view.report, [], {}, rows),
    )
    return Page(out, (), export, priced=True)


def _row(out: PageSheet, row: Default, tokens: tuple[int, int]) -> None:
    view, spec, end = out.view, row.spec, row.resolution
    out.blank()
    if row.node is None or end is None:
        out.text((row.work, "heading"), ("  a pipe must name a model: the deck has no default", "dim"))
        return
    ref = parts.thing_at(view, row.node)
    sign, tone = STATUS_SYMBOLS[end.status], STATUS_TONES[end.status]
    name: Run = (f"{spec.handle} at {spec.backend}", "") if spec is not None else ("nothing", "bad")
    out.with_place(
        ((row.work, "heading"), (f"  {sign} ", tone), name),
        view.where(row.place.location) if row.place is not None else "",
        link=ref,
    )
    out.field("says", row.says + ("  an override" if row.override else ""))
    if row.hides:
        out.field("hides", row.hides, tone="dim")
    if spec is None:
        out.text((plain(end.unresolved.message) if end.unresolved is not None else "it ends at nothing", "bad"))
        return
    parts.price_lines(out, row.price, tokens)
    for setting in row.settings:
        sent = f" -> {plain(setting.sent)}" if setting.changed else ""
        out.field(setting.key, plain(setting.asked) + sent, setting.note and plain(setting.note))
