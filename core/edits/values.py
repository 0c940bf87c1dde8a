"""Setting and unsetting any value by its address, with the checks of the edit that is made for it, if there is one."""

from __future__ import annotations

from core.api import Report
from core.dialects.model_schema import BACKEND
from core.edits.addresses import Address, Root, Thing, address_of, parse_address
from core.edits.aliases import AddAlias, SetTarget
from core.edits.apply import Applied, apply_intent
from core.edits.choices import SetChoiceDefault, SetChoiceOverride, SetDeckSetting, SetInlineField
from core.edits.deck import Deck
from core.edits.edit_session import EditSession
from core.edits.intent import Intent
from core.edits.layered_files import LayeredFiles
from core.edits.presets import SetPresetField, UnsetPresetField
from core.edits.refused import EditRefused, EditRefusedError
from core.edits.value_checks import check_value, fields_of, spec_at, with_value
from core.edits.waterfalls import AddWaterfall, ReplaceEntry, SetEntries
from core.files.view import DISK, View
from core.layers import is_required, model_layers
from core.masking import is_secret_key
from core.records import dataclass
from core.references import Kind
from core.suggest import did_you_mean
from core.toml.edit.editor import read_data
from core.toml.edit.toml_commands import Refusal
from core.variables import placeholders


@dataclass(frozen=True, slots=True)
class SetValueAt:
    """Give the value at an address, such as `models.openai."gpt-4.1".costs.input`, another value."""

    address: str
    value: object

    def __repr__(self) -> str:
        return f"SetValueAt({self.address!r}, ...)"  # the value may be a secret

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"set {self.address}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        address = address_of(session.report, self.address)
        special = _special(Deck.of(session), address, self.value)
        if special is not None:
            special.apply(session)
            return
        if address.thing is Thing.ACTIVE:
            _check_active(session.report, self.value)
            LayeredFiles(session, "routing").put(address.keys, self.value)
            return
        if not address.field:
            raise EditRefusedError(f"`{address}` is a whole table.", "Name one of its keys.")
        check_value(session.report, address, self.value)
        _note_secret(session, address, self.value)
        _put(session, address, self.value)


@dataclass(frozen=True, slots=True)
class UnsetAt:
    """Take the value at an address away, from every file that sets it."""

    address: str

    @property
    def label(self) -> str:
        """See `Intent`."""
        return f"unset {self.address}"

    def apply(self, session: EditSession) -> None:
        """See `Intent`."""
        address = address_of(session.report, self.address)
        if address.thing is Thing.PRESET and address.field:
            UnsetPresetField(address.family, address.name, str(address.field[0])).apply(session)
            return
        if not address.field and address.root in (Root.BACKENDS, Root.MODELS, Root.PROFILES):
            raise EditRefusedError(f"`{address}` is a whole {address.thing.value}.", "Remove it as such.")
        _check_needed(session.report, address)
        if address.root is Root.MODELS:
            path = _file(session.report, address)
            if not session.has(path, address.keys):
                raise EditRefusedError(f"Nothing is set at `{address}`.", "Look at what there is.")
            session.drop(path, address.keys)
        else:
            LayeredFiles(session, kind_of(address)).drop(address.keys, f"`{address}`")


def kind_of(address: Address) -> str:
    """The files of an address that is on one."""
    return {Root.BACKENDS: "backends", Root.DECK: "deck"}.get(address.root, "routing")


def _special(deck: Deck, address: Address, value: object) -> Intent | None:
    """The edit that is made for what an address names, if there is one."""
    family, name = address.family, address.name
    if address.thing in (Thing.ALIAS, Thing.WATERFALL):
        return _of_name(deck, address, value)
    if address.thing is Thing.PRESET and address.field:
        return SetPresetField(family, name, str(address.field[0]), value)
    if address.thing in (Thing.DEFAULT, Thing.OVERRIDE) and not address.field and isinstance(value, str):
        make = SetChoiceDefault if address.thing is Thing.DEFAULT else SetChoiceOverride
        return make(family, name, value)
    if address.thing in (Thing.DEFAULT, Thing.OVERRIDE) and address.field:
        return SetInlineField(family, address.thing.value, name, str(address.field[0]), value)
    if address.thing is Thing.SETTING:
        return SetDeckSetting(family, name, value)
    return None


def _of_name(deck: Deck, address: Address, value: object) -> Intent:
    family = deck.places.families[0] if address.family not in deck.places.families else address.family
    name = address.name
    if address.field and isinstance(address.field[0], int) and isinstance(value, str):
        return ReplaceEntry(family, name, address.field[0], value)
    kind = Kind(address.thing.value)
    there = deck.has(kind, family, name)
    if isinstance(value, str) and kind is Kind.ALIAS:
        return SetTarget(family, name, value) if there else AddAlias(family, name, value)
    if isinstance(value, list) and kind is deck.chains and all(isinstance(item, str) for item in value):
        return SetEntries(family, name, tuple(value)) if there else AddWaterfall(family, name, tuple(value))
    expected = "a reference" if kind is Kind.ALIAS else "a list of references"
    raise EditRefusedError(f"`{address}` takes {expected}.", f"Give {expected}.")


def _put(session: EditSession, address: Address, value: object) -> None:
    top, keys = address.field[0], address.keys
    if isinstance(address.field[-1], int):
        way = next(index for index, key in enumerate(address.field) if isinstance(key, int))
        whole = with_value(fields_of(session.report, address).get(str(top)), address.field[1:], value)
        keys, value = keys[: len(keys) - len(address.field) + 1], whole
        if way != 1:
            raise EditRefusedError(f"`{address}` lies too deep.", "Set the whole list.")
    if address.root is Root.MODELS:
        path = _file(session.report, address)
        if address.thing is Thing.MODEL and len(address.field) > 1 and keys == address.keys:
            spec = spec_at(session.report, address)
            if str(top) not in spec.own and str(top) in spec.fields:
                # A table of the model replaces that of the defaults whole, so it takes over what stands there.
                value = with_value(spec.fields[str(top)], address.field[1:], value)
                keys = (*spec.place.path, str(top))
                session.note(f"`{top}` of [defaults] no longer counts for `{address.name}`, so all of it is written")
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
        meant = did_you_mean(value, profiles) if isinstance(value, str) else ""
        raise EditRefusedError("There is no such profile.", meant or f"There are: {', '.join(profiles)}.")


def _check_needed(report: Report, address: Address) -> None:
    """Raises EditRefusedError when the release does not start without a value."""
    if _needed(report, address):
        raise EditRefusedError(f"Pipelex {report.release} needs `{address}`.", "Give it another value.")


def _needed(report: Report, address: Address) -> bool:
    catalog = report.catalog
    if address.thing is Thing.MODEL:
        restores = model_layers(report, spec_at(report, address), str(address.field[0])).restores
        return len(address.field) == 1 and restores is not None and restores.refused
    if address.thing is Thing.OVERRIDE and not address.field:
        beside = [choice for choice in catalog.families[address.family].choices if choice.kind == "override"]
        return len(beside) > 1
    if address.root in (Root.MODELS, Root.BACKENDS):
        return False
    document = catalog.tree.deck if address.root is Root.DECK else catalog.tree.routing
    return address.thing is Thing.SETTING or is_required(report, document, address.keys)


def _note_secret(session: EditSession, address: Address, value: object) -> None:
    if isinstance(value, str) and value and is_secret_key(str(address.field[0])) and not placeholders(value):
        session.note("the secret itself is written into the file: a variable, as in ${NAME}, keeps it out")


def value_of(report: Report, address: str, text: str, view: View = DISK) -> object:
    """The value that a text stands for at an address: read as TOML where such a value may stand, else the text itself.

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
    """Whether an address takes anything, and holds a text now."""
    found = parse_address(report, address)
    if isinstance(found, EditRefused) or found.thing is not Thing.BACKEND or len(found.field) != 1:
        return False
    key = str(found.field[0])
    return key not in BACKEND.fields_of(report.release) and isinstance(fields_of(report, found).get(key), str)
