"""The pages of the explain key: a reference, a backend, a route, a cause, a problem, the defaults of the deck."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from core.defaults import Default, defaults
from core.diagnostics import deck_codes
from core.files.state_folder import state_folder
from core.formatting import counted
from core.json.explain_document import ExplainDocument
from core.layers import settings_of
from core.mentions import Node
from core.route_check import Rule
from core.usage import Usage, Uses
from tui.inspector.item_sheets import problem_sheet
from tui.inspector.live import ran_line, ran_of
from tui.inspector.reference import draw_trail, status_lines
from tui.inspector.sheet import Sheet
from tui.labels import SEVERITY_SYMBOLS, plain
from tui.pages.exports import Export, explanation_of, export_of, overview_export, rules_export
from tui.pages.page_sheet import Page, PageSheet, ref_of_node
from tui.panes.pane_spec import status_of
from tui.reports.explanation import print_defaults
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from core.probes.check_plan import CheckPlan
    from tui.screens.main import MainScreen

Tokens = tuple[int, int]


class ExplanationData(NamedTuple):
    """Data prepared in a thread: the users of an item; for a backend the requests of a live check by `key`, and whether
    a demo answers them."""

    usage: Usage | None = None
    uses: Uses | None = None
    plan: CheckPlan | None = None
    key: str = ""
    demo: bool = False


def explain_page(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, data: ExplanationData) -> Page:
    """The explanation of a reference or a backend."""
    if ref in view.references:
        return _reference(view, ref, tokens, width, data)
    return _backend(view, ref, width, data)


def _reference(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, data: ExplanationData) -> Page:
    item = explanation_of(view, ref)
    resolution = item.resolution
    sign, word, tone = status_of(view, resolution)
    sheet = PageSheet(view, width, "explain", resolution.reference, f"  {ref.family} {ref.kind}")
    if resolution.fails or word == "fails":
        status_lines(sheet, resolution)
        sheet.blank()
    draw_trail(sheet, resolution, full=True)
    ran_line(sheet, ran_of(sheet, resolution))
    if item.near:
        sheet.text(("did you mean ", ""), (" or ".join(item.near), "accent"), ("?", ""))
    sheet.model(item, tokens)
    sheet.settings(item.settings)
    sheet.values(item.values)
    sheet.uses(data.uses, data.usage)
    sheet.offers("the same model elsewhere" if item.spec is not None else "declared by", item.other_offers)
    shown = {id(problem) for problem in item.problems if problem.diagnostic not in deck_codes.STATUS_SAYS}
    sheet.problems(ref for ref, problem in view.problems.items() if id(problem) in shown)
    note: Run = (f"{sign} {word}", tone)
    return Page(sheet, (note,), export_of(view, ref), priced=item.spec is not None)


def _backend(view: ViewModel, ref: ItemRef, width: int, data: ExplanationData) -> Page:
    sheet = PageSheet(view, width, "explain", ref.name, "  backend")
    node = Node("backend", "", ref.name)
    on = ref.name in view.catalog.enabled
    served, declared = view.served_by.get(ref.name, 0), len(view.catalog.specs_by_backend.get(ref.name, ()))
    models = counted(declared, "model")
    sheet.text((f"serves {served} of the {models} it declares" if on else f"off; declares {models}", ""))
    sheet.values(settings_of(view.report, node))
    if data.plan is not None:
        request_lines(sheet, data.plan, data.key, stand_in=data.demo)
    sheet.uses(data.uses, data.usage)
    sheet.problems(view.problems_of(ref))
    fails = on and view.live.fails(view.catalog, ref.name)
    note: Run = ("x on, fails", "bad") if fails else ("+ on", "good") if on else ("- off", "dim")
    return Page(sheet, (note,), export_of(view, ref))


def check_plan(main: MainScreen, view: ViewModel, backend: str) -> CheckPlan | None:
    """The plan of a live check of the backend, without the stand-ins of the demo; None without one."""
    from core.probes.check_planner import plan_checks
    from core.probes.plan_options import PlanOptions
    from core.probes.trust import Trust

    environ = main.session.request.environ
    trust = Trust(state_folder(os.environ if environ is None else environ))
    return next(iter(plan_checks(view.catalog, [backend], PlanOptions(trust=trust))), None)


def request_lines(sheet: Sheet, plan: CheckPlan, key: str, *, stand_in: bool = False) -> None:
    """The planned requests with purpose and header names, or the reason why none is sent."""
    from core.probes.runner import skipped_result

    sheet.heading(f"requests of {key}", "sent only when you press it")
    if stand_in:
        sheet.text(("in this demo a local stand-in answers for the provider", "dim"))
    if plan.verdict is not None:
        message, advice = skipped_result(plan).texts
        sheet.text(("nothing: ", "warn"), (plain(message), ""))
        if advice:
            sheet.text((f"  fix: {plain(advice)}", "dim"), hang=5)
    for ask in plan.requests:
        sheet.text((f"{ask.method} ", "accent"), (ask.url, ""))
        when = f", only if {ask.condition}" if ask.condition else ""
        sheet.text((f"  {ask.purpose}{when}", "dim"))
        if ask.header_names:
            sheet.text((f"  headers: {', '.join(ask.header_names)}", "dim"))
    for note in plan.notes:
        sheet.text((f"note: {plain(note)}", "dim"))


def route_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """The explanation of a routing rule."""
    rule = view.routes[ref]
    sheet = PageSheet(view, width, "explain", rule.pattern, f" -> {rule.backend}")
    sheet.with_place(((f"rule of {view.catalog.active}, {rule.label}", ""),), view.location_text(rule.place.location))
    _rule_lines(sheet, rule)
    sheet.problems(view.problems_of(ref))
    note: Run = ("never wins", "warn") if rule.idle_reason else ("", "")
    return Page(sheet, (note,) if note[0] else (), rules_export(view, ref))


def _rule_lines(sheet: PageSheet, rule: Rule) -> None:
    if rule.idle_reason:
        sheet.text(("! it can never win: ", "warn"), (plain(rule.idle_reason), ""))
    _names(sheet, "catches", rule.caught, set(rule.missed))
    if rule.shadows:
        sheet.heading("shadows", "models that a following rule would send elsewhere")
        for item in rule.shadows:
            ref = sheet.view.reference("model", "", item.handle)
            sheet.text((item.handle, "accent"), (f"  from {item.pattern} -> {item.backend}", "dim"), link=ref)
    _names(sheet, "loses", rule.loses, set(), "models that fit it, but a preceding or exact rule takes")
    if not rule.caught and not rule.idle_reason:
        sheet.blank()
        sheet.text(("it catches no model", "dim"))


def _names(sheet: PageSheet, title: str, handles: Sequence[str], missed: set[str], note: str = "") -> None:
    if not handles:
        return
    dropped = f", {len(missed)} of them dropped" if missed else ""
    sheet.heading(title, note or f"{counted(len(handles), 'model')}{dropped}")
    for handle in handles:
        runs: list[Run] = [(handle, "accent")]
        if handle in missed:
            runs.append(("  x its backend does not declare it", "bad"))
        sheet.text(*runs, link=sheet.view.reference("model", "", handle))


def cause_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """The explanation of a cause: its fix and the problems it causes."""
    cause = view.causes[ref]
    problems = view.problems_behind(cause)
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    sheet = PageSheet(view, width, "explain", view.sentence(cause.title))
    place = view.location_text(cause.location) if cause.location is not None else ""
    backend = ItemRef("backend", "", cause.key.removeprefix("off ")) if cause.key.startswith("off ") else None
    sheet.with_place(((f"{sign} ", tone), (view.sentence(cause.title), "")), place, link=backend)
    if cause.fatal:
        sheet.text(("  the release does not start with it", "bad"))
    if cause.fix:
        sheet.text((f"  fix: {view.sentence(cause.fix)}", "dim"), hang=5)
    sheet.heading("effects", cause.effect)
    for other in problems:
        problem = view.problems[other]
        target = view.subject(problem) if problem.reference is not None else None
        location = view.location_text(problem.location) if problem.location is not None else ""
        if target is None:
            sheet.with_place(((view.sentence(problem.message), ""),), location, link=other)
        else:
            sheet.with_place(((view.title(target), "accent"),), location, link=target)
            sheet.text((f"  {_reason(view.sentence(problem.message))}", "dim"))
    note: Run = ("stops the release", "bad") if cause.fatal else (cause.effect, "bad" if tone == "bad" else "warn")
    return Page(sheet, (note,) if note[0] else (), overview_export(view))


def _reason(message: str) -> str:
    """The reason why a reference is dead, without its name."""
    _, dead, reason = message.partition(" is dead: ")
    return reason if dead else message


def problem_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """The explanation of a problem about no item of the lists."""
    problem = problem_sheet(view, ref, width)
    sheet = PageSheet(view, width, "explain", "")
    sheet.title, sheet.lines = (("explain  ", "dim"), *problem.title), problem.lines
    return Page(sheet, (), overview_export(view))


def defaults_page(view: ViewModel, tokens: tuple[int, int], width: int, _: None = None) -> Page:
    """A section for each kind of work: the deck entry, its model, price and settings."""
    sheet = PageSheet(view, width, "defaults", "the model of a pipe that names none")
    rows = defaults(view.report)
    for row in rows:
        _row(sheet, row, tokens)
    document = partial(ExplainDocument, view.report, [], {}, rows)
    export = Export("defaults", "pipedeck explain", partial(print_defaults, rows), document)
    return Page(sheet, (), export, priced=True)


def _row(sheet: PageSheet, row: Default, tokens: tuple[int, int]) -> None:
    view, spec, end = sheet.view, row.spec, row.resolution
    sheet.blank()
    if row.node is None or end is None:
        sheet.text((row.purpose, "heading"), ("  a pipe must name a model: the deck has no default", "dim"))
        return
    ref = ref_of_node(view, row.node)
    sign, _, tone = status_of(view, end)
    name: Run = (f"{spec.handle} at {spec.backend}", "") if spec is not None else ("nothing", "bad")
    sheet.with_place(
        ((row.purpose, "heading"), (f"  {sign} ", tone), name),
        view.location_text(row.place.location) if row.place is not None else "",
        link=ref,
    )
    sheet.field("says", row.says + ("  an override" if row.override else ""))
    if row.hides:
        sheet.field("hides", row.hides, tone="dim")
    if spec is None:
        sheet.text((plain(end.unresolved.message) if end.unresolved is not None else "it ends at nothing", "bad"))
        return
    sheet.price(row.price, tokens)
    for setting in row.settings:
        sent = f" -> {plain(setting.sent)}" if setting.changed else ""
        sheet.field(setting.key, plain(setting.requested) + sent, setting.note and plain(setting.note))
