"""Sigils where nobody would put them. Up to 0.17 they are letters of a name like any other."""

from __future__ import annotations

from ..registry import mutation
from ..scenario import Scenario

FORMS = (
    "@@{alias}",
    "@ {alias}",
    " @{alias} ",
    "@{alias}@",
    "handle:@{alias}",
    "alias:{alias}",
    "alias: {alias}",
    "alias :{alias}",
    "ALIAS:{alias}",
    "alias:@{alias}",
    "@alias:{alias}",
    "preset:{preset}",
    "$$ {preset}",
    "$@{alias}",
    "~{alias}",
    "waterfall:{alias}",
    "@{model}",
    "~{model}",
    "handle:{model}",
    "handle: {model} ",
    " {model} ",
    "handle:handle:{model}",
    "model:{model}",
    "\t{model}",
    "%{model}",
    "{model}@",
)


def odd_reference(s: Scenario) -> str:
    """A reference that exists, written oddly."""
    form = s.rng.choice(FORMS)
    alias = s.rng.choice(s.deck_names("aliases") or ["none"])
    preset = s.rng.choice(s.deck_names("presets") or ["none"])
    return form.format(alias=alias, preset=preset, model=s.an_llm())


@mutation()
def sigil_in_alias_target(s: Scenario) -> str:
    value = odd_reference(s)
    file = s.alias("sigil-target", value)
    s.preset("sigil_preset", "@sigil-target" if s.by_family else "sigil-target", file)
    return repr(value)


@mutation()
def sigil_in_preset(s: Scenario) -> str:
    value = odd_reference(s)
    s.preset("sigil_direct", value)
    return repr(value)


@mutation()
def sigil_in_choice(s: Scenario) -> str:
    value = odd_reference(s)
    s.deck_put([*s.where("choice_defaults"), s.rng.choice(["for_text", "for_object"])], value)
    return repr(value)


@mutation(since=15)
def sigil_in_waterfall(s: Scenario) -> str:
    entries = [odd_reference(s) for _ in range(s.rng.randint(1, 3))]
    file = s.waterfall("sigil-fall", entries)
    s.preset("sigil_fall_preset", s.rng.choice(["~sigil-fall", "sigil-fall", "~ sigil-fall", "@sigil-fall"]), file)
    return str(entries)


@mutation()
def sigil_in_names(s: Scenario) -> str:
    """Names that begin with a sigil or a prefix."""
    name = s.rng.choice(["@at", "$money", "~wave", "alias:named", "handle:named", "preset:named"])
    file = s.alias(name, s.an_llm())
    s.preset("named_preset", s.rng.choice([name, f"@{name}", f"alias:{name}"]), file)
    s.preset(name, s.an_llm(), file)
    return repr(name)


@mutation(breaks=True)
def sigil_in_override(s: Scenario) -> str:
    value = odd_reference(s)
    file = s.deck_put([*s.where("choice_overrides"), "for_text"], value)
    s.deck_put([*s.where("choice_overrides"), "for_object"], "disabled", file)
    return repr(value)


@mutation(breaks=True)
def sigil_alone_in_choice(s: Scenario) -> str:
    value = s.rng.choice(["$", "@", "~", "", " ", "alias:", "preset: "])
    s.deck_put([*s.where("choice_defaults"), "for_text"], value)
    return repr(value)
