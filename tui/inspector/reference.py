"""What the inspector says of a name of the deck: whether it can be used, its whole trail, its fields, who uses it."""

from __future__ import annotations

from core.diagnostics import deck_codes
from core.diagnostics.unresolved import UnresolvedCode
from core.entities import Preset
from core.resolution import Resolution, Status
from tui.inspector.live import answer_section, tried_line
from tui.inspector.sheet import Sheet
from tui.inspector.trail import draw_trail
from tui.labels import STATUS_SYMBOLS, STATUS_TONES, plain
from tui.selection import ItemRef
from tui.view_model import ViewModel

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
