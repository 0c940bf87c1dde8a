"""Edits that set or unset any value by its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.api import Report
from core.dialects.model_schema import BACKEND, FLAT_DEFAULTS, MODEL, header_fault
from core.dialects.routing_reader import PROFILE
from core.dialects.table_schema import Field
from core.edits.addresses import Address, AddressKind, AddressRoot, address_of, parse_address
from core.edits.alias_edits import AddAlias, AddWaterfall, ReplaceEntry, SetEntries, SetTarget
from core.edits.choice_edits import SetChoiceDefault, SetChoiceOverride, SetDeckSetting, SetInlineField
from core.edits.deck_entries import DeckEdit
from core.edits.edit_session import Applied, EditSession, apply_intent
from core.edits.entry_names import wrong_value
from core.edits.intent import Edit, EditRefused, EditRefusedError, Intent
from core.edits.layered_files import LayeredFiles
from core.edits.preset_edits import SetPresetField, UnsetPresetField
from core.entities import ModelSpec
from core.files.view import DISK, View
from core.formatting import counted
from core.layers import is_required, model_layers
from core.records import dataclass
from core.references import Kind
from core.rules.context import KNOWN_KEYS
from core.secret_texts import is_secret_key
from core.suggest import did_you_mean, near
from core.toml.edit.editor import read_data
from core.toml.edit.text_layout import Path
from core.toml.edit.toml_commands import Refusal
from core.variables import placeholders

_MISTYPED = 0.8
"""The similarity from which an unknown key counts as a typo: `api_ky`, but not `region` for `aws_region`."""


def fields_of(report: Report, address: Address) -> Mapping[str, object]:
    """The fields of the table that holds an address, inherited ones included."""
    catalog = report.catalog
    if address.kind is AddressKind.BACKEND:
        return catalog.backends[address.name].fields
    if address.kind is AddressKind.MODEL:
        return spec_at(report, address).fields
    if address.kind is AddressKind.DEFAULTS:
        data = catalog.tree.specs[address.backend].data
        table = data.get("defaults") if address.keys[:1] == ("defaults",) else data
        return table if isinstance(table, Mapping) else {}
    table = catalog.tree.routing.data.get("profiles")
    profile = table.get(address.name) if isinstance(table, Mapping) else None
    return profile if isinstance(profile, Mapping) else {}


def spec_at(report: Report, address: Address) -> ModelSpec:
    """The model spec that an address belongs to."""
    table = address.keys[: len(address.keys) - len(address.field)]
    specs = report.catalog.specs_by_backend.get(address.backend, ())
    return next(spec for spec in specs if spec.place.path == table)


def check_value(report: Report, address: Address, value: object) -> None:
    """Raise EditRefusedError if the release would refuse or ignore a value at an address."""
    key = str(address.field[0])
    rule = _rule(report, address, key, value)
    complete = with_value(fields_of(report, address).get(key), address.field[1:], value)
    if isinstance(complete, str) and placeholders(complete):
        complete = report.catalog.environment.filled(complete)
        if placeholders(complete):
            return  # its value at the time of the edit is not known here
    expected = rule.test(complete) if rule is not None else None
    if expected:
        raise wrong_value(f"`{address}`", value, expected)
    if address.kind is AddressKind.PROFILE and key != "description":
        _check_backends(report, complete)


def with_value(old: object, path: Path, value: object) -> object:
    """A value with another one inserted at a path below it; missing tables are created."""
    if not path:
        return value
    key = path[0]
    if isinstance(key, int):
        items = list(old) if isinstance(old, list) else []
        if not 0 <= key <= len(items):
            raise EditRefusedError(
                f"The list has {counted(len(items), 'element')}.", "Give the index of one of them, counted from 0."
            )
        return [*items[:key], with_value(items[key] if key < len(items) else None, path[1:], value), *items[key + 1 :]]
    table = old if isinstance(old, Mapping) else {}
    return {**table, key: with_value(table.get(key), path[1:], value)}


def _rule(report: Report, address: Address, key: str, value: object) -> Field | None:
    """The rule of a key; None for one that is open. Raises EditRefusedError when the release knows no such key."""
    release = report.release
    if address.kind is AddressKind.BACKEND:
        schema_fields = BACKEND.fields_of(release)
        suggestions = near(key, KNOWN_KEYS, cutoff=_MISTYPED)
        if suggestions and key not in KNOWN_KEYS and key not in report.catalog.backends[address.name].fields:
            raise EditRefusedError(
                f"`{key}` is probably a typo of `{suggestions[0]}`: Pipelex would ignore it.",
                f"Write `{suggestions[0]}`.",
            )
        return schema_fields.get(key)
    if address.kind is AddressKind.PROFILE:
        return PROFILE.fields_of(release)[key]
    schema_fields = MODEL.fields_of(release)
    if address.kind is AddressKind.DEFAULTS:
        field = FLAT_DEFAULTS.get(key, "") if address.keys[0] != "defaults" else key
        if field not in schema_fields or field == "handle":
            names = (
                FLAT_DEFAULTS if address.keys[0] != "defaults" else [name for name in schema_fields if name != "handle"]
            )
            raise _unknown(report, key, names)
        return schema_fields[field]
    if key in schema_fields:
        return schema_fields[key]
    fault = header_fault(key, value, value, report.catalog.behaviours)
    if fault is not None:
        raise _unknown(report, key, schema_fields)
    return None


def _unknown(report: Report, key: str, valid_keys: Mapping[str, object] | list[str]) -> EditRefusedError:
    return EditRefusedError(
        f"Pipelex {report.release} knows no key `{key}` of models.",
        did_you_mean(key, valid_keys) or f"The keys are: {', '.join(valid_keys)}.",
    )


def _check_backends(report: Report, value: object) -> None:
    """Raises EditRefusedError when a profile would name a backend that does not exist."""
    named = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
    backends = report.catalog.backends
    for name in named:
        if isinstance(name, str) and name not in backends:
            raise EditRefusedError(f"There is no backend `{name}`.", did_you_mean(name, backends) or "Add it first.")


@dataclass(frozen=True, slots=True)
class SetValueAt(Edit, label="set {0.address}"):
    """Give the value at an address, such as `models.openai."gpt-4.1".costs.input`, another value."""

    address: str
    value: object = field(repr=False)  # may be a secret

    def apply(self, session: EditSession) -> None:
        address = address_of(session.report, self.address)
        special = _special(DeckEdit.of(session), address, self.value)
        if special is not None:
            special.apply(session)
            return
        if address.kind is AddressKind.ACTIVE:
            _check_active(session.report, self.value)
            LayeredFiles(session, "routing").put(address.keys, self.value)
            return
        if not address.field:
            raise EditRefusedError(f"`{address}` is a table.", "Give one of its keys.")
        check_value(session.report, address, self.value)
        _note_secret(session, address, self.value)
        _put(session, address, self.value)


@dataclass(frozen=True, slots=True)
class UnsetAt(Edit, label="unset {0.address}"):
    """Take the value at an address away, from every file that sets it."""

    address: str

    def apply(self, session: EditSession) -> None:
        address = address_of(session.report, self.address)
        if address.kind is AddressKind.PRESET and address.field:
            UnsetPresetField(address.family, address.name, str(address.field[0])).apply(session)
            return
        if not address.field and address.root in (AddressRoot.BACKENDS, AddressRoot.MODELS, AddressRoot.PROFILES):
            raise EditRefusedError(f"`{address}` is a {address.kind.value}.", "Use the command that deletes it.")
        _check_needed(session.report, address)
        if address.root is AddressRoot.MODELS:
            path = _file(session.report, address)
            if not session.has(path, address.keys):
                raise EditRefusedError(f"Nothing is set at `{address}`.", "Check the address.")
            session.drop(path, address.keys)
        else:
            LayeredFiles(session, kind_of(address)).drop(address.keys, f"`{address}`")


def kind_of(address: Address) -> str:
    """The files of an address that is on one."""
    return {AddressRoot.BACKENDS: "backends", AddressRoot.DECK: "deck"}.get(address.root, "routing")


def _special(deck: DeckEdit, address: Address, value: object) -> Intent | None:
    """The specific edit for an address, if there is one."""
    family, name = address.family, address.name
    if address.kind in (AddressKind.ALIAS, AddressKind.WATERFALL):
        return _of_name(deck, address, value)
    if address.kind is AddressKind.PRESET and address.field:
        return SetPresetField(family, name, str(address.field[0]), value)
    if address.kind in (AddressKind.DEFAULT, AddressKind.OVERRIDE) and not address.field and isinstance(value, str):
        make = SetChoiceDefault if address.kind is AddressKind.DEFAULT else SetChoiceOverride
        return make(family, name, value)
    if address.kind in (AddressKind.DEFAULT, AddressKind.OVERRIDE) and address.field:
        return SetInlineField(family, address.kind.value, name, str(address.field[0]), value)
    if address.kind is AddressKind.SETTING:
        return SetDeckSetting(family, name, value)
    return None


def _of_name(deck: DeckEdit, address: Address, value: object) -> Intent:
    family = deck.places.families[0] if address.family not in deck.places.families else address.family
    name = address.name
    if address.field and isinstance(address.field[0], int) and isinstance(value, str):
        return ReplaceEntry(family, name, address.field[0], value)
    kind = Kind(address.kind.value)
    exists = deck.has(kind, family, name)
    if isinstance(value, str) and kind is Kind.ALIAS:
        return SetTarget(family, name, value) if exists else AddAlias(family, name, value)
    if isinstance(value, list) and kind is deck.chains and all(isinstance(item, str) for item in value):
        return SetEntries(family, name, tuple(value)) if exists else AddWaterfall(family, name, tuple(value))
    expected = "a reference" if kind is Kind.ALIAS else "a list of references"
    raise EditRefusedError(f"`{address}` takes {expected}.", f"Give {expected}.")


def _put(session: EditSession, address: Address, value: object) -> None:
    top, keys = address.field[0], address.keys
    if isinstance(address.field[-1], int):
        position = next(index for index, key in enumerate(address.field) if isinstance(key, int))
        complete = with_value(fields_of(session.report, address).get(str(top)), address.field[1:], value)
        keys, value = keys[: len(keys) - len(address.field) + 1], complete
        if position != 1:
            raise EditRefusedError(f"`{address}` is nested too deeply.", "Set the whole list.")
    if address.root is AddressRoot.MODELS:
        path = _file(session.report, address)
        if address.kind is AddressKind.MODEL and len(address.field) > 1 and keys == address.keys:
            spec = spec_at(session.report, address)
            if str(top) not in spec.own and str(top) in spec.fields:
                # A table of the model replaces that of the defaults whole, so it takes over what stands there.
                value = with_value(spec.fields[str(top)], address.field[1:], value)
                keys = (*spec.place.path, str(top))
                session.note(f"`{address.name}` no longer inherits `{top}` from [defaults]: all of it is written")
        session.put(path, keys, value)
        return
    files = LayeredFiles(session, kind_of(address))
    if len(keys) > 1:
        files.put_field(keys[:-1], str(keys[-1]), value)
    else:
        files.put(keys, value)


def _file(report: Report, address: Address) -> str:
    return report.catalog.tree.specs[address.backend].path


def _check_active(report: Report, value: object) -> None:
    profiles = report.catalog.profiles
    if not isinstance(value, str) or value not in profiles:
        suggestion = did_you_mean(value, profiles) if isinstance(value, str) else ""
        raise EditRefusedError("No such profile.", suggestion or f"There are: {', '.join(profiles)}.")


def _check_needed(report: Report, address: Address) -> None:
    """Raises EditRefusedError when the release does not start without a value."""
    if _needed(report, address):
        raise EditRefusedError(f"Pipelex {report.release} needs `{address}`.", "Give it another value.")


def _needed(report: Report, address: Address) -> bool:
    catalog = report.catalog
    if address.kind is AddressKind.MODEL:
        restores = model_layers(report, spec_at(report, address), str(address.field[0])).restores
        return len(address.field) == 1 and restores is not None and restores.refused
    if address.kind is AddressKind.OVERRIDE and not address.field:
        same_kind = [choice for choice in catalog.families[address.family].choices if choice.kind == "override"]
        return len(same_kind) > 1
    if address.root in (AddressRoot.MODELS, AddressRoot.BACKENDS):
        return False
    document = catalog.tree.deck if address.root is AddressRoot.DECK else catalog.tree.routing
    return address.kind is AddressKind.SETTING or is_required(report, document, address.keys)


def _note_secret(session: EditSession, address: Address, value: object) -> None:
    if isinstance(value, str) and value and is_secret_key(str(address.field[0])) and not placeholders(value):
        session.note("the secret is written into the file: use a variable, ${NAME}, to keep it out")


def value_of(report: Report, address: str, text: str, view: View = DISK) -> object:
    """Parse the text of a value for an address: as TOML where the address allows the type, else as plain text.

    `0.3`, `true` and `["a"]` are a number, a truth value and a list, unless the address takes a text; `"0.3"` is always
    a text, and a date is one too.
    """
    data = read_data(f"x = {text}\n")
    if isinstance(data, Refusal) or len(data) != 1:
        return text
    value = data["x"]
    if isinstance(value, str) or not isinstance(value, bool | int | float | list | dict):
        return value if isinstance(value, str) else text
    if _is_open(report, address):
        return text
    works = isinstance(apply_intent(report, view, SetValueAt(address, value)), Applied)
    return text if not works and isinstance(apply_intent(report, view, SetValueAt(address, text)), Applied) else value


def _is_open(report: Report, address: str) -> bool:
    """Whether an address accepts any type and currently holds a text."""
    result = parse_address(report, address)
    if isinstance(result, EditRefused) or result.kind is not AddressKind.BACKEND or len(result.field) != 1:
        return False
    key = str(result.field[0])
    return key not in BACKEND.fields_of(report.release) and isinstance(fields_of(report, result).get(key), str)
