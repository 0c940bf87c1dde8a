"""What the inspector says of a name of the deck: whether it can be used, its whole trail, its fields, who uses it."""

from __future__ import annotations

from core.entities import Preset
from core.resolution import Resolution, Status
from tui.details.live import answer_section, tried_line
from tui.details.sheet import Sheet
from tui.details.trail import draw_trail
from tui.facts import Facts
from tui.things import Thing
from tui.words import STATUS_SIGNS, STATUS_TONES, plain

_TOLD = frozenset({"backend-off", "model-dropped", "model-unknown"})
"""Deaths whose reason the end of the trail tells, step by step."""


def reference_sheet(facts: Facts, thing: Thing, width: int) -> Sheet:
    """A preset, alias, waterfall or choice."""
    resolution = facts.references[thing]
    out = Sheet(facts, width, ((f"{thing.kind}  ", "dim"), (f"{thing.family} / {thing.name}", "heading")))
    status_lines(out, resolution)
    tried_line(out, resolution.spec)
    out.blank()
    draw_trail(out, resolution)
    answer_section(out, resolution.spec)
    _fields(out, thing)
    out.links("used by", facts.users(thing))
    out.problems(problem for problem in facts.problems_of(thing) if not _says_dead(out, problem))
    return out


def status_lines(out: Sheet, resolution: Resolution) -> None:
    """Whether it can be used, and why not."""
    status = resolution.status
    tone = STATUS_TONES[status]
    out.text((f"{STATUS_SIGNS[status]} {status.value.upper()}", tone), (f"  {_why(out, resolution)}", ""), hang=2)


def _why(out: Sheet, resolution: Resolution) -> str:
    death = resolution.death
    if resolution.spec is None:
        if death is not None and death.code in _TOLD and resolution.status is Status.DEAD:
            return "its model is served by nobody" if resolution.kind != "model" else "served by nobody"
        message = plain(death.message) if death is not None else "it ends at nothing"
        return message if resolution.status is Status.DEAD else f"its backend lists its models on a server ({message})"
    spec = resolution.spec
    if resolution.status is Status.CALLABLE:
        return f"at {spec.backend}" if resolution.kind == "model" else f"{spec.handle} at {spec.backend}"
    missing = [item.name for item in out.facts.variables(spec.backend) if item.state.value != "set"]
    return f"at {spec.backend}, but not set here: {', '.join(missing) or 'a variable'}"


def _fields(out: Sheet, thing: Thing) -> None:
    family = out.facts.catalog.families.get(thing.family)
    if family is None:
        return
    place = out.facts.references[thing].place
    out.home = out.facts.where(place.location if place is not None else None)
    if thing.kind == "preset" and thing.name in family.presets:
        out.blank()
        _preset(out, family.presets[thing.name])
    elif thing.kind == "choice":
        choice = next((choice for choice in family.choices if choice.name == thing.name), None)
        if choice is None:
            return
        out.blank()
        if isinstance(choice.value, Preset):
            _preset(out, choice.value)
        else:
            out.value(choice.key or "choice", choice.value, choice.place.location)
    elif thing.kind == "alias" and thing.name in family.aliases:
        alias = family.aliases[thing.name]
        out.heading("stands for", "the first that is served" if alias.is_list else "")
        for target in alias.targets:
            out.text((target, ""))
    elif thing.kind == "waterfall" and thing.name in family.waterfalls:
        waterfall = family.waterfalls[thing.name]
        out.heading("tries in turn")
        for index, entry in enumerate(waterfall.entries):
            out.text((f"{index + 1}  ", "dim"), (entry, ""))


def _preset(out: Sheet, preset: Preset) -> None:
    for key, value in preset.fields.items():
        location = preset.place.at(key).location
        # What it names is the next step of the trail, unless another layer says so.
        if key != preset.handle_key or out.near(location):
            out.value(key, value, location)


def _says_dead(out: Sheet, thing: Thing) -> bool:
    """Whether a problem only says what the status line said."""
    return out.facts.problems[thing].code.endswith("-dead")
