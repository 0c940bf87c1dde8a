"""Choices: what a pipe gets that names no model, and what a release makes of the text that says so."""

from __future__ import annotations

from collections.abc import Callable

from core.entities import Choice
from core.references import Kind, Reference, is_empty_reference, parse_reference, written
from core.releases import Behaviours
from core.resolution.ends import Hop, Target, Unresolved
from core.resolution.names import Names

Follow = Callable[[str, str, list[Hop]], Target]
"""Follows a reference in a family, leaving hops."""


def switched_off(choice: Choice, behaviours: Behaviours) -> bool:
    """Whether an override says that there is none.

    Up to 0.17 the text `disabled`; from 0.18 on any reference whose name is `disabled`, whatever its kind.
    """
    if choice.kind != "override" or not isinstance(choice.value, str):
        return False
    if not behaviours.sigils:
        return choice.value == "disabled"
    return parse_reference(choice.value).name == "disabled"


def follow_choice(names: Names, text: str, family: str, hops: list[Hop], follow: Follow) -> tuple[str, Target]:
    """A choice given as text: what it is depends on the release (section 11 of the reading rules)."""
    rule = names.behaviours.choice_strings
    section = names.catalog.families.get(family)
    preset = section.presets.get(text) if section is not None else None
    if rule != "sigils":
        if preset is not None:
            hops.append(Hop(Kind.PRESET, preset.name, preset.place))
            return preset.reference, follow(preset.reference, family, hops)
        if rule == "presets" or not names.plain_defined(text):
            return text, Target(None, names.unknown_choice(text, family, rule), raised=True)
        return text, follow(text, family, hops)
    if is_empty_reference(text):
        return text, Target(
            None, Unresolved("empty-reference", "the reference is empty", "ModelReferenceParseError"), True
        )
    parsed = parse_reference(text)
    return _reference(names, parsed, family, hops, follow)


def _reference(names: Names, parsed: Reference, family: str, hops: list[Hop], follow: Follow) -> tuple[str, Target]:
    section = names.catalog.families.get(family)
    if parsed.kind is Kind.PRESET:
        preset = section.presets.get(parsed.name) if section is not None else None
        if preset is None:
            return parsed.text, Target(None, names.undefined(parsed, family), raised=True)
        hops.append(Hop(Kind.PRESET, preset.name, preset.place))
        return preset.reference, follow(preset.reference, family, hops)
    if not names.chosen(parsed, family):
        return parsed.text, Target(None, names.undefined(parsed, family), raised=True)
    lookup = _lookup(names, parsed, family, hops)
    return lookup, follow(lookup, family, hops)


def _lookup(names: Names, parsed: Reference, family: str, hops: list[Hop]) -> str:
    """The text Pipelex looks up for a choice: an alias's target; up to 0.77 a bare name for `~w` and `handle:x`."""
    section = names.catalog.families.get(family)
    if parsed.kind is Kind.ALIAS and section is not None:
        alias = section.aliases[parsed.name]
        hops.append(Hop(Kind.ALIAS, alias.name, alias.place))
        return alias.targets[0]
    if names.behaviours.index == "name" or not parsed.explicit:
        return parsed.name
    if parsed.kind is Kind.MODEL:
        again = parse_reference(parsed.name)
        return parsed.text if again.explicit or again.name != parsed.name else parsed.name
    return written(parsed.kind, parsed.name, names.behaviours)
