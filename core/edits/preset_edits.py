"""Edits of presets, with the checks of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.constraints import fixed_temperature
from core.dialects.field_values import describe
from core.dialects.table_schema import Fault, TableSchema
from core.edits.deck_entries import DeckEdit, EntryEdit
from core.edits.edit_session import EditSession
from core.edits.entry_names import wrong_value
from core.edits.intent import EditLayer, EditRefusedError
from core.edits.reference_text import model_reference
from core.edits.reference_updates import delete_entry
from core.entities import ModelSpec, as_float
from core.mentions import HANDLE_KEYS
from core.records import dataclass
from core.references import Kind, written
from core.suggest import did_you_mean

Settings = tuple[tuple[str, object], ...]
"""Keys of a preset with their values, such as `(("temperature", 0.3), ("max_tokens", "auto"))`."""


@dataclass(frozen=True, slots=True)
class AddPreset(EntryEdit, label="add preset {0.name}"):
    """Add a preset for a model. What the release requires and `settings` lack gets the deck's default, with a note."""

    model: str
    settings: Settings = ()

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        deck.check_new(Kind.PRESET, self.family, self.name)
        family = deck.places.home(Kind.PRESET, self.family)
        fields: dict[str, object] = {deck.places.model_key(family): model_reference(session, self.model, family)}
        for key, value in self.settings:
            fields[field_named(deck, family, key)] = value
        if family == "llm" and "temperature" not in fields:
            fields["temperature"] = _usual_temperature(session)
            session.note(f"temperature defaults to {fields['temperature']}")
        check_fields(deck, family, self.name, fields)
        deck.put(Kind.PRESET, family, self.name, fields)
        note_fit(session, family, fields, str(fields[deck.places.model_key(family)]))


def _usual_temperature(session: EditSession) -> object:
    """The temperature of models without a preset: the setting of the deck, or that of Pipelex up to 0.17."""
    family = session.report.catalog.families.get("llm")
    setting = family.settings.get("default_temperature") if family is not None else None
    return setting if isinstance(setting, int | float) and not isinstance(setting, bool) else 0.7


@dataclass(frozen=True, slots=True)
class SetPresetField(EntryEdit, label="set {0.key} of preset {0.name}"):
    """Give one key of a preset a value. Of two keys that exclude each other, the one that is set stays."""

    key: str
    value: object

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        preset = deck.preset(self.family, self.name)
        key = field_named(deck, preset.family, self.key)
        if key == deck.places.model_key(preset.family):
            SetPresetModel(preset.family, self.name, str(self.value)).apply(session)
            return
        fields = {**preset.fields, key: self.value}
        for other_key in EXCLUSIVE.get(key, ()):
            if fields.pop(other_key, None) is not None:
                _give_way(deck, preset.family, self.name, other_key, key)
        check_fields(deck, preset.family, self.name, fields, key)
        entry = deck.keys(Kind.PRESET, preset.family, self.name)
        deck.files.put_field(entry, key, self.value, family=deck.file_family(preset.family))
        note_fit(session, preset.family, {key: self.value}, preset.reference)


def _give_way(deck: DeckEdit, family: str, name: str, key: str, winner: str) -> None:
    """Remove a key that excludes another."""
    keys = (*deck.keys(Kind.PRESET, family, name), key)
    managed = [path for path in deck.files.paths_with(keys) if not deck.files.is_own(path)]
    if managed and deck.session.layer is not EditLayer.BASE:
        shown = deck.session.shown(managed[0])
        raise EditRefusedError(
            f"`{winner}` and `{key}` exclude each other, and no other file can remove `{key}` from {shown}.",
            f"Change the preset in {shown}, or duplicate it and set `{winner}` in the copy.",
            layers=(EditLayer.BASE,),
        )
    deck.files.drop(keys, f"`{key}`")
    deck.session.note(f"`{key}` is removed: it excludes `{winner}`")


@dataclass(frozen=True, slots=True)
class UnsetPresetField(EntryEdit, label="unset {0.key} of preset {0.name}"):
    """Take a key out of a preset."""

    key: str

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        preset = deck.preset(self.family, self.name)
        key = self.key if self.key in preset.fields else field_named(deck, preset.family, self.key)
        shape = deck.places.section(preset.family).preset.fields_of(session.report.release)
        keys = (*deck.keys(Kind.PRESET, preset.family, self.name), key)
        if key in shape and shape[key].required and len(deck.files.paths_with(keys)) < 2:
            raise EditRefusedError(f"A preset needs `{key}`.", "Give it another value.")
        if key not in preset.fields:
            raise EditRefusedError(f"Preset `{self.name}` does not set `{key}`.", "Check the key.")
        deck.files.drop(keys, f"`{key}` of preset `{self.name}`")


@dataclass(frozen=True, slots=True)
class SetPresetModel(EntryEdit, label="point preset {0.name} at {0.reference}"):
    """Point a preset at another model, alias or waterfall."""

    reference: str

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        preset = deck.preset(self.family, self.name)
        text = model_reference(session, self.reference, preset.family)
        entry = deck.keys(Kind.PRESET, preset.family, self.name)
        key = deck.places.model_key(preset.family)
        deck.files.put_field(entry, key, text, family=deck.file_family(preset.family))
        note_losses(session, preset.family, preset.reference, text)
        note_fit(session, preset.family, preset.fields, text)


@dataclass(frozen=True, slots=True)
class DuplicatePreset(EntryEdit, label="duplicate preset {0.name} as {0.new}"):
    """Copy a preset, whole, under a new name, with some settings changed; `model` may be among them."""

    new: str
    changes: Settings = ()

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        preset = deck.preset(self.family, self.name)
        family = preset.family
        deck.check_new(Kind.PRESET, family, self.new)
        fields = dict(preset.fields)
        for name, value in self.changes:
            key = field_named(deck, family, name)
            for other_key in EXCLUSIVE.get(key, ()):
                fields.pop(other_key, None)
            is_model = key == deck.places.model_key(family)
            fields[key] = model_reference(session, str(value), family) if is_model else value
        check_fields(deck, family, self.new, fields)
        deck.put(Kind.PRESET, family, self.new, fields)
        changed = {key: value for key, value in fields.items() if preset.fields.get(key) != value}
        note_fit(session, family, changed, str(fields.get(deck.places.model_key(family), "")))


@dataclass(frozen=True, slots=True)
class DeletePreset(EntryEdit, label="delete preset {0.name}"):
    """Delete a preset. Choices that name it are made to name `instead`, without which one in use is not deleted."""

    instead: str | None = None

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        family = deck.preset(self.family, self.name).family
        other_presets = [name for name in session.report.catalog.families[family].presets if name != self.name]
        text = written(Kind.PRESET, other_presets[0], deck.places.behaviours) if other_presets else None
        offer = DeletePreset(family, self.name, text) if text is not None else None
        delete_entry(deck, Kind.PRESET, family, self.name, self.instead, offer)


EXCLUSIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "quality": ("nb_steps",),
    "nb_steps": ("quality",),
    "reasoning_effort": ("reasoning_budget",),
    "reasoning_budget": ("reasoning_effort",),
}
"""Keys of a preset that exclude each other."""


def field_named(deck: DeckEdit, family: str, key: str) -> str:
    """The release's own key for a preset's field. Raises EditRefusedError when it knows none of that name."""
    preset_fields = deck.places.section(family).preset.fields_of(deck.places.behaviours.release)
    if key in preset_fields:
        return key
    if key in HANDLE_KEYS:
        return deck.places.model_key(family)
    raise unknown_key(key, deck.places.section(family).preset, deck)


def unknown_key(key: str, shape: TableSchema, deck: DeckEdit) -> EditRefusedError:
    """The refusal of a key that the release does not know."""
    release = deck.places.behaviours.release
    preset_fields = shape.fields_of(release)
    elsewhere = [rule for rule in shape.fields if rule.name == key]
    when = ""
    if elsewhere:
        until = elsewhere[-1].until
        when = f"; it is known from {elsewhere[0].since} " + ("on" if until == "9999" else f"to {until}")
    return EditRefusedError(
        f"Pipelex {release} knows no key `{key}` of {shape.label}s{when}.",
        did_you_mean(key, preset_fields) or f"The keys are: {', '.join(preset_fields)}.",
    )


def check_fields(deck: DeckEdit, family: str, name: str, fields: Mapping[str, object], key: str | None = None) -> None:
    """Raise EditRefusedError when a release would refuse a preset of these fields; with `key` only that one counts."""
    schema = deck.places.section(family).preset
    for fault in schema.validate(fields, deck.places.behaviours.release):
        if key in (None, fault.path[0]):
            raise _refusal(deck, schema, name, fault)
    # From 0.11 to 0.81 any other text or a fraction loads, and silently means no limit.
    value = fields.get("max_tokens", "auto")
    if key in (None, "max_tokens") and value != "auto" and not isinstance(value, int):
        raise EditRefusedError(
            f'`max_tokens` is {describe(value)}, expected an integer or "auto".', 'Write a number, or "auto".'
        )


def _refusal(deck: DeckEdit, shape: TableSchema, name: str, fault: Fault) -> EditRefusedError:
    key = str(fault.path[0])
    if fault.kind == "unknown":
        return unknown_key(key, shape, deck)
    if fault.kind == "missing":
        return EditRefusedError(f"Preset `{name}` needs `{key}`.", "Give it a value.")
    return wrong_value(f"`{key}` of preset `{name}`", fault.value, fault.expected)


def note_losses(session: EditSession, family: str, old: str, new: str) -> None:
    """Note capabilities that are lost by a change from one model to another."""
    resolver = session.report.resolver
    before, after = resolver.text(old, family).spec, resolver.text(new, family).spec
    if before is None or after is None or before == after:
        return
    for key, verb in (("inputs", "takes"), ("outputs", "gives")):
        lost = [name for name in before.names(key) if name not in after.names(key)]
        if lost:
            session.note(f"`{after.handle}` {verb} no {' and no '.join(lost)}, as `{before.handle}` does")


def note_fit(session: EditSession, family: str, fields: Mapping[str, object], reference: str) -> None:
    """Note settings of a preset that exceed the limits of its model."""
    spec = session.report.resolver.text(reference, family).spec
    if spec is None:
        return
    requested = fields.get("max_tokens")
    limit = spec.max_tokens
    if isinstance(requested, int) and not isinstance(requested, bool) and limit is not None and requested > limit:
        session.note(f"it sets max_tokens to {requested}, but `{spec.handle}` gives at most {limit}")
    _note_temperature(session, fields, spec)


def _note_temperature(session: EditSession, fields: Mapping[str, object], spec: ModelSpec) -> None:
    requested, fixed = fields.get("temperature"), fixed_temperature(session.report.catalog, spec)
    if (
        not isinstance(requested, int | float)
        or isinstance(requested, bool)
        or fixed is None
        or as_float(requested) == fixed
    ):
        return
    session.note(f"it sets temperature {requested:g}, but `{spec.handle}` always uses {fixed:g}")
