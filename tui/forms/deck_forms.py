"""The forms of the deck: presets, aliases, waterfalls, choices with their overrides and settings."""

from __future__ import annotations

from collections.abc import Mapping

from core.edits.address_edits import SetValueAt, UnsetAt
from core.edits.alias_edits import InsertEntry, MoveEntry, RemoveEntry, ReplaceEntry, SetTarget
from core.edits.choice_edits import OFF, SetChoiceDefault, SetChoiceOverride, SetDeckSetting
from core.edits.deck_entries import DeckPlaces
from core.edits.intent import Intent
from core.edits.layer_edits import ResetToBase
from core.edits.preset_edits import SetPresetField, UnsetPresetField
from core.entities import GLOBAL, Alias, ModelSpec, Preset
from core.files.outline import dotted
from core.layers import Layers, layers_at, settings_of
from core.mentions import Node
from tui.forms.field_descriptions import FIELDS
from tui.forms.form_fields import Field, FieldFactory, Form, origin_of, shown_text
from tui.forms.model_choices import model_choices
from tui.labels import STATUS_SYMBOLS, STATUS_TONES
from tui.selection import ItemRef
from tui.view_model import ViewModel
from tui.widgets.runs import Runs

ADD = "add"
"""The key of the line that adds an entry."""


def deck_form(view: ViewModel, ref: ItemRef) -> Form:
    """The form of a name of the deck."""
    title: Runs = ((f"{ref.kind}  ", "dim"), (f"{ref.family} / {ref.name}", "heading"))
    return Form(title, _fields(view, ref), (_status(view, ref),))


def _fields(view: ViewModel, ref: ItemRef) -> list[Field]:
    family = view.catalog.families[ref.family]
    if ref.kind == "preset":
        return _preset(view, family.presets[ref.name])
    if ref.kind == "alias" and not family.aliases[ref.name].is_list:
        return [_target(view, family.aliases[ref.name])]
    if ref.kind == "choice":
        return _choice(view, ref)
    entries = family.aliases[ref.name].targets if ref.kind == "alias" else family.waterfalls[ref.name].entries
    return _entries(view, ref, entries)


def _status(view: ViewModel, ref: ItemRef) -> Runs:
    resolution = view.references[ref]
    spec, tone = resolution.spec, STATUS_TONES[resolution.status]
    end = f"  {spec.handle} at {spec.backend}" if spec is not None else "  it ends at no model that is served"
    return ((f"{STATUS_SYMBOLS[resolution.status]} {resolution.status.value}", tone), (end, ""))


def now_at(view: ViewModel, ref: ItemRef) -> ModelSpec | None:
    """The model at which a reference ends; of a dead one the model that it would end at."""
    resolution = view.references.get(ref)
    if resolution is None or resolution.spec is not None:
        return resolution.spec if resolution is not None else None
    name = resolution.hops[-1].name if resolution.hops else ""
    return next(iter(view.catalog.declared.get(name, ())), None)


def space(view: ViewModel, ref: ItemRef) -> str:
    """The family whose models an item may name; in the one space of old decks that of the model it ends at."""
    if ref.family != GLOBAL:
        return ref.family
    spec = now_at(view, ref)
    return view.model_ref(spec).family if spec is not None else "llm"


def _layers(view: ViewModel, ref: ItemRef) -> Mapping[str, Layers]:
    return {layers.key: layers for layers in settings_of(view.report, Node(ref.kind, ref.family, ref.name))}


def _preset(view: ViewModel, preset: Preset) -> list[Field]:
    ref = ItemRef("preset", preset.family, preset.name)
    places = DeckPlaces(view.catalog.behaviours)
    rules = places.section(preset.family).preset.fields_of(view.report.release)
    layers = _layers(view, ref)

    def unset(key: str) -> Intent:
        real = [layer for layer in layers[key].stack if layer.place is not None] if key in layers else []
        if len(real) > 1:
            return ResetToBase(dotted(("deck", *places.presets(preset.family), preset.name, key)))
        return UnsetPresetField(preset.family, preset.name, key)

    shaped = FieldFactory(
        view, preset.fields, layers, lambda key, value: SetPresetField(preset.family, preset.name, key, value), unset
    )
    model = places.model_key(preset.family)
    order = [model, *(key for key in rules if key != model), *(key for key in preset.fields if key not in rules)]
    now = now_at(view, ref)
    return [
        shaped.field(
            key, rules.get(key), picks=(lambda: model_choices(view, preset.family, now)) if key == model else None
        )
        for key in order
    ]


def _target(view: ViewModel, alias: Alias) -> Field:
    ref = ItemRef("alias", alias.family, alias.name)
    family, now = space(view, ref), now_at(view, ref)
    [target] = alias.targets or ("",)
    layers = next(iter(_layers(view, ref).values()), None)
    return Field(
        "target",
        "stands for",
        target,
        target,
        origin_of(view, layers),
        "a model, or another alias or waterfall",
        set=lambda value: SetTarget(family, alias.name, str(value)),
        picks=lambda: model_choices(view, family, now, without=view.references[ref].reference),
        value=target,
    )


def _entries(view: ViewModel, ref: ItemRef, entries: tuple[str, ...]) -> list[Field]:
    family, now = space(view, ref), now_at(view, ref)
    own = view.references[ref].reference
    layers = next(iter(_layers(view, ref).values()), None)
    origin = origin_of(view, layers)

    def pick() -> list:  # type: ignore[type-arg]
        return model_choices(view, family, now, without=own)

    def field(index: int, entry: str) -> Field:
        return Field(
            f"{index}",
            f"{index + 1}",
            entry,
            entry,
            origin,
            "tried in this order; J and K move it, x takes it out",
            set=lambda value: ReplaceEntry(family, ref.name, index, str(value)),
            unset=RemoveEntry(family, ref.name, index),
            picks=pick,
            move=lambda by: MoveEntry(family, ref.name, index, index + by) if 0 <= index + by < len(entries) else None,
            value=entry,
        )

    add = Field(
        ADD,
        "add one",
        about="tried last",
        set=lambda value: InsertEntry(family, ref.name, str(value)),
        picks=pick,
    )
    return [*(field(index, entry) for index, entry in enumerate(entries)), add]


def _choice(view: ViewModel, ref: ItemRef) -> list[Field]:
    family, key = ref.family, ref.name.partition("/")[2]
    section = view.catalog.families[family]
    places = DeckPlaces(view.catalog.behaviours)
    found = {choice.kind: choice for choice in section.choices if choice.key == key}
    now = now_at(view, ref)
    out: list[Field] = []
    for kind in ("default", "override") if places.has_overrides(family) else ("default",):
        choice = found.get(kind)
        value = choice.value if choice is not None else ""
        layers = layers_at(view.report, choice.place) if choice is not None else None
        if choice is not None and isinstance(value, Preset):
            out += _inline(view, value, dotted(("deck", *choice.place.path)), family)
            continue
        text = str(value) if value != OFF else ""
        make = SetChoiceDefault if kind == "default" else SetChoiceOverride
        out.append(
            Field(
                kind,
                kind,
                text or "(none)",
                text,
                origin_of(view, layers) if layers is not None else "",
                "what a step gets that names no model" if kind == "default" else "what every step gets in its place",
                set=lambda new, make=make: make(family, key, str(new)),  # type: ignore[misc]
                unset=SetChoiceOverride(family, key, None) if kind == "override" and text else None,
                picks=lambda: model_choices(view, family, now, presets=True),
                value=value,
            )
        )
    return [*out, *_settings(view, places, family)]


def _inline(view: ViewModel, preset: Preset, address: str, family: str) -> list[Field]:
    """The settings that a choice has in place of a reference."""
    rules = DeckPlaces(view.catalog.behaviours).section(family).preset.fields_of(view.report.release)
    shaped = FieldFactory(
        view,
        preset.fields,
        {},
        lambda key, value: SetValueAt(f"{address}.{key}", value),
        lambda key: UnsetAt(f"{address}.{key}"),
    )
    return [shaped.field(key, rules.get(key)) for key in dict.fromkeys((*rules, *preset.fields))]


def _settings(view: ViewModel, places: DeckPlaces, family: str) -> list[Field]:
    out = []
    section = view.catalog.families[family]
    for rule in places.settings(family).values():
        value = section.settings.get(rule.name)
        shaped = FieldFactory(
            view,
            section.settings,
            {},
            lambda key, new: SetDeckSetting(family, key, new),
            lambda key: UnsetAt(dotted(("deck", family, key))),
        )
        shown, text = shown_text(rule.name, value)
        made = shaped.field(rule.name, rule)
        out.append(
            Field(
                made.key,
                made.label,
                shown,
                text,
                "",
                FIELDS.get(rule.name, "for models that are named without a preset"),
                made.takes,
                made.test,
                made.set,
                None,
                made.picks,
                value=value,
            )
        )
    return out
