"""The overview: verdict, causes, profile, defaults, keys, stages of loading and release."""

from __future__ import annotations

from core.causes import MAX_CAUSES, Cause
from core.diagnostics import deck_codes
from core.problems import Problem
from core.start_checks import hidden_names
from core.verdict import Verdict, load_report
from tui.inspector.sheet import Sheet, variable_run
from tui.labels import (
    SEVERITY_SYMBOLS,
    VERDICT_SYMBOLS,
    plain,
)
from tui.live import age
from tui.panes.pane_spec import status_of
from tui.panes.problems import entries
from tui.price_columns import price_cells
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

_WORDS = {
    Verdict.REFUSED: "Pipelex does not start with this tree.",
    Verdict.CANNOT_RUN: "Nothing can be asked: no preset is served.",
    Verdict.DEGRADED: "It runs, but not everything in it works.",
    Verdict.WARNINGS: "It runs. Some things may surprise you.",
    Verdict.OK: "It runs: every name ends at a model that can be called.",
    Verdict.UNKNOWN: "Unknown: files of the kit are not available here.",
}
_OK_WITH_UNUSED_DEAD = "It runs: every name in use ends at a callable model."


def overview_sheet(view: ViewModel, width: int) -> Sheet:
    """Can it run, and why not."""
    report = view.report
    sheet = Sheet(view, width, (("can it run?", "heading"),))
    verdict, sentence = view.live_results.report.verdict
    sign, tone = VERDICT_SYMBOLS[verdict]
    summary = _WORDS[verdict]
    if verdict is Verdict.OK and any(problem.diagnostic in deck_codes.DEAD.values() for problem in report.problems):
        summary = _OK_WITH_UNUSED_DEAD  # such as a default that the release insists on, for work that no backend does
    sheet.text((f"{sign} ", tone), (summary, ""))
    fails = verdict in (Verdict.REFUSED, Verdict.CANNOT_RUN, Verdict.DEGRADED)
    if fails and report.fits < report.release:
        text = f"the files fit Pipelex up to {report.fits}: U carries them to {report.release}, c compares"
        sheet.text((f"  {text}", "dim"))
    if hidden := hidden_names(view.catalog):
        path = next(iter(hidden.values()))
        sheet.text((f"  {report.started_in}: {view.sentence(path)} is not read", "warn"))
    causes = entries(view)
    if verdict is Verdict.REFUSED and not any(item.fatal for _, item in causes[:1]):
        sheet.text((f"  {view.sentence(sentence)}", tone))
    for ref, item in causes[:MAX_CAUSES]:
        sheet.blank()
        _entry(sheet, ref, item)
    if len(causes) > MAX_CAUSES:
        sheet.blank()
        sheet.text((f"and {len(causes) - MAX_CAUSES} more, all listed in the problems (5)", "dim"))
    _profile(sheet)
    _defaults(sheet)
    _keys(sheet)
    _stages(sheet)
    sheet.heading("answered for", f"Pipelex {report.release_source}")
    if report.started_in:
        sheet.text((report.started_in, "warn" if report.catalog.tree.paths.skipped else ""))
    sheet.text((plain(report.detected.reason), "dim"))
    if report.fits != report.release:
        sheet.text((f"the release detected from the tree is {report.fits}", "dim"))
    return sheet


def _entry(sheet: Sheet, ref: ItemRef, item: Cause | Problem) -> None:
    sign, tone = SEVERITY_SYMBOLS[item.severity]
    text = sheet.view.sentence(item.title if isinstance(item, Cause) else item.message)
    effect = item.effect_after_title if isinstance(item, Cause) else ""
    runs: list[Run] = [(f"{sign} ", tone), (text, "")]
    if effect:
        runs.append((effect, "bad" if tone == "bad" else ""))
    sheet.text(*runs, link=ref)
    result = sheet.view.live_results.of(item) if isinstance(item, Problem) else None
    if result is not None:
        sheet.text((f"  tried {age(result)}", "dim"))
    if item.fatal:
        stop = sheet.view.report.stops_at
        first = stop is not None and stop.location == item.location
        sheet.text((f"  the release {'stops' if first else 'would stop'} here", "bad"))
    if item.fix:
        sheet.text((f"  fix: {sheet.view.sentence(item.fix)}", "dim"), hang=5)


def _profile(sheet: Sheet) -> None:
    catalog = sheet.view.catalog
    sheet.heading("profile", catalog.active or "none is active")
    if catalog.profile is not None and catalog.profile.description:
        sheet.text((catalog.profile.description, "dim"))
    profiles = [name for name in catalog.profiles if name != catalog.active]
    if profiles:
        sheet.text(("others: " + ", ".join(profiles), "dim"), ("  (p switches)", "dim"))


def _defaults(sheet: Sheet) -> None:
    """The defaults of pipes that name no model."""
    view = sheet.view
    rows = [row for row in view.defaults if row.node is not None and row.resolution is not None]
    if not rows:
        return
    sheet.heading("a pipe that names no model gets", "e explains")
    for row in rows:
        end, spec = row.resolution, row.spec
        assert end is not None
        assert row.node is not None
        name: Run = (spec.handle, "accent") if spec is not None else ("nothing", "bad")
        input_price, output_price = price_cells(spec)
        sign, _, tone = status_of(view, end)
        sheet.with_place(
            ((f"{row.purpose:<9}", "dim"), (f"{sign} ", tone), name),
            f"{input_price.text} / {output_price.text}" if spec is not None else "",
            link=view.reference(row.node.kind, row.node.family, row.node.name),
        )


def _keys(sheet: Sheet) -> None:
    catalog = sheet.view.catalog
    names = dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend))
    if not names:
        return
    sheet.heading("keys", "of the backends that are on")
    for name in names:
        variable = catalog.environment.variable(name)
        word, tone = variable_run(sheet.view, variable)
        source = f", from {variable.source}" if variable.source else ""
        sheet.text((f"{name} ", ""), (word, tone), (source, "dim"))


def _stages(sheet: Sheet) -> None:
    report = sheet.view.report
    sheet.heading("loading", f"as Pipelex {report.release} does")
    stopped = False
    for stage in load_report(report.catalog, report.boot_problems, report.resolutions):
        state: Run = ("ok", "good")
        if stage.stops is not None:
            state = ("stops here", "bad")
        elif stopped:
            state = ("not reached", "dim")
        elif stage.problems:
            state = (f"{stage.problems} to note", "")
        layers = [layer for layer in stage.layers if layer != "project"]
        note = f" ({', '.join(layers)})" if layers else ""
        sheet.text((f"{stage.stage.value:<16} ", "dim"), state, hang=17)
        sheet.text((f"  {stage.read}{note}", ""), hang=2)
        if stage.stops is not None:
            stopped = True
            message = sheet.view.sentence(stage.stops.message)
            sheet.text((f"  {stage.stops.error_type or 'error'}", "bad"), (f": {message}", ""))
