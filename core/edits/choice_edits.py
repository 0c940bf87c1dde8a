"""Edits of choice defaults, choice overrides and deck settings."""

from __future__ import annotations

from core.edits.deck_entries import TEXT_AND_OBJECT, DeckEdit, EntryEdit
from core.edits.edit_session import EditSession
from core.edits.entry_names import wrong_value
from core.edits.intent import EditRefusedError
from core.edits.preset_edits import check_fields, field_named
from core.edits.reference_text import choice_reference, model_reference
from core.entities import Preset
from core.records import dataclass
from core.suggest import did_you_mean
from core.toml.edit.text_layout import Path

OFF = "disabled"
"""The override that is none, in every release."""


@dataclass(frozen=True, slots=True)
class SetChoiceDefault:
    """Set the choice default: the model of pipes that name none.

    `key` is `for_text` or `for_object` for LLMs, `pdf.html` and the like for documents, and empty for other families.
    """

    family: str
    key: str
    reference: str

    @property
    def label(self) -> str:
        return f"set the default {_words(self.family, self.key)} to {self.reference}"

    def apply(self, session: EditSession) -> None:
        deck = DeckEdit.of(session)
        family = deck.places.section(self.family).family
        keys = deck.places.choice(family, "default", self.key)
        _put(deck, keys, choice_reference(session, self.reference, family), family)


@dataclass(frozen=True, slots=True)
class SetChoiceOverride:
    """Set the choice override, which replaces the default for all pipes; None switches it off. LLMs only."""

    family: str
    key: str
    reference: str | None

    @property
    def label(self) -> str:
        name = _words(self.family, self.key)
        return f"override {name} with {self.reference}" if self.reference else f"switch off the override of {name}"

    def apply(self, session: EditSession) -> None:
        deck = DeckEdit.of(session)
        family = deck.places.section(self.family).family
        keys = deck.places.choice(family, "override", self.key)
        if self.reference is None or self.reference == OFF:
            if deck.files.paths_with(keys):
                _put(deck, keys, OFF, family)
            return
        text = choice_reference(session, self.reference, family, override=True)
        _put(deck, keys, text, family)
        # The table needs both keys from the moment on it is there.
        for other_key in TEXT_AND_OBJECT:
            sibling = (*keys[:-1], other_key)
            if not deck.files.paths_with(sibling):
                _put(deck, sibling, OFF, family)


@dataclass(frozen=True, slots=True)
class SetDeckSetting(EntryEdit, label="set {0.name}"):
    """Set a setting of models that are used without a preset: `default_temperature`, `default_quality`."""

    value: object

    def change(self, session: EditSession, deck: DeckEdit) -> None:
        family = deck.places.section(self.family).family
        settings = {str(keys[-1]): (keys, rule) for keys, rule in deck.places.settings(family).items()}
        if self.name not in settings:
            release = session.report.release
            hint = f"Settings: {', '.join(settings)}." if settings else "It has no settings."
            raise EditRefusedError(
                f"Pipelex {release} knows no {family} setting `{self.name}`.", did_you_mean(self.name, settings) or hint
            )
        keys, rule = settings[self.name]
        expected = rule.test(self.value)
        if expected:
            raise wrong_value(f"`{self.name}`", self.value, expected)
        _put(deck, keys, self.value, family)


@dataclass(frozen=True, slots=True)
class SetInlineField:
    """Set one key of a choice that holds inline settings instead of a reference."""

    family: str
    kind: str
    key: str
    name: str
    value: object

    @property
    def label(self) -> str:
        return f"set {self.name} of the {self.kind} {_words(self.family, self.key)}"

    def apply(self, session: EditSession) -> None:
        deck = DeckEdit.of(session)
        family = deck.places.section(self.family).family
        entry = deck.places.choice(family, self.kind, self.key)
        choices = session.report.catalog.families[family].choices
        choice = next((item for item in choices if (item.kind, item.key) == (self.kind, self.key)), None)
        if choice is None or not isinstance(choice.value, Preset):
            raise EditRefusedError("The choice is a reference and has no keys.", "Set the choice itself.")
        name = field_named(deck, family, self.name)
        value = self.value
        if name == deck.places.model_key(family):
            value = model_reference(session, str(value), family)
        check_fields(deck, family, choice.name, {**choice.value.fields, name: value}, name)
        deck.files.put_field(entry, name, value, family=deck.file_family(family))


def _put(deck: DeckEdit, keys: Path, value: object, family: str) -> None:
    deck.files.put(keys, value, family=deck.file_family(family))


def _words(family: str, key: str) -> str:
    return f"{family} {key}" if key else family
