"""The sheet of a reference: status, trail as a tree, fields and users."""

from __future__ import annotations

from core.diagnostics import deck_codes
from core.diagnostics.unresolved import UnresolvedCode
from core.entities import Preset
from core.resolution import Resolution, Status
from core.trail import Step
from tui.inspector.live import answer_section, tried_line
from tui.inspector.sheet import Sheet
from tui.labels import STATUS_SYMBOLS, STATUS_TONES, plain
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Run

_TOLD = frozenset({UnresolvedCode.BACKEND_OFF, UnresolvedCode.MODEL_DROPPED, UnresolvedCode.MODEL_UNKNOWN})
"""Deaths whose reason the end of the trail tells, step by step."""


def reference_sheet(view: ViewModel, ref: ItemRef, width: int) -> Sheet:
    """A preset, alias, waterfall or choice."""
    resolution = view.references[ref]
    out = Sheet(view, width, ((f"{ref.kind}  ", "dim"), (f"{ref.family} / {ref.name}", "heading")))
    status_lines(out, resolution)
    tried_line(out, resolution.spec)
    out.blank()
    draw_trail(out, resolution)
    answer_section(out, resolution.spec)
    _fields(out, ref)
    out.links("used by", view.users(ref))
    out.problems(problem for problem in view.problems_of(ref) if not _says_dead(out, problem))
    return out


def status_lines(out: Sheet, resolution: Resolution) -> None:
    """Whether it can be used, and why not."""
    status = resolution.status
    tone = STATUS_TONES[status]
    out.text((f"{STATUS_SYMBOLS[status]} {status.value.upper()}", tone), (f"  {_why(out, resolution)}", ""), hang=2)


def _why(out: Sheet, resolution: Resolution) -> str:
    unresolved = resolution.unresolved
    if resolution.spec is None:
        if unresolved is not None and unresolved.code in _TOLD and resolution.status is Status.DEAD:
            return "its model is served by nobody" if resolution.kind != "model" else "served by nobody"
        message = plain(unresolved.message) if unresolved is not None else "it ends at nothing"
        return message if resolution.status is Status.DEAD else f"its backend lists its models on a server ({message})"
    spec = resolution.spec
    if resolution.status is Status.CALLABLE:
        return f"at {spec.backend}" if resolution.kind == "model" else f"{spec.handle} at {spec.backend}"
    missing = [item.name for item in out.view.variables(spec.backend) if item.state.value != "set"]
    return f"at {spec.backend}, but not set here: {', '.join(missing) or 'a variable'}"


def _fields(out: Sheet, ref: ItemRef) -> None:
    family = out.view.catalog.families.get(ref.family)
    if family is None:
        return
    place = out.view.references[ref].place
    out.home = out.view.where(place.location if place is not None else None)
    if ref.kind == "preset" and ref.name in family.presets:
        out.blank()
        _preset(out, family.presets[ref.name])
    elif ref.kind == "choice":
        choice = next((choice for choice in family.choices if choice.name == ref.name), None)
        if choice is None:
            return
        out.blank()
        if isinstance(choice.value, Preset):
            _preset(out, choice.value)
        else:
            out.value(choice.key or "choice", choice.value, choice.place.location)
    elif ref.kind == "alias" and ref.name in family.aliases:
        alias = family.aliases[ref.name]
        out.heading("stands for", "the first that is served" if alias.is_list else "")
        for target in alias.targets:
            out.text((target, ""))
    elif ref.kind == "waterfall" and ref.name in family.waterfalls:
        waterfall = family.waterfalls[ref.name]
        out.heading("tries in turn")
        for index, entry in enumerate(waterfall.entries):
            out.text((f"{index + 1}  ", "dim"), (entry, ""))


def _preset(out: Sheet, preset: Preset) -> None:
    for key, value in preset.fields.items():
        location = preset.place.at(key).location
        # What it names is the next step of the trail, unless another layer says so.
        if key != preset.handle_key or out.near(location):
            out.value(key, value, location)


def _says_dead(out: Sheet, ref: ItemRef) -> bool:
    """Whether a problem only says what the status line said."""
    return out.view.problems[ref].diagnostic in deck_codes.DEAD.values()


NAMING = frozenset({"choice", "preset", "alias", "waterfall", "model"})
_PASSED = "passed over: "


def draw_trail(out: Sheet, resolution: Resolution, *, whole: bool = False) -> None:
    """Add the trail of a resolution to a sheet. A model's own leaves out what the sheet of a model tells anyway, unless
    it is wanted `whole`.
    """
    names = 0
    for step in out.view.report.trail(resolution):
        if not whole and resolution.kind == "model" and step.kind in ("model", "spec"):
            names = 1
            continue
        if step.kind in NAMING and not step.note.startswith(_PASSED):
            _name(out, step, resolution, "  " * (names - 1) + "└ " if names else "")
            names += 1
        else:
            _below(out, step, resolution, "  " * max(names - 1, 0))
    if not names:
        out.text(("nothing to follow", "dim"))
    elif resolution.unresolved is not None and resolution.unresolved.code == UnresolvedCode.MODEL_UNKNOWN:
        out.text(("  " * (names - 1), ""), ("no backend declares it", "bad"))


def _end(resolution: Resolution) -> str:
    """The name at which a dead trail ends."""
    return resolution.unresolved.names[-1] if resolution.unresolved is not None and resolution.unresolved.names else ""


def _name(out: Sheet, step: Step, resolution: Resolution, lead: str) -> None:
    """A name on the way: the first at the left, each further one hanging from the one before."""
    view = out.view
    ref = view.reference(step.kind, resolution.family, step.name)
    runs: list[Run] = [(lead, "dim"), (view.title(ref) if ref is not None else step.name, "accent")]
    if step.kind == "choice" and step.note:
        runs.append((f" = {step.note}", "dim"))
    out.with_place(runs, view.where(step.location) if step.kind != "model" else "", link=ref)


def _below(out: Sheet, step: Step, resolution: Resolution, indent: str) -> None:
    """What becomes of the last name: the rule that sends it on, those that do not, the backend, what is passed over."""
    view = out.view
    place = view.where(step.location)
    note = plain(step.note)
    if step.note.startswith(_PASSED):
        ref = view.reference("model", resolution.family, step.name)
        out.text((indent, ""), (f"x {step.name}", "bad"), (f"  {note}", "dim"), link=ref, hang=2)
    elif step.kind == "route":
        won = resolution.spec is not None
        backend = resolution.spec.backend if resolution.spec is not None else note.partition("-> ")[2].partition(",")[0]
        ref = view.route(step.name, backend)
        out.with_place(
            ((indent, ""), ("+ " if won else "x ", "good" if won else "bad"), (step.name, "accent")), place, link=ref
        )
        note = note.replace(f", which does not declare {_end(resolution)}", " does not declare it")
        out.text((f"{indent}  {note}", "" if won else "bad"))
    elif step.kind == "lost":
        out.with_place(((indent, ""), ("- ", "dim"), (step.name, "dim")), place, link=view.route(step.name, ""))
        out.text((f"{indent}  {note}", "dim"))
    elif step.kind == "backend":
        good = resolution.status.value == "callable"
        ref = ItemRef("backend", "", step.name)
        sign: Run = ("+ ", "good") if good else ("o ", "warn")
        out.with_place(((indent, ""), sign, (step.name, "accent")), place, link=ref)
        out.text((f"{indent}  {note}", "" if good else "warn"))
    elif step.kind == "candidate":
        ref = ItemRef("backend", "", step.name)
        state = " declares it, off" if note.endswith("off") else " declares it, not asked"
        out.with_place(((indent, ""), ("- ", "dim"), (step.name, "accent"), (state, "warn")), place, link=ref)
    elif step.kind == "spec":
        out.with_place(((indent, ""), ("= ", "good"), (step.name, "")), place)
        # Price and limit; the sdk that stands before them is among the fields.
        out.text((f"{indent}  {note.partition(', ')[2]}", "dim"))
