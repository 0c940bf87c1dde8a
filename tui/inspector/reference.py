"""The sheet of a reference: status, trail as a tree, fields and users."""

from __future__ import annotations

from core.diagnostics import deck_codes
from core.diagnostics.unresolved import UnresolvedCode
from core.entities import Preset
from core.resolution import Resolution, Status
from core.trail import CALL_FAILS, Step
from tui.inspector.live import answer_section, ran_line, ran_of, tried_line
from tui.inspector.sheet import Sheet
from tui.labels import plain
from tui.panes.pane_spec import drift_of, status_of
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

_SHOWN_BY_TRAIL = frozenset({UnresolvedCode.BACKEND_OFF, UnresolvedCode.MODEL_DROPPED, UnresolvedCode.MODEL_UNKNOWN})
"""The reasons that the end of the trail shows, step by step."""


def reference_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A preset, alias, waterfall or choice."""
    resolution = view.references[ref]
    sheet = Sheet(view, width, ((f"{ref.kind}  ", "dim"), (f"{ref.family} / {ref.name}", "heading")))
    status_lines(sheet, resolution)
    tried_line(sheet, resolution.spec)
    ran_line(sheet, ran_of(sheet, resolution))
    drift_line(sheet, ref)
    sheet.blank()
    draw_trail(sheet, resolution)
    answer_section(sheet, resolution.spec)
    _fields(sheet, ref)
    sheet.links("used by", view.users(ref))
    sheet.problems(problem for problem in view.problems_of(ref) if not _says_dead(sheet, problem))
    return sheet


def status_lines(sheet: Sheet, resolution: Resolution) -> None:
    """The status, with the reason why it cannot be used."""
    sign, word, tone = status_of(sheet.view, resolution)
    sheet.text((f"{sign} {word.upper()}", tone), (f"  {_why(sheet, resolution)}", ""), hang=2)


_MAX_NEW = 200


def drift_line(sheet: Sheet, ref: ItemRef) -> None:
    """One line about the difference from the kits; none where an item is as in the kit of the installed Pipelex."""
    marks, row = sheet.view.marks, drift_of(sheet.view, ref)
    if marks is None or row is None:
        return
    kit = f"the kit of {marks.target}"
    new = plain(row.new if len(row.new) <= _MAX_NEW else f"{row.new[:_MAX_NEW]} ...")
    text = {
        "yours": "your own or changed by you",
        "behind": f"{kit} has {new}",
        "gone": f"{kit} no longer has it",
        "both": f"changed by you, and {kit} has {new}",
    }[row.drift.value]
    sheet.text((f"{row.drift.value}: ", "warn" if row.drift.value == "both" else "accent"), (text, "dim"), hang=2)


def _why(sheet: Sheet, resolution: Resolution) -> str:
    unresolved = resolution.unresolved
    if resolution.spec is None:
        if unresolved is not None and unresolved.code in _SHOWN_BY_TRAIL and resolution.status is Status.DEAD:
            return (
                "no enabled backend serves its model" if resolution.kind != "model" else "no enabled backend serves it"
            )
        message = plain(unresolved.message) if unresolved is not None else "it ends at nothing"
        return message if resolution.status is Status.DEAD else f"its backend lists its models on a server ({message})"
    spec = resolution.spec
    if resolution.refusal is not None:
        return plain(resolution.refused_words)
    if resolution.status is Status.CALLABLE:
        return f"at {spec.backend}" if resolution.kind == "model" else f"{spec.handle} at {spec.backend}"
    fault = next((item.message for item in sheet.view.report.resolver.call(spec).faults if item.fatal), None)
    if fault is not None:
        return f"at {spec.backend}, but {fault}"
    if not sheet.view.catalog.is_installed(spec):
        return f"at {spec.backend}, but this installation has no worker for its sdk"
    missing = [item.name for item in sheet.view.variables(spec.backend) if item.state.value != "set"]
    return f"at {spec.backend}, but not set here: {', '.join(missing) or 'a variable'}"


def _fields(sheet: Sheet, ref: ItemRef) -> None:
    family = sheet.view.catalog.families.get(ref.family)
    if family is None:
        return
    place = sheet.view.references[ref].place
    sheet.home = sheet.view.location_text(place.location if place is not None else None)
    if ref.kind == "preset" and ref.name in family.presets:
        sheet.blank()
        _preset(sheet, family.presets[ref.name])
    elif ref.kind == "choice":
        choice = next((choice for choice in family.choices if choice.name == ref.name), None)
        if choice is None:
            return
        sheet.blank()
        if isinstance(choice.value, Preset):
            _preset(sheet, choice.value)
        else:
            sheet.value(choice.key or "choice", choice.value, choice.place.location)
    elif ref.kind == "alias" and ref.name in family.aliases:
        alias = family.aliases[ref.name]
        sheet.heading("stands for", "the first served entry" if alias.is_list else "")
        for target in alias.targets:
            sheet.text((target, ""))
    elif ref.kind == "waterfall" and ref.name in family.waterfalls:
        waterfall = family.waterfalls[ref.name]
        sheet.heading("tries in order")
        for index, entry in enumerate(waterfall.entries):
            sheet.text((f"{index + 1}  ", "dim"), (entry, ""))


def _preset(sheet: Sheet, preset: Preset) -> None:
    for key, value in preset.fields.items():
        location = preset.place.at(key).location
        # What it names is the next step of the trail, unless another layer says so.
        if key != preset.handle_key or sheet.near(location):
            sheet.value(key, value, location)


def _says_dead(sheet: Sheet, ref: ItemRef) -> bool:
    """Whether a problem repeats the status line."""
    return sheet.view.problems[ref].diagnostic in deck_codes.STATUS_SAYS


NAMING = frozenset({"pipe", "choice", "preset", "alias", "waterfall", "model"})
_PASSED = "passed over: "


def draw_trail(sheet: Sheet, resolution: Resolution, *, full: bool = False) -> None:
    """Add the trail of a resolution to a sheet. The trail of a model leaves out the steps that its sheet has anyway,
    unless it is to be `full`.
    """
    names = 0
    for step in sheet.view.report.trail(resolution):
        if not full and resolution.kind == "model" and step.kind in ("model", "spec"):
            names = 1
            continue
        if step.kind in NAMING and not step.note.startswith(_PASSED):
            _name(sheet, step, resolution, "  " * (names - 1) + "└ " if names else "")
            names += 1
        else:
            _below(sheet, step, resolution, "  " * max(names - 1, 0))
    if sheet.view.lives is not None:
        from tui.inspector.published import life_line  # after the first screen

        life_line(sheet, resolution.spec, "  " * max(names - 1, 0))
    if not names:
        sheet.text(("nothing to follow", "dim"))
    elif resolution.unresolved is not None and resolution.unresolved.code == UnresolvedCode.MODEL_UNKNOWN:
        sheet.text(("  " * (names - 1), ""), ("no backend declares it", "bad"))


def _end(resolution: Resolution) -> str:
    """The name at which a dead trail ends."""
    return resolution.unresolved.names[-1] if resolution.unresolved is not None and resolution.unresolved.names else ""


def _live_sign(sheet: Sheet, resolution: Resolution, sign: str, failed: str = "") -> Run:
    """The sign of a step that is in order here; after a live check that failed it is not green, or `failed`."""
    failure = sheet.view.live_results.failure(resolution.spec)
    if failure is None:
        return sign, "good"
    return (failed, "warn" if failure.temporary else "bad") if failed else (sign, "")


def _name(sheet: Sheet, step: Step, resolution: Resolution, lead: str) -> None:
    """A name of the trail: the first at the left, each further name below its predecessor."""
    view = sheet.view
    ref = view.reference(step.kind, resolution.family, step.name)
    runs: list[Run] = [(lead, "dim"), (view.title(ref) if ref is not None else step.name, "accent")]
    if step.kind in ("choice", "pipe") and step.note:
        runs.append((f" = {step.note}", "dim"))
    sheet.with_place(runs, view.location_text(step.location) if step.kind != "model" else "", link=ref)


def _below(sheet: Sheet, step: Step, resolution: Resolution, indent: str) -> None:
    """A step below the last name: a rule that matches or loses, the backend, a name passed over."""
    view = sheet.view
    place = view.location_text(step.location)
    note = plain(step.note)
    if step.note.startswith(_PASSED):
        ref = view.reference("model", resolution.family, step.name)
        sheet.text((indent, ""), (f"x {step.name}", "bad"), (f"  {note}", "dim"), link=ref, hang=2)
    elif step.kind == "route":
        won = resolution.spec is not None
        sign: Run = _live_sign(sheet, resolution, "+ ") if won else ("x ", "bad")
        backend = resolution.spec.backend if resolution.spec is not None else note.partition("-> ")[2].partition(",")[0]
        ref = view.route(step.name, backend)
        sheet.with_place(((indent, ""), sign, (step.name, "accent")), place, link=ref)
        note = note.replace(f", which does not declare {_end(resolution)}", " does not declare it")
        sheet.text((f"{indent}  {note}", "" if won else "bad"))
    elif step.kind == "refused":
        sheet.with_place(((indent, ""), ("/ ", "bad"), (f"refused: {step.name}", "bad")), place)
        sheet.text((f"{indent}  {note}", "bad"))
    elif step.kind == "lost":
        sheet.with_place(((indent, ""), ("- ", "dim"), (step.name, "dim")), place, link=view.route(step.name, ""))
        sheet.text((f"{indent}  {note}", "dim"))
    elif step.kind == "backend":
        spec = resolution.spec
        good = spec is not None and sheet.view.report.resolver.is_callable(spec)
        ref = ItemRef("backend", "", step.name)
        sign = _live_sign(sheet, resolution, "+ ", "x ") if good else ("o ", "warn")
        sheet.with_place(((indent, ""), sign, (step.name, "accent")), place, link=ref)
        sheet.text((f"{indent}  {note}", "" if good else "warn"))
    elif step.kind == "candidate":
        ref = ItemRef("backend", "", step.name)
        state = " declares it, off" if note.endswith("off") else " declares it, not used"
        sheet.with_place(((indent, ""), ("- ", "dim"), (step.name, "accent"), (state, "dim")), place, link=ref)
    elif step.kind == "spec":
        sheet.with_place(((indent, ""), _live_sign(sheet, resolution, "= ", "x "), (step.name, "")), place)
        # Price and limit; the sdk that stands before them is among the fields.
        sheet.text((f"{indent}  {note.partition(', ')[2]}", "dim"))
    elif step.kind == "call":
        fails = note.startswith(CALL_FAILS)
        sheet.text(
            (indent, ""), ("x " if fails else "> ", "bad" if fails else "dim"), (step.name or "no address", "dim")
        )
        if fails:
            sheet.text((f"{indent}  {note}", "bad"))
