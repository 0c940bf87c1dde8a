"""Edits of presets: add, duplicate, set a field, point at another model, delete."""

from __future__ import annotations

from collections.abc import Mapping

from core.edits.deck import Deck
from core.edits.deletes import delete_entry
from core.edits.edit_session import EditSession
from core.edits.preset_fields import EXCLUSIVE, check_field, check_fields, field_named
from core.edits.preset_notes import note_fit, note_losses
from core.edits.reference_text import model_reference
from core.edits.refused import EditLayer, EditRefusedError
from core.records import dataclass
from core.references import Kind, written

Settings = tuple[tuple[str, object], ...]
"""Keys of a preset with their values, such as `(("temperature", 0.3), ("max_tokens", "auto"))`."""


@dataclass(frozen=True, slots=True)
class AddPreset:
    """Add a preset for a model. What the release requires and `settings` lack gets the deck's default, with a note."""

    family: str
    name: str
    model: str
    settings: Settings = ()

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"add preset {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        deck.check_new(Kind.PRESET, self.family, self.name)
        family = deck.home(Kind.PRESET, self.family)
        fields: dict[str, object] = {deck.places.model_key(family): model_reference(session, self.model, family)}
        for key, value in self.settings:
            fields[field_named(deck, family, key)] = value
        if family == "llm" and "temperature" not in fields:
            fields["temperature"] = _usual_temperature(session)
            session.note(f"temperature = {fields['temperature']}, as none was given")
        check_fields(deck, family, self.name, fields)
        deck.put(Kind.PRESET, family, self.name, fields)
        note_fit(session, family, fields, str(fields[deck.places.model_key(family)]))


def _usual_temperature(session: EditSession) -> object:
    """The temperature of a model that is named without a preset: the deck's, or Pipelex's own up to 0.17."""
    family = session.report.catalog.families.get("llm")
    given = family.settings.get("default_temperature") if family is not None else None
    return given if isinstance(given, int | float) and not isinstance(given, bool) else 0.7


@dataclass(frozen=True, slots=True)
class SetPresetField:
    """Give one key of a preset a value. Of two keys that exclude each other, the one that is set stays."""

    family: str
    name: str
    key: str
    value: object

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"set {self.key} of preset {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        preset = deck.preset(self.family, self.name)
        key = field_named(deck, preset.family, self.key)
        if key == deck.places.model_key(preset.family):
            SetPresetModel(preset.family, self.name, str(self.value)).apply(session)
            return
        fields = {**preset.fields, key: self.value}
        for other in EXCLUSIVE.get(key, ()):
            if fields.pop(other, None) is not None:
                _give_way(deck, preset.family, self.name, other, key)
        check_field(deck, preset.family, self.name, fields, key)
        entry = deck.keys(Kind.PRESET, preset.family, self.name)
        deck.files.put_field(entry, key, self.value, family=deck.file_family(preset.family))
        note_fit(session, preset.family, {key: self.value}, preset.reference)


def _give_way(deck: Deck, family: str, name: str, key: str, winner: str) -> None:
    """Take out a key that may not stand beside another."""
    keys = (*deck.keys(Kind.PRESET, family, name), key)
    managed = [path for path in deck.files.holders(keys) if not deck.files.own(path)]
    if managed and deck.session.where is not EditLayer.BASE:
        shown = deck.session.shown(managed[0])
        raise EditRefusedError(
            f"`{winner}` and `{key}` exclude each other, and {shown} sets `{key}`, which no other file can take away.",
            f"Change the preset in {shown}, or duplicate it and set `{winner}` in the copy.",
            offers=(EditLayer.BASE,),
        )
    deck.files.drop(keys, f"`{key}`")
    deck.session.note(f"`{key}` is taken out: it may not stand beside `{winner}`")


@dataclass(frozen=True, slots=True)
class UnsetPresetField:
    """Take a key out of a preset."""

    family: str
    name: str
    key: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"unset {self.key} of preset {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        preset = deck.preset(self.family, self.name)
        key = self.key if self.key in preset.fields else field_named(deck, preset.family, self.key)
        shape = deck.places.section(preset.family).preset.fields_of(session.report.release)
        keys = (*deck.keys(Kind.PRESET, preset.family, self.name), key)
        if key in shape and shape[key].required and len(deck.files.holders(keys)) < 2:
            raise EditRefusedError(f"A preset needs `{key}`.", "Give it another value.")
        if key not in preset.fields:
            raise EditRefusedError(f"Preset `{self.name}` does not set `{key}`.", "Look at the keys it has.")
        deck.files.drop(keys, f"`{key}` of preset `{self.name}`")


@dataclass(frozen=True, slots=True)
class SetPresetModel:
    """Point a preset at another model, alias or waterfall."""

    family: str
    name: str
    reference: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"point preset {self.name} at {self.reference}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        preset = deck.preset(self.family, self.name)
        text = model_reference(session, self.reference, preset.family)
        entry = deck.keys(Kind.PRESET, preset.family, self.name)
        key = deck.places.model_key(preset.family)
        deck.files.put_field(entry, key, text, family=deck.file_family(preset.family))
        note_losses(session, preset.family, preset.reference, text)
        note_fit(session, preset.family, preset.fields, text)


@dataclass(frozen=True, slots=True)
class DuplicatePreset:
    """Copy a preset, whole, under a new name, with some settings changed; `model` may be among them."""

    family: str
    name: str
    new: str
    changes: Settings = ()

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"duplicate preset {self.name} as {self.new}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        preset = deck.preset(self.family, self.name)
        family = preset.family
        deck.check_new(Kind.PRESET, family, self.new)
        fields = dict(preset.fields)
        for name, value in self.changes:
            key = field_named(deck, family, name)
            for other in EXCLUSIVE.get(key, ()):
                fields.pop(other, None)
            is_model = key == deck.places.model_key(family)
            fields[key] = model_reference(session, str(value), family) if is_model else value
        check_fields(deck, family, self.new, fields)
        deck.put(Kind.PRESET, family, self.new, fields)
        note_fit(session, family, _changed(fields, preset.fields), str(fields.get(deck.places.model_key(family), "")))


def _changed(new: Mapping[str, object], old: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in new.items() if old.get(key) != value}


@dataclass(frozen=True, slots=True)
class DeletePreset:
    """Delete a preset. Choices that name it are made to name `instead`, without which one in use is not deleted."""

    family: str
    name: str
    instead: str | None = None

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"delete preset {self.name}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        deck = Deck.of(session)
        family = deck.preset(self.family, self.name).family
        others = [name for name in session.report.catalog.families[family].presets if name != self.name]
        text = written(Kind.PRESET, others[0], deck.places.behaviours) if others else None
        offer = DeletePreset(family, self.name, text) if text is not None else None
        delete_entry(deck, Kind.PRESET, family, self.name, self.instead, offer)
