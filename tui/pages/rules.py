"""A rule of the routing explained: what it takes, what it shadows from later ones, what it loses, if it ever wins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from core.api import Report
from core.formatting import counted
from core.json.routes_document import routes_document
from core.route_check import Rule
from tui.labels import plain
from tui.pages.content import Page
from tui.pages.explain import toml_of
from tui.pages.export import Export
from tui.pages.sheet import PageSheet
from tui.reports.routing_rules import print_rules
from tui.reports.text_output import TextOutput
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run


def route_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """Everything there is to say about a rule."""
    rule = view.routes[ref]
    out = PageSheet(view, width, (("explain  ", "dim"), (rule.pattern, "accent"), (f" -> {rule.backend}", "dim")))
    out.with_place(
        ((f"rule of {view.catalog.active}, {rule.what}", ""),),
        view.where(rule.place.location),
    )
    _say(out, rule)
    out.problems(view.problems_of(ref))
    note: Run = ("never wins", "warn") if rule.never else ("", "")
    return Page(out, (note,) if note[0] else (), rules_export(view, ref))


def _say(out: PageSheet, rule: Rule) -> None:
    if rule.never:
        out.text(("! it can never win: ", "warn"), (plain(rule.never), ""))
    _names(out, "takes", rule.caught, set(rule.missed))
    if rule.shadows:
        out.heading("shadows", "models that a later rule would send elsewhere")
        for item in rule.shadows:
            ref = out.view.reference("model", "", item.handle)
            out.text((item.handle, "accent"), (f"  from {item.pattern} -> {item.backend}", "dim"), link=ref)
    if rule.loses:
        _names(out, "loses", rule.loses, set(), "models that fit it, but an earlier or exact rule takes")
    if not rule.caught and not rule.never:
        out.blank()
        out.text(("there is nothing here for it to take", "dim"))


def _names(out: PageSheet, title: str, handles: Sequence[str], missed: set[str], note: str = "") -> None:
    if not handles:
        return
    dropped = f", {len(missed)} of them dropped" if missed else ""
    out.heading(title, note or f"{counted(len(handles), 'model')}{dropped}")
    for handle in handles:
        runs: list[Run] = [(handle, "accent")]
        if handle in missed:
            runs.append(("  x its backend does not declare it", "bad"))
        out.text(*runs, link=out.view.reference("model", "", handle))


def rules_export(view: ViewModel, ref: ItemRef | None = None) -> Export:
    """What can be copied or written of the routing."""
    toml = toml_of(view, ref) if ref is not None else None
    return Export(
        "routes",
        "pipedeck routes --names",
        partial(_print, view.report),
        partial(routes_document, view.report, []),
        toml,
    )


def _print(report: Report, out: TextOutput) -> None:
    print_rules(report, out, names=True)
