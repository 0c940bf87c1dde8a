"""The overview: can it run, what keeps it from running, how it was read and for which release."""

from __future__ import annotations

from core.causes import Cause
from core.diagnostics import deck_codes
from core.problems import Problem
from core.verdict import Verdict, load_report
from tui.inspector.sheet import Sheet
from tui.labels import (
    SEVERITY_SYMBOLS,
    STATUS_SYMBOLS,
    STATUS_TONES,
    VERDICT_SYMBOLS,
    plain,
    prices,
    variable_label,
)
from tui.live import age
from tui.panes.problems import entries
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

_WORDS = {
    Verdict.REFUSED: "Pipelex does not start with this tree.",
    Verdict.CANNOT_RUN: "Nothing can be asked: no preset is served.",
    Verdict.DEGRADED: "It runs, but not everything in it works.",
    Verdict.WARNINGS: "It runs. Some things may surprise you.",
    Verdict.OK: "It runs: every name ends at a model that can be called.",
}
MOST_ENTRIES = 60
"""Causes told here; the list of problems has all of them."""
_OK_WITH_REMARKS = "It runs: every name that is of use ends at a model that can be called."


def overview_sheet(view: ViewModel, width: int) -> Sheet:
    """Can it run, and why not."""
    report = view.report
    out = Sheet(view, width, (("can it run?", "heading"),))
    verdict, sentence = view.live_results.report.verdict
    sign, tone = VERDICT_SYMBOLS[verdict]
    words = _WORDS[verdict]
    if verdict is Verdict.OK and any(found.diagnostic in deck_codes.DEAD.values() for found in report.problems):
        words = _OK_WITH_REMARKS  # such as a default that the release insists on, for work that no backend does
    out.text((f"{sign} ", tone), (words, ""))
    found = entries(view)
    if verdict is Verdict.REFUSED and not any(item.fatal for _, item in found[:1]):
        out.text((f"  {view.sentence(sentence)}", tone))
    for ref, item in found[:MOST_ENTRIES]:
        out.blank()
        _entry(out, ref, item)
    if len(found) > MOST_ENTRIES:
        out.blank()
        out.text((f"and {len(found) - MOST_ENTRIES} more, all listed in the problems (5)", "dim"))
    _profile(out)
    _defaults(out)
    _keys(out)
    _stages(out)
    out.heading("answered for", f"Pipelex {report.release}")
    out.text((f"{plain(report.detected.reason)} ({report.detected.dialect})", "dim"))
    if report.detected.release != report.release:
        out.text((f"by itself the tree would be taken for {report.detected.release}", "dim"))
    return out


def _entry(out: Sheet, ref: ItemRef, item: Cause | Problem) -> None:
    sign, tone = SEVERITY_SYMBOLS[item.severity]
    text = out.view.sentence(item.title if isinstance(item, Cause) else item.message)
    effect = item.effect if isinstance(item, Cause) else ""
    runs: list[Run] = [(f"{sign} ", tone), (text, "")]
    if effect:
        runs.append((f": {effect}", "bad" if tone == "bad" else ""))
    out.text(*runs, link=ref)
    result = out.view.live_results.of(item) if isinstance(item, Problem) else None
    if result is not None:
        out.text((f"  tried {age(result)}", "dim"))
    if item.fatal:
        stop = out.view.report.stops_at
        first = stop is not None and stop.location == item.location
        out.text((f"  the release {'stops' if first else 'would stop'} here", "bad"))
    if item.fix:
        out.text((f"  fix: {out.view.sentence(item.fix)}", "dim"), hang=5)


def _profile(out: Sheet) -> None:
    catalog = out.view.catalog
    out.heading("profile", catalog.active or "none is active")
    if catalog.profile is not None and catalog.profile.description:
        out.text((catalog.profile.description, "dim"))
    others = [name for name in catalog.profiles if name != catalog.active]
    if others:
        out.text(("others: " + ", ".join(others), "dim"), ("  (p switches)", "dim"))


def _defaults(out: Sheet) -> None:
    """What a pipe gets that names no model."""
    view = out.view
    rows = [row for row in view.defaults if row.node is not None and row.resolution is not None]
    if not rows:
        return
    out.heading("a pipe that names no model gets", "e explains")
    for row in rows:
        end, spec = row.resolution, row.spec
        assert end is not None
        assert row.node is not None
        name: Run = (spec.handle, "accent") if spec is not None else ("nothing", "bad")
        input_price, output_price = prices(spec)
        out.with_place(
            ((f"{row.work:<9}", "dim"), (f"{STATUS_SYMBOLS[end.status]} ", STATUS_TONES[end.status]), name),
            f"{input_price.text} / {output_price.text}" if spec is not None else "",
            link=view.reference(row.node.kind, row.node.family, row.node.name),
        )


def _keys(out: Sheet) -> None:
    catalog = out.view.catalog
    names = dict.fromkeys(name for backend in catalog.enabled for name in catalog.variables_of(backend))
    if not names:
        return
    out.heading("keys", "of the backends that are on")
    for name in names:
        variable = catalog.environment.variable(name)
        word, tone = variable_label(variable)
        source = f", from {variable.source}" if variable.source else ""
        out.text((f"{name} ", ""), (word, tone), (source, "dim"))


def _stages(out: Sheet) -> None:
    report = out.view.report
    out.heading("loading", f"as Pipelex {report.release} does")
    stopped = False
    for stage in load_report(report.catalog, report.boot_problems, report.resolutions):
        state: Run = ("ok", "good")
        if stage.stops is not None:
            state = ("stops here", "bad")
        elif stopped:
            state = ("not reached", "dim")
        elif stage.problems:
            state = (f"{stage.problems} to note", "warn")
        layers = [layer for layer in stage.layers if layer != "project"]
        note = f" ({', '.join(layers)})" if layers else ""
        out.text((f"{stage.stage.value:<16} ", "dim"), state, hang=17)
        out.text((f"  {stage.read}{note}", ""), hang=2)
        if stage.stops is not None:
            stopped = True
            message = out.view.sentence(stage.stops.message)
            out.text((f"  {stage.stops.error_type or 'error'}", "bad"), (f": {message}", ""))
