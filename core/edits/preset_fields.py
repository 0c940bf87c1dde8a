"""The keys of presets as an edit may set them: known to the release, of the right type, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.dialects.field_values import describe
from core.dialects.table_schema import Fault, TableSchema
from core.edits.deck import Deck
from core.edits.refused import EditRefusedError
from core.mentions import HANDLE_KEYS
from core.suggest import did_you_mean

EXCLUSIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "quality": ("nb_steps",),
    "nb_steps": ("quality",),
    "reasoning_effort": ("reasoning_budget",),
    "reasoning_budget": ("reasoning_effort",),
}
"""Keys of a preset that may not stand beside each other."""


def field_named(deck: Deck, family: str, key: str) -> str:
    """The release's own key for a preset's field. Raises EditRefusedError when it knows none of that name."""
    known = deck.places.section(family).preset.fields_of(deck.places.behaviours.release)
    if key in known:
        return key
    if key in HANDLE_KEYS:
        return deck.places.model_key(family)
    raise unknown_key(key, deck.places.section(family).preset, deck)


def unknown_key(key: str, shape: TableSchema, deck: Deck) -> EditRefusedError:
    """The refusal of a key that the release does not know."""
    release = deck.places.behaviours.release
    known = shape.fields_of(release)
    elsewhere = [rule for rule in shape.fields if rule.name == key]
    when = ""
    if elsewhere:
        until = elsewhere[-1].until
        when = f"; it is known from {elsewhere[0].since} " + ("on" if until == "9999" else f"to {until}")
    return EditRefusedError(
        f"Pipelex {release} knows no key `{key}` of {shape.label}s{when}.",
        did_you_mean(key, known) or f"The keys are: {', '.join(known)}.",
    )


def check_fields(deck: Deck, family: str, name: str, fields: Mapping[str, object]) -> None:
    """Raises EditRefusedError when a release would refuse a preset of these fields."""
    shape = deck.places.section(family).preset
    for fault in shape.validate(fields, deck.places.behaviours.release):
        raise _refusal(deck, shape, name, fault)
    _check_max_tokens(fields)


def check_field(deck: Deck, family: str, name: str, fields: Mapping[str, object], key: str) -> None:
    """Raises EditRefusedError when a release would refuse one key of a preset, whatever it makes of the others."""
    shape = deck.places.section(family).preset
    for fault in shape.validate(fields, deck.places.behaviours.release):
        if fault.path[0] == key:
            raise _refusal(deck, shape, name, fault)
    if key == "max_tokens":
        _check_max_tokens(fields)


def _check_max_tokens(fields: Mapping[str, object]) -> None:
    # From 0.11 to 0.81 any other text or a fraction loads, and silently means no limit.
    value = fields.get("max_tokens", "auto")
    if value != "auto" and not isinstance(value, int):
        raise EditRefusedError(
            f'`max_tokens` is {describe(value)}, expected an integer or "auto".', 'Write a number, or "auto".'
        )


def _refusal(deck: Deck, shape: TableSchema, name: str, fault: Fault) -> EditRefusedError:
    key = str(fault.path[0])
    if fault.kind == "unknown":
        return unknown_key(key, shape, deck)
    if fault.kind == "missing":
        return EditRefusedError(f"Preset `{name}` needs `{key}`.", "Give it a value.")
    found = describe(fault.value, fault.expected)
    return EditRefusedError(
        f"`{key}` of preset `{name}` would be {found}, expected {fault.expected}.", f"Give {fault.expected}."
    )
