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
from core.json.explain_document import explain_document
from core.layers import settings_of
from core.mentions import Node
from core.route_check import Rule
from core.usage import Usage, Uses
from tui.inspector.problem import problem_sheet
from tui.inspector.reference import status_lines
from tui.inspector.sheet import Sheet
from tui.inspector.trail import draw_trail
from tui.labels import SEVERITY_SYMBOLS, STATUS_SYMBOLS, STATUS_TONES, plain
from tui.pages import sections
from tui.pages.exports import Export, explanation_of, export_of, overview_export, rules_export
from tui.pages.page_sheet import Page, PageSheet
from tui.reports.explanation import print_defaults
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

if TYPE_CHECKING:
    from core.probes.check_plan import CheckPlan
    from tui.screens.main import MainScreen

Tokens = tuple[int, int]


class Known(NamedTuple):
    """What takes its time to work out: who uses what; of a backend what asking its provider by `key` would
    send, and whether that is the demo, where nobody is asked."""

    usage: Usage | None = None
    uses: Uses | None = None
    plan: CheckPlan | None = None
    key: str = ""
    demo: bool = False


def explain_page(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, known: Known) -> Page:
    """Everything there is to say about a reference or a backend."""
    if ref in view.references:
        return _reference(view, ref, tokens, width, known)
    return _backend(view, ref, width, known)


def _reference(view: ViewModel, ref: ItemRef, tokens: Tokens, width: int, known: Known) -> Page:
    item = explanation_of(view, ref)
    resolution = item.resolution
    status = resolution.status
    out = PageSheet(
        view,
        width,
        (("explain  ", "dim"), (resolution.reference, "accent"), (f"  {ref.family} {ref.kind}", "dim")),
    )
    if not resolution.alive:
        status_lines(out, resolution)
        out.blank()
    draw_trail(out, resolution, whole=True)
    if item.near:
        out.text(("did you mean ", ""), (" or ".join(item.near), "accent"), ("?", ""))
    sections.ending(out, item, tokens)
    sections.settings(out, item.settings)
    sections.values(out, item.values)
    sections.uses(out, known.uses, known.usage)
    sections.offers(out, "the same model elsewhere" if item.spec is not None else "declared by", item.others)
    sections.problems(out, [problem for problem in item.problems if problem.diagnostic not in deck_codes.DEAD.values()])
    note: Run = (f"{STATUS_SYMBOLS[status]} {status.value}", STATUS_TONES[status])
    return Page(out, (note,), export_of(view, ref), priced=item.spec is not None)


def _backend(view: ViewModel, ref: ItemRef, width: int, known: Known) -> Page:
    out = PageSheet(view, width, (("explain  ", "dim"), (ref.name, "accent"), ("  backend", "dim")))
    node = Node("backend", "", ref.name)
    on = ref.name in view.catalog.enabled
    served, declared = view.served_by.get(ref.name, 0), len(view.catalog.specs_by_backend.get(ref.name, ()))
    out.text(
        (
            f"serves {served} of the {counted(declared, 'model')} it declares"
            if on
            else f"off; declares {counted(declared, 'model')}",
            "",
        )
    )
    sections.values(out, settings_of(view.report, node))
    if known.plan is not None:
        asking(out, known.plan, known.key, stand_in=known.demo)
    sections.uses(out, known.uses, known.usage)
    out.problems(view.problems_of(ref))
    note: Run = ("+ on", "good") if on else ("- off", "warn")
    return Page(out, (note,), export_of(view, ref))


def plan_of(main: MainScreen, view: ViewModel, backend: str) -> CheckPlan | None:
    """The plan that the key of `try` would carry out, without the stand-ins of the demo; None where there is none."""
    from core.probes.check_planner import PlanOptions, plan_checks
    from core.probes.trust import Trust

    environ = main.session.request.environ
    trust = Trust(state_folder(os.environ if environ is None else environ))
    return next(iter(plan_checks(view.catalog, [backend], PlanOptions(trust=trust))), None)


def asking(out: Sheet, plan: CheckPlan, key: str, *, stand_in: bool = False) -> None:
    """Each request with what it is for and which headers it has, never a value; or why nothing would be sent."""
    from core.probes.runner import skipped_result

    out.heading(f"what {key} would send", "nothing is sent before you press it")
    if stand_in:
        out.text(("in this demo a stand-in on this machine answers for the provider", "dim"))
    if plan.verdict is not None:
        said, advice = skipped_result(plan).texts
        out.text(("nothing: ", "warn"), (plain(said), ""))
        if advice:
            out.text((f"  fix: {plain(advice)}", "dim"), hang=5)
    for ask in plan.requests:
        out.text((f"{ask.method} ", "accent"), (ask.url, ""))
        when = ", only if it lists no models" if ask.fallback else ""
        out.text((f"  {ask.purpose}{when}", "dim"))
        if ask.header_names:
            out.text((f"  headers: {', '.join(ask.header_names)}", "dim"))
    for note in plan.notes:
        out.text((f"note: {plain(note)}", "dim"))


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


def cause_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """What is wrong, how to mend it, and every problem that comes of it."""
    cause = view.causes[ref]
    behind = view.problems_behind(cause)
    sign, tone = SEVERITY_SYMBOLS[cause.severity]
    out = PageSheet(view, width, (("explain  ", "dim"), (view.sentence(cause.title), "accent")))
    place = view.where(cause.location) if cause.location is not None else ""
    backend = ItemRef("backend", "", cause.key.removeprefix("off ")) if cause.key.startswith("off ") else None
    out.with_place(((f"{sign} ", tone), (view.sentence(cause.title), "")), place, link=backend)
    if cause.fatal:
        out.text(("  the release does not start with it", "bad"))
    if cause.fix:
        out.text((f"  fix: {view.sentence(cause.fix)}", "dim"), hang=5)
    out.heading("what comes of it", cause.effect)
    for other in behind:
        problem = view.problems[other]
        target = view.subject(problem) if problem.reference is not None else None
        where = view.where(problem.location) if problem.location is not None else ""
        if target is None:
            out.with_place(((view.sentence(problem.message), ""),), where, link=other)
        else:
            out.with_place(((view.title(target), "accent"),), where, link=target)
            out.text((f"  {_reason(view.sentence(problem.message))}", "dim"))
    note: Run = ("stops the release", "bad") if cause.fatal else (cause.effect, "bad" if tone == "bad" else "warn")
    return Page(out, (note,) if note[0] else (), overview_export(view))


def _reason(message: str) -> str:
    """Why something is dead, without its name again in front."""
    _, dead, reason = message.partition(" is dead: ")
    return reason if dead else message


def problem_page(ref: ItemRef, view: ViewModel, width: int, _: None = None) -> Page:
    """All that is known of a problem."""
    found = problem_sheet(view, ref, width)
    out = PageSheet(view, width, (("explain  ", "dim"), *found.title))
    out.lines = found.lines
    return Page(out, (), overview_export(view))


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
    ref = sections.thing_at(view, row.node)
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
    sections.price_lines(out, row.price, tokens)
    for setting in row.settings:
        sent = f" -> {plain(setting.sent)}" if setting.changed else ""
        out.field(setting.key, plain(setting.asked) + sent, setting.note and plain(setting.note))
