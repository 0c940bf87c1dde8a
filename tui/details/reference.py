"""What the inspector says of a name of the deck: whether it can be used, its whole trail, its fields, who uses it."""

from __future__ import annotations

from core.entities import Preset
from core.masking import shown_value
from core.resolution import Resolution, Status
from tui.details.sheet import Sheet
from tui.details.trail import draw_trail
from tui.facts import Facts
from tui.things import Thing
from tui.words import STATUS_SIGNS, STATUS_TONES, plain


def reference_sheet(facts: Facts, thing: Thing, width: int) -> Sheet:
    """A preset, alias, waterfall or choice."""
    resolution = facts.references[thing]
    out = Sheet(facts, width, ((f"{thing.kind}  ", "dim"), (f"{thing.family} / {thing.name}", "heading")))
    status_lines(out, resolution)
    out.blank()
    draw_trail(out, resolution)
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
    if resolution.spec is None:
        message = plain(resolution.death.message) if resolution.death is not None else "it ends at nothing"
        return message if resolution.status is Status.DEAD else f"its backend lists its models on a server ({message})"
    spec = resolution.spec
    if resolution.status is Status.CALLABLE:
        return f"{spec.handle} at {spec.backend}"
    missing = [item.name for item in out.facts.variables(spec.backend) if item.state.value != "set"]
    return f"{spec.handle} at {spec.backend}, but not set here: {', '.join(missing) or 'a variable'}"


def _fields(out: Sheet, thing: Thing) -> None:
    family = out.facts.catalog.families.get(thing.family)
    if family is None:
        return
    if thing.kind == "preset" and thing.name in family.presets:
        out.heading("settings")
        _preset(out, family.presets[thing.name])
    elif thing.kind == "choice":
        choice = next((choice for choice in family.choices if choice.name == thing.name), None)
        if choice is None:
            return
        out.heading("settings")
        if isinstance(choice.value, Preset):
            _preset(out, choice.value)
        else:
            out.field(choice.key or "choice", shown_value("", choice.value), out.facts.where(choice.place.location))
    elif thing.kind == "alias" and thing.name in family.aliases:
        alias = family.aliases[thing.name]
        out.heading("stands for", "the first that is served" if alias.is_list else "")
        for target in alias.targets:
            out.with_place(((target, ""),), out.facts.where(alias.place.location))
    elif thing.kind == "waterfall" and thing.name in family.waterfalls:
        waterfall = family.waterfalls[thing.name]
        out.heading("tries in turn")
        for index, entry in enumerate(waterfall.entries):
            out.with_place(((f"{index + 1}  ", "dim"), (entry, "")), out.facts.where(waterfall.place.location))


def _preset(out: Sheet, preset: Preset) -> None:
    for key, value in preset.fields.items():
        out.value(key, value, preset.place.at(key).location)


def _says_dead(out: Sheet, thing: Thing) -> bool:
    """Whether a problem only says what the status line said."""
    return out.facts.problems[thing].code.endswith("-dead")
