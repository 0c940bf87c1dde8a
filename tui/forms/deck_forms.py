"""The forms of the deck: presets, aliases, waterfalls, choices with their overrides and settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from core.edits.address_edits import SetValueAt, UnsetAt
from core.edits.alias_edits import InsertEntry, MoveEntry, RemoveEntry, ReplaceEntry, SetTarget
from core.edits.choice_edits import OFF, SetChoiceDefault, SetChoiceOverride, SetDeckSetting
from core.edits.deck_entries import DeckPaths
from core.edits.intent import Intent
from core.edits.layer_edits import ResetToBase
from core.edits.preset_edits import SetPresetField, UnsetPresetField
from core.edits.refused_settings import WithSettings
from core.entities import GLOBAL, ModelSpec, Preset
from core.files.outline import dotted
from core.layers import Layers, layers_at, settings_of
from core.mentions import Node
from tui.forms.form_fields import Field, FieldFactory, Form, entry_fields, file_layers, value_origin
from tui.forms.model_choices import model_choices
from tui.panes.pane_spec import status_of
from tui.selection import ItemRef
from tui.view_model import ViewModel


def deck_form(view: ViewModel, ref: ItemRef) -> Form:
    """The form of a name of the deck."""
    resolution = view.references[ref]
    spec, (sign, word, tone) = resolution.spec, status_of(view, resolution)
    end = f"  {spec.handle} at {spec.backend}" if spec is not None else "  resolves to no served model"
    return Form(
        ((f"{ref.kind}  ", "dim"), (f"{ref.family} / {ref.name}", "heading")),
        _fields(view, ref),
        ((f"{sign} {word}", tone), (end, "")),
    )


def _fields(view: ViewModel, ref: ItemRef) -> list[Field]:
    family = view.catalog.families[ref.family]
    if ref.kind == "preset":
        return _preset(view, family.presets[ref.name])
    if ref.kind == "choice":
        return _choice(view, ref)
    entries = family.waterfalls[ref.name].entries if ref.kind == "waterfall" else family.aliases[ref.name].targets
    if ref.kind == "alias" and not family.aliases[ref.name].is_list:
        return [_target(view, ref, entries[0] if entries else "")]
    return _entries(view, ref, entries)


def current_spec(view: ViewModel, ref: ItemRef) -> ModelSpec | None:
    """The model that a reference resolves to; for a dead reference, a declared model of its last name."""
    resolution = view.references.get(ref)
    if resolution is None or resolution.spec is not None:
        return resolution.spec if resolution is not None else None
    name = resolution.hops[-1].name if resolution.hops else ""
    return next(iter(view.catalog.declared.get(name, ())), None)


def model_family(view: ViewModel, ref: ItemRef) -> str:
    """The family whose models an item may name; in old decks, which have no families, that of its current model."""
    if ref.family != GLOBAL:
        return ref.family
    spec = current_spec(view, ref)
    return view.model_ref(spec).family if spec is not None else "llm"


def _layers(view: ViewModel, ref: ItemRef) -> Mapping[str, Layers]:
    return {layers.key: layers for layers in settings_of(view.report, Node(ref.kind, ref.family, ref.name))}


def _preset(view: ViewModel, preset: Preset) -> list[Field]:
    family, name = preset.family, preset.name
    ref = ItemRef("preset", family, name)
    places = DeckPaths(view.catalog.behaviours)
    rules = places.section(family).preset.fields_of(view.report.release)
    layers = _layers(view, ref)

    def unset(key: str) -> Intent:
        if file_layers(layers.get(key)) > 1:
            return ResetToBase(dotted(("deck", *places.presets(family), name, key)))
        return UnsetPresetField(family, name, key)

    factory = FieldFactory(view, preset.fields, layers, partial(SetPresetField, family, name), unset)
    model = places.model_key(family)
    choices = partial(model_choices, view, family, current_spec(view, ref), of=ref)
    named = replace(
        factory.field(model, rules.get(model), choices=choices),
        set=lambda value: WithSettings(SetPresetField(family, name, model, value)),
    )
    return [named, *(factory.field(key, rules.get(key)) for key in {**rules, **preset.fields} if key != model)]


def _target(view: ViewModel, ref: ItemRef, target: str) -> Field:
    family = model_family(view, ref)
    return Field(
        "target",
        "stands for",
        lambda value: WithSettings(SetTarget(family, ref.name, str(value))),
        target,
        value_origin(view, next(iter(_layers(view, ref).values()), None)),
        "a model, or another alias or waterfall",
        choices=partial(model_choices, view, family, current_spec(view, ref), of=ref),
    )


def _entries(view: ViewModel, ref: ItemRef, entries: tuple[str, ...]) -> list[Field]:
    family = model_family(view, ref)
    choices = partial(model_choices, view, family, current_spec(view, ref), of=ref)
    fields = entry_fields(
        entries,
        "",
        value_origin(view, next(iter(_layers(view, ref).values()), None)),
        choices,
        lambda index, value: WithSettings(ReplaceEntry(family, ref.name, index, value)),
        partial(RemoveEntry, family, ref.name),
        partial(MoveEntry, family, ref.name),
    )
    add = Field(
        "add",
        "add an entry",
        lambda value: WithSettings(InsertEntry(family, ref.name, str(value))),
        note="tried last",
        choices=choices,
    )
    return [*fields, add]


def _set_choice(edit: type[SetChoiceDefault | SetChoiceOverride], family: str, key: str, value: object) -> WithSettings:
    return WithSettings(edit(family, key, str(value)))


def _choice(view: ViewModel, ref: ItemRef) -> list[Field]:
    family, key = ref.family, ref.name.partition("/")[2]
    section, places = view.catalog.families[family], DeckPaths(view.catalog.behaviours)
    choices = {choice.kind: choice for choice in section.choices if choice.key == key}
    fields: list[Field] = []
    for kind in ("default", "override") if places.has_overrides(family) else ("default",):
        choice = choices.get(kind)
        if choice is not None and isinstance(choice.value, Preset):
            fields += _inline(view, choice.value, dotted(("deck", *choice.place.path)), family)
            continue
        text = str(choice.value) if choice is not None and choice.value != OFF else ""
        edit: type[SetChoiceDefault | SetChoiceOverride] = SetChoiceDefault if kind == "default" else SetChoiceOverride
        fields.append(
            Field(
                kind,
                kind,
                partial(_set_choice, edit, family, key),
                text,
                value_origin(view, layers_at(view.report, choice.place)) if choice is not None else "",
                "the model of steps that name none" if kind == "default" else "replaces the model of every step",
                unset=SetChoiceOverride(family, key, None) if kind == "override" and text else None,
                choices=partial(model_choices, view, family, current_spec(view, ref), presets=True),
                display=text or "(none)",
            )
        )
    return [*fields, *_settings(view, places, family)]


def _inline(view: ViewModel, preset: Preset, address: str, family: str) -> list[Field]:
    """The fields of a choice that is a table of settings instead of a reference."""
    rules = DeckPaths(view.catalog.behaviours).section(family).preset.fields_of(view.report.release)
    factory = FieldFactory(
        view,
        preset.fields,
        {},
        lambda key, value: SetValueAt(f"{address}.{key}", value),
        lambda key: UnsetAt(f"{address}.{key}"),
    )
    return [factory.field(key, rules.get(key)) for key in dict.fromkeys((*rules, *preset.fields))]


def _settings(view: ViewModel, places: DeckPaths, family: str) -> list[Field]:
    factory = FieldFactory(
        view,
        view.catalog.families[family].settings,
        {},
        partial(SetDeckSetting, family),
        lambda key: UnsetAt(dotted(("deck", family, key))),
    )
    rules = places.settings(family).values()
    return [factory.field(rule.name, rule, note="for models named without a preset") for rule in rules]
