"""A trail drawn as a tree: each step below the one that led to it, with its place, each a link to what it names."""

from __future__ import annotations

from core.diagnostics.unresolved import UnresolvedCode
from core.resolution import Resolution
from core.trail import Step
from tui.inspector.sheet import Sheet
from tui.labels import plain
from tui.selection import ItemRef
from tui.widgets.runs import Run

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
